"""Every layer takes every route: compiled, differentiated by nudging, drawn, stepped, pickled."""

import pickle

import pytest

from tests.conftest import needs_compiler
from tests.nn.test_nn_pytorch import argument, made, results
from tests.reference.cases import CASES, Case, coefficient
from tinygrad_neuron import Value, draw_dot, nn, sum, walkthrough
from tinygrad_neuron.compiler import compile
from tinygrad_neuron.nn.shapes import each, flat

every_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])

# One of each kind, at the smallest size, with what makes it.
SMALL = [
    ("ReLU", nn.ReLU(), ((3,),)),
    ("Linear", nn.Linear(2, 1, seed=3), ((2,),)),
    ("Sequential", nn.Sequential(nn.Flatten(), nn.Linear(2, 1, seed=3)), ((2, 1),)),
    ("Embedding", nn.Embedding(3, 2, seed=3), ([2],)),
    ("Conv1d", nn.Conv1d(1, 1, 2, seed=3), ((1, 3),)),
    ("Conv2d", nn.Conv2d(1, 1, 2, padding=1, seed=3), ((1, 1, 2),)),
    ("MaxPool1d", nn.MaxPool1d(2), ((1, 4),)),
    ("MaxPool2d", nn.MaxPool2d(2), ((1, 2, 2),)),
    ("AvgPool1d", nn.AvgPool1d(2), ((1, 4),)),
    ("AvgPool2d", nn.AvgPool2d(2), ((1, 2, 2),)),
    ("RNNCell", nn.RNNCell(1, 1, seed=3), ((1,),)),
    ("LSTMCell", nn.LSTMCell(1, 1, seed=3), ((1,),)),
    ("GRUCell", nn.GRUCell(1, 1, seed=3), ((1,),)),
    ("RNN", nn.RNN(1, 1, num_layers=2, seed=3), ((2, 1),)),
    ("LSTM", nn.LSTM(1, 1, seed=3), ((2, 1),)),
    ("GRU", nn.GRU(1, 1, seed=3), ((2, 1),)),
    ("attention", nn.scaled_dot_product_attention, ((2, 2), (2, 2), (2, 1))),
    ("MultiheadAttention", nn.MultiheadAttention(2, 2, seed=3), ((2, 2), (2, 2), (2, 2))),
    ("LayerNorm", nn.LayerNorm(2), ((2,),)),
    ("RMSNorm", nn.RMSNorm(2), ((2,),)),
    ("PositionalEncoding", nn.PositionalEncoding(2), ((2, 2),)),
    ("PositionalEmbedding", nn.PositionalEmbedding(2, 3, seed=3), ((2, 2),)),
    ("block", nn.TransformerEncoderLayer(2, 1, 2, dropout=0.0, seed=3), ((2, 2),)),
    ("block, dropout", nn.TransformerEncoderLayer(2, 1, 2, seed=3), ((2, 2),)),
]
each_kind = pytest.mark.parametrize(
    ("layer", "inputs"), [row[1:] for row in SMALL], ids=[row[0] for row in SMALL]
)


def numbers_of(case):
    return [argument(shape, place, case) for place, shape in enumerate(case.inputs)]


def as_values(x):
    """Numbers as leaves; whole numbers, as of an embedding, stay."""
    if isinstance(x, tuple):
        return tuple(map(as_values, x))
    return each(lambda v: Value(v) if isinstance(v, float) else v, x)


def leaves_of(x):
    parts = x if isinstance(x, tuple | list) else [x]
    return [v for part in parts for v in flat(part) if isinstance(v, Value)]


def weighted(outputs):
    """One number that depends on every output, each with a factor of its own."""
    return sum([(coefficient(k) + 0.1) * v for k, v in enumerate(results(outputs))])


def loss_of(layer, case):
    options = case.call | ({"is_causal": True} if case.causal else {})
    return lambda *inputs: weighted(layer(*inputs, **options))


class Run:
    """A case run as it is: its loss and its arguments, what it gives, its parameters' gradients."""

    def __init__(self, case):
        layer, parameters = made(case)
        self.name, self.loss = case.name, loss_of(layer, case)
        self.arguments = tuple(numbers_of(case))
        self.leaves = flat(list(parameters.values()))
        eager = self.loss(*self.arguments)
        eager.backward()
        self.expected = [eager.data, *self.gradients()]
        for p in self.leaves:
            p.grad = 0.0

    def gradients(self):
        return [p.grad for p in self.leaves]


@every_case
def test_compiled_it_gives_the_bits_of_the_eager_run(case):
    run = Run(case)
    compiled = compile(run.loss).mean([run.arguments])
    compiled.backward()
    assert run.expected == [compiled.data, *run.gradients()]


@needs_compiler
@pytest.mark.once
def test_in_c_each_gives_the_bits_of_the_eager_run():
    """All in one function: the compiler takes longer than they do."""
    runs = [Run(case) for case in CASES]
    compiled = compile(
        lambda *given: [run.loss(*one) for run, one in zip(runs, given, strict=True)], target="c"
    )
    found = compiled(*(run.arguments for run in runs))
    sum(found).backward()
    for run, output in zip(runs, found, strict=True):
        assert (run.name, run.expected) == (run.name, [output.data, *run.gradients()])


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.ties], ids=lambda case: case.name
)
def test_its_gradients_are_those_found_by_nudging(case):
    layer, parameters = made(case)
    loss, inputs = loss_of(layer, case), [as_values(x) for x in numbers_of(case)]
    leaves = flat(list(parameters.values())) + leaves_of(inputs)
    loss(*inputs).backward()
    for leaf in leaves[:: max(len(leaves) // 12, 1)]:
        before, h = leaf.data, 1e-6
        leaf.data = before + h
        above = loss(*inputs).data
        leaf.data = before - h
        below = loss(*inputs).data
        leaf.data = before
        assert leaf.grad == pytest.approx((above - below) / (2 * h), rel=1e-5, abs=1e-7)


def small_loss(layer, inputs):
    return weighted(layer(*[as_values(x) for x in numbers_of(Case("", inputs=inputs))]))


@each_kind
def test_it_is_drawn(layer, inputs):
    loss = small_loss(layer, inputs)
    loss.backward()
    source = draw_dot(loss).source
    assert source.startswith("digraph")
    if isinstance(layer, nn.Module):
        assert type(layer).__name__ in source


@each_kind
def test_it_is_stepped_through(layer, inputs):
    loss = small_loss(layer, inputs)
    steps = walkthrough(loss).steps
    assert len(steps) > 2


@each_kind
def test_a_pickle_of_it_computes_the_same(layer, inputs):
    copy = pickle.loads(pickle.dumps(layer))
    assert small_loss(copy, inputs).data == pytest.approx(small_loss(layer, inputs).data) or (
        "dropout" in repr(vars(layer))
    )
    if isinstance(layer, nn.Module):
        names = [name for name, _ in layer.named_parameters()]
        assert names == [name for name, _ in copy.named_parameters()]


@each_kind
def test_its_state_is_saved_and_loaded(layer, inputs, tmp_path):
    if not isinstance(layer, nn.Module) or not layer.parameters():
        pytest.skip("it has no parameters")
    copy = pickle.loads(pickle.dumps(layer)).eval()
    before = small_loss(copy, inputs).data
    copy.save(tmp_path / "layer.json")
    for parameter in copy.parameters():
        parameter.data = 9.0
    copy.load(tmp_path / "layer.json")
    assert small_loss(copy, inputs).data == before
