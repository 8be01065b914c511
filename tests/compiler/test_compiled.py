"""`compile` from outside: what it accepts, returns, keeps, refuses, and when it records again."""

import builtins
import copy
import functools
import gc
import inspect
import linecache
import math
import os
import random
import threading
import time
import traceback
import weakref

import pytest

import tinygrad_neuron as tn
from tinygrad_neuron import Value, losses, nn
from tinygrad_neuron.compiler import Compiled, compile
from tinygrad_neuron.compiler.tracing import Traced
from tinygrad_neuron.engine import topological_order
from tinygrad_neuron.operators import stored_gradient
from tinygrad_neuron.passes import is_constant

pytestmark = pytest.mark.both_targets


def counting(function):
    """A function that counts how often its body runs."""

    @functools.wraps(function)
    def counted(*arguments, **options):
        counted.runs += 1
        return function(*arguments, **options)

    counted.runs = 0
    return counted


# The public surface


@pytest.mark.only_python("looks at the function `compile` itself")
def test_compile_is_public():
    assert tn.compile is tn.compiler.compile


def test_it_is_a_decorator_that_keeps_name_and_documentation():
    @compile
    def loss(x, target=1.0):
        """How wrong."""
        return (x - target) * (x - target)

    assert isinstance(loss, Compiled)
    assert ("loss", "How wrong.") == (loss.__name__, loss.__doc__)
    assert ["x", "target"] == list(inspect.signature(loss).parameters)
    assert "loss" in repr(loss)
    assert 4.0 == loss(3.0).data
    assert 1.0 == loss(3.0, 2.0).data


def test_what_is_not_callable_is_refused():
    with pytest.raises(TypeError, match="compile: the function must be callable, got int 3"):
        compile(3)


def test_compiling_what_is_compiled_changes_nothing():
    function = counting(lambda x: x * 2)
    twice = compile(compile(function))
    assert 6.0 == twice(3.0).data
    assert twice.function is function


def test_the_plain_function_stays_at_hand():
    function = compile(lambda x: x * 2)
    assert 6.0 == function.function(3.0)


@pytest.mark.parametrize(
    "make",
    [
        lambda w: functools.partial(lambda a, b: a * b, w),
        lambda w: (w).multiply,
        lambda w: _Scaled(w),
    ],
    ids=["partial", "bound method", "object"],
)
def test_any_callable_compiles(make):
    w = Value(3.0)
    function = compile(make(w))
    assert 6.0 == function(2.0).data
    total = function.sum([(1.0,), (2.0,)])
    total.backward()
    assert (9.0, 3.0) == (total.data, w.grad)
    assert 4.5 == function.mean([(1.0,), (2.0,)]).data
    assert [3.0, 6.0] == function.map([(1.0,), (2.0,)])
    assert "def " in function.source
    repr(function)


class _Scaled:
    def __init__(self, w):
        self.w = w

    def __call__(self, x):
        return self.w * x


def test_a_network_itself_compiles():
    model = nn.MLP(2, [3, 2], seed=0)
    function = compile(model)
    expected = [y.data for y in model([1.0, 2.0])]
    assert expected == [y.data for y in function([1.0, 2.0])]
    assert [expected] == function.map([([1.0, 2.0],)])


def test_attributes_of_the_callable_do_not_get_in_the_way():
    class Twice:
        def __init__(self):
            self.function = tn.tanh
            self.sum = self.source = self._lock = self._variants = None

        def __call__(self, x):
            return 2 * self.function(x)

    function = compile(Twice())
    assert 2 * math.tanh(1.0) == function(1.0).data
    assert 2 * math.tanh(1.0) == function.sum([(1.0,)]).data
    assert "tanh" in function.source


# Methods


class Line(nn.Module):
    def __init__(self, slope):
        self.slope = Value(slope)

    @compile
    def loss(self, x, target):
        """The squared error."""
        return (self.slope * x - target) ** 2


def test_a_compiled_method_belongs_to_its_instance():
    one, two = Line(1.0), Line(2.0)
    assert (4.0, 9.0) == (one.loss(3.0, 1.0).data, two.loss(2.0, 1.0).data)
    two.loss.mean([(2.0, 1.0), (0.0, 0.0)]).backward()
    assert (0.0, 0.5 * 2 * 3 * 2) == (one.slope.grad, two.slope.grad)
    assert one.loss is one.loss
    assert Line.loss.__doc__ == "The squared error."


