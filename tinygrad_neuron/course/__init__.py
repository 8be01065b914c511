"""The language of lessons, and what runs them: in a terminal, as notebooks, as one web book.

A lesson is a Python file in percent format. It says what it shows in four words, `predict`,
`exercise`, `slider` and `show`; where it runs decides how that looks.
"""

from .beside import Beside
from .questions import Question, Verdict
from .words import exercise, predict, show, slider

__all__ = ["predict", "exercise", "slider", "show", "Beside", "Question", "Verdict"]
