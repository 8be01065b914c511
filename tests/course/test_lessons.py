"""Every lesson runs, as a script and as a notebook, here and from an installed wheel."""

import ast
import json
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tinygrad_neuron.cli import main
from tinygrad_neuron.course import lessons
from tinygrad_neuron.course.marking import mathml
from tinygrad_neuron.course.notebooks import executable, to_notebook, write_notebook
from tinygrad_neuron.course.tex import FORMULA
from tinygrad_neuron.course.writing import plumbing

ROOT = Path(__file__).parent.parent.parent
ALL = lessons.lessons()
ASKED = '<tn-question|class="tn-asked'
BY_NAME = pytest.mark.parametrize("lesson", ALL, ids=lambda lesson: lesson.name)


def test_the_lessons_are_numbered_without_a_gap():
    assert list(range(1, 16)) == [lesson.number for lesson in ALL]


@BY_NAME
def test_a_lesson_runs_as_a_script_without_a_display(lesson, tmp_path):
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-W", "error::DeprecationWarning:__main__", lesson.path],
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
    )
    assert 0 == run.returncode, run.stderr
    assert [] == list(tmp_path.iterdir())  # it writes nothing
    assert lesson.questions == len(
        re.findall(r"^(?:Predict|Exercise|Task): ", run.stdout, re.MULTILINE)
    )


@BY_NAME
def test_a_lesson_predicts_and_ends_with_three_to_five_exercises(lesson):
    code = "\n".join(cell.source for cell in lesson.cells if cell.kind == "code")
    assert len(re.findall(r"^(?:\w+ = )?predict\(", code, re.MULTILINE)) >= 1
    assert 3 <= len(re.findall(r"^(?:\w+ = )?exercise\(", code, re.MULTILINE)) <= 5


@BY_NAME
def test_our_reader_and_jupytext_agree_on_the_cells(lesson):
    jupytext = pytest.importorskip("jupytext", reason="jupytext is not installed")
    read = jupytext.read(lesson.path, fmt="py:percent")
    links = r"\1.ipynb"
    theirs = [
        (
            cell.cell_type,
            re.sub(r"(?<=\]\()(lesson_\w+)\.py", links, cell.source).strip("\n"),
            cell.metadata.get("tags", []),
        )
        for cell in read.cells
    ]
    ours = [
        (cell.cell_type, cell.source, cell.metadata.get("tags", []))
        for cell in executable(lesson).cells
    ]
    assert ours == theirs


@BY_NAME
def test_the_source_a_learner_sees_does_not_hold_the_answers(lesson):
    told = re.compile(r"\b(answer|solution|explanation)=|\b(exercise|task|predict)\(\s*[\"']")
    for source in (cell.visible_source for cell in lesson.cells):
        assert not told.search(source)
    for cell in to_notebook(lesson).cells:
        assert cell.cell_type == "markdown" or not told.search(cell.source)


@BY_NAME
def test_every_formula_of_a_lesson_can_be_shown(lesson):
    pytest.importorskip("docutils", reason="the extra book is not installed")
    texts = [cell.source for cell in lesson.cells if cell.kind == "text"]
    for cell in lesson.cells:
        if cell.kind == "code":
            nodes = ast.walk(ast.parse(cell.source))
            texts += [n.value for n in nodes if isinstance(n, ast.Constant)]
    for text in texts:
        for found in FORMULA.finditer(text) if isinstance(text, str) else []:
            if not found["code"]:
                mathml(found["block"] or found["inline"])


@BY_NAME
def test_the_source_a_learner_sees_has_no_plumbing(lesson):
    found = [f"line {cell.line}: {what}" for cell in lesson.cells for what in plumbing(cell)]
    assert [] == found


