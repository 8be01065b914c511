"""The command line: pictures, steps and pages of typed expressions, and clear errors."""

import configparser
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tinygrad_neuron import tanh
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.cli import main
from tinygrad_neuron.user_expressions import MOST_DEPTH, ExpressionError, evaluate

ROOT = Path(__file__).parent.parent
has_engine = shutil.which("dot") or shutil.which("graphviz-pure")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])


def run(*arguments, **options):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options}
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "tinygrad_neuron", *arguments],
        capture_output=True, encoding="utf-8", env=environment, timeout=60, input="",
    )  # fmt: skip


def refused(capsys, *arguments):
    assert 2 == main(arguments)
    out, error = capsys.readouterr()
    assert "" == out
    assert "Traceback" not in error
    return error


# As a program


def test_walk_prints_every_step_where_there_is_no_terminal():
    done = run("walk", "tanh(w*x + b)", "w=0.5", "x=2", "b=-1")
    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.startswith("step 1 of 9 · forward · w*x\n")
    assert "step 9 of 9 · backward · w*x to x" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_closed_pipe_is_no_error_message():
    command = [sys.executable, "-m", "tinygrad_neuron", "walk", "+".join(["x*x"] * 40), "x=2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        process.stdout.close()
        assert b"" == process.stderr.read()


def test_an_ascii_stream_is_no_obstacle():
    done = run("walk", "x*x", "x=3", PYTHONIOENCODING="ascii")
    assert (0, "") == (done.returncode, done.stderr)
    assert "step 1 of 4 . forward" in done.stdout


@pytest.mark.skipif(not has_engine, reason="no layout engine on this machine")
def test_draw_writes_the_picture_and_says_where():
    done = run("draw", "tanh(w*x + b)", "w=0.5", "x=2", "b=-1", "-o", "out.svg")
    assert (0, "wrote out.svg (6 nodes)\n", "") == (done.returncode, done.stdout, done.stderr)
    svg = Path("out.svg").read_text(encoding="utf-8")
    assert 1 == svg.count("<svg") and "not yet" not in svg


def test_the_command_is_installed():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    scripts = setup["options.entry_points"]["console_scripts"].split("\n")
    assert "tinygrad-neuron = tinygrad_neuron.cli:main" in scripts


# In process


def test_help_and_nothing(capsys):
    assert 0 == main(["--help"])
    assert capsys.readouterr().out.startswith("usage: tinygrad-neuron")
    assert 0 == main(["walk", "-h"])
    assert 2 == main([])
    assert "usage:" in capsys.readouterr().err


@pytest.mark.skipif(not has_engine, reason="no layout engine on this machine")
def test_draw_has_a_default_file_and_further_formats(capsys):
    assert 0 == main(["draw", "-x**2", "x=3"])
    assert "wrote draw.svg (4 nodes)\n" == capsys.readouterr().out
    assert 0 == main(["draw", "x*2", "x=3", "--output=out.png", "--digits", "6"])
    assert Path("out.png").read_bytes().startswith(b"\x89PNG")


def test_draw_writes_source_without_an_engine(capsys, monkeypatch):
    monkeypatch.setattr("tinygrad_neuron.draw.rendering.find_engine", pytest.fail)
    assert 0 == main(["draw", "-o", "out.gv", "--", "--x", "x=3"])
    assert Path("out.gv").read_text().startswith("digraph")


def test_draw_without_a_derivative_says_so(capsys):
    assert 0 == main(["draw", "sqrt(x)", "x=0", "-o", "out.gv"])
    assert "drawn without gradients: derivative of sqrt" in capsys.readouterr().err


def test_walk_writes_json_for_other_programs(capsys):
    assert 0 == main(["walk", "a*a + b", "a=3", "b=1", "-o", "steps.json"])
    assert "wrote steps.json (7 steps)\n" == capsys.readouterr().out
    whole = json.loads(Path("steps.json").read_text(encoding="utf-8"))
    steps = whole["steps"]
    arrived = {s["target_name"]: s["after"] for s in steps if s["phase"] == "backward"}
    assert 6.0 == arrived["a"]
    assert "column 1: a*a + b" == steps[1]["line"]
    assert 0 == main(["walk", "a*a", "a=3", "-o", "steps.txt"])
    assert "step 4 of 4" in Path("steps.txt").read_text(encoding="utf-8")


def test_walk_of_what_has_no_derivative_fails_with_its_reason(capsys):
    assert 1 == main(["walk", "sqrt(x)", "x=0"])
    assert "derivative of sqrt of 0.0 ('x')" in capsys.readouterr().err


def test_page_says_so_where_it_is_not_built_in(capsys, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda *arguments: None)
    assert 1 == main(["page", "tanh(w*x)", "w=1", "x=2"])
    error = capsys.readouterr().err
    assert "tinygrad-neuron: the page is not built into this installation\n" == error


def test_page_writes_the_page_with_as_many_digits_as_asked(capsys):
    assert 0 == main(["page", "w*x", "w=1", "x=2", "--digits", "6"])
    assert "wrote page.html\n" == capsys.readouterr().out
    text = Path("page.html").read_text(encoding="utf-8")
    assert '"digits":6' in text and '"name":"w"' in text


def test_a_file_that_cannot_be_written(capsys):
    assert 1 == main(["walk", "x*x", "x=1", "-o", "no/such/folder/steps.json"])
    assert "no/such/folder/steps.json" in capsys.readouterr().err
    assert "suffix" in refused(capsys, "draw", "x*x", "x=1", "-o", "out.docx")


@pytest.mark.parametrize(("arguments", "said"), [
    (["drow", "x", "x=1"], "did you mean 'draw'?"),
    (["draw"], "an expression is missing"),
    (["draw", ""], "an expression is missing"),
    (["walk", "x", "x"], "expected name=value, got 'x'"),
    (["walk", "x", "x=1", "x=2"], "'x' is given twice"),
    (["walk", "fi", "fi=1", "ﬁ=2"], "'fi' is given twice"),  # the same name to Python
    (["walk", "x", "x=1", "y=2"], "does not contain 'y'"),
    (["walk", "x + yy", "x=1"], "'yy' has no value; give it one, as in yy=1.0"),
    (["walk", "weight", "weihgt=1"], "did you mean 'weihgt'?"),
    (["walk", "x", "x=one"], "must be a number such as 0.5, -2 or 1e-3, got 'one'"),
    (["walk", "x", "x="], "must be a number"),
    (["walk", "x", "x=nan"], "must be a number"),
    (["walk", "x", "x=inf"], "must be a number"),
    (["walk", "x", "x=1_0"], "must be a number"),
    (["walk", "x", "x=٣"], "must be a number"),
    (["walk", "x", "x=1e999"], "must be finite"),
    (["walk", "x", "2=3"], "'2' in '2=3' cannot be a name"),
    (["walk", "x", "if=3"], "cannot be a name"),
    (["walk", "x", "x=1", "-o"], "-o needs a value"),
    (["walk", "x", "x=1", "-o", "a", "-o", "b"], "-o is given twice"),
    (["walk", "x", "x=1", "--digits", "0"], "--digits must be from 1 to 17"),
    (["walk", "x", "x=1", "--digits=many"], "--digits must be from 1 to 17"),
    (["walk", "x", "x=1", "--outptu=x"], "did you mean '--output'?"),
])  # fmt: skip
def test_wrong_arguments_are_named(capsys, arguments, said):
    assert said in refused(capsys, *arguments)


# Expressions


def value_of(text, **numbers):
    return evaluate(text, numbers)[0].data


def test_expressions_compute_what_python_computes():
    x, y = 1.7, -0.4
    for text in ("x + y*2 - 3/x", "x**2**y", "-x**2", "(x - y) - (x - -y)", "2*3 + x", "+x",
                 "x/y/2", "-(-x)", ".5*x", "1e-3 + x"):  # fmt: skip
        names = {"x": x, "y": y}
        used = {name: number for name, number in names.items() if name in text}
        assert eval(text, {}, names) == value_of(text, **used)
    assert math.tanh(x) == value_of("tanh(x)", x=x)
    assert 3 * x == pytest.approx(value_of("sum([x, x, x])", x=x))
    assert -0.1 * 2 == value_of("leaky_relu(-x, 0.1)", x=2.0)
    assert -0.01 * 2 == value_of("leaky_relu(-x)", x=2.0)
    assert y == value_of("select([x, y], 1)", x=x, y=y)
    assert 5.0 == value_of("maximum(x, 5)", x=x)
    assert 6.0 == value_of("2*3")
    assert 2.0 == value_of(" ( x\n + 1 ) ", x=1)
    assert 3.0 == value_of("ﬁ + 1", ﬁ=2)  # names as Python reads them


def test_every_operation_of_the_table_can_be_called():
    for name, operation in TABLE.items():
        others = len(operation.operands) - 1
        if operation.chosen:
            text = f"{name}([x, x*2], 1)"
        else:
            text = f"{name}([x, x*2])" if operation.variadic else f"{name}(x{', 0.3' * others})"
        result, leaves = evaluate(text, {"x": 0.6})
        result.backward()
        assert math.isfinite(leaves["x"].grad)


def test_a_name_used_twice_is_one_leaf():
    result, leaves = evaluate("x*x + x", {"x": 3.0})
    result.backward()
    assert 7.0 == leaves["x"].grad
    assert ("y", "x*x") == (result.label, result._prev[0].label)
    assert "output" == evaluate("y*2", {"y": 1.0})[0].label


@pytest.mark.parametrize(("text", "column", "said"), [
    ("tanhh(x)", 1, "'tanhh' is not an operation; did you mean 'tanh'?"),
    ("1 + max(x, 2)", 5, "did you mean 'maximum'?"),
    ("softmax([x, x])", 1, "'softmax' is not an operation"),
    ("x + __import__('os').system('true')", 5, "no attributes"),
    ("__import__('os')", 1, "not an operation"),
    ("eval('1')", 1, "not an operation"),
    ("open(x)", 1, "not an operation"),
    ("().__class__", 1, "no attributes"),
    ("x.data", 1, "no attributes"),
    ("x.tanh()", 1, "no attributes"),
    ("2 * math.tanh(x)", 5, "no attributes"),
    ("(lambda: x)()", 2, "only an operation can be called"),
    ("lambda: x", 1, "no functions of one's own"),
    ("tanh(x)(x)", 1, "only an operation can be called"),
    ("x(2)", 1, "'x' is a number here"),
    ("[i for i in x]", 1, "not part of the language"),
    ("[x]", 1, "a list stands only"),
    ("x[0]", 1, "no indexing"),
    ("x, x", 1, "a comma"),
    ("x if x else 2", 1, "no conditionals"),
    ("x > 2", 1, "no comparisons"),
    ("not x", 1, "only + and -"),
    ("x and 2", 1, "no 'and'"),
    ("(z := x)", 2, "no assignments"),
    ("f'{x}'", 1, "no text"),
    ("x + 'a'", 5, "not a real number"),
    ("x + 2j", 5, "not a real number"),
    ("x + True", 5, "not a real number"),
    ("x + None", 5, "not a real number"),
    ("x + ...", 5, "not a real number"),
    ("x + 1e999", 5, "too large"),
    ("x * 1" + "0" * 400, 5, "too large"),
    ("x ^ 2", 1, "a power is written x**2"),
    ("x // 2", 1, "only + - * / and **"),
    ("x % 2", 1, "only + - * / and **"),
    ("x @ x", 1, "only + - * / and **"),
    ("2x", 1, "a product is written 2*x"),
    ("x +", 4, "not an expression"),
    ("(x", 1, "not an expression"),
    ("x)", 2, "not an expression"),
    ("x = 2", 3, "not an expression"),
    ("x; x", 2, "not an expression"),
    ("  x $ 2", 5, "not an expression"),
    ("x\x00", 2, "cannot stand"),
    ("x + \x1b[31m", 5, "cannot stand"),
    ("", 1, "no expression"),
    ("   ", 1, "no expression"),
    ("1 + tanh", 5, "is an operation: call it, as in tanh(a)"),
    ("tanh()", 1, "tanh got 0 operands; it is written tanh(a)"),
    ("x + tanh(x, x)", 5, "tanh got 2 operands"),
    ("tanh(a=x)", 8, "without names"),
    ("tanh(*x)", 6, "no unpacking"),
    ("tanh([x])", 6, "a list stands only"),
    ("sum(x)", 5, "sum takes a list; it is written sum([a, b])"),
    ("sum([x], start=x)", 16, "without names"),
    ("log(x - 5)", 1, "log of -4.0 ('x - 5')"),
    ("2 + x/0", 5, "division by zero"),
    ("exp(1000*x)", 1, "exp of 1000.0"),
    ("select([x], 3)", 1, "select of"),
    ("é*x + tanhh(x)", 1, "'é' has no value"),
    ("x + 0*sum([x, ßß])", 15, "'ßß' has no value"),
])  # fmt: skip
def test_errors_point_at_the_column(text, column, said):
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, {"x": 1.0})
    assert said in str(caught.value)
    assert column == caught.value.column + 1
    first, _, marks = str(caught.value).splitlines()
    assert first.startswith(f"column {column}: ")
    assert "^" in marks
    assert all(c.isprintable() or c == "\n" for c in str(caught.value))


