"""What the README and the book's tour show runs and prints what they say, and leads somewhere."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.draw.engines import needs_engine
from tinygrad_neuron import Value
from tinygrad_neuron.calculus.table import TABLE

ROOT = Path(__file__).parent.parent
BOOK = ROOT / "demos" / "book"
README = (ROOT / "README.md").read_text(encoding="utf-8")
TOUR = (BOOK / "tour.md").read_text(encoding="utf-8")
# A link's target, and its title, which names a test.
LINK = re.compile(r'\]\(([^) ]+)(?: "([^"]*)")?\)|(?:src|srcset)="([^"]+)"')
LINKS = [
    pytest.param(at, given[0] or given[2], given[1], id=given[0] or given[2])
    for at, text in ((ROOT, README), (BOOK, TOUR), (BOOK, (BOOK / "speed.md").read_text("utf-8")))
    for given in dict.fromkeys(LINK.findall(text))
]


@needs_engine
def test_every_example_of_the_tour_prints_what_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^ *```python\n(.*?)^ *```$", TOUR, re.DOTALL | re.MULTILINE)
    assert len(blocks) == TOUR.count("```python")
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "tour", None, 0)
    assert len(examples.examples) > 25
    try:
        results = doctest.DocTestRunner().run(examples)
    finally:
        TABLE.pop("bent", None)
        if hasattr(Value, "bent"):
            del Value.bent
    assert results.failed == 0
    assert (tmp_path / "out/y.svg").read_text().count("<svg") == 1


def test_the_walkthrough_prints_what_the_tour_shows():
    shown = re.search(r"```text\n(forward: .*?)```", TOUR, re.DOTALL).group(1)
    command = [sys.executable, "-X", "utf8", str(ROOT / "demos/walkthrough.py")]
    printed = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    assert shown == printed


@needs_engine
def test_the_moving_picture_is_what_the_program_below_it_writes(tmp_path, monkeypatch):
    """Its words and numbers; how lines are drawn differs from engine to engine."""
    monkeypatch.chdir(tmp_path)
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(program, {})
    written = Path("backward.svg").read_text("utf-8")
    for name in ("light", "dark"):
        shown = (BOOK / "images" / f"backward-{name}.svg").read_text("utf-8")
        assert words(written) == words(shown), "draw it again: `animate` with this theme"


def words(svg: str) -> list[str]:
    return re.findall(r">([^<>\n]+)</text>", svg)


def test_the_readme_is_read_in_three_minutes():
    prose = re.sub(r"\]\([^)]*\)|<[^>]*>|^\|[-|]+\|$", "", README, flags=re.MULTILINE)
    assert len(prose.split()) < 1100


def test_every_entry_of_our_column_names_a_test_or_a_benchmark():
    table = README[README.index("| a value is |") :].split("\n\n")[0].splitlines()
    assert len(table) > 10
    for row in table:
        ours, *others = [cell.strip() for cell in row.strip("|").split("|")][1:]
        links = re.findall(r"\]\(tests/([^) ]+)", ours)
        assert links, f"{ours!r}: which test or benchmark holds it?"
        assert len(others) == 6, row


def test_ci_runs_the_test_command_of_the_readme():
    if not (ROOT / ".ci/run").exists():
        pytest.skip("no .ci/run beside these tests")
    command = re.search(r"^python3 -m venv .*pytest.*$", README, re.MULTILINE).group()
    assert f"test_command='{command}'" in (ROOT / ".ci/run").read_text()


@pytest.mark.parametrize(("at", "link", "test"), LINKS)
def test_every_link_leads_somewhere(at, link, test):
    if link.startswith("https://"):
        return
    assert (at / link).exists()
    if test:
        assert f"def {test}(" in (at / link).read_text("utf-8")


def test_powershells_commands_are_the_same():
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    here = [re.sub(r"\.venv/bin/(\w+)", r".venv\\Scripts\\\1", command) for command in commands]
    here = [command.replace("python3", "py", 1).replace(" &&", ";") for command in here]
    assert here == re.findall(r"^py -m venv .*$", README, re.MULTILINE)
    assert len(here) == 2