def test_a_compiled_method_leaves_the_parameters_of_a_module_alone():
    line = Line(1.0)
    line.loss(1.0, 2.0)
    assert [line.slope] == line.parameters()


def test_a_compiled_method_may_call_that_of_the_base_class():
    class Steep(Line):
        @compile
        def loss(self, x, target):
            return 10 * super().loss(x, target)

    assert 40.0 == Steep(1.0).loss(3.0, 1.0).data
    assert 40.0 == Steep(1.0).loss.sum([(3.0, 1.0)]).data


def test_a_compiled_method_of_an_object_with_slots():
    class Slotted:
        __slots__ = ("w",)

        def __init__(self):
            self.w = Value(2.0)

        @compile
        def loss(self, x):
            return self.w * x

    assert 6.0 == Slotted().loss(3.0).data


def test_a_model_with_a_compiled_method_can_be_copied():
    line = Line(1.0)
    line.loss(3.0, 1.0)
    other = copy.deepcopy(line)
    other.slope.data = 2.0
    assert (4.0, 25.0) == (line.loss(3.0, 1.0).data, other.loss(3.0, 1.0).data)


def test_a_compiled_static_method():
    class Tools:
        @staticmethod
        @compile
        def double(x):
            return 2 * x

    assert 6.0 == Tools.double(3.0).data
    assert 6.0 == Tools().double(3.0).data


# Arguments


@pytest.mark.parametrize("n", [2, 2.0, True + 1, 2**53])
def test_plain_numbers_of_any_kind_are_inputs(n):
    assert n * 3.0 == compile(lambda x: x * Value(3.0))(n).data
    assert 1.0 == compile(lambda x: x)(True).data


def test_numpy_scalars_are_inputs():
    np = pytest.importorskip("numpy")
    function = compile(lambda x: x * Value(3.0))
    for x in (np.float64(2.0), np.float32(2.0), np.int64(2), np.array(2.0)):
        result = function(x)
        assert 6.0 == result.data
        assert float is type(result.data)
    with pytest.raises(TypeError, match="must be made of numbers, Values, lists"):
        function(np.array([1.0, 2.0]))


def test_nested_lists_tuples_and_dictionaries_are_inputs():
    function = counting(lambda x: x["a"][0] * x["a"][1][0] + x["b"][0])
    compiled = compile(function)
    a, b = Value(2.0), Value(3.0)
    result = compiled({"a": [a, (5.0,)], "b": (b, [])})
    result.backward()
    assert (13.0, 5.0, 1.0) == (result.data, a.grad, b.grad)
    assert 5.0 == compiled({"a": [Value(2.0), (1,)], "b": (Value(3), [])}).data
    assert 1 == function.runs


def test_containers_arrive_as_they_were_made():
    kinds = []

    def function(x):
        kinds.extend([type(x), type(x[0]), type(x[1]), list(x[1])])
        return x[0][0] * x[1]["k"]

    assert 6.0 == compile(function)(([2.0], {"k": 3.0})).data
    assert [tuple, list, dict, ["k"]] == kinds


def test_keyword_arguments_and_defaults():
    function = counting(lambda x, *, scale=2.0, shift=0.0: x * scale + shift)
    compiled = compile(function)
    v = Value(5.0)
    assert 2.0 == compiled(1.0).data
    result = compiled(3.0, scale=v)
    result.backward()
    assert (15.0, 3.0) == (result.data, v.grad)
    assert 7.0 == compiled(3.0, scale=2.0, shift=1.0).data
    runs = function.runs
    assert 7.0 == compiled(3.0, shift=1.0, scale=2.0).data
    assert runs == function.runs


def test_micrograd_style_inputs():
    model = nn.MLP(2, [3, 1], seed=0)
    numbers = [0.5, -1.0]
    inside = compile(lambda x: model(list(map(Value, x))))
    outside = compile(lambda x: model(x))
    values = list(map(Value, numbers))
    assert model(numbers).data == inside(numbers).data == outside(values).data
    outside(values).backward()
    expected = list(map(Value, numbers))
    model.zero_grad()
    model(expected).backward()
    assert [v.grad for v in expected] == [v.grad for v in values]


