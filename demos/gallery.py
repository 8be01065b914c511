"""One of each picture, in a folder with a page that shows them all.

    python demos/gallery.py [folder]

Open index.html in the folder (default: out/gallery) afterwards.
"""

import argparse
import html
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tinygrad_neuron import (
    Value,
    animate,
    compile,
    datasets,
    draw_circuit,
    draw_dot,
    draw_network,
    losses,
    mean,
    nn,
    optim,
)
from tinygrad_neuron.console import as_program
from tinygrad_neuron.draw import figures
from tinygrad_neuron.draw.themes import THEMES


class Picture(NamedTuple):
    """A picture on the page: its file, and one sentence that says what to see."""

    file: str
    title: str
    see: str


class Heading(NamedTuple):
    """A part of the page."""

    text: str


def neuron() -> Value:
    """The example of most pictures: one neuron with two inputs, after its backward pass."""
    model = nn.Neuron(2, activation="tanh", bias=-0.5)
    model.w[0].data, model.w[1].data = 0.5, -1.0
    y = model([Value(2.0, label="x0"), Value(-0.5, label="x1")])
    y.backward()
    return y


def two_ways() -> tuple[Value, Value]:
    """A value used twice, and the result: its gradient is a sum over two paths."""
    x, w = Value(2.0, label="x"), Value(3.0, label="w")
    p = x * w
    p.label = "p"
    y = p + x
    y.label = "y"
    return x, y


def graphs(folder: Path) -> Iterator[Picture | Heading]:
    """One neuron as a graph: each theme, and what edges can show."""
    yield Heading("Computation graphs")
    for theme in THEMES:
        file = f"graph-{theme.replace(' ', '-')}.svg"
        draw_dot(neuron(), theme=theme).render(folder / file)
        yield Picture(
            file,
            f"One neuron, theme {theme}",
            "Each node has its number and its gradient, each edge the local derivative that a "
            "gradient is multiplied by on the way back.",
        )
    draw_dot(neuron(), edges="contribution").render(folder / "graph-contributions.svg")
    yield Picture(
        "graph-contributions.svg",
        "Contributions",
        "At each edge: incoming × local = contribution; a gradient is the sum of what arrives.",
    )
    slide = draw_dot(neuron(), style="formula", gradients=False, font_size=14, title="One neuron")
    slide.render(folder / "graph-slide.svg")
    yield Picture(
        "graph-slide.svg",
        "For a slide",
        "The operation large, no gradients yet, in larger type: options for whoever lectures.",
    )
    x, y = two_ways()
    draw_dot(y).render(folder / "graph-before.svg")
    yield Picture(
        "graph-before.svg",
        "Before the backward pass",
        "A gradient that is not computed yet is not zero: it reads “not yet”.",
    )
    y.backward()
    draw_dot(y, highlight=x).render(folder / "graph-paths.svg")
    yield Picture(
        "graph-paths.svg",
        "Every path to x",
        "Two paths lead from y to x; the products along them add up to the gradient of x.",
    )
    draw_dot(neuron(), color="gradient").render(folder / "graph-coloured.svg")
    yield Picture(
        "graph-coloured.svg",
        "Coloured by gradient",
        "Blue is positive, orange negative; the scale below says how much.",
    )


def flags(folder: Path) -> Iterator[Picture | Heading]:
    """What is marked because it keeps a network from learning."""
    yield Heading("What goes wrong")
    layer = nn.Layer(1, 3, activation="relu", init="zeros", bias=[-1.0, 0.0, 1.0])
    layer.neurons[1].w[0].data = layer.neurons[2].w[0].data = 1.0
    y = mean([unit for x in (1.0, -2.0) for unit in layer([Value(x, label="x")])])
    y.label = "y"
    y.backward()
    draw_dot(y, budget=10).render(folder / "flags.svg")
    yield Picture(
        "flags.svg",
        "A dead relu, and two that are not",
        "The first one passes neither of two examples, so nothing reaches its weight. The others "
        "are inactive for one of them: nothing is wrong with that.",
    )
    h = Value(3.0, label="x")
    for _ in range(6):
        h = h.sigmoid()
    h.backward()
    draw_dot(h, flags={"vanishing": 1e-3}).render(folder / "vanishing.svg")
    yield Picture(
        "vanishing.svg",
        "A vanishing gradient",
        "Six sigmoids in a row, each with a factor of at most 1/4: next to nothing is left. The "
        "threshold of a flag is an option; here it is 0.001.",
    )


