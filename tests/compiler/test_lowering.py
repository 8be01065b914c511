"""Every route to a number agrees to the last bit: eager, compiled, interpreted.

Equal means the same bits, the sign of a zero too, or both NaN.
"""

import itertools
import math
import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import tinygrad_neuron as tn
from tinygrad_neuron import Value, grad, losses, nn, optim
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.compiler import compile
from tinygrad_neuron.engine import constant
from tinygrad_neuron.functions import drawn

pytestmark = pytest.mark.both_targets

ERRORS = (ArithmeticError, ValueError, IndexError)
ACTIVATIONS = [name for name, entry in TABLE.items() if entry.activation]
quick = settings(
    max_examples=1000,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    database=None,
)


class Same:
    """Compares equal to the same numbers, nested alike; NaN equals NaN."""

    def __init__(self, expected):
        self.expected = expected

    def __eq__(self, actual):
        return _same(self.expected, actual)

    def __repr__(self):
        return repr(self.expected)


class AnyError:
    """Compares equal to the name of any error."""

    def __eq__(self, actual):
        return isinstance(actual, str)


def _same(a, b):
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return a.hex() == b.hex()  # that of any NaN is "nan"
    return a == b


def outcome(call, leaves):
    """The data of a result and the gradients of leaves after backward(), or the name of the error.

    An error leaves all gradients as they were.
    """
    for leaf in leaves:
        leaf.grad = 0.0
    try:
        result = call()
        result.backward()
    except ERRORS as error:
        assert [0.0] * len(leaves) == [leaf.grad for leaf in leaves]
        return type(error).__name__
    return [result.data, *(leaf.grad for leaf in leaves)]


def interpreted(compiled, arguments, leaves):
    """The same numbers from the interpreter of the flat list."""
    try:
        program = compiled.program
    except ValueError:  # the error came before anything was recorded
        return outcome(lambda: compiled(*arguments), leaves)
    program.check()
    numbers = [v.data if isinstance(v, Value) else float(v) for v in flat(arguments)]
    try:
        result = program.run(numbers, seeds=[1.0])
    except ERRORS as error:
        return type(error).__name__
    found = {
        program.leaves[k]: g for k, g in zip(program.leaf_gradients, result.leaves, strict=True)
    }
    inputs = list(flat(arguments))
    for k, gradient in zip(program.input_gradients, result.inputs, strict=True):
        found[inputs[k]] = 0.0 if gradient is None else gradient
    return [result.outputs[0], *(0.0 + found.get(leaf, 0.0) for leaf in leaves)]


def flat(structure):
    if isinstance(structure, list | tuple):
        for item in structure:
            yield from flat(item)
    else:
        yield structure


def assert_agree(function, arguments, parameters=(), several_errors=False):
    """Eager, compiled (called twice) and interpreted give the same outcome.

    Where several operations would fail, it may be another one that does.
    """
    leaves = [v for v in flat(arguments) if isinstance(v, Value)] + list(parameters)
    expected = outcome(lambda: function(*arguments), leaves)
    expected = AnyError() if several_errors and isinstance(expected, str) else Same(expected)
    compiled = compile(function)
    assert expected == outcome(lambda: compiled(*arguments), leaves)
    assert expected == outcome(lambda: compiled(*arguments), leaves)
    assert expected == interpreted(compiled, arguments, leaves)


# Every operation of the table

POINTS = [-40.0, -3.0, -1.0, -0.5, 0.0, 0.3, 1.0, 2.0, 6.5, 800.0, math.inf, -math.inf, math.nan]
FEW = [-3.0, -0.5, 0.0, 0.5, 1.0, 2.0, 710.0, math.nan]


def operands_of(operation):
    """Lists of operands to try an operation on."""
    if operation.chosen:
        values = [[1.0, -2.0, 3.0], [0.5], [1.0, 1.0]]
        return [[*v, float(i)] for v in values for i in (0, 1, 2, -1, 0.5)]
    if operation.variadic:
        return [[], [2.0], [1.0, -2.0, 0.1], [0.1] * 10, [1e308, 1e308, -1e308], [1.0, math.nan]]
    count = len(operation.operands)
    return list(itertools.product(POINTS if count == 1 else FEW, repeat=count))


def call(operation, operands):
    if operation.chosen:
        return operation.function(list(operands[:-1]), operands[-1])
    return operation.function(operands) if operation.variadic else operation.function(*operands)


@pytest.mark.parametrize("name", TABLE)
def test_an_operation_on_values_that_are_passed(name):
    for numbers in operands_of(TABLE[name]):
        values = [Value(x) for x in numbers]
        assert_agree(lambda *v: call(TABLE[name], v), values)


@pytest.mark.parametrize("name", TABLE)
def test_an_operation_on_parameters(name):
    for numbers in operands_of(TABLE[name]):
        values = [Value(x) for x in numbers]
        assert_agree(lambda v=values: call(TABLE[name], v) * 1.0, [], values)


