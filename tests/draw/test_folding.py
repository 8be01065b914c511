"""A picture folds by level, by choice and by budget, and says what it folded."""

import re
from collections import Counter
from statistics import fmean, pstdev

import pytest

from tests.draw.graphs import classifier, node_lines
from tests.draw.twelve import without_modules
from tinygrad_neuron import Value, draw_dot, nn, topological_order
from tinygrad_neuron.draw.facts import read
from tinygrad_neuron.draw.folding import fold
from tinygrad_neuron.draw.text import number
from tinygrad_neuron.draw.themes import THEMES


def test_scopes_are_nested_as_in_the_model():
    _, loss = classifier(1, hidden=(2,))
    source = draw_dot(loss).source
    clusters = re.findall(r"^(\t+)subgraph (cluster_\d+)", source, re.MULTILINE)
    assert [len(indent) for indent, _ in clusters] == [1, 2, 3, 2, 3, 3]
    assert len({name for _, name in clusters}) == 6
    assert 'tooltip="layers&#91;0' not in source
    assert "layers[0].neurons[1] (Neuron): " in source
    assert "subgraph" not in draw_dot(loss, clusters=False).source


@pytest.mark.parametrize(
    "level, folded", [("scalar", 0), ("neuron", 3), ("layer", 2), ("network", 1)]
)
def test_a_level_folds_all_scopes_of_its_kind(level, folded):
    _, loss = classifier(1, hidden=(2,))
    folding = draw_dot(loss, level=level).folding
    groups = [group for group in folding.groups if group.is_folded]
    assert len(groups) == folded
    numbers = 3  # -y, 1 - y, / 1: written into the operations
    assert folding.nodes == len(topological_order(loss))
    assert folding.nodes == numbers + sum(len(g.members) for g in folding.groups)
    assert (folding.text == "") == (level == "scalar")
    if folding.text:  # all nodes are told: folded, alone or written
        assert folding.text.endswith(f"; {numbers} numbers in operations")
        counts = r"(\d+) nodes, drawn as (\d+): (\d+) of them folded into (\d+)"
        nodes, drawn, inside, into = map(int, re.match(counts, folding.text).groups())
        assert nodes == inside + (drawn - into) + numbers
    assert not folding.automatic


def test_one_written_number_is_told_in_the_singular():
    y = nn.Neuron(1, seed=0)([Value(1.0)]) * 2.0
    text = draw_dot(y, level="neuron").folding.text
    assert text.endswith("folded into 1; 1 number in an operation")


def folded_lines(picture):
    return [line for name, line in node_lines(picture).items() if name[0] == "f"]


def test_a_folded_neuron_shows_w_b_z_and_y_with_their_gradients():
    model = nn.Neuron(2, activation="relu", init="zeros")
    model.w[0].data = 1.5
    y = model([Value(2.0), Value(-4.0)]) * 2.0
    [line] = folded_lines(draw_dot(y, level="neuron"))
    assert "not yet" in line and ">grad</FONT></TD><TD W" not in line
    y.backward()
    [line] = folded_lines(draw_dot(y, level="neuron"))
    rows = re.findall(r">(\w)&#160;</FONT></TD>(.*?)</TR>", line)
    assert {name: re.findall(r'"RIGHT">([^<]*)<', row) for name, row in rows} == {
        "w": ["1.5, 0", "4, -8"],
        "b": ["0", "2"],
        "z": ["3", "2"],
        "y": ["3", "2"],
    }
    assert 'class="folded"' in line
    assert "grad from -8.0 to 4.0" in line  # the tooltip
    assert (
        "grad" not in folded_lines(draw_dot(y, level="neuron", gradients=False))[0].split("tool")[0]
    )


def test_a_folded_neuron_has_a_field_for_each_of_several_examples():
    model = nn.Neuron(1, activation="relu", weights=[2.0], bias=0.0)
    loss = sum(model([Value(x)]) for x in (-1.0, 0.5, 1.0, 0.25))
    picture = draw_dot(loss, budget=6)  # so that all calls are one
    [line] = [line for line in folded_lines(picture) if "Neuron" in line]
    theme = THEMES["light"]
    fields = re.findall(r'<TD BGCOLOR="(#\w{6})" WIDTH', line)
    z, y = [-1.0, 0.5, 1.0, 0.25], [0.0, 0.5, 1.0, 0.25]  # as shares of 2
    assert fields == [theme.area(share) for share in (*z, *y)]
    assert "a field for each" in picture.source
    assert "a field for each" not in draw_dot(model([1.0]), level="neuron").source


def test_a_folded_layer_shows_its_shape_and_its_spread():
    model = nn.MLP(2, [4, 1], activation="tanh", seed=0)
    loss = sum(model([Value(0.1 * k), Value(1.0)]) for k in range(20))
    source = draw_dot(loss, level="layer").source
    assert ">2 → 4 tanh<" in source and ">4 → 1<" in source
    outputs = [v.data for v in topological_order(loss) if v.label == "y" and v._op == "tanh"]
    assert f">{number(fmean(outputs), 2)} ± {number(pstdev(outputs), 2)}<" in source


