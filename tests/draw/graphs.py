"""What tests of a graph's picture share: graphs, and reading the DOT text and the SVG."""

import random
import re

from tinygrad_neuron import Value, mean, nn, relu


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
