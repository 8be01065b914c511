"""How the package is built, read from its source: modules, imports, lengths, docstrings.

    python -m tests.house

draws the rooms and their imports for the book (`demos/book/rooms.svg`); tests/test_house.py finds a
picture that is stale.
"""

import ast
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tinygrad_neuron.draw.rendering import Digraph

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "tinygrad_neuron"
PICTURE = ROOT / "demos" / "book" / "rooms.svg"


class Import(NamedTuple):
    """Something taken from another module of the package; `name` is "" for the module itself."""

    module: str
    name: str
    line: int


class Module:
    """One file of the package: its dotted name, its syntax tree, the length of its text."""

    def __init__(self, path: Path) -> None:
        self.path = path
        parts = path.relative_to(ROOT).with_suffix("").parts
        self.is_package = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self.is_package else parts)
        text = path.read_text("utf-8")
        self.lines = len(text.splitlines())
        self.tree = ast.parse(text)

    @property
    def room(self) -> str:
        """The folder or file directly in the package; "" for the package's own `__init__`."""
        return room(self.name)

    def definitions(self) -> Iterator[tuple[ast.ClassDef | ast.FunctionDef, int]]:
        """Every class and every function, nested ones too, with the number of its lines."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                yield node, (node.end_lineno or node.lineno) - node.lineno + 1

    def imports(self, known: Mapping[str, "Module"]) -> Iterator[Import]:
        """What is imported from the package when the program runs, wherever in the file.

        An import for type checkers alone is none; a module named in a call of `import_module` is.
        """
        for_types = {
            id(node)
            for guard in ast.walk(self.tree)
            if isinstance(guard, ast.If) and _name_of(guard.test) == "TYPE_CHECKING"
            for statement in guard.body
            for node in ast.walk(statement)
        }
        modules: dict[str, str] = {}  # under which name a module is used in this file
        for node in ast.walk(self.tree):
            if id(node) in for_types:
                continue
            if isinstance(node, ast.ImportFrom):
                source = self._absolute("." * node.level + (node.module or ""))
                for alias in node.names:
                    inner = f"{source}.{alias.name}"
                    if inner in known:
                        modules[alias.asname or alias.name] = inner
                        yield Import(inner, "", node.lineno)
                    elif source in known:
                        yield Import(source, alias.name, node.lineno)
            elif isinstance(node, ast.Import):
                yield from (Import(a.name, "", node.lineno) for a in node.names if a.name in known)
            elif isinstance(node, ast.Call) and _name_of(node.func) == "import_module":
                texts = [a.value for a in node.args[:1] if isinstance(a, ast.Constant)]
                found = (self._absolute(str(text)) for text in texts)
                yield from (Import(inner, "", node.lineno) for inner in found if inner in known)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                module = modules.get(node.value.id)
                if module is not None:
                    yield Import(module, node.attr, node.lineno)

    def _absolute(self, written: str) -> str:
        """The full name of a module written as `..draw.facts`."""
        module = written.lstrip(".")
        level = len(written) - len(module)
        if not level:
            return module
        parts = self.name.split(".")
        parts = parts[: len(parts) - level + self.is_package]
        return ".".join([*parts, module] if module else parts)


def _name_of(node: ast.expr) -> str:
    """`import_module` of `importlib.import_module`; "" for what has no name."""
    return getattr(node, "attr", getattr(node, "id", ""))


def room(module: str) -> str:
    """The room that a module belongs to.

    >>> room("tinygrad_neuron.draw.facts"), room("tinygrad_neuron.engine")
    ('draw', 'engine')
    """
    return [*module.split("."), ""][1]


def modules() -> dict[str, Module]:
    """Every module of the package by its full name."""
    found = (Module(path) for path in sorted(PACKAGE.rglob("*.py")))
    return {module.name: module for module in found}


def graph(house: Mapping[str, Module]) -> dict[str, set[str]]:
    """For each module, those that it imports."""
    return {
        name: {found.module for found in module.imports(house)} - {name}
        for name, module in house.items()
    }


def between_rooms(edges: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """For each room, those that it imports from; the package's `__init__` is left out."""
    rooms: dict[str, set[str]] = {room(name): set() for name in edges if room(name)}
    for name, targets in edges.items():
        if room(name):
            rooms[room(name)] |= {room(target) for target in targets} - {room(name), ""}
    return rooms


