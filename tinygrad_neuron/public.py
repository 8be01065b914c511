"""A room's public names, imported when first asked for; where one is missing, the nearest is told.

The `__init__` of a room says which names it has once, as type checkers read it, and takes the rest
from here, out of their sight (they would take any name for one that is there):

    if TYPE_CHECKING:
        from .animation import animate
    else:
        __getattr__, __dir__ = on_demand(__name__)
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache, wraps
from importlib import import_module
from importlib.machinery import PathFinder
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from .reflexes import OPTIONS, PYTORCH

_Function = TypeVar("_Function", bound=Callable[..., Any])

_ALIKE = 0.75  # as alike as a name that is not here must be to be told
_FEW = 20  # names are all told
_IMPORT = re.compile(r"^    from \.([\w.]*) import (\([^)]*\)|.*)$", re.MULTILINE)
_NAME = re.compile(r"(\w+)(?: as \w+)?(?=[,)\s]|$)")


@cache
def homes(package: str) -> dict[str, str]:
    """In which module of a package each name stands that its `__init__` imports for type checkers.

    A name that equals its module's cannot be among them: importing the module takes its place.

    >>> homes("tinygrad_neuron.draw")["animate"]
    'animation'
    """
    spec = sys.modules[package].__spec__
    if spec is None or spec.submodule_search_locations is None:  # a module without modules below it
        return {}
    source = spec.loader.get_source(package)  # type: ignore[union-attr]  # of a file or an archive
    lines = re.sub(r"#.*", "", source)
    return {name: home for home, names in _IMPORT.findall(lines) for name in _NAME.findall(names)}


def on_demand(
    module: str, more: Mapping[str, str] | None = None
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The functions `__getattr__` and `__dir__` of a module.

    **Arguments:** `module`, its name; `more`, modules of names beside those of `homes`.
    """

    def known() -> dict[str, str]:
        return {**homes(module), **(more or {})}

    def asked(name: str) -> Any:
        if name[:2] != "__" and name in (all_ := known()):
            home = import_module(f".{all_[name] or name}", module)
            found = getattr(home, name) if all_[name] else home
            vars(sys.modules[module])[name] = found  # asked for once
            return found
        return refuse(module, name, _is_import(sys._getframe(1)))

    def listed() -> list[str]:
        found = vars(sys.modules[module])
        names = found.get("__all__")
        if names is None:
            return sorted({*found, *known()})
        # What completion offers: not what the module itself imports.
        return sorted({*names, *(name for name in found if name[:2] == "__"), *known()})

    return asked, listed


def _is_import(frame: FrameType) -> bool:
    """Whether what asks for a name is `from module import name`, not `module.name`."""
    from opcode import opmap  # only to tell what is wrong

    code = frame.f_code
    asking = code.co_code[frame.f_lasti]
    return code.co_name == "_handle_fromlist" or asking == opmap["IMPORT_FROM"]


class UnknownName(AttributeError):  # noqa: N818  # tracebacks call it AttributeError, see below
    """An attribute that is not there; the nearest is looked for when somebody reads the message.

    `hasattr` and imports of modules ask for many a name and read none.
    """

    # Python 3.10 would note the name here, and then suggest one too.
    name: Any = property(lambda self: None, lambda self, noted: None)

    def __init__(
        self, owner: str, room: str, known: Callable[[], Iterable[str]], name: str
    ) -> None:
        super().__init__(owner, room, known, name)

    def __str__(self) -> str:
        """The nearest name, or what to write instead; else all names where they are few."""
        from difflib import SequenceMatcher

        from .checking import nearest

        owner, room, known, name = self.args
        text, theirs = f"{owner} has no attribute {name!r}", PYTORCH.get(room, {})
        if name in theirs:
            return f"{text}: {theirs[name]}"
        elsewhere = {} if room else _in_rooms()
        if name in elsewhere:
            return f"{text}: it is `{elsewhere[name]}.{name}`"
        for below in () if room else _ROOMS:  # one of PyTorch's names
            if name in PYTORCH.get(below, {}):
                return f"{text}: {PYTORCH[below][name]}"
        ours = [other for other in known() if other[0] != "_"]
        near = nearest(name, [*ours, *theirs, *elsewhere])
        if near is not None and near not in ours:
            small, other = name.lower(), near.lower()
            alike = SequenceMatcher(None, small, other).ratio() >= _ALIKE
            if alike or sorted(small) == sorted(other):
                if near in theirs:
                    return f"{text}; did you mean {near!r}? Here {theirs[near]}"
                return f"{text}; did you mean {elsewhere[near]}.{near}?"
            near = nearest(name, ours)
        if near is not None:
            return f"{text}; did you mean {near!r}?"
        return f"{text}; it has {', '.join(ours)}" if 0 < len(ours) <= _FEW else text

    def __reduce__(self) -> Any:
        return AttributeError, (str(self),)


