"""Wherever the package lies and whatever the machine lacks: it works, or one line says why not.

From a zipped wheel, from a folder that cannot be written, without a home, with a locale that has
only ASCII, with standard streams that are closed or full.
"""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import graphviz
import pytest

import tinygrad_neuron

PACKAGE = Path(tinygrad_neuron.__file__).parent
ROOT = PACKAGE.parent
BESIDE = Path(graphviz.__file__).parent.parent  # what is installed
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
# None of these needs the learner, a browser or the extras.
COMMANDS = {
    "walk": ["walk", "tanh(w*x + b)", "w=0.5", "x=2", "b=-1"],
    "walk, written": ["walk", "x*x", "x=3", "-o", "steps.txt"],
    "page": ["page", "x*x", "x=3"],
    "draw": ["draw", "x*x", "x=3", "-o", "x.gv"],
    "learn": ["learn"],
    "learn 1": ["learn", "1"],
    "notebook": ["notebook", "1"],
    "help": ["--help"],
    "draw, help": ["draw", "--help"],
    "asked wrongly": ["walk", "é*x", "x=3"],
}
NO_HOME = """
import os, sys, types
sys.modules["pwd"] = types.SimpleNamespace(getpwuid={}.__getitem__)  # the system knows no user
for name in ("HOME", "USERPROFILE", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
    os.environ.pop(name, None)
"""
MAIN = "import sys; from tinygrad_neuron.cli import main; sys.exit(main({!r}))"


def run(
    arguments: list[str], at: Path, folder: Path = ROOT, **options: object
) -> "subprocess.CompletedProcess[str]":
    """A Python without our environment, with the package as it lies in a folder or a zip."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV_"))}
    environment |= {"PYTHONPATH": os.pathsep.join([str(folder), str(BESIDE)])}
    environment |= options.pop("environment", {})  # type: ignore[arg-type]
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=at, env=environment, errors="replace", timeout=120, check=False,
        **{
            "encoding": "utf-8", "stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
        } | options,
    )  # fmt: skip


def works_or_says_why_not(done: "subprocess.CompletedProcess[str]") -> None:
    said = done.stderr or ""
    assert "Traceback" not in said
    assert done.returncode in (0, 1, 2)
    lines = said.splitlines()
    assert len(lines) <= 4, said  # an expression is shown, with a caret
    assert done.returncode == 0 or not lines or lines[0].startswith("tinygrad-neuron: ")


@pytest.fixture(scope="module")
def zipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a wheel holds; it runs with -S, for a clone that is installed would come first."""
    path = tmp_path_factory.mktemp("zipped") / "tinygrad_neuron.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for top in (PACKAGE, ROOT / "demos"):
            for file in top.rglob("*"):
                if file.is_file() and "__pycache__" not in file.parts:
                    name = file.relative_to(ROOT).as_posix()
                    wheel.write(file, name.replace("demos/", "tinygrad_neuron/demos/", 1))
    return path


ZIPPED = """
import sys, tinygrad_neuron
from tinygrad_neuron import Value, compile, datasets, define_operation, draw_dot, nn, walkthrough
assert ".whl" in tinygrad_neuron.__file__
x = Value(0.5)
f = compile(lambda x: nn.Neuron(2, seed=0)([x, 1.0]))
f(x).backward()
assert "function" in f.javascript(0.5)
define_operation("cube", "a * a * a", ["3 * a * a"])(x).backward()
assert len(datasets.iris()) == 150
assert "digraph" in draw_dot(x * x).source
walkthrough(x * x).page("page.html")
"""


def test_imported_from_a_zipped_wheel_all_works(zipped: Path, tmp_path: Path) -> None:
    done = run(["-S", "-c", ZIPPED], tmp_path, zipped)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "page.html").stat().st_size > 50_000


