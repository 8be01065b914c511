"""A picture folds by level, by choice and by budget, and says what it folded."""

import re
from collections import Counter

import pytest

from tests.draw.graphs import classifier, node_lines
from tests.draw.twelve import without_modules
from tinygrad_neuron import Value, draw_dot, nn, topological_order


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
    assert not folding.automatic


def test_a_folded_neuron_counts_its_nodes_and_shows_the_ranges():
    model = nn.Neuron(2, activation="relu", init="zeros")
    model.w[0].data = 1.5
    y = model([Value(2.0), Value(-4.0)]) * 2.0
    y.backward()
    [line] = [
        line for name, line in node_lines(draw_dot(y, level="neuron")).items() if name[0] == "f"
    ]
    # w0, w1, b, two products, the sum, + b, relu
    assert ">8 nodes, 3 parameters<" in line
    assert ">0 … 3<" in line
    assert ">-8 … 4<" in line
    assert 'class="folded"' in line
    assert "grad from -8.0 to 4.0" in line


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
    assert folding.text.endswith(", to fit 1,600 × 900 pixels")
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
