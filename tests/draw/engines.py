"""Which layout engines there are on this machine, for tests that draw."""

import pytest

from tinygrad_neuron.draw.rendering import EngineNotFoundError, find_engine


def path_of(name: str | None = None) -> str | None:
    """Where an engine is, by default the one that is used; None where there is none."""
    try:
        return find_engine(name).path
    except EngineNotFoundError:
        return None


needs_engine = pytest.mark.skipif(path_of() is None, reason="no layout engine on this machine")