def test_the_caret_stands_below_its_place_in_a_long_expression():
    text = " + ".join(["x"] * 60) + " + tanhh(x)" + " + x" * 10
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, {"x": 1.0})
    _, shown, marks = str(caught.value).splitlines()
    assert "tanhh" == shown[marks.index("^") : marks.rindex("^") + 1]


@pytest.mark.parametrize("text", [
    "(" * 150 + "x" + ")" * 150,
    "-" * 500 + "x",
    "-" * 1999 + "x",
    "tanh(" * 199 + "x" + ")" * 199,
    "tanh(" * (MOST_DEPTH + 1) + "x" + ")" * (MOST_DEPTH + 1),
    "+".join(["x"] * 500),
    "x**" * 600 + "x",
    "[" * 1000,
    "x+" * 100_000 + "x",
])  # fmt: skip
def test_length_and_depth_are_limited(text):
    if text.startswith("(("):
        assert 1.0 == value_of(text, x=1.0)  # brackets alone are no depth
        return
    with pytest.raises(ExpressionError, match=r"too deeply|up to 2,000|not an expression"):
        evaluate(text, {"x": 1.0})
    assert tanh(1.0).data == value_of("tanh(x)", x=1.0)


def test_an_error_of_the_expression_reaches_the_command_line(capsys):
    error = refused(capsys, "draw", "x + tanhh(x)", "x=1")
    assert error.endswith("  x + tanhh(x)\n      ^^^^^\n")


