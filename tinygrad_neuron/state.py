"""Models, optimisers and random generators as plain data, and as files that are exact.

A file is JSON with a format and a version:

    {"format": "tinygrad_neuron state", "version": 1,
     "model": {"layers.0.weight": [[0.5, -1.25]], "layers.0.bias": [0.0]},
     "optimiser": {...}, "random": {"layers.1.generator": [...], "generator": [...]}}

Every float reads back to the same bits. JSON has no NaN and no infinities: they are the strings
"NaN", "Infinity" and "-Infinity". Nothing in a file is executed. Reading checks every name and
shape before anything changes.
"""

from __future__ import annotations

import json
import math
import os
import random
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

from .checking import described
from .files import checked_path, replace_file
from .reflexes import is_of_torch

FORMAT = "tinygrad_neuron state"
VERSION = 1
_STRINGS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
# A file that is longer than its numbers can make it is none of ours, and is not read.
_BYTES_FOR_A_NUMBER, _BYTES_BESIDE = 100, 1_000_000


class StateError(ValueError):
    """A state that does not fit what it is loaded into; the message lists every difference."""


def shape(structure: Any) -> list[int] | None:
    """The lengths of nested lists, outermost first; [] for a number, None where they are uneven.

    >>> shape([[1.0, 2.0], [3.0, 4.0]]), shape(1.0), shape([[1.0], 2.0])
    ([2, 2], [], None)
    """
    if not isinstance(structure, list | tuple):
        return []
    shapes = [shape(item) for item in structure]
    if not shapes:
        return [0]
    first = shapes[0]
    return None if first is None or shapes.count(first) < len(shapes) else [len(shapes), *first]


def differences(given: Any, expected: Mapping[str, Any], what: str) -> list[str]:
    """What stands between a mapping of names to nested lists of numbers and the one expected."""
    if not isinstance(given, Mapping):
        return [f"{what} must be an object of names and numbers, got {described(given)[:80]}"]
    found = [f"{what} {name!r} is missing" for name in expected if name not in given]
    for name, value in given.items():
        if name not in expected:
            found.append(f"{what} {name!r} is not in the model; it has {', '.join(expected)}")
            continue
        lengths, wanted = shape(value), shape(expected[name])
        if lengths != wanted:
            found.append(f"{what} {name!r} has the shape {lengths}, expected {wanted}")
        elif (wrong := _not_a_number(value)) is not None:
            found.append(f"{what} {name!r} holds {described(wrong)[:80]}, which is not a number")
    return found


def as_ours(given: Any, expected: Mapping[str, Any]) -> Any:
    """A state with lists in place of arrays and tensors, and with our names in place of those of
    PyTorch's Sequential, which calls its layers `0`, not `layers.0`.

    >>> as_ours({"0.bias": [1.0]}, {"layers.0.bias": [0.0]})
    {'layers.0.bias': [1.0]}
    """
    if not isinstance(given, Mapping):
        return given
    ours = {name.replace("layers.", ""): name for name in expected}
    names = ours if given.keys() <= ours.keys() and not given.keys() <= expected.keys() else {}
    return {
        names.get(name, name): x.tolist() if hasattr(x, "tolist") else x
        for name, x in given.items()
    }


def hint_of_torch(given: Any, expected: Mapping[str, Any]) -> list[str]:
    """What to do with the state of a model of PyTorch that does not fit; else nothing."""
    if not isinstance(given, Mapping) or not any(map(is_of_torch, given.values())):
        return []
    if as_ours(given, expected).keys() < expected.keys():  # the same parts, some are missing
        return []
    return [
        "PyTorch's modules are made of other parts; bridges.from_torch(module) brings one over "
        "whole, with its numbers"
    ]


def _not_a_number(structure: Any) -> Any:
    """The first item that is not a real number; None where all are."""
    if isinstance(structure, list | tuple):
        return next((bad for item in structure if (bad := _not_a_number(item)) is not None), None)
    if isinstance(structure, str):
        return None if structure in _STRINGS else (structure,)
    fine = isinstance(structure, int | float) and not isinstance(structure, bool)
    try:
        return None if fine and float(structure) is not None else (structure,)
    except OverflowError:
        return (structure,)


def number(given: Any) -> float:
    """The float that stands in a state."""
    return _STRINGS[given] if isinstance(given, str) else float(given)


def to_json(whole: Mapping[str, Any]) -> bytes:
    """The text of a file; every float reads back to the same bits."""
    strict = {"format": FORMAT, "version": VERSION} | {
        name: _strict(part) for name, part in whole.items()
    }
    return (json.dumps(strict, allow_nan=False) + "\n").encode()