@pytest.mark.parametrize("argument", ["text", None, object(), 1j, {1, 2}, b"b", lambda: 0])
def test_other_arguments_are_refused_by_name(argument):
    compiled = compile(lambda x: x)
    with pytest.raises(TypeError, match="the argument 0 of a compiled function must be made of"):
        compiled(argument)
    with pytest.raises(TypeError, match=r"the argument 0\[1\] of a compiled function"):
        compiled([1.0, argument])
    with pytest.raises(TypeError, match=r"the argument x\['a'\] of a compiled function"):
        compiled(x={"a": argument})
    assert 2.0 == compiled(2.0).data


def test_a_wrong_number_of_arguments_is_pythons_own_error():
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        compile(lambda x, y: x * y)(1.0)
    with pytest.raises(TypeError, match="unexpected keyword"):
        compile(lambda x, y: x * y)(1.0, z=2.0)


def test_an_argument_that_the_function_changes_is_a_copy():
    def function(xs):
        xs.append(xs[0] * 2)
        xs[0] = 5.0
        return tn.sum(xs)

    numbers = [1.0, 2.0]
    assert 9.0 == compile(function)(numbers).data
    assert [1.0, 2.0] == numbers


def test_side_effects_happen_only_while_recording():
    seen = []
    compiled = compile(lambda x: seen.append("run") or x * 2)
    assert [2.0, 4.0, 6.0] == [compiled(x).data for x in (1.0, 2.0, 3.0)]
    assert ["run"] == seen


# Results


def test_a_result_is_a_value():
    w = Value(2.0)
    result = compile(lambda x: w * x)(3.0)
    assert Value is type(result)
    assert float is type(result.data)
    assert (0.0, 6.0, "") == (result.grad, result.data, result.label)
    assert [w, result] == topological_order(result)
    result.label = "loss"
    assert "Value(data=6.0, label='loss')" == repr(result)


def test_a_result_of_plain_numbers_alone_is_a_constant():
    result = compile(lambda x: x * 2)(3.0)
    assert is_constant(result)
    result.backward()
    assert not is_constant(compile(lambda x: x * 2)(Value(3.0)))


@pytest.mark.parametrize(
    "result", [3.0, None, "text", True, object(), {1.0}], ids=lambda x: type(x).__name__
)
def test_a_result_that_is_no_value_is_refused(result):
    with pytest.raises(TypeError, match=r"a compiled function must return a Value.*the result is"):
        compile(lambda x: result)(1.0)
    with pytest.raises(TypeError, match=r"the result\[1\] is"):
        compile(lambda x: [x, result])(1.0)
    with pytest.raises(TypeError, match=r"the result\['a'\] is"):
        compile(lambda x: {"a": result})(1.0)


def test_structures_come_back_new_each_time():
    w = Value(2.0)
    compiled = compile(lambda x: {"all": [w * x, (w + x,)], "none": []})
    first, second = compiled(3.0), compiled(4.0)
    assert (6.0, 5.0) == (first["all"][0].data, first["all"][1][0].data)
    assert (8.0, []) == (second["all"][0].data, second["none"])
    first["all"].append(None)
    assert 2 == len(compiled(3.0)["all"])
    assert tuple is type(second["all"][1])


def test_a_function_that_returns_no_value_at_all():
    assert [] == compile(lambda x: [])(1.0)


def test_map_keeps_the_structure_of_the_result():
    w = Value(2.0)
    compiled = compile(lambda x: {"y": [w * x], "x": (x,)})
    expected = [{"y": [2.0], "x": (1.0,)}, {"y": [6.0], "x": (3.0,)}]
    found = compiled.map([(1.0,), (3,)])
    assert expected == found
    assert float is type(found[1]["x"][0])
    assert 0.0 == w.grad


def test_an_exception_of_the_function_is_raised_at_each_call_and_nothing_is_kept():
    def function(x):
        raise RuntimeError("own")

    function = counting(function)
    compiled = compile(function)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="own"):
            compiled(1.0)
    assert 2 == function.runs
    with pytest.raises(ValueError, match="not traced anything yet"):
        compiled.source  # noqa: B018


# Parameters


def test_new_data_of_a_parameter_is_seen():
    w = Value(2.0)
    compiled = compile(lambda x: w * w * x)
    assert 12.0 == compiled(3.0).data
    w.data = 5.0
    result = compiled(3.0)
    result.backward()
    assert (75.0, 30.0) == (result.data, w.grad)
    assert 75.0 == compiled.sum([(3.0,)]).data
    assert [75.0] == compiled.map([(3.0,)])