@pytest.mark.parametrize("name", ["walk", "page", "learn"])
def test_a_command_from_a_zipped_wheel(zipped: Path, tmp_path: Path, name: str) -> None:
    done = run(["-S", "-m", "tinygrad_neuron", *COMMANDS[name]], tmp_path, zipped)
    works_or_says_why_not(done)
    if name == "learn":
        assert f"which is no folder; install it: pip install {zipped}" in done.stderr
    else:
        assert done.returncode == 0


def test_nothing_is_written_where_the_package_lies(tmp_path: Path) -> None:
    """So a folder that cannot be written is as good (for root no folder is one)."""

    def there() -> dict[Path, float]:
        found = {p: p.stat().st_mtime for top in (PACKAGE, ROOT / "demos") for p in top.rglob("*")}
        return {path: time for path, time in found.items() if "__pycache__" not in str(path)}

    before = there()
    for name in ("walk, written", "page", "draw", "notebook"):
        assert run(["-m", "tinygrad_neuron", *COMMANDS[name]], tmp_path).returncode == 0
    assert before == there()


@pytest.mark.parametrize("name", ["walk", "learn", "notebook"])
def test_without_a_home(tmp_path: Path, name: str) -> None:
    works_or_says_why_not(run(["-c", NO_HOME + MAIN.format(COMMANDS[name])], tmp_path))


def test_without_a_home_c_is_compiled_and_not_kept(tmp_path: Path) -> None:
    program = NO_HOME + (
        "from tinygrad_neuron import compile\n"
        "from tinygrad_neuron.compiler import CompilerNotFoundError\n"
        "try:\n    print(compile(lambda x: x * x, target='c')(3.0).data)\n"
        "except CompilerNotFoundError:\n    print(9.0)\n"
    )
    done = run(["-c", program], tmp_path, environment={"TINYGRAD_NEURON_CACHE": "1"})
    assert (done.returncode, done.stdout) == (0, "9.0\n")
    assert done.stderr == "" or "TINYGRAD_NEURON_CACHE" in done.stderr


@pytest.mark.parametrize("name", ["walk", "page", "learn", "notebook", "asked wrongly"])
def test_with_an_ascii_locale(tmp_path: Path, name: str) -> None:
    done = run(["-m", "tinygrad_neuron", *COMMANDS[name]], tmp_path, environment=ASCII)
    works_or_says_why_not(done)
    assert done.returncode == 2 * (name == "asked wrongly")


@pytest.mark.parametrize("encoding", ["cp1252", "cp437"])  # of consoles of Windows
@pytest.mark.parametrize("name", ["walk", "learn 1", "asked wrongly"])
def test_with_an_old_code_page(tmp_path: Path, name: str, encoding: str) -> None:
    done = run(
        ["-m", "tinygrad_neuron", *COMMANDS[name]],
        tmp_path, environment={"PYTHONIOENCODING": encoding}, encoding=encoding,
    )  # fmt: skip
    works_or_says_why_not(done)
    assert done.returncode == 2 * (name == "asked wrongly")
    assert done.stdout or done.returncode


def test_with_an_ascii_locale_a_name_that_it_has_not(tmp_path: Path) -> None:
    done = run(["-m", "tinygrad_neuron", "walk", "é*é", "é=3", "-o", "é.txt"], tmp_path)
    works_or_says_why_not(done)
    assert (tmp_path / "é.txt").exists()
    ascii_streams = {"PYTHONIOENCODING": "ascii"}
    done = run(["-m", "tinygrad_neuron", *done.args[3:]], tmp_path, environment=ascii_streams)
    works_or_says_why_not(done)
    assert done.stdout == "wrote \\xe9.txt (4 steps)\n"


def test_the_demo_that_prints_walks_in_ascii(tmp_path: Path) -> None:
    done = run([str(ROOT / "demos" / "walkthrough.py")], tmp_path, environment=ASCII)
    assert (done.returncode, done.stderr) == (0, "")
    assert "w.x = 1 + 0.5 = 1.5" in done.stdout


