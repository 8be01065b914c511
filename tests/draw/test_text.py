"""Labels are drawn as they were typed, by both layout engines; numbers are short."""

from __future__ import annotations

import math
import subprocess
import unicodedata
import xml.etree.ElementTree as ElementTree
from decimal import Decimal

import graphviz
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.draw.measuring import SVG, TITLE
from tinygrad_neuron.draw.text import html_text, number, plain_text, tooltip_text, visible

NASTY = [
    "say \"x\" and 'y'",
    "<b>bold</b>",
    "</TABLE>",
    "<!-- gone -->",
    "]]>",
    "]",
    "a|b {c} <d>",
    "&amp; &lt; &#65; &eacute; & && &bogus;",
    r"\N \G \E \T \H \L \l \r \n \\ \\\ \"",
    "\\",
    "two\nlines\r\nthree",
    "\n",
    " a  b   c ",
    " ",
    "",
    "\t\r\x00\x01\x1f\x7f\x85\x9f",
    "\ud800 \udfff \ufffe \uffff \ufeff",
    "\u2028line\u2029paragraph",
    "# define",
    "// not /* a comment */",
    "node",
    "-1.5",
    "שלום \u202eabc مرحبا",
    "é ∂L/∂w₁ 日本 \N{NO-BREAK SPACE}",
    "😀 👩\u200d👩\u200d👧 🇩🇪",
]


@pytest.fixture(scope="module")
def draw(engine):
    def to_svg(source):
        done = subprocess.run(
            [engine, "-Tsvg"], input=source.encode(), capture_output=True, timeout=60
        )
        assert done.returncode == 0, done.stderr.decode()[:1000]
        return ElementTree.fromstring(done.stdout)

    return to_svg


def quoted(text):
    return graphviz.quoting.quote(text)


def as_seen(character):
    code = ord(character)
    if character == "\x7f":
        return "␡"
    if code < 0x20:
        return chr(0x2400 + code)
    if unicodedata.category(character) in ("Cc", "Cs") or code in (0xFFFE, 0xFFFF):
        return "�"
    return " " if character == "\N{NO-BREAK SPACE}" else character


def seen(label):
    """The lines one should see, with no-break spaces as spaces."""
    for line_break in ("\r\n", "\u2028", "\u2029"):
        label = label.replace(line_break, "\n")
    return ["".join(map(as_seen, line)) for line in label.split("\n")]


def drawn(element):
    """The lines that an SVG element holds, with no-break spaces as spaces."""
    lines = ("".join(text.itertext()) for text in element.iter(f"{SVG}text"))
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def shown(element):
    """The tooltip of an SVG element, with no-break spaces as spaces."""
    tips = [a.get(TITLE) for a in element.iter(f"{SVG}a")]
    assert len(tips) <= 1
    return tips[0].replace("\N{NO-BREAK SPACE}", " ") if tips else ""


def not_blank(lines):
    return [line for line in lines if line.strip(" ")]


def check(draw, labels):
    source = ["digraph {"]
    for i, label in enumerate(labels):
        source += [
            f"h{i} [id=h{i} label=<{html_text(label)}> tooltip={quoted(tooltip_text(label))}]",
            f"b{i} [id=b{i} label=<<B>{html_text(label)}</B>>]",
            f"p{i} [id=p{i} label={quoted(plain_text(label))}]",
            f'r{i} [id=r{i} shape=record label="{{left|{plain_text(label)}}}"]',
            f"h{i} -> b{i} -> p{i} -> r{i}",  # wide nodes side by side are refused
        ]
    groups = {g.get("id"): g for g in draw("\n".join([*source, "}"])).iter(f"{SVG}g")}
    for i, label in enumerate(labels):
        lines = not_blank(seen(label))
        assert not_blank(drawn(groups[f"h{i}"])) == lines
        assert not_blank(drawn(groups[f"b{i}"])) == lines
        assert not_blank(drawn(groups[f"p{i}"])) == lines
        assert not_blank(drawn(groups[f"r{i}"])) == ["left", *lines]
        assert shown(groups[f"h{i}"]) == "\n".join(seen(label))


def test_labels_are_drawn_as_they_were_typed(draw):
    check(draw, NASTY)


any_character = st.characters(exclude_categories=())
any_label = st.lists(st.sampled_from(NASTY) | any_character, max_size=8).map("".join)


