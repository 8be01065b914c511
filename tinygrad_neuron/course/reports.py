"""The page that says to one student what became of the notebooks."""

import html

from ..interface import say
from .marking import marked_up
from .papers import Answer, Paper
from .telling import document

_MARKS = {"right": "✓", "wrong": "✗", "missing": "–"}
_TRIES = {"first": "first try", "later": "later try"}


def report(student: str, papers: list[Paper]) -> str:
    """A page of HTML, complete in itself."""
    return document(student, "".join(map(_paper, papers)))


def _paper(paper: Paper) -> str:
    """One notebook: how many answers are right, each of them, and what went wrong."""
    title = paper.path.name
    if paper.lesson:
        title = say("lesson", number=paper.lesson, title=paper.title)
    faults = "".join(f"<li>{html.escape(fault)}</li>" for fault in paper.faults)
    rows = "".join(map(_answer, paper.answers))
    table = (
        f"<p>{say('answers right', right=paper.right, total=len(paper.answers))}</p><table><thead>"
        f"<tr><th></th><th>{say('question')}</th><th>{say('answer')}</th><th></th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )
    return (
        f"<section><h2>{html.escape(title)}</h2>{table if rows else ''}"
        + (f"<p>{say('when run')}</p><ul>{faults}</ul>" if faults else "")
        + "</section>"
    )


def _answer(answer: Answer) -> str:
    said = marked_up(answer.said) if answer.result != "missing" else say("missing")
    when = f" {say(_TRIES[answer.when])}" if answer.when else ""
    kind = "pre" if answer.asked.word == "task" else "code"
    given = f"<{kind}>{html.escape(answer.given)}</{kind}>" if answer.given else ""
    return (
        f'<tr class="{answer.result}"><td>{_MARKS[answer.result]}</td><td>{answer.asked.number}. '
        f"{marked_up(answer.asked.text)}</td>"
        f'<td class="given">{given}</td><td>{said}{when}</td></tr>'
    )
