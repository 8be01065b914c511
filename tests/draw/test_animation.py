"""The backward pass as a film: each contribution a frame, in one layout, no grad changed."""

import math
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.draw.engines import needs_engine
from tests.draw.measuring import SVG
from tinygrad_neuron import Value, animate, draw_dot, nn, select, sqrt, topological_order
from tinygrad_neuron.draw import rendering
from tinygrad_neuron.draw.film import MOST_NODES, Film
from tinygrad_neuron.draw.rendering import EngineNotFoundError
from tinygrad_neuron.draw.themes import THEMES
from tinygrad_neuron.operators import stored_gradient


def two_ways():
    x, w = Value(2.0, label="x"), Value(3.0, label="w")
    p = x * w
    p.label = "p"
    y = p + x
    y.label = "y"
    return x, y


def texts(path):
    return [
        (element.text, element.get("style", ""))
        for element in ElementTree.parse(path).iter(f"{SVG}text")
    ]


def seen_at_rest(path):
    """The texts that stand there without motion."""

    def walk(element, hidden):
        hidden = hidden or "visibility: hidden" in element.get("style", "")
        if element.tag == f"{SVG}text" and not hidden:
            yield element.text
        for child in element:
            yield from walk(child, hidden)

    return list(walk(ElementTree.parse(path).getroot(), False))


# The SVG


@needs_engine
def test_the_svg_shows_each_sum_and_rests_on_the_finished_picture(tmp_path):
    _, y = two_ways()
    path = animate(y, tmp_path / "new" / "y.svg")
    assert path == str(tmp_path / "new" / "y.svg")
    shown = dict(texts(path))
    for text in ("1 + 3 = 4", "1 × 3 = 3", "not yet", "step 4 of 4: from p to w"):
        assert text in shown
    assert any(text.endswith("gradient of x: 0 + 1 = 1") for text in shown)
    visible = seen_at_rest(path)
    assert "finished" in visible and "not yet" not in visible
    assert {"1 × 3 = 3", "1 × 2 = 2", "1 × 1 = 1"} <= set(visible)
    assert "1 + 3 = 4" not in visible


@needs_engine
def test_the_svg_moves_only_for_readers_who_have_not_asked_for_less(tmp_path):
    path = animate(two_ways()[1], tmp_path / "y.svg")
    [style] = ElementTree.parse(path).iter(f"{SVG}style")
    before, _, moving = style.text.partition("@media (prefers-reduced-motion: no-preference)")
    assert before.strip() == ""
    assert "@keyframes" in moving
    names = re.findall(r"@keyframes (\S+)", moving)
    used = {
        name
        for element in ElementTree.parse(path).iter()
        for name in element.get("class", "").split()
    }
    assert set(names) <= used
    assert "http" not in re.sub(
        r"http://www\.w3\.org/\S+", "", Path(path).read_text(encoding="utf-8")
    )


