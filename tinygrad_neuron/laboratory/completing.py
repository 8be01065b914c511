"""What may stand at the cursor: names, attributes, arguments, with their docstrings."""

import ast
import builtins
import importlib
import inspect
import keyword
import re
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

_PACKAGE = __name__.partition(".")[0]
_LONGEST = 1200  # characters of a docstring
_MODULES = (_PACKAGE, "math", "random", "itertools", "functools", "statistics", "collections")
_FROM = re.compile(r"^\s*from\s+([\w.]+)\s+import\s+\(?(?:[\w\s]+,)*\s*(\w*)$")
_IMPORT = re.compile(r"^\s*(?:from|import)\s+([\w.]*)$")
_ASSIGNED = re.compile(r"^(\w+)(?:, \w+)*\s*=\s*([\w.]+)\(", re.MULTILINE)


def completions(source: str, at: int, names: Mapping[str, Any]) -> dict[str, Any]:
    """What may stand before position `at`, and where the word there begins.

    **Arguments:** `source`, of the whole program, which need not be Python yet; `at`, the cursor;
    `names`, those that the program's last run has left.

    **Returns** `start` and `options`: for each its `label`, its `type`, its signature as `detail`
    and its docstring as `info`.

    >>> found = completions("from tinygrad_neuron import nn\\nnn.ML", 37, {})
    >>> [option["label"] for option in found["options"] if option["label"].startswith("ML")]
    ['MLP']
    """
    line = source[:at].rpartition("\n")[2]
    word = re.search(r"\w*$", line)
    assert word is not None
    start = at - len(word[0])
    if (found := _FROM.match(line)) is not None:
        options = _of(_module(found[1]))
    elif (found := _IMPORT.match(line)) is not None:
        options = _modules(found[1])
    else:
        own = {**imported(source), **names}
        known = {**vars(builtins), **own}
        path = re.search(r"([\w.]+)\.\w*$", line)
        if path is not None:
            options = _of(resolved(path[1], known, source))
        else:
            options = [*_arguments(source[:start], known, source), *_named(own)]
    return {"start": start, "options": options}


def imported(source: str) -> dict[str, Any]:
    """What the program's import lines bring, without running the program.

    >>> sorted(imported("import math as m\\nfrom tinygrad_neuron import nn, Value\\nx = ("))
    ['Value', 'm', 'nn']
    """
    found: dict[str, Any] = {}
    for lines in re.findall(r"^(?:from|import) [^(\n]*(?:\([^)]*\))?", source, re.MULTILINE):
        try:
            [statement] = ast.parse(lines).body
        except (SyntaxError, ValueError):
            continue
        if isinstance(statement, ast.Import):
            for name in statement.names:
                module = _module(name.name if name.asname else name.name.partition(".")[0])
                if module is not None:
                    found[name.asname or module.__name__] = module
        elif isinstance(statement, ast.ImportFrom):
            home = _module(statement.module or "")
            for name in statement.names:
                if (thing := getattr(home, name.name, None)) is not None:
                    found[name.asname or name.name] = thing
    return found


def resolved(path: str, known: Mapping[str, Any], source: str) -> Any:
    """What a path of names stands for; of what is made by a call not run yet, its class.

    >>> from tinygrad_neuron import Value
    >>> resolved("x", {"Value": Value}, "x = Value(2.0)") is Value
    True
    """
    first, *rest = path.split(".")
    thing = known.get(first)
    if thing is None:
        made = {name: call for name, call in _ASSIGNED.findall(source) if name != call}
        if first not in made:
            return None
        without = source.replace(f"{made[first]}(", "")
        thing = resolved(made[first], known, without)
        if not inspect.isclass(thing):
            return None
    for name in rest:
        try:
            thing = getattr(thing, name)
        except Exception:  # a property of the user's may raise anything
            return None
    return thing


def _module(name: str) -> "ModuleType | None":
    """A module of this package or of a few others: importing any would run what it says."""
    if name not in _MODULES and not name.startswith(f"{_PACKAGE}."):
        return None
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _modules(path: str) -> list[dict[str, str]]:
    """Modules, and behind a point the rooms of one."""
    if "." not in path:
        return [_option(name, _module(name)) for name in _MODULES]
    home = _module(path.rpartition(".")[0])
    return [option for option in _of(home) if option["type"] == "namespace"]


def _of(thing: Any) -> list[dict[str, str]]:
    """The public attributes of a thing."""
    if thing is None:
        return []
    listed = getattr(thing, "__all__", ())
    options = []
    for name in dir(thing):
        if name.startswith("_"):
            continue
        try:
            value = getattr(thing, name)
        except Exception:  # as above
            continue
        if inspect.ismodule(thing) and inspect.ismodule(value) and name not in listed:
            continue
        options.append(_option(name, value))
    return options


def _named(known: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Names, then the builtins that are none of the program's, then keywords."""
    for name, value in known.items():
        if not name.startswith("_"):
            yield _option(name, value)
    for name, value in vars(builtins).items():
        if name.islower() and not name.startswith("_") and name not in known:
            yield {**_option(name, value), "type": "constant"}
    for name in keyword.kwlist:
        yield {"label": name, "type": "keyword", "detail": "", "info": ""}


def _arguments(before: str, known: Mapping[str, Any], source: str) -> Iterator[dict[str, str]]:
    """The named arguments of the call that is open at the end."""
    depth = 0
    for place in range(len(before) - 1, max(-1, len(before) - 500), -1):
        depth += (before[place] in ")]}") - (before[place] in "([{")
        if depth < 0:
            break
    else:
        return
    called = re.search(r"([\w.]+)$", before[:place])
    if before[place] != "(" or called is None:
        return
    function = resolved(called[1], known, source)
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return
    for parameter in parameters:
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            default = "" if parameter.default is parameter.empty else repr(parameter.default)
            info = _said(function)
            yield {
                "label": f"{parameter.name}=",
                "type": "property",
                "detail": default[:40],
                "info": info,
            }


def _option(name: str, value: Any) -> dict[str, str]:
    """A name with what is to be known of its value."""
    if inspect.ismodule(value):
        kind = "namespace"
    elif inspect.isclass(value):
        kind = "class"
    else:
        kind = "function" if callable(value) else "variable"
    detail = ""
    if kind in ("class", "function"):
        detail = _signature(value)
    said = _said(value) if kind != "variable" else _shown(value)
    return {"label": name, "type": kind, "detail": detail[:80], "info": said}


def _signature(function: Any) -> str:
    """What a function takes, without types: the room is small.

    >>> _signature(divmod)
    '(x, y)'
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return "(…)"
    stars: dict[Any, str] = {
        inspect.Parameter.VAR_POSITIONAL: "*",
        inspect.Parameter.VAR_KEYWORD: "**",
    }
    words = [
        stars.get(p.kind, "") + p.name + ("" if p.default is p.empty else f"={p.default!r}")
        for p in parameters
        if p.name not in ("self", "cls")
    ]
    return f"({', '.join(words)})"


def _said(value: Any) -> str:
    return (inspect.getdoc(value) or "")[:_LONGEST]


def _shown(value: Any) -> str:
    """A variable's value; of a property, which a class has, what it says of itself."""
    if isinstance(value, property):
        return _said(value)
    try:
        return repr(value)[:200]
    except Exception:  # a repr of the user's may raise anything
        return type(value).__name__
