"""Checks of arguments that several rooms share: each kind of check is here once.

All of them say what was received, what is allowed and the way out.
"""

import math
import numbers
import operator
import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias, TypeGuard, TypeVar

from .reflexes import instead_of, is_of_torch

T = TypeVar("T")

Seed: TypeAlias = int | random.Random | None

# What is allowed, in words, and whether a number is.
Rule: TypeAlias = tuple[str, Callable[[float], bool]]

POSITIVE: Rule = ("greater than 0", lambda x: x > 0)
NOT_NEGATIVE: Rule = ("0 or more", lambda x: x >= 0)
AT_LEAST_ONE: Rule = ("1 or more", lambda x: x >= 1)
INSIDE_ONE: Rule = ("greater than 0 and less than 1", lambda x: 0 < x < 1)
BELOW_ONE: Rule = ("from 0 to less than 1", lambda x: 0 <= x < 1)
FINITE: Rule = ("finite", math.isfinite)

MOST = 100_000_000  # of anything that is counted; as many Values would take 10 GB


def described(x: object) -> str:
    """What was received, in a few words; of what is PyTorch's also what is written here."""
    name = f"type {x.__name__}" if isinstance(x, type) else type(x).__name__
    kind = name if isinstance(x, type) else f"{name} {shown(x)}".rstrip()
    if is_of_torch(x):  # most of these write their class themselves
        own = shown(x).lower().startswith(name.lower())
        kind = f"PyTorch's {shown(x) if own else kind}"
    elif isinstance(x, type):
        kind = f"the {kind}"
    here = instead_of(x)
    return f"{kind} ({here})" if here else kind


def shown(x: object) -> str:
    """What was received as Python writes it, the beginning at least; empty where that fails: it
    writes no integer of more than 4,300 digits, no lists in lists without end, and an object has
    its own way."""
    try:
        text = repr(x)
    except Exception:
        return ""
    if "\n" in text:  # a table, a module of PyTorch
        text = " ".join(text.split())
    return text if len(text) <= 200 else f"{text[:200]}..."


def as_text(x: object) -> str:
    """A name that may be given as a number, or as anything that can be written."""
    try:
        return str(x)
    except Exception:
        return type(x).__name__


def to_float(x: object, where: str, operand: str = "data") -> float:
    """A plain float from a real number of any kind (int, float, NumPy scalar, Fraction, a tensor of
    PyTorch with one number and no gradient to get).

    Raises a `TypeError` that names the operation and the operand for anything else.

    >>> to_float(3, "Value")
    3.0
    >>> to_float("3", "Value")
    Traceback (most recent call last):
    ...
    TypeError: Value: data must be a real number, got str '3'
    """
    if type(x) is float:
        return x
    kind = getattr(getattr(x, "dtype", None), "kind", None)  # of a NumPy scalar or array
    if not isinstance(kind, str):
        if getattr(x, "requires_grad", None) is False and getattr(x, "ndim", None) == 0:
            x = x.item()  # type: ignore[attr-defined]  # a tensor has it
        welcome = isinstance(x, numbers.Real)
    else:
        welcome = kind in "biuf" and getattr(x, "ndim", None) == 0
        if welcome and getattr(x, "mask", False) is not False and bool(x.mask):  # type: ignore[attr-defined]
            raise TypeError(
                f"{where}: {operand} must be a real number, got NumPy's masked, which hides one; "
                "leave it out, as in array.compressed(), or fill it, as in array.filled(0.0)"
            )
    if welcome:
        try:
            return float(x)  # type: ignore[arg-type]  # real numbers have __float__
        except OverflowError:
            pass
        raise OverflowError(
            f"{where}: {operand} must be at most about 1.8e308, the largest float, got "
            f"{type(x).__name__} {_size_of(x)}; scale it, or compute with its logarithm"
        )
    text = f"{where}: {operand} must be a real number, got {described(x)}"
    if hasattr(type(x), "_operation"):
        text += "; a Value is already a node of the graph (its number is .data)"
    elif getattr(x, "ndim", None) == 0 and hasattr(x, "requires_grad"):  # a tensor of PyTorch
        text += "; it requires a gradient, and would get none from here"
    elif isinstance(x, Iterable) and not isinstance(x, str | bytes):
        text += "; go through it element by element, as in [f(v) for v in x]"
    raise TypeError(text)