@BY_NAME
def test_a_notebook_has_every_cell_of_the_lesson_in_its_order(lesson):
    """What is out of sight is called for; what follows a prediction waits until it is run."""
    waits, expected = False, []
    for cell in lesson.cells:
        before, rest = cell.split() if cell.kind == "text" else (None, None)
        if cell.is_hidden or (waits and before):
            key = cell.key if cell.is_hidden else before.key
            expected.append(key)
        if cell.kind == "code" and not cell.is_hidden:
            expected.append(cell.source)
        waits = (waits and not rest) or cell.predicts
    install, first, *code = [
        cell.source for cell in to_notebook(lesson).cells if cell.cell_type == "code"
    ]
    written = []
    for source in code:
        if source.startswith(f"course.hidden({lesson.number}, "):
            written += re.findall(r'"(\w+)"', source)
        elif not re.search(r"^course\.check\(", source, re.MULTILINE):
            written.append(source)
    assert expected == written
    assert "from tinygrad_neuron import course" == first
    assert '    %pip install -q "tinygrad_neuron[learn]"' in install


@pytest.mark.once
def test_an_exported_notebook_shows_no_answer_and_waits_too(browser, tmp_path):
    nbconvert = pytest.importorskip("nbconvert", reason="nbconvert is not installed")
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    import nbformat

    notebook = nbformat.from_dict(to_notebook(ALL[0]).to_json())
    resources = {"metadata": {"path": tmp_path}}
    nbclient.NotebookClient(notebook, timeout=300, resources=resources).execute()
    page = tmp_path / "lesson.html"
    page.write_text(nbconvert.HTMLExporter().from_notebook_node(notebook)[0], "utf-8")
    tab = browser.new_context(offline=True).new_page()
    tab.goto(page.as_uri())
    text = tab.evaluate("document.body.innerText")
    assert not re.search(r"\b(answer|solution|explanation|wrong)=", text)
    question = tab.locator("tn-question[before]").first
    asked = json.loads(question.get_attribute("data-question"))
    assert "The key vetoes." in asked["explanation"]
    assert "The key vetoes" not in text
    assert "In 1943 this unit was published" not in text  # that is behind the question
    assert "The threshold decides which question is asked" in text  # that is the next heading
    question.get_by_role("button", name="Show me").click()
    assert "In 1943 this unit was published" in tab.evaluate("document.body.innerText")
    assert "The key vetoes" in question.locator(".said").inner_text()
    assert "it should give" in text  # the code to begin with has been judged
    tab.context.close()


def test_a_file_that_is_no_lesson_is_refused(tmp_path):
    path = tmp_path / "lesson_9_none.py"
    path.write_text("# %%\nx = 1\n")
    with pytest.raises(lessons.LessonError, match="begins with a cell of text"):
        lessons.read(path)


HEAD = "# %% [markdown]\n# # Lesson 9. Loops\n\n# %%\nfrom tinygrad_neuron.course import exercise\n"


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("for i in range(3):\n    exercise('i?', answer=i)", 7),
        ("if True:\n    pass\n    x = exercise('1?', answer=1)", 8),
        ("def ask():\n    return exercise('1?', answer=1)", 7),
        ("a, b = exercise('1?', answer=1), 2", 6),
        ("asked = [exercise(f'{i}?', answer=i) for i in (1, 2)]", 6),
        ("print(1)\nask = exercise\nask('1?', answer=1)", 7),
        ("from tinygrad_neuron.course import exercise as ask\nask('1?', answer=1)", 6),
        ("import tinygrad_neuron.course as c\n\nc.predict('1?', answer=1)", 8),
        ("list(map(exercise, ['1?']))", 6),
        ("x = (\n", 6),
    ],
)
def test_a_question_whose_answer_could_not_be_hidden_is_refused(tmp_path, code, line):
    path = tmp_path / "lesson_9_loops.py"
    path.write_text(HEAD + code + "\n", "utf-8")
    with pytest.raises(lessons.LessonError, match=rf"lesson_9_loops\.py, line {line}: "):
        lessons.read(path)


def test_a_models_own_predict_is_no_question(tmp_path):
    path = tmp_path / "lesson_9_model.py"
    path.write_text(HEAD + "y = model.predict([1.0])\nasked = exercise('1?', answer=1)\n", "utf-8")
    assert 1 == lessons.read(path).questions


