"""draw_dot: what stands in a node and at an edge, folding, colours, paths, flags, ids."""

import math
import os
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_neuron import Value, draw_dot, mean, nn, relu, select, sqrt, topological_order
from tinygrad_neuron.draw import rendering
from tinygrad_neuron.draw.paths import MANY
from tinygrad_neuron.draw.rendering import EngineNotFoundError, find_engine
from tinygrad_neuron.draw.themes import THEMES
from tinygrad_neuron.scope import scope

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}title"

try:
    find_engine()
except EngineNotFoundError:
    HAS_ENGINE = False
else:
    HAS_ENGINE = True
needs_engine = pytest.mark.skipif(not HAS_ENGINE, reason="no layout engine on this machine")


def neuron_by_hand():
    x, w, b = Value(2.0, label="x"), Value(0.5, label="w"), Value(-1.0, label="b")
    y = (w * x + b).tanh()
    y.label = "y"
    return x, w, b, y


def classifier(samples, hidden=(16, 16), seed=0):
    model = nn.MLP(2, [*hidden, 1], activation="tanh", seed=seed)
    generator = random.Random(seed)
    points = [[generator.uniform(-1, 1), generator.uniform(-1, 1)] for _ in range(samples)]
    examples = [([Value(x) for x in point], 1 if point[0] > 0 else -1) for point in points]
    return model, mean([relu(1 - model(x) * y) for x, y in examples])


def node_lines(picture):
    """The attributes of each node, by its id."""
    text = re.sub("\n<T", "<T", picture.source)
    text = re.sub("\n(?!\t)(?!})", "", text)
    return dict(re.findall(r"^\t+([nf]\d+) \[(.*)\]$", text, re.MULTILINE))


def edge_lines(picture):
    return {
        re.search(r'id="([^"]+)"', line)[1]: line
        for line in picture.source.splitlines()
        if " -> " in line and "style=invis" not in line and line.startswith("\t")
    }


def svg_groups(picture, kind):
    root = ElementTree.fromstring(picture.pipe(format="svg"))
    return [group for group in root.iter(f"{SVG}g") if group.get("class", "").split()[:1] == [kind]]


def words(group):
    return [text.text for text in group.iter(f"{SVG}text")]


# The text


def test_the_text_of_one_operation_is_exact():
    x = Value(3.0, label="x")
    y = x.exp()
    picture = draw_dot(y, legend=False, edges="none")
    assert picture.source == EXACT_EXP


EXACT_EXP = (
    'digraph "graph" {\n'
    '\tgraph [rankdir="LR" ranksep="0.35" nodesep="0.16" bgcolor="#ffffff" pad="0.15" '
    'fontname="Helvetica" fontsize="10" fontcolor="#111827" tooltip="computation graph"]\n'
    '\tnode [fontname="Helvetica" fontsize="10" fontcolor="#111827" color="#4b5563" '
    'margin="0.07,0.04" height="0.2" width="0.3"]\n'
    '\tedge [fontname="Helvetica" fontsize="9" fontcolor="#4b5563" color="#4b5563" '
    'arrowsize="0.6"]\n'
    '\tn0 [id="n0" shape="box" style="filled" fillcolor="#eef2f7" class="input not-computed" '
    'label=<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"><TR>'
    '<TD COLSPAN="3"><B>x</B></TD></TR>\n'
    '<TR><TD ALIGN="LEFT"><FONT COLOR="#4b5563">data&#160;</FONT></TD>'
    '<TD ALIGN="RIGHT">3</TD><TD WIDTH="4"></TD></TR>\n'
    '<TR><TD ALIGN="LEFT"><FONT COLOR="#4b5563">grad&#160;</FONT></TD><TD ALIGN="RIGHT">'
    '<FONT COLOR="#4b5563"><I>not yet</I></FONT></TD><TD WIDTH="4"></TD></TR></TABLE>> '
    'tooltip="input x&#10;data = 3.0&#10;gradient not computed yet"]\n'
    '\tn1 [id="n1" shape="box" style="rounded,filled" fillcolor="#fdf3dc" peripheries="2" '
    'class="output not-computed" '
    'label=<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"><TR>'
    '<TD COLSPAN="3"><B>exp</B></TD></TR>\n'
    '<TR><TD ALIGN="LEFT"><FONT COLOR="#4b5563">data&#160;</FONT></TD>'
    '<TD ALIGN="RIGHT">20.09</TD><TD WIDTH="4"></TD></TR>\n'
    '<TR><TD ALIGN="LEFT"><FONT COLOR="#4b5563">grad&#160;</FONT></TD><TD ALIGN="RIGHT">'
    '<FONT COLOR="#4b5563"><I>not yet</I></FONT></TD><TD WIDTH="4"></TD></TR></TABLE>> '
    'tooltip="output&#10;operation: exp&#10;data = 20.085536923187668&#10;'
    'gradient not computed yet"]\n'
    '\tn0 -> n1 [id="e1-0" tooltip="x → exp&#10;local derivative 20.085536923187668&#10;'
    'contribution not computed yet"]\n'
    "}\n"
)


