"""Layers and multilayer perceptrons: sizes, activations, seeds, and the numbers they compute."""

import math
import random

import pytest

from tinygrad_neuron import Value, init, nn


def data_of(module):
    return [p.data for p in module.parameters()]


def by_hand(model, x):
    """What a relu network with a linear last layer computes, in plain arithmetic."""
    for layer in model.layers:
        z = [
            sum(w.data * v for w, v in zip(neuron.w, x, strict=True)) + neuron.b.data
            for neuron in layer.neurons
        ]
        x = z if layer is model.layers[-1] else [max(0.0, number) for number in z]
    return x


def squared(z):
    return z * z


# Layers


def test_a_layer_gives_one_output_per_neuron():
    layer = nn.Layer(2, 3, seed=0)
    x = [1.0, -2.0]
    assert [y.data for y in layer(x)] == [neuron(x).data for neuron in layer.neurons]


def test_a_layer_of_one_neuron_gives_a_single_value():
    assert type(nn.Layer(2, 1, seed=0)([1.0, 2.0])) is Value


def test_a_plain_number_becomes_one_leaf_for_all_neurons_of_a_layer():
    one, other = nn.Layer(1, 2, activation="identity", init="uniform", seed=0)([3.0])
    leaf = [y._prev[0]._prev[0]._prev[0]._prev[1] for y in (one, other)]
    assert leaf[0] is leaf[1]
    assert leaf[0].data == 3.0


def test_the_constructors_of_micrograd_work():
    assert repr(nn.Layer(2, 3)) == "Layer(2 -> 3, relu)"
    assert repr(nn.Layer(2, 3, nonlin=False)) == "Layer(2 -> 3, identity)"
    model = nn.MLP(2, [16, 16, 1])
    assert repr(model) == "MLP(2 -> 16 -> 16 -> 1, relu, relu, identity)"
    assert len(model.parameters()) == 337


def test_a_bias_can_be_given_for_all_neurons_or_for_each():
    assert [n.b.data for n in nn.Layer(2, 3, bias=0.5).neurons] == [0.5, 0.5, 0.5]
    assert [n.b.data for n in nn.Layer(2, 3, bias=[1, 2, 3]).neurons] == [1.0, 2.0, 3.0]


def test_the_neurons_of_a_layer_differ():
    weights = [tuple(w.data for w in n.w) for n in nn.Layer(2, 8, seed=0).neurons]
    assert len(set(weights)) == 8


def test_initialisers_see_the_fans_of_the_layer():
    seen = set()

    def draw(generator, fan_in, fan_out):
        seen.add((fan_in, fan_out))
        return 0.0

    nn.MLP(4, [3, 2], init=draw)
    assert seen == {(4, 3), (3, 2)}


def test_a_layer_initialised_by_xavier_keeps_within_its_bound():
    layer = nn.Layer(4, 20, init="xavier_uniform", seed=0)
    bound = 0.5  # sqrt(6 / (4 + 20))
    weights = [w.data for neuron in layer.neurons for w in neuron.w]
    assert 0.45 < max(map(abs, weights)) <= bound


# Networks


def test_a_network_computes_what_plain_arithmetic_does():
    model = nn.MLP(3, [4, 3, 2], seed=5)
    for x in ([0.5, -1.0, 2.0], [0.0, 0.0, 0.0], [-3.0, 1.5, 0.25]):
        assert [y.data for y in model(x)] == pytest.approx(by_hand(model, x), rel=1e-14)


def test_a_network_worked_out_by_hand():
    """2-2-1, relu: hidden = (max(0, 1*1 - 1*2 + 0), max(0, 2*1 + 1*2 - 1)) = (0, 3); y = 0.5*3."""
    model = nn.MLP(2, [2, 1])
    numbers = [1.0, -1.0, 0.0, 2.0, 1.0, -1.0, 7.0, 0.5, 0.0]
    for parameter, number in zip(model.parameters(), numbers, strict=True):
        parameter.data = number
    x = [Value(1.0), Value(2.0)]
    y = model(x)
    y.backward()
    assert y.data == 1.5
    gradients = [0.0, 0.0, 0.0, 0.5, 1.0, 0.5, 0.0, 3.0, 1.0]
    assert [p.grad for p in model.parameters()] == gradients
    assert [v.grad for v in x] == [1.0, 0.5]


def test_gradients_of_a_network_agree_with_central_differences():
    model = nn.MLP(2, [3, 2, 1], activation="tanh", seed=1)
    x, h = [0.3, -0.8], 1e-5
    model(x).backward()
    for name, parameter in model.named_parameters():
        at = parameter.data
        parameter.data = at + h
        above = model(x).data
        parameter.data = at - h
        below = model(x).data
        parameter.data = at
        assert parameter.grad == pytest.approx((above - below) / (2 * h), abs=1e-8), name


