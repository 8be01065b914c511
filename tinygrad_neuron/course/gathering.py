"""What the book is built from: the lessons as notebooks, the pages, and the glossary."""

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from ..interface import say
from . import downloads, wheel
from . import lessons as places
from .chosen import TITLE, Course
from .hosting import Hosting
from .images import with_plain_names
from .marking import asset
from .notebooks import Notebook, NotebookCell, executable, to_notebook

_LESSONS = "<!-- lessons -->"
# Pages that are for who teaches or builds: the book of a teacher's course is for those who learn.
FOR_OTHERS = ("teaching", "writing_a_lesson", "how_it_is_built", "changelog")


def gather(
    folder: Path, course: Course, draft: bool = False, hosting: "Hosting | None" = None
) -> None:
    """Write what Sphinx builds from: the lessons as notebooks, the pages around them, and what is
    downloaded."""
    hosting = Hosting() if hosting is None else hosting
    left_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(places.folder() / "book", folder, ignore=left_out)
    for name in () if course.is_whole else FOR_OTHERS:
        (folder / f"{name}.md").unlink()
    _put_beside(folder, course)
    notebooks = folder / "files" / "notebooks"
    notebooks.mkdir(parents=True, exist_ok=True)
    course.put_files(notebooks)
    requirement = hosting.requirement(wheel.name())
    for lesson in course.checked():
        to_take = to_notebook(lesson, requirement=requirement)
        _write(notebooks / f"{lesson.name}.ipynb", to_take)
        notebook = executable(lesson, draft)
        for cell, own in zip(notebook.cells, lesson.cells, strict=True):
            if own.questions:
                cell.metadata["tags"] = [*cell.metadata.get("tags", []), "remove-input"]
        notebook.cells.insert(1, _ways_to_run(lesson, course, hosting))
        _link_to_what_is_there(notebook, course, folder)
        _write(folder / f"{lesson.name}.ipynb", notebook)
    glossary = folder / "glossary.md"
    text = glossary.read_text("utf-8")
    glossary.write_text(with_ways_back(text, course.lessons, used=not course.is_whole), "utf-8")
    (folder / "scorer.js").write_text(_scorer(course.lessons, glossary), "utf-8")
    programs = folder / "programs"
    programs.mkdir()
    for page in folder.glob("*.md"):  # the program that a page shows is in the demos
        for name in re.findall(r"programs/(\w+\.py)", page.read_text("utf-8")):
            shutil.copy(places.folder() / name, programs)
    downloads.write(folder, requirement)
    gone = [name for name in FOR_OTHERS if not (folder / f"{name}.md").exists()]
    for page in folder.glob("*.md"):
        text = _without(gone, page.read_text("utf-8"))
        if page.stem == "index" and not course.is_whole:
            text = _TOCTREE.sub(_aside, text)
        page.write_text(_of_course(text, course), "utf-8")


def _put_beside(folder: Path, course: Course) -> None:
    """What a teacher's folder has beside its lessons; a page takes the place of ours."""
    for path in course.files:
        assert course.folder is not None  # or it had no files
        target = folder / path.relative_to(course.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)


_DOC = re.compile(r"\{doc\}`(?P<text>[^`<]*?)\s*<lesson_(?P<number>\d+)_\w+>`")
_LINK = re.compile(
    r"(?<!!)\[(?P<text>[^\]]*)\]\(lesson_(?P<number>\d+)_\w+\.(?:ipynb|md)(?P<at>#[^)]*)?\)"
)
_WHOLE = re.compile(r"<!-- whole course -->.*?<!-- end -->\n*", re.DOTALL)


def _of_course(page: str, course: Course) -> str:
    """A page for this course: its title and its lessons; what is said of others is no link."""
    if not course.is_whole:
        page = _WHOLE.sub("", page)
    page = page.replace(f"# {TITLE}\n", f"# {course.title}\n")
    page = page.replace(_LESSONS, "\n".join(lesson.name for lesson in course.lessons))
    names = {lesson.number: lesson.name for lesson in course.lessons}

    def there(found: "re.Match[str]") -> str:
        name = names.get(int(found["number"]))
        return f"{{doc}}`{found['text']} <{name}>`" if name else found["text"]

    return _DOC.sub(there, page)


_TOCTREE = re.compile(r"```\{toctree\}\n.*?```\n", re.DOTALL)
_EMPTY = re.compile(r"```\{toctree\}\n(?::.*\n)*\s*```\n*")