def test_the_backward_pass_uses_the_data_of_the_call():
    w, x = Value(2.0), Value(3.0)
    compiled = compile(lambda x: w * w * x)
    result = compiled(x)
    w.data, x.data = 100.0, 100.0
    result.backward()
    assert (12.0, 4.0) == (w.grad, x.grad)


def test_parameters_may_hold_ints_and_numpy_scalars():
    np = pytest.importorskip("numpy")
    w = Value(2.0)
    compiled = compile(lambda x: w * x + w**2)
    for data in (3, np.float64(3.0), np.float32(3.0)):
        w.data, w.grad = data, 0.0
        result = compiled(2.0)
        result.backward()
        assert (15.0, 8.0) == (result.data, w.grad)


# When it records again


def test_one_recording_serves_all_numbers_of_a_structure():
    function = counting(lambda x, label: tn.select([v * 2 for v in x], label))
    compiled = compile(function)
    for label in (0, 1, 2, 1):
        assert 2.0 * label == compiled([0.0, 1.0, 2.0], label).data
    assert 1 == function.runs


def test_a_class_label_needs_no_recording_of_its_own():
    model = nn.MLP(2, [3], seed=0)
    function = counting(lambda x, label: losses.cross_entropy(model(x), label))
    compiled = compile(function)
    compiled.mean([([0.1, 0.2], label) for label in (0, 1, 2, 1, 0)])
    for label in range(3):
        compiled([0.1, 0.2], label)
    assert 2 >= function.runs


def test_another_structure_is_recorded_once():
    function = counting(lambda xs: tn.sum(xs))
    compiled = compile(function)
    for _ in range(3):
        for n in (1, 2, 3):
            compiled([1.0] * n)
            compiled(tuple([1.0] * n))
            compiled([Value(1.0)] + [1.0] * n)
    assert 9 == function.runs


def test_a_parameter_that_is_passed_is_recorded_once_too():
    w = Value(2.0)
    function = counting(lambda x: w * x)
    compiled = compile(function)
    for _ in range(3):
        compiled(w)
        compiled(3.0)
        compiled(Value(3.0))
    assert 4 >= function.runs


@pytest.mark.only_python("the cache is the same, and a C compiler takes long for so many")
def test_the_number_of_recordings_is_bounded_and_the_latest_used_stay():
    function = counting(lambda xs: tn.sum(xs))
    compiled = compile(function)
    for n in range(1, 65):
        compiled([1.0] * n)
    compiled([1.0])
    assert 64 == function.runs
    for n in range(65, 80):
        compiled([1.0] * n)
        compiled([1.0])
    assert 64 + 15 == function.runs
    assert 5.0 == compiled([1.0] * 5).data


@pytest.mark.only_python("the cache is the same, and a C compiler takes long for so many")
def test_results_outlive_their_recording():
    w = Value(2.0)
    compiled = compile(lambda xs: tn.sum([w * x for x in xs]))
    result = compiled([3.0])
    for n in range(2, 100):
        compiled([1.0] * n)
    result.backward()
    assert 3.0 == w.grad


# Many examples


def test_no_examples_are_refused_by_sum_and_mean():
    compiled = compile(lambda x: x)
    for method in (compiled.sum, compiled.mean):
        with pytest.raises(ValueError, match="of zero examples: it takes at least one"):
            method([])
    assert [] == compiled.map([])


@pytest.mark.parametrize("name", ["sum", "mean", "map"])
def test_an_example_must_be_the_tuple_of_arguments(name):
    compiled = compile(lambda x: x * 2)
    with pytest.raises(TypeError, match="an example must be the tuple of the function's arguments"):
        getattr(compiled, name)([1.0, 2.0])
    with pytest.raises(TypeError, match=r"example 0: too many .* one \(x,\)"):
        getattr(compiled, name)([[1.0, 2.0]])  # a list that was meant as the argument
    assert 4.0 == compiled.sum([[2.0]]).data


@pytest.mark.parametrize("result", [lambda x: [x], lambda x: (x, x), lambda x: {"a": x, "b": -x}])
def test_sum_and_mean_need_a_single_value(result):
    compiled = compile(result)
    for method in (compiled.sum, compiled.mean):
        with pytest.raises(TypeError, match="needs a function that returns one Value"):
            method([(1.0,)])