def circles(edges: Mapping[str, set[str]]) -> list[list[str]]:
    """The groups of nodes that reach one another.

    >>> circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}})
    [['b', 'c']]
    """

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(edges[start])
        while waiting:
            if (node := waiting.pop()) not in seen:
                seen.add(node)
                waiting.extend(edges.get(node, ()))
        return seen

    reach = {node: reached(node) for node in edges}
    groups = {
        tuple(sorted(other for other in reach[node] if node in reach.get(other, ())))
        for node in edges
        if node in reach[node]
    }
    return [list(group) for group in sorted(groups)]


def private_imports(house: Mapping[str, Module]) -> list[str]:
    """Names beginning with `_` that are taken from another room."""
    return [
        f"{module.path.relative_to(ROOT)}:{found.line} takes {found.name} of {found.module}"
        for module in house.values()
        for found in module.imports(house)
        if re.match(r"_(?!_)", found.name) and room(found.module) != module.room
    ]


def layers() -> list[list[str]]:
    """The rows of the contract in pyproject.toml, from top to bottom, each a list of rooms.

    Rooms that the contract allows but that are not there are left out.
    """
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    [contract] = re.findall(r"^layers = \[\n(.*?)^\]", text, re.DOTALL | re.MULTILINE)
    rows = [re.findall(r"\w+", row) for row in re.findall(r'"(.*)"', contract)]
    return [[name for name in row if exists(name)] for row in rows]


def exists(name: str) -> bool:
    """Whether there is a room of this name."""
    return (PACKAGE / name / "__init__.py").exists() or (PACKAGE / f"{name}.py").exists()


def upward_imports(house: Mapping[str, Module]) -> list[str]:
    """Imports against the contract's rows, which import-linter refuses too, and rooms without one.

    The package's own `__init__`, the face of all rooms, stands above them.
    """
    height = {name: -row for row, names in enumerate(layers()) for name in names} | {"": 1}
    missing = {module.room for module in house.values()} - height.keys()
    return [f"{name} has no row in the contract in pyproject.toml" for name in sorted(missing)] + [
        f"{module.path.relative_to(ROOT)}:{found.line} imports {found.module}"
        for module in house.values()
        for found in module.imports(house)
        if {module.room, room(found.module)} <= height.keys()
        and height[room(found.module)] > height[module.room]
    ]


def boxes(house: Mapping[str, Module]) -> dict[str, list[str]]:
    """What the picture shows as one box, from top to bottom: a folder, or the files of one row."""
    found: dict[str, list[str]] = {}
    for row in layers():
        files = [name for name in row if (PACKAGE / f"{name}.py").exists()]
        found |= {f"{name}/": [name] for name in row if name not in files}
        if files:
            found[", ".join(files)] = files
    return found


def arrows(house: Mapping[str, Module]) -> set[tuple[str, str]]:
    """The imports between boxes, without those that a longer way through others implies."""
    box = {name: title for title, names in boxes(house).items() for name in names}
    edges: dict[str, set[str]] = {title: set() for title in box.values()}
    for source, targets in between_rooms(graph(house)).items():
        edges[box[source]] |= {box[target] for target in targets} - {box[source]}

    def reached(start: str) -> set[str]:
        return {start}.union(*(reached(target) for target in edges[start]))

    return {
        (source, target)
        for source, targets in edges.items()
        for target in targets
        if not any(target in reached(other) for other in targets - {target})
    }


def picture(house: Mapping[str, Module]) -> "Digraph":
    """The boxes and the arrows between them."""
    from tinygrad_neuron.draw.rendering import Digraph

    drawn = Digraph("rooms")
    drawn.attr("graph", bgcolor="white", ranksep="0.35", nodesep="0.3")
    drawn.attr("node", shape="box", style="rounded,filled", fillcolor="#eef3f8", color="#44546a")
    drawn.attr("node", fontname="Arial", fontsize="12")
    drawn.attr("edge", arrowsize="0.7", color="#44546a")
    for title in boxes(house):
        drawn.node(title, label="\\n".join(textwrap.wrap(title, 34)))
    for source, target in sorted(arrows(house)):
        drawn.edge(source, target)
    return drawn


if __name__ == "__main__":
    PICTURE.write_text(picture(modules()).pipe("svg", encoding="utf-8"), "utf-8")
    print(PICTURE.relative_to(ROOT))
