"""One call of a model with plain numbers, for what shows its graph: leaves for them, one result."""

from inspect import signature
from typing import Any

from ..checking import described, whole
from ..engine import Value
from .embedding import Embedding
from .module import Module
from .shapes import leaves_of, lists, shape, written


def example_of(where: str, model: Module, given: tuple[Any, ...], form: str) -> list[Any]:
    """What a call of a model takes, with a leaf for each number, under the names that its arguments
    have there; where it has an Embedding whole numbers are indices, and stay as they are.

    Raises a `TypeError` where the call takes more or other arguments; `form` says how to give them.
    """
    try:
        bound = signature(model).bind(*given)
    except TypeError as error:
        raise TypeError(f"{where}: {error}, in the call of {model!r}; as in {form}") from None
    indices = any(isinstance(module, Embedding) for module in model.modules())

    def taken(x: Any, name: str) -> Any:
        nested = lists(x)
        if nested is None or (indices and _are_whole(nested)):
            return nested
        return leaves_of(where, nested, name)

    names = list(bound.arguments)
    if len(names) < len(given):  # the last takes all that are left
        names = [*names[:-1], *(f"{names[-1]}[{k}]" for k in range(len(given) - len(names) + 1))]
    return [taken(x, name) for x, name in zip(given, names, strict=True)]


def required(model: Module) -> list[str]:
    """The names of what a call of a model must be given.

    >>> from tinygrad_neuron import nn
    >>> required(nn.MultiheadAttention(2, 1))
    ['query', 'key', 'value']
    """
    asked = signature(model).parameters.values()
    return [p.name for p in asked if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]


def _are_whole(x: Any) -> bool:
    return all(map(_are_whole, x)) if isinstance(x, list) else whole(x) is not None


def one_value(where: str, found: Any, output: Any = None) -> Value:
    """The Value among what a call returned, where there is one alone or `output` says which.

    >>> one_value("draw_dot", [[Value(1.0)], [Value(2.0)]], (1, 0))
    Value(data=2.0)
    """
    places = () if output is None else output if isinstance(output, tuple) else (output,)
    one = found
    for place in places:
        if isinstance(one, Value) and whole(place) == 0:  # a list of one, as of a layer, is one
            continue
        if not isinstance(one, list | tuple) or whole(place) not in range(-len(one), len(one)):
            raise ValueError(f"{where}: there is no output {output!r}; {_returned(found)}")
        one = one[place]
    while isinstance(one, list | tuple) and len(one) == 1:
        one = one[0]
    if isinstance(one, list | tuple):
        deep = _depth(found)
        first = f"({', '.join(['0'] * deep)})" if deep > 1 else "0"
        raise ValueError(
            f"{where}: it shows how one Value comes about, and {_returned(found)}; give "
            f"output={first} for the first"
        )
    if not isinstance(one, Value):
        raise TypeError(f"{where}: the model must return Values, got {described(one)}")
    return one


def _returned(found: Any) -> str:
    try:
        lengths = shape(found)
    except ValueError:  # several things, as states beside outputs
        return "the model returned several things, lists in lists"
    return (
        f"the model returned {'one' if not lengths else f'Values of the shape {written(lengths)}'}"
    )


def _depth(x: Any) -> int:
    return 1 + _depth(x[0]) if isinstance(x, list | tuple) and x else 0