def _aside(contents: "re.Match[str]") -> str:
    """Contents that are not the course's own, which stay on the screen and are not printed."""
    if _LESSONS in contents[0]:
        return contents[0]
    return f":::{{container}} tn-beside-course\n{contents[0]}:::\n"


def _without(names: Sequence[str], page: str) -> str:
    """A page without links to pages that are not there; contents that are empty then go too.

    >>> page = "[How](teaching.md), {doc}`that <teaching>`.\\n```{toctree}\\n\\nteaching\\n```\\n"
    >>> _without(["teaching"], page)
    'How, that.\\n'
    """
    for name in names:
        page = re.sub(rf"(?<!!)\[([^\]]*)\]\({name}\.md(?:#[^)]*)?\)", r"\1", page)
        page = re.sub(rf"\{{doc\}}`([^`<]*?)\s*<{name}>`", r"\1", page)
        page = re.sub(rf"^{name}\n", "", page, flags=re.MULTILINE)
    return _EMPTY.sub("", page) if names else page


def _link_to_what_is_there(notebook: Notebook, course: Course, folder: Path) -> None:
    """Lessons link to the lessons of the course alone, and to pictures under names that are found
    in `folder`."""
    names = {lesson.number: lesson.name for lesson in course.lessons}

    def there(found: "re.Match[str]") -> str:
        name = names.get(int(found["number"]))
        return f"[{found['text']}]({name}.ipynb{found['at'] or ''})" if name else found["text"]

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _LINK.sub(there, with_plain_names(cell.source, folder))


_ENTRY = re.compile(r"^(?P<term>[^\s`{].*)\n(?P<text>(?:  .+\n?)+)", re.MULTILINE)


def defined_in(term: str, every: Sequence[places.Lesson]) -> "places.Lesson | None":
    """The lesson that introduces a term: that has it in bold, else the first that uses it."""
    word = rf"(?<![\w-]){re.escape(term)}(?:s|es)?(?![\w-])"
    for pattern in (rf"\*\*{word}", word):
        for lesson in every:
            prose = "\n".join(cell.source for cell in lesson.cells if cell.kind == "text")
            if re.search(pattern, prose, re.IGNORECASE):
                return lesson
    return None


def with_ways_back(glossary: str, every: Sequence[places.Lesson], used: bool = False) -> str:
    """The glossary with, at each entry, the lesson in which its term is introduced; with the terms
    that are `used` only, if there are any.

    >>> print(with_ways_back("bias\\n  A number that is added.\\n", places.lessons()).strip())
    bias
      A number that is added. {doc}`Lesson 2 <lesson_2_perceptron>`
    """

    def entry(match: "re.Match[str]") -> str:
        lesson = defined_in(match["term"], every)
        if lesson is None:
            return "" if used else match[0]
        way = f" {{doc}}`{say('lesson number', number=lesson.number)} <{lesson.name}>`"
        return f"{match['term']}\n{match['text'].rstrip()}{way}\n"

    made = _ENTRY.sub(entry, glossary)
    return made if not used or _ENTRY.search(made) else with_ways_back(glossary, every)


def _scorer(every: Sequence[places.Lesson], glossary: Path) -> str:
    """How search orders what it finds: the lesson that introduces the word, the glossary, the other
    lessons, the reference."""
    terms = [match["term"] for match in _ENTRY.finditer(glossary.read_text("utf-8"))]
    found = {term: defined_in(term, every) for term in terms}
    homes = {term.lower(): lesson.name for term, lesson in found.items() if lesson is not None}
    return f"const HOMES = {json.dumps(homes, ensure_ascii=False)};\n{asset('scorer.js')}"


def _ways_to_run(lesson: places.Lesson, course: Course, hosting: Hosting) -> NotebookCell:
    text = downloads.link(f"notebooks/{lesson.name}.ipynb", say("as notebook"))
    if address := hosting.colab(lesson.name):
        text += f' · <a href="{address}">{say("on colab")}</a>'
    if not course.is_own(lesson):  # the learner has the package, not the teacher's folder
        text += f" · {say('in terminal')} `python -m tinygrad_neuron learn {lesson.number}`"
    return NotebookCell("markdown", "ways", f"{{.ways}}\n{text}")


def _write(path: Path, notebook: Notebook) -> None:
    path.write_text(json.dumps(notebook.to_json(), ensure_ascii=False), "utf-8")