@pytest.mark.parametrize("name", TABLE)
def test_an_operation_with_some_operands_plain_numbers(name):
    operation = TABLE[name]
    for numbers in operands_of(operation)[:40]:
        for position in range(len(numbers)):
            mixed = [Value(x) if i == position else x for i, x in enumerate(numbers)]
            assert_agree(lambda *v: call(operation, v), mixed)


@pytest.mark.parametrize("name", TABLE)
def test_an_operation_inside_a_larger_expression(name):
    operation = TABLE[name]
    scale = Value(1.5)
    for numbers in operands_of(operation)[::3]:
        values = [Value(x) for x in numbers]

        def function(*v):
            y = call(operation, v)
            return scale * y - y / (1.0 + y * y) + (v[0] * y if v else scale)

        assert_agree(function, values, [scale])


@pytest.mark.parametrize("name", TABLE)
def test_an_operation_on_the_same_operand_everywhere(name):
    operation = TABLE[name]
    count = 3 if operation.variadic else len(operation.operands)
    for x in (0.0, 1.0, 0.3, 2.0):
        assert_agree(lambda v: call(operation, [v] * count), [Value(x)])


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, -1, -2, 0.5, -0.5, 1.5, 0.0, 2.0])
@pytest.mark.parametrize("base", [-2.0, -0.0, 0.0, 0.5, 3.0])
def test_a_power_with_a_number_as_exponent(base, exponent):
    assert_agree(lambda x: x**exponent, [Value(base)])
    assert_agree(lambda x, n: x**n, [Value(base), exponent])
    assert_agree(lambda x, n: x**n, [Value(base), Value(exponent)])
    assert_agree(lambda x: -((x**exponent) ** 2), [Value(base)])
    assert_agree(lambda n: base**n, [Value(exponent)])


def test_a_constant_that_is_passed_stays_a_constant():
    x, exponent = Value(-3.0), constant(2.0)
    result = compile(lambda x, n: x**n)(x, exponent)
    result.backward()
    assert (9.0, -6.0, 0.0) == (result.data, x.grad, exponent.grad)


@pytest.mark.only_python("a lambda has no text that can be translated")
def test_user_defined_operations_with_kernels_of_the_same_name():
    made = []
    for name, kernel in (("plus_one", lambda a: a + 1), ("hundredfold", lambda a: a * 100)):
        made.append(tn.define_operation(name, "inner(a)", ["1"], kernels={"inner": kernel}))
    assert_agree(lambda x: made[0](x) + made[1](x), [Value(2.0)])


@pytest.mark.only_python("a lambda has no text that can be translated")
def test_a_user_defined_operation_with_a_kernel_named_like_a_built_in_one():
    function = tn.define_operation("strange", "exp(a)", ["2"], kernels={"exp": lambda a: 2 * a})
    assert_agree(lambda x: function(x) * tn.exp(x), [Value(0.5)])


@pytest.mark.only_python("a lambda has no text that can be translated")
def test_a_kernel_named_like_a_built_in_operation_that_the_partial_calls():
    """The formula calls the kernel, the partial the operation: they share nothing."""
    function = tn.define_operation(
        "strange_swish",
        "a * tanh(a)",
        ["tanh(a) + a * (1 - tanh(a) * tanh(a))"],
        kernels={"tanh": lambda a: a / 2},
    )
    assert_agree(function, [Value(0.7)])


OF_ONES_OWN = {  # formulas whose partials call again what they call
    "swish_again": ("a * sigmoid(a)", "sigmoid(a) + a * (sigmoid(a) * sigmoid(-a))"),
    "with_a_log": ("a * sigmoid(a)", "sigmoid(a) + log(a)"),
    "with_a_quotient": ("sigmoid(a) - a", "sigmoid(a) / a"),
    "of_no_line": ("identity(a)", "identity(a) / a"),
    "of_a_number": ("sigmoid(2)", "sigmoid(2) * log(a)"),
    "calls_what_fails": ("a * own_log(a)", "own_log(a) + 1"),
}


@pytest.mark.parametrize("name", OF_ONES_OWN)
def test_an_error_names_the_user_defined_operation_that_was_called(name):
    tn.define_operation("own_log", "log(a)", ["1 / a"])
    forward, partial = OF_ONES_OWN[name]
    function = tn.define_operation(name, forward, [partial], domain="what it has")
    failed = 0
    for number in (2.0, 0.0, -0.5):
        found = []
        for made in (function, compile(function), compile(lambda x: function(x) + x)):
            x = Value(number, label="x")
            try:
                made(x).backward()
            except ERRORS as error:
                found.append(str(error))
        failed += bool(found)
        assert found == found[:1] * (3 if found else 0)
        assert all(f"{name} of {number} ('x')" in text for text in found)
        assert_agree(function, [Value(number)])
    assert bool(failed) == (name != "swish_again")


