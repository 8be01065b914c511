"""Compilation of recorded graphs to straight-line Python, C or JavaScript: see `compile`."""

from .c.errors import CompilerFailedError, CompilerNotFoundError
from .compiled import Compiled, compile
from .examples import Batch
from .program import Program
from .tracing import TracingError
from .trainer import NotFiniteError, Trainer

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
