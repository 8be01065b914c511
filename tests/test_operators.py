"""A program written for micrograd runs with the word replaced, and prints the same numbers."""

import contextlib
import io
import math
import random

import pytest

import tinygrad_neuron
from tinygrad_neuron import nn
from tinygrad_neuron.engine import Value

README = """
from micrograd.engine import Value

a = Value(-4.0)
b = Value(2.0)
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
print(f'{g.data:.4f}') # prints 24.7041, the outcome of this forward pass
g.backward()
print(f'{a.grad:.4f}') # prints 138.8338, i.e. the numerical value of dg/da
print(f'{b.grad:.4f}') # prints 645.5773, i.e. the numerical value of dg/db
"""

# The demo notebook's training loop; data and first weights are made up by a formula, so that it
# does not matter how random numbers are drawn.
DEMO = """
from micrograd.engine import Value
from micrograd.nn import Neuron, Layer, MLP
import math

X = [[math.sin(3.1 * i), math.cos(1.7 * i * i)] for i in range(8)]
y = [1 if math.sin(5.3 * i) > 0 else -1 for i in range(8)]

model = MLP(2, [16, 16, 1])
assert len(model.parameters()) == 337
for i, p in enumerate(model.parameters()):
    p.data = 0.6 * math.sin(12.9898 * i + 1)

def loss(batch_size=None):
    inputs = [list(map(Value, xrow)) for xrow in X]

    # forward the model to get scores
    scores = list(map(model, inputs))

    # svm "max-margin" loss
    losses = [(1 + -yi*scorei).relu() for yi, scorei in zip(y, scores)]
    data_loss = sum(losses) * (1.0 / len(losses))
    # L2 regularization
    alpha = 1e-4
    reg_loss = alpha * sum((p*p for p in model.parameters()))
    total_loss = data_loss + reg_loss

    # also get accuracy
    accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(y, scores)]
    return total_loss, sum(accuracy) / len(accuracy)

for k in range(5):
    total_loss, acc = loss()

    model.zero_grad()
    total_loss.backward()

    # update (sgd)
    learning_rate = 1.0 - 0.9*k/100
    for p in model.parameters():
        p.data -= 0.1 * learning_rate * p.grad
    print(total_loss.data, acc)

for p in model.parameters():
    print(p.data, p.grad)
    p.grad = 0
"""

# The habits of the well-known lecture on building micrograd.
LECTURE = """
import math
from micrograd.engine import Value
from micrograd import nn

def tanh(x):
    t = (math.exp(2*x.data) - 1)/(math.exp(2*x.data) + 1)
    out = Value(t, (x, ), 'tanh')
    def _backward():
        x.grad += (1 - t**2) * out.grad
    out._backward = _backward
    return out

x1, x2 = Value(2.0), Value(0.0)
w1, w2 = Value(-3.0), Value(1.0)
b = Value(6.8813735870195432)
x1w1 = x1*w1
x2w2 = x2*w2
x1w1x2w2 = x1w1 + x2w2
n = x1w1x2w2 + b
n.name = 'n'
o = tanh(n)

topo = []
visited = set()
def build_topo(v):
    if v not in visited:
        visited.add(v)
        for child in v._prev:
            build_topo(child)
        topo.append(v)
build_topo(o)

o.grad = 1.0
for node in reversed(topo):
    node._backward()
for v in (x1, w1, x2, w2, b, n):
    print(f'{v.data:.4f} {v.grad:.4f}')
print(len(topo), sorted(v._op for v in topo))
"""


