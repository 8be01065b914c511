"""Questions, tasks and verdicts as HTML. Questions are judged on the page, as the package would."""

import ast
import html
import json
from functools import cache
from typing import Any

from ..calculus import javascript
from ..calculus.operation import Operation
from ..calculus.printing import MINUS, OPERATORS
from ..calculus.table import TABLE
from ..interface import say, script
from .marking import asset, marked_up
from .questions import Question, Verdict
from .records import Tried
from .tasks import Task


def _elsewhere() -> str:
    """Seen in the book alone, where no Python runs."""
    return f'<p class="tn-in-book"><small>{say("in book")}</small></p>'


def question(asked: Question) -> str:
    """A question that the page judges; what is inside is seen where scripts do not run."""
    kind = say("predict" if asked.before else "exercise")
    options = "".join(f"<li>{marked_up(str(option))}</li>" for option in asked.options)
    hint = f"<details><summary>{say('hint')}</summary>{marked_up(asked.hint)}</details>"
    answer = marked_up(asked.answer_text) + (f" {say('one of many')}" if asked.is_open else "")
    answer += f"<br>{marked_up(asked.explanation)}" if asked.explanation else ""
    folded = (
        f"<p><strong>{kind}.</strong> {marked_up(asked.text)}</p>"
        + (f"<ul>{options}</ul>" if options else "")
        + (hint if asked.hint else "")
        + f"<details><summary>{say('answer')}</summary>{answer}</details>"
    )
    before = " before" if asked.before else ""
    if asked.is_open:  # judged by Python, which a page does not have
        return f'<div class="tn-asked{before}">{folded}{_elsewhere()}</div>'
    data = html.escape(json.dumps(_data(asked), ensure_ascii=False))
    return (
        f'<tn-question{before} data-question="{data}">{folded}</tn-question>'
        f"<script>{script(_judge(tuple(TABLE.values())))}</script>"
    )


def task(asked: Task) -> str:
    """A task: what is to be written, and, folded, a hint and a solution; Python judges it."""
    hint = f"<details><summary>{say('hint')}</summary>{marked_up(asked.hint)}</details>"
    solution = f'<pre tabindex="0">{html.escape(asked.solution)}</pre>' + marked_up(
        asked.explanation
    )
    return (
        f'<div class="tn-asked task"><p class="kind">{say("task")}</p>'
        f"<p>{marked_up(asked.text)}</p>"
        f'<pre class="tn-in-book" tabindex="0">{html.escape(asked.start)}</pre>'
        + (hint if asked.hint else "")
        + f"<details><summary>{say('solution')}</summary>{solution}</details>{_elsewhere()}</div>"
    )


def bare(asked: "Question | Task") -> str:
    """A question or task as it is handed out: no answer is in it."""
    kind, options, form = say("task"), "", ""
    if isinstance(asked, Question):
        kind = say("predict" if asked.before else "exercise")
        items = "".join(f"<li>{marked_up(str(option))}</li>" for option in asked.options)
        options = f'<ol type="a">{items}</ol>' if items else ""
        told = say("expected", form=marked_up(asked.expected))
        form = "" if items else f"<p><small>{told}</small></p>"
    hint = f"<details><summary>{say('hint')}</summary>{marked_up(asked.hint)}</details>"
    return (
        f'<div class="tn-asked"><p class="kind">{kind}</p><p>{marked_up(asked.text)}</p>'
        f"{options}{form}{hint if asked.hint else ''}</div>"
    )


def verdict(said: "Verdict | Tried", attributes: str = "") -> str:
    """What is said to an answer."""
    kind, mark = ("right", "✓") if said.right else ("wrong", "✗")
    return f'<p class="tn-said {kind}"{attributes}>{mark} {marked_up(said.message)}</p>'


def tried(said: Tried) -> str:
    """The same in a notebook, which keeps of which question it is, and at which try."""
    return verdict(said, f' data-key="{said.key}" data-try="{said.count}"')


@cache
def _judge(operations: tuple[Operation, ...]) -> str:
    """The script of questions: before the judge stands what an answer may compute with.

    An operation that somebody registered with a kernel which JavaScript cannot have is left out.
    """
    known = [operation for operation in operations if _is_translatable(operation.name)]
    calls = {
        operation.name: {
            "name": javascript.identifier(operation.name),
            "listed": operation.variadic,
            "most": len(operation.operands),
            "defaults": operation.defaults,
        }
        for operation in known
    }
    operators = {
        operator.sign: {
            "name": operator.operations[0],
            "tightness": operator.tightness,
            # a - b - c is (a - b) - c, but a ** b ** c is a ** (b ** c)
            "right": operator.tightness + (kind is not ast.Pow),
        }
        for kind, operator in OPERATORS.items()
    }
    minus = {"name": MINUS.operations[0], "tightness": MINUS.tightness}
    table = {"CALLS": calls, "OPERATORS": operators, "MINUS": minus}
    return "\n".join(
        [
            javascript.arithmetic(),
            javascript.source((operation.name for operation in known), partials=False),
            *(f"const {name} = {json.dumps(value)};" for name, value in table.items()),
            asset("memory.js"),
            asset("gate.js"),
            asset("question.js"),
        ]
    )


def _is_translatable(name: str) -> bool:
    try:
        javascript.source([name], partials=False)
    except ValueError:
        return False
    return True


def _data(question: Question) -> dict[str, Any]:
    """What the page has to know of a question, to judge answers and to say something to each."""
    data = {
        "key": question.key,
        "kind": question.kind,
        "before": question.before,
        "text": marked_up(question.text),
        "answer": question.read(question.answer),
        "shown": marked_up(question.answer_text),
        "wrong": [[question.read(a), marked_up(hint)] for a, hint in question.wrong.items()],
        "hint": marked_up(question.hint),
        "explanation": marked_up(question.explanation),
        "expected": marked_up(question.expected),
        "tolerance": question.tolerance,
    }
    if question.kind == "expression":
        data["points"] = question.points
    if question.options:
        data["options"] = [marked_up(str(option)) for option in question.options]
    if question.names:
        data["names"] = question.names
    return data
