"""`Module`: anything that holds parameters, alone or nested."""

import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from .. import state
from ..calculus.primitive import LEAF
from ..checking import flag
from ..copying import Linked, linked_in
from ..engine import Value
from ..interruption import uninterrupted
from ..notebook import Shown
from ..operators import forget_gradient, tracing
from ..passes import assign
from ..public import Answering, named_options
from ..scope import Scope, call_of, enter, here
from ..stored import naming_data
from .shapes import each, flat

_Self = TypeVar("_Self", bound="Module")
_Method = TypeVar("_Method", bound=Callable[..., Any])


def in_own_scope(method: _Method) -> _Method:
    """A method of a Module whose operations are recorded in a scope of this call.

    `__call__` is one by itself. Within a call of the same module there is no second scope.
    """

    @wraps(method)
    def run(self: "Module", /, *arguments: Any, **options: Any) -> Any:
        place, outer = self.__dict__.get("_scope") or self.scope, here.scope
        if outer is not None and outer.module is place:
            return method(self, *arguments, **options)
        enter(call_of(place, outer))
        try:
            return method(self, *arguments, **options)
        finally:
            here.scope = outer

    return run  # type: ignore[return-value]  # the same signature


class Module(Answering, Shown, Linked):
    """Base class of everything with parameters.

    Parameters are the leaf Values held in attributes: directly, in lists, tuples and dictionaries,
    and in other Modules. A Module gives each a place in the model, its scope, when it is assigned
    (what is appended to a list later gets it when the parameters are next listed). Parameters and
    Modules that stand in several places keep the first. A subclass computes in `__call__`, or, as
    in PyTorch, in `forward`.

    >>> from tinygrad_neuron import Value
    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope = Value(2.0)
    ...         self.offset = Value(1.0)
    ...     def __call__(self, x):
    ...         return self.slope * x + self.offset
    >>> line = Line()
    >>> line(3.0).backward()
    >>> [(name, p.grad) for name, p in line.named_parameters()]
    [('slope', 3.0), ('offset', 1.0)]
    """

    if TYPE_CHECKING:
        __call__: Callable[..., Any]  # of a subclass, with the arguments that it takes
    else:

        def __call__(self, *arguments: Any, **options: Any) -> Any:
            name = type(self).__name__
            raise TypeError(
                f"{name} cannot be called: it has neither __call__ nor forward; write what it "
                "computes, as in def forward(self, x): return self.w * x"
            )

    def __init_subclass__(cls, **options: Any) -> None:
        """Let every call of the module record in a scope of its own, a method `forward` be what a
        call runs, and a misspelt option of its making be answered."""
        super().__init_subclass__(**options)
        if "__call__" in vars(cls):
            cls.__call__ = in_own_scope(cls.__call__)  # type: ignore[method-assign]
        elif "forward" in vars(cls):  # PyTorch's habit
            cls.__call__ = in_own_scope(vars(cls)["forward"])  # type: ignore[method-assign]
        if "__init__" in vars(cls):
            named_options(cls)

    @property
    def training(self) -> bool:
        """Whether the module is being trained (from the start) or evaluated."""
        mode: bool = self.__dict__.get("_training", True)
        if tracing.trace is not None:  # a branch on it is valid for this mode only
            tracing.trace.mode(self, mode)
        return mode

    @training.setter
    def training(self, mode: bool) -> None:
        self.__dict__["_training"] = flag(type(self).__name__, "training", mode)

    @property
    def scope(self) -> Scope:
        """The place of this module in the model: a record that its nodes refer to."""
        scope = self.__dict__.get("_scope")
        if scope is None:
            scope = self.__dict__["_scope"] = Scope(type(self).__name__)
        found: Scope = scope
        return found

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)
        if isinstance(value, (Value, Module, *_CONTAINERS)) or hasattr(value, "dtype"):
            for path, item in self._parts(name, value):
                self._adopt(path, item)

    def _adopt(self, name: str, item: "Value | Module") -> None:
        """Tell a parameter or a module that has no place yet that it is here."""
        if isinstance(item, Value):
            if item.scope is None:
                item.scope = self.scope
                item.label = item.label or name
        elif item.scope.parent is None and item.scope not in self.scope.path:
            # Not a module around this one, to which it refers back: scopes form a tree.
            item.scope.name, item.scope.parent = name, self.scope

    def _attributes(self) -> dict[str, Any]:
        """What the module holds under the names that its class gives, slots included."""
        return {name: v for name, v in self._state().items() if name not in _OWN}

    def _parts(self, name: str, value: Any) -> list[tuple[str, "Value | Module"]]:
        """The parameters and modules that an attribute holds, each with the path to it.

        Raises a `ValueError` where a computed Value has taken the place of a parameter: it would be
        lost to the model without a word.
        """
        found, computed = [], None
        for path, item in _held(value, name):
            if isinstance(item, Module) or item._operation is LEAF:
                found.append((path, item))
            elif computed is None and item._prev:
                computed = path, item
        counts = self.__dict__.setdefault("_counts", {})
        if computed is not None and len(found) < counts.get(name, 0):
            path, item = computed
            raise ValueError(
                f"{type(self).__name__}.{path} was a parameter and is now {item!r}, which is "
                "computed: a parameter must stay a leaf. Change its number (p.data = ...), or "
                "assign a new Value(number)"
            )
        counts[name] = len(found)
        return found

    def _walk(self) -> Iterator[tuple[str, "Value | Module"]]:
        """The parameters and modules below this one, each once, with the path to it.

        By a loop, so that depth is not limited. Identities are noted, not the modules, because a
        subclass may define equality (a dataclass does).
        """
        seen = {id(self)}
        open_: list[tuple[Module, str, Iterator[tuple[str, Value | Module]]]] = []
        module, prefix, parts = self, "", self._all_parts()
        while True:
            for name, item in parts:
                if id(item) in seen:
                    continue
                seen.add(id(item))
                module._adopt(name, item)
                yield prefix + name, item
                if isinstance(item, Module):
                    open_.append((module, prefix, parts))
                    module, prefix, parts = item, f"{prefix}{name}.", item._all_parts()
                    break
            else:
                if not open_:
                    return
                module, prefix, parts = open_.pop()

    def _all_parts(self) -> Iterator[tuple[str, "Value | Module"]]:
        """The parameters and modules that stand in attributes of this module itself."""
        for name, value in self._attributes().items():
            if isinstance(value, _HOLDERS) or hasattr(value, "dtype"):
                yield from self._parts(name, value)

    def _links(self) -> Iterable[Linked]:
        return linked_in(self._state())

    def __repr__(self) -> str:
        """Its class and the modules in its attributes; what these hold is left out."""

        def shown(part: object) -> str:
            if isinstance(part, list | tuple):
                return f"[{', '.join(map(shown, part))}]"
            own = type(part).__repr__ is not Module.__repr__
            return repr(part) if own else f"{type(part).__name__}(...)"

        def is_module(part: object) -> bool:
            if isinstance(part, list | tuple):
                return len(part) > 0 and all(map(is_module, part))
            return isinstance(part, Module)

        parts = ((k, part) for k, part in self._attributes().items() if is_module(part))
        return f"{type(self).__name__}({', '.join(f'{k}={shown(part)}' for k, part in parts)})"

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Every parameter once, with the path to it, in the order of assignment.

        >>> from tinygrad_neuron import nn
        >>> [name for name, p in nn.Layer(2, 1).named_parameters()]
        ['neurons[0].w[0]', 'neurons[0].w[1]', 'neurons[0].b']
        """
        for path, item in self._walk():
            if isinstance(item, Value):
                yield path, item

    def parameters(self) -> list[Value]:
        """Every parameter once."""
        return [value for _, value in self.named_parameters()]

    def _parts_of_state(self) -> tuple[list[tuple[str, Any]], list[tuple[str, "Module"]]]:
        """What a state holds of this module itself, under PyTorch's names, and its modules.

        Parameters in evenly nested lists are one entry. A class may say it in another way.
        """
        entries, modules = [], []
        for name, value in self._attributes().items():
            parts = self._parts(name, value)
            parameters = [item for _, item in parts if isinstance(item, Value)]
            held = flat(value)
            even = state.shape(value) is not None and all(isinstance(v, Value) for v in held)
            if even and len(held) == len(parameters) > 0:
                entries.append((name, value))
                continue
            for path, item in parts:
                dotted = _IN_BRACKETS.sub(lambda key: f".{key[1].strip(_QUOTES)}", path)
                if isinstance(item, Module):
                    modules.append((dotted, item))
                else:
                    entries.append((dotted, item))
        return entries, modules

    def _state_entries(self) -> tuple[dict[str, Any], dict[str, Random]]:
        """Nested lists of parameters by name, and the random generators, of the whole model."""
        entries: dict[str, Any] = {}
        generators: dict[str, Random] = {}
        seen: set[int] = set()
        stack: list[tuple[str, Module]] = [("", self)]
        while stack:
            prefix, module = stack.pop()
            seen.add(id(module))
            own, modules = module._parts_of_state()
            for name, value in own:
                held = {id(v) for v in flat(value)}
                if not held <= seen:  # a shared parameter stands once
                    seen |= held
                    entries[prefix + name] = value
            for name, value in module._attributes().items():
                if isinstance(value, Random):
                    generators[prefix + name] = value
            below = [(f"{prefix}{name}.", m) for name, m in modules if id(m) not in seen]
            stack += reversed(below)
        return entries, generators

    @naming_data
    def state_dict(self) -> dict[str, Any]:
        """Every parameter's number by name: nested lists under PyTorch's names.

        A `Layer` writes `weight` [out][in] and `bias` [out]. The numbers are floats, in lists of
        their own.

        >>> from tinygrad_neuron import nn
        >>> layer = nn.Layer(2, 1, seed=0)
        >>> layer.load_state_dict({"weight": [[0.5, -1.0]], "bias": [2.0]})
        >>> layer.state_dict()
        {'weight': [[0.5, -1.0]], 'bias': [2.0]}
        """
        entries, _ = self._state_entries()
        return {name: each(lambda p: float(p.data), v) for name, v in entries.items()}

    @named_options
    def load_state_dict(self, given: Mapping[str, Any]) -> None:
        """Take over the numbers of `state_dict()`, by name; arrays and tensors too, and those of
        PyTorch's Sequential of the same layers.

        Raises a `StateError` (a `ValueError`) that lists every name that is missing, not known, or
        of another shape; then nothing has changed.
        """
        entries, _ = self._state_entries()
        theirs = state.hint_of_torch(given, entries)
        given = state.as_ours(given, entries)
        if wrong := state.differences(given, entries, "the parameter"):
            raise state.StateError("load_state_dict: " + "; ".join(theirs + wrong))
        parameters = [p for value in entries.values() for p in flat(value)]
        numbers = [state.number(x) for name in entries for x in flat(given[name])]
        assign(parameters, numbers)

    @named_options
    def save(
        self,
        path: str | os.PathLike[str],
        *,
        optimiser: Any = None,
        generator: Random | None = None,
    ) -> None:
        """Write the model's state to a file, exactly; see `tinygrad_neuron.state` for its form.

        **Arguments:** `path`; `optimiser`, whose state goes into the file too, and `generator`, the
        `random.Random` with which the program shuffles. With both, training that is stopped after
        any epoch and goes on from the file is the same, to the bit, as one that was not stopped.
        The random generators of the model (dropout's) are always in it.

        >>> import os, tempfile
        >>> from tinygrad_neuron import nn
        >>> path = os.path.join(tempfile.mkdtemp(), "neuron.json")
        >>> nn.Neuron(2, seed=0).save(path)
        >>> other = nn.Neuron(2, seed=1)
        >>> other.load(path)
        >>> other.w[0].data == nn.Neuron(2, seed=0).w[0].data
        True
        """
        _, generators = self._state_entries()
        whole: dict[str, Any] = {"model": self.state_dict()}
        whole["random"] = {name: state.random_state(g) for name, g in generators.items()}
        if optimiser is not None:
            whole["optimiser"] = state.checked_optimiser(optimiser, "save").state_dict()
        if generator is not None:
            whole["generator"] = state.random_state(state.checked_generator(generator, "save"))
        state.write(path, whole)

    @named_options
    def load(
        self,
        path: str | os.PathLike[str],
        *,
        optimiser: Any = None,
        generator: Random | None = None,
    ) -> None:
        """Take over what `save` wrote.

        Raises a `StateError` (a `ValueError`) that lists every difference between the file and the
        model, the optimiser and the generators, or says why the file is no state; an `OSError`
        where it cannot be read. In all these cases nothing has changed.
        """
        if generator is not None:
            state.checked_generator(generator, "load")
        if optimiser is not None:
            state.checked_optimiser(optimiser, "load")
        entries, generators = self._state_entries()
        numbers = sum(len(flat(value)) for value in entries.values())
        numbers += 700 * (len(generators) + 1) + 4 * numbers
        whole = state.read(path, numbers)
        where = os.fspath(path)
        wrong = state.differences(whole.get("model"), entries, "the parameter")
        given = whole.get("random", {})
        if not isinstance(given, dict) or given.keys() != generators.keys():
            wrong.append(f"its random generators must be {sorted(generators)}")
        for what, wanted in (("optimiser", optimiser), ("generator", generator)):
            if wanted is not None and what not in whole:
                wrong.append(f"it holds no {what}")
        if not wrong and optimiser is not None:
            wrong += optimiser.differences(whole["optimiser"])
        if wrong:
            raise state.StateError(f"{where} does not fit: " + "; ".join(wrong))
        states = [state.checked_random_state(given[name], name) for name in generators]
        if generator is not None:
            states.append(state.checked_random_state(whole["generator"], "generator"))
        with uninterrupted():
            if optimiser is not None:  # the first, for its schedule may refuse what it is given
                optimiser.load_state_dict(whole["optimiser"])
            self.load_state_dict(whole["model"])
            for one, found in zip([*generators.values(), generator], states, strict=False):
                one.setstate(found)  # type: ignore[union-attr]  # as many as there are states

    def modules(self) -> list["Module"]:
        """This module and all below it, each once.

        >>> from tinygrad_neuron import nn
        >>> [type(module).__name__ for module in nn.MLP(2, [1]).modules()]
        ['MLP', 'Layer', 'Neuron']
        """
        return [self, *(item for _, item in self._walk() if isinstance(item, Module))]

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Within it the model may be run and its modes changed: afterwards the mode of each module
        and the state of each random generator are as they were.

        >>> from tinygrad_neuron import nn
        >>> model = nn.Dropout(0.5, seed=0)
        >>> with model.undisturbed():
        ...     _ = model.eval()
        >>> model.training
        True
        """
        modes = [(module, module.training) for module in self.modules()]
        states = [(g, g.getstate()) for g in self._state_entries()[1].values()]
        try:
            yield
        finally:
            with uninterrupted():
                for module, mode in modes:
                    module.training = mode
                for generator, found in states:
                    generator.setstate(found)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradient of every parameter back to 0.0, "not computed yet".

        `set_to_none`, PyTorch's option, says nothing here: "not computed yet" reads 0.0.
        """
        for parameter in self.parameters():
            forget_gradient(parameter)

    def train(self: _Self, mode: bool = True) -> _Self:
        """Switch to training (dropout draws masks); returns the module."""
        mode = flag("train", "mode", mode)
        for module in self.modules():
            module.training = mode
        return self

    def eval(self: _Self) -> _Self:
        """Switch to evaluation (dropout lets everything pass); returns the module."""
        return self.train(False)


_IN_BRACKETS, _QUOTES = re.compile(r"\[([^]]*)\]"), "'\""


def _held(item: Any, name: str) -> Iterator[tuple[str, "Value | Module"]]:
    """The Values and the Modules that an attribute holds, alone or in containers.

    Raises a `TypeError` for a set of them, which has no order, and a `ValueError` for a container
    that holds itself.
    """
    if isinstance(item, _MEMBERS):
        yield name, item
        return
    if type(item) is list:  # most are alike, which takes half of the time
        kinds = set(map(type, item))
        if all(issubclass(kind, _MEMBERS) for kind in kinds):
            for key, one in enumerate(item):
                yield f"{name}[{key}]", one
            return
        if kinds <= _NUMBERS_AND_TEXTS:
            return
    around: list[tuple[int, Iterator[tuple[str, Any]]]] = [(0, iter([(name, item)]))]
    while around:
        here_next = next(around[-1][1], None)
        if here_next is None:
            around.pop()
            continue
        path, one = here_next
        if isinstance(one, _MEMBERS):
            yield path, one
            continue
        if getattr(getattr(one, "dtype", None), "kind", None) == "O":
            one = one.tolist()  # an object array of NumPy
        if isinstance(one, _SETS):
            if any(isinstance(element, Value | Module) for element in one):
                raise TypeError(
                    f"{path} is a {type(one).__name__} of parameters or modules, which has no "
                    "order: keep them in a list"
                )
        elif isinstance(one, _CONTAINERS):
            if any(id(one) == key for key, _ in around):
                raise ValueError(f"{path} holds itself: parameters cannot be listed")
            items = one.items() if isinstance(one, dict) else enumerate(one)
            around.append((id(one), _under(path, items)))


def _under(path: str, items: Iterable[tuple[Any, Any]]) -> Iterator[tuple[str, Any]]:
    for key, value in items:
        yield f"{path}[{key!r}]", value


_MEMBERS = (Value, Module)
_CONTAINERS = (list, tuple, dict, deque)
_SETS = (set, frozenset)
_NUMBERS_AND_TEXTS = {bool, int, float, str}
_HOLDERS = (Value, Module, *_CONTAINERS, *_SETS)
_OWN = frozenset({"_scope", "_training", "_counts"})