def test_a_lesson_that_is_refused_is_no_notebook_and_no_book(tmp_path, monkeypatch, capsys):
    (tmp_path / "lesson_1_loops.py").write_text(
        HEAD + "for i in (1, 2):\n    exercise('i?', answer=i)\n", "utf-8"
    )
    (tmp_path / "book").mkdir()
    monkeypatch.setattr(lessons, "folder", lambda: tmp_path)
    for command in (["notebook", "1", str(tmp_path)], ["book", str(tmp_path / "made")]):
        assert 2 == main(command)
        assert "lesson_1_loops.py, line 7: a question inside" in capsys.readouterr().err
    assert ["book", "lesson_1_loops.py"] == sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.once
@BY_NAME
def test_a_lesson_runs_as_a_notebook_in_a_kernel(lesson, tmp_path):
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    import nbformat

    notebook = nbformat.read(write_notebook(lesson, tmp_path), as_version=4)
    nbformat.validate(notebook)
    nbclient.NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": tmp_path}}
    ).execute()
    shown = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]
    questions = [o for o in shown if re.search(ASKED, o["data"]["text/html"])]
    assert lesson.questions == len(questions)
    assert not [cell for cell in notebook.cells if str(cell).count("'name': 'stderr'")]
    results = [o for c in notebook.cells for o in c.get("outputs", [])]
    assert not [o for o in results if o.output_type == "execute_result"]  # the same as the script


def test_a_notebook_that_a_learner_changed_is_not_overwritten(tmp_path):
    path = write_notebook(ALL[0], tmp_path)
    first = path.read_text("utf-8")
    run = json.loads(first)
    code = next(cell for cell in run["cells"] if cell["cell_type"] == "code")
    code["execution_count"] = 1
    path.write_text(json.dumps(run), "utf-8")
    assert first == write_notebook(ALL[0], tmp_path).read_text("utf-8")  # run, not changed
    code["source"] = "mine = 1"
    path.write_text(json.dumps(run), "utf-8")
    command = [sys.executable, "-m", "tinygrad_neuron", "notebook", "1", str(tmp_path)]
    refused = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert 1 == refused.returncode
    assert "has been changed, so it is left as it is" in refused.stderr
    assert "mine = 1" in path.read_text("utf-8")


def test_an_installed_wheel_has_the_whole_course(tmp_path):
    source = tmp_path / "source"
    left_out = shutil.ignore_patterns(".*", "*.egg-info", "build", "out", "tests", "__pycache__")
    shutil.copytree(ROOT, source, ignore=left_out)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    build = ["wheel", "--no-deps", "-w", str(tmp_path), str(source)]
    subprocess.run([*pip, *build], check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    packages = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tinygrad_neuron").rglob("*")
        if path.suffix in (".py", ".js", ".css", ".html", ".gz", ".typed")
    }
    book = {
        f"tinygrad_neuron/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "demos/book").rglob("*")
        if path.is_file() and path.suffix in (".py", ".md", ".css")
    }
    files = {f"tinygrad_neuron/demos/{lesson.path.name}" for lesson in ALL}
    assert set() == (packages | book | files) - names
    # Installed elsewhere, without the extras: the lessons are found, and a lesson runs.
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False, system_site_packages=False, symlinks=True)
    [site] = environment.glob("lib/python*/site-packages")
    zipfile.ZipFile(wheel).extractall(site)
    import graphviz

    shutil.copytree(Path(graphviz.__file__).parent, site / "graphviz")
    python = environment / "bin" / "python"

    def learn(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [python, "-X", "utf8", "-m", "tinygrad_neuron", *arguments],
            capture_output=True,
            encoding="utf-8",
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
        )

    listed = learn("learn")
    assert all(lesson.title in listed.stdout for lesson in ALL)
    assert 'pip install "tinygrad_neuron[learn]"' in listed.stdout
    first = learn("learn", "1")
    assert (0, "") == (first.returncode, first.stderr)
    assert f"{len(ALL[0].counted)} of {len(ALL[0].counted)}" in first.stdout
    notebook = learn("notebook", "1")
    assert (0, "wrote lesson_1_mcculloch_pitts.ipynb\n") == (notebook.returncode, notebook.stdout)
    built = learn("book")
    assert 1 == built.returncode
    assert 'pip install "tinygrad_neuron[book]"' in built.stderr
