"""The book's page "The same in PyTorch": both sides of every row run, and give the same numbers."""

import ast
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "demos" / "book" / "pytorch.md").read_text("utf-8")

CODE = r"```python\n(.*?\n) {4}```\n"
ROWS = [
    (textwrap.dedent(left), textwrap.dedent(right))
    for left, right in re.findall(rf"\* - {CODE}  - {CODE}", PAGE, re.S)
]
SKLEARN = [row for row in ROWS if "MLPClassifier" in "".join(row)]
PYTORCH = [row for row in ROWS if row not in SKLEARN]


def run(code: str, names: dict[str, Any]) -> list[float] | None:
    """Run a snippet; the numbers of its last line, if that is an expression."""
    body = ast.parse(code).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "snippet", "exec"), names)
    if last is None:
        return None
    found = eval(ast.unparse(last), names)
    if hasattr(found, "detach"):
        found = found.detach()
    found = found.tolist() if hasattr(found, "tolist") else found
    if isinstance(found, list):
        return found
    return [float(found)] if isinstance(found, int | float) else None


def assert_same(here: list[float] | None, there: list[float] | None) -> None:
    if here is not None and there is not None:  # both have a number for their last line
        assert here == pytest.approx(there, rel=1e-9, abs=1e-12)


def test_every_row_of_the_page_is_found():
    assert len(ROWS) == PAGE.count("* - ```python")
    assert len(PYTORCH) > 12
    assert len(SKLEARN) == 2
    wide = [line for row in ROWS for code in row for line in code.splitlines() if len(line) > 50]
    assert [] == wide  # the other column would hide the rest


def test_what_stands_on_the_left_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for left, _ in PYTORCH:
        run(left, names)


def test_what_stands_on_the_right_gives_the_same_numbers(tmp_path, monkeypatch):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")
    monkeypatch.chdir(tmp_path)
    here: dict[str, Any] = {}
    there: dict[str, Any] = {}
    compared = 0
    before = torch.get_default_dtype()
    try:
        for left, right in PYTORCH:
            expected = run(left, here)
            there |= {"state": here["state"]} if "state" in here else {}
            actual = run(right, there)
            compared += None not in (expected, actual)
            assert_same(expected, actual)
        (shown,) = re.findall(r"^```python\n(from tinygrad_neuron.*?)```", PAGE, re.S | re.M)
        exec(shown, there)  # the module that was trained on the right, brought here
        assert "<html" in (tmp_path / "model.html").read_text("utf-8")
    finally:
        torch.set_default_dtype(before)
    assert compared >= 10


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.once
def test_scikit_learns_rows_give_the_same_numbers():
    pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra sklearn)")
    here: dict[str, Any] = {}
    there: dict[str, Any] = {}
    for left, right in SKLEARN:
        assert_same(run(left, here), run(right, there))
    assert type(here["network"]) is not type(there["network"])


def test_the_program_on_two_processes_is_that_of_the_demo():
    program = (ROOT / "demos" / "growing_up.py").read_text("utf-8")
    (shown,) = re.findall(r"\n```python\n(def go_on_together.*?)```", PAGE, re.S)
    assert shown in program


def test_three_lines_make_one_process_two():
    tree = ast.parse((ROOT / "demos" / "growing_up.py").read_text("utf-8"))
    functions = {f.name: f.body[1:] for f in tree.body if isinstance(f, ast.FunctionDef)}
    alone, together = (
        [ast.unparse(statement) for statement in functions[name]]
        for name in ("go_on", "go_on_together")
    )
    new = [line for line in together if line not in alone]
    assert len(new) == 3
    gone = [line for line in alone if line not in together]
    assert gone == ["loader = DataLoader(data, batch_size=BATCH)"]