def _strict(part: Any) -> Any:
    if isinstance(part, Mapping):
        return {name: _strict(item) for name, item in part.items()}
    if isinstance(part, list | tuple):
        return [_strict(item) for item in part]
    if isinstance(part, float) and not math.isfinite(part):
        return "NaN" if math.isnan(part) else "Infinity" if part > 0 else "-Infinity"
    return part


def write(path: str | os.PathLike[str], whole: Mapping[str, Any]) -> None:
    """Write a file of these parts; the one that was there stays until the new one is complete."""
    replace_file(path, to_json(whole))


def read(path: str | os.PathLike[str], numbers: int) -> dict[str, Any]:
    """The parts of a file; `numbers`, how many numbers it can hold at the most.

    Raises an `OSError` where there is no such file, and a `StateError` for one that is not a state.
    """
    path = checked_path("load", path)
    most = numbers * _BYTES_FOR_A_NUMBER + _BYTES_BESIDE
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > most:
            raise StateError(
                f"{path}: {size:,} bytes are more than the state of this model can have "
                f"({most:,}): it is of a larger model, or no state"
            )
        content = file.read(most + 1)
    try:
        whole = json.loads(content.decode(), object_pairs_hook=_once, parse_constant=_refuse)
    except RecursionError:
        raise StateError(f"{path} is not a state: it is nested too deeply") from None
    except (ValueError, UnicodeDecodeError) as error:
        theirs = content[:4] == b"PK\x03\x04"  # an archive, as `torch.save` writes
        hint = "; what torch.save wrote is read by load_state_dict(torch.load(path))"
        raise StateError(
            f"{path} is not a state that `save` wrote: {error}{hint if theirs else ''}"
        ) from None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise StateError(f"{path} is not a state that `save` wrote: its format is not {FORMAT!r}")
    if whole.get("version") != VERSION:
        raise StateError(
            f"{path} has version {whole.get('version')!r}; this package reads version {VERSION}"
        )
    return whole


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {name!r} stands twice")
        found[name] = value
    return found


def _refuse(text: str) -> float:
    raise ValueError(f"{text} is not strict JSON; write it as a string")


def checked_generator(generator: Any, what: str) -> random.Random:
    """A generator whose state can be kept; a TypeError for anything else."""
    if not isinstance(generator, random.Random):
        raise TypeError(f"{what}: generator must be a random.Random, got {described(generator)}")
    return generator


def checked_optimiser(optimiser: Any, what: str) -> Any:
    """What has the methods of an optimiser's state; a TypeError for anything else."""
    methods = ("state_dict", "load_state_dict", "differences")
    if not all(hasattr(type(optimiser), name) for name in methods):  # not what has any name
        raise TypeError(f"{what}: the optimiser must be one of optim, got {described(optimiser)}")
    return optimiser


def random_state(generator: random.Random) -> list[Any]:
    """A generator's state as plain data."""
    version, internal, gauss = generator.getstate()
    return [version, list(internal), gauss]


def checked_random_state(given: Any, what: str) -> tuple[Any, ...]:
    """A state that `random.Random.setstate` takes; a StateError for what is none."""
    try:
        version, internal, gauss = given
        if gauss is not None and not isinstance(gauss, float):
            raise TypeError(f"its last part must be a number or None, got {gauss!r}")
        state = (version, tuple(internal), gauss)
        random.Random().setstate(state)
    except (TypeError, ValueError, OverflowError) as error:
        raise StateError(f"{what} is not the state of a random generator: {error}") from None
    return state


def settings(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Of an optimiser's attributes the numbers that it was made with, as JSON has them: another
    real number, one of NumPy or a fraction, as a float.

    >>> from fractions import Fraction
    >>> settings({"steps": 3, "lr": Fraction(1, 4), "nesterov": True, "betas": (0.5, 1)})
    {'lr': 0.25, 'nesterov': True, 'betas': (0.5, 1)}
    """

    def plain(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(plain, value))
        return value if isinstance(value, int) else float(value)

    return {
        name: plain(value)
        for name, value in attributes.items()
        if name != "steps" and name[0] != "_"
        if all(isinstance(x, Real) for x in (value if isinstance(value, tuple) else [value]))
    }


def made_by(kind: type, options: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The first class, of an optimiser's, that can be made with parameters and settings; and those
    of the settings that it takes. A subclass may be made of something else, as of a model."""
    import inspect  # only here

    for base in kind.__mro__:
        begin: Any = vars(base).get("__init__")
        if begin is None:  # it is made as the next one
            continue
        _, first, *others = inspect.signature(begin).parameters.values()
        if first.name == "parameters" and all(
            option.kind in (option.POSITIONAL_OR_KEYWORD, option.KEYWORD_ONLY)
            and (option.name in options or option.default is not option.empty)
            for option in others
        ):
            names = [option.name for option in others if option.name in options]
            return base, {name: options[name] for name in names}
    raise TypeError(f"{kind.__name__} is no optimiser")
