"""`diagnose` finds what keeps a model from learning, and says so in words with numbers."""

import math

import pytest

from tinygrad_neuron import datasets, losses, nn, relu, training
from tinygrad_neuron.nn.shapes import flat

DATA = list(datasets.moons(20, seed=0))


def loss(output, target):
    return losses.binary_cross_entropy_with_logits(output[0], target)


def diagnose(model, loss=loss, data=DATA):
    return training.diagnose(model, data, loss)


def network(activation=None, seed=0):
    activation = activation or nn.ReLU()
    return nn.Sequential(nn.Linear(2, 10, seed=seed), activation, nn.Linear(10, 1, seed=seed))


def test_a_healthy_model_gets_no_warning():
    found = diagnose(network(nn.Tanh()))
    assert found.warnings == ()
    assert str(found).endswith("Nothing to warn of.")
    assert [(r.kind, r.units) for r in found.layers] == [("Linear", 0), ("Tanh", 10), ("Linear", 0)]


@pytest.mark.parametrize("dead, verb", [(1, "is"), (3, "are")])
def test_few_dead_units_are_told_where_there_is_nothing_to_warn_of(dead, verb):
    model = network(nn.ReLU())
    for k, bias in enumerate(model.layers[0].bias):
        bias.data = -100.0 if k < dead else 100.0
    found = diagnose(model)
    assert found.warnings == ()
    assert str(found).endswith(
        f"\nNothing to warn of: {dead} of 10 units in layers[1] {verb} dead, less than the 40 % "
        "of a layer from which on there is a warning."
    )


@pytest.mark.parametrize("dead", [3, 4, 10])
def test_dead_units_are_counted_and_from_40_percent_warned_of(dead):
    model = network(nn.Tanh())
    model.layers[1] = nn.ReLU()
    for bias in model.layers[0].bias:
        bias.data = 100.0
    for bias in model.layers[0].bias[:dead]:
        bias.data = -100.0
    found = diagnose(model)
    assert found.layers[1].dead == dead
    words = [w for w in found.warnings if "dead" in w]
    if dead < 4:
        assert words == []
    else:
        assert words[0].startswith(f"layers[1]: {dead} of 10 units ({10 * dead} %) are dead: relu")
        assert "leaky_relu" in words[0]


def test_saturated_units_are_found():
    model = network(nn.Tanh())
    for weight in flat(model.layers[0].weight):
        weight.data *= 100
    found = diagnose(model)
    assert found.layers[1].saturated >= 4
    assert any("saturated: tanh is nearly flat" in w for w in found.warnings)


def test_neurons_of_a_layer_are_its_units():
    found = diagnose(nn.MLP(2, [5, 3, 1], "tanh", seed=0), lambda y, t: loss([y], t))
    assert [(r.name, r.units) for r in found.layers] == [
        ("layers[0]", 5),
        ("layers[1]", 3),
        ("layers[2]", 0),
    ]


def test_a_parameter_without_gradient_is_named():
    model = network()
    model.spare = nn.Linear(1, 1)
    (warning,) = [w for w in diagnose(model).warnings if "no gradient" in w]
    assert warning.startswith("2 of 43 parameters get no gradient (spare.weight[0][0], spare.bias")


def test_a_loss_that_depends_on_nothing_is_found():
    found = diagnose(network(), lambda y, t: losses.mean_squared_error([y[0].data], [t]))
    assert any("the loss depends on no parameter" in w for w in found.warnings)


def test_where_numbers_stop_being_finite_is_said():
    model = nn.Sequential(nn.Linear(2, 2, seed=0), nn.Linear(2, 1, seed=0))
    for weight in flat([layer.weight for layer in model.layers]):
        weight.data = 1e200
    data = [([1e10, 1e10], 1.0), ([1.0, 1.0], 0.0)]
    found = diagnose(model, data=data)
    assert found.warnings[0].startswith("layers[1]: * of weight[0][0] = 1e+200")
    assert "is inf, in example 0" in found.warnings[0]


def test_vanishing_and_exploding_gradients_are_found():
    def deep(scale):
        layers = []
        for k in range(8):
            linear = nn.Linear(3, 3, bias=False, seed=k)
            for weight in flat(linear.weight):
                weight.data *= scale
            layers += [linear, nn.Tanh() if scale < 1 else nn.LeakyReLU()]
        return nn.Sequential(nn.Linear(2, 3, seed=9), *layers, nn.Linear(3, 1, seed=10))

    def squared(y, t):
        return losses.mean_squared_error(y, [t])

    assert any("gradients vanish" in w for w in diagnose(deep(0.3), squared).warnings)
    assert any("gradients explode" in w for w in diagnose(deep(20.0), squared).warnings)


def test_nothing_is_changed():
    model = network()
    loss(model([1.0, 2.0]), 1.0).backward()
    before = [(p.data, p.grad) for p in model.parameters()]
    diagnose(model)
    assert [(p.data, p.grad) for p in model.parameters()] == before


def test_activations_outside_of_modules_belong_to_the_module_that_calls_them():
    class Own(nn.Module):
        def __init__(self):
            self.linear = nn.Linear(2, 3, seed=0)

        def __call__(self, x):
            return [relu(z) for z in self.linear(x)]

    (first, second) = training.diagnose(Own(), DATA).layers
    assert {(first.kind, first.units), (second.kind, second.units)} == {("Own", 3), ("Linear", 0)}
    assert first.gradient_norm is None


def test_the_units_of_recurrent_layers_are_those_of_all_steps():
    class Last(nn.Module):
        def __init__(self):
            self.rnn = nn.RNN(1, 2, seed=0)

        def __call__(self, x):
            return self.rnn(x)[0][-1]

    found = training.diagnose(Last(), [([[0.1], [0.2], [0.3]], 1.0)] * 2)
    assert [(r.kind, r.units) for r in found.layers] == [("RNN", 6)]
    assert not math.isnan(found.layers[0].deviation)


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="it takes at least one"):
        training.diagnose(network(), [])
    with pytest.raises(TypeError, match="model must be a Module"):
        training.diagnose(lambda x: x, DATA)
