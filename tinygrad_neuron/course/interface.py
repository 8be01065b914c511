"""The words of the interface: one file has them, `interface.json`, and a translation is another.

A translation has the same names; what stands in braces is put in. It lies in a teacher's folder
beside the lessons.
"""

import json
import os
from functools import cache
from pathlib import Path
from string import Formatter

NAME = "interface.json"
FILE = Path(__file__).with_name(NAME)
CHOSEN = "TINYGRAD_NEURON_WORDS"  # in the environment: the file of a translation


def say(name: str, **values: object) -> str:
    """The words of a name, with the values put in.

    >>> say("expected", form="a number")
    'The answer is a number.'
    """
    return words(os.environ.get(CHOSEN, ""))[name].format(**values)


@cache
def words(translation: str = "") -> dict[str, str]:
    """All words, those of a translation's file where it has them.

    Raises a `ValueError` that says what is wrong with the file.
    """
    known: dict[str, str] = json.loads(FILE.read_text("utf-8"))
    if not translation:
        return known
    try:
        own = json.loads(Path(translation).read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{translation} is not JSON: {error}") from None
    strange = sorted(set(own) - set(known)) if isinstance(own, dict) else ["no object of names"]
    if strange or not all(isinstance(text, str) for text in own.values()):
        raise ValueError(
            f"{translation} has {', '.join(strange) or 'something that is no text'}; it has the "
            f"names of {FILE}, each with a text"
        )
    for name, text in own.items():
        if (odd := _in_braces(text)) is None or not odd <= (_in_braces(known[name]) or set()):
            raise ValueError(
                f"{translation}: {name!r} is {text!r}; in braces stands what stands there in "
                f"{known[name]!r}, and nothing else"
            )
    return {**known, **own}


def _in_braces(text: str) -> "set[str] | None":
    """What is put into a text; None where its braces do not fit together."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return None
    plain = all(not spec and not conversion for _, _, spec, conversion in parts)
    return {name for _, name, *_ in parts if name is not None} if plain else None


def script(source: str) -> str:
    """A script that may say `word(name, values)`."""
    own = json.dumps(words(os.environ.get(CHOSEN, "")), ensure_ascii=False).replace("</", "<\\/")
    return (
        f"(() => {{\nconst WORDS = {own};\n"
        "const word = (name, values = {}) => "
        "WORDS[name].replace(/\\{(\\w+)\\}/g, (_, key) => values[key]);\n"
        f"{source}\n}})();"
    )