def folded(folder: Path) -> Iterator[Picture | Heading]:
    """Graphs too large to be read node by node."""
    yield Heading("Large graphs, folded")
    small = nn.MLP(2, [3, 2, 1], seed=1)
    loss = (small([0.5, -1.0]) - 1.0) ** 2
    loss.backward()
    for level in ("neuron", "layer"):
        draw_dot(loss, level=level).render(folder / f"folded-{level}.svg")
        yield Picture(
            f"folded-{level}.svg",
            f"A 2-3-2-1 network, one node per {level}",
            "A neuron has its w, b, z and y with their gradients; a layer its shape, and how its "
            "numbers spread.",
        )
    moons = datasets.moons(100, noise=0.1, seed=1337)
    model = nn.MLP(2, [16, 16, 1], seed=1337)
    big = mean([losses.hinge(model(x), 2 * target - 1) for x, target in moons])
    big.backward()
    draw_dot(big).render(folder / "folded-automatically.svg")
    yield Picture(
        "folded-automatically.svg",
        "A 2-16-16-1 network over 100 examples",
        "More than 40,000 nodes fold by themselves; the picture says what was folded.",
    )


def calls(folder: Path) -> Iterator[Picture | Heading]:
    """A module that is called several times."""
    yield Heading("One module, several calls")
    once = "Each call is a box; the weights stand outside of all of them, for all calls share them."
    rolled = "Too many for a slide: equal calls are one; what comes from the step before is a loop."
    for steps, file, title, see in (
        (3, "calls.svg", "A neuron fed with its own output", once),
        (40, "calls-rolled-up.svg", "Forty such steps", rolled),
    ):
        cell = nn.Neuron(2, activation="tanh", weights=[0.8, 0.5], bias=0.1)
        h = Value(0.0, label="h0")
        for step in range(1, steps + 1):
            h = cell([Value(0.1 * (step % 5), label=f"x{step}"), h])
        h.backward()
        draw_dot(h).render(folder / file)
        yield Picture(file, title, see)


def networks(folder: Path) -> Iterator[Picture | Heading]:
    """Networks drawn as neurons and connections."""
    yield Heading("Networks")
    draw_circuit(nn.XOR(), inputs=(1, 0)).render(folder / "circuit.svg")
    yield Picture(
        "circuit.svg",
        "McCulloch-Pitts units",
        "Exclusive or: which inputs are active, which units fire, and where there is a veto.",
    )
    model = nn.MLP(2, [3, 2, 1], seed=1)
    draw_network(model).render(folder / "network.svg")
    yield Picture(
        "network.svg",
        "The weights of a network",
        "A line is the wider the larger the weight is; a negative one is dashed.",
    )
    picture = draw_network(model, example=[0.5, -1.0], target=1.0, input_names=["x0", "x1"])
    picture.render(folder / "network-example.svg")
    yield Picture(
        "network-example.svg",
        "One example passes through",
        "Each neuron with its activation and the gradient of the loss for it.",
    )
    moons = datasets.moons(100, noise=0.1, seed=1337)
    trained, curves = train(moons)
    plane = ((-1.5, 2.5), (-1.0, 1.5))
    draw_network(trained, heat_maps=True, plane=plane, data=moons).render(
        folder / "network-heat-maps.svg"
    )
    yield Picture(
        "network-heat-maps.svg",
        "What each neuron sees",
        "After training on moons: each neuron's activation over the plane of the two inputs.",
    )
    yield Heading("Figures")
    figures.activation_curve("tanh", at=0.8).savefig(folder / "activation.svg")
    yield Picture(
        "activation.svg",
        "An activation with its tangent",
        "The slope of the tangent is the derivative, drawn as a curve of its own.",
    )
    score = compile(trained)
    figures.decision_boundary(
        lambda point: score.map([(point,)])[0], moons, names=moons.target_names
    ).savefig(folder / "boundary.svg")
    yield Picture(
        "boundary.svg",
        "A decision boundary",
        "The network's score over the plane; it is 0 on the line between the two moons.",
    )
    flowers = [(x[2:], kind) for x, kind in datasets.iris()]
    names = datasets.iris().target_names
    centres = [
        [sum(x[i] for x, k in flowers if k == kind) / 50 for i in (0, 1)] for kind in range(3)
    ]
    figures.decision_boundary(
        lambda point: [-((point[0] - a) ** 2 + (point[1] - b) ** 2) for a, b in centres],
        flowers,
        names=names,
    ).savefig(folder / "classes.svg")
    yield Picture(
        "classes.svg",
        "Several classes",
        "Petals of three kinds of iris: each point of the plane belongs to the nearest centre.",
    )
    line = nn.Neuron(2, activation="identity", bias=-0.5)
    line.w[0].data, line.w[1].data = 1.0, 2.0
    points = [([0.0, 1.0], 1), ([1.5, 0.6], 1), ([-0.6, -0.3], 0), ([0.6, -0.8], 0)]
    figures.decision_boundary(line, points, distances=True).savefig(folder / "hyperplane.svg")
    yield Picture(
        "hyperplane.svg",
        "The geometry of one neuron",
        "Its hyperplane, the normal vector and each point's signed distance.",
    )
    figures.training_curves(curves).savefig(folder / "training.svg")
    yield Picture("training.svg", "Training", "The loss falls, the accuracy rises.")
    given, gradients = figures.activations_and_gradients(
        trained, [(x, 2 * target - 1) for x, target in moons], losses.hinge
    )
    figures.histograms(given, gradients).savefig(folder / "histograms.svg")
    yield Picture(
        "histograms.svg",
        "Activations and gradients per layer",
        "One scale for all layers, so that what shrinks from layer to layer is seen to.",
    )


