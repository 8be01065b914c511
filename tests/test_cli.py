"""The command line: pictures, steps and pages of typed expressions, and clear errors."""

import configparser
import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tinygrad_neuron
from tests.draw.engines import needs_engine
from tinygrad_neuron.cli import main, parse

ROOT = Path(__file__).parent.parent


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


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a full disk is stood in for by Linux")
@pytest.mark.parametrize("words", [["walk", "w*x", "w=1", "x=2"], ["learn"]])
def test_a_full_disk_is_said_in_one_line(words):
    command = [sys.executable, "-m", "tinygrad_neuron", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, env=environment, text=True, check=False
        )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "No space left on device" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="the shell's >&- closes it")
def test_without_standard_output_a_command_does_its_work(tmp_path):
    line = f"{sys.executable} -m tinygrad_neuron walk x*x x=3 -o steps.txt >&-"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["sh", "-c", line], stderr=subprocess.PIPE, cwd=tmp_path, env=environment, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "steps.txt").read_text(encoding="utf-8").startswith("step 1 of 4")


def test_what_python_would_take_for_a_comment_is_refused():
    done = run("walk", "x #+ y", "x=1")
    assert done.returncode == 2
    assert "column 3: the character # cannot stand in an expression" in done.stderr


def test_an_ascii_stream_is_no_obstacle():
    done = run("walk", "x*x", "x=3", PYTHONIOENCODING="ascii")
    assert (0, "") == (done.returncode, done.stderr)
    assert "step 1 of 4 . forward" in done.stdout


@needs_engine
def test_draw_writes_the_picture_and_says_where():
    done = run("draw", "tanh(w*x + b)", "w=0.5", "x=2", "b=-1", "-o", "out.svg")
    assert (0, "wrote out.svg (6 nodes)\n", "") == (done.returncode, done.stdout, done.stderr)
    svg = Path("out.svg").read_text(encoding="utf-8")
    assert 1 == svg.count("<svg") and "not yet" not in svg


def test_the_command_is_installed():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    scripts = setup["options.entry_points"]["console_scripts"].split("\n")
    assert "tinygrad-neuron = tinygrad_neuron.__main__:main" in scripts


# In process