def test_the_edges_of_a_square_are_two():
    x = Value(3.0, label="x")
    y = x * x
    y.backward()
    picture = draw_dot(y, edges="contribution", legend=False)
    tip = "x → *&#10;local derivative 3.0&#10;incoming × local = 1.0 × 3.0 = 3.0"
    assert [
        f'\tn0 -> n1 [id="e1-{i}" label="1 × 3 = 3" labeltooltip="{tip}" tooltip="{tip}"]'
        for i in range(2)
    ] == list(edge_lines(picture).values())


def test_a_constant_is_dashed_and_has_no_gradient():
    picture = draw_dot(Value(3.0, label="x") + 2, legend=False)
    assert (
        'id="n1" shape="box" style="filled,dashed" fillcolor="#ffffff" margin="0.06,0.02" '
        'class="constant" label=<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" '
        'CELLPADDING="1"><TR><TD COLSPAN="3">2</TD></TR></TABLE>> '
        'tooltip="constant&#10;data = 2.0&#10;a constant: it gets no gradient"'
    ) == node_lines(picture)["n1"]
    assert 'style="dashed" arrowhead="empty" class="constant"' in edge_lines(picture)["e2-1"]
    assert " label=" not in edge_lines(picture)["e2-1"]


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


# Nodes


def test_kinds_are_told_apart_by_shape():
    model = nn.Neuron(1, activation="tanh", seed=0)
    picture = draw_dot(model([Value(2.0, label="x")]) * 3)
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
    assert node.endswith('grad = 0.0"')


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
    with pytest.raises(ValueError, match="digits must be 1 or more, got 0"):
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


def test_nodes_made_by_hand_have_no_local_derivative():
    out = Value(1.0, (Value(2.0, label="a"),), "mine")
    assert 'class="unknown"' in edge_lines(draw_dot(out))["e1-0"]
    root = Value(0.0, label="a").sqrt()  # not differentiable there
    assert 'class="unknown"' in edge_lines(draw_dot(root))["e1-0"]


def test_the_operand_that_select_chose_has_the_derivative_1():
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    lines = edge_lines(draw_dot(select([a, b], 1)))
    assert 'label="× 0"' in lines["e3-0"]
    assert 'label="× 1"' in lines["e3-1"]
    assert 'class="constant"' in lines["e3-2"]


# Options