def test_examples_may_come_from_an_iterator():
    w = Value(2.0)
    compiled = compile(lambda x, t: w * x - t)
    assert 3.0 == compiled.sum(zip([1.0, 2.0], [1.0, 2.0], strict=True)).data
    assert 1.5 == compiled.mean((x, t) for x, t in [(1.0, 1.0), (2.0, 2.0)]).data
    assert [1.0, 2.0] == compiled.map(iter([(1.0, 1.0), (2.0, 2.0)]))


def test_sum_changes_no_gradient_before_backward():
    w = Value(2.0)
    w.grad = 7.0
    total = compile(lambda x: w * x).sum([(1.0,), (2.0,)])
    assert 7.0 == w.grad
    total.backward()
    total.backward()
    assert 13.0 == w.grad
    assert Value is type(total)


# Errors


def eager_and_compiled(function, *arguments, back=False):
    """The errors of an eager and of a compiled run, as type and text."""

    def run(f):
        with pytest.raises((ArithmeticError, ValueError, IndexError)) as caught:
            result = f(*arguments)
            if back:
                result.backward()
            else:
                pytest.fail("it should fail in the forward pass")
        return type(caught.value), str(caught.value)

    return run(function), run(compile(function))


p = Value(-1.0, label="p")
zero = Value(0.0, label="zero")
FORWARD_ERRORS = {
    "log of a parameter": (lambda x: tn.log(p) * x, Value(1.0)),
    "log of a computed value": (lambda x: tn.log(p * x), Value(1.0)),
    "division by a parameter": (lambda x: x / zero, 1.0),
    "division by a passed number": (lambda x: p / x, 0.0),
    "exp of a passed Value": (lambda x: tn.exp(x), Value(1000.0, label="height")),
    "log of a passed number": (lambda x: tn.log(x), -1.0),
    "log of a passed unlabelled Value": (lambda x: tn.log(x), Value(-1.0)),
    "a fractional power": (lambda x: p**x, 0.5),
    "zero to a negative power": (lambda x: x**-1, Value(0.0)),
    "an overflowing square": (lambda x: (p * x) ** 2, Value(1e200)),
    "select out of range": (lambda i: tn.select([p, zero], i), 2),
    "logsumexp of nothing": (lambda x: x + tn.logsumexp([]), Value(1.0)),
    "the first of two": (lambda x: tn.log(x) + p / zero, Value(-1.0)),
}


@pytest.mark.parametrize("name", FORWARD_ERRORS)
def test_a_forward_error_is_that_of_eager_and_comes_at_the_call(name):
    function, argument = FORWARD_ERRORS[name]
    expected, actual = eager_and_compiled(function, argument)
    assert expected == actual


BACKWARD_ERRORS = {
    "sqrt of a parameter": (lambda x: tn.sqrt(zero) * x, Value(1.0)),
    "sqrt of a computed value": (lambda x: tn.sqrt(zero * x), Value(1.0)),
    "sqrt of a passed Value": (lambda x: tn.sqrt(x), Value(0.0, label="depth")),
    "a fractional power at zero": (lambda x: x**0.5, Value(0.0)),
    "log in the derivative of a power": (lambda x: p**x, Value(2.0)),
}


@pytest.mark.parametrize("name", BACKWARD_ERRORS)
def test_a_backward_error_is_that_of_eager_and_comes_in_backward(name):
    function, argument = BACKWARD_ERRORS[name]
    expected, actual = eager_and_compiled(function, argument, back=True)
    assert expected == actual
    compile(function)(argument)


def test_a_labelled_inner_node_is_named():
    def function(x):
        z = x * p
        z.label = "the pre-activation"
        return tn.log(z)

    expected, actual = eager_and_compiled(function, Value(2.0))
    assert "'the pre-activation'" in expected[1]
    assert expected == actual


def test_a_failed_backward_leaves_gradients_as_they_were():
    w, z = Value(2.0), Value(0.0)
    w.grad, z.grad = 5.0, 6.0
    result = compile(lambda x: w * x + tn.sqrt(z))(1.0)
    with pytest.raises(ZeroDivisionError):
        result.backward()
    assert (5.0, 6.0) == (w.grad, z.grad)
    z.data = 1.0
    with pytest.raises(ZeroDivisionError, match=r"^derivative of sqrt of 0\.0"):
        result.backward()  # still that of the call


