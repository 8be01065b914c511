"""Random input for all that reads what others wrote, by hypothesis:

    nice -n 15 python -m tests.fuzz 3600

for so many seconds of processor time, as many for each property; what breaks one is printed, with
the shortest input that does so. tests/test_fuzz.py runs each on a few, and on what was found
before.
"""

import contextlib
import io
import json
import math
import re
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException

import tinygrad_neuron as tn
from tinygrad_neuron import Value, nn, optim
from tinygrad_neuron.calculus.table import BUILT_IN, TABLE
from tinygrad_neuron.cli import main
from tinygrad_neuron.passes import DOMAIN_ERRORS
from tinygrad_neuron.user_expressions import ExpressionError, evaluate

from . import arguments, arguments_rest, arguments_shown, fuzz_files, hostile
from .conftest import forget_operations
from .fuzz_files import ANY_TEXT, JSON, NUMBERS, in_a_folder
from .own_words import at_most, in_own_words

SECONDS = 20  # no input may take longer

# Expressions, and the words of the command line ---------------------------------------------------

NAMES = ["x", "y", "w", "b", "X", "ﬁ", "é", "_", "e", "lambda", "None", "__class__"]
PIECES = [
    *NAMES, *TABLE, *"+-*/%@()[],.:= \n\\'\"#{}012<", "**", "//", "0.5", "1e308", "1e-320", "1e999",
    "1_0", "0x1", "1j", "nan", "inf", "and", "not", "if", "else", "for", "in", ":=", "==", "...",
    "f''",
]  # fmt: skip
LEAVES = st.one_of(st.sampled_from(["x", "y", "w", "b"]), NUMBERS.map(str))
OPERATIONS = [o for o in TABLE.values() if o.name in BUILT_IN]


def _call(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def written(name: str, operands: list[str]) -> str:
        operation = TABLE[name]
        if operation.variadic:
            extra = ", 0" if operation.chosen else ""
            return f"{name}([{', '.join(operands)}]{extra})"
        return f"{name}({', '.join(operands[: len(operation.operands)])})"

    return st.builds(
        written,
        st.sampled_from([o.name for o in OPERATIONS]),
        st.lists(inner, min_size=1, max_size=3),
    )


WELL_FORMED = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "**"]), inner),
        st.builds("-{}".format, inner),
        _call(inner),
    ),
    max_leaves=12,
)
EXPRESSIONS = st.one_of(
    WELL_FORMED, st.lists(st.sampled_from(PIECES), max_size=12).map("".join), ANY_TEXT
)
FINITE = NUMBERS.filter(lambda x: abs(x) < 1e308)
GIVEN = st.fixed_dictionaries(
    dict.fromkeys("xywb", FINITE), optional=dict.fromkeys(NAMES[4:], FINITE)
)


def expressions(text: str, numbers: dict[str, float]) -> None:
    """An expression is computed, or refused with its place; its gradients too."""
    numbers = {name: x for name, x in numbers.items() if name in text}
    try:
        root, leaves = evaluate(text, {name: float(x) for name, x in numbers.items()})
    except ExpressionError as error:
        assert 0 <= error.column <= len(error.text) + 1
        return
    except ValueError as error:
        assert "the expression does not contain" in str(error), error
        return
    assert all(type(leaf.data) is float for leaf in leaves.values())
    with contextlib.suppress(*DOMAIN_ERRORS):
        root.backward()


FILES = [
    "out.svg",
    "out.gv",
    "out.txt",
    "out.json",
    "page.html",
    "a/b.gv",
    ".",
    "",
    "x" * 300,
    "a.b.gv",
]
WORD = st.one_of(
    st.sampled_from(
        ["draw", "walk", "page", "learn", "notebook", "-o", "--output", "--digits", "-h", "--help",
         "--", "-", "--reset", "x=1", "y=-2.5", "w=1e400", "x", "=", "99", "x*y", "tanh(x)", "\0"]
    ),
    st.sampled_from(FILES).map("-o{}".format),
    st.sampled_from(FILES).map("--output={}".format),
    EXPRESSIONS,
    st.builds("{}={}".format, st.sampled_from(NAMES), NUMBERS),
)  # fmt: skip
USUAL = st.builds(
    lambda command, text, numbers, file: [
        command, text, *(f"{n}={x}" for n, x in numbers.items() if n in text), *file,
    ],
    st.sampled_from(["draw", "walk", "walk", "page"]),
    WELL_FORMED,
    GIVEN,
    st.sampled_from([[], ["-o", "out.gv"], ["-o", "steps.json"], ["--digits", "17", "-oout.gv"]]),
)  # fmt: skip
WORDS = st.one_of(
    USUAL,
    st.builds(
        lambda words, word, at: [*words[:at], word, *words[at:]], USUAL, WORD, st.integers(0, 5)
    ),
    st.lists(WORD, max_size=7),
)


