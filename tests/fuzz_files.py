"""Files that others wrote, with one thing after another changed in them: see tests/fuzz.py."""

import contextlib
import json
import math
import os
import tempfile
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from random import Random
from typing import Any

from hypothesis import strategies as st

from tinygrad_neuron import Value, datasets, nn, optim
from tinygrad_neuron.compiler import CompilerFailedError, CompilerNotFoundError
from tinygrad_neuron.compiler.c.cache import cache_folder
from tinygrad_neuron.compiler.c.compiler import find_compiler, seconds
from tinygrad_neuron.course.chosen import course
from tinygrad_neuron.course.handed_in import Handed, opened
from tinygrad_neuron.course.lessons import LessonError, folder
from tinygrad_neuron.course.progress import Store
from tinygrad_neuron.interface import CHOSEN, FILE, say, words
from tinygrad_neuron.passes import DOMAIN_ERRORS
from tinygrad_neuron.state import StateError

from .own_words import in_own_words

ANY_TEXT = st.text(st.characters(codec=None), max_size=30)
NUMBERS = st.one_of(
    st.integers(-3, 3), st.integers(), st.floats(), st.sampled_from([10**400, 1e308, -0.0, 5e-324])
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, ANY_TEXT, st.sampled_from(["NaN", "Infinity"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(ANY_TEXT, inner, max_size=3)
    ),
    max_leaves=6,
)
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 4000), JSON),
        st.tuples(st.just("drop"), st.integers(0, 4000), st.none()),
        st.tuples(st.just("name"), st.integers(0, 4000), ANY_TEXT),
        st.tuples(st.just("splice"), st.integers(0, 60000), st.binary(max_size=8)),
        st.tuples(st.just("cut"), st.integers(0, 60000), st.integers(1, 60000)),
    ),
    min_size=1,
    max_size=3,
)
SPLICES = st.lists(  # for what is no JSON
    st.one_of(
        st.tuples(st.just("splice"), st.integers(0, 60000), st.binary(max_size=8)),
        st.tuples(st.just("cut"), st.integers(0, 60000), st.integers(1, 300)),
    ),
    max_size=3,
)


@contextlib.contextmanager
def in_a_folder() -> Iterator[Path]:
    before = os.getcwd()
    with tempfile.TemporaryDirectory(prefix="tinygrad_neuron_fuzz_") as made:
        os.chdir(made)
        try:
            yield Path(made)
        finally:
            os.chdir(before)


def places(whole: Any) -> Iterator[tuple[Any, Any]]:
    """Every container of a document with each of its keys."""
    keys = list(whole) if isinstance(whole, dict) else range(len(whole))
    for key in keys:
        yield whole, key
        if isinstance(whole[key], dict | list) and len(whole[key]) < 100:
            yield from places(whole[key])


def edited(content: bytes, edits: list[Any]) -> bytes:
    """A file with one thing after another put in the place of what stood there."""
    for how, at, new in edits:
        if how in ("splice", "cut"):
            at %= len(content) + 1
            end = at + new if how == "cut" else at + len(new)
            content = content[:at] + (b"" if how == "cut" else new) + content[end:]
            continue
        try:
            whole = json.loads(content)
            there = list(places(whole))
        except (ValueError, TypeError, RecursionError):
            return content
        if not there:
            return content
        holder, key = there[at % len(there)]
        if how == "put":
            holder[key] = new
        elif how == "drop":
            del holder[key]
        elif isinstance(holder, dict):
            holder[new] = holder.pop(key)
        content = json.dumps(whole).encode("utf-8", "surrogatepass")
    return content


# Saved models -------------------------------------------------------------------------------------


class Own(nn.Module):
    """A model with a random generator, an activation that learns, and strange names."""

    def __init__(self, seed: int) -> None:
        self.layer = nn.Layer(2, 2, activation=nn.PReLU(0.1), seed=seed)
        self.drop = nn.Dropout(0.5, seed=seed)
        self.parts = {"a.b": Value(1.0), "ä ö": [Value(float(seed))]}


