"""The house keeps its order; import-linter (`pyproject.toml`) says which room may import which."""

import re

import pytest

from tests import house

BOOK = house.ROOT / "demos/book"
HOW_IT_IS_BUILT = BOOK / "how_it_is_built.md"


def test_no_private_name_is_taken_across_rooms():
    assert [] == house.private_imports()


def test_no_circle_among_modules():
    assert [] == house.circles()


def test_nothing_inside_takes_from_the_face():
    """`from tinygrad_neuron import Value` is for users: inside, it would load the lazy names."""
    allowed = [f for f in house.taken_from_the_face() if f.startswith(f"{house.PACKAGE}.__main__")]
    assert allowed == house.taken_from_the_face()


def test_no_file_is_longer_than_500_lines():
    lengths = house.file_lengths()
    assert {} == {name: n for name, n in lengths.items() if n > house.LONGEST_FILE}


def test_tables_of_data_are_where_the_exception_says():
    assert [] == [name for name in house.TABLES if not (house.ROOT / house.PACKAGE / name).exists()]


def test_every_class_and_every_long_function_says_what_it_is_for():
    assert [] == house.without_docstring()


def test_every_file_that_how_it_is_built_names_exists():
    text = HOW_IT_IS_BUILT.read_text("utf-8")
    named = re.findall(r"`([\w./]+(?:/|\.(?:py|js|c|html|css|md|toml|cfg|yaml|svg)))`", text)
    assert len(named) > 20, "the page names files as `draw/graph.py`"
    places = (house.ROOT, house.ROOT / house.PACKAGE)
    missing = [name for name in named if not any((place / name).exists() for place in places)]
    assert [] == missing


def test_how_it_is_built_names_every_room():
    text = HOW_IT_IS_BUILT.read_text("utf-8")
    missing = [
        room for room in house.arrows() if f"`{room}/`" not in text and f"`{room}.py`" not in text
    ]
    assert [] == missing


def test_the_picture_of_the_rooms_shows_the_imports_of_today():
    drawn = house.drawn_arrows(house.PICTURE.read_text("utf-8"))
    if drawn != house.needed_arrows():
        pytest.fail("demos/book/_static/rooms.svg is stale: python -m tests.house")
