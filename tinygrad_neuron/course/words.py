"""The four words of a lesson: `predict`, `exercise`, `slider`, `show`.

Each makes a record and hands it to the presentation of the place where the lesson runs: a script
prints it, a notebook and the book show it as HTML, the guided run steps through it.
"""

import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeAlias

from .questions import Question
from .records import Shown, Slider, sliding

Record: TypeAlias = "Question | Shown | Slider"
Given = ParamSpec("Given")
_presentations: list[Callable[[Record], None]] = []


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


def present(record: Record) -> None:
    """Show a record in the way of the place where the program runs."""
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
    record: Callable[Given, Question],
) -> Callable[[Callable[..., Question]], Callable[Given, Question]]:
    """Gives a word the parameters of the record that it makes, so that they stand once."""

    def given(word: Callable[..., Question]) -> Callable[Given, Question]:
        signature = inspect.signature(record).replace(return_annotation=Question)
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


def slider(name: str, values: Sequence[Any], show: Callable[[Any], Any]) -> None:
    """Show a thing for each of several values of one number, under a slider.

    **Arguments:** `name`, what is moved; `values`, two or more; `show`, called with each of them:
    it returns a text, a picture (of Graphviz or Matplotlib), or `(text, picture)`, the text for
    terminals and screen readers.

    >>> slider("threshold", [1, 2], lambda t: f"fires for {3 - t} of 3 patterns")
    threshold = 1
      fires for 2 of 3 patterns
    threshold = 2
      fires for 1 of 3 patterns
    """
    present(sliding(name, values, show))


def show(thing: Any, text: str = "") -> None:
    """Show a Value, a model, a picture, a figure or a walkthrough, with a caption.

    **Arguments:** `thing`, what pages show; `text`, its caption, and what is read in a terminal.

    >>> from tinygrad_neuron import Value
    >>> show(Value(2.0, label="w") * 3.0, "The product of w = 2 and 3.")
    Picture: The product of w = 2 and 3.
    """
    present(Shown(thing, text))