def _is_safe(words: list[str]) -> bool:
    """Not what writes outside the folder, renders pictures by the thousand, or imports modules."""
    if any(":" in word for word in words) or "book" in words:
        return False
    at = [i for i, word in enumerate(words) if word in ("-o", "--output")]
    named = [words[i + 1] for i in at if i + 1 < len(words)]
    if "draw" in words:
        words = [*words, *named]
        return any(word.endswith(".gv") for word in words)
    return "notebook" not in words and "learn" not in words and all("/" not in n for n in named)


def command_line(words: list[str]) -> None:
    """Whatever is typed: an exit code, and a message without a traceback."""
    if not _is_safe(words):
        return
    said, shown = io.StringIO(), io.StringIO()
    with in_a_folder(), contextlib.redirect_stderr(said), contextlib.redirect_stdout(shown):
        code = main(words)
    assert code in (0, 1, 2)
    assert "Traceback" not in said.getvalue()
    assert code == 0 or said.getvalue().startswith(("tinygrad-neuron: ", "usage: "))


# Labels -------------------------------------------------------------------------------------------

LABELS = st.one_of(
    ANY_TEXT,
    st.sampled_from(["", "def", "x y", "a\nb", "\\N", "<b>", "&amp;", "]]>", "--><", "</script>"]),
    st.lists(
        st.sampled_from(
            [*"\\'\"\n\r{}<>&|\u2028\u202e%#`\0\ud800😀éw0_", "*/", "/*", "//", "${", "e\u0301"]
        ),
        max_size=12,
    ).map("".join),
)  # fmt: skip


def labels(one: str, other: str, scope: str) -> None:
    """Two labels and a scope of any letters, wherever they are written; the numbers stay."""
    a, b = Value(0.5, label=one), Value(-2.0, label=other)
    with tn.scope(scope):
        y = (a * b + a).tanh()
    y.backward()
    wanted = math.tanh(0.5 * -2.0 + 0.5)
    picture = tn.draw_dot(y).source
    picture.encode()
    compiled = tn.compile(lambda x: (a * x + a).tanh())
    found = compiled(-2.0)
    assert found.data == wanted == y.data
    compiled.source.encode()
    javascript = compiled.javascript(-2.0)
    javascript.encode()
    walk = tn.walkthrough(y)
    walk.text().encode()
    json.loads(walk.to_json())
    repr(y), repr(a)
    model = nn.Neuron(2, seed=0)
    model.w[0].label, model.b.label = one, other
    tn.draw_network(model, input_names=[one, other]).source.encode()
    with contextlib.suppress(*DOMAIN_ERRORS):
        Value(-1.0, label=one).log()


# Definitions --------------------------------------------------------------------------------------

OVER_OPERANDS = st.recursive(
    st.sampled_from(["a", "b", "y", "t", "1", "0.5", "2.0"]),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "**"]), inner),
        st.builds("-{}".format, inner),
        st.builds("{}({})".format, st.sampled_from(["tanh", "exp", "log", "step", "sqrt"]), inner),
    ),
    max_leaves=5,
)
IN_DEFINITIONS = st.one_of(
    OVER_OPERANDS,
    OVER_OPERANDS,
    st.lists(st.sampled_from([*PIECES, "a", "b", "y", "t", "total"]), max_size=7).map("".join),
    ANY_TEXT,
)
REST = {
    "defaults": st.lists(NUMBERS, max_size=2),
    "where": st.dictionaries(st.sampled_from(["t", "a", "x y", "u"]), IN_DEFINITIONS, max_size=2),
    "symbol": ANY_TEXT,
    "summary": LABELS,
    "source": LABELS,
    "domain": LABELS,
    "example": ANY_TEXT,
    "activation": st.booleans(),
    "chosen": st.sampled_from(["", "i", "a"]),
    "kernels": st.dictionaries(
        st.sampled_from(["t", "a", "fuzzed"]), st.just(math.exp), max_size=1
    ),
}
DEFINITION = st.one_of(
    st.fixed_dictionaries(
        {
            "name": st.one_of(
                st.sampled_from(["fuzzed", "tanh", "data", "ﬁ", "d_x", "math"]), ANY_TEXT
            ),
            "forward": IN_DEFINITIONS,
            "partials": st.lists(IN_DEFINITIONS, max_size=3),
        },
        optional={
            "operands": st.one_of(st.sampled_from(["a", "a, b", "*a", "*a, i", "y"]), ANY_TEXT),
            **REST,
        },
    ),
    st.fixed_dictionaries(  # one that fits together
        {
            "name": st.sampled_from(["fuzzed", "ä", "z" * 200]),
            "forward": OVER_OPERANDS.map(lambda text: re.sub("[yt](?!an|e)", "a", text)),
            "partials": st.tuples(OVER_OPERANDS, OVER_OPERANDS),
            "operands": st.just("a, b"),
            "where": st.just({"t": "a + b"}),
        },
        optional={
            name: REST[name] for name in ("symbol", "summary", "source", "domain", "example")
        },
    ),
)


