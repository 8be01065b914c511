"""Type checkers accept right programs, and refuse the usual mistakes where they are.

The programs are in tests/typing: those in `right` run, and both mypy --strict and pyright take
them. In `wrong` a comment says what each of the two says of a line: `# arg-type | ArgumentType`,
mypy's code and pyright's rule without `report`.
"""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROGRAMS = ROOT / "tests" / "typing"
MARK = re.compile(r"  # (?P<mypy>[\w, -]+) \| (?P<pyright>[\w, -]+)$")


def needs(module: str) -> pytest.MarkDecorator:
    missing = importlib.util.find_spec(module) is None
    return pytest.mark.skipif(missing, reason=f"{module} is not installed")


def expected(checker: str) -> set[tuple[str, int, str]]:
    """The file, the line and the code of each error that the comments promise."""
    return {
        (path.relative_to(PROGRAMS).as_posix(), number, code)
        for path in PROGRAMS.glob("wrong/*.py")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if (mark := MARK.search(line))
        for code in mark[checker].split(", ")
        if code != "-"
    }


@pytest.mark.parametrize("path", sorted(PROGRAMS.glob("right/*.py")), ids=lambda path: path.stem)
def test_a_right_program_runs(path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, str(path)], check=True, env=environment)


@needs("mypy")
def test_mypy_accepts_what_is_right_and_finds_what_is_wrong(tmp_path):
    """As at a user's: errors in the package itself are not his."""
    options = [
        "--strict", "--config-file=", "--follow-imports=silent", "--explicit-package-bases",
        "--no-error-summary", "--python-version=3.10", f"--cache-dir={tmp_path}",
    ]  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "tests/typing/right", "tests/typing/wrong"],
        capture_output=True, text=True, cwd=ROOT, env={**os.environ, "MYPYPATH": str(ROOT)},
    )  # fmt: skip
    found = re.findall(r"^tests.typing.(.*?):(\d+): error: .*  \[([\w-]+)\]$", run.stdout, re.M)
    assert found, run.stdout + run.stderr
    said = {(path.replace(os.sep, "/"), int(line), code) for path, line, code in found}
    assert said == expected("mypy")


@needs("basedpyright")
def test_pyright_accepts_what_is_right_and_finds_what_is_wrong(tmp_path):
    settings = {
        "include": [str(PROGRAMS)], "extraPaths": [str(ROOT)], "pythonVersion": "3.10",
        "typeCheckingMode": "standard",  # pyright's own
    }  # fmt: skip
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    run = subprocess.run(
        [sys.executable, "-m", "basedpyright", "-p", str(tmp_path), "--outputjson"],
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    said = {
        (
            Path(error["file"]).resolve().relative_to(PROGRAMS.resolve()).as_posix(),
            error["range"]["start"]["line"] + 1,
            error["rule"].removeprefix("report"),
        )
        for error in json.loads(run.stdout)["generalDiagnostics"]
    }
    assert said == expected("pyright")


def test_there_are_enough_of_both():
    assert len({(path, line) for path, line, _ in expected("mypy")}) >= 90
    assert len({(path, line) for path, line, _ in expected("pyright")}) >= 90
