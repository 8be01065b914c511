"""How long pictures take: `python tests/benchmarks/pictures.py` (about half a minute).

Each measurement is the best of three, except that of the million nodes, which has a process of its
own for its peak memory.
"""

import random
import resource
import subprocess
import sys
import time

from tinygrad_neuron import Value, draw_dot, mean, nn, relu, topological_order


def best(call, times=3):
    """The shortest time of several calls, in seconds, and what the last one returned."""
    shortest = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        result = call()
        shortest = min(shortest, time.perf_counter() - start)
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
    else:
        drawn("1,000 nodes in a chain", chain(1000), 1, 0.1)
        drawn("1,000 nodes in a network", thousand(), 1, 0.1)
        drawn("65,000 nodes of 158 samples", samples(), 3, 2)
        subprocess.run([sys.executable, __file__, "million"], check=True)
        grouping()