_ROOMS = (
    "nn", "optim", "losses", "training", "datasets", "walk", "interpret", "bridges", "draw.figures",
)  # fmt: skip


def _in_rooms() -> dict[str, str]:
    """The public names of the rooms, each with the first that has it, for what was looked for in
    the package itself."""
    package = __name__.partition(".")[0]
    found = {
        name: room
        for room in reversed(_ROOMS)
        for name in import_module(f"{package}.{room}").__all__
    }
    return found | {"figures": "draw"}


UnknownName.__module__ = "builtins"
UnknownName.__name__ = UnknownName.__qualname__ = "AttributeError"


class Answering:
    """A mixin: an attribute that is not there is answered with the nearest, or with what to write
    for one of PyTorch's.

    >>> from tinygrad_neuron import nn
    >>> nn.MLP(2, [1]).paramters()
    Traceback (most recent call last):
    ...
    AttributeError: MLP has no attribute 'paramters'; did you mean 'parameters'?
    """

    __slots__ = ()

    if not TYPE_CHECKING:  # a checker would take any name

        def __getattr__(self, name: str) -> Any:
            kind = type(self)
            if name[:2] != "__" and hasattr(kind, name):  # a property that has failed: why, it says
                return object.__getattribute__(self, name)
            names = [k.__name__ for k in kind.__mro__]
            room = next((name for name in names if name in PYTORCH), kind.__name__)
            raise UnknownName(kind.__name__, room, lambda: dir(self), name)


def refuse(module: str, name: str, importing: bool = False) -> NoReturn:
    """Raise the error for a name that a module does not have.

    Where it is wanted by `from package import name`, this is an ImportError, for Python would put
    one of its own, without the nearest name, in the place of an AttributeError. Modules of the
    package are left to Python to find.
    """
    found = sys.modules[module]
    room = module.partition(".")[2]
    error = UnknownName(f"module {module!r}", room, lambda: dir(found), name)
    if importing and name[:1] != "_" and not _is_module(found, name):
        raise ImportError(str(error), name=module, path=found.__file__)
    raise error


def _is_module(package: ModuleType, name: str) -> bool:
    """Whether a package has a module of this name, which Python then finds."""
    paths = getattr(package, "__path__", None)
    return paths is not None and PathFinder.find_spec(name, paths) is not None


def named_options(function: _Function) -> _Function:
    """A function that answers an option it does not have with the nearest that it has.

    Python does so from 3.13 on, but knows no other library's names for them.

    >>> @named_options
    ... def draw(graph, theme="light"):
    ...     return theme
    >>> draw("y", them="dark")
    Traceback (most recent call last):
    ...
    TypeError: draw has no option 'them'; did you mean 'theme'?

    Of a class it is the making.
    """
    if isinstance(function, type):
        function.__init__ = named_options(function.__init__)  # type: ignore[misc]
        return function

    @wraps(function)
    def call(*given: Any, **options: Any) -> Any:
        try:
            return function(*given, **options)
        except TypeError as error:
            at = error.__traceback__
            if at is not None and at.tb_next is not None:  # from within the function
                raise
            name, known = _unknown_option(function, options)
            if name is None:
                raise
        what = function.__qualname__
        if function.__name__ == "__init__":  # perhaps that of a class above
            what = type(given[0]).__name__
        # Out of the handler, so that Python's own message does not stand above this one.
        raise unknown_option(what, name, known)

    return call  # type: ignore[return-value]  # the same signature


def _unknown_option(
    function: Callable[..., Any], options: Iterable[str]
) -> tuple[str | None, list[str]]:
    """The first option that a function does not have, if any, and all those that it has."""
    from inspect import Parameter, signature

    parameters = signature(function).parameters.values()
    by_name = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    known = [p.name for p in parameters if p.kind in by_name and p.name != "self"]
    if any(p.kind is Parameter.VAR_KEYWORD for p in parameters):
        return None, known
    return next((name for name in options if name not in known), None), known


def unknown_option(what: str, name: str, known: Iterable[str]) -> TypeError:
    """The error for an option that there is not."""
    from .checking import nearest

    text = f"{what} has no option {name!r}"
    near = nearest(name, known)
    if near is not None:
        return TypeError(f"{text}; did you mean {near!r}?")
    if name in OPTIONS:
        return TypeError(f"{text}: {OPTIONS[name]}")
    return TypeError(f"{text}; it has {', '.join(known) or 'none'}")