@pytest.mark.parametrize("words", [["walk", "-o", "old.txt"], ["draw", "-o", "old.gv"]])
def test_on_a_full_disk_the_old_file_stays(words, capsys, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    Path(words[-1]).write_text("old")
    monkeypatch.setattr(os, "fsync", full)
    assert 1 == main([words[0], "x*x", "x=3", *words[1:]])
    error = capsys.readouterr().err
    assert f"tinygrad-neuron: {words[-1]}: No space left on device\n" == error
    assert Path(words[-1]).read_text() == "old"
    assert [words[-1]] == os.listdir()


def test_a_file_that_the_users_own_function_misses_is_not_ours(capsys):
    Path("own.py").write_text("def loss(x):\n    return open('missing.txt')\n")
    with pytest.raises(FileNotFoundError, match=r"missing\.txt"):
        main(["walk", "own:loss", "x=1"])


def test_help_and_nothing(capsys):
    assert 0 == main(["--help"])
    assert capsys.readouterr().out.startswith("usage: tinygrad-neuron")
    assert 0 == main(["walk", "-h"])
    capsys.readouterr()
    for words in (["--version"], ["-V"]):
        assert 0 == main(words)
        assert f"tinygrad-neuron {tinygrad_neuron.__version__}\n" == capsys.readouterr().out
    assert 0 == main(["walk", "-V", "V=3", "-o", os.devnull])
    assert "(3 steps)" in capsys.readouterr().out  # of minus V


@pytest.mark.parametrize("words", [["help"], ["help", "walk"]])
def test_help_may_come_first(words, capsys):
    assert 0 == main([*words[1:], "--help"])
    long = capsys.readouterr().out
    assert 0 == main(words)
    assert long == capsys.readouterr().out
    assert "command 'wlak': unknown, did you mean 'walk'?" in refused(capsys, "help", "wlak")


def test_alone_it_says_in_ten_lines_what_one_can_do(capsys):
    assert 0 == main([])
    out, error = capsys.readouterr()
    lines = out.splitlines()
    assert ("", 10) == (error, len(lines)) and max(map(len, lines)) <= 80
    commands = [line.split("   ")[0].split() for line in lines if line.startswith("  tiny")]
    assert len(commands) == 7
    for _, *words in commands:
        words = [word.strip('"') for word in words]
        if words[0] in ("walk", "page", "--help"):  # the others, below
            assert 0 == main(words), words
        asked = parse(words)
        assert asked is None or asked.run
    exec(lines[-1].strip(), {})


def test_what_goes_wrong_is_told_on_stderr_without_a_traceback():
    Path("file").touch()
    for arguments, code in (
        (["drow"], 2), (["--vresion"], 2), (["draw"], 2), (["walk", "log(x)", "x=-1"], 2),
        (["draw", "x", "x=1", "-o", "file/x.gv"], 1), (["learn", "99"], 2),
    ):  # fmt: skip
        done = run(*arguments)
        assert (code, "") == (done.returncode, done.stdout), arguments
        assert done.stderr.startswith("tinygrad-neuron: ") and "Traceback" not in done.stderr


@needs_engine
def test_draw_has_a_default_file_and_further_formats(capsys):
    assert 0 == main(["draw", "-x**2", "x=3"])
    assert "wrote draw.svg (4 nodes)\n" == capsys.readouterr().out
    assert 0 == main(["draw", "x*2", "x=3", "--output=out.png", "--digits", "6"])
    assert Path("out.png").read_bytes().startswith(b"\x89PNG")


def test_draw_writes_source_without_an_engine(capsys, monkeypatch):
    monkeypatch.setattr("tinygrad_neuron.draw.rendering.find_engine", pytest.fail)
    assert 0 == main(["draw", "-o", "out.gv", "--", "--x", "x=3"])
    assert Path("out.gv").read_text().startswith("digraph")


def test_without_the_package_graphviz_drawing_says_what_brings_it(tmp_path):
    program = "import sys; sys.modules['graphviz'] = None; from tinygrad_neuron.cli import main; "
    program += "sys.exit(main(['draw', 'x*2', 'x=1']))"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (1, "") == (ran.returncode, ran.stdout)
    assert "tinygrad-neuron: the package graphviz is missing; pip install graphviz brings it\n" == (
        ran.stderr
    )
    assert not list(tmp_path.iterdir())


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


def test_page_writes_the_page_with_as_many_digits_as_asked(capsys):
    assert 0 == main(["page", "w*x", "w=1", "x=2", "--digits", "6"])
    assert "wrote page.html\n" == capsys.readouterr().out
    text = Path("page.html").read_text(encoding="utf-8")
    assert '"digits":6' in text and '"name":"w"' in text


@pytest.mark.parametrize(
    ("command", "file"),
    [("walk", "s.json"), ("walk", "s.txt"), ("page", "p.html"), ("draw", "x.gv")],
)
def test_folders_are_made_alike_for_every_suffix(command, file):
    assert 0 == main([command, "x*x", "x=1", "-o", f"a/b/{file}"])
    assert Path("a/b", file).exists()


def test_a_file_that_cannot_be_written(capsys):
    Path("no_folder").write_text("")
    for command, file in (("walk", "steps.json"), ("page", "p.html"), ("draw", "x.gv")):
        assert 1 == main([command, "x*x", "x=1", "-o", f"no_folder/{file}"])
        assert f"no_folder/{file}: " in capsys.readouterr().err
    assert "suffix" in refused(capsys, "draw", "x*x", "x=1", "-o", "out.docx")


@pytest.mark.parametrize(("arguments", "said"), [
    (["drow", "x", "x=1"], "did you mean 'draw'?"),
    (["--"], "a command is missing, one of draw, walk, page, learn"),
    (["walk", "x", "x=1", "--digits", "-3"], "--digits: must be from 1 to 17, got '-3'"),
    (["--digits", "6"], "a command is missing, one of draw, walk, page, learn"),
    (["walk", "x", "x=1", "--output="], "needs the name of a file, as in -o out.svg"),
    (["learn", "--output=x"], "option '--output=x' is unknown. Known: --draft, --help"),
    (["draw"], "an expression is missing"),
    (["draw", ""], "an expression is missing"),
    (["walk", "x=3"], "an expression is missing"),
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
    (["walk", "x", "x=1", "-o"], "-o/--output: expected one argument"),
    (["walk", "x", "x=1", "-o", "a", "-o", "b"], "-o is given twice"),
    (["walk", "x", "x=1", "--digits", "0"], "--digits: must be from 1 to 17"),
    (["walk", "x", "x=1", "--digits=many"], "--digits: must be from 1 to 17"),
    (["walk", "x", "x=1", "--outptu=x"], "did you mean '--output'?"),
    (["learn", "99"], "there is no lesson 99; there are 1, 2"),
    (["learn", "one"], "a lesson has a number, such as 6, got 'one'"),
    (["learn", "1", "2"], "learn takes [N]"),
    (["learn", "--rest"], "did you mean '--reset'"),
    (["notebook"], "the lesson's number is missing"),
    (["notebook", "1", "a", "b"], "notebook takes N [FOLDER] [--lessons FOLDER], got"),
    (["book", "a", "b"], "book takes [FOLDER] [--lessons FOLDER] [--draft] [--address URL]"),
    (["lern"], "did you mean 'learn'"),
])  # fmt: skip
def test_wrong_arguments_are_named(capsys, arguments, said):
    assert said in refused(capsys, *arguments)


def test_options_stand_anywhere_and_words_may_begin_with_a_minus(capsys):
    for arguments in (
        ["walk", "-x**y", "x=3", "y=2", "-o", "-steps.txt"],
        ["-o", "-steps.txt", "walk", "-x**y", "x=3", "y=2"],
        ["walk", "-x**y", "x=3", "-o", "-steps.txt", "y=2"],
        ["walk", "-o", "-steps.txt", "--digits=3", "-x**y", "x=3", "y=2"],
        ["walk", "--output=-steps.txt", "--", "-x**y", "x=3", "y=2"],
    ):
        assert 0 == main(arguments), arguments
        assert "wrote -steps.txt" in capsys.readouterr().out
        assert "-9" in Path("-steps.txt").read_text()
        Path("-steps.txt").unlink()
    assert 0 == main(["-o", "draw", "walk", "page", "page=3"])  # a file, a command and a name
    assert "wrote draw (1 step)\n" == capsys.readouterr().out


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


@pytest.mark.parametrize("command", [
    ["book"], ["course", "judge", "in"], ["course", "moodle"], ["course", "slides"],
    ["course", "notes"],
])  # fmt: skip
def test_what_cannot_be_written_is_said_before_any_lesson_is_run(capsys, monkeypatch, command):
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("it runs"))
    Path("file").write_text("")
    assert 1 == main([*command, "file/made"])
    assert capsys.readouterr().err.splitlines()[-1].endswith(": Not a directory")
    assert ["file"] == os.listdir()
