"""The language of lessons, and what runs them: in a terminal, as notebooks, as one web book.

A lesson is a Python file in percent format. It says what it shows in five words, `predict`,
`exercise`, `task`, `slider` and `show`; where it runs decides how that looks. In a notebook,
`hidden` runs what is out of sight there, and `check` judges what the learner wrote.

>>> from tinygrad_neuron import course
>>> course.Question("2 + 2?", answer=4).check("4").right
True
"""

from typing import TYPE_CHECKING

from ..public import on_demand
from .beside import Beside
from .hidden import ask, bring, check, hidden
from .questions import Question, Verdict
from .tasks import Task
from .words import exercise, predict, show, slider, task

if not TYPE_CHECKING:
    __getattr__, __dir__ = on_demand(__name__)

__all__ = [
    "predict", "exercise", "task", "slider", "show", "hidden", "ask", "check", "bring", "Beside",
    "Question", "Task", "Verdict",
]  # fmt: skip