@pytest.mark.parametrize("name", ["sum", "mean"])
def test_an_error_of_one_example_names_the_operation_and_changes_nothing(name):
    w = Value(1.0, label="w")
    w.grad = 5.0
    compiled = compile(lambda x: tn.log(w * x))
    with pytest.raises(ValueError, match=r"^log of -2\.0: .*; it needs"):
        getattr(compiled, name)([(1.0,), (-2.0,), (3.0,)]).backward()
    assert 5.0 == w.grad
    with pytest.raises(ValueError, match=r"^log of -2\.0"):
        compiled.map([(1.0,), (-2.0,)])
    root = compile(lambda x: tn.sqrt(x * w))
    with pytest.raises(ZeroDivisionError, match=r"^derivative of sqrt of 0\.0: "):
        getattr(root, name)([(1.0,), (0.0,)]).backward()
    assert 5.0 == w.grad
    assert [1.0, 0.0] == root.map([(1.0,), (0.0,)])


def test_calls_work_after_an_error():
    w = Value(1.0)
    compiled = compile(lambda x: tn.log(w * x))
    for _ in range(2):
        with pytest.raises(ValueError):
            compiled(-1.0)
        assert 0.0 == compiled(1.0).data


# Names in the generated code


@pytest.mark.parametrize(
    "name",
    [
        "exp",
        "tanh",
        "select",
        "sigmoid",
        "logsumexp",
        "power",
        "sum",
        "abs",
        "maximum",
        "int",
        "rows",
        "leaves",
        "totals",
        "seeds",
        "total",
        "results",
        "seed",
        "mask",
        "t",
        "g",
        "g_x",
        "input_gradients",
        "map_rows",
        "add_up",
        "inf",
        "nan",
        "float",
        "table",
        "picked",
        "len",
        "class",
        "lambda",
        "None",
        "match",
        "__debug__",
        "_",
        "__",
        "x y",
        "1",
        "",
        "ä",
        "名",
        "λ",
        "a\nb",
        "a # b",
        "'",
        '"',
        "\\",
        "print(1)",
        "a\u2028b",
        "v",
        "range",
        "zip",
        "__builtins__",
    ],
)
def test_any_label_will_do(name):
    def function(x):
        w = parameter
        z = w * x
        z.label = name
        y = tn.exp(z) + tn.sigmoid(z) + tn.power(2.0 + z * z, z) + tn.tanh(z) * math.inf
        y = y + tn.select([w, z], 1) + tn.logsumexp([w, z]) + tn.sum([w, z, x]) + abs(z) ** 2
        return tn.maximum(y, z) + tn.relu(z)

    parameter = Value(0.5, label=name)
    x = Value(0.25, label=name)
    function(x).backward()
    expected = [parameter.grad, x.grad]
    parameter.grad = x.grad = 0.0
    result = compile(function)(x)
    result.backward()
    assert repr(function(x).data) == repr(result.data)
    assert repr(expected) == repr([parameter.grad, x.grad])


def test_names_of_arguments_may_be_those_of_functions():
    def function(exp, tanh, rows, total):
        return tn.exp(exp) * tn.tanh(tanh) + rows * total

    x = [Value(v) for v in (0.1, 0.2, 0.3, 0.4)]
    result = compile(function)(*x)
    result.backward()
    assert function(*x).data == result.data
    assert 0.3 == x[3].grad


def test_names_of_arguments_that_hold_the_same_name():
    x = [Value(0.1), Value(0.2)]
    assert 0.1 * 0.2 == compile(lambda x, x0: x[0] * x0)([x[0]], x[1]).data
    assert 0.1 * 0.2 == compile(lambda d: d["a b"] * d["a_b"])({"a b": x[0], "a_b": x[1]}).data


# The generated source


def test_there_is_no_source_before_the_first_call():
    compiled = compile(lambda x: x)
    with pytest.raises(ValueError, match="not traced anything yet: it does when it is first"):
        compiled.source  # noqa: B018
    with pytest.raises(ValueError, match="not traced anything yet"):
        compiled.program  # noqa: B018


@pytest.mark.only_python("C is read by no debugger of Python")
def test_the_source_is_python_that_compiles_on_its_own():
    model = nn.MLP(2, [3, 1], "tanh", seed=0)
    compiled = compile(lambda x, t: (model(x) - t) ** 2)
    compiled([1.0, 2.0], 3.0).backward()
    source = compiled.source
    namespace = {"tanh": math.tanh}
    exec(source, namespace)
    found = [name for name, value in namespace.items() if inspect.isfunction(value)]
    assert 2 == len(found)
    assert source.isascii()
    assert max(map(len, source.splitlines())) <= 110