def definitions(given: dict[str, Any]) -> None:
    """A definition is refused in our words with nothing changed, or works on every route."""
    names, methods = set(TABLE), set(vars(Value))
    try:
        function = tn.define_operation(**given)
    except (ValueError, TypeError) as error:
        assert in_own_words(error), repr(error)
        assert (names, methods) == (set(TABLE), set(vars(Value)))
        return
    try:
        operation = TABLE.get(given["name"])
        if operation is None or given["name"] in BUILT_IN:
            return
        operands: list[Any] = [Value(0.5), Value(2.0)][: len(operation.operands)]
        if operation.chosen:
            operands = [operands, 0]
        elif operation.variadic:
            operands = [operands]
        with contextlib.suppress(*DOMAIN_ERRORS):
            y = function(*operands)
            tn.draw_dot(y).source.encode()
            y.backward()
            tn.walkthrough(y).text().encode()
            found = tn.compile(lambda: function(*operands))()
            assert type(y.data) is float
            assert found.data == y.data or found.data != found.data
    finally:
        forget_operations()


# What somebody types while walking ----------------------------------------------------------------

TYPED = st.lists(
    st.one_of(
        st.sampled_from(
            ["", "b", "p", "n", "5", "0", "-1", "9" * 30, "first", "last", "?", "reset", "w=2",
             "w=", "w = 1e400", "x=nan", "x=-inf", "=", "w=2=3", "back", "x=0", "b=-1e308",
             "\x1b[C", "\0"]
        ),
        NUMBERS.map(str),
        st.builds("{}={}".format, st.sampled_from([*"wxbyz", "", " w"]), NUMBERS),
        ANY_TEXT,
    ),
    max_size=12,
)  # fmt: skip


class Terminal(io.StringIO):
    """Somebody sits there."""

    def isatty(self) -> bool:
        return True


def walking(typed: list[str], predicting: bool) -> None:
    """Whatever is typed: the walk goes on, and leaves the numbers as they were."""
    w, x, b = Value(0.5, label="w"), Value(2.0, label="x"), Value(-1.0, label="b")
    y = (w * x - b).log() if len(typed) % 2 else (w * x + b).tanh()
    lines = "\n".join(["p"] * predicting + [line.replace("\n", " ") for line in typed])
    shown = Terminal()
    tn.walkthrough(y).terminal(Terminal(lines + "\n"), shown)
    assert (w.data, x.data, b.data) == (0.5, 2.0, -1.0)
    shown.getvalue().encode()


# Rules of optimisers ------------------------------------------------------------------------------

IN_RULES = st.recursive(
    st.sampled_from(["p", "g", "lr", "m", "k", "0", "1", "0.5", "-1.0", "1e308", "1e-320"]),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from([*"+-*/", "**"]), inner),
        st.builds("-{}".format, inner),
        st.builds("{}({})".format, st.sampled_from(["tanh", "sqrt", "abs", "sign", "exp"]), inner),
        st.builds("{}({}, {})".format, st.sampled_from(["maximum", "minimum"]), inner, inner),
    ),
    max_leaves=6,
)
RULE = st.lists(
    st.one_of(
        st.builds("{} = {}".format, st.sampled_from(["p", "m", "t"]), IN_RULES),
        st.builds("{} = {}".format, st.sampled_from(["p", "m", "t"]), IN_RULES),
        ANY_TEXT,
    ),
    min_size=1,
    max_size=3,
)
UNUSUAL = st.one_of(
    st.floats(), st.sampled_from([0.0, -0.0, 1e308, -1e308, 5e-324, math.inf, -math.inf, math.nan])
)


