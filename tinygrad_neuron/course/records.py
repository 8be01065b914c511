"""What a lesson shows, as records: a thing with its caption, and a slider with its frames."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..checking import a_function, as_text, listed, shown, text


@dataclass(frozen=True)
class Shown:
    """A thing with its caption; the caption is what is read where pictures cannot be seen."""

    thing: Any
    text: str


@dataclass(frozen=True)
class Text:
    """A text of the lesson, in Markdown, that waits for an answer."""

    text: str


@dataclass(frozen=True)
class Frame:
    """What stands under a slider at one of its values."""

    value: str
    text: str
    thing: Any = None


@dataclass(frozen=True)
class Slider:
    """One number that is moved, what is seen at each of its values, and where it starts; `live` is
    a figure that takes its place on a page, if there is one."""

    name: str
    frames: tuple[Frame, ...]
    start: int = 0
    live: Any = None


@dataclass(frozen=True)
class Bare:
    """A question or task as it is handed out: without its answer."""

    asked: Any


@dataclass(frozen=True)
class Tried:
    """What was said to an answer in a notebook: of the question `key`, at which try; `right` and
    `message` are its verdict, `given` is what was answered, of a task what was written. A right
    answer ends the counting."""

    key: str
    count: int
    right: bool
    message: str
    given: Any = None


def sliding(
    name: str,
    values: Sequence[Any],
    show: Callable[[Any], Any],
    start: Any = None,
    live: Any = None,
) -> Slider:
    """The slider whose frames `show` gives for each of the values; it starts at the value `start`.

    >>> sliding("w", [0.5, 1.0], lambda w: f"slope {w}").frames[1]
    Frame(value='1.0', text='slope 1.0', thing=None)
    """
    where = f"slider {text('slider', 'the name', name)!r}"
    values = listed(where, "values", values, "a list to move through, as in [0.5, 1.0]")
    a_function(where, "what shows a value", show)
    if len(values) < 2:
        raise ValueError(f"{where} needs two values or more to move between, got {shown(values)}")
    found = [k for k, value in enumerate(values) if value is start or _equal(value, start)]
    if start is not None and not found:
        raise ValueError(f"{where}: start={shown(start)} is none of its values {shown(values)}")
    at = 0 if start is None else found[0]
    return Slider(name, tuple(_frame(value, show(value)) for value in values), at, live)


def _equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except Exception:  # arrays, and what compares with nothing
        return False


def _frame(value: Any, found: Any) -> Frame:
    if isinstance(found, str):
        return Frame(as_text(value), found)
    if isinstance(found, tuple) and len(found) == 2 and isinstance(found[0], str):
        return Frame(as_text(value), *found)
    return Frame(as_text(value), "", found)