@needs_engine
def test_the_ids_in_the_svg_are_unique_and_every_edge_is_there(tmp_path):
    path = animate(two_ways()[1], tmp_path / "y.svg")
    ids = [e.get("id") for e in ElementTree.parse(path).iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert {"n0", "n1", "n2", "n3", "e2-0", "e2-1", "e3-0", "e3-1"} <= set(ids)


@needs_engine
def test_the_same_graph_gives_the_same_bytes(tmp_path):
    first = animate(two_ways()[1], tmp_path / "a.svg")
    second = animate(two_ways()[1], tmp_path / "b.svg")
    assert Path(first).read_bytes() == Path(second).read_bytes()


@needs_engine
@pytest.mark.parametrize("label", ['<b>&"x"</b>', r"\N {a|b}", "#f00000", "two\nlines", "\x00]]>"])
def test_a_label_is_text_never_markup(tmp_path, label):
    x = Value(2.0, label=label)
    path = animate(x * x, tmp_path / "x.svg")
    assert list(ElementTree.parse(path).iter(f"{SVG}b")) == []
    assert "2 + 2 = 4" in dict(texts(path))


@needs_engine
def test_what_select_does_not_choose_ends_with_zero(tmp_path):
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    y = a.maximum(b)
    assert "0" in seen_at_rest(animate(y, tmp_path / "y.svg"))


@needs_engine
@pytest.mark.parametrize(
    "made, addition",
    [
        (lambda x: select([x * Value(math.inf), x * 2.0], 1), "0 + 2 = 2"),
        (lambda x: select([x, sqrt(x - 3.0)], 0), "0 + 1 = 1"),
    ],
    ids=["infinite", "no derivative"],
)
def test_the_branch_that_select_did_not_take_brings_nothing(tmp_path, made, addition):
    x = Value(3.0, label="x")
    shown = [text for text, _ in texts(animate(made(x), tmp_path / "y.svg"))]
    assert any(text.endswith(f"gradient of x: {addition}") for text in shown)
    assert not any("nan" in text for text in shown)


def test_a_select_without_an_operand_at_its_index_is_refused_by_name(tmp_path):
    a, b, i = Value(1.0, label="a"), Value(2.0, label="b"), Value(0.0, label="i")
    y = select([a, b], i)
    i.data = 5.0
    with pytest.raises(IndexError, match=r"select.*5\.0"):
        animate(y, tmp_path / "y.svg")
    assert list(tmp_path.iterdir()) == []


@needs_engine
def test_a_leaf_and_a_constant_graph_can_be_animated(tmp_path):
    animate(Value(1.0, label="x"), tmp_path / "x.svg")
    assert (tmp_path / "x.svg").exists()


# The GIF


@needs_engine
def test_the_gif_has_a_frame_per_moment_of_one_size(tmp_path):
    image_module = pytest.importorskip("PIL.Image", reason="the extra demos is not installed")
    path = animate(two_ways()[1], tmp_path / "y.gif", seconds=0.5)
    with image_module.open(path) as film:
        assert film.n_frames == 4 + 3
        durations = []
        for frame in range(film.n_frames):
            film.seek(frame)
            durations.append(film.info["duration"])
        assert durations == [500] * 6 + [1500]
        assert film.info["loop"] == 0


def network(examples):
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    return sum((model([0.1 * k, 1.0]) - 1.0) ** 2 for k in range(examples))


@pytest.mark.parametrize(
    "root", [two_ways()[1], network(1), network(6)], ids=["two ways", "network", "folded"]
)
def test_no_node_and_no_edge_moves_between_the_frames(root, engine):
    film = Film(root, THEMES["light"], "LR", 4)
    places = []
    for moment in {0, 1, 2, film.frames // 2, film.frames - 2, film.frames - 1}:
        picture = film.picture(moment)
        picture.layout_command = engine
        drawn = ElementTree.fromstring(picture.pipe(format="svg", quiet=True))
        shapes = {"": drawn.get("viewBox")}
        for group in drawn.iter(f"{SVG}g"):
            if group.get("class", "").split()[:1] in (["node"], ["edge"], ["cluster"]):
                shapes[group.get("id")] = [
                    shape.get("d") or shape.get("points")
                    for shape in group.iter()
                    if shape.tag in (f"{SVG}path", f"{SVG}polygon")
                    and shape.get("fill") != THEMES["light"].accent  # an arrowhead that is lit
                ][:1]
        places.append(shapes)
    assert all(other == places[0] for other in places)
    still = draw_dot(root)
    still.layout_command = engine
    background = f'fill="{THEMES["light"].background}"'
    assert background in still.pipe(format="svg", encoding="utf-8")
    assert background in film.picture(0).pipe(format="svg", encoding="utf-8", quiet=True)


@needs_engine
def test_a_larger_graph_folds_and_goes_line_by_line(tmp_path):
    root = network(6)
    film = Film(root, THEMES["light"], "LR", 4)
    assert film.drawn.plan.folding.folded > 100
    assert film.frames < 40
    shown = [text for text, _ in texts(animate(root, tmp_path / "y.svg"))]
    assert any("contributions along this line" in text for text in shown)
    ids = [e.get("id") for e in ElementTree.parse(tmp_path / "y.svg").iter() if e.get("id")]
    assert len(ids) == len(set(ids))


def test_without_pillow_the_error_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match=r"tinygrad_neuron\[demos\]"):
        animate(two_ways()[1], tmp_path / "y.gif")
    assert list(tmp_path.iterdir()) == []


# What does not change, and what is refused


@needs_engine
@pytest.mark.parametrize("passes", [0, 2])
def test_no_grad_is_read_or_changed(tmp_path, passes):
    _, y = two_ways()
    for _ in range(passes):
        y.backward()
    before = [stored_gradient(node) for node in topological_order(y)]
    source = draw_dot(y).source
    path = animate(y, tmp_path / "y.svg")
    assert before == [stored_gradient(node) for node in topological_order(y)]
    assert source == draw_dot(y).source
    assert "1 + 3 = 4" in dict(texts(path))


@pytest.mark.parametrize(
    ("name", "message"),
    [("y.gfi", "did you mean 'gif'"), ("y.png", "Known: gif, svg"), ("y", "Known: gif, svg")],
)
def test_another_suffix_is_refused_with_the_known_ones(tmp_path, name, message):
    with pytest.raises(ValueError, match=message):
        animate(two_ways()[1], tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_too_large_a_graph_is_refused_with_the_way_out(tmp_path):
    x = Value(1.0)
    for _ in range(MOST_NODES):
        x = x.tanh()
    with pytest.raises(ValueError, match=r"100,001 nodes.*draw_dot"):
        animate(x, tmp_path / "x.svg")


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), 1e9])
def test_a_senseless_duration_is_refused(tmp_path, seconds):
    with pytest.raises(ValueError, match="seconds"):
        animate(two_ways()[1], tmp_path / "y.svg", seconds=seconds)


def test_options_that_do_not_exist_are_refused(tmp_path):
    _, y = two_ways()
    with pytest.raises(ValueError, match="did you mean 'dark'"):
        animate(y, tmp_path / "y.svg", theme="drak")
    with pytest.raises(ValueError, match="rankdir"):
        animate(y, tmp_path / "y.svg", rankdir="LT")
    with pytest.raises(TypeError, match="must be a Value"):
        animate(3.0, tmp_path / "y.svg")


def test_without_an_engine_an_earlier_file_stays(tmp_path, monkeypatch):
    path = tmp_path / "y.svg"
    path.write_text("earlier")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(rendering, "_script_folders", list)
    with pytest.raises(EngineNotFoundError):
        animate(two_ways()[1], path)
    assert path.read_text() == "earlier"
