"""The words of the interface: one file has them, `interface.json`, and a translation is another.

All that a learner reads and that stands in no lesson is there: of pages and terminal, notebooks,
slides, notes and reports. A translation has the same names; what stands in braces is put in. It
lies in a teacher's folder beside the lessons.
"""

import json
import os
import re
from functools import cache
from importlib.resources import files
from pathlib import Path

NAME = "interface.json"
FILE = Path(__file__).with_name(NAME)
CHOSEN = "TINYGRAD_NEURON_WORDS"  # in the environment: the file of a translation
_GAP = re.compile(r"\{(\w*)\}")
_brought: dict[str, str] = {}  # words of a notebook's


def say(name: str, /, **values: object) -> str:
    """The words of a name, with the values put in.

    >>> say("expected", form="a number")
    'The answer is a number.'
    """
    return _GAP.sub(lambda gap: str(values[gap[1]]), spoken()[name])


def spoken() -> dict[str, str]:
    """The words that are said now: ours, those of the translation that was chosen, and those that
    a notebook has brought along."""
    chosen = words(os.environ.get(CHOSEN, ""))
    return {**chosen, **_brought} if _brought else chosen


def speak(text: str, name: str = NAME) -> None:
    """From now on say the words of a translation's text; errors as of `words`."""
    _brought.clear()
    _brought.update(_read(text, name))


@cache
def words(translation: str = "") -> dict[str, str]:
    """All words, those of a translation's file where it has them.

    Raises a `ValueError` that says what is wrong with the file.
    """
    ours = _ours()
    if not translation:
        return ours
    try:
        text = Path(translation).read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{translation} is not written in UTF-8: {error.reason}") from None
    return {**ours, **_read(text, translation)}


@cache
def _ours() -> dict[str, str]:
    ours: dict[str, str] = json.loads((files(__package__) / NAME).read_text("utf-8"))
    return ours


def _read(text: str, name: str) -> dict[str, str]:
    """The words of a translation; `name` is that of its file."""
    known = _ours()
    try:
        own = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name} is not JSON: {error}") from None
    strange = sorted(set(own) - set(known)) if isinstance(own, dict) else ["no object of names"]
    if strange or not all(isinstance(text, str) for text in own.values()):
        raise ValueError(
            f"{name} has {', '.join(strange) or 'something that is no text'}; it has the names of "
            f"{FILE}, each with a text"
        )
    for key, text in own.items():
        if not _in_braces(text) <= _in_braces(known[key]):
            raise ValueError(
                f"{name}: {key!r} is {text!r}; in braces stands what stands there in "
                f"{known[key]!r}, and nothing else"
            )
    return dict(own)


def _in_braces(text: str) -> set[str]:
    """What is put into a text, and braces that are around nothing that could be."""
    return {*_GAP.findall(text), *re.findall("[{}]", _GAP.sub("", text))}


def script(source: str) -> str:
    """A script that may say `word(name, values)`."""
    return f"(() => {{\n{speaking(source)}\n{source}\n}})();"


def speaking(source: str) -> str:
    """What stands before a script so that it may say `word(name, values)`, with the words whose
    names it has.

    >>> speaking('word("hint")').splitlines()[0]
    'const WORDS = {"hint": "Hint"};'
    """
    named = set(re.findall(r'(?="([^"\n]+)")', source))
    own = {name: text for name, text in spoken().items() if name in named}
    return (
        f"const WORDS = {json.dumps(own, ensure_ascii=False)};\n".replace("</", "<\\/")
        + "const word = (name, values = {}) => "
        "WORDS[name].replace(/\\{(\\w+)\\}/g, (_, key) => values[key]);"
    )
