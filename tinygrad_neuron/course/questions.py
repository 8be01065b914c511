"""Questions as records: what is asked, what is right, and what to say to each answer.

Nothing is shown here: text or a value goes in, a `Verdict` comes out. How a question looks on a
page or in a terminal is the business of the presentations that read these records.
"""

import hashlib
import math
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from ..checking import (
    NOT_NEGATIVE,
    a_function,
    as_text,
    flag,
    listed,
    mapped,
    number,
    shown,
    text,
    to_float,
)
from ..draw.text import visible
from ..interface import say
from ..user_expressions import ExpressionError, evaluate
from .handwriting import as_python

TOLERANCE = 1e-6
_MOST_CHARACTERS = 500
_SAMPLES = 12
_MINUS = str.maketrans({"−": "-", "–": "-", "·": "*", "×": "*"})


class Verdict(NamedTuple):
    """What an answer is worth, and what to say to it.

    >>> Question("2 + 2?", answer=4).check("4").right
    True
    """

    right: bool
    message: str


@dataclass(frozen=True)
class Question:
    """One question with its answer; its kind follows from what is given.

    **Arguments:** `text`, what is asked; `answer`, a right answer: a number, one of the `options`,
    a tuple of numbers, or, where `variables` are given, an expression; `options`, to choose from;
    `variables`, the names an expression may use; `names`, what the numbers of a tuple are called;
    `wrong`, anticipated wrong answers, each with its own hint; `hint`, for every other one;
    `explanation`, why the answer is right; `judge`, for numbers that have many right answers: it
    gets the numbers and returns None, or what is wrong with them; `tolerance`, relative, for
    numbers; `before`, whether it is asked before the thing is shown: `predict` does, `exercise`
    does not.

    Raises a `ValueError` for a question that cannot be asked, one whose answer is not right say.

    >>> question = Question("Threshold 2, inputs 1 and 1?", 1, wrong={0: "1 + 1 reaches 2."})
    >>> question.kind, question.check("1").right, question.check(0).message
    ('number', True, '1 + 1 reaches 2.')
    >>> question.check("one").message
    "The answer is a number, such as 0.5, -2 or 1/3; 'one' is not one."
    """

    text: str
    answer: Any
    options: tuple[Any, ...] = ()
    variables: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    wrong: Mapping[Any, str] = field(default_factory=dict)
    hint: str = ""
    explanation: str = ""
    judge: "Callable[..., str | None] | None" = None
    tolerance: float = TOLERANCE
    before: bool = False
    kind: str = field(init=False)

    def __post_init__(self) -> None:
        """Refuse what cannot be asked: each answer that is given here is judged once."""
        where = f"question {shown(text('a question', 'the text', self.text))}"
        for name in ("options", "variables", "names"):
            way_out = f"a list, as in {name}=[...]"
            given = tuple(listed(where, name, getattr(self, name), way_out))
            object.__setattr__(self, name, given)
            if name != "options":
                for word in given:
                    text(where, f"each of {name}", word)
        for name in ("hint", "explanation"):
            text(where, name, getattr(self, name))
        mapped(where, "wrong", self.wrong, "a hint for each wrong answer, as in {2: 'Count.'}")
        if self.judge is not None:
            a_function(where, "judge", self.judge)
        number(where, "tolerance", self.tolerance, NOT_NEGATIVE)
        flag(where, "before", self.before)
        if isinstance(self.answer, list):
            object.__setattr__(self, "answer", tuple(self.answer))
        object.__setattr__(self, "kind", self._kind())
        if not self.text.strip():
            raise ValueError("a question needs a text")
        if self.judge is not None and self.kind not in ("number", "numbers"):
            raise ValueError(
                f"question {self.text!r}: judge= is for numbers, the answer is {self.answer!r}"
            )
        if self.names and (self.kind != "numbers" or len(self.names) != len(self.answer)):
            raise ValueError(
                f"question {self.text!r}: names={self.names} name the numbers of the answer, got "
                f"{self.answer!r}"
            )
        for answer in self.wrong:
            try:
                self.read(answer)
            except ValueError:
                raise ValueError(
                    f"question {self.text!r}: the anticipated answer {shown(answer)} has not the "
                    f"form of an answer: {self.expected}"
                ) from None
        if not (verdict := self.check(self.answer)).right:
            raise ValueError(
                f"question {self.text!r}: its own answer {shown(self.answer)} is not right: "
                f"{verdict.message}"
            )
        for answer, hint in self.wrong.items():
            verdict = self.check(answer)
            if verdict.right or (verdict.message != hint and self.judge is None):
                raise ValueError(
                    f"question {self.text!r}: the anticipated answer {answer!r} does not get its "
                    f"hint, but {verdict.message!r}"
                )

    def _kind(self) -> str:
        """Choice, numbers, expression or number: by options, several numbers, a text."""
        if self.options:
            if len({_plain(as_text(o)) for o in self.options}) < len(self.options):
                raise ValueError(f"question {self.text!r}: two options are the same")
            return "choice"
        if isinstance(self.answer, tuple):
            return "numbers"
        if isinstance(self.answer, str):
            if not self.variables:
                raise ValueError(
                    f"question {self.text!r}: an answer in words needs options=[...] to choose "
                    "from; an expression needs variables=(...)"
                )
            return "expression"
        if isinstance(self.answer, int | float) and abs(self.answer) < math.inf:
            to_float(self.answer, f"question {self.text!r}", "the answer")
            return "number"
        raise ValueError(
            f"question {self.text!r}: the answer must be a finite number, a tuple of numbers, one "
            f"of the options, or an expression, got {shown(self.answer)}"
        )

    @property
    def key(self) -> str:
        """A short name of the question that stays the same from run to run."""
        return key_of(self.text)

    @property
    def is_open(self) -> bool:
        """Whether any answer that passes the check is right."""
        return self.judge is not None

    @property
    def answer_text(self) -> str:
        """The answer as one would write it.

        >>> Question("w and b?", (1, -0.5), names=("w", "b")).answer_text
        'w = 1, b = -0.5'
        """
        return self.shown(self.answer)

    def shown(self, answer: Any) -> str:
        """An answer, a right or a wrong one, as one would write it."""
        if self.kind != "numbers" or not isinstance(answer, tuple | list):
            return _shown(answer)
        numbers = [_shown(number) for number in answer]
        if self.names:
            return ", ".join(f"{n} = {x}" for n, x in zip(self.names, numbers, strict=True))
        return ", ".join(numbers)

    @property
    def expected(self) -> str:
        """What form an answer has, as a clause.

        >>> Question("Which gate?", "OR", options=["AND", "OR"]).expected
        'one of AND, OR'
        """
        if self.kind == "choice":
            return say("form choice", options=", ".join(map(as_text, self.options)))
        if self.kind == "numbers":
            what = f" ({', '.join(self.names)})" if self.names else ""
            example = ", ".join(("1", "-0.5", "2")[i % 3] for i in range(len(self.answer)))
            return say("form numbers", count=len(self.answer), names=what, example=example)
        if self.kind == "expression":
            names = ", ".join(self.variables)
            return say("form expression", names=names, first=self.variables[0])
        return say("form number")

    def check(self, given: object) -> Verdict:
        """Judge an answer, as text or as a value; it never raises for what a learner types.

        **Returns** a `Verdict`: an anticipated wrong answer gets its own hint, any other wrong one
        the general hint, and nonsense is told what form the answer has.
        """
        text = given if isinstance(given, str) else ""
        if self.kind == "expression" and not (given is None or isinstance(given, str)):
            return self._of_computed(given)
        if len(text) > _MOST_CHARACTERS:
            return self._nonsense(text[:20] + "...")
        try:
            read = self.read(given)
        except ExpressionError as error:
            if self.kind == "expression":
                return Verdict(False, f"{say('expected', form=self.expected)}\n{error}")
            return self._nonsense(text)
        except _NotOneError:
            return self._nonsense(text if isinstance(given, str) else shown(given))
        except (ArithmeticError, ValueError) as error:
            return Verdict(False, say("not computable", error=error))
        for answer, hint in self.wrong.items():
            if self._same(self.read(answer), read):
                return Verdict(False, hint)
        if self.judge is not None:
            try:
                fault = self.judge(*read) if self.kind == "numbers" else self.judge(read)
            except (ArithmeticError, ValueError) as error:
                fault = say("not with these", error=error)
            return Verdict(not fault, fault or self._praise())
        if self._same(self.read(self.answer), read):
            return Verdict(True, self._praise())
        return Verdict(False, self.hint or say("wrong"))

    def _of_computed(self, given: object) -> Verdict:
        """Judge what stands in place of a formula: a notebook computes what is not in quotes."""
        if isinstance(given, int | float) and (said := self.check(repr(given))).right:
            return said
        return Verdict(False, say("formula in quotes", first=self.variables[0], given=shown(given)))

    def _ipython_display_(self) -> None:
        """Nothing: it was presented when it was asked, and a cell may end with it."""

    def _praise(self) -> str:
        return self.explanation or say("right")

    def _nonsense(self, given: str) -> Verdict:
        given = visible(" ".join(given.split()))
        if not given:
            return Verdict(False, say("expected", form=self.expected))
        if self.kind == "number" and re.fullmatch(r"[-+−]?\d+,\d+", given):
            return Verdict(False, say("decimal point", given=given.replace(",", ".")))
        given = given if len(given) <= 40 else given[:40] + "..."
        return Verdict(False, say("is not one", form=self.expected, given=repr(given)))

    def read(self, given: object) -> Any:
        """An answer as a value that can be compared: that of a choice is its place."""
        if self.kind == "choice":
            return self._choice(given)
        if self.kind == "expression":
            return self._expression(given)
        if self.kind == "number":
            return _number(given)
        return self._numbers(given)

    def _choice(self, given: object) -> int:
        text = _plain(as_text(given))
        plain = [_plain(as_text(option)) for option in self.options]
        if text in plain:
            return plain.index(text)
        letters = [chr(ord("a") + i) for i in range(len(plain))]
        if text.strip("().") in letters:
            return letters.index(text.strip("()."))
        raise _NotOneError

    def _numbers(self, given: object) -> tuple[float, ...]:
        if isinstance(given, tuple | list):
            numbers = tuple(map(_number, given))
        elif isinstance(given, str):
            text = given.strip().translate(_MINUS).strip("()[]")
            text = re.sub(r"[^\W\d]\w*\s*[=:]", " ", text) if "=" in text or ":" in text else text
            numbers = tuple(_number(word) for word in re.split(r"[,;\s]+", text) if word)
        else:
            raise _NotOneError
        if len(numbers) != len(self.answer):
            raise _NotOneError
        return numbers

    def _expression(self, given: object) -> list[float]:
        """What the expression gives at points where the right answer exists."""
        text = as_text(given).translate(_MINUS)
        return [value_at(text, point) for point in self.points]

    @cached_property
    def points(self) -> list[dict[str, float]]:
        """Where expressions are compared: points at which the right answer exists."""
        generator = random.Random(0)
        points: list[dict[str, float]] = []
        for i in range(10 * _SAMPLES):
            low = 0.1 if i % 2 else -2.0
            point = {name: generator.uniform(low, 2.0) for name in self.variables}
            try:
                number = value_at(str(self.answer), point)
            except ExpressionError:
                continue  # it does not exist there
            if math.isfinite(number):
                points.append(point)
            if len(points) == _SAMPLES:
                break
        if not points:
            raise ValueError(
                f"question {self.text!r}: the answer {self.answer!r} is not an expression in "
                f"{', '.join(self.variables)} that can be computed"
            )
        return points

    def _same(self, one: Any, other: Any) -> bool:
        if self.kind == "choice":
            return bool(one == other)
        ones, others = (one, other) if isinstance(one, tuple | list) else ((one,), (other,))
        return all(
            math.isclose(a, b, rel_tol=self.tolerance, abs_tol=min(self.tolerance, 1e-9))
            for a, b in zip(ones, others, strict=True)
        )