def trained(seed: int) -> tuple[Own, optim.Optimiser, Random]:
    model = Own(seed)
    optimiser = optim.Adam(model.parameters(), lr=optim.step_decay(0.1, 2))
    for _ in range(seed):
        for p in model.parameters():
            p.grad = 0.5
        optimiser.step()
    return model, optimiser, Random(seed)


def numbers_of(model: Own, optimiser: optim.Optimiser, generator: Random) -> str:
    dropping = model.drop.generator.getstate()  # type: ignore[attr-defined]
    return repr((model.state_dict(), optimiser.state_dict(), generator.getstate(), dropping))


def loading(edits: list[Any]) -> None:
    """A file that was changed is loaded, or refused with nothing changed."""
    with in_a_folder():
        saved, optimiser, generator = trained(3)
        saved.save("state.json", optimiser=optimiser, generator=generator)
        path = Path("state.json")
        path.write_bytes(edited(path.read_bytes(), edits))
        other = trained(1)
        before = numbers_of(*other)
        try:
            other[0].load(path, optimiser=other[1], generator=other[2])
        except StateError as error:
            str(error).encode("utf-8", "backslashreplace")
            assert before == numbers_of(*other)
            return
        for p in other[0].parameters():
            assert type(p.data) is float
        other[0].save("again.json", optimiser=other[1], generator=other[2])
        for p in other[0].parameters():
            p.grad = 0.5
        with contextlib.suppress(*DOMAIN_ERRORS):
            other[1].step()


# Tables -------------------------------------------------------------------------------------------

TABLE = b'weight,length,fruit\n110,18.5,banana\n150,7.5,"app,le"\n 1e3 ,-inf,b\n'
ENCODINGS = [
    "utf-8", "utf-8-sig", "ascii", "cp1252", "utf-16", "utf-32", "utf-7", "hex", "rot13", "idna",
    "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "base64", "zlib",
]  # fmt: skip
TABLES = {
    "edits": SPLICES,
    "options": st.fixed_dictionaries(
        {},
        optional={
            "target": st.one_of(
                st.integers(-4, 4), st.sampled_from(["weight", "fruit", " length"]), ANY_TEXT
            ),
            "classes": st.sampled_from([None, True, False]),
            "delimiter": st.one_of(st.sampled_from(list(",;\t| \"'a\n\0é")), ANY_TEXT),
            "encoding": st.one_of(st.sampled_from(ENCODINGS), ANY_TEXT),
        },
    ),
}


def tables(edits: list[Any], options: dict[str, Any]) -> None:
    """A table is a data set, or is refused in our words; a name of its file or more is in them."""
    with in_a_folder():
        Path("table.csv").write_bytes(edited(TABLE, edits))
        try:
            found = datasets.from_csv("table.csv", **options)
        except (ValueError, TypeError) as error:
            assert in_own_words(error), repr(error)
            return
    rows = list(found)
    assert len(rows) == len(found)
    assert all(type(x) is float for row, _ in rows for x in row)
    repr(found)
    if len(found) > 3 and all(math.isfinite(x) for row, _ in rows for x in row):
        with contextlib.suppress(ValueError):  # of classes of one
            datasets.train_test_split(found)


# What a teacher writes ----------------------------------------------------------------------------

INDEX = b"title: Neurons in four weeks\n1\n3-5\nlesson_16_own.py   # ours\n"
COURSES = {
    "index": st.one_of(
        st.none(), SPLICES, ANY_TEXT.map(lambda t: [("put", t.encode("utf-8", "replace"))])
    ),
    "lesson": st.one_of(st.none(), SPLICES),
    "translation": st.one_of(st.none(), EDITS),
}


@cache
def texts() -> tuple[bytes, dict[str, Any]]:
    """A lesson, and all that can be said."""
    lesson = (folder() / "lesson_1_mcculloch_pitts.py").read_bytes()
    return lesson, json.loads(FILE.read_text("utf-8"))