def test_a_user_defined_operation_that_is_written_with_an_operator_nests_correctly():
    power = tn.define_operation(
        "plain_power", "a ** b", ["b * a ** (b - 1)", "y * log(a)"], operands="a, b"
    )
    minus = tn.define_operation("minus", "a - b", ["1", "-1"], operands="a, b")
    values = [Value(2.0), Value(3.0), Value(2.0)]
    assert_agree(lambda x, y, z: power(power(x, y), z), values)
    assert_agree(lambda x, y, z: power(x, power(y, z)), values)
    assert_agree(lambda x, y, z: power(-x * -y, minus(y, minus(z, x))), values)


# Random graphs

NAMES = list(TABLE)
SMOOTH = ["add", "subtract", "multiply", "tanh", "sigmoid", "sin", "softplus", "sum", "relu", "abs"]
step = st.tuples(st.integers(0, 999), st.lists(st.integers(0, 999), min_size=1, max_size=5))
number = st.one_of(st.floats(-3, 3), st.sampled_from([0.0, 1.0, -1.0, 2.0, 0.5, -0.0]))


def random_function(steps, names, parameters):
    """A function of any Values and numbers: each step applies an operation to earlier results.

    Every result is used, so that nothing is left out.
    """

    def function(*inputs):
        nodes = [*inputs, *parameters]
        used = set()
        for kind, choices in steps:
            operation = TABLE[names[kind % len(names)]]
            count = len(operation.operands)
            if operation.variadic:
                count = len(choices)
            positions = [c % len(nodes) for c in choices]
            while len(positions) < count:
                positions.append(positions[0])
            positions = positions[:count]
            used.update(positions)
            operands = [nodes[i] for i in positions]
            if operation.chosen:
                nodes.append(operation.function(operands, choices[0] % len(operands)))
            elif operation.variadic:
                nodes.append(operation.function(operands))
            else:
                nodes.append(operation.function(*operands))
        return tn.sum([node for i, node in enumerate(nodes) if i not in used])

    return function


@quick
@given(
    st.lists(step, min_size=1, max_size=12),
    st.lists(number, min_size=1, max_size=3),
    st.lists(number, min_size=1, max_size=3),
    st.lists(number, max_size=2),
)
def test_random_graphs_of_all_operations(steps, values, parameters, numbers):
    parameters = [Value(x) for x in parameters]
    function = random_function(steps, NAMES, parameters)
    assert_agree(function, [*map(Value, values), *numbers], parameters, several_errors=True)


@quick
@given(
    st.lists(step, min_size=1, max_size=25),
    st.lists(number, min_size=1, max_size=3),
    st.lists(number, min_size=1, max_size=4),
)
def test_random_graphs_of_smooth_operations_with_much_fan_out(steps, values, parameters):
    parameters = [Value(x) for x in parameters]
    function = random_function(steps, SMOOTH, parameters)
    assert_agree(function, [*map(Value, values)], parameters)


@quick
@given(
    st.lists(step, min_size=1, max_size=10),
    st.lists(st.tuples(number, number), min_size=1, max_size=5),
    st.lists(number, min_size=1, max_size=3),
)
def test_random_graphs_over_many_examples(steps, examples, parameters):
    parameters = [Value(x) for x in parameters]
    function = random_function(steps, NAMES, parameters)
    assert_batches_agree(function, examples, parameters, several_errors=True)


def loop(function, examples, seed, leaves):
    """for e in examples: f(*e).backward(seed), from zeroed gradients."""
    for leaf in leaves:
        leaf.grad = 0.0
    data = []
    for example in examples:
        result = function(*example)
        data.append(result.data)
        result.backward(seed)
    return data, [leaf.grad for leaf in leaves]


def assert_batches_agree(function, examples, parameters, several_errors=False):
    leaves = [*parameters, *{v for v in flat(examples) if isinstance(v, Value)}]
    compiled = compile(function)
    for method, seed in ((compiled.sum, 1.0), (compiled.mean, 1.0 / len(examples))):
        try:
            data, gradients = loop(function, examples, seed, leaves)
        except ERRORS as error:
            for leaf in leaves:
                leaf.grad = 0.0
            with pytest.raises(ERRORS if several_errors else type(error)):
                method(examples).backward()
            assert [0.0] * len(leaves) == [leaf.grad for leaf in leaves]
            continue
        for leaf in leaves:
            leaf.grad = 0.0
        result = method(examples)
        assert [0.0] * len(leaves) == [leaf.grad for leaf in leaves]
        result.backward()
        assert Same(gradients) == [leaf.grad for leaf in leaves]
        total = -0.0  # it starts from its first addend, as every sum
        for x in data:
            total += x
        assert Same(total if method == compiled.sum else total / len(data)) == result.data
        assert Same(data) == compiled.map(examples)


