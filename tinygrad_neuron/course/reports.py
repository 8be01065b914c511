"""The page that says to one student what became of the notebooks."""

import html

from .marking import marked_up
from .papers import Answer, Paper
from .telling import document

_MARKS = {"right": "✓", "wrong": "✗", "missing": "–"}
_TRIES = {"first": "at the first try", "later": "at a later try", "": ""}


def report(student: str, papers: list[Paper]) -> str:
    """A page of HTML, complete in itself."""
    return document(student, "".join(map(_paper, papers)))


def _paper(paper: Paper) -> str:
    """One notebook: how many answers are right, each of them, and what went wrong."""
    title = f"Lesson {paper.lesson}. {paper.title}" if paper.lesson else paper.path.name
    faults = "".join(f"<li>{html.escape(fault)}</li>" for fault in paper.faults)
    rows = "".join(map(_answer, paper.answers))
    table = (
        f"<p>{paper.right} of {len(paper.answers)} answers are right.</p><table><thead><tr>"
        f"<th></th><th>Question</th><th>Answer</th><th></th></tr></thead><tbody>{rows}</tbody></table>"
    )
    return (
        f"<section><h2>{html.escape(title)}</h2>{table if rows else ''}"
        + (f"<p>When the notebook was run:</p><ul>{faults}</ul>" if faults else "")
        + "</section>"
    )


def _answer(answer: Answer) -> str:
    said = marked_up(answer.said) if answer.result != "missing" else "Not answered."
    when = f" ({_TRIES[answer.when]})" if answer.when else ""
    given = f"<code>{html.escape(answer.given)}</code>" if answer.given else ""
    return (
        f'<tr class="{answer.result}"><td>{_MARKS[answer.result]}</td><td>{answer.asked.number}. '
        f"{marked_up(answer.asked.text)}</td><td>{given}</td><td>{said}{when}</td></tr>"
    )