def _size_of(x: object) -> str:
    """A number too large for a float, by its digits: one of 400 is not read."""
    if not isinstance(x, int):
        return f"{shown(x)[:60]}"
    return f"of some {int(x.bit_length() * 0.30103) + 1} digits"


def unknown(name: str, known: Iterable[str]) -> str:
    """The text of an error for a name that is not known: the nearest match, and what is known.

    >>> unknown("tanhh", ["relu", "tanh"])
    "unknown, did you mean 'tanh'? Known: relu, tanh"
    """
    known = sorted(known)
    near = nearest(name, known)
    hint = "." if near is None else f", did you mean {near!r}?"
    return f"unknown{hint} Known: {', '.join(known)}"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that somebody meant, where one is near.

    First those that few slips of the hand lead to, then what begins so, then what looks alike.

    >>> nearest("Liner", ["Layer", "Linear"]), nearest("x", ["Layer"])
    ('Linear', None)
    >>> nearest("compil", ["Compiled", "compile"]), nearest("leaky", ["leaky_relu", "leaf"])
    ('compile', 'leaky_relu')
    """
    import difflib  # only to tell what is wrong: the package starts without it

    name, known = str(name), sorted(known)
    small = name.lower()
    if not 0 < len(name) <= _LONGEST_NAME:
        return None
    most = max(1, len(name) // 3)
    near = []
    for other in known:
        if abs(len(other) - len(name)) <= most:
            slips = _slips(small, other.lower())
            if slips <= most and slips < len(other):
                near.append((slips, _slips(name, other), other))  # with the case of the letters
    if near:
        return min(near)[2]
    begun = sorted((other for other in known if other.lower().startswith(small)), key=len)
    alike = difflib.get_close_matches(small, [other.lower() for other in known], n=1)
    found = begun or [other for other in known if [other.lower()] == alike]
    return next((other for other in found if other[0] == name[0]), found[0]) if found else None


_LONGEST_NAME = 100  # letters: what is longer is no slip of the hand


def _slips(a: str, b: str) -> int:
    """How many letters to add, to leave out, to change, or to change places with the next.

    >>> _slips("tahn", "tanh"), _slips("Liner", "Linear")
    (1, 1)

    Source: R. A. Wagner and M. J. Fischer (1974), with F. J. Damerau's (1964) swap of neighbours.
    """
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            least = min(last[j] + 1, row[-1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                least = min(least, before[j - 2] + 1)
            row.append(least)
        before, last = last, row
    return last[-1]


def number(where: str, what: str, x: Any, rule: Rule, way_out: str = "") -> float:
    """A plain float that a rule allows; never an infinite one.

    >>> number("SGD", "lr", -1, POSITIVE)
    Traceback (most recent call last):
    ...
    ValueError: SGD: lr must be greater than 0, got -1
    """
    found = to_float(x, where, what)
    allowed, fine = rule
    if not fine(found):
        hint = f"; {way_out}" if way_out else ""
        raise ValueError(f"{where}: {what} must be {allowed}, got {x}{hint}")
    if math.isinf(found):
        raise ValueError(f"{where}: {what} must be finite, got {x}")
    return found


def whole(x: Any) -> int | None:
    """A plain int from an integer of any kind, NumPy's too; None for anything else.

    >>> whole(3), whole(3.0), whole(True)
    (3, None, None)
    """
    if isinstance(x, bool):
        return None
    try:
        return operator.index(x)
    except TypeError:
        return None


def integer(where: str, what: str, x: Any, least: int, way_out: str = "") -> int:
    """A plain int that is at least so large.

    >>> integer("moons", "samples", 1, 2, "one for each class")
    Traceback (most recent call last):
    ...
    ValueError: moons: samples must be an integer of 2 or more, got 1; one for each class
    """
    found = whole(x)
    if found is None or found < least:
        hint = f"; {way_out}" if way_out else ""
        raise ValueError(
            f"{where}: {what} must be an integer of {least} or more, got {shown(x)}{hint}"
        )
    if found > MOST:
        got = f"{found:,}" if found < 10**30 else f"one {_size_of(found)}"
        raise ValueError(f"{where}: {what} must be at most {MOST:,}, got {got}")
    return found


def positive_integer(where: str, what: str, x: Any) -> int:
    """A plain int of 1 or more.

    >>> positive_integer("Neuron", "nin", 0)
    Traceback (most recent call last):
    ...
    ValueError: Neuron: nin must be an integer of 1 or more, got 0
    """
    return integer(where, what, x, 1)


def repeatable(where: str, seed: int | random.Random) -> random.Random:
    """A generator from a seed that gives the same numbers each time: None would not.

    >>> repeatable("moons", None)
    Traceback (most recent call last):
    ...
    TypeError: moons: seed must be an integer or a random.Random, got NoneType None
    """
    if seed is None:
        raise TypeError(
            f"{where}: seed must be an integer or a random.Random, got {described(seed)}"
        )
    return generator_of(seed)


def generator_of(seed: Seed) -> random.Random:
    """A generator of one's own from a seed; a given generator is used (and advanced) as it is.

    >>> generator_of(1).random() == random.Random(1).random()
    True
    """
    if isinstance(seed, random.Random):
        return seed
    if seed is not None and whole(seed) is None:
        raise TypeError(f"seed must be an integer, a random.Random or None, got {described(seed)}")
    return random.Random(whole(seed))


def flag(where: str, what: str, x: Any) -> bool:
    """True or False, and nothing else that happens to be true.

    >>> flag("SGD", "nesterov", "no")
    Traceback (most recent call last):
    ...
    TypeError: SGD: nesterov must be True or False, got str 'no'
    """
    one = getattr(getattr(x, "dtype", None), "char", "") == "?" and not getattr(x, "ndim", 1)
    if not isinstance(x, bool) and not one:  # a bool of NumPy's is one, an array of them is not
        raise TypeError(f"{where}: {what} must be True or False, got {described(x)}")
    return bool(x)


def text(where: str, what: str, x: Any) -> str:
    """A str.

    >>> text("Value", "label", 3)
    Traceback (most recent call last):
    ...
    TypeError: Value: label must be a str, got int 3
    """
    if not isinstance(x, str):
        raise TypeError(f"{where}: {what} must be a str, got {described(x)}")
    return x


def a_function(where: str, what: str, x: Any) -> Callable[..., Any]:
    """Something that can be called.

    >>> a_function("grad", "the function", 2.0)
    Traceback (most recent call last):
    ...
    TypeError: grad: the function must be callable, got float 2.0
    """
    if not callable(x):
        raise TypeError(f"{where}: {what} must be callable, got {described(x)}")
    if is_of_torch(x):
        raise TypeError(f"{where}: {what} must be a function of Values, got {described(x)}")
    return x  # type: ignore[no-any-return]


def called(where: str, takes: str, function: Callable[..., Any], *given: Any) -> Any:
    """What a function of the user's own gives; one that cannot be called so is told how it is.

    >>> called("fit: each_epoch", "the record, as in lambda record: None", lambda: None, 1)
    Traceback (most recent call last):
    ...
    TypeError: fit: each_epoch is called with the record, as in lambda record: None; got \
