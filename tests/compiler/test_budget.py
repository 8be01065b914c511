"""A program that is too long is refused: which module makes it so, and what to reduce."""

import pytest

from tinygrad_neuron import Value, compile, nn, scope


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr("tinygrad_neuron.compiler.budget.MOST_LINES", 100)


def refused(function, *arguments):
    with pytest.raises(ValueError) as caught:
        compile(function)(*arguments)
    return str(caught.value)


def test_a_graph_that_is_too_large_is_refused_with_the_way_out():
    def chain(x):
        for k in range(200):
            with scope(f"step {k}"):
                x = x.tanh()
        return x

    assert refused(chain, Value(0.5)) == (
        "compile: chain takes 201 lines; up to 100 can be compiled. Compile a smaller part, "
        "such as the loss of one example, and use .sum(examples) or .mean(examples)"
    )


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_of_a_recurrence_it_is_the_steps(kind):
    model = kind(1, 2, num_layers=2, seed=0)
    message = refused(lambda x: model(x)[0][-1], [[1.0]] * 20)
    assert f"{kind.__name__} recorded " in message
    assert (
        " in 20 steps; what makes fewer: fewer steps at a time, with detach(state) between them, "
        "or a smaller hidden_size. Compile" in message
    )
    message = refused(lambda x: [model(x)[0][-1], model(x)[0][-1]], [[1.0]] * 20)
    assert " in 2 calls of 20 steps; " in message


def test_of_a_cell_it_is_the_calls():
    cell = nn.GRUCell(1, 2, seed=0)

    def run(inputs):
        state = None
        for x in inputs:
            state = cell([x], state)
        return state

    assert "GRUCell recorded " in (message := refused(run, [1.0] * 20))
    assert " in 20 calls; what makes fewer: fewer steps at a time" in message


def test_of_a_convolution_it_is_the_image_and_what_the_layer_is_called_is_said():
    model = nn.Sequential(nn.Conv2d(1, 2, 3, seed=0), nn.Flatten(), nn.Linear(8, 1, seed=1))
    # For each of 2 · 2 · 2 outputs 9 products, their sum and the bias; 8 products, sum and bias.
    assert (
        "layers[0] (Conv2d) recorded 88 of 98 operations in 1 call; what makes fewer: a smaller "
        "input, fewer out_channels, a smaller kernel_size or a larger stride. "
    ) in refused(model, [[[1.0] * 4] * 4])


def test_neurons_are_counted_by_layer_and_modules_of_ones_own_without_advice():
    model = nn.MLP(6, [10, 1], seed=0)
    # For each neuron 6 products, their sum, the bias and the activation.
    assert (
        "layers[0] (Layer) recorded 90 of 103 operations in 1 call; what makes fewer: fewer ne"
        in (refused(model, [1.0] * 6))
    )

    class Own(nn.Module):
        def __call__(self, x):
            for _ in range(100):
                x = x * x
            return x

    assert "Own recorded 100 of 101 operations in 1 call. Compile a smaller" in refused(
        lambda x: 1 + Own()(x), 2.0
    )


def test_every_module_with_advice_exists():
    from tinygrad_neuron.compiler import budget

    assert all(hasattr(nn, name) for name in budget._FEWER)
