"""Calls from a page: a function of the package by its name, with arguments as JSON."""

import importlib
import json
from typing import Any

_ROOM = __name__.rpartition(".")[0]


def call(name: str, given: str) -> Any:
    """Call `module:function` of this room with the arguments, by name, that a JSON object has.

    Returns what the function returned: as JSON, or, if it has a buffer, as it is.

    >>> call("tinygrad_neuron.laboratory.calls:doubled", '{"x": 4}')
    '8'
    """
    module, _, function = name.partition(":")
    if not f"{module}.".startswith(f"{_ROOM}."):
        raise ValueError(f"only functions of {_ROOM} are called from a page, got {name!r}")
    made = getattr(importlib.import_module(module), function)(**json.loads(given))
    try:
        memoryview(made)
    except TypeError:
        return json.dumps(made)
    return made


def doubled(x: float) -> float:
    """Twice a number: what a page may call to try this out."""
    return 2 * x
