"""What the book is built from, of a teacher's course too."""

import json
import re
from typing import Any

import pytest

from tinygrad_neuron.course.chosen import course
from tinygrad_neuron.course.gathering import FOR_OTHERS, gather, with_ways_back
from tinygrad_neuron.course.hosting import Hosting
from tinygrad_neuron.course.judged import without_magic
from tinygrad_neuron.course.writing import new


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "own"
    path = new("thermostat", folder)
    text = path.read_text("utf-8").replace(
        "## In short", "![a heater](heater.svg) [one](lesson_3_neuron.py#a), [two](lesson_4_x.py)"
    )
    path.write_text(text, "utf-8")
    (folder / "heater.svg").write_text("<svg/>")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_text("")
    (folder / "course.txt").write_text("title: In a day\n3\n1\n16\n")
    return folder


def test_a_chosen_course_has_its_lessons_in_their_order_and_what_lies_beside_them(own, tmp_path):
    made = tmp_path / "made"
    gather(made, course(own))
    chosen = ["lesson_3_neuron", "lesson_1_mcculloch_pitts", "lesson_16_thermostat"]
    assert sorted(chosen) == sorted(path.stem for path in made.glob("lesson_*.ipynb"))
    assert (made / "heater.svg").exists()
    assert not (made / "__pycache__").exists()
    index = (made / "index.md").read_text("utf-8")
    assert "\n".join(chosen) in index
    assert "# In a day\n" in index
    assert "lesson 9" not in index  # what is said of the whole course


def test_a_teachers_course_has_no_pages_for_teachers_and_prints_its_own_contents(own, tmp_path):
    gather(tmp_path / "made", course(own))
    gather(tmp_path / "whole", course())
    pages = {path.stem: path.read_text("utf-8") for path in (tmp_path / "made").glob("*.md")}
    whole = {path.stem for path in (tmp_path / "whole").glob("*.md")}
    assert set(FOR_OTHERS) == whole - set(pages)
    for name in FOR_OTHERS:
        assert not [one for one in pages if f"{name}.md" in pages[one] and one != "tour"]
        assert not [one for one in pages if re.search(rf"^{name}$|<{name}>", pages[one], re.M)]
    assert "For teachers" not in pages["index"] and "To teach" not in pages["index"]
    printed, *beside = pages["index"].split(":::{container} tn-beside-course")
    assert "lesson_3_neuron" in printed
    assert "glossary" in beside[-1] and "glossary" not in printed


def test_the_glossary_of_a_teachers_course_has_the_words_of_its_lessons(own, tmp_path):
    gather(tmp_path / "made", course(own))
    glossary = (tmp_path / "made" / "glossary.md").read_text("utf-8")
    assert "\nbias\n" in glossary and "\ncausal mask\n" not in glossary
    assert glossary.rstrip().endswith("```")
    none = with_ways_back("kettle\n  It boils.\n", course(own).lessons, used=True)
    assert "kettle\n  It boils.\n" == none  # rather than an empty page


def test_a_picture_whose_name_has_a_space_is_found(own, tmp_path):
    path = own / "lesson_16_thermostat.py"
    text = path.read_text("utf-8").replace("heater.svg", "my%20oven é.svg")
    path.write_text(text.replace("%20oven é", "%20oven%20é"), "utf-8")
    (own / "my oven é.svg").write_text("<svg/>")
    made = tmp_path / "made"
    gather(made, course(own))
    notebook = json.loads((made / "lesson_16_thermostat.ipynb").read_text("utf-8"))
    text = "".join(cell["source"] for cell in notebook["cells"])
    [name] = re.findall(r"!\[a heater\]\(([^)]*)\)", text)
    assert re.fullmatch(r"[\w.]+", name, re.ASCII) and (made / name).exists()


def test_nothing_links_to_a_lesson_that_is_not_chosen(own, tmp_path):
    made = tmp_path / "made"
    gather(made, course(own))
    names = {path.stem for path in made.glob("lesson_*.ipynb")}
    pages = [path.read_text("utf-8") for path in made.glob("*.md")]
    linked = {name for page in pages for name in re.findall(r"<(lesson_\w+)>`", page)}
    assert linked == {"lesson_3_neuron", "lesson_1_mcculloch_pitts"} | (linked & names)
    assert any("(lesson 6)" in page for page in pages)
    notebook = json.loads((made / "lesson_16_thermostat.ipynb").read_text("utf-8"))
    text = "".join(cell["source"] for cell in notebook["cells"])
    assert "[one](lesson_3_neuron.ipynb#a), two" in text


def test_a_page_of_the_teachers_takes_the_place_of_ours(own, tmp_path):
    (own / "index.md").write_text("# Ours\n\n```{toctree}\n<!-- lessons -->\n```\n")
    gather(tmp_path / "made", course(own))
    index = (tmp_path / "made" / "index.md").read_text("utf-8")
    assert index.startswith("# Ours\n\n```{toctree}\nlesson_3_neuron\n")


def test_the_notebook_of_an_own_lesson_is_all_that_a_learner_needs(own, tmp_path, monkeypatch):
    gather(tmp_path / "made", course(own))
    path = tmp_path / "made" / "files" / "notebooks" / "lesson_16_thermostat.ipynb"
    cells = json.loads(path.read_text("utf-8"))["cells"]
    monkeypatch.chdir(tmp_path)  # where the lesson is not
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec(without_magic("".join(cell["source"])), names)
    assert names["y"].data == 2.0
    assert "answer=" not in "".join("".join(cell["source"]) for cell in cells)


def test_where_it_will_stand_is_in_notebooks_links_and_the_page_that_says_how_to_install(
    own, tmp_path
):
    made = tmp_path / "made"
    hosting = Hosting("https://me.github.io/c/", "https://github.com/me/c/tree/main/docs")
    gather(made, course(own), hosting=hosting)
    wheel = next((made / "files" / "install").iterdir()).name
    requirement = f'"tinygrad_neuron[learn] @ https://me.github.io/c/install/{wheel}"'
    to_take = (made / "files" / "notebooks" / "lesson_1_mcculloch_pitts.ipynb").read_text("utf-8")
    assert requirement in json.loads(to_take)["cells"][1]["source"]
    assert f"python -m pip install {requirement}" in (made / "downloads.md").read_text("utf-8")
    page = (made / "lesson_1_mcculloch_pitts.ipynb").read_text("utf-8")
    colab = "https://colab.research.google.com/github/me/c/blob/main/docs/notebooks/lesson_1_"
    assert colab in page


def test_programs_data_and_the_package_are_there_to_download(own, tmp_path):
    gather(tmp_path / "made", course(own))
    page = (tmp_path / "made" / "downloads.md").read_text("utf-8")
    linked = re.findall('<a href="([^"]*)" download>', page)
    assert {"programs/moons.py", "programs/names.txt", "data/iris.csv"} <= set(linked)
    assert all((tmp_path / "made" / "files" / name).is_file() for name in linked)
    assert 'whl[learn]"' in page and "<!--" not in page
    assert 151 == len((tmp_path / "made" / "files" / "data" / "iris.csv").read_text().splitlines())


@pytest.mark.parametrize("given", [("ftp://x", ""), ("me", ""), ("", "https://example.org/x")])
def test_an_address_that_is_none_is_refused(given):
    with pytest.raises(ValueError, match=r"such as https://(me.github.io|github.com/me)/course"):
        Hosting(*given)