def train(moons: datasets.Dataset[int]) -> tuple[nn.MLP, dict[str, list[float]]]:
    """A network that separates the moons, with its loss and accuracy at each step."""
    examples = [(x, 2 * target - 1) for x, target in moons]
    model = nn.MLP(2, [8, 1], seed=3)
    optimiser = optim.SGD(model.parameters(), lr=lambda step: 1.0 - 0.009 * step)
    score = compile(model)
    margin_loss = compile(lambda x, target: losses.hinge(model(x), target))
    curves: dict[str, list[float]] = {"loss": [], "accuracy": []}
    for _ in range(100):
        loss = margin_loss.mean(examples)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        scores = score.map([(x,) for x, _ in examples])
        right = sum((s > 0) == (t > 0) for s, (_, t) in zip(scores, examples, strict=True))
        curves["loss"].append(loss.data)
        curves["accuracy"].append(right / len(examples))
    return model, curves


def films(folder: Path) -> Iterator[Picture | Heading]:
    yield Heading("The backward pass, step by step")
    _, y = two_ways()
    animate(y, folder / "backward.svg")
    yield Picture(
        "backward.svg",
        "An animated SVG",
        "The gradient of x gets two contributions: 1, then 1 + 3 = 4.",
    )
    animate(y, folder / "backward.gif", theme="dark")
    yield Picture("backward.gif", "The same as a GIF", "For slides and pages that take no SVG.")


def main(folder: Path) -> None:
    """Draw all pictures, and write the page that shows them."""
    folder.mkdir(parents=True, exist_ok=True)
    body = []
    for part in (graphs, flags, folded, calls, networks, films):
        for item in part(folder):
            if isinstance(item, Heading):
                body.append(f"<h2>{html.escape(item.text)}</h2>")
                continue
            print(folder / item.file)
            title, see = html.escape(item.title), html.escape(item.see)
            body.append(
                f'<figure id="{item.file.partition(".")[0]}-{item.file[-3:]}">\n'
                f"<h3>{title}</h3>\n<p>{see}</p>\n"
                f'<a href="{item.file}"><img src="{item.file}" alt="{title}"></a>\n</figure>'
            )
    page = PAGE.replace("BODY", "\n".join(body))
    (folder / "index.html").write_text(page, encoding="utf-8")
    print(folder / "index.html")


PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The pictures of tinygrad_neuron</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; color: #111827; background: #f9fafb;
  max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
h2 { margin: 3rem 0 0; border-bottom: 1px solid #cbd5e1; }
h3 { margin: 0; }
p { margin: 0.2rem 0 0.8rem; max-width: 44rem; }
figure { margin: 1.5rem 0; padding: 1rem; background: #fff; border: 1px solid #e2e8f0;
  border-radius: 8px; }
img { max-width: 100%; height: auto; max-height: 46rem; display: block; }
</style>
</head>
<body>
<h1>The pictures of tinygrad_neuron</h1>
<p>Each is drawn by <code>demos/gallery.py</code>; select one to see it in its own size.</p>
BODY
</body>
</html>
"""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path("out/gallery"), help="to write into"
    )
    sys.exit(as_program(lambda: main(parser.parse_args().folder)))
