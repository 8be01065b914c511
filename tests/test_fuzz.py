"""Random input, a little of it; and all that was ever found to break something."""

from typing import Any

import numpy as np
import pytest

from . import fuzz
from .own_words import at_most

# By property, what broke it once: as `python -m tests.fuzz` printed it.
FOUND: dict[str, list[dict[str, Any]]] = {
    "calls": [{"call": ("Neuron, called", {"x": [np.array([1.0, 2.0]), ()]})}],
    "definitions": [
        {"given": {"name": "fuzzed", "forward": "a", "partials": ["1"], "operands": "*a"}},
        {
            "given": {
                "name": "fuzzed", "forward": "-a", "operands": "a, b", "partials": ("a", "y ** a"),
            }
        },
        {"given": {"name": "fuzzed", "forward": "9007199254740993", "partials": ["0"]}},
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", fuzz.PROPERTIES)
def test_no_random_input_breaks_it(name: str) -> None:
    fuzz.attempted(name, 40, derandomize=True)


@pytest.mark.parametrize(("name", "found"), [(n, f) for n, every in FOUND.items() for f in every])
def test_what_was_found_once_is_found_no_more(name: str, found: dict[str, Any]) -> None:
    with at_most(fuzz.SECONDS):
        fuzz.PROPERTIES[name][0](**found)
