"""The picture of a graph: its text, its options, its SVG."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.draw.engines import needs_engine
from tests.draw.graphs import classifier, edge_lines, neuron_by_hand, node_lines
from tests.draw.measuring import SVG, TITLE
from tinygrad_neuron import Value, draw_dot, maximum, nn, topological_order
from tinygrad_neuron.draw import rendering
from tinygrad_neuron.draw.facts import read
from tinygrad_neuron.draw.rendering import EngineNotFoundError


def svg_groups(picture, kind):
    root = ElementTree.fromstring(picture.pipe(format="svg"))
    return [group for group in root.iter(f"{SVG}g") if group.get("class", "").split()[:1] == [kind]]


def words(group):
    return [text.text for text in group.iter(f"{SVG}text")]


def test_the_text_of_one_operation_is_exact():
    x = Value(3.0, label="x")
    y = x.exp()
    picture = draw_dot(y, legend=False, edges="none")
    assert picture.source == EXACT_EXP


EXACT_EXP = (
    'digraph "graph" {\n'
    '\tgraph [layout="nop2" bgcolor="#ffffff" pad="0.15" '
    'fontname="Arial" fontsize="10" fontcolor="#111827" tooltip="computation graph"]\n'
    '\tnode [fontname="Arial" fontsize="10" fontcolor="#111827" color="#4b5563" '
    'margin="0.07,0.04" height="0.2" width="0.3"]\n'
    '\tedge [fontname="Arial" fontsize="10" fontcolor="#4b5563" color="#4b5563" '
    'arrowsize="0.6"]\n'
    '\tn0 [id="n0" shape="box" style="filled" fillcolor="#d8dce3" class="input not-computed" '
    'label=<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"><TR>'
    '<TD COLSPAN="2"><B>x</B></TD></TR>\n'
    '<TR><TD ALIGN="LEFT"><FONT COLOR="#4b5563">data&#160;</FONT></TD>'
    '<TD ALIGN="RIGHT">3</TD></TR>\n'
    '<TR><TD ALIGN="LEFT"><FONT COLOR="#4b5563">grad&#160;</FONT></TD><TD ALIGN="RIGHT">'
    '<FONT COLOR="#4b5563"><I>not yet</I></FONT></TD></TR></TABLE>> '
    'tooltip="input x&#10;data = 3.0&#10;gradient not computed yet" pos="37.1,28.1" '
    'width="1.0302" height="0.6633"]\n'
    '\tn1 [id="n1" shape="box" style="rounded,filled" fillcolor="#ffeab0" peripheries="2" '
    'class="output not-computed" '
    'label=<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"><TR>'
    '<TD COLSPAN="2"><B>exp</B></TD></TR>\n'
    '<TR><TD ALIGN="LEFT"><FONT COLOR="#4b5563">data&#160;</FONT></TD>'
    '<TD ALIGN="RIGHT">20.09</TD></TR>\n'
    '<TR><TD ALIGN="LEFT"><FONT COLOR="#4b5563">grad&#160;</FONT></TD><TD ALIGN="RIGHT">'
    '<FONT COLOR="#4b5563"><I>not yet</I></FONT></TD></TR></TABLE>> '
    'tooltip="output&#10;operation: exp&#10;data = 20.085536923187668&#10;'
    'gradient not computed yet" pos="141.3,28.1" width="1.0302" height="0.6633"]\n'
    '\tn0 -> n1 [id="e1-0" tooltip="x → exp&#10;local derivative 20.085536923187668&#10;'
    'contribution not computed yet" '
    'pos="e,100.2,28.1 74.2,28.1 80.7,28.1 87.2,28.1 93.7,28.1"]\n'
    "}\n"
)


def test_a_number_stands_in_the_operation_that_takes_it():
    x = Value(3.0, label="x")
    titles = {
        x + 2: "+ 2", 2 - x: "2 -", x * 0.5: "× 0.5", x**2: "** 2", 10 / x: "10 /",
        maximum(x, 0): "max(…, 0)", x.tanh() + x: "+",
    }  # fmt: skip
    for y, title in titles.items():
        picture = draw_dot(y, legend=False)
        assert f"<B>{title}</B>" in node_lines(picture)[picture.ids[y]]
        assert "constant" not in picture.source


def test_an_input_of_a_module_stands_in_its_place_though_it_is_a_number():
    y = nn.Neuron(2, seed=0)([2.0, -1.0]) - 1.0
    picture = draw_dot(y, legend=False)
    constants = [line for line in node_lines(picture).values() if 'class="constant"' in line]
    assert len(constants) == 2
    assert ">x0<" in constants[0] and ">2<" in constants[0] and "dashed" in constants[0]
    assert ">x1<" in constants[1] and ">-1<" in constants[1]
    [edge] = [
        line for line in edge_lines(picture).values() if " n1 -> " in line or "\tn1 -> " in line
    ]
    assert 'style="dashed" arrowhead="empty" class="constant"' in edge


def test_a_leaf_alone_is_an_input_without_a_legend():
    picture = draw_dot(Value(2.0, label="x"))
    assert 'class="input not-computed"' in node_lines(picture)["n0"]
    assert " label=<<TABLE" not in picture.source.splitlines()[1]


def test_the_same_graph_gives_the_same_bytes_whatever_the_hash_seed():
    code = (
        "from tinygrad_neuron import *; from tinygrad_neuron import nn; import sys\n"
        "m = nn.MLP(2, [4, 1], activation='tanh', seed=0)\n"
        "x = [Value(1.0, label='a'), Value(2.0, label='b')]\n"
        "l = m(x) ** 2; l.backward()\n"
        "many = mean([m([0.1 * i, 0.2]) for i in range(20)])\n"
        "print(draw_dot(l, highlight=x[0], color='gradient').source, draw_dot(l, level='neuron')"
        ".source, draw_dot(many, budget=30).source)"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert len(runs[0]) > 10_000


@pytest.mark.parametrize(
    "options, message",
    [
        ({"rankdir": "left"}, "rankdir 'left'"),
        ({"edges": "locale"}, "edges 'locale': unknown, did you mean 'local'"),
        ({"level": "neurons"}, "level 'neurons': unknown, did you mean 'neuron'"),
        ({"theme": "drak"}, "did you mean 'dark'"),
        ({"color": "gradients"}, "did you mean 'gradient'"),
        ({"budget": 0}, "budget must be the width and height"),
        ({"budget": (0, 900)}, "got (0, 900)"),
        ({"flags": {"satured": 1}}, "did you mean 'saturated'"),
        ({"flags": {"saturated": 0}}, "must be positive"),
        ({"path": 1}, "it needs highlight"),
        ({"highlight": Value(0.0, label="q")}, "the node 'q' is not in the graph"),
    ],
)
def test_an_option_that_does_not_exist_is_refused(options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        draw_dot(Value(1.0) + 1, **options)


def test_what_is_not_a_value_is_refused():
    with pytest.raises(TypeError, match="the root must be a Value, got float"):
        draw_dot(1.0)
    with pytest.raises(TypeError, match="highlight must be a Value, got str 'x'"):
        draw_dot(Value(1.0), highlight="x")


def test_the_legend_has_only_what_occurs_and_can_be_left_out():
    def named(picture):
        return [*re.findall(r'<FONT POINT-SIZE="9">(\w+)</FONT>', picture.source)]

    _, _, _, y = neuron_by_hand()
    assert named(draw_dot(y)) == ["input", "operation", "output"]
    assert named(draw_dot(y + 1)) == ["input", "operation", "output"]
    assert "local derivative, the factor" in draw_dot(y).source
    assert "local derivative, the factor" not in draw_dot(y, edges="none").source
    assert " label=<<TABLE" not in draw_dot(y, legend=False).source.splitlines()[1]
    assert "<B>My title</B>" in draw_dot(y, legend=False, title="My title").source


@needs_engine
def test_every_node_and_edge_is_in_the_svg_once_with_its_id():
    _, loss = classifier(1, hidden=(2,))
    loss.backward()
    picture = draw_dot(loss)
    order = topological_order(loss)
    nodes, edges = svg_groups(picture, "node"), svg_groups(picture, "edge")
    written = read(loss).written
    ids = {node: f"n{i}" for i, node in enumerate(order) if node not in written}
    assert sorted(ids.values()) == sorted(node.get("id") for node in nodes)
    expected = {
        f"e{i}-{k}"
        for i, node in enumerate(order)
        for k, operand in enumerate(node._prev)
        if operand not in written
    }
    assert sorted(expected) == sorted(edge.get("id") for edge in edges)
    assert picture.ids == ids
    clusters = svg_groups(picture, "cluster")
    assert sorted(c.get("id") for c in clusters) == [f"c{i}" for i in range(6)]
    assert all("scope" in c.get("class").split() for c in clusters)
    everything = [e.get("id") for e in ElementTree.fromstring(picture.pipe()).iter() if e.get("id")]
    assert len(everything) == len(set(everything))
    [output] = [node for node in nodes if "output" in node.get("class").split()]
    assert output.get("id") == f"n{len(order) - 1}"


@needs_engine
def test_tooltips_have_the_full_numbers():
    x, _, _, y = neuron_by_hand()
    x.data = 1 / 3
    y.forward()
    y.backward()
    picture = draw_dot(y, digits=3)
    [node] = [n for n in svg_groups(picture, "node") if n.get("id") == "n1"]
    [link] = list(node.iter(f"{SVG}a"))
    assert link.get(TITLE).splitlines() == [
        "input x",
        f"data = {x.data!r}",
        f"grad = {x.grad!r}",
    ]
    assert words(node) == ["x", "data\xa0", "0.333", "grad\xa0", f"{x.grad:.3g}"]


LABELS = st.one_of(
    st.sampled_from(
        ["<b>bold</b>", "a|b", "{x}", r"\N\G\l", '"', "&amp;", "]", "אבג", "\t\x00\x1b", "a\nb",
         "w" * 10_000, "]]>", "<!-- -->", "\\", "ﷺ", "  two  spaces  ", "−0"]
    ),
    st.text(max_size=60),
)  # fmt: skip


@needs_engine
@given(st.lists(LABELS, min_size=1, max_size=12))
@settings(max_examples=20, deadline=None, database=None)
def test_labels_are_drawn_as_typed_and_never_as_markup(labels):
    leaves = [Value(1.0, label=label) for label in labels]
    root = leaves[0]
    for leaf in leaves[1:]:
        root = root + leaf
    root = root.tanh()
    root.label = labels[-1]
    picture = draw_dot(root, highlight=leaves[0], title=labels[0][:80], budget=None)
    order = topological_order(root)
    nodes = svg_groups(picture, "node")
    assert len(nodes) == len(order)
    assert not any(True for node in nodes for _ in node.iter(f"{SVG}b"))
    if labels[0].isalnum() and labels[0].isascii():
        [first] = [node for node in nodes if node.get("id") == "n0"]
        shown = labels[0] if len(labels[0]) <= 40 else labels[0][:39] + "…"
        assert words(first)[0] == shown


@needs_engine
def test_a_label_of_10_000_characters_is_drawn_by_every_option():
    x = Value(1.0, label="<w>&" * 2500)
    y = x * x
    y.backward()
    for options in (
        {"highlight": x},
        {"edges": "contribution", "title": x.label},
        {"level": "layer"},
    ):
        assert svg_groups(draw_dot(y, **options), "node")


@needs_engine
def test_scopes_with_any_name_are_drawn():
    class Odd(nn.Module):
        def __init__(self):
            self.parts = {"<b>]|{\\N": nn.Neuron(1, seed=0), 'q"': nn.Neuron(1, seed=1)}

        def __call__(self, x):
            return sum(part([x]) for part in self.parts.values())

    y = Odd()(Value(1.0))
    assert len(svg_groups(draw_dot(y), "cluster")) == 3
    assert (
        len(
            [
                n
                for n in svg_groups(draw_dot(y, level="neuron"), "node")
                if "folded" in n.get("class")
            ]
        )
        == 2
    )


def test_both_engines_draw_every_kind_of_picture(engine, capfd):
    _, loss = classifier(12, hidden=(9, 9))
    loss.backward()
    for options in (
        {"rankdir": "TB", "theme": "dark"},
        {"color": "gradient", "theme": "high contrast"},
        {"level": "layer", "theme": "paper", "highlight": loss._prev[0]},
        {"budget": None, "level": "neuron", "edges": "contribution"},
    ):
        picture = draw_dot(loss, **options)
        picture.layout_command = engine
        svg = picture.pipe(format="svg")
        drawn = {g.get("id") for g in ElementTree.fromstring(svg).iter(f"{SVG}g")}
        assert {group.id for group in picture.folding.groups} <= drawn
    assert "Warning" not in capfd.readouterr().err.replace("no value for width", "")


def test_without_an_engine_there_is_still_the_text(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(rendering, "_script_folders", list)
    _, _, _, y = neuron_by_hand()
    picture = draw_dot(y)
    assert "tanh" in picture.source
    assert picture._repr_mimebundle_() == {"text/plain": picture.source}
    with pytest.raises(EngineNotFoundError, match="pip install"):
        picture.render(tmp_path / "y.svg")


def test_a_model_of_several_arguments_is_told_how():
    with pytest.raises(TypeError, match=r"the Values that model\(query, key, value\) returns"):
        draw_dot(nn.MultiheadAttention(4, 2), example=[[1.0, 2.0, 3.0, 4.0]])
