"""What a lesson shows, as records: a thing with its caption, and a slider with its frames."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


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
    `message` are its verdict, `given` is what was answered. A right answer ends the counting."""

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
    values = list(values)
    if len(values) < 2:
        raise ValueError(f"slider {name!r} needs two values or more to move between, got {values}")
    if start is not None and start not in values:
        raise ValueError(f"slider {name!r}: start={start!r} is none of its values {values}")
    at = 0 if start is None else values.index(start)
    return Slider(name, tuple(_frame(value, show(value)) for value in values), at, live)


def _frame(value: Any, shown: Any) -> Frame:
    if isinstance(shown, str):
        return Frame(str(value), shown)
    if isinstance(shown, tuple) and len(shown) == 2 and isinstance(shown[0], str):
        return Frame(str(value), *shown)
    return Frame(str(value), "", shown)
