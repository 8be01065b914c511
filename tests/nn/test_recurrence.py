"""Memory: truncated backpropagation through time, long chains, state that is handed on."""

import pytest

from tinygrad_neuron import Value, nn, sum, training
from tinygrad_neuron.compiler import compile
from tinygrad_neuron.nn.shapes import flat

LAYERS = [nn.RNN, nn.LSTM, nn.GRU]


def sequence(length):
    return [[Value(0.3 * k - 0.5)] for k in range(length)]


@pytest.mark.parametrize("kind", LAYERS)
def test_a_state_handed_on_continues_the_sequence(kind):
    layer, x = kind(1, 2, num_layers=2, seed=0), sequence(5)
    whole, _ = layer(x)
    first, state = layer(x[:2])
    second, _ = layer(x[2:], state)
    assert [v.data for v in flat(whole)] == [v.data for v in flat(first + second)]


@pytest.mark.parametrize("kind", LAYERS)
def test_detach_ends_the_way_back(kind):
    layer, x = kind(1, 2, seed=0), sequence(4)
    _, state = layer(x[:2])
    outputs, _ = layer(x[2:], nn.detach(state))
    sum(outputs[-1]).backward()
    assert [v.grad == 0.0 for v in flat(x)] == [True, True, False, False]
    layer.zero_grad()
    whole, _ = layer(x)
    sum(whole[-1]).backward()
    assert [v.grad == 0.0 for v in flat(x[:2])] == [False, False]
    assert [v.data for v in whole[-1]] == [v.data for v in outputs[-1]]


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.both_targets
def test_truncated_in_a_compiled_function_it_is_the_same(kind, code):
    layer = kind(1, 2, seed=0)

    def loss(x):
        _, state = layer(x[:2])
        outputs, _ = layer(x[2:], nn.detach(state))
        return sum(outputs[-1])

    x = [[0.3 * k - 0.5] for k in range(4)]
    eager = loss(x)
    eager.backward()
    gradients = [p.grad for p in layer.parameters()]
    layer.zero_grad()
    result = compile(loss)(x)
    result.backward()
    assert eager.data == result.data
    assert gradients == [p.grad for p in layer.parameters()]


def test_an_open_forget_gate_lets_gradients_live_longer():
    def ratio(**options):
        outputs, _ = nn.LSTM(1, 8, seed=0, **options)([[0.5]] * 20)
        sum(outputs[-1]).backward()
        norms = training.gradient_norms(outputs)
        return norms[0] / norms[-1]

    assert ratio(forget_bias=3.0) > 100 * ratio(forget_bias=-1.0)


def test_gradient_norms_are_of_each_step():
    outputs = [[Value(3.0)], [Value(1.0), Value(2.0)]]
    for v, gradient in zip(flat(outputs), (2.0, 3.0, 4.0), strict=True):
        v.grad = gradient
    assert training.gradient_norms([*outputs, [Value(0.0)]]) == [2.0, 5.0, 0.0]


def test_dropout_stands_between_layers_and_only_in_training():
    rnn = nn.RNN(1, 8, num_layers=2, dropout=0.5, seed=0)
    x = sequence(3)
    first, second = ([v.data for v in flat(rnn(x)[0])] for _ in range(2))
    assert first != second
    rnn.eval()
    first, second = ([v.data for v in flat(rnn(x)[0])] for _ in range(2))
    assert first == second