<lambda>() takes 0 positional arguments but 1 was given
    """
    try:
        return function(*given)
    except TypeError as error:
        at = error.__traceback__
        if at is not None and at.tb_next is not None:  # from within the function
            raise
        text = f"{where} is called with {takes}; got {error}"
    raise TypeError(text)  # out of the handler, so that Python's own does not stand above it


def several(x: Any) -> TypeGuard[Iterable[Any]]:
    """Whether this is a list, an array, a generator, ... and not one number or Value.

    >>> several([1.0]), several(1.0), several("relu"), several({1.0})
    (True, False, False, False)
    """
    if isinstance(x, str | bytes | set | frozenset | Mapping):  # the last three have no order
        return False
    try:
        iter(x)
    except TypeError:
        return False
    return True


def not_a_value(x: Any) -> str:
    """What was received where one Value is wanted, with the way out where it is a model's list of
    them, or a model.

    >>> not_a_value([2.0]), not_a_value(2.0)
    ('list [2.0]; take one of its items, as in y[0]', 'float 2.0')
    """
    hint = "; take one of its items, as in y[0]" if isinstance(x, list | tuple) and x else ""
    if callable(x) and hasattr(type(x), "named_parameters") and not instead_of(x):
        hint = "; a Value is what a call of it returns, as in model([0.5, -1.0])"
    return described(x) + hint


def listed(where: str, what: str, x: Any, way_out: str) -> list[Any]:
    """The items of anything that has several, as a list; those of an array or a tensor as Python's
    own numbers.

    >>> listed("Neuron", "the input", 2.0, "a list of 1 number, as in neuron([x])")
    Traceback (most recent call last):
    ...
    TypeError: Neuron: the input must be a list of 1 number, as in neuron([x]), got float 2.0
    """
    if not several(x):
        raise TypeError(f"{where}: {what} must be {way_out}, got {described(x)}")
    return list(as_list(f"{where}: {what}", x))


def as_list(what: str, x: Any) -> Any:
    """An array or a tensor as lists of Python's own numbers; anything else as it is.

    Raises a `TypeError` for a tensor that waits for a gradient.
    """
    if not hasattr(type(x), "tolist"):
        return x
    if getattr(x, "requires_grad", None) is True:
        raise TypeError(
            f"{what} is a tensor of PyTorch that requires a gradient, and would get none "
            "from here; its numbers are .tolist()"
        )
    return x.tolist()


def mapped(where: str, what: str, x: Any, way_out: str) -> Mapping[Any, Any]:
    """A mapping.

    >>> mapped("Beside", "things", ["a"], "a picture for each name, as in {'before': picture}")
    Traceback (most recent call last):
    ...
    TypeError: Beside: things must be a picture for each name, as in {'before': picture}, got list \