def test_the_last_layer_is_linear_unless_told():
    assert repr(nn.MLP(2, [3, 1], "tanh")) == "MLP(2 -> 3 -> 1, tanh, identity)"
    model = nn.MLP(2, [3, 1], "tanh", output_activation="sigmoid")
    assert repr(model) == "MLP(2 -> 3 -> 1, tanh, sigmoid)"


def test_every_layer_can_have_an_activation_of_its_own():
    model = nn.MLP(2, [4, 3, 1], ["tanh", squared, "sigmoid"], seed=0)
    assert repr(model) == "MLP(2 -> 4 -> 3 -> 1, tanh, squared, sigmoid)"
    operations = [layer.neurons[0]([1.0] * layer.neurons[0].nin)._op for layer in model.layers]
    assert operations == ["tanh", "*", "sigmoid"]


def test_a_network_of_one_layer_is_linear():
    model = nn.MLP(2, [1], seed=0)
    x, y = [1.0, 2.0], [-4.0, 0.5]
    both = [a + b for a, b in zip(x, y, strict=True)]
    assert model(both).data == pytest.approx(model(x).data + model(y).data, rel=1e-12)


def test_hidden_layers_of_one_neuron_are_passed_on():
    model = nn.MLP(1, [1, 1, 2], seed=0)
    assert len(model([1.0])) == 2


def test_one_prelu_shared_by_a_network_is_one_parameter_that_gathers_all_gradients():
    activation = nn.PReLU(0.5)
    model = nn.MLP(1, [2, 1], activation=activation, init="zeros")
    for neuron in model.layers[0].neurons:
        neuron.b.data = -1.0
    for w in model.layers[1].neurons[0].w:
        w.data = 1.0
    assert len(model.parameters()) == 8
    y = model([0.0])
    y.backward()
    assert (y.data, activation.slope.grad) == (-1.0, -2.0)


def test_the_output_bias_goes_to_the_last_layer_alone():
    model = nn.MLP(2, [3, 2], output_bias=[1.0, 2.0])
    assert [n.b.data for n in model.layers[0].neurons] == [0.0, 0.0, 0.0]
    assert [n.b.data for n in model.layers[1].neurons] == [1.0, 2.0]


def test_the_bias_trick_gives_the_same_network():
    plain, trick = (nn.MLP(2, [3, 2], seed=4, bias_trick=flag) for flag in (False, True))
    assert data_of(plain) == data_of(trick)
    x = [0.5, -2.0]
    assert [y.data for y in plain(x)] == [y.data for y in trick(x)]


# Seeds


def test_the_same_seed_gives_the_same_network_and_another_seed_another():
    assert data_of(nn.MLP(2, [3, 1], seed=1)) == data_of(nn.MLP(2, [3, 1], seed=1))
    assert data_of(nn.MLP(2, [3, 1], seed=1)) != data_of(nn.MLP(2, [3, 1], seed=2))
    assert data_of(nn.MLP(2, [3, 1])) != data_of(nn.MLP(2, [3, 1]))


def test_a_seed_gives_the_weights_that_micrograd_draws_after_random_seed():
    """micrograd: for each layer, for each neuron, `random.uniform(-1, 1)` per input; biases 0."""
    generator = random.Random(1337)
    expected = []
    for nin, nout in [(2, 16), (16, 16), (16, 1)]:
        for _ in range(nout):
            expected += [generator.uniform(-1, 1) for _ in range(nin)] + [0]
    assert expected == data_of(nn.MLP(2, [16, 16, 1], seed=1337))


def test_a_generator_as_seed_is_advanced():
    generator = random.Random(3)
    first, second = nn.Layer(2, 2, seed=generator), nn.Layer(2, 2, seed=generator)
    assert data_of(first) != data_of(second)
    assert data_of(first) == data_of(nn.Layer(2, 2, seed=3))


@pytest.mark.parametrize("seed", [None, 0])
def test_the_global_random_state_is_untouched(seed):
    before = random.getstate()
    nn.MLP(2, [3, 1], init="he_normal", seed=seed)([1.0, 2.0])
    assert before == random.getstate()


def test_the_global_random_state_does_not_matter():
    random_state = random.getstate()
    try:
        random.seed(1)
        one = data_of(nn.MLP(2, [3, 1], seed=0))
        random.seed(2)
        assert one == data_of(nn.MLP(2, [3, 1], seed=0))
    finally:
        random.setstate(random_state)


# Bad input


@pytest.mark.parametrize("sizes", [[], (), 3])
def test_no_list_of_layer_sizes_is_refused(sizes):
    with pytest.raises(ValueError, match="MLP: nouts must be a list of layer sizes such as"):
        nn.MLP(2, sizes)