# One's own functions

MODULE = """
from tinygrad_neuron import Value, nn
def loss(w, b=0.5):
    z = w * 2.0 + b
    return (z - 1.0) ** 2
def neuron():
    return nn.Neuron(2, seed=1, activation="tanh")([1.0, -2.0])
def number():
    return 3.0
def broken():
    raise KeyError("mine")
NOT = 3
"""


@pytest.fixture
def module(tmp_path):
    name = f"own_module_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(MODULE)
    yield name
    sys.modules.pop(name, None)


def test_a_function_of_ones_own(module, capsys):
    assert 0 == main(["walk", f"{module}:loss", "w=3", "-o", "steps.json"])
    steps = json.loads(Path("steps.json").read_text())["steps"]
    assert f"{module}.py:4: z = w * 2.0 + b" == steps[0]["line"]
    assert 30.25 == next(s["value"] for s in steps if s["operation"] == "constant_power")
    assert 0 == main(["draw", f"{module}:neuron", "-o", "out.gv"])
    assert "neuron" in Path("out.gv").read_text().lower()


def test_a_function_of_ones_own_that_is_not_there(module, capsys):
    assert "did you mean 'neuron'?" in refused(capsys, "draw", f"{module}:neurn")
    assert "no function 'NOT'" in refused(capsys, "draw", f"{module}:NOT")
    assert "no module 'no_such_module'" in refused(capsys, "draw", "no_such_module:f")
    assert "missing a required argument: 'w'" in refused(capsys, "draw", f"{module}:loss")
    assert "unexpected keyword" in refused(capsys, "draw", f"{module}:neuron", "x=1")
    assert "must return one Value, it returned float 3.0" in refused(
        capsys, "draw", f"{module}:number"
    )
    with pytest.raises(KeyError, match="mine"):  # the user's own error keeps its traceback
        main(["draw", f"{module}:broken"])