class Ruled(optim.Optimiser):
    """An optimiser of any rule."""

    state: ClassVar[dict[str, str]] = {"m": "moments"}

    def __init__(self, parameters: list[Value], lr: float, rule: list[str], k: float) -> None:
        super().__init__(parameters, lr)
        self.k, self.moments, self.lines = k, [0.0] * len(parameters), rule
        self.check_rule(self.numbers(lr))

    def rule(self) -> list[str]:
        return list(self.lines)

    def numbers(self, lr: float) -> dict[str, float]:
        return {"lr": lr, "k": self.k}


def rules(rule: list[str], k: float, gradients: list[float], start: float) -> None:
    """A rule is refused in our words, or fails for no gradient; compiled it gives the same bits."""
    made = [Value(start, label="p"), Value(start, label="p")]
    try:
        eager, traced = (Ruled([p], 0.1, rule, k) for p in made)
    except (ValueError, TypeError) as error:
        assert in_own_words(error), repr(error)
        return
    for gradient in gradients:
        made[0].grad = gradient
        try:
            eager.step()
        except ValueError as error:  # a state of now that the check did not foresee
            assert in_own_words(error), repr(error)
            return
    given = [(gradient,) for gradient in gradients]
    with tn.compile(lambda g: made[1] * g).trainer(traced) as trainer:
        for one in given:
            trainer.step([one])
    found = [(p.data, o.moments) for p, o in zip(made, (eager, traced), strict=True)]
    assert repr(found[0]) == repr(found[1])


# Arguments ----------------------------------------------------------------------------------------

NESTED = st.recursive(
    st.sampled_from(sorted(hostile.HOSTILE)).map(lambda kind: hostile.HOSTILE[kind]()) | JSON,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=3), inner, max_size=2),
    ),
    max_leaves=4,
)  # fmt: skip
EVERY = arguments.VALID | arguments_shown.SHOWN | arguments_rest.REST
CALLS = st.sampled_from(sorted(EVERY)).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.dictionaries(st.sampled_from(sorted(EVERY[name][1]())), NESTED, min_size=1, max_size=3),
    )
)


def calls(call: tuple[str, dict[str, Any]]) -> None:
    """A public function with anything in the place of some of its arguments."""
    function, make = EVERY[call[0]]
    try:
        with in_a_folder(), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            function(**make() | call[1])
    except Exception as error:
        if not in_own_words(error):
            raise


PROPERTIES: dict[str, tuple[Callable[..., None], dict[str, st.SearchStrategy[Any]]]] = {
    **fuzz_files.PROPERTIES,
    "expressions": (expressions, {"text": EXPRESSIONS, "numbers": GIVEN}),
    "command line": (command_line, {"words": WORDS}),
    "labels": (labels, {"one": LABELS, "other": LABELS, "scope": LABELS}),
    "definitions": (definitions, {"given": DEFINITION}),
    "walking": (walking, {"typed": TYPED, "predicting": st.booleans()}),
    "rules": (
        rules,
        {"rule": RULE, "k": UNUSUAL, "gradients": st.lists(UNUSUAL, max_size=3), "start": UNUSUAL},
    ),
    "calls": (calls, {"call": CALLS}),
}


def attempted(name: str, examples: int, **options: Any) -> None:
    """One property on so many examples; it raises what it finds."""
    function, taken = PROPERTIES[name]

    def run(**drawn: Any) -> None:
        with at_most(SECONDS):
            function(**drawn)

    run.__name__ = name.replace(" ", "_")
    settings(
        max_examples=examples,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        **options,
    )(given(**taken)(run))()


def _main(seconds: float) -> int:
    spent, counts = dict.fromkeys(PROPERTIES, 0.0), dict.fromkeys(PROPERTIES, 0)
    told, shown = set(), 0.0
    phases = (Phase.explicit, Phase.generate, Phase.target, Phase.shrink)
    while sum(spent.values()) < seconds:
        name = min(spent, key=lambda name: spent[name])
        counts[name] += 200
        begun = time.process_time()
        try:
            attempted(name, 200, phases=phases, verbosity=Verbosity.normal)
        except (HypothesisException, KeyboardInterrupt):
            raise
        except BaseException as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            key = (name, type(error), last.filename, last.lineno)
            if key not in told:
                told.add(key)
                print(f"\n{name}:", *getattr(error, "__notes__", []), sep="\n")
                print(*traceback.format_tb(error.__traceback__)[-3:], repr(error), sep="")
        spent[name] += time.process_time() - begun
        if sum(spent.values()) > min(shown + 60, seconds):
            shown = sum(spent.values())
            print(f"{shown:.0f} s of processor: {counts}, {len(told)} found", flush=True)
    return bool(told)


if __name__ == "__main__":
    sys.exit(_main(float(sys.argv[1])))