@pytest.mark.parametrize(
    "options, message",
    [
        ({"rankdir": "left"}, "rankdir 'left'"),
        ({"edges": "locale"}, "edges 'locale': unknown, did you mean 'local'"),
        ({"level": "neurons"}, "level 'neurons': unknown, did you mean 'neuron'"),
        ({"theme": "drak"}, "did you mean 'dark'"),
        ({"color": "gradients"}, "did you mean 'gradient'"),
        ({"budget": 0}, "budget must be a number of nodes"),
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


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_colours_everything(theme):
    _, loss = classifier(1, hidden=(2,))
    loss.backward()
    source = draw_dot(loss, theme=theme, color="gradient", edges="contribution").source
    colours = {*re.findall(r"#[0-9a-f]{6}", source)}
    assert THEMES[theme].background in colours
    others = {name: other.ink for name, other in THEMES.items() if name in ("light", "dark")}
    assert not colours & {ink for name, ink in others.items() if name != theme}
    assert not re.search(r'color="(?!#[0-9a-f]{6}")', source)


def test_colours_go_from_the_most_negative_to_the_most_positive():
    a, b = Value(-2.0, label="a"), Value(1.0, label="b")
    lines = node_lines(draw_dot(a + b, color="value"))
    light = THEMES["light"]
    assert f'fillcolor="{light.negative}"' in lines["n0"]
    assert f'fillcolor="{light.signed(0.5)}"' in lines["n1"]


def test_colours_by_a_function_and_none_stay_plain():
    def depth(node):
        return None if node.label == "b" else 3.0 * (node.label == "a")

    a, b = Value(-2.0, label="a"), Value(1.0, label="b")
    picture = draw_dot(a + b, color=depth)
    lines = node_lines(picture)
    assert f'fillcolor="{THEMES["light"].high}"' in lines["n0"]
    assert f'fillcolor="{THEMES["light"].background}"' in lines["n1"]
    assert ">depth<" in picture.source
    assert ">3<" in picture.source


def test_magnitudes_are_logarithmic():
    _, _, _, y = neuron_by_hand()
    assert "logarithmic" in draw_dot(y, color="magnitude").source
    y.backward()
    draw_dot(y, color="magnitude")


def test_the_legend_has_only_what_occurs_and_can_be_left_out():
    def named(picture):
        return [*re.findall(r'<FONT POINT-SIZE="9">(\w+)</FONT>', picture.source)]

    _, _, _, y = neuron_by_hand()
    assert named(draw_dot(y)) == ["input", "operation", "output"]
    assert named(draw_dot(y + 1)) == ["constant", "input", "operation", "output"]
    assert "local derivative, the factor" in draw_dot(y).source
    assert "local derivative, the factor" not in draw_dot(y, edges="none").source
    assert " label=<<TABLE" not in draw_dot(y, legend=False).source.splitlines()[1]
    assert "<B>My title</B>" in draw_dot(y, legend=False, title="My title").source


# Clusters and folding


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
    assert (
        folding.nodes == len(topological_order(loss)) == sum(len(g.members) for g in folding.groups)
    )
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
    assert "as there are more than the budget of 1,000" in folding.text
    assert f"{folding.nodes:,} nodes, drawn as" in picture.source
    layers = draw_dot(loss, level="layer").folding
    assert len([g for g in layers.groups if g.scope is not None]) == 3


def test_no_budget_draws_everything():
    _, loss = classifier(30)
    picture = draw_dot(loss, budget=None)
    assert picture.folding.drawn == len(topological_order(loss))
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


def test_a_long_chain_folds_by_depth():
    x = Value(0.5, label="x")
    y = x
    for _ in range(3000):
        y = (y * 1.1).tanh()
    picture = draw_dot(y)
    whys = [group.why for group in picture.folding.groups if group.why]
    assert whys[0] == "depth 1 to 500 of 6,000"
    assert picture.folding.drawn <= 30
    assert len(edge_lines(picture)) < 60
    small = draw_dot(y, budget=5)
    assert small.folding.drawn <= 5 or small.folding.automatic


def test_labels_of_edges_stop_where_they_would_take_the_layout_too_long():
    x = Value(0.5)
    for _ in range(400):
        x = x.tanh()
    assert ' label="×' not in draw_dot(x).source
    assert ' label="×' in draw_dot(x, edges="local").source


# Paths


def test_the_products_of_all_paths_add_up_to_the_gradient():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c, d = a * b, a + b
    e = c * d + a.tanh() * a
    e.backward()
    for node in (a, b, c, d):
        paths = draw_dot(e, highlight=node).paths
        assert paths.count == len(paths.listed)
        assert math.isclose(sum(path.product for path in paths.listed), node.grad)
        assert math.isclose(paths.sum, node.grad)
    source = draw_dot(e, highlight=a).source
    assert "4 paths from + to a" in source
    assert f'sum over all paths&#160;&#160;&#160;</TD><TD ALIGN="LEFT">= {a.grad:.4g}' in source


def test_exponentially_many_paths_are_counted_and_summed_but_not_listed():
    x = Value(1.0, label="x")
    y = x
    for _ in range(20):
        y = y + y
    picture = draw_dot(y, highlight=x)
    assert picture.paths.count == 2**20
    assert picture.paths.sum == 2.0**20
    assert len(picture.paths.listed) == 8
    assert "1,048,576 paths" in picture.source
    assert "and 1,048,568 more" in picture.source
    for _ in range(100):
        y = y + y
    assert draw_dot(y, highlight=x).paths.count == MANY
    assert "more than 1,000,000,000,000,000 paths" in draw_dot(y, highlight=x).source


def test_one_path_is_chosen_by_its_number():
    x = Value(3.0, label="x")
    y = x * x + x
    every = draw_dot(y, highlight=x).paths.listed
    for i, path in enumerate(every, 1):
        picture = draw_dot(y, highlight=x, path=i)
        [only] = picture.paths.listed
        assert (only.edges, only.product) == (path.edges, path.product)
        lines = edge_lines(picture)
        assert sum("on-path" in line for line in lines.values()) == len(path.edges)
    with pytest.raises(ValueError, match="there are 3 paths to this node, got path=4"):
        draw_dot(y, highlight=x, path=4)


@pytest.mark.parametrize(
    "made, expected",
    [
        (lambda x: select([x * Value(math.inf), x * 2.0], 1), 2.0),
        (lambda x: select([x, sqrt(x - 3.0)], 0), 1.0),
    ],
    ids=["infinite", "no derivative"],
)
def test_no_path_goes_where_select_did_not(made, expected):
    x = Value(3.0, label="x")
    y = made(x)
    paths = draw_dot(y, highlight=x).paths
    assert [expected] == [path.product for path in paths.listed]
    assert expected == paths.sum
    y.backward()
    assert expected == x.grad
    edges = edge_lines(draw_dot(y, highlight=x))
    on_path = [name for name, line in edges.items() if "on-path" in line]
    assert len(paths.listed[0].edges) == len(on_path)


def test_a_path_leads_to_what_backward_cannot_go_through():
    a = Value(1.0, label="a")
    by_hand = Value(2.0, (a,), "mine")
    assert draw_dot(by_hand * 3.0, highlight=by_hand).paths.sum == 3.0
    assert draw_dot(by_hand * a, highlight=a).paths.sum == 2.0


def test_what_a_node_was_computed_from_is_told_from_what_uses_it():
    *_, y = neuron_by_hand()
    product = y._prev[0]._prev[0]
    classes = {
        name: re.search(r'class="([^"]*)"', line)[1].split()[-1]
        for name, line in node_lines(draw_dot(y, highlight=product)).items()
    }
    assert classes == {
        "n0": "below",
        "n1": "below",
        "n2": "target",
        "n3": "not-computed",
        "n4": "on-path",
        "n5": "on-path",
    }


def test_a_highlighted_output_has_one_path_of_no_edges():
    _, _, _, y = neuron_by_hand()
    paths = draw_dot(y, highlight=y).paths
    assert (paths.count, paths.sum, paths.listed[0].product) == (1, 1.0, 1.0)


def test_a_constant_has_no_path():
    y = Value(2.0) * 3.0
    assert draw_dot(y, highlight=y._prev[1]).paths.count == 0


# Flags


def flagged(picture):
    return {node: [flag.name for flag in flags] for node, flags in picture.flags.items()}


def test_a_dead_relu_is_marked_and_names_the_factor():
    z = Value(-2.0, label="z")
    y = z.relu()
    picture = draw_dot(y)
    assert flagged(picture) == {y: ["dead"]}
    line = node_lines(picture)["n1"]
    assert "<B>Ø dead</B>" in line
    assert 'class="output dead not-computed"' in line
    assert "relu passes no gradient on: its local derivative for z = -2 is 0" in line
    assert 'class="zero"' in edge_lines(picture)["e1-0"]
    assert 'style="dotted"' in edge_lines(picture)["e1-0"]
    assert flagged(draw_dot(y, flags=False)) == {}


def test_a_saturated_tanh_is_marked_beyond_the_threshold():
    y = Value(4.0, label="z").tanh()
    assert flagged(draw_dot(y)) == {y: ["saturated"]}
    assert flagged(draw_dot(y, flags={"saturated": 1e-3})) == {}
    assert "▬ saturated" in draw_dot(y).source
    assert "tanh is nearly flat" in draw_dot(y).source


def test_a_factor_of_zero_does_not_make_a_product_dead():
    assert flagged(draw_dot(Value(0.0) * Value(0.0))) == {}
    assert flagged(draw_dot(Value(0.0) ** 2)) == {}


def test_vanishing_is_marked_once_the_gradients_are_there():
    x = Value(0.3, label="x")
    y = x
    for _ in range(14):
        y = y.sigmoid()
    assert flagged(draw_dot(y)) == {}
    y.backward()
    picture = draw_dot(y)
    assert picture.flags[x][0].name == "vanishing"
    assert "the smallest factor on the way is 0.2" in picture.flags[x][0].reason
    assert "▼ vanishing" in picture.source
    assert flagged(draw_dot(y, flags={"vanishing": 1e-12})) == {}


def test_exploding_is_marked_and_names_the_largest_factor():
    x = Value(1.0, label="x")
    y = x
    for factor in (9.0, 90.0, 30.0):
        y = y * factor
    y.label = "y"
    y.backward()
    picture = draw_dot(y)
    assert flagged(picture) == {x: ["exploding"]}
    assert "the gradient is 24300 of the output's" in picture.flags[x][0].reason
    assert "the largest factor on the way is 90" in picture.flags[x][0].reason
    assert "▲ exploding" in picture.source


def test_an_operation_without_a_result_is_marked_and_says_why():
    a, b, i = Value(1.0, label="a"), Value(2.0, label="b"), Value(0.0, label="i")
    with scope("choice"):
        y = select([a, b], i)
    z = y * 2.0
    i.data = 5.0
    picture = draw_dot(z)
    assert flagged(picture) == {y: ["failing"]}
    with pytest.raises(IndexError) as raised:
        z.forward()
    assert str(raised.value) == picture.flags[y][0].reason
    line = node_lines(picture)[picture.ids[y]]
    assert f'color="{THEMES["light"].alarm}"' in line
    assert "<B>✗ failing</B>" in line
    assert "✗" in picture.source.split("subgraph")[0]  # in the legend
    i.data = 1.0
    assert flagged(draw_dot(z)) == {}
    i.data = 5.0
    folded = draw_dot(z, fold=lambda _: True)
    assert "✗ failing 1 of 1 operation<" in folded.source


def test_a_folded_node_counts_its_flags():
    layer = nn.Layer(1, 3, activation="relu", init="zeros", bias=[-1.0, 1.0, -1.0])
    y = sum(layer([Value(1.0)]))
    line = node_lines(draw_dot(y, level="layer"))
    assert any(
        "Ø dead 2 of 3 relu" in text and 'class="folded dead"' in text for text in line.values()
    )


# The SVG


@needs_engine
def test_every_node_and_edge_is_in_the_svg_once_with_its_id():
    _, loss = classifier(1, hidden=(2,))
    loss.backward()
    picture = draw_dot(loss)
    order = topological_order(loss)
    nodes, edges = svg_groups(picture, "node"), svg_groups(picture, "edge")
    assert [f"n{i}" for i in range(len(order))] == sorted(
        (node.get("id") for node in nodes), key=lambda name: int(name[1:])
    )
    expected = {f"e{i}-{k}" for i, node in enumerate(order) for k in range(len(node._prev))}
    assert sorted(expected) == sorted(edge.get("id") for edge in edges)
    assert picture.ids == {node: f"n{i}" for i, node in enumerate(order)}
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
    assert link.get(LINK).splitlines() == [
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
    picture = draw_dot(root, highlight=leaves[0], title=labels[0][:80])
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


@needs_engine
@pytest.mark.parametrize("engine", ["dot", "graphviz-pure"])
def test_both_engines_draw_every_kind_of_picture(engine, tmp_path, capfd):
    try:
        command = find_engine(engine).path
    except EngineNotFoundError:
        pytest.skip(f"no {engine} on this machine")
    _, loss = classifier(12, hidden=(9, 9))
    loss.backward()
    for options in (
        {"rankdir": "TB", "theme": "dark"},
        {"color": "gradient", "theme": "high contrast"},
        {"level": "layer", "theme": "paper", "highlight": loss._prev[0]},
        {"budget": None, "level": "neuron", "edges": "contribution"},
    ):
        picture = draw_dot(loss, **options)
        picture.layout_command = command
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
