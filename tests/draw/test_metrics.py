"""What text measures is what browsers and engines make of it."""

import shutil
import subprocess

import pytest

from tinygrad_neuron.draw import metrics
from tinygrad_neuron.draw.metrics import text_width


def test_letters_with_accents_are_as_wide_as_without():
    assert text_width("Müller", 10) == text_width("Muller", 10)
    assert text_width("日本", 10) == 20.0
    assert text_width("", 10) == 0.0


@pytest.mark.parametrize(
    ("style", "table"), [("Regular", metrics._REGULAR), ("Bold", metrics._BOLD)]
)
def test_the_widths_are_those_of_the_font(style, table):
    fonts = pytest.importorskip("fontTools.ttLib", reason="the extra demos is not installed")
    if shutil.which("fc-match") is None:
        pytest.skip("no fontconfig on this machine")
    asked = ["fc-match", "-f", "%{file}", f"Liberation Sans:style={style}"]
    file = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    if f"LiberationSans-{style}" not in file:
        pytest.skip("no Liberation Sans on this machine")
    font = fonts.TTFont(file)
    names, unit = font.getBestCmap(), font["head"].unitsPerEm
    for width, characters in table.items():
        for c in characters:
            given = 1000 * font["hmtx"][names[ord(c)]][0] / unit
            assert abs(given - width) <= 60, c  # versions of the font differ in a dot by 55


@pytest.mark.parametrize("table", [metrics._REGULAR, metrics._BOLD])
def test_no_character_stands_twice(table):
    characters = "".join(table.values())
    assert len(set(characters)) == len(characters)