# Losses and networks


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(
    "loss",
    [
        losses.mean_squared_error,
        losses.mean_absolute_error,
        losses.huber,
        losses.binary_cross_entropy_with_logits,
        losses.hinge,
    ],
    ids=lambda loss: loss.__name__,
)
def test_a_loss_after_a_network_with_an_activation(loss, activation):
    model = nn.MLP(2, [3, 1], activation, output_activation=activation, seed=3)
    examples = [([0.5, -1.0], 1.0), ([2.0, 0.25], 1.0)]
    if loss is not losses.hinge:
        examples.append(([-1.5, 3.0], 0.0))
    assert_agree(lambda x, t: loss(model(x), t), [[Value(0.5), Value(-1.0)], Value(1.0)])
    signs = loss is losses.hinge  # checks plain targets: they are closed over
    if signs:
        assert_batches_agree(lambda x: loss(model(x), -1), [(x,) for x, _ in examples], [])
    else:
        assert_batches_agree(lambda x, t: loss(model(x), Value(t)), examples, model.parameters())


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_cross_entropy_with_integer_labels_after_an_activation(activation):
    model = nn.MLP(2, [4, 3], activation, output_activation=activation, seed=5)
    examples = [([0.5, -1.0], 0), ([2.0, 0.25], 2), ([-1.5, 3.0], 1), ([1.0, 1.0], 2)]
    assert_batches_agree(
        lambda x, label: losses.cross_entropy(model(x), label), examples, model.parameters()
    )


@pytest.mark.parametrize("target", [0, 1, 0.25])
def test_binary_cross_entropy_of_a_probability(target):
    model = nn.MLP(2, [3, 1], output_activation="sigmoid", seed=1)
    assert_batches_agree(
        lambda x, t: losses.binary_cross_entropy(model(x), t),
        [([0.5, -1.0], target), ([30.0, 40.0], target)],
        model.parameters(),
    )


@pytest.mark.parametrize(
    "loss",
    [
        losses.mean_squared_error,
        losses.mean_absolute_error,
        losses.huber,
        losses.binary_cross_entropy,
        losses.binary_cross_entropy_with_logits,
        losses.hinge,
    ],
    ids=lambda loss: loss.__name__,
)
def test_a_loss_of_lists_of_passed_values(loss):
    targets = [1.0, -1.0, 1] if loss is losses.hinge else [1.0, 0.0, 1]
    predictions = [Value(0.25), Value(0.5), Value(0.75)]
    assert_agree(loss, [predictions, [Value(targets[0]), Value(targets[1]), Value(targets[2])]])
    assert_agree(lambda p: loss(p, targets), [predictions])


def test_a_loss_of_a_list_of_logits_and_labels():
    logits = [[Value(2.0), Value(1.0), Value(0.5)], [Value(0.0), Value(-1.0), Value(3.0)]]
    assert_agree(losses.cross_entropy, [logits, [0, 2]])
    assert_agree(lambda z: losses.cross_entropy(z, [0.25, 0.5, 0.25]), [logits[0]])


def test_penalties_of_all_parameters():
    model = nn.MLP(3, [4, 2], seed=2)
    parameters = model.parameters()
    assert_agree(lambda: losses.l2_penalty(parameters, 0.01), [], parameters)
    assert_agree(lambda: losses.l1_penalty(parameters, 0.01), [], parameters)


@pytest.mark.parametrize("options", [{}, {"bias_trick": True}, {"init": "xavier_uniform"}])
def test_a_network_with_several_layers(options):
    try:
        model = nn.MLP(3, [5, 4, 1], "tanh", seed=7, **options)
    except ValueError:
        model = nn.MLP(3, [5, 4, 1], "tanh", seed=7)
    generator = random.Random(0)
    examples = [
        ([generator.uniform(-1, 1) for _ in range(3)], generator.choice([0.0, 1.0]))
        for _ in range(20)
    ]
    assert_batches_agree(lambda x, t: (model(x) - t) ** 2, examples, model.parameters())
    assert_agree(lambda x: model(x), [[Value(0.5), 1.0, Value(-2.0)]], model.parameters())


def test_a_learned_slope():
    model = nn.MLP(2, [3, 1], nn.neuron.PReLU(), seed=4)
    assert_batches_agree(lambda x: model(x) ** 2, [([1.0, -2.0],), ([0.5, 3.0],)], [])


# Graphs of unusual shapes


def test_fan_out_and_repeated_operands():
    a, b = Value(0.1), Value(0.7)

    def function(x):
        y = a * a + a * x + x * x * x
        z = y * y + y.tanh() * y - b / y
        return z * z + z + z - tn.maximum(z, z) + tn.logsumexp([z, y, z])

    assert_agree(function, [Value(0.3)], [a, b])
    assert_batches_agree(function, [(0.1,), (0.2,), (0.7,)], [a, b])


