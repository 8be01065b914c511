"""What was handed in, as records: a notebook, and what became of each question."""

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from .tasks import defined


@dataclass(frozen=True)
class Asked:
    """A question of a lesson: its number there, its word, and what it asks; of a task the code to
    begin with."""

    number: int
    key: str
    word: str
    text: str
    start: str = ""

    @property
    def name(self) -> str:
        """What is handed to `course.check`: of a task the function's name, else the key."""
        return defined(self.start) if self.start else self.key


@dataclass(frozen=True)
class Answer:
    """What became of a question: `result` is "right", "wrong" or "missing"; `tries` is 0 where the
    notebook does not say."""

    asked: Asked
    result: str
    tries: int = 0
    given: str = ""
    said: str = ""

    @property
    def when(self) -> str:
        """Whether it was right at the first or a later try, where that is known."""
        return (
            ""
            if self.result != "right" or not self.tries
            else "first"
            if self.tries == 1
            else "later"
        )


@dataclass
class Paper:
    """One notebook that was handed in: its answers, and what went wrong when it was run."""

    student: str
    path: PurePosixPath
    lesson: int = 0
    title: str = ""
    answers: list[Answer] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def right(self) -> int:
        """How many answers are right."""
        return sum(answer.result == "right" for answer in self.answers)