['a']
    """
    if not isinstance(x, Mapping):
        raise TypeError(f"{where}: {what} must be {way_out}, got {described(x)}")
    return x


def paired(where: str, what: str, given: list[Any], targets: list[Any]) -> list[tuple[Any, Any]]:
    """Each of those given with its target: as many of both, and at least one.

    >>> paired("accuracy", "outputs", [1, 2], [3])
    Traceback (most recent call last):
    ...
    ValueError: accuracy: as many targets as outputs are needed, got 2 outputs and 1 targets
    """
    if len(given) != len(targets):
        raise ValueError(
            f"{where}: as many targets as {what} are needed, got {len(given)} {what} and "
            f"{len(targets)} targets"
        )
    if not given:
        raise ValueError(f"{where} of zero examples: it takes at least one")
    return list(zip(given, targets, strict=True))


def one_of(what: str, x: Any, known: Iterable[str]) -> str:
    """A name among those that are known.

    >>> one_of("rankdir", "lr", ["LR", "TB"])
    Traceback (most recent call last):
    ...
    ValueError: rankdir 'lr': unknown, did you mean 'LR'? Known: LR, TB
    """
    if not isinstance(x, str) or x not in known:
        raise ValueError(f"{what} {shown(x)}: {unknown(as_text(x), known)}")
    return x


def named(what: str, name: Any, known: Mapping[str, T]) -> T:
    """What a name stands for.

    >>> named("activation", "sigmod", {"sigmoid": 1, "tanh": 2})
    Traceback (most recent call last):
    ...
    ValueError: activation 'sigmod': unknown, did you mean 'sigmoid'? Known: sigmoid, tanh
    """
    if not isinstance(name, str):
        raise TypeError(f"{what} must be a name or a function, got {described(name)}")
    if name not in known:
        raise ValueError(f"{what} {name!r}: {unknown(name, known)}")
    return known[name]