def test_a_sum_of_one_operand_keeps_its_operand_together():
    w, b = Value(3.0), Value(0.5)
    assert_agree(lambda x: tn.sum([w * x * 2]) ** 2, [Value(2.0)], [w])
    assert_agree(lambda x: b - tn.sum([w - x]), [Value(2.0)], [w, b])
    assert_agree(lambda x: b / tn.sum([w * x]), [Value(2.0)], [w, b])
    assert_agree(lambda x: -tn.sum([w + x]) * tn.sum([tn.sum([b - x])]), [Value(2.0)], [w, b])


def test_a_sum_of_one_logsumexp_alone():
    a, b = Value(1.0), Value(2.0)
    assert_agree(lambda x: tn.sum([tn.logsumexp([a, b, x])]), [Value(0.5)], [a, b])
    assert_agree(lambda x: tn.logsumexp([tn.logsumexp([a, b]), x]), [Value(0.5)], [a, b])
    assert_agree(lambda x: tn.logsumexp([a]) + tn.logsumexp([a, a]) * x, [Value(0.5)], [a])


PIECES = {
    "sum": lambda a, b: a + b,
    "difference": lambda a, b: a - b,
    "product": lambda a, b: a * b,
    "quotient": lambda a, b: a / b,
    "negative": lambda a, b: -a,
    "square": lambda a, b: a**2,
    "inverse": lambda a, b: a**-1,
    "power": lambda a, b: a**b,
    "one-operand sum": lambda a, b: tn.sum([a]),
    "three-operand sum": lambda a, b: tn.sum([a, b, a]),
    "identity": lambda a, b: tn.identity(a),
    "absolute value": lambda a, b: abs(a),
    "choice": lambda a, b: tn.relu(a),
    "choice of two": lambda a, b: tn.maximum(a, b),
    "function": lambda a, b: tn.tanh(a),
    "quotient of a choice": lambda a, b: tn.softsign(a),
    "negative number": lambda a, b: -2.5 * a,
    "shift": lambda a, b: -1.5 - a,
}


@pytest.mark.only_python("tests/compiler/c/test_emitting.py has these in one library")
@pytest.mark.parametrize("outer", PIECES)
@pytest.mark.parametrize("inner", PIECES)
def test_an_expression_inside_another_keeps_its_meaning(outer, inner):
    around, within = PIECES[outer], PIECES[inner]
    w = Value(0.7)
    for x in (1.3, 0.4):
        v = Value(x)
        assert_agree(lambda v: around(within(v, w), w), [v], [w])
        assert_agree(lambda v: around(w, within(v, w)), [v], [w])
        assert_agree(lambda v: around(within(v, w), within(w, v * 2)), [v], [w])


def test_constants_only():
    assert 8.0 == compile(lambda: tn.power(2.0, 3.0))().data
    assert 5.0 == compile(lambda x: tn.add(x, 3.0))(2.0).data
    assert 3.0 == compile(lambda: constant(3.0))().data
    compile(lambda: constant(3.0))().backward()


def test_unused_inputs_and_parameters_get_no_gradient():
    used, unused = Value(2.0), Value(3.0)
    x, y = Value(5.0), Value(7.0)
    compile(lambda x, y: used * x + 0 * 0)(x, y).backward()
    assert (5.0, 0.0, 2.0, 0.0) == (used.grad, unused.grad, x.grad, y.grad)


def test_a_product_with_zero_is_not_dropped():
    w = Value(math.inf)
    assert_agree(lambda x: w * 0.0 + x, [Value(1.0)], [w])
    assert_agree(lambda x: (w - w) * 0 * x, [Value(1.0)], [w])


def test_a_parameter_that_is_also_passed_is_one_leaf():
    w = Value(3.0)
    assert_agree(lambda x: w * x + x * x, [w], [])
    function = compile(lambda x: w * x + x * x)
    other = Value(2.0)
    for argument in (other, w, other, w):
        w.grad = other.grad = 0.0
        function(argument).backward()
        assert (12.0 if argument is w else 2.0) == w.grad
        assert (0.0 if argument is w else 7.0) == other.grad


def test_a_parameter_passed_in_some_examples_and_not_in_others():
    w, v = Value(0.1), Value(0.7)
    assert_batches_agree(lambda x: w * x + x.tanh() * 0.3, [(w,), (v,), (w,), (v,), (v,)], [w, v])


def test_the_same_value_passed_twice():
    x, y = Value(3.0), Value(4.0)
    function = lambda a, b: a * b + a / b  # noqa: E731
    assert_agree(function, [x, y])
    assert_agree(function, [x, x])
    compiled = compile(function)
    for arguments in ((x, x), (x, y), (x, x), (y, x)):
        leaves = [x, y]
        expected = outcome(lambda a=arguments: function(*a), leaves)
        assert Same(expected) == outcome(lambda a=arguments: compiled(*a), leaves)
    assert_batches_agree(function, [(x, x), (x, y), (y, y), (x, x)], [])