def test_none_as_layer_sizes_is_refused_by_name():
    with pytest.raises((TypeError, ValueError), match="nouts must be a list of layer sizes"):
        nn.MLP(2, None)


@pytest.mark.parametrize("size", [0, -2, 2.0, None])
def test_a_size_that_is_no_positive_integer_is_refused(size):
    for build in (
        lambda: nn.MLP(size, [3]),
        lambda: nn.MLP(2, [3, size]),
        lambda: nn.Layer(size, 2),
        lambda: nn.Layer(2, size),
    ):
        with pytest.raises(ValueError, match=f"must be an integer of 1 or more, got {size}"):
            build()


def test_the_wrong_number_of_inputs_is_refused():
    with pytest.raises(ValueError, match="expected 4 inputs, got 3"):
        nn.Layer(4, 2)([1, 2, 3])
    with pytest.raises(ValueError, match="expected 4 inputs, got 3"):
        nn.MLP(4, [2, 1])([1, 2, 3])


def test_the_wrong_number_of_activations_is_refused():
    with pytest.raises(ValueError, match="unknown, did you mean 'tanh'"):
        nn.MLP(2, [1], activation="tanhh")  # no layer has it
    with pytest.raises(ValueError, match="MLP: expected 2 activations, one per layer, got 3"):
        nn.MLP(2, [3, 1], ["relu", "relu", "relu"])


def test_the_wrong_number_of_biases_is_refused():
    with pytest.raises(ValueError, match="expected 3 biases, one per neuron, got 2"):
        nn.Layer(2, 3, bias=[0.0, 1.0])


def test_an_unknown_activation_or_initialiser_is_refused_by_layers_and_networks():
    for build in (
        lambda: nn.Layer(2, 2, activation="sigmod"),
        lambda: nn.MLP(2, [2, 1], "sigmod"),
        lambda: nn.MLP(2, [2, 1], output_activation="sigmod"),
        lambda: nn.MLP(2, [2, 1], ["relu", "sigmod"]),
    ):
        with pytest.raises(ValueError, match=r"activation 'sigmod': .*did you mean 'sigmoid'"):
            build()
    with pytest.raises(ValueError, match=r"initialiser 'he_norm': .*did you mean 'he_normal'"):
        nn.MLP(2, [2, 1], init="he_norm")


def test_a_list_of_activations_and_one_for_the_output_are_too_many():
    with pytest.raises(ValueError, match=r"MLP: .*got output_activation='tanh' as well"):
        nn.MLP(2, [2, 1], ["relu", "sigmoid"], output_activation="tanh")


@pytest.mark.parametrize("single", [2.0, Value(2.0)])
def test_one_number_instead_of_a_list_of_inputs_of_a_network_is_refused(single):
    with pytest.raises(TypeError, match=r"MLP: .*list of 1 "):
        nn.MLP(1, [2, 1])(single)


def test_sizes_biases_and_inputs_may_come_from_any_iterable():
    numpy = pytest.importorskip("numpy")
    assert repr(nn.MLP(2, iter([3, 1]))) == "MLP(2 -> 3 -> 1, relu, identity)"
    assert repr(nn.MLP(2, numpy.array([3, 1]))) == "MLP(2 -> 3 -> 1, relu, identity)"
    layer = nn.Layer(2, 2, bias=numpy.array([1.0, 2.0]), init="zeros", activation="identity")
    assert [y.data for y in layer(iter([5.0, 6.0]))] == [1.0, 2.0]


def test_an_activation_in_the_place_of_nonlin_is_not_silently_taken_for_relu():
    with pytest.raises(TypeError, match="activation='tanh'"):
        nn.Layer(2, 3, "tanh")


def test_a_list_of_activations_for_one_layer_is_refused_by_name():
    with pytest.raises((TypeError, ValueError), match="activation"):
        nn.Layer(2, 2, activation=["relu", "tanh"])


def test_no_activation_for_a_network_is_refused_by_name():
    with pytest.raises((TypeError, ValueError), match="activation"):
        nn.MLP(2, [2, 1], None)


def test_one_number_instead_of_a_list_of_inputs_is_refused_with_the_way_out():
    with pytest.raises(TypeError, match=r"Layer: .*list of 1 "):
        nn.Layer(1, 2)(3.0)


def test_an_initialiser_that_was_not_made_yet_is_refused_with_the_way_out():
    with pytest.raises(TypeError, match=r"initialiser.*he_normal\(\)"):
        nn.Layer(2, 2, init=init.he_normal)


def test_a_nan_input_gives_a_nan_output():
    assert math.isnan(nn.MLP(1, [1], seed=0)([math.nan]).data)