@given(labels=st.lists(any_label, min_size=10, max_size=40))
@example(labels=[chr(code) for code in range(0x20)])
@example(labels=[chr(code) for code in range(0x20, 0x180)])
@example(labels=["\\" + chr(code) for code in range(0x20, 0x7F)])
@example(labels=["&" + chr(code) + ";" for code in range(0x20, 0x7F)])
@settings(max_examples=20, deadline=None)
def test_any_label_is_drawn_as_it_was_typed(draw, labels):
    check(draw, labels)


@pytest.mark.parametrize("part", ["x", "<&\\", '"', "#", "\\N", "a  b ", "😀"])
def test_ten_thousand_characters_are_drawn(draw, part):
    check(draw, [(part * 10_000)[:10_000]])


def test_a_label_means_the_same_on_graph_cluster_node_and_edge(draw):
    label = r'<b> \N \G \E \T \L \\ &amp; "q" {a|b}'
    html, plain, tip = f"<{html_text(label)}>", quoted(plain_text(label)), tooltip_text(label)
    svg = draw(f"""digraph g {{
        label={html} tooltip={quoted(tip)}
        subgraph cluster_1 {{ label={plain} tooltip={quoted(tip)}
            a [label={html} xlabel={plain} tooltip={quoted(tip)}] }}
        a -> b [label={html} headlabel={plain} taillabel={html} xlabel={plain}
            tooltip={quoted(tip)} labeltooltip={quoted(tip)} headtooltip={quoted(tip)}
            tailtooltip={quoted(tip)}]
        b [label=<<TABLE><TR><TD HREF="" TITLE="{plain_text(label)}">{html_text(label)}</TD>
            </TR></TABLE>>]
    }}""")
    assert drawn(svg) == [label] * 9
    tips = [a.get(TITLE) for a in svg.iter(f"{SVG}a")]
    assert set(tips) == {label}
    assert len(tips) >= 7


def test_spaces_survive_as_no_break_spaces(draw):
    svg = draw(f"digraph {{ a [label=<{html_text(' a  b ')}>] }}")
    assert ["".join(text.itertext()) for text in svg.iter(f"{SVG}text")] == ["\xa0a \xa0b\xa0"]


def test_visible_text_is_valid_in_utf_8_and_xml():
    everything = "".join(map(chr, range(0x11000)))
    text = visible(everything)
    assert len(text) == len(everything)
    ElementTree.fromstring(f"<a>{text.replace('&', '').replace('<', '')}</a>".encode())


@given(value=st.floats() | st.integers(-(10**9), 10**9), digits=st.integers(1, 17))
def test_a_number_is_the_value_rounded_and_never_minus_zero(value, digits):
    text = number(value, digits)
    if math.isfinite(value):
        exact, rounded = Decimal(value), Decimal(text)
        assert abs(rounded - exact) <= abs(exact) * Decimal("0.51").scaleb(1 - digits)
        assert not (text.startswith("-") and rounded == 0)
        assert not (1e-4 <= abs(value) < 1e6) or "e" not in text
    else:
        assert text == {math.inf: "inf", -math.inf: "-inf"}.get(value, "nan")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (5e-324, "4.941e-324"),
        (-1e-320, "-1e-320"),
        (1.0, "1"),
        (-2.5, "-2.5"),
        (0.9999999, "1"),
        (12.3456, "12.35"),
        (9999.96, "10000"),
        (123456.7, "123457"),
        (1234567.0, "1.235e+06"),
        (0.00012345678, "0.0001235"),
        (0.000012345678, "1.235e-05"),
        (7, "7"),
        (0, "0"),
        (True, "1"),
        (10**400, "1e+400"),
        (-(10**400), "-1e+400"),
    ],
)
def test_numbers(value, expected):
    assert number(value) == expected


def test_a_numpy_scalar_is_a_number():
    numpy = pytest.importorskip("numpy")
    assert number(numpy.float32(0.1)) == "0.1"
    assert number(numpy.int64(-3)) == "-3"


@pytest.mark.parametrize("digits", [0, -1])
def test_digits_below_one_are_refused(digits):
    with pytest.raises(ValueError, match=f"digits must be an integer from 1 to 100, got {digits}"):
        number(1.0, digits)
