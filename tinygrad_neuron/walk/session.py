"""Stepping through a walkthrough in a terminal: keys, jumps, changed numbers, predictions.

Enter or → goes on, `b` or ← back, a number jumps there, `w=2` changes a number, `p` asks before
each step, `?` helps, `q` ends. Without a terminal all steps are printed one after the other.
"""

import contextlib
import os
import shutil
import sys
from typing import TextIO

from ..checking import described, positive_integer
from ..console import WIDTH, Writer, is_terminal
from ..draw.text import number, visible
from ..engine import topological_order
from ..interface import say
from ..passes import DOMAIN_ERRORS
from .explaining import Explanation
from .keyboard import Keyboard
from .records import Step, StepList
from .terminal import Paint, cut, plain_text, view


def run(
    walk: StepList,
    stdin: "TextIO | None" = None,
    stdout: "TextIO | None" = None,
    start: int = 1,
) -> None:
    """Step through interactively, or print everything where a stream is no terminal."""
    stdin = sys.stdin if stdin is None else stdin
    stdout = sys.stdout if stdout is None else stdout
    for what, stream, method in (("stdin", stdin, "readline"), ("stdout", stdout, "write")):
        if stream is not None and not callable(getattr(stream, method, None)):
            raise TypeError(f"terminal: {what} must be a stream, got {described(stream)}")
    write = Writer(stdout)
    if not walk.steps:
        write(say("nothing to step") + "\n")
        return
    start = positive_integer("terminal", "start", start)
    if start > len(walk.steps):
        raise ValueError(f"start must be a step from 1 to {len(walk.steps)}, got {start}")
    if not (is_terminal(stdin) and is_terminal(stdout)):
        write(plain_text(walk))
        return
    session = _Session(walk, start - 1)
    keyboard = Keyboard(stdin, write)
    dumb = os.environ.get("TERM", "dumb") == "dumb"
    paint = Paint(not dumb and not os.environ.get("NO_COLOR"))
    try:
        with keyboard.key_by_key():
            while True:
                size = shutil.get_terminal_size((WIDTH, 24))
                height = size.lines - session.message.count("\n")
                width = min(size.columns, 120)
                screen = view(session.walk, session.at, width=width, height=height, paint=paint)
                write(("\n" if dumb else "\x1b[H\x1b[2J\x1b[3J") + screen + session.message)
                prompt = say("prompt")
                if size.columns <= len(prompt) + 10:
                    prompt = say("short prompt")
                write(session.question or prompt)
                answer = keyboard.answer()
                if answer is None:
                    write("\n")
                    return
                if not session.take(answer):
                    return
    except KeyboardInterrupt:
        write("\n")
    finally:
        session.reset()


class _Session:
    """Where somebody is, and what was changed and asked."""

    def __init__(self, walk: StepList, at: int) -> None:
        self.walk, self.at = walk, at
        self.message = ""
        self.predicting = False
        self.question = ""
        self.start = {leaf: leaf.data for leaf in topological_order(walk.root) if not leaf._prev}
        self.original = walk

    def take(self, answer: str) -> bool:
        """Do what was typed; whether to go on."""
        self.message = ""
        if self.question:
            self._answered(answer)
            return True
        word = answer.lower()
        count = len(self.walk.steps)
        if word in ("q", "quit", "exit"):
            return False
        if word in ("", "n", "next"):
            self._next(count)
        elif word in ("b", "back"):
            self.at, self.message = (
                (self.at - 1, "") if self.at else (self.at, say("first step") + "\n")
            )
        elif word in ("first", "last"):
            self.at = 0 if word == "first" else count - 1
        elif word in ("?", "h", "help"):
            self.message = say("keys of walk")
        elif word in ("p", "predict"):
            self.predicting = not self.predicting
            self.message = say("predicting on" if self.predicting else "predicting off") + "\n"
        elif word == "reset":
            self.reset()
        elif word.isascii() and word.isdigit() and len(word) < 12 and 1 <= int(word) <= count:
            self.at = int(word) - 1
        elif "=" in answer:
            self._change(*answer.split("=", 1))
        else:
            shown = cut(" ".join(visible(answer).split()), 20)
            self.message = say("no key of walk", given=repr(shown), count=count) + "\n"
        return True

    def _next(self, count: int) -> None:
        if self.at + 1 >= count:
            self.message = say("last step") + "\n"
        elif self.predicting and self._truth(self.walk.steps[self.at + 1])[1] is not None:
            asked = self._truth(self.walk.steps[self.at + 1])[0]
            self.question = f"{say('predict')} {asked} = "
        else:
            self.at += 1

    def _truth(self, step: Step) -> "tuple[str, float | None]":
        """What is asked about a step, and the answer; None where nothing is."""
        if step.phase == "forward":
            return f"{step.name} = {step.formula}", step.value
        if step.phase == "backward" and step.local is not None:
            return say("gradient after next", name=step.target_name), step.after
        return "", None

    def _answered(self, answer: str) -> None:
        """Go on, and say whether the answer was right: within one per cent."""
        truth = self._truth(self.walk.steps[self.at + 1])[1]
        assert truth is not None
        try:
            right = abs(float(answer) - truth) <= 0.01 * abs(truth)
        except ValueError:
            right = False
        shown = number(truth, self.walk.digits)
        self.message = say("right it is" if right else "not so", value=shown) + "\n"
        self.question = ""
        self.at += 1

    def _change(self, name: str, text: str) -> None:
        """Another number for a leaf, by its name, and both passes again."""
        if len(self.walk.graphs) > 1:
            self.message = say("not in training") + "\n"
            return
        order = topological_order(self.walk.root)
        named = {node.name: order[node.position] for node in self.walk.graphs[0]}
        leaf = named.get(name.strip())
        if leaf is None or leaf._prev:
            known = ", ".join(n for n, v in named.items() if not v._prev)
            said = say("no such number", given=repr(name.strip()), known=known)
            self.message = cut(said, 78) + "\n"
            return
        before = leaf.data
        try:
            leaf.data = float(text)
            self._again()
        except (*DOMAIN_ERRORS,) as error:  # also what is no number
            leaf.data = before
            self._again()
            self.message = cut(str(error), 78) + "\n"

    def _again(self) -> None:
        root = self.walk.root
        root.forward()
        made = Explanation(root, self.walk.digits)
        self.walk = StepList(made.steps, [made.nodes], self.walk.digits, root)

    def reset(self) -> None:
        """The numbers at the start."""
        if self.walk is self.original:
            return
        for leaf, data in self.start.items():
            leaf.data = data
        with contextlib.suppress(*DOMAIN_ERRORS):
            self.walk.root.forward()
        self.walk = self.original
