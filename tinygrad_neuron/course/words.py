"""The five words of a lesson: `predict`, `exercise`, `task`, `slider`, `show`.

Each makes a record and hands it to the presentation of the place where the lesson runs: a script
prints it, a notebook and the book show it as HTML, the guided run steps through it.
"""

import inspect
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeAlias, TypeVar

from .. import checking
from ..console import script_as_program
from .questions import Question, Verdict
from .records import Bare, Shown, Slider, Text, Tried, sliding
from .tasks import Task

Record: TypeAlias = "Question | Task | Verdict | Text | Shown | Slider | Bare | Tried"
Given = ParamSpec("Given")
Made = TypeVar("Made")
asked: "dict[str, Question | Task]" = {}  # by name or key: what can be checked in a notebook
_presentations: list[Callable[[Record], None]] = []
_bare: list[bool] = []


@contextmanager
def presented_by(presentation: Callable[[Record], None]) -> Iterator[None]:
    """Within this block, records go to this presentation.

    >>> shown = []
    >>> with presented_by(shown.append):
    ...     question = predict("1 + 1?", answer=2)
    >>> shown == [question]
    True
    """
    _presentations.append(presentation)
    try:
        yield
    finally:
        _presentations.pop()


@contextmanager
def without_answers() -> Iterator[None]:
    """Within this block, questions and tasks are presented without their answers."""
    _bare.append(True)
    try:
        yield
    finally:
        _bare.pop()


def present(record: Record) -> None:
    """Show a record in the way of the place where the program runs."""
    if isinstance(record, Question | Task):
        asked[record.name if isinstance(record, Task) else record.key] = record
        record = Bare(record) if _bare else record
    if _presentations:
        _presentations[-1](record)
    elif in_notebook():
        from .pages import display

        display(record)
    else:
        from .plain import text

        print(text(record), end="")


def in_notebook() -> bool:
    """Whether the program runs in a kernel that can show HTML."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


def _asking(
    record: Callable[Given, Made],
) -> Callable[[Callable[..., Made]], Callable[Given, Made]]:
    """Gives a word the parameters of the record that it makes, so that they stand once."""

    def given(word: Callable[..., Made]) -> Callable[Given, Made]:
        signature = inspect.signature(record).replace(return_annotation=record)
        word.__signature__ = signature  # type: ignore[attr-defined]  # functions may have one
        return word

    return given


@_asking(Question)
def predict(*given: Any, **named: Any) -> Question:
    """Ask before the thing is shown; returns the `Question`, whose arguments it takes.

    >>> question = predict("Threshold 2, inputs 1 and 1: what comes out?", answer=1,
    ...                    explanation="1 + 1 = 2 reaches the threshold 2.")
    Predict: Threshold 2, inputs 1 and 1: what comes out?
      Answer: 1
      1 + 1 = 2 reaches the threshold 2.
    """
    question = Question(*given, **dict(named, before=True))
    present(question)
    return question


@_asking(Question)
def exercise(*given: Any, **named: Any) -> Question:
    """Ask at the end of a lesson; returns the `Question`, whose arguments it takes.

    >>> question = exercise("The derivative of x**3 for x", answer="3*x**2", variables=("x",))
    Exercise: The derivative of x**3 for x
      Answer: 3*x**2
    >>> question.check("3*x*x").right, question.check("x**2").right
    (True, False)
    """
    question = Question(*given, **named)
    present(question)
    return question


@_asking(Task)
def task(*given: Any, **named: Any) -> Task:
    """Ask for a function or a class in code; returns the `Task`, whose arguments it takes.

    >>> made = task("Write `double`, which doubles a number.",
    ...             start="def double(x):\\n    return x  # change this",
    ...             solution="def double(x):\\n    return 2 * x",
    ...             cases=[((3,), 6), ((0.5,), 1)])
    Task: Write `double`, which doubles a number.
      A solution:
        def double(x):
            return 2 * x
    >>> made.check("def double(x): return x + x").right
    True
    """
    record = Task(*given, **named)
    present(record)
    return record


def slider(
    name: str,
    values: Sequence[Any],
    show: Callable[[Any], Any],
    start: Any = None,
    live: Any = None,
) -> None:
    """Show a thing for each of several values of one number, under a slider.

    **Arguments:** `name`, what is moved; `values`, two or more; `show`, called with each of them:
    it returns a text, a picture (of Graphviz or Matplotlib), or `(text, picture)`, the text for
    terminals and screen readers; `start`, the value it stands at, the first by default;
    `live`, a figure of `hands`, which takes its place on a page.

    >>> slider("threshold", [1, 2], lambda t: f"fires for {3 - t} of 3 patterns")
    threshold = 1
      fires for 2 of 3 patterns
    threshold = 2
      fires for 1 of 3 patterns
    """
    present(sliding(name, values, show, start, live))


def show(thing: Any, text: str = "") -> None:
    """Show a Value, a model, a picture, a figure or a walkthrough, with a caption.

    **Arguments:** `thing`, what pages show; `text`, its caption, and what is read in a terminal.

    >>> from tinygrad_neuron import Value
    >>> show(Value(2.0, label="w") * 3.0, "The product of w = 2 and 3.")
    Picture: The product of w = 2 and 3.
    """
    present(Shown(thing, checking.text("show", "the caption", text)))


# A lesson that is run as a script has no main part to end in order where its reader has gone.
if os.path.basename(getattr(sys.modules["__main__"], "__file__", None) or "")[:7] == "lesson_":
    script_as_program()
