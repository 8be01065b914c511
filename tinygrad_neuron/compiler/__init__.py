"""Compilation of recorded graphs to straight-line Python, C or JavaScript: see `compile`."""

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
