"""What the files of the package say about the house: modules, imports, lengths, docstrings.

    python -m tests.house

draws the rooms and what they import, for `demos/book/how_it_is_built.md`. Everything here is read
from the source text; nothing of the package is imported to find out.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PACKAGE = "tinygrad_neuron"
PICTURE = ROOT / "demos/book/_static/rooms.svg"

LONGEST_FILE = 500
LONGEST_WITHOUT_DOCSTRING = 15
# Data, not code: a table is as long as what it lists.
TABLES = ("calculus/table.py", "declarations.py")

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Import(NamedTuple):
    """One name that a module takes from another of the package."""

    module: str
    line: int
    taken_from: str
    name: str  # empty where the module itself is imported


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its full name, parsed."""
    return {
        module_name(path): ast.parse(path.read_text("utf-8"))
        for path in sorted((ROOT / PACKAGE).rglob("*.py"))
    }


def module_name(path: Path) -> str:
    """`tinygrad_neuron.draw` of `tinygrad_neuron/draw/__init__.py`, and so on."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def path_of(module: str) -> Path:
    """The file of a module."""
    path = ROOT / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def room(module: str) -> str:
    """The folder directly below the package, or the file there, that a module belongs to."""
    return ".".join(module.split(".")[1:2]) or PACKAGE


@cache
def imports() -> tuple[Import, ...]:
    """What modules take from one another, wherever the statement stands.

    Left out is what only a type checker reads (`if TYPE_CHECKING:`).
    """
    return tuple(_imports())


def _imports() -> Iterator[Import]:
    for module, tree in modules().items():
        for statement in _executed(tree):
            if isinstance(statement, ast.ImportFrom):
                base = _base(module, statement)
                for alias in statement.names:
                    if f"{base}.{alias.name}" in modules():
                        yield Import(module, statement.lineno, f"{base}.{alias.name}", "")
                    elif base in modules():
                        yield Import(module, statement.lineno, base, alias.name)
            elif isinstance(statement, ast.Import):
                for alias in statement.names:
                    if alias.name in modules():
                        yield Import(module, statement.lineno, alias.name, "")


def _executed(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes, save those under `if TYPE_CHECKING:`."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for statement in child.orelse:
                yield statement
                yield from _executed(statement)
        else:
            yield child
            yield from _executed(child)


def _base(module: str, statement: ast.ImportFrom) -> str:
    """The full name of what stands between `from` and `import`."""
    if not statement.level:
        return statement.module or ""
    parts = module.split(".")
    if path_of(module).name == "__init__.py":
        parts.append("__init__")
    return ".".join([*parts[: -statement.level], *filter(None, [statement.module])])


def circles() -> list[list[str]]:
    """Groups of modules each of which imports, by some way, every other of its group."""
    graph: dict[str, set[str]] = {module: set() for module in modules()}
    for found in imports():
        if found.module != found.taken_from:
            graph[found.module].add(found.taken_from)
    reached = {module: _reached(graph, module) for module in graph}
    groups = {
        frozenset(other for other in reached[module] if module in reached[other])
        for module in graph
        if module in reached[module]
    }
    return sorted(sorted(group) for group in groups)


def _reached(graph: dict[str, set[str]], start: str) -> set[str]:
    """What can be reached from a module in one step or more."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for other in graph[waiting.pop()] - found:
            found.add(other)
            waiting.append(other)
    return found


def private_imports() -> list[str]:
    """Names beginning with one underscore that are taken across rooms."""
    return [
        f"{found.module}:{found.line} takes {found.name} from {found.taken_from}"
        for found in imports()
        if re.match(r"_[^_]", found.name) and room(found.module) != room(found.taken_from)
    ]


def taken_from_the_face() -> list[str]:
    """What modules take from the package's `__init__`, which stands above them all."""
    return [
        f"{found.module}:{found.line} takes {found.name or 'it'}"
        for found in imports()
        if found.taken_from == PACKAGE
    ]


def file_lengths() -> dict[str, int]:
    """Lines of every file of the package that is written by hand, tables of data left out."""
    return {
        str(path.relative_to(ROOT / PACKAGE)): len(path.read_text("utf-8").splitlines())
        for pattern in ("*.py", "*.js", "*.css", "*.html", "*.c")
        for path in sorted((ROOT / PACKAGE).rglob(pattern))
        if str(path.relative_to(ROOT / PACKAGE)) not in TABLES
    }


def classes() -> Iterator[tuple[str, ast.ClassDef]]:
    """Every class of the package, each with where it stands."""
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                yield _place(module, node), node


def functions() -> Iterator[tuple[str, Function]]:
    """Every function and method of the package, each with where it stands."""
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield _place(module, node), node


def _place(module: str, node: ast.ClassDef | Function) -> str:
    return f"{path_of(module).relative_to(ROOT)}:{node.lineno} {node.name}"


def length(node: ast.ClassDef | Function) -> int:
    """Lines from `class` or `def` to the end."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def without_docstring() -> list[str]:
    """Classes, and functions of some length, that do not say what they are for.

    What an `__init__` is for, and what it takes, its class says, which must have a docstring.
    """
    silent = [where for where, node in classes() if not ast.get_docstring(node)]
    for where, node in functions():
        long = length(node) > LONGEST_WITHOUT_DOCSTRING and node.name != "__init__"
        if long and not ast.get_docstring(node):
            silent.append(where)
    return silent


def arrows() -> dict[str, set[str]]:
    """Which rooms each room imports, without the face and the command line's `__main__`."""
    found: dict[str, set[str]] = {}
    for each in imports():
        ends = room(each.module), room(each.taken_from)
        if not {PACKAGE, "__main__"} & set(ends):
            found.setdefault(ends[0], set())
            found.setdefault(ends[1], set())
            if ends[0] != ends[1]:
                found[ends[0]].add(ends[1])
    return found


def needed_arrows() -> list[tuple[str, str]]:
    """The arrows of the picture: those that do not follow from others.

    Where a imports b, and b imports c, an arrow from a to c would say nothing about the order.
    """
    graph = arrows()
    reached = {name: _reached(graph, name) for name in graph}
    return sorted(
        (start, end)
        for start, ends in graph.items()
        for end in ends
        if not any(end in reached[other] for other in ends - {end})
    )


def draw() -> str:
    """The rooms as SVG: what imports above what is imported."""
    import graphviz

    folders = {path.name for path in (ROOT / PACKAGE).iterdir() if path.is_dir()}
    picture = graphviz.Digraph(
        graph_attr={"bgcolor": "white", "nodesep": "0.18", "ranksep": "0.35"},
        node_attr={"shape": "box", "fontname": "Helvetica", "fontsize": "11", "height": "0.3"},
        edge_attr={"arrowsize": "0.6", "color": "#5f6b7a"},
    )
    for name in sorted(arrows()):
        is_folder = name in folders
        fill = "#dbe7f5" if is_folder else "#f4f4f4"
        label = f"{name}/" if is_folder else f"{name}.py"
        picture.node(name, label, style="filled", fillcolor=fill)
    picture.edges(needed_arrows())
    svg: str = picture.pipe(format="svg", encoding="utf-8")
    return svg


def drawn_arrows(svg: str) -> list[tuple[str, str]]:
    """The arrows that a picture shows, from the titles of its edges."""
    return sorted(re.findall(r"<title>(\w+)&#45;&gt;(\w+)</title>", svg))


if __name__ == "__main__":
    PICTURE.write_text(draw(), "utf-8")
    print(f"{PICTURE.relative_to(ROOT)} is written")
