"""Every figure is in the house style, and touches nothing global."""

from __future__ import annotations

import builtins
import io
import sys
from xml.etree import ElementTree

import pytest

pytest.importorskip("matplotlib", reason="the extra demos is not installed")
from tests.draw.figures.drawn import perceptron, points
from tinygrad_neuron import datasets
from tinygrad_neuron.draw import figures
from tinygrad_neuron.draw.themes import THEMES, find_theme


def svg(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg")
    return ElementTree.fromstring(buffer.getvalue()), len(buffer.getvalue())


def all_figures(theme="light"):
    gate = datasets.gate("and")
    return {
        "curve": figures.activation_curve("relu", at=0, theme=theme),
        "training": figures.training_curves({"loss": [1, 0.5], "accuracy": [0, 1]}, theme=theme),
        "boundary": figures.decision_boundary(
            perceptron(), gate, distances=True, resolution=12, title="AND", theme=theme
        ),
        "histograms": figures.histograms({"a": [1.0, 2.0]}, {"a": [0.0]}, theme=theme),
        "images": figures.weight_images([[1.0, 0, 0, -1]], 2, names=["n"], theme=theme),
    }


def test_the_same_call_draws_the_same():
    def drawn():
        return [
            (points(line), line.get_color(), line.get_linestyle())
            for figure in all_figures().values()
            for axes in figure.axes
            for line in axes.lines
            if line.get_label() != "_hyperplane"
        ]

    assert repr(drawn()) == repr(drawn())


@pytest.mark.parametrize("theme", THEMES)
def test_every_figure_follows_the_theme_and_writes_a_modest_svg(theme):
    from matplotlib.colors import to_hex

    for name, figure in all_figures(theme).items():
        assert to_hex(figure.get_facecolor()) == find_theme(theme).background, name
        root, size = svg(figure)
        assert root.tag.endswith("svg")
        assert size < 130_000, name


def test_every_text_is_large_enough_to_read():
    for name, figure in all_figures().items():
        for text in figure.findobj(lambda artist: hasattr(artist, "get_fontsize")):
            assert text.get_fontsize() >= 8, (name, text.get_text())


def test_no_window_and_no_global_state():
    import matplotlib

    before = dict(matplotlib.rcParams)
    had_pyplot = "matplotlib.pyplot" in sys.modules
    all_figures()
    assert dict(matplotlib.rcParams) == before
    assert ("matplotlib.pyplot" in sys.modules) == had_pyplot


def test_without_matplotlib_the_error_names_the_extra(monkeypatch):
    real = builtins.__import__

    def refuse(name, *rest, **options):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ImportError, match=r'pip install "tinygrad_neuron\[demos\]"'):
        figures.activation_curve("tanh")


@pytest.mark.parametrize("to_file", [False, True])
def test_svg_has_the_same_bytes_run_after_run(tmp_path, to_file):
    def written(figure):
        if to_file:
            figure.savefig(tmp_path / "figure.svg")
            return (tmp_path / "figure.svg").read_bytes()
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg")
        return buffer.getvalue()

    first, second = all_figures(), all_figures()
    for name in ("curve", "boundary"):
        once = written(first[name])
        assert once == written(second[name])
        assert b"<dc:date>" not in once