@pytest.mark.parametrize(
    "cell, size, steps", [(nn.RNNCell(2, 3, seed=0), 3, 4), (nn.GRUCell(2, 2, seed=0), 2, 3)]
)
def test_all_shared_parameters_stand_in_the_first_call(cell, size, steps):
    h = [Value(0.0) for _ in range(size)]
    for k in range(steps):
        h = cell([0.1 * k, 0.2], h)
    folding = draw_dot(sum(h[1:], h[0]), level="network").folding
    parameters = set(cell.parameters())
    counts = {group.why: len(parameters & set(group.members)) for group in folding.groups}
    assert steps == sum(why.startswith("call ") for why in counts)
    assert {f"call 1 of {steps}": len(parameters)} == {why: n for why, n in counts.items() if n}


def test_a_callback_decides_per_scope():
    _, loss = classifier(1, hidden=(3,))
    picture = draw_dot(loss, fold=lambda scope: scope.name == "neurons[1]")
    assert [g.scope.name for g in picture.folding.groups if g.is_folded] == ["neurons[1]"]
    picture = draw_dot(
        loss, level="network", fold=lambda scope: False if scope.kind == "MLP" else None
    )
    assert {g.scope.kind for g in picture.folding.groups if g.is_folded} == {"Layer"}
    assert draw_dot(loss, level="neuron", fold=lambda scope: None).folding.folded > 0


def test_many_examples_fold_into_one_node_per_neuron():
    _, loss = classifier(30)
    loss.backward()
    picture = draw_dot(loss)
    folding = picture.folding
    assert folding.automatic
    scopes = [group.scope for group in folding.groups if group.scope is not None]
    assert len(scopes) == len(set(scopes)) == 33
    assert folding.drawn < 60
    assert folding.nodes == len(topological_order(loss))
    assert folding.folded == sum(len(g.members) for g in folding.groups if g.is_folded)
    text = f"{folding.nodes:,} nodes, drawn as {folding.drawn:,}: {folding.folded:,} of them folded"
    assert folding.text.startswith(text)
    assert ", to fit 1,600 × 900 pixels; " in folding.text
    assert f"{folding.nodes:,} nodes, drawn as" in picture.source
    layers = draw_dot(loss, level="layer").folding
    assert len([g for g in layers.groups if g.scope is not None]) == 3


def test_no_budget_draws_everything():
    _, loss = classifier(30)
    picture = draw_dot(loss, budget=None)
    written = 2 * 30 + 1  # 1 - y * 1 of each example, and / 30
    assert picture.folding.drawn == len(topological_order(loss)) - written
    assert "e12-0" in picture.source


def test_chains_and_equal_nodes_without_scopes_fold():
    x = Value(0.0, label="x")
    total = Value(0.0)
    for i in range(2000):
        total = total + (x - i) ** 2
    picture = draw_dot(total)
    assert picture.folding.automatic
    assert picture.folding.drawn <= 12
    sizes = Counter(len(group.members) for group in picture.folding.groups)
    assert sizes[2000] >= 2  # the differences, and the squares


def test_a_long_chain_folds_to_what_is_repeated():
    x = Value(0.5, label="x")
    y = x
    for _ in range(3000):
        y = (y * 1.1).tanh()
    picture = draw_dot(y)
    assert "nodes that do the same in the same surroundings" in picture.folding.text
    assert picture.folding.drawn <= 6
    assert 3000 - 2 <= max(len(group.members) for group in picture.folding.groups) <= 3000


def test_what_has_nothing_in_common_folds_by_depth():
    picture = draw_dot(without_modules())
    whys = [group.why for group in picture.folding.groups if group.why]
    assert whys and all(why.startswith("depth ") for why in whys)
    assert picture.folding.drawn <= 30
    assert draw_dot(without_modules(), budget=5).folding.drawn <= 5


@pytest.mark.parametrize(
    ("examples", "level", "budget", "how"),
    [
        (1, "scalar", 1000, None),
        (1, "scalar", 20, "each neuron is one node"),
        (1, "scalar", 10, "each layer is one node"),
        (1, "layer", 8, "each network is one node"),
        (3, "scalar", 10, "each network is one node"),
        (1, "scalar", 6, "by depth, and each network is one node"),
    ],
)
def test_past_a_budget_the_first_level_that_fits_is_taken(examples, level, budget, how):
    _, loss = classifier(examples, hidden=(3,))
    folding = fold(read(loss), level, budget=budget)
    assert folding.automatic == (how is not None)
    if how is not None:
        assert (how, budget) == (folding.how, folding.budget)
        assert folding.drawn <= budget


def test_past_a_budget_without_scopes_equal_nodes_fold():
    x = Value(0.0, label="x")
    folding = fold(read(sum((x - i) ** 2 for i in range(50))), "scalar", budget=12)
    assert "equal nodes, and chains of one operation" == folding.how