def generated_functions():
    return {file for file in linecache.cache if file.startswith("<tinygrad_neuron: ")}


@pytest.mark.only_python("C is read by no debugger of Python")
def test_the_generated_text_is_in_linecache_and_in_tracebacks():
    p = Value(1.0, label="p")

    def my_loss(x):
        return tn.log(p) * x

    my_loss(1.0)  # the operations' own functions are generated when they are first used
    before = generated_functions()
    compiled = compile(my_loss)
    compiled(1.0).backward()
    new = generated_functions() - before
    assert 2 == len(new)
    assert all("my_loss" in file for file in new)
    for file in new:
        text = "".join(linecache.getlines(file))
        assert text in compiled.source

    class Interrupting:
        def __float__(self):
            raise KeyboardInterrupt

    p.data = Interrupting()
    with pytest.raises(KeyboardInterrupt) as caught:
        compiled(1.0)
    shown = "".join(traceback.format_exception(caught.value))
    assert "<tinygrad_neuron: my_loss" in shown
    assert "log(p)" in shown


@pytest.mark.only_python("C is read by no debugger of Python")
def test_the_generated_text_is_forgotten_with_the_compiled_function():
    before = generated_functions()
    compiled = compile(lambda x: Value(1.0) * x)
    compiled(1.0).backward()
    new = generated_functions() - before
    assert 2 == len(new)
    del compiled
    gc.collect()
    assert [[], []] == [linecache.getlines(file) for file in new]
    compile(lambda x: x)(1.0)  # with the next text, the names go too
    assert set() == new & generated_functions()


@pytest.mark.only_python("C is read by no debugger of Python")
def test_a_traceback_may_be_shown_while_the_collector_frees_a_function(tmp_path, monkeypatch):
    """`linecache.checkcache` goes through the names that it had when it began."""
    path = tmp_path / "first.py"
    path.write_text("pass\n")
    monkeypatch.setattr(linecache, "cache", {})
    assert ["pass\n"] == linecache.getlines(str(path))
    kept = [compile(lambda x: x * 2.0)]
    kept[0](1.0)
    asked, stat = [], os.stat

    def collected(name, *arguments, **options):
        asked.append(name)
        kept.clear()
        gc.collect()
        return stat(name, *arguments, **options)

    monkeypatch.setattr(os, "stat", collected)  # `linecache` imports it late in Python 3.13
    linecache.checkcache()
    assert [str(path)] == asked


@pytest.mark.parametrize("trained", [False, True])
def test_a_graph_is_gone_before_the_next_structure_is_recorded(trained):
    def traced():
        return sum(isinstance(found, Traced) for found in gc.get_objects())

    gc.collect()
    before = traced()  # what the traceback of a test that failed still holds
    alive = []
    w = Value(2.0)

    def loss(x):
        alive.append(traced() - before)
        return tn.sum([w * v for v in x])

    examples = [([1.0] * count,) for count in (2, 3, 4)]
    if trained:
        with compile(loss).trainer(tn.optim.SGD([w], lr=0.1)) as trainer:
            trainer.step(examples)
    else:
        compile(loss).mean(examples)
    assert [2, 3, 4] == alive  # the inputs of each, no more


@pytest.mark.only_python("a C compiler takes its text from a file, in a folder that goes at once")
def test_no_file_is_written(tmp_path, monkeypatch):
    modes = []
    plain_open = builtins.open

    def watched(file, mode="r", *arguments, **options):
        modes.append(mode)
        return plain_open(file, mode, *arguments, **options)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(builtins, "open", watched)
    w = Value(2.0)
    compiled = compile(lambda x: w * x)
    compiled(1.0).backward()
    compiled.sum([(1.0,)])
    assert [] == [mode for mode in modes if set(mode) & set("wax+")]
    assert [] == os.listdir(tmp_path)


# Threads


def test_many_threads_call_one_function_with_many_structures():
    weights = [Value(math.sin(i + 1)) for i in range(12)]

    def function(xs):
        return tn.sum([(w * x).tanh() for w, x in zip(weights, xs, strict=False)])

    compiled = compile(function)
    start = threading.Barrier(8)
    wrong = []

    def work(seed):
        generator = random.Random(seed)
        start.wait(10)
        for _ in range(60):
            xs = [generator.uniform(-1, 1) for _ in range(generator.randrange(1, 13))]
            values = list(map(Value, xs))
            result, expected = compiled(xs), function(xs)
            mapped = compiled.map([(xs,)])
            total = compiled.sum([(values,)])
            if not expected.data == result.data == mapped[0] == total.data:
                wrong.append((xs, expected.data, result.data))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [] == wrong