def run(program, module):
    """The numbers and words that a program prints when its word micrograd is replaced."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(program.replace("micrograd", module), {"__name__": "program"})
    return printed.getvalue().split()


def test_the_readme_example_prints_its_numbers():
    assert ["24.7041", "138.8338", "645.5773"] == run(README, "tinygrad_neuron")


def test_the_demo_trains():
    printed = run(DEMO, "tinygrad_neuron")
    losses = [float(number) for number in printed[0:10:2]]
    assert min(losses) == losses[-1] < 0.9 * losses[0]


def test_the_lecture_by_hand_prints_its_numbers():
    expected = """
        2.0000 -1.5000
        -3.0000 1.0000
        0.0000 0.5000
        1.0000 0.0000
        6.8814 0.5000
        0.8814 0.5000
        10 ['', '', '', '', '', '*', '*', '+', '+', 'tanh']
    """
    assert expected.split() == run(LECTURE, "tinygrad_neuron")


@pytest.mark.parametrize("program", [README, DEMO, LECTURE], ids=["readme", "demo", "lecture"])
def test_micrograd_itself_prints_the_same(program):
    pytest.importorskip("micrograd", reason="compares with micrograd 0.1.0: pip install micrograd")
    for expected, actual in zip(
        run(program, "micrograd"), run(program, "tinygrad_neuron"), strict=True
    ):
        try:
            assert pytest.approx(float(expected), rel=1e-9, abs=1e-12) == float(actual)
        except ValueError:
            assert expected == actual


def test_every_parameter_of_the_value_constructor_has_its_place():
    a = Value(2.0, (), "", "a")
    assert (2.0, 0.0, (), "", "a") == (a.data, a.grad, a._prev, a._op, a.label)
    out = Value(4.0, (a, a), "square", "out")
    assert ({a}, "square", "out") == (set(out._prev), out._op, out.label)
    assert a.label == Value(2.0, label="a").label


def test_a_whole_graph_is_traced_by_hand_as_for_a_drawing():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    d = a * b + a
    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(d)
    product = d._prev[0]
    assert {a, b, product, d} == nodes
    assert {(a, product), (b, product), (product, d), (a, d)} == edges


def test_a_hand_written_operation_mixes_with_recorded_ones():
    def exp(x):
        out = Value(math.exp(x.data), (x,), "exp")

        def _backward():
            x.grad += out.data * out.grad

        out._backward = _backward
        return out

    x = Value(0.4, label="x")
    e = exp(2 * x)
    o = (e - 1) / (e + 1)
    o.backward()
    assert pytest.approx(1 - math.tanh(0.4) ** 2) == x.grad
    x.grad = 0.0
    o.backward()
    assert pytest.approx(1 - math.tanh(0.4) ** 2) == x.grad


def test_a_method_can_be_added_to_value_as_the_lecture_does():
    def cube(self):
        out = Value(self.data**3, (self,), "cube")

        def _backward():
            self.grad += 3 * self.data**2 * out.grad

        out._backward = _backward
        return out

    Value.cube = cube
    try:
        x = Value(2.0)
        (x.cube() + 1).backward()
        assert 12.0 == x.grad
    finally:
        del Value.cube


def test_sum_of_a_generator_starts_from_zero_or_from_a_value():
    w, b = [Value(1.0), Value(2.0)], Value(0.5)
    x = [3.0, 4.0]
    assert 11.0 == sum(wi * xi for wi, xi in zip(w, x, strict=True)).data
    act = sum((wi * xi for wi, xi in zip(w, x, strict=True)), b)
    act.backward()
    assert (11.5, 3.0, 4.0, 1.0) == (act.data, w[0].grad, w[1].grad, b.grad)


def test_neuron_layer_and_network_hold_what_they_hold_in_micrograd():
    neuron = nn.Neuron(2)
    assert [*neuron.w, neuron.b] == neuron.parameters()
    assert 2 == len(neuron.w)
    layer = nn.Layer(2, 3)
    assert 3 == len(layer.neurons)
    assert [p for n in layer.neurons for p in n.parameters()] == layer.parameters()
    model = nn.MLP(2, [16, 16, 1])
    assert [16, 16, 1] == [len(layer.neurons) for layer in model.layers]
    assert [p for layer in model.layers for p in layer.parameters()] == model.parameters()


def test_a_neuron_is_relu_unless_told_otherwise_and_the_last_layer_is_linear():
    assert nn.Neuron(1)([-1000.0]).data >= 0.0
    linear = nn.Neuron(2, nonlin=False)
    linear.w[0].data, linear.w[1].data, linear.b.data = 1.0, 2.0, -10.0
    assert -7.0 == linear([1.0, 1.0]).data
    model = nn.MLP(1, [1])
    model.layers[0].neurons[0].w[0].data = -2.0
    assert -6.0 == model([3.0]).data


def test_one_output_is_a_value_and_several_are_a_list():
    x = [Value(1.0), Value(-2.0)]
    assert Value is type(nn.MLP(2, [4, 1])(x))
    assert [Value, Value] == [type(v) for v in nn.MLP(2, [4, 2])(x)]


def test_state_of_an_optimiser_can_be_kept_on_the_parameters():
    model = nn.MLP(2, [3, 1], seed=1)
    for p in model.parameters():
        p.m = 0.0
    model([1.0, 2.0]).backward()
    for p in model.parameters():
        p.m = 0.9 * p.m + p.grad
        p.data += -0.1 * p.m
    assert [p.grad for p in model.parameters()] == [p.m for p in model.parameters()]


def test_gradients_can_be_zeroed_by_hand_or_by_the_network():
    model = nn.MLP(2, [3, 1], seed=2)

    def gradient():
        model([1.0, 2.0]).backward()
        return [p.grad for p in model.parameters()]

    once = gradient()
    assert any(once)
    model.zero_grad()
    assert [0.0] * 13 == [p.grad for p in model.parameters()]
    assert once == gradient()
    for p in model.parameters():
        p.grad = 0
    assert once == gradient()
    assert [2 * g for g in once] == gradient()


def test_rows_of_numpy_arrays_are_inputs():
    numpy = pytest.importorskip("numpy")
    rows = numpy.array([[0.5, -1.0], [2.0, 3.0]])
    targets = numpy.array([1, -1])
    model = nn.MLP(2, [4, 1], seed=3)
    scores = [model(list(map(Value, row))) for row in rows]
    losses = [(1 + -y * score).relu() for y, score in zip(targets, scores, strict=True)]
    loss = sum(losses) * (1.0 / len(losses))
    loss.backward()
    assert (Value, float) == (type(loss), type(loss.data))
    assert all(float is type(p.grad) for p in model.parameters())
    assert [float(s.data) for s in scores] == [model(row.tolist()).data for row in rows]


def random_expression(generator, values):
    """A few dozen of micrograd's operations on what has been computed so far."""
    nodes = list(values)
    for _ in range(generator.randrange(5, 40)):
        a, b = generator.choice(nodes[-6:]), generator.choice(nodes)
        operation = generator.randrange(9)
        if operation == 0:
            nodes.append(a + b)
        elif operation == 1:
            nodes.append(a - b)
        elif operation == 2:
            nodes.append(a * b * 0.5)
        elif operation == 3:
            nodes.append(a / (b * b + 1))
        elif operation == 4:
            nodes.append((a * 0.3) ** generator.choice([2, 3]))
        elif operation == 5:
            nodes.append(a.relu())
        elif operation == 6:
            nodes.append(2 - a)
        elif operation == 7:
            nodes.append(1 / (a**2 + 1.5))
        else:
            nodes.append(-a + a)
    return sum(nodes)


def test_random_expressions_have_micrograds_data_and_gradients():
    micrograd = pytest.importorskip(
        "micrograd.engine", reason="compares with micrograd 0.1.0: pip install micrograd"
    )
    for seed in range(100):
        results = []
        for kind in (micrograd.Value, Value):
            generator = random.Random(seed)
            leaves = [kind(generator.uniform(-1, 1)) for _ in range(3)]
            output = random_expression(generator, leaves)
            output.backward()
            results.append([output.data, *(leaf.grad for leaf in leaves)])
        expected, actual = results
        assert [pytest.approx(x, rel=1e-9, abs=1e-9) for x in expected] == actual, f"seed {seed}"


def test_both_ways_of_importing_give_the_same():
    from tinygrad_neuron.nn import MLP, Layer, Module, Neuron

    assert tinygrad_neuron.Value is Value
    assert (nn.MLP, nn.Layer, nn.Module, nn.Neuron) == (MLP, Layer, Module, Neuron)