def courses(index: Any, lesson: Any, translation: Any) -> None:
    """A teacher's folder is a course, or is refused with the place of the fault."""
    with in_a_folder() as place:
        if index is not None:
            put = [new for how, *new in index if how == "put"]
            Path("course.txt").write_bytes(put[0][0] if put else edited(INDEX, index))
        if lesson is not None:
            Path("lesson_16_own.py").write_bytes(edited(texts()[0], lesson))
        if translation is not None:
            Path("interface.json").write_bytes(edited(FILE.read_bytes(), translation))
        before = os.environ.get(CHOSEN)
        try:
            found = course(place)
            assert found.lessons
            for one in found.checked():
                _ = [(cell.key, cell.visible_source, list(cell.asked)) for cell in one.cells]
            words.cache_clear()
            words(found.words)
            os.environ[CHOSEN] = found.words
            for name, text in texts()[1].items():
                try:
                    say(name, **Anything(text))
                except KeyError:
                    raise AssertionError(f"{name}: {words(found.words)[name]!r}") from None
        except (LessonError, ValueError) as error:
            assert in_own_words(error), repr(error)
        finally:
            os.environ.pop(CHOSEN, None)
            if before is not None:
                os.environ[CHOSEN] = before


class Anything(dict[str, str]):
    """A value for each name in braces of a text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        for part in text.split("{")[1:]:
            self[part.partition("}")[0]] = "3"


# What a learner has -------------------------------------------------------------------------------

PROGRESS = json.dumps(
    {"version": 1, "lessons": {"1": {"cell": 3, "finished": False, "questions": {"a": "answered"}}}}
).encode()
NOTEBOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "source": ["# One"], "metadata": {}},
            {
                "cell_type": "code", "source": ["course.ask(1, 'key')\n"], "metadata": {},
                "outputs": [{"data": {"text/html": ["<p data-key='a' data-try='1'>"]}}],
            },
        ],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
    }
).encode()  # fmt: skip


def learners(progress: list[Any], notebook: list[Any]) -> None:
    """Progress that is unreadable is set aside; a notebook that is none is said to be none."""
    with in_a_folder() as place:
        path = place / "progress.json"
        path.write_bytes(edited(PROGRESS, progress))
        store = Store(path)
        for number in (1, 2):
            assert store.of(number).count("answered") >= 0
            with store.changing(number) as now:
                now.cell += 1
        assert Store(path).of(2).cell == store.of(2).cell
        assert not Store(path).trouble
        written = place / "lesson_1_x.ipynb"
        written.write_bytes(edited(NOTEBOOK, notebook))
        try:
            opened(Handed(PurePosixPath(written.name), written.read_bytes()))
        except ValueError as error:
            assert in_own_words(error), repr(error)


# The environment ----------------------------------------------------------------------------------

NAMES = ("CC", "TINYGRAD_NEURON_COMPILE_SECONDS", "TINYGRAD_NEURON_CACHE", "XDG_CACHE_HOME", "HOME")
ENVIRONMENT = st.dictionaries(
    st.sampled_from(NAMES),
    st.one_of(
        st.sampled_from(
            ["", "0", "1", "-1", "inf", "nan", "1e400", "1_0", " 5 ", "~", "~nobody/x", "/dev/null",
             "relative", "gcc -nonsense", "'", '"gcc', "\\", "false", "\udcff", ".", "/", "x" * 300]
        ),
        st.text(st.characters(codec="utf-8"), max_size=5),
        NUMBERS.map(str),
    ),
)  # fmt: skip


def environment(given: dict[str, str]) -> None:
    """Variables of the environment are followed, or one message in our words says why not."""
    given = {name: text.replace("\0", "") for name, text in given.items()}
    before = {name: os.environ.get(name) for name in NAMES}
    with in_a_folder(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            os.environ.update(given)
            try:
                assert 0.0 < seconds() <= 1e6
                found = cache_folder()
                assert found is None or found.is_dir()
                find_compiler()
            except (CompilerNotFoundError, CompilerFailedError, ValueError) as error:
                assert in_own_words(error), repr(error)
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value


PROPERTIES: dict[str, Any] = {
    "loading": (loading, {"edits": EDITS}),
    "tables": (tables, TABLES),
    "courses": (courses, COURSES),
    "learners": (learners, {"progress": EDITS, "notebook": EDITS}),
    "environment": (environment, {"given": ENVIRONMENT}),
}