def key_of(text: str) -> str:
    """The short name of what is asked with this text.

    >>> key_of("1 + 1?")
    'c97c3a9c9b99'
    """
    return hashlib.sha256(text.encode()).hexdigest()[:12]


class _NotOneError(ValueError):
    """What was typed has not the form of an answer."""


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _shown(answer: object) -> str:
    if isinstance(answer, float) and answer.is_integer() and abs(answer) < 1e15:
        return str(int(answer))
    return as_text(answer)


def _number(given: object) -> float:
    """A number as learners write them: 0.5, -2, 1/3, sqrt(2).

    >>> _number("−1/4"), _number(" 3 "), _number(True)
    (-0.25, 3.0, 1.0)
    """
    if isinstance(given, str):
        text = given.strip().translate(_MINUS)
        if not text:
            raise _NotOneError
        try:
            number = evaluate(as_python(text), {})[0].data
        except ExpressionError:
            raise _NotOneError from None
    elif isinstance(given, int | float):
        number = float(given)
    else:
        raise _NotOneError
    if not math.isfinite(number):
        raise _NotOneError
    return number


def value_at(text: str, point: Mapping[str, float]) -> float:
    """What a formula gives where its variables have these numbers; an `ExpressionError` else.

    >>> value_at("2x^2", {"x": 3.0})
    18.0
    """
    text = as_python(text, point)
    used = set(re.findall(r"[^\W\d]\w*", text))
    return evaluate(text, {name: x for name, x in point.items() if name in used})[0].data
