"""What stands in a node."""

import re
from xml.etree import ElementTree

import pytest

from tests.draw.graphs import edge_lines, neuron_by_hand, node_lines
from tests.draw.twelve import network_of_the_lecture
from tinygrad_neuron import Value, draw_dot, nn
from tinygrad_neuron.draw.themes import THEMES


def test_kinds_are_told_apart_by_shape():
    model = nn.Neuron(1, activation="tanh", seed=0)
    picture = draw_dot(model([Value(2.0, label="x")]) * model([2.0]))
    shapes = {}
    for line in node_lines(picture).values():
        look = re.search(r'shape="(\w+)" style="([\w,]+)"', line).groups()
        double = "peripheries" in line
        shapes.setdefault((*look, double), set()).add(re.search(r'class="(\w+)', line)[1])
    assert shapes == {
        ("folder", "filled", False): {"parameter"},
        ("box", "filled", False): {"input"},
        ("box", "rounded,filled", False): {"operation"},
        ("box", "filled,dashed", False): {"constant"},
        ("box", "rounded,filled", True): {"output"},
    }


def test_not_computed_yet_is_not_zero():
    _, w, _, y = neuron_by_hand()
    assert node_lines(draw_dot(y))["n1"].count("not yet") == 1
    y.backward()
    w.grad = -0.0
    node = node_lines(draw_dot(y))["n0"]
    assert "not yet" not in node
    assert '<TD ALIGN="RIGHT">0</TD>' in node
    assert "grad = 0.0&" not in node
    assert 'grad = 0.0" pos=' in node


def test_gradients_of_another_graph_are_not_shown():
    x = Value(2.0, label="x")
    (x * 3).backward()
    assert "not yet" in node_lines(draw_dot(x * 5))["n0"]


def test_digits_and_no_negative_zero():
    y = Value(2 / 3) * Value(-0.0)
    y.backward()
    source = draw_dot(y, digits=2, edges="contribution").source
    assert ">0.67<" in source
    assert ">-0<" not in source
    assert "× -0" not in source
    with pytest.raises(ValueError, match="digits must be an integer from 1 to 100, got 0"):
        draw_dot(y, digits=0)


def test_a_long_label_is_short_in_the_node_and_whole_in_the_tooltip():
    label = "pre-activation " * 6
    line = node_lines(draw_dot(Value(1.0, label=label)))["n0"]
    assert f"<B>{label[:39]}…</B>" in line
    assert label.strip() in line.split("tooltip=")[1]


def test_whatever_is_assigned_to_data_can_be_drawn():
    x = Value(1.0, label="x")
    y = x + 1
    x.data = "a <string>"
    y.grad = None
    assert "a &lt;string&gt;" in draw_dot(y).source


def large(line):
    return re.findall(r'<FONT POINT-SIZE="18"><B>(.*?)</B>', line)


def test_the_slide_style_has_the_operation_large_and_the_gradient_once_it_is_there():
    _, _, _, y = neuron_by_hand()
    lines = node_lines(draw_dot(y, style="formula"))
    assert [large(line) for line in lines.values()] == [["w"], ["x"], ["×"], ["b"], ["+"], ["tanh"]]
    assert "y = 0" in lines["n5"] and ">0.5<" in lines["n0"]
    assert not any("not yet" in line or ">grad" in line for line in lines.values())
    y.backward()
    assert ">grad 1<" in node_lines(draw_dot(y, style="formula"))["n5"]
    forward = draw_dot(y, style="formula", gradients=False)
    assert ">grad" not in forward.source
    assert large(node_lines(forward)["n5"]) == ["tanh"]


def test_without_gradients_there_is_the_forward_pass_alone():
    y = Value(-2.0, label="z").relu() / Value(0.0 + 1e-300, label="tiny") * 1e200
    source = draw_dot(y, gradients=False).source
    assert ">grad<" not in source and ">not yet<" not in source
    assert not any(" label=" in line for line in edge_lines(draw_dot(y, gradients=False)).values())
    assert "inactive" not in source
    broken = Value(1e300) * 1e300
    assert "first infinity" in draw_dot(broken, gradients=False).source


def test_the_type_is_as_large_as_asked_for():
    y = Value(2.0, label="x") * 3.0
    source = draw_dot(y, font_size=20, title="Twice").source
    assert 'node [fontname="Arial" fontsize="20"' in source
    assert 'edge [fontname="Arial" fontsize="20"' in source
    assert '<FONT POINT-SIZE="28"><B>Twice</B>' in source
    for wrong in (5, 41, 10.5):
        with pytest.raises(ValueError, match="font_size must be a whole number from 6 to 40"):
            draw_dot(y, font_size=wrong)
    with pytest.raises(ValueError, match="did you mean 'formula'"):
        draw_dot(y, style="formulas")


@pytest.mark.parametrize("style", ["card", "formula"])
@pytest.mark.parametrize("label", ['<b>&"x"</b>', r"\N {a|b}", "]>", "two\nlines", "\x00"])
def test_a_label_is_text_in_every_style_and_folded(style, label):
    neuron = nn.Neuron(1, activation="tanh", seed=0)
    y = neuron([Value(1.0, label=label)]) * Value(2.0, label=label)
    y.label = label
    for level in ("scalar", "neuron"):
        picture = draw_dot(y, style=style, level=level, title=label)
        assert "<b>" not in picture.source
        drawn = ElementTree.fromstring(picture.pipe(format="svg"))
        assert not list(drawn.iter("{http://www.w3.org/2000/svg}b"))


def test_a_model_instead_of_a_value_is_told_the_way():
    with pytest.raises(TypeError, match=r"got MLP.*draw_network\(model\) draws the model itself"):
        draw_dot(nn.MLP(2, [1]))


def test_colours_by_gradient_say_where_it_is_not_computed_yet():
    _, _, _, y = neuron_by_hand()
    assert "grad: not computed yet, see backward()" in draw_dot(y, color="gradient").source
    y.backward()
    assert "not computed yet, see" not in draw_dot(y, color="gradient").source


def test_what_is_faded_is_faded_with_its_badges():
    x, other = Value(1.0, label="x"), Value(1e300, label="other")
    y = x * 2.0 + (other * 1e300).tanh()
    theme = THEMES["light"]
    picture = draw_dot(y, highlight=x)
    assert "first infinity" in picture.source
    [line] = [line for line in node_lines(picture).values() if "<B>∞" in line]
    assert theme.alarm not in line


@pytest.mark.parametrize("backward", [False, True])  # then there is room for less
def test_on_a_slide_equal_operations_are_as_large_as_single_ones(backward):
    root = network_of_the_lecture(4)
    if backward:
        root.backward()
    picture = draw_dot(root, style="formula")
    assert any(len(group.members) == 4 and not group.scope for group in picture.folding.groups)
    large = re.findall(r'POINT-SIZE="18"><B>([^<]*)</B>', picture.source)
    assert {"−", "x²", "Σ", "x0"} <= set(large)
