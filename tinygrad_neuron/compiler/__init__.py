"""Compilation: a function's recorded graph becomes straight-line code."""

from .compiled import Compiled, compile
from .program import Program
from .tracing import TracingError

__all__ = ["Compiled", "Program", "TracingError", "compile"]
