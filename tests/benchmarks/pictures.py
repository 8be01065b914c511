"""How good pictures are, and how long they take: `python tests/benchmarks/pictures.py`.

A table over the graphs of `tests/draw/twelve.py`: the size in pixels, what was left out, how many
nodes are drawn and how many are folded, how many times a line runs through a card that is not its
end, and the seconds of processor with each layout engine (the best of three; reading the SVG does
not count).
Then times of large graphs, that of the million nodes in a process of its own for its peak memory.
`pictures.py others` draws one small network by micrograd's `draw_dot`, torchviz, torchview and
torchlens too, as far as they are installed.
"""

import os
import random
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.draw.measuring import measured
from tests.draw.twelve import TWELVE
from tinygrad_neuron import Value, draw_dot, mean, nn, relu, topological_order
from tinygrad_neuron.draw.rendering import EngineNotFoundError, find_engine


def best(call, times=3):
    """The shortest of several calls in seconds of processor, those of the layout engine counted,
    and what the last call returned: what else the machine does does not count."""
    shortest = float("inf")
    for _ in range(times):
        start = sum(os.times()[:4])
        result = call()
        shortest = min(shortest, sum(os.times()[:4]) - start)
    return shortest, result


def row(what, seconds, limit, note=""):
    mark = "" if seconds <= limit else "  TOO SLOW"
    print(f"{what:<50}{seconds:9.3f} s  (at most {limit:g} s){mark}  {note}", flush=True)


def drawn(what, root, limit, text_limit, **options):
    text, picture = best(lambda: draw_dot(root, **options))
    layout, svg = best(lambda: picture.pipe(format="svg"))
    row(f"{what}: DOT text", text, text_limit, f"{len(picture.source):,} characters")
    folding = picture.folding
    note = f"{folding.nodes:,} nodes, {folding.drawn:,} drawn, {len(svg):,} bytes"
    row(f"{what}: to SVG", text + layout, limit, note)


def table():
    """The table of the graphs by which pictures are judged."""
    engines = {}
    for name in ("dot", "graphviz-pure"):
        try:
            engines[name] = find_engine(name).path
        except EngineNotFoundError:
            print(f"(no {name} on this machine)")
    heads = f"{'graph':<36}{'pixels':>12}{'type':>6}{'nodes':>8}{'drawn':>7}{'folded':>8}"
    print(heads + f"{'through':>9}" + "".join(f"{name + ' s':>16}" for name in engines))
    for name, make in TWELVE.items():
        root = make()
        root.backward()
        text, picture = best(lambda root=root: draw_dot(root))
        seconds = []
        for path in engines.values():
            picture.layout_command = path
            layout, svg = best(lambda picture=picture: picture.pipe(format="svg"))
            seconds.append(f"{text + layout:16.2f}")
        facts, folding = measured(svg), picture.folding
        size = "{:.0f} x {:.0f}".format(*facts.size)
        print(
            f"{name:<36}{size:>12}{facts.type:6.1f}{folding.nodes:8,}{folding.drawn:7,}"
            f"{folding.folded:8,}{len(facts.crossings):9}" + "".join(seconds)
        )
        words = re.findall(r"left out for want of room: [^<]*", picture.source)
        remarks = [*words, *([folding.how] if folding.how else [])]
        if remarks:
            print(f"    {'; '.join(remarks)}", flush=True)


def others():
    """One small network, MLP(3, [4, 4, 1]) with its loss, drawn by whatever there is."""
    from tests.draw.twelve import network_of_the_lecture

    found: dict[str, Callable[[], bytes]] = {
        "tinygrad_neuron": lambda: draw_dot(network_of_the_lecture(1)).pipe(format="svg"),
        "micrograd": by_micrograd,
        "torchviz": by_torchviz,
        "torchview": by_torchview,
        "torchlens": by_torchlens,
    }
    for name, draw in found.items():
        try:
            svg = draw()
        except ImportError as error:
            print(f"{name:<20}({error})")
            continue
        width, height = re.search(rb'width="([\d.]+)pt" height="([\d.]+)pt"', svg).groups()
        pixels = f"{float(width) * 4 / 3:.0f} x {float(height) * 4 / 3:.0f}"
        shapes = svg.count(b'class="node"') + svg.count(b'class="node ')
        print(f"{name:<20}{pixels:>14} pixels, {shapes:4} nodes, {len(svg):8,} bytes")