def test_the_same_value_in_several_examples():
    x, w = Value(0.1), Value(0.3)
    assert_batches_agree(lambda a: (w * a).tanh(), [(x,)] * 7, [w])


def test_the_identity_function():
    assert_agree(lambda x: x, [Value(2.0)])
    assert 2.0 == compile(lambda x: x)(2).data
    assert [1.0, 2.0] == compile(lambda x: x).map([(1.0,), (2,)])


def test_a_parameter_that_is_returned():
    w = Value(3.0)
    assert_agree(lambda: w, [], [w])
    assert_batches_agree(lambda x: w, [(1.0,), (2.0,)], [w])


def test_a_function_without_arguments():
    w = Value(3.0)
    assert_agree(lambda: w * w, [], [w])
    assert_batches_agree(lambda: w * w, [(), (), ()], [w])


def test_an_inner_node_that_is_passed_hands_its_gradient_on():
    x, w = Value(3.0), Value(2.0)
    compile(lambda a: a * a * w)(x * 2).backward()
    assert (2 * 6.0 * 2.0 * 2, 36.0) == (x.grad, w.grad)


# Several outputs


def test_backward_from_one_of_several_outputs():
    w = Value(0.3)

    def function(x):
        y = (w * x).tanh()
        return {"y": y, "parts": [y * y * w, (x, w * 2)]}

    picks = [
        lambda r: r["y"],
        lambda r: r["parts"][0],
        lambda r: r["parts"][1][0],
        lambda r: r["parts"][1][1],
    ]
    x = Value(0.7)
    compiled = compile(function)
    for pick in picks:
        expected = outcome(lambda p=pick: p(function(x)), [x, w])
        assert Same(expected) == outcome(lambda p=pick: p(compiled(x)), [x, w])


def test_backward_from_a_combination_of_outputs():
    w, b = Value(0.3), Value(0.9)

    def function(x):
        y = (w * x + b).tanh()
        return y, w * x * x, b * x

    def combined(f, x):
        p, q, r = f(x)
        return p * q + r.sigmoid() * 2

    def swapped(f, x):
        p, q, _ = f(x)
        return q + p

    compiled = compile(function)
    x = Value(0.7)
    for combine in (combined, swapped):
        expected = outcome(lambda c=combine: c(function, x), [x, w, b])
        actual = outcome(lambda c=combine: c(compiled, x), [x, w, b])
        assert pytest.approx(expected, rel=1e-14) == actual


def test_outputs_of_one_call_that_are_used_one_after_the_other():
    w = Value(3.0)
    a, b = compile(lambda x: (w * x, w * x * x))(2.0)
    a.backward()
    assert 2.0 == w.grad
    b.backward()
    assert 6.0 == w.grad
    (a + b).backward()
    assert 12.0 == w.grad


def test_a_failed_backward_leaves_nothing_behind_in_the_other_outputs():
    w, z = Value(3.0), Value(0.0)
    a, b = compile(lambda x: (w * x, w * x * x))(2.0)
    with pytest.raises(ZeroDivisionError):
        (b + (z.sqrt() + a)).backward()
    assert (0.0, 0.0) == (w.grad, z.grad)
    b.backward()
    assert 4.0 == w.grad


def test_the_same_output_twice():
    w = Value(3.0)
    first, second = compile(lambda x: [w * x] * 2)(2.0)
    assert (6.0, 6.0) == (first.data, second.data)
    (first + second).backward()
    assert 4.0 == w.grad


# select


@pytest.mark.parametrize("label", [0, 1, 2])
def test_several_selects_mixed_with_other_uses_of_the_same_values(label):
    values = [Value(0.1), Value(0.2), Value(0.7)]

    def function(i, j):
        first, second = tn.select(values, i), tn.select(values, j)
        return first * second + values[1] * first + tn.select(values, i) * 0.3 + values[0]

    assert_agree(function, [label, 1], values)
    assert_batches_agree(function, [(label, 0), (1, 2), (2, 2)], values)


def test_an_embedding_read_at_many_positions():
    table = [[Value(math.sin(7 * i + j)) for i in range(5)] for j in range(3)]
    weights = [Value(0.1), Value(0.2), Value(0.3)]
    leaves = [v for row in table for v in row] + weights

    def function(tokens):
        vectors = [[tn.select(row, token) for row in table] for token in tokens]
        return tn.sum(
            [(w * v).tanh() for vector in vectors for w, v in zip(weights, vector, strict=True)]
        )

    assert_agree(function, [[0, 4, 2, 0, 0, 4]], leaves)
    assert_batches_agree(function, [([0, 1],), ([4],), ([2, 2, 2, 0],), ([0, 1],)], leaves)


