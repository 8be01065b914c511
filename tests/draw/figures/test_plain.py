"""Figures without matplotlib are small SVG that any page can hold."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from tests.draw.measuring import SVG
from tinygrad_neuron import datasets, losses, nn, optim, training
from tinygrad_neuron.draw import showing
from tinygrad_neuron.draw.figures import plain
from tinygrad_neuron.draw.themes import THEMES

HOSTILE = '</text><script>alert(1)</script>&"\x00'


def all_figures(theme="light", text="a"):
    examples = [((0, 0), text), ((1, 1), "b")]
    return {
        "curve": plain.activation_curve("tanh", at=0.5, title=text, theme=theme),
        "boundary": plain.decision_boundary(
            nn.Neuron(2, seed=0), examples, resolution=9, title=text, theme=theme
        ),
        "classes": plain.decision_boundary(three, examples, resolution=9, theme=theme),
        "histogram": plain.histogram([1.0, 2.0, 2.5], bins=3, title=text, theme=theme),
        "training": plain.training_curves(
            {text: [1.0, math.nan, 0.5]}, steps=text, title=text, theme=theme
        ),
    }


def three(x):
    return [-x[0], x[0] - 1, -5.0]


def texts(figure):
    return [text.text for text in ElementTree.fromstring(figure).iter(f"{SVG}text")]


def paths(figure, **attributes):
    found = ElementTree.fromstring(figure).iter(f"{SVG}path")
    names = {name.replace("_", "-"): value for name, value in attributes.items()}
    return [path for path in found if names.items() <= path.attrib.items()]


def test_they_are_made_without_matplotlib_and_the_same_every_time():
    program = (
        "import sys; from tests.draw.figures.test_plain import all_figures; "
        "print(*all_figures().values()); assert 'matplotlib' not in sys.modules"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


@pytest.mark.parametrize("theme", THEMES)
def test_they_have_the_colours_of_the_theme_and_no_ids(theme):
    for name, figure in all_figures(theme).items():
        assert f'fill="{THEMES[theme].background}"' in figure
        assert " id=" not in figure and "url(" not in figure, name
        for text in ElementTree.fromstring(figure).iter(f"{SVG}text"):
            assert 0 <= float(text.get("x")) <= 480 and 0 <= float(text.get("y")) <= 320, name


def test_labels_are_text():
    for figure in all_figures(text=HOSTILE).values():
        assert "<script" not in figure
        assert any("<script>" in text and "\u2400" in text for text in texts(figure))


def test_the_tangent_has_the_slope_of_the_derivative():
    figure = plain.activation_curve("tanh", at=0.5)
    [tangent] = paths(figure, stroke=THEMES["light"].ink)
    (x0, y0), (x1, y1) = numbers_of(tangent)
    places = {
        (text.text, text.get("text-anchor")): (float(text.get("x")), float(text.get("y")))
        for text in ElementTree.fromstring(figure).iter(f"{SVG}text")
    }
    across = (places["2", "middle"][0] - places["0", "middle"][0]) / 2
    up = places["0", "end"][1] - places["1", "end"][1]
    slope = (y0 - y1) / up / ((x1 - x0) / across)
    assert slope == pytest.approx(1 - math.tanh(0.5) ** 2, abs=0.01)


def numbers_of(path):
    pairs = re.findall(r"(-?[\d.]+) (-?[\d.]+)", path.get("d"))
    return [(float(x), float(y)) for x, y in pairs]


def test_a_curve_is_interrupted_where_the_function_jumps_or_has_no_value():
    [curve] = paths(plain.activation_curve("step"), stroke=THEMES["light"].positive)
    assert curve.get("d").count("M") == 2
    [root] = paths(plain.activation_curve(lambda z: z.sqrt()), stroke=THEMES["light"].positive)
    assert min(x for x, _ in numbers_of(root)) > 200


def test_the_boundary_is_where_the_score_is_zero():
    neuron = nn.Neuron(2, activation="identity", weights=[1.0, 0.0], bias=-0.25)
    data = [((0, 0), 0), ((1, 1), 1)]
    figure = plain.decision_boundary(neuron, data, resolution=9, plane=((0, 1), (0, 1)))
    [line] = paths(figure, stroke=THEMES["light"].ink)
    xs = {x for x, _ in numbers_of(line)}
    assert len(xs) == 1
    assert xs.pop() == pytest.approx(52 + 0.25 * (480 - 52 - 16), abs=0.1)
    assert {"0", "1", "x0", "x1"} <= set(texts(figure))


def test_a_histogram_counts_every_finite_number():
    figure = plain.histogram([0.0, 0.1, 1.0, math.inf], bins=2)
    bars = [numbers_of(p) for p in paths(figure, fill=THEMES["light"].positive)]
    left, right = (bar[0][1] - bar[1][1] for bar in bars)
    assert left == pytest.approx(2 * right, abs=0.2)
    assert "1 not finite" in texts(figure)
    with pytest.raises(ValueError, match="at least one finite number"):
        plain.histogram([math.nan])


def test_training_curves_say_where_a_nan_was_and_go_on():
    figure = plain.training_curves({"loss": [1.0, math.nan, 0.5, 0.4], "other": [1.0, 1.0]})
    [curve] = paths(figure, stroke=THEMES["light"].positive)
    assert curve.get("d").count("M") == 2
    assert len(paths(figure, stroke=THEMES["light"].alarm)) == 1
    assert {"loss is nan at 2", "loss", "other", "step"} <= set(texts(figure))
    with pytest.raises(ValueError, match="at least one number"):
        plain.training_curves({"loss": []})


def test_a_figure_is_written_and_shows_itself(tmp_path):
    figure = plain.decision_boundary(nn.Neuron(2, seed=0), datasets.xor(), resolution=5)
    figure.savefig(tmp_path / "new" / "figure.svg")
    assert (tmp_path / "new" / "figure.svg").read_text(encoding="utf-8") == figure
    assert figure._repr_svg_() == figure


def test_a_training_shows_its_losses_where_there_is_no_matplotlib(monkeypatch):
    model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    optimiser = optim.SGD(model.parameters(), lr=0.1)
    record = training.fit(model, losses.mean_squared_error, datasets.xor(), optimiser, epochs=3)
    monkeypatch.setattr(showing.importlib.util, "find_spec", lambda name: None)
    figure = showing.training_record(record)
    assert figure.startswith("<svg") and "epoch" in texts(figure)