def by_micrograd():
    """Its graph by the function of its notebook, which the package leaves out."""
    from graphviz import Digraph
    from micrograd.nn import MLP

    loss = (MLP(3, [4, 4, 1])([2.0, 3.0, -1.0]) - 1.0) ** 2
    nodes, edges = set(), set()

    def trace(value):
        if value not in nodes:
            nodes.add(value)
            for child in value._prev:
                edges.add((child, value))
                trace(child)

    trace(loss)
    dot = Digraph(format="svg", graph_attr={"rankdir": "LR"})
    for n in nodes:
        label = f"{{ data {n.data:.4f} | grad {n.grad:.4f} }}"
        dot.node(name=str(id(n)), label=label, shape="record")
        if n._op:
            dot.node(name=str(id(n)) + n._op, label=n._op)
            dot.edge(str(id(n)) + n._op, str(id(n)))
    for a, b in edges:
        dot.edge(str(id(a)), str(id(b)) + b._op)
    return dot.pipe()


def torch_network():
    import torch

    layers = [torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 4), torch.nn.Tanh()]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(4, 1))
    return model, torch.tensor([[2.0, 3.0, -1.0]])


def by_torchviz():
    from torchviz import make_dot

    model, x = torch_network()
    loss = (model(x) - 1.0).pow(2).sum()
    return make_dot(loss, params=dict(model.named_parameters())).pipe(format="svg")


def by_torchview():
    from torchview import draw_graph

    model, x = torch_network()
    return draw_graph(model, input_data=x, expand_nested=True).visual_graph.pipe(format="svg")


def by_torchlens():
    import tempfile

    from torchlens.options import VisualizationOptions
    from torchlens.visualization import show_model_graph

    model, x = torch_network()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        options = VisualizationOptions(container_path=str(path), save_only=True, file_format="svg")
        show_model_graph(model, x, visualization=options)
        return path.with_suffix(".svg").read_bytes()


def chain(count):
    value = Value(0.5)
    for _ in range(count - 1):
        value = value.tanh()
    return value


def thousand():
    """A network of 1,000 nodes that is as wide as it is deep."""
    model = nn.MLP(8, [14, 12, 4, 1], activation="tanh", seed=0)
    inputs = [Value(0.1 * i) for i in range(8)]
    root = model(inputs)
    while len(topological_order(root)) < 1000:
        root = root + 1.0
    return root


def samples():
    """A 2-16-16-1 network over so many samples that there are 65,000 nodes."""
    model = nn.MLP(2, [16, 16, 1], activation="tanh", seed=0)
    generator = random.Random(0)
    losses = []
    for _ in range(158):
        point = [generator.uniform(-1, 1), generator.uniform(-1, 1)]
        losses.append(relu(1 - model([Value(x) for x in point]) * (1 if point[0] > 0 else -1)))
    return mean(losses)


def million():
    root = Value(0.5)
    for _ in range(200_000):
        root = (root * 0.9 + 0.1).tanh()
    root.backward()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds, picture = best(lambda: draw_dot(root), times=1)
    layout, _ = best(lambda: picture.pipe(format="svg"), times=1)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note = f"{picture.folding.nodes:,} nodes, {picture.folding.drawn:,} drawn"
    note += f"; memory {before:,.0f} MB with the graph, {after:,.0f} MB at its peak"
    row("1,000,000 nodes in a chain: to SVG", seconds + layout, 20, note)


def grouping():
    """What a neuron's scope costs when its nodes are recorded."""

    class NoScope(nn.Neuron):
        """The same neuron, but it does not write down where its nodes belong."""

        def pre_activation(self, x):
            products = []
            for weight, value, label in zip(self.w, x, self._product_labels, strict=True):
                product = weight * value
                product.label = label
                products.append(product)
            total = SUM(products)
            total.label = "w·x"
            z = total + self.b
            z.label = "z"
            return z

        def __call__(self, x):
            y = self.activation(self.pre_activation(x))
            y.label = "y"
            return y

    from tinygrad_neuron import sum as SUM  # noqa: N812 (beside the builtin)

    inputs = [Value(0.1 * i) for i in range(16)]
    plain, scoped = NoScope(16, activation="tanh", seed=0), nn.Neuron(16, activation="tanh", seed=0)

    def passes(neuron):
        for _ in range(2000):
            neuron(inputs).backward()

    ratios = []
    for _ in range(7):  # alternating: the machine's speed changes
        without, _ = best(lambda: passes(plain), 1)
        with_scope, _ = best(lambda: passes(scoped), 1)
        ratios.append(with_scope / without)
    share = sorted(ratios)[len(ratios) // 2] - 1
    mark = "" if share <= 0.05 else "  TOO SLOW"
    print(f"{'scopes, forward and backward of a neuron':<50}{share:+9.1%}    (at most +5 %){mark}")


if __name__ == "__main__":
    if sys.argv[1:] == ["million"]:
        million()
    elif sys.argv[1:] == ["others"]:
        others()
    else:
        table()
        drawn("1,000 nodes in a chain", chain(1000), 1, 0.1)
        drawn("1,000 nodes in a network", thousand(), 1, 0.1)
        drawn("65,000 nodes of 158 samples", samples(), 3, 2)
        subprocess.run([sys.executable, __file__, "million"], check=True)
        grouping()
