"""A neuron computes f(w·x + b), records exactly that, and knows its hyperplane."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_neuron import Value, nn

# Reference implementations, of the textbooks' formulas, at ordinary points.
ACTIVATIONS = {
    "identity": lambda z: z,
    "linear": lambda z: z,
    "step": lambda z: float(z > 0),
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: max(0.0, z),
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "elu": lambda z: z if z > 0 else math.exp(z) - 1,
    "selu": lambda z: 1.0507009873554805 * (z if z > 0 else 1.6732632423543772 * (math.exp(z) - 1)),
    "softplus": lambda z: math.log(1 + math.exp(z)),
    "softsign": lambda z: z / (1 + abs(z)),
    "swish": lambda z: z / (1 + math.exp(-z)),
    "gelu": lambda z: z * (1 + math.erf(z / math.sqrt(2))) / 2,
    "gelu_tanh": lambda z: z / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))),
    "mish": lambda z: z * math.tanh(math.log(1 + math.exp(z))),
    "hard_sigmoid": lambda z: min(max(z / 6 + 0.5, 0.0), 1.0),
    "hard_tanh": lambda z: min(max(z, -1.0), 1.0),
}


def neuron_with(weights, bias, **options):
    neuron = nn.Neuron(len(weights), bias=bias, **options)
    for w, number in zip(neuron.w, weights, strict=False):
        w.data = number
    return neuron


def nodes_of(result):
    """Every node once, from the result down."""
    found, stack = [], [result]
    while stack:
        node = stack.pop()
        if node not in found:
            found.append(node)
            stack += node._prev
    return found


def operations_of(result):
    return sorted(node._op for node in nodes_of(result) if node._prev)


# Worked numbers of the textbooks


def test_weights_that_cancel_the_bias_give_pre_activation_zero_and_sigmoid_one_half():
    neuron = neuron_with([0.4, -0.6, 0.9], 0.1, activation="sigmoid")
    assert neuron.pre_activation([0.5, 0.8, 0.2]).data == pytest.approx(0.0, abs=1e-15)
    assert neuron([0.5, 0.8, 0.2]).data == pytest.approx(0.5, abs=1e-15)


def test_three_features_weighted_give_pre_activation_0_39():
    neuron = neuron_with([0.5, 0.3, 0.2], -0.4)
    assert neuron.pre_activation([0.8, 0.7, 0.9]).data == pytest.approx(0.39, abs=1e-15)


def test_two_features_weighted_give_relu_1_5():
    assert neuron_with([0.5, 0.3], -0.4)([2, 3]).data == pytest.approx(1.5, abs=1e-15)


def test_a_negative_pre_activation_gives_relu_zero():
    assert neuron_with([0.5, 0.3], -2.0)([2, 3]).data == 0.0


def test_the_gradients_of_a_sigmoid_neuron_are_those_worked_out_by_hand():
    """y = sigmoid(0.5): dy/dz = y (1 - y); dz/dw = x, dz/db = 1, dz/dx = w."""
    neuron = neuron_with([1.0, -2.0], 0.5, activation="sigmoid")
    x = [Value(2.0), Value(1.0)]
    neuron(x).backward()
    slope = 0.2350037122015945
    assert [w.grad for w in neuron.w] == pytest.approx([2.0 * slope, 1.0 * slope], rel=1e-14)
    assert neuron.b.grad == pytest.approx(slope, rel=1e-14)
    assert [v.grad for v in x] == pytest.approx([1.0 * slope, -2.0 * slope], rel=1e-14)


# What is recorded


@pytest.mark.parametrize("inputs", [1, 2, 5])
def test_a_call_records_one_multiply_per_input_one_sum_one_add_and_one_activation(inputs):
    neuron = nn.Neuron(inputs, activation="tanh", seed=0)
    y = neuron([Value(float(i)) for i in range(inputs)])
    assert operations_of(y) == sorted(["*"] * inputs + ["sum", "+", "tanh"])


def test_the_recorded_nodes_stand_in_the_order_of_the_formula():
    neuron = nn.Neuron(2, activation="sigmoid", seed=0)
    x = [Value(1.0), Value(2.0)]
    y = neuron(x)
    (z,) = y._prev
    total, bias = z._prev
    products = total._prev
    assert (y._op, z._op, total._op) == ("sigmoid", "+", "sum")
    assert bias is neuron.b
    assert [product._op for product in products] == ["*", "*"]
    assert [product._prev for product in products] == [(neuron.w[0], x[0]), (neuron.w[1], x[1])]


def test_the_recorded_nodes_carry_labels():
    neuron = nn.Neuron(2, seed=0)
    y = neuron([Value(1.0), Value(2.0)])
    (z,) = y._prev
    total, _ = z._prev
    assert (y.label, z.label, total.label) == ("y", "z", "w·x")
    assert [product.label for product in total._prev] == ["w0*x0", "w1*x1"]
    assert [p.label for p in neuron.parameters()] == ["w0", "w1", "b"]


def test_every_recorded_node_and_parameter_has_the_neurons_scope_and_the_inputs_have_none():
    model = nn.MLP(2, [2, 1], seed=0)
    x = [Value(1.0, label="height"), Value(2.0)]
    neuron = model.layers[0].neurons[1]
    y = neuron(x)
    recorded = [node for node in nodes_of(y) if node not in x]
    assert {str(node.scope) for node in recorded} == {"layers[0].neurons[1]"}
    assert [(v.label, v.scope) for v in x] == [("height", None), ("", None)]


def test_identity_is_recorded_as_an_activation_of_its_own():
    neuron = nn.Neuron(1, nonlin=False)
    assert operations_of(neuron([Value(1.0)])) == ["*", "+", "identity", "sum"]


def test_pre_activation_records_everything_but_the_activation():
    neuron = nn.Neuron(2, activation="tanh", seed=0)
    assert operations_of(neuron.pre_activation([Value(1.0), Value(2.0)])) == ["*", "*", "+", "sum"]


def test_plain_numbers_as_inputs_get_the_same_result_and_gradients_as_values():
    neuron = nn.Neuron(2, activation="tanh", seed=0)
    plain = neuron([1, 2.5])
    plain.backward()
    gradients = [p.grad for p in neuron.parameters()]
    neuron.zero_grad()
    values = neuron([Value(1.0), Value(2.5)])
    values.backward()
    assert plain.data == values.data
    assert gradients == [p.grad for p in neuron.parameters()]


# Activations


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("z", [-4.0, -0.7, 0.3, 1.9, 5.0])
def test_every_activation_can_be_chosen_by_name(name, z):
    neuron = neuron_with([1.0], 0.0, activation=name)
    assert neuron([z]).data == pytest.approx(ACTIVATIONS[name](z), rel=1e-12, abs=1e-12)
    assert repr(neuron) == f"Neuron(1, {name})"


def test_the_error_for_an_unknown_activation_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"activation 'zzz': unknown\. Known: ") as caught:
        nn.Neuron(1, activation="zzz")
    listed = str(caught.value).split("Known: ")[1].split(", ")
    assert listed == sorted(listed)
    assert set(ACTIVATIONS) <= set(listed)  # operations that a user defined may stand there too


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        *[("sigmod", "sigmoid"), ("ReLU", "relu"), ("leaky", "leaky_relu")],
        *[("silu", "swish"), ("SiLU", "swish"), ("hardtanh", "hard_tanh")],  # PyTorch's names
    ],
)
def test_the_error_for_an_unknown_activation_names_the_nearest(wrong, meant):
    with pytest.raises(ValueError, match=f"activation {wrong!r}: unknown, did you mean {meant!r}"):
        nn.Neuron(1, activation=wrong)


def test_the_default_activation_is_relu_and_without_nonlin_identity():
    assert [neuron_with([1.0], 0.0)([x]).data for x in (-2.0, 3.0)] == [0.0, 3.0]
    assert [neuron_with([1.0], 0.0, nonlin=False)([x]).data for x in (-2.0, 3.0)] == [-2.0, 3.0]


def test_an_activation_can_be_any_function_of_a_value():
    def squared(z):
        return z * z

    neuron = neuron_with([3.0], 1.0, activation=squared)
    y = neuron([2.0])
    y.backward()
    assert (y.data, neuron.w[0].grad, neuron.b.grad) == (49.0, 28.0, 14.0)
    assert y.label == "y"
    assert repr(neuron) == "Neuron(1, squared)"


def test_an_activation_can_be_a_lambda_that_returns_its_argument():
    assert neuron_with([3.0], 1.0, activation=lambda z: z)([2.0]).data == 7.0


def test_the_slope_of_a_prelu_is_a_parameter_of_its_neuron():
    activation = nn.PReLU(0.5)
    neuron = neuron_with([1.0], 0.0, activation=activation)
    assert [name for name, _ in neuron.named_parameters()] == ["activation.slope", "w[0]", "b"]
    y = neuron([-3.0])
    y.backward()
    assert (y.data, activation.slope.grad) == (-1.5, -3.0)
    assert repr(neuron) == "Neuron(1, PReLU)"


def test_a_prelu_learns_its_slope():
    activation = nn.PReLU()
    neuron = neuron_with([1.0], 0.0, activation=activation)
    for _ in range(60):
        neuron.zero_grad()
        loss = (neuron([-1.0]) + 0.8) ** 2
        loss.backward()
        activation.slope.data -= 0.1 * activation.slope.grad
    assert activation.slope.data == pytest.approx(0.8, abs=1e-5)


def test_the_slope_of_a_prelu_gets_no_gradient_from_positive_inputs():
    activation = nn.PReLU(0.5)
    neuron_with([1.0], 0.0, activation=activation)([3.0]).backward()
    assert activation.slope.grad == 0.0


# Hyperplane and distance


def test_the_hyperplane_has_the_weights_as_normal_and_its_distance_from_the_origin():
    hyperplane = neuron_with([3.0, 4.0], -10.0).hyperplane
    assert (hyperplane.normal, hyperplane.bias) == ((3.0, 4.0), -10.0)
    assert (hyperplane.norm, hyperplane.distance) == (5.0, -2.0)


@pytest.mark.parametrize(
    ("point", "distance"),
    [((0, 0), -2.0), ((2, 1), 0.0), ((6, 4), 4.8), ((3.2, 2.6), 2.0), ((-3, 0.25), -3.6)],
)
def test_the_signed_distance_of_a_point_from_3x_plus_4y_equal_10(point, distance):
    neuron = neuron_with([3.0, 4.0], -10.0)
    assert neuron.signed_distance(point) == pytest.approx(distance, abs=1e-14)


def test_the_signed_distance_does_not_depend_on_the_activation_nor_on_where_the_bias_is_kept():
    for options in ({"activation": "sigmoid"}, {"nonlin": False}, {"bias_trick": True}):
        assert neuron_with([3.0, 4.0], -10.0, **options).signed_distance([0, 0]) == -2.0


def test_the_signed_distance_of_a_point_of_values_is_a_plain_number_and_leaves_them_alone():
    x = [Value(6.0), Value(4.0)]
    distance = neuron_with([3.0, 4.0], -10.0).signed_distance(x)
    assert type(distance) is float
    assert [repr(v) for v in x] == ["Value(data=6.0)", "Value(data=4.0)"]


coordinate = st.floats(-10, 10).map(lambda x: round(x, 3))


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(coordinate, coordinate).filter(lambda w: math.hypot(*w) > 0.1),
    coordinate,
    st.tuples(coordinate, coordinate),
)
def test_a_step_of_the_signed_distance_against_the_normal_ends_on_the_hyperplane(w, b, point):
    neuron = neuron_with(w, b)
    distance, norm = neuron.signed_distance(point), math.hypot(*w)
    foot = [p - distance * n / norm for p, n in zip(point, w, strict=True)]
    assert neuron.pre_activation(foot).data == pytest.approx(0.0, abs=1e-9)


def test_a_neuron_whose_weights_are_all_zero_has_no_hyperplane():
    neuron = neuron_with([0.0, 0.0], 1.0)
    assert math.isnan(neuron.hyperplane.distance)
    with pytest.raises(ValueError, match="all weights are 0"):
        neuron.signed_distance([1, 1])


# The bias trick


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=5),
    coordinate,
    st.sampled_from(["sigmoid", "relu", "tanh", "identity"]),
)
def test_the_bias_trick_gives_the_same_number_and_the_same_gradients(pairs, bias, activation):
    weights, inputs = zip(*pairs, strict=True)
    plain = neuron_with(weights, bias, activation=activation)
    trick = neuron_with(weights, bias, activation=activation, bias_trick=True)
    one, other = plain(inputs), trick(inputs)
    one.backward()
    other.backward()
    assert one.data == other.data
    assert [p.grad for p in plain.parameters()] == [p.grad for p in trick.parameters()]


def test_the_bias_trick_keeps_the_bias_as_a_last_weight():
    neuron = neuron_with([3.0, 4.0], -10.0, bias_trick=True)
    assert [name for name, _ in neuron.named_parameters()] == ["w[0]", "w[1]", "w[2]"]
    assert [w.data for w in neuron.w] == [3.0, 4.0, -10.0]
    assert neuron.hyperplane == nn.Hyperplane((3.0, 4.0), -10.0)


def test_the_bias_trick_records_one_more_multiply_and_no_add():
    neuron = nn.Neuron(2, activation="tanh", bias_trick=True, seed=0)
    y = neuron([Value(1.0), Value(2.0)])
    assert operations_of(y) == ["*", "*", "*", "sum", "tanh"]
    assert y._prev[0].label == "z"


# Construction


def test_the_constructors_of_micrograd_work():
    assert len(nn.Neuron(2).parameters()) == 3
    assert repr(nn.Neuron(2, nonlin=False)) == "Neuron(2, identity)"
    assert repr(nn.Neuron(2, False)) == "Neuron(2, identity)"
    assert repr(nn.Neuron(2, True)) == "Neuron(2, relu)"


def test_weights_are_drawn_from_the_seed_and_the_bias_starts_at_zero():
    generator = random.Random(7)
    neuron = nn.Neuron(3, seed=7)
    assert [w.data for w in neuron.w] == [generator.uniform(-1, 1) for _ in range(3)]
    assert neuron.b.data == 0.0


def test_two_neurons_without_a_seed_differ():
    assert [w.data for w in nn.Neuron(3).w] != [w.data for w in nn.Neuron(3).w]


def test_an_initialiser_can_be_any_function_of_generator_fan_in_and_fan_out():
    seen = []

    def draw(generator, fan_in, fan_out):
        seen.append((type(generator), fan_in, fan_out))
        return len(seen)

    neuron = nn.Neuron(2, init=draw, fan_out=5)
    assert [w.data for w in neuron.w] == [1.0, 2.0]
    assert seen == [(random.Random, 2, 5), (random.Random, 2, 5)]


@pytest.mark.parametrize(
    ("wrong", "meant"), [("unifrom", "uniform"), ("xavier", "xavier_normal"), ("zero", "zeros")]
)
def test_the_error_for_an_unknown_initialiser_names_the_nearest_and_the_known_ones(wrong, meant):
    with pytest.raises(ValueError, match=f"initialiser {wrong!r}: .*{meant!r}.* Known: he_normal"):
        nn.Neuron(2, init=wrong)


# Bad input


@pytest.mark.parametrize("count", [0, 3, 5])
def test_the_wrong_number_of_inputs_is_refused(count):
    neuron = nn.Neuron(4)
    for call in (neuron, neuron.pre_activation, neuron.signed_distance):
        with pytest.raises(ValueError, match=f"Neuron: expected 4 inputs, got {count}"):
            call([1.0] * count)


def test_the_bias_trick_does_not_change_the_number_of_inputs_expected():
    with pytest.raises(ValueError, match="Neuron: expected 4 inputs, got 3"):
        nn.Neuron(4, bias_trick=True)([1, 2, 3])


@pytest.mark.parametrize("size", [0, -1, 1.5, "2", None, True])
def test_a_number_of_inputs_that_is_no_positive_integer_is_refused(size):
    with pytest.raises(ValueError, match=f"Neuron: nin must be .*1 or more, got {size!r}$"):
        nn.Neuron(size)


@pytest.mark.parametrize("bad", ["0.5", None, 1j, [1.0]])
def test_an_input_or_a_bias_that_is_no_number_is_refused(bad):
    with pytest.raises(TypeError, match=r"Neuron: .* must be (a real|one list).* number.*, got"):
        nn.Neuron(1)([bad])
    with pytest.raises(TypeError, match="Neuron: bias must be a real number, got"):
        nn.Neuron(1, bias=bad)


def test_numpy_arrays_and_scalars_are_welcome_as_inputs():
    numpy = pytest.importorskip("numpy")
    neuron = neuron_with([0.5, 0.25], 1.0, activation="identity")
    assert neuron(numpy.array([2.0, 4.0])).data == 3.0
    assert neuron([numpy.float32(2.0), numpy.int64(4)]).data == 3.0


def test_numpy_integers_are_welcome_as_sizes():
    numpy = pytest.importorskip("numpy")
    assert len(nn.Neuron(numpy.int64(2)).w) == 2


def test_numpy_integers_are_welcome_as_seeds():
    numpy = pytest.importorskip("numpy")
    assert nn.Neuron(2, seed=numpy.int64(3)).w[0].data == nn.Neuron(2, seed=3).w[0].data


def test_an_activation_in_the_place_of_nonlin_is_not_silently_taken_for_relu():
    with pytest.raises(TypeError, match="activation='tanh'"):
        nn.Neuron(2, "tanh")


def test_no_nonlinearity_and_an_activation_contradict_each_other():
    with pytest.raises(ValueError, match=r"nonlin=False .*got activation='tanh' as well"):
        nn.Neuron(2, nonlin=False, activation="tanh")


@pytest.mark.parametrize("single", [2.0, Value(2.0)])
def test_one_number_instead_of_a_list_of_inputs_is_refused_with_the_way_out(single):
    with pytest.raises(TypeError, match=r"Neuron: .* list of 1 "):
        nn.Neuron(1)(single)


def test_an_activation_that_returns_no_value_is_refused_by_name():
    def broken(z):
        return 1.0

    with pytest.raises(TypeError, match=r"activation broken .*Value, got float"):
        nn.Neuron(1, activation=broken)([1.0])


def test_the_class_prelu_in_the_place_of_an_instance_is_refused_with_the_way_out():
    with pytest.raises(TypeError, match=r"PReLU\(\)"):
        nn.Neuron(1, activation=nn.PReLU)([1.0])


def test_an_activation_that_is_neither_name_nor_function_is_refused_by_name():
    with pytest.raises((TypeError, ValueError), match="activation"):
        nn.Neuron(1, activation=["relu"])


def test_the_weights_to_start_with_can_be_given():
    for neuron in (
        nn.Neuron(2, weights=(3, -4), bias=1),
        nn.Perceptron(2, weights=(3, -4), bias=1),
    ):
        assert [3.0, -4.0] == [w.data for w in neuron.w]
        assert ["w0", "w1"] == [w.label for w in neuron.w]
        assert -3.0 == neuron.pre_activation([2, 2.5]).data
    trick = nn.Neuron(2, weights=[3, -4], bias=1, bias_trick=True)
    assert [3.0, -4.0, 1.0] == [w.data for w in trick.w]
    with pytest.raises(ValueError, match="expected 2 weights, got 1"):
        nn.Neuron(2, weights=[3])
    with pytest.raises(TypeError, match="weights"):
        nn.Neuron(2, weights=3)
    with pytest.raises(TypeError, match=r"weights\[1\]"):
        nn.Neuron(2, weights=[3, "4"])


def test_an_array_among_the_inputs_is_refused():
    np = pytest.importorskip("numpy")
    for model in (nn.Neuron(2, seed=0), nn.MLP(2, [1], seed=0)):
        with pytest.raises(TypeError, match="one list of 2 Values or numbers, got ndarray"):
            model([np.array([1.0, 2.0]), 1.0])
        batch = rf"^{type(model).__name__}: .* of a batch it is \[model\(x\) for x in batch\]"
        with pytest.raises(TypeError, match=batch):
            model(np.array([[1.0, 2.0], [3.0, 4.0]]))
        assert model([1.0, 2.0]).data == model(np.array([1.0, 2.0])).data