def test_selects_among_the_same_value_several_times_or_by_a_value():
    a, b = Value(2.0), Value(1.0)
    assert_agree(lambda i: tn.select([a, a, b], i) * tn.select([a, a, b], 2), [1], [a, b])
    assert_agree(lambda i: tn.select([a, b], i) + i, [Value(1.0)], [a, b])
    assert_agree(lambda: tn.select([a, b], b) * b, [], [a, b])
    assert_agree(lambda i: tn.select([3.0, 4.0], i) * a, [0], [a])
    assert_agree(lambda i: tn.select([a, 4.0, b * a], i) * tn.select([a, 4.0, b * a], 1), [0], [a])


def test_a_select_out_of_range_fails_as_in_eager():
    values = [Value(1.0), Value(2.0)]
    for index in (2, -1, 0.5):
        assert_agree(lambda i: tn.select(values, i), [index], values)


# Large graphs


def test_a_chain_of_ten_thousand_tanh():
    w = Value(0.5)

    def function(x):
        for _ in range(10_000):
            x = tn.tanh(x)
        return x * w

    assert_agree(function, [Value(0.9)], [w])


def test_a_sum_of_ten_thousand_terms():
    parameters = [Value(math.sin(i)) for i in range(10_000)]
    assert_agree(lambda x: tn.sum([p * x for p in parameters]), [Value(0.1)], parameters)
    assert_agree(lambda: tn.sum(parameters), [], parameters)


def test_three_thousand_chained_additions():
    a, b = Value(0.1), Value(0.2)

    def function(x):
        total = x
        for i in range(3_000):
            total = total + (a if i % 2 else b)
        return total

    assert_agree(function, [Value(0.3)], [a, b])


def test_deeply_nested_expressions():
    assert_nested_expressions_agree(100)


@pytest.mark.only_python("C has no nesting to be afraid of, and compilers need long")
def test_very_deeply_nested_expressions():
    assert_nested_expressions_agree(1_000)


def assert_nested_expressions_agree(depth):
    a = Value(1.01)

    def right(x):
        for _ in range(depth):
            x = a - x
        return x

    def choices(x):
        for _ in range(depth):
            x = tn.relu(tn.leaky_relu(x, 0.5) + 0.1)
        return x

    def quotients(x):
        for _ in range(depth):
            x = 1.0 / (a + x)
        return x

    def powers(x):
        for _ in range(depth):
            x = (0.5 * x + 1) ** 2 / 2
            x = -(-x) / (x + 1) - 0.1  # noqa: B002
        return x

    for function in (right, choices, quotients, powers):
        assert_agree(function, [Value(0.3)], [a])


def test_a_function_of_hundreds_of_arguments():
    w = Value(0.3)
    assert_agree(lambda *x: tn.sum([v * w for v in x]), [Value(math.cos(i)) for i in range(700)])


# Higher derivatives, and randomness


def test_a_derivative_inside_a_compiled_function():
    w = Value(0.7)
    assert_agree(grad(lambda x: x * w * x + (w * x).tanh()), [Value(0.3)], [w])
    assert_agree(grad(grad(lambda x: w * x**3 + x.sin())), [Value(0.3)], [w])
    assert_batches_agree(grad(lambda x: (w * x).tanh() ** 2), [(0.3,), (0.9,)], [w])


def test_a_mixed_derivative_of_a_power_at_exponent_zero():
    mixed = grad(lambda b: grad(lambda a: a**b)(2.0))
    assert mixed(0.0).data == compile(mixed)(0.0).data
    assert mixed(Value(0.0)).data == compile(mixed)(Value(0.0)).data


def test_a_gradient_penalty():
    model = nn.MLP(2, [3, 1], "tanh", seed=0)

    def penalty(x):
        x = [Value(v) for v in x]
        return tn.sum([g * g for g in tn.gradients(model(x), x)])

    parameters = model.parameters()
    assert_batches_agree(penalty, [([0.5, -1.0],), ([0.1, 0.2],)], parameters)


def dropout(generator, values):
    def mask():
        return 2.0 if generator.random() < 0.5 else 0.0

    return [v * drawn(mask) for v in values]