def test_threads_that_arrive_together_record_once():
    runs = []

    def function(x):
        runs.append(1)
        time.sleep(0.05)
        return x * 2

    compiled = compile(function)
    results = []
    threads = [threading.Thread(target=lambda: results.append(compiled(3.0).data)) for _ in "1234"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [6.0] * 4 == results
    assert [1] == runs


# Memory


@pytest.fixture
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_result_is_freed_when_it_is_let_go(no_collector):
    w = Value(2.0)
    compiled = compile(lambda x: (w * x, w + x))
    single = compile(lambda x: w * x)
    calls = [
        lambda: compiled(3.0)[0],
        lambda: compiled(Value(3.0))[1],
        lambda: single(3.0),
        lambda: single.sum([(3.0,), (4.0,)]),
        lambda: single.mean([(Value(3.0),)]),
    ]
    for call in calls:
        call().backward()  # generated code is made once and kept
    for call in calls:
        result = call()
        seen = weakref.ref(result)
        result.backward()
        del result
        assert seen() is None


def test_an_argument_is_freed_with_the_result(no_collector):
    w = Value(2.0)
    compiled = compile(lambda x: w * x)
    x = Value(3.0)
    seen = weakref.ref(x)
    result = compiled(x)
    result.backward()
    del x
    assert seen() is not None
    del result
    assert seen() is None


def test_calls_make_no_cycles():
    w = Value(2.0)
    compiled = compile(lambda x: [w * x, w + x])

    def call():
        first, second = compiled(1.0)
        (first * second).backward()

    call()
    gc.collect()
    for _ in range(50):
        call()
    assert 0 == gc.collect()


def test_a_discarded_compiled_function_frees_its_parameters():
    w = Value(2.0)
    seen = weakref.ref(w)
    compiled = compile(lambda x, w=w: x)
    model = nn.MLP(2, [2, 1], seed=0)
    kept = weakref.ref(model.parameters()[0])
    compiled = compile(lambda x, m=model: m(x))
    compiled([1.0, 2.0]).backward()
    del compiled, model, w
    gc.collect()
    assert (None, None) == (seen(), kept())


def test_an_operation_whose_result_is_not_returned_is_not_run():
    assert -2.0 == compile(lambda x: (tn.log(x), 2 * x)[1])(-1.0).data


def test_a_copy_of_a_sum_over_examples_hands_its_gradients_to_the_copied_leaves():
    w = Value(3.0)
    copied = copy.deepcopy(compile(lambda x: w * x).sum([(2.0,), (5.0,)]))
    copied.backward()
    assert (7.0, None) == (copied._prev[0].grad, stored_gradient(w))


def test_the_result_of_a_call_cannot_be_copied():
    w = Value(3.0)
    with pytest.raises(TypeError, match="copy the model, and call the function again"):
        copy.deepcopy(compile(lambda x: w * x)(2.0))


@pytest.mark.parametrize("use", [lambda y: y.forward(), lambda y: tn.gradients(y, [y._prev[0]])])
def test_what_a_compiled_result_cannot_do_is_said_in_its_own_words(use):
    w = Value(3.0)
    with pytest.raises(TypeError, match=r"result of a compiled function .*compile\(grad\(f\)\)"):
        use(compile(lambda x: w * x)(2.0))


def test_switching_between_training_and_evaluation_records_each_once():
    class Noisy(nn.Module):
        def __call__(self, x):
            recorded.append(self.training)
            return 2 * x if self.training else x

    recorded = []
    model = Noisy()
    function = compile(lambda x: model(x))
    for _ in range(3):
        assert 6.0 == function(3.0).data
        model.eval()
        assert 3.0 == function(3.0).data
        model.train()
    assert [True, False] == recorded


def test_an_interrupt_while_gradients_are_handed_out_leaves_all_as_they_were(monkeypatch):
    class Interrupting(float):
        def __rmul__(self, other):
            raise KeyboardInterrupt

    a, b = Value(2.0), Value(1.0)
    total = compile(lambda x: a * x + b).sum([(2.0,)])
    total._operation.gradients[1] = Interrupting()
    with pytest.raises(KeyboardInterrupt):
        total.backward()
    assert [None, None] == [stored_gradient(a), stored_gradient(b)]
