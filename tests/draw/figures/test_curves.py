"""Curves of functions and of activations show the engine's own numbers."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("matplotlib", reason="the extra demos is not installed")
from tests.draw.figures.drawn import line, points
from tinygrad_neuron import Value, grad, maximum, nn
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.draw import figures

ACTIVATIONS = [name for name, entry in TABLE.items() if entry.activation]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_curve_and_its_derivative_are_the_engines(name):
    function = TABLE[name].function
    axes = figures.activation_curve(name, points=41).axes[0]
    ends = {}
    for label, expected in ((name, function), ("derivative", grad(function))):
        drawn = points(line(axes, label))
        jumps = {x for x, y in drawn if math.isnan(y)}
        for x, y in drawn:
            if x not in jumps:
                assert y == expected(x).data
        assert {-4.0 + 8.0 * k / 40 for k in range(41)} <= {x for x, _ in drawn}
        ends[label] = jumps
    assert ends[name] == ({0.0} if name == "step" else set())


@pytest.mark.parametrize(
    ("name", "kinks"),
    [
        ("relu", [(0.0, 0.0, 1.0, 0.0)]),
        ("leaky_relu", [(0.0, 0.01, 1.0, 0.01)]),
        ("selu", [(0.0, 1.7580993408473766, 1.0507009873554805, 1.7580993408473766)]),
        ("hard_tanh", [(-1.0, 0.0, 1.0, 0.0), (1.0, 1.0, 0.0, 0.0)]),
        ("hard_sigmoid", [(-3.0, 0.0, 1 / 6, 0.0), (3.0, 1 / 6, 0.0, 0.0)]),
        ("tanh", []),
        ("elu", []),
        ("gelu", []),
    ],
)
def test_kinks_interrupt_the_derivative_and_show_the_engines_choice(name, kinks):
    # Also where no computed point lies on the kink.
    for low, high in ((-4.0, 4.0), (-3.9, 4.3)):
        axes = figures.activation_curve(name, low=low, high=high).axes[0]
        drawn = points(line(axes, "derivative"))
        at = [i for i, (_, y) in enumerate(drawn) if math.isnan(y)]
        assert len(at) == len(kinks)
        dots = [(*points(other)[0], other.get_markerfacecolor()) for other in axes.lines
                if other.get_marker() == "o"]  # fmt: skip
        for i, (x, left, right, there) in zip(at, kinks, strict=True):
            assert drawn[i][0] == pytest.approx(x, abs=1e-9)
            assert drawn[i - 1] == pytest.approx((x, left), abs=1e-8)
            assert drawn[i + 1] == pytest.approx((x, right), abs=1e-8)
            full = [y for dx, y, colour in dots if abs(dx - x) < 1e-8 and colour != "#ffffff"]
            assert full == pytest.approx([there])
            hollow = [y for dx, y, colour in dots if abs(dx - x) < 1e-8 and colour == "#ffffff"]
            other = {left, right} - {there}
            assert hollow == pytest.approx(list(other), abs=1e-8)


def test_a_tie_between_both_sides_is_a_point_of_its_own():
    axes = figures.activation_curve(lambda z: maximum(z, 0.0)).axes[0]
    dots = {points(other)[0] for other in axes.lines if other.get_marker() == "o"}
    assert {(0.0, 0.0), (0.0, 0.5), (0.0, 1.0)} == dots


def test_the_tangent_touches_the_curve_with_the_engines_slope():
    axes = figures.activation_curve("tanh", at=0.5).axes[0]
    (x0, y0), (x, y), (x1, y1) = points(line(axes, "tangent"))
    z = Value(0.5)
    expected = z.tanh()
    expected.backward()
    assert (x, y) == (0.5, expected.data)
    assert (y1 - y0) / (x1 - x0) == pytest.approx(z.grad)
    assert axes.get_title(loc="left") == "tanh(0.5) = 0.4621,  slope 0.7864"
    assert "by convention" in figures.activation_curve("relu", at=0).axes[0].get_title(loc="left")


def test_a_function_and_a_module_can_be_drawn_and_keep_their_gradients():
    prelu = nn.PReLU(0.25)
    prelu.slope.grad = 3.0
    axes = figures.activation_curve(prelu, at=-2).axes[0]
    assert points(line(axes, "tangent"))[1] == (-2.0, -0.5)
    assert prelu.slope.grad == 3.0


def test_where_a_function_is_not_defined_nothing_is_drawn():
    axes = figures.activation_curve(Value.log, at=1, low=-1, high=2).axes[0]
    drawn = points(line(axes, "log"))
    assert all(math.isnan(y) == (x <= 0) for x, y in drawn)
    with pytest.raises(ValueError, match="no finite value at -1"):
        figures.activation_curve(Value.log, at=-1)


def test_activation_curve_refuses_what_it_cannot_draw():
    with pytest.raises(ValueError, match="did you mean 'tanh'"):
        figures.activation_curve("tanhh")
    with pytest.raises(ValueError, match="low must be less than high"):
        figures.activation_curve("tanh", low=1, high=1)
    with pytest.raises(TypeError, match="must return a Value"):
        figures.activation_curve(lambda z: 1.0)


def test_functions_are_drawn_with_their_names_and_marks():
    curves = {"square": lambda x: x * x, "value": lambda x: Value(x).tanh()}
    axes = figures.functions(curves, -1, 1, marks=[(0.5, 0.25)], points=5).axes[0]
    assert [(-1.0, 1.0), (-0.5, 0.25), (0.0, 0.0), (0.5, 0.25), (1.0, 1.0)] == points(
        line(axes, "square")
    )
    for x, y in points(line(axes, "value")):
        assert math.tanh(x) == y
    assert {"square", "value"} == {text.get_text() for text in axes.texts}
    assert (0.5, 0.25) in [points(dot)[0] for dot in axes.lines if dot.get_marker() == "o"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (({"x": abs}, 1, 1), "low must be less than high"),
        (({}, 0, 1), "at least one function"),
    ],
)
def test_functions_refuse_what_cannot_be_drawn(arguments, message):
    with pytest.raises(ValueError, match=message):
        figures.functions(*arguments)


def test_an_activation_curve_can_have_a_title_of_its_own():
    assert "relu" == figures.activation_curve("relu").axes[0].get_title(loc="left")
    titled = figures.activation_curve("relu", at=1.0, title="rectified")
    assert "rectified" == titled.axes[0].get_title(loc="left")
