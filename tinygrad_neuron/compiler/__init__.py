"""Compilation of recorded graphs to straight-line Python, C or JavaScript: see `compile`.

>>> from tinygrad_neuron import compile
>>> compile(lambda x: x * x + 1.0)(3.0).data
10.0
"""

from typing import TYPE_CHECKING

from ..public import on_demand

if TYPE_CHECKING:
    from .c.errors import CompilerFailedError, CompilerNotFoundError
    from .compiled import Compiled, compile
    from .examples import Batch
    from .program import Program
    from .tracing import TracingError
    from .trainer import NotFiniteError, Trainer
else:
    __getattr__, __dir__ = on_demand(__name__)

__all__ = [
    "compile",
    "Compiled",
    "Batch",
    "Trainer",
    "NotFiniteError",
    "Program",
    "TracingError",
    "CompilerNotFoundError",
    "CompilerFailedError",
]