DEMOS = {"walkthrough": [], "quickstart": [], "moons": [], "names_gpt": ["--steps", "1"]}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a full disk is stood in for by Linux")
@pytest.mark.parametrize("name", DEMOS)
def test_a_demo_says_in_one_line_that_it_cannot_print(name: str, tmp_path: Path) -> None:
    for needed in {"walkthrough": [], "moons": ["matplotlib"]}.get(name, ["matplotlib", "tqdm"]):
        pytest.importorskip(needed, reason="the extra demos is not installed")
    with open("/dev/full", "w") as full:
        demo = [str(ROOT / "demos" / f"{name}.py"), *DEMOS[name]]
        done = run(["-u", *demo], tmp_path, stdout=full)
    said = f"{name}.py: cannot write: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, said)


def test_each_demo_ends_in_order() -> None:
    for path in (ROOT / "demos").glob("*.py"):
        if not path.name.startswith("lesson_"):
            assert "sys.exit(as_program(" in path.read_text("utf-8"), path.name


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a full disk is stood in for by Linux")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("last", ["", "show(1, '')\n", "raise KeyError('of the learner')\n"])
def test_a_lesson_that_runs_as_a_script_ends_in_order(
    last: str, unbuffered: str, tmp_path: Path
) -> None:
    lesson = tmp_path / "lesson_3_own.py"
    lesson.write_text(f"from tinygrad_neuron.course import show\nprint('so')\n{last}")
    at_once = {"PYTHONUNBUFFERED": unbuffered}
    with open("/dev/full", "w") as full:
        done = run([str(lesson)], tmp_path, stdout=full, environment=at_once)
    *before, said = done.stderr.splitlines()
    assert (done.returncode, said) == (1, "lesson_3_own.py: cannot write: No space left on device")
    assert bool(before) == ("KeyError" in last and not unbuffered)  # what was wrong is told as ever


def test_no_text_is_read_or_written_in_the_encoding_of_the_machine(tmp_path: Path) -> None:
    options = ["-X", "warn_default_encoding", "-W", "error::EncodingWarning"]
    for name in ("walk, written", "page", "draw", "learn", "notebook"):
        done = run([*options, "-m", "tinygrad_neuron", *COMMANDS[name]], tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), name


@pytest.mark.skipif(os.name != "posix", reason="the shell closes them")
@pytest.mark.parametrize("closed", [">&-", "<&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("name", ["walk, written", "asked wrongly", "help"])
def test_with_standard_streams_closed(tmp_path: Path, name: str, closed: str) -> None:
    line = f'"$@" {closed}'
    arguments = ["-m", "tinygrad_neuron", *COMMANDS[name]]
    done = subprocess.run(
        ["sh", "-c", line, "sh", sys.executable, *arguments],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, encoding="utf-8", timeout=120,
        stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    works_or_says_why_not(done)
    assert done.returncode == 2 * (name == "asked wrongly")
    assert "2>" in closed or done.returncode == 0 or done.stderr
    assert ">&-" in closed.split() or done.returncode or done.stdout
    assert (tmp_path / "steps.txt").exists() == (name == "walk, written")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a full disk is stood in for by Linux")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("name", ["walk", "learn", "learn 1", "help", "draw, help", "notebook"])
def test_with_standard_output_full(tmp_path: Path, name: str, unbuffered: str) -> None:
    with open("/dev/full", "w") as full:
        at_once = {"PYTHONUNBUFFERED": unbuffered}  # written at once, or all at the end
        command = ["-m", "tinygrad_neuron", *COMMANDS[name]]
        done = run(command, tmp_path, stdout=full, environment=at_once)
    assert (done.returncode, done.stderr) == (
        1, "tinygrad-neuron: cannot write: No space left on device\n"
    )  # fmt: skip


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a full disk is stood in for by Linux")
def test_what_cannot_be_told_changes_no_exit_code(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        command = ["-m", "tinygrad_neuron", *COMMANDS["asked wrongly"]]
        assert run(command, tmp_path, stderr=full).returncode == 2
