"""Twelve graphs by which pictures are judged: what people draw, from one neuron to 60,000 nodes."""

import random

from tinygrad_neuron import Value, exp, log, mean, nn, relu, sigmoid, sum, tanh


def one_neuron():
    model = nn.Neuron(2, activation="tanh", weights=[0.5, -1.0], bias=-0.5)
    return model([Value(2.0, label="x0"), Value(-0.5, label="x1")])


def readme_of_micrograd():
    a, b = Value(-4.0, label="a"), Value(2.0, label="b")
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.label = "g"
    return g


def neuron_of_the_lecture():
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    x1w1 = x1 * w1
    x1w1.label = "x1*w1"
    x2w2 = x2 * w2
    x2w2.label = "x2*w2"
    both = x1w1 + x2w2
    both.label = "x1*w1 + x2*w2"
    n = both + b
    n.label = "n"
    e = (2 * n).exp()
    o = (e - 1) / (e + 1)
    o.label = "o"
    return o


def network_of_the_lecture(examples):
    model = nn.MLP(3, [4, 4, 1], activation="tanh", seed=0)
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]][:examples]
    ys = [1.0, -1.0, -1.0, 1.0][:examples]
    return sum((model(x) - y) ** 2 for x, y in zip(xs, ys, strict=True))


def moons_of_micrograd():
    model = nn.MLP(2, [16, 16, 1], seed=0)
    points = random.Random(0)
    examples = [
        ([points.uniform(-1, 1), points.uniform(-1, 1)], 1 - 2 * (i % 2)) for i in range(100)
    ]
    return mean([relu(1 - y * model(x)) for x, y in examples])


def softmax_cross_entropy():
    logits = [Value(x, label=f"z{i}") for i, x in enumerate((2.0, 1.0, -0.5))]
    counts = [exp(z) for z in logits]
    total = sum(counts)
    probabilities = [count / total for count in counts]
    for i, p in enumerate(probabilities):
        p.label = f"p{i}"
    loss = -log(probabilities[0])
    loss.label = "loss"
    return loss


def rnn_by_hand(steps):
    wx, wh, b = Value(0.8, label="wx"), Value(0.5, label="wh"), Value(0.1, label="b")
    wy, h = Value(1.5, label="wy"), Value(0.0, label="h0")
    for t in range(steps):
        x = Value((t % 5) / 5 - 0.4, label=f"x{t + 1}")
        h = tanh(wx * x + wh * h + b)
        h.label = f"h{t + 1}"
    return (wy * h - 0.5) ** 2


def lstm_by_hand(steps=3):
    gates = {
        gate: [Value(0.3 + 0.1 * i, label=f"{part}{gate}") for i, part in enumerate("wub")]
        for gate in "ifog"
    }
    h, c = Value(0.0, label="h0"), Value(0.0, label="c0")

    def gate(name, x, h):
        w, u, b = gates[name]
        return (tanh if name == "g" else sigmoid)(w * x + u * h + b)

    for t in range(steps):
        x = Value(0.5 - 0.3 * t, label=f"x{t + 1}")
        c = gate("f", x, h) * c + gate("i", x, h) * gate("g", x, h)
        c.label = f"c{t + 1}"
        h = gate("o", x, h) * tanh(c)
        h.label = f"h{t + 1}"
    return h


def attention_by_hand(positions=3):
    wq, wk, wv = Value(0.7, label="wq"), Value(-0.4, label="wk"), Value(1.2, label="wv")
    xs = [Value(0.5 * i - 0.3, label=f"x{i}") for i in range(positions)]
    keys, values = [wk * x for x in xs], [wv * x for x in xs]
    outputs = []
    for i, x in enumerate(xs):
        query = wq * x
        weights = [exp(query * key) for key in keys]
        total = sum(weights)
        y = sum(weight / total * value for weight, value in zip(weights, values, strict=True))
        y.label = f"y{i}"
        outputs.append(y)
    return sum(y**2 for y in outputs)


def without_modules(nodes=3000):
    points = random.Random(1)
    known = [Value(points.uniform(-1, 1), label=f"a{i}") for i in range(20)]
    while len(known) < nodes:
        a, b = points.choice(known[-40:]), points.choice(known[-60:])
        known.append(
            tanh(a) if points.random() < 0.3 else a * b if points.random() < 0.5 else a + b
        )
    return sum(known[-60:])


def with_modules(examples=148):
    model = nn.MLP(2, [16, 16, 1], activation="tanh", seed=0)
    points = random.Random(0)
    scores = [model([points.uniform(-1, 1), points.uniform(-1, 1)]) for _ in range(examples)]
    return mean([relu(1 - score) for score in scores])


TWELVE = {
    "one neuron": one_neuron,
    "micrograd's README": readme_of_micrograd,
    "the lecture's neuron": neuron_of_the_lecture,
    "MLP(3, [4, 4, 1]), 1 example, MSE": lambda: network_of_the_lecture(1),
    "MLP(3, [4, 4, 1]), 4 examples, MSE": lambda: network_of_the_lecture(4),
    "MLP(2, [16, 16, 1]), 100 examples": moons_of_micrograd,
    "softmax cross-entropy": softmax_cross_entropy,
    "RNN by hand, 4 steps": lambda: rnn_by_hand(4),
    "RNN by hand, 40 steps": lambda: rnn_by_hand(40),
    "LSTM by hand, 3 steps": lstm_by_hand,
    "attention by hand, 3 positions": attention_by_hand,
    "3,000 nodes without modules": without_modules,
    "60,000 nodes with modules": with_modules,
}
