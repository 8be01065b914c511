"""Kinds of cards and what is marked are told apart by every eye, and on paper."""

import itertools

import pytest

from tinygrad_neuron.draw.legend import styles
from tinygrad_neuron.draw.themes import THEMES, readable_on

COLOURED = ["light", "dark"]

# What a deuteranope sees of linear red, green and blue: G. M. Machado, M. M. Oliveira, L. A. F.
# Fernandes (2009), "A Physiologically-based Model for Simulation of Color Vision Deficiency", table
# of severity 1.
DEUTERANOPIA = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
NORMAL = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
XYZ = (  # of sRGB with the white D65 (IEC 61966-2-1), each row divided by the white's
    (0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883),
)


def times(matrix, vector):
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def linear(colour):
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]


def lab(colour, vision=NORMAL):
    """CIE L*a*b* (1976)."""
    seen = [min(max(c, 0.0), 1.0) for c in times(vision, linear(colour))]
    x, y, z = (
        t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29
        for t in times(XYZ, seen)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(first, second, vision=NORMAL):
    """CIE76: the distance in L*a*b*."""
    pairs = zip(lab(first, vision), lab(second, vision), strict=True)
    return sum((a - b) ** 2 for a, b in pairs) ** 0.5


def contrast(first, second):
    """The contrast of WCAG 2."""
    low, high = sorted(times(XYZ, linear(colour))[1] for colour in (first, second))
    return (high + 0.05) / (low + 0.05)


def test_the_difference_of_known_colours_is_that_of_the_literature():
    assert [round(x, 1) for x in lab("#ff0000")] == [53.2, 80.1, 67.2]
    assert round(difference("#ffffff", "#000000"), 1) == 100.0
    # what red and green have in common for a deuteranope is the hue
    assert difference("#c00000", "#5a6000") > 60
    assert difference("#c00000", "#5a6000", DEUTERANOPIA) < 30


@pytest.mark.parametrize("vision", [NORMAL, DEUTERANOPIA], ids=["normal", "deuteranopia"])
@pytest.mark.parametrize("name", COLOURED)
def test_the_fills_of_cards_and_what_is_marked_are_told_apart(name, vision):
    theme = THEMES[name]
    fills = [theme.leaf, theme.parameter, theme.operation, theme.output]
    for first, second in itertools.combinations(fills, 2):
        assert difference(first, second, vision) >= 12
    marks = [theme.accent, theme.alarm]
    for first, second in [tuple(marks), *itertools.product(marks, [*fills, theme.rim])]:
        assert difference(first, second, vision) >= 20


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_kind_has_a_shape_or_a_line_of_its_own(theme):
    looks = [
        (look["shape"], look["style"], look.get("peripheries", "1"))
        for look in styles(theme).values()
    ]
    assert len(set(looks)) == len(looks)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_text_can_be_read_on_every_fill(theme):
    fills = [theme.background, theme.leaf, theme.parameter, theme.operation, theme.output]
    for fill in fills:
        assert contrast(theme.ink, fill) >= 7
        assert contrast(theme.muted, fill) >= 4.5
    for mark in (theme.accent, theme.alarm):
        assert contrast(mark, theme.background) >= 4.5
    assert contrast(readable_on(theme.alarm), theme.alarm) >= 4.5
