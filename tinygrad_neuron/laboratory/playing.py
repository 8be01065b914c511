"""What the playground's page calls: one playground at a time, its numbers as plain data."""

from array import array
from typing import Any

from ..walk.page import page_html
from .configuration import CHOICES, Configuration
from .playground import CELLS, Moment, Playground

_now: list[tuple[Playground, Moment]] = []  # the playground, and the moment that is looked at


def begin(**chosen: Any) -> dict[str, Any]:
    """Set up a configuration; returns what is the same as long as it trains.

    >>> begin(layers=[2], samples=20)["plane"]["left"]
    -1.3
    """
    made = Playground(Configuration.of(chosen))
    _now[:] = [(made, made.moment())]
    return made.described()


def state() -> dict[str, Any]:
    """What the page keeps when it is left."""
    return _now[0][0].state()


def come_back(state: dict[str, Any]) -> dict[str, Any]:
    """Go on where `state` was taken; returns what `begin` does."""
    made = Playground.of_state(state)
    _now[:] = [(made, made.moment())]
    return made.described()


def train(seconds: float = 0.0, steps: "int | None" = None) -> dict[str, Any]:
    """Train for a time, or some steps, and look at what there is then."""
    playground, _ = _now[0]
    playground.train(steps=steps, seconds=seconds)
    return _look(playground, playground.moment())


def look(step: int) -> dict[str, Any]:
    """Look at the moment that is nearest to a step, of those that are kept."""
    playground, _ = _now[0]
    return _look(playground, playground.moment(step))


def _look(playground: Playground, moment: Moment) -> dict[str, Any]:
    _now[:] = [(playground, moment)]
    return playground.frame(moment)


def planes(cells: int = CELLS) -> "array[float]":
    """What each neuron gives over the plane, at the moment that is looked at."""
    playground, moment = _now[0]
    return playground.planes(moment, cells)


def walkthrough(layer: int, neuron: int, example: int, title: str) -> str:
    """The page that steps through a neuron, for an example to train on, counted from 0."""
    playground, moment = _now[0]
    x, target = playground.examples[0][example]
    walk = playground.walkthrough(layer, neuron, (*x, target), moment)
    return page_html(walk, title=title)


def program() -> str:
    """The program of what was trained, with as many steps, at least 20."""
    playground, _ = _now[0]
    return playground.configuration.program(max(20, len(playground.losses)))


def losses(count: int) -> list[float]:
    """The losses of the first steps, as the program computes them."""
    return _now[0][0].losses[:count]


def opening() -> dict[str, Any]:
    """What the page shows before anything runs: the choices, every data set as it comes by
    default, and the default's first moment."""
    one = Playground(Configuration())
    frame = one.frame(one.moment())
    sets = {name: Playground(Configuration(data=name)).described() for name in CHOICES["data"]}
    for made in sets.values():
        made["examples"] = _rounded(made["examples"])
    return {
        "choices": CHOICES,
        "sets": sets,
        "frame": _rounded(frame),
        "planes": _rounded(list(one.planes(one.moment(), CELLS))),
    }


def _rounded(thing: Any) -> Any:
    """Plain data with so many digits as one sees."""
    if isinstance(thing, float):
        return round(thing, 3)
    if isinstance(thing, dict):
        return {key: _rounded(item) for key, item in thing.items()}
    return [_rounded(item) for item in thing] if isinstance(thing, list | tuple) else thing