def test_drawn_numbers_come_in_the_same_order_as_in_eager():
    weights = [Value(0.1), Value(0.2), Value(0.3)]
    examples = [([1.0, 2.0, 3.0],), ([0.5, 0.25, 0.7],), ([1.0],), ([0.1, 0.2, 0.3],)] * 3
    generator = random.Random()

    def function(x):
        hidden = dropout(generator, [(w * v).tanh() for w, v in zip(weights, x, strict=False)])
        return tn.sum(dropout(generator, hidden)) ** 2

    generator.seed(1)
    data, gradients = loop(function, examples, 1.0, weights)
    state = generator.getstate()

    compiled = compile(function)
    for _ in range(2):
        generator.seed(1)
        assert Same((data, gradients)) == loop(compiled, examples, 1.0, weights)
        assert state == generator.getstate()
        generator.seed(1)
        for w in weights:
            w.grad = 0.0
        compiled.sum(examples).backward()
        assert Same(gradients) == [w.grad for w in weights]
        assert state == generator.getstate()
        generator.seed(1)
        assert Same(data) == compiled.map(examples)
        assert state == generator.getstate()


def test_the_mask_of_the_forward_pass_is_that_of_the_backward_pass():
    generator, w = random.Random(0), Value(1.0)
    compiled = compile(lambda x: w * x * drawn(generator.random))
    for _ in range(5):
        w.grad = 0.0
        result = compiled(2.0)
        result.backward()
        assert result.data == w.grad


# Training


@pytest.mark.parametrize(
    "make",
    [
        lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
        lambda p: optim.Adam(p, lr=0.05),
    ],
    ids=["SGD", "Adam"],
)
@pytest.mark.parametrize("kind", ["calls", "mean", "sum"])
def test_training_gives_the_same_parameters_to_the_last_bit(make, kind):
    generator = random.Random(3)
    examples = [
        ([generator.uniform(-1, 1), generator.uniform(-1, 1)], generator.choice([-1.0, 1.0]))
        for _ in range(8)
    ]

    def train(compiled):
        model = nn.MLP(2, [4, 1], "tanh", seed=0)
        optimiser = make(model.parameters())

        def function(x, t):
            return tn.relu(1 - t * model(x)) + 0.1 * (model(x) - t) ** 2

        fast = compile(function)
        for _ in range(6):
            optimiser.zero_grad()
            if kind == "calls":
                for example in examples:
                    (fast if compiled else function)(*example).backward()
            elif not compiled:
                for example in examples:
                    function(*example).backward(1.0 / len(examples) if kind == "mean" else 1.0)
            else:
                (fast.mean if kind == "mean" else fast.sum)(examples).backward()
            optimiser.step()
        return [p.data for p in model.parameters()]

    assert Same(train(compiled=False)) == train(compiled=True)


# Many examples


def test_a_gradient_from_outside_multiplies_the_total():
    w = Value(3.0)
    compiled = compile(lambda x: (w * x).tanh())
    examples = [(0.1,), (0.2,), (0.7,)]
    compiled.sum(examples).backward()
    total, w.grad = w.grad, 0.0
    (0.3 * compiled.sum(examples)).backward()
    assert 0.3 * total == w.grad
    w.grad = 0.0
    compiled.sum(examples).backward(-2.0)
    assert -2.0 * total == w.grad


def test_a_compiled_mean_mixes_with_an_eager_penalty():
    model = nn.MLP(2, [3, 1], "tanh", seed=0)
    parameters = model.parameters()
    compiled = compile(lambda x, t: (model(x) - t) ** 2)
    examples = [([0.5, -1.0], 1.0), ([0.1, 0.2], 0.0)]
    _, gradients = loop(compiled.function, examples, 0.5, parameters)
    for p in parameters:
        p.grad = 0.0
    (compiled.mean(examples) + losses.l2_penalty(parameters, 0.25)).backward()
    expected = [g + 0.5 * p.data for g, p in zip(gradients, parameters, strict=True)]
    assert pytest.approx(expected, rel=1e-14) == [p.grad for p in parameters]


def test_gradients_accumulate_over_calls():
    w = Value(3.0)
    compiled = compile(lambda x: w * x)
    compiled(2.0).backward()
    compiled.sum([(1.0,), (4.0,)]).backward()
    result = compiled(1.0)
    result.backward()
    result.backward()
    assert 2.0 + 5.0 + 1.0 + 1.0 == w.grad


@pytest.mark.parametrize("order", list(itertools.permutations([0, 1, 2])))
def test_examples_of_different_structures_in_any_order(order):
    w, v = Value(0.1), Value(0.7)

    def function(sequence):
        state = v
        for x in sequence:
            state = (w * state + x * v).tanh()
        return state * state

    kinds = [([0.3, 0.2],), ([0.1],), ([0.4, 0.5, 0.6],)]
    examples = [kinds[i] for i in order] * 2 + [kinds[0], kinds[0], kinds[2]]
    assert_batches_agree(function, examples, [w, v])


def test_examples_of_different_structures_with_values_in_them():
    w, a, b = Value(0.1), Value(0.2), Value(0.7)
    function = lambda xs: tn.sum([(w * x).tanh() for x in xs])  # noqa: E731
    assert_batches_agree(function, [([a, b],), ([b],), ([a, 0.5],), ([a, a],), ([0.5, a],)], [w])
