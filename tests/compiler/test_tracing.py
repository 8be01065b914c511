"""What would freeze a number into a compiled function is refused, with the line and the way out."""

import json
import linecache
import math
import threading
from fractions import Fraction

import pytest

import tinygrad_neuron as tn
from tinygrad_neuron import Value, nn
from tinygrad_neuron.compiler import TracingError, compile
from tinygrad_neuron.operators import tracing

np = pytest.importorskip("numpy")

w = Value(3.0, label="w")
HERE = __file__


def refusal(function, *arguments):
    """The message with which a function is refused, checked for what every refusal says."""
    with pytest.raises(TracingError) as caught:
        compile(function)(*(arguments or (1.0, 2.0)))
    assert isinstance(caught.value, TypeError)
    assert tracing.trace is None
    return str(caught.value)


# Each is one line, so that the line of the function is the line that is refused.
BRANCHES = {
    "v > 0": (lambda v, u: v if v > 0 else u, "maximum", "step"),
    "v < 0": (lambda v, u: v if v < 0 else u, "maximum", "step"),
    "v >= u": (lambda v, u: v if v >= u else u, "maximum", "step"),
    "v <= u": (lambda v, u: v if v <= u else u, "maximum", "step"),
    "0 < v": (lambda v, u: v if 0 < v else u, "maximum", "step"),
    "0 < v < 1": (lambda v, u: v if 0 < v < 1 else u, "maximum", "step"),
    "of what is computed": (lambda v, u: v if w * v - u > 0 else u, "maximum", "step"),
    "with a parameter": (lambda v, u: v if w > v else u, "maximum", "step"),
    "a parameter on the right": (lambda v, u: v if v > w else u, "maximum", "step"),
    "of a parameter alone": (lambda v, u: v if w > 0 else u, "maximum", "step"),
    "of two parameters": (lambda v, u: v if w >= Value(1.0) else u, "maximum", "step"),
    "max": (lambda v, u: max(v, u), "maximum"),
    "max of parameters": (lambda v, u: v * max(w, Value(1.0)), "maximum"),
    "min": (lambda v, u: min(v, u), "minimum"),
    "min with a number": (lambda v, u: min(v, 0.0), "minimum"),
    "sorted": (lambda v, u: sorted([v, u])[0], "maximum"),
    "list.sort": (lambda v, u: [v, u].sort(), "maximum"),
    "if v": (lambda v, u: v if v else u, "step"),
    "v and u": (lambda v, u: v and u, "step"),
    "not v": (lambda v, u: u * (not v), "step"),
    "bool": (lambda v, u: u * bool(v), "step"),
    "any": (lambda v, u: u * any([v, u]), "step"),
    "float": (lambda v, u: u * float(v), "tinygrad_neuron"),
    "math.exp": (lambda v, u: u * math.exp(v), "exp"),
    "math.floor": (lambda v, u: u * math.floor(v), ""),
    "complex": (lambda v, u: u * abs(complex(v)), ""),
    "int": (lambda v, u: u * int(v), ""),
    "round": (lambda v, u: u * round(v), ""),
    "round to digits": (lambda v, u: u * round(v, 2), ""),
    "a list index": (lambda v, u: u * [1.0, 2.0][v], "select"),
    "a slice": (lambda v, u: u * [1.0, 2.0][v:][0], "select"),
    "range": (lambda v, u: u * len(range(v)), "select"),
    ".data": (lambda v, u: u * v.data, "Value itself"),
    ".data of what is computed": (lambda v, u: u * (v + w).data, "Value itself"),
    ".grad": (lambda v, u: u * v.grad, "backward"),
    "an f-string": (lambda v, u: u * len(f"{v}"), "return the Value"),
    "an f-string with a format": (lambda v, u: u * len(f"{v:.3f}"), "return the Value"),
    "str": (lambda v, u: u * len(str(v)), "return the Value"),
    "print": (lambda v, u: print(v), "return the Value"),
    "percent": (lambda v, u: u * len("%s" % v), "return the Value"),  # noqa: UP031
    "percent f": (lambda v, u: u * len("%f" % v), ""),  # noqa: UP031
    "v == 1": (lambda v, u: v if v == 1 else u, "sign"),
    "v == 1.0": (lambda v, u: v if v == 1.0 else u, "sign"),
    "1 == v": (lambda v, u: v if 1 == v else u, "sign"),
    "v != 1": (lambda v, u: v if v != 1 else u, "sign"),
    "v == True": (lambda v, u: v if v == bool(1) else u, "sign"),
    "v in a list": (lambda v, u: v if v in [0, 1] else u, "sign"),
    "list.index": (lambda v, u: u * [0, 1].index(v), "sign"),
    "v == np.int64": (lambda v, u: v if v == np.int64(1) else u, "sign"),
    "np.int64 == v": (lambda v, u: v if np.int64(1) == v else u, "sign"),
    "v == np.float32": (lambda v, u: v if v == np.float32(1) else u, "sign"),
    "v == Fraction": (lambda v, u: v if v == Fraction(1) else u, "sign"),
    "backward": (lambda v, u: (v * w).backward(), "returns"),
    "forward": (lambda v, u: u * (v * w).forward(), "return"),
    "_backward": (lambda v, u: (v * w)._backward(), ""),
}


@pytest.mark.parametrize("name", BRANCHES)
@pytest.mark.parametrize("kind", ["numbers", "Values"])
def test_a_branch_on_a_number_is_refused_with_the_line_and_the_way_out(name, kind):
    function, *named = BRANCHES[name]
    arguments = (1.0, 2.0) if kind == "numbers" else (Value(1.0), Value(2.0))
    text = refusal(function, *arguments)
    line = function.__code__.co_firstlineno
    assert f"{HERE}, line {line}" in text
    shown = linecache.getline(HERE, line).strip()
    assert shown in text
    assert any(word in text.replace(shown, "") for word in named), text


def test_the_line_is_that_of_the_users_program_inside_a_longer_function():
    def function(v):
        y = v * w
        z = y.tanh()
        z = z + y
        if z > y:
            return z
        return y

    text = refusal(function, 1.0)
    assert f"{HERE}, line {function.__code__.co_firstlineno + 4}, `if z > y:`" in text


def test_the_line_is_the_innermost_one_of_the_users_program():
    def clip(v):
        return v if v < 1 else Value(1.0)

    text = refusal(lambda v: clip(v) * 2, 1.0)
    assert f"line {clip.__code__.co_firstlineno + 1}, `return v if v < 1 else Value(1.0)`" in text


def test_a_refusal_inside_the_package_names_the_users_call():
    neuron = nn.Neuron(2, seed=0)
    text = refusal(lambda v, u: v * neuron.signed_distance([v, u]))
    assert "`text = refusal(lambda v, u: v * neuron.signed_distance([v, u]))`" in text


def test_code_without_a_file_is_named_all_the_same():
    namespace = {}
    exec("def function(v):\n    return v if v > 0 else -v", namespace)
    assert "line 2" in refusal(namespace["function"], 1.0)


def test_a_program_beside_the_package_with_a_similar_name_is_the_users(tmp_path):
    package = tn.__file__.rsplit("/", 1)[0]
    file = f"{package}_examples/program.py"
    source = "def function(v):\n    return v if v > 0 else -v\n"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace = {}
    exec(__builtins__["compile"](source, file, "exec"), namespace)
    try:
        assert f"{file}, line 2, `return v if v > 0 else -v`" in refusal(namespace["function"], 1.0)
    finally:
        del linecache.cache[file]


def test_assigning_to_data_or_grad_of_an_input_is_refused():
    def assign_data(v):
        v.data = 3.0
        return v

    def assign_grad(v):
        v.grad = 3.0
        return v

    for function in (assign_data, assign_grad):
        assert f"line {function.__code__.co_firstlineno + 1}" in refusal(function, 1.0)


def test_json_cannot_hold_it():
    with pytest.raises(TypeError):
        compile(lambda v: v * len(json.dumps([v])))(1.0)


# What is allowed


def test_the_data_of_a_parameter_is_a_number_and_is_frozen():
    p = Value(2.0)
    function = compile(lambda x: x * p.data)
    assert 6.0 == function(3.0).data
    p.data = 5.0
    assert 6.0 == function(3.0).data


def test_formatting_a_parameter_is_allowed():
    p = Value(2.0)
    assert 2.0 * len(str(p)) == compile(lambda x: x * len(f"{p}"))(2.0).data


def test_comparison_with_what_is_no_number_is_by_identity():
    def function(a, b):
        found = [a == a, a != b, a == None, a == "a", a in [b, a], b in (None, "b")]  # noqa: E711
        assert [True, True, False, False, True, False] == found
        assert {a: 1, b: 2}[a] == 1
        return a + b

    assert 3.0 == compile(function)(1.0, 2.0).data
    assert 3.0 == compile(function)(Value(1.0), Value(2.0)).data


def test_none_as_a_default_can_be_asked_for():
    def function(x, y=None):
        return x if y is None else x + y

    assert 1.0 == compile(function)(1.0).data
    assert 3.0 == compile(function)(1.0, 2.0).data


def test_value_of_an_input_is_the_input_itself():
    def function(*x):
        values = list(map(Value, x))
        assert all(v is a for v, a in zip(values, x, strict=True))
        return tn.sum(values) * w

    x = Value(2.0)
    w.grad = 0.0
    compile(function)(1.0, x, 3).backward()
    assert (3.0, 6.0) == (x.grad, w.grad)


def test_value_of_an_input_with_a_label_names_it():
    compiled = compile(lambda a: Value(a, label="height") * w)
    assert 6.0 == compiled(2.0).data
    assert "height" in compiled.source


def test_repr_of_an_input_says_what_it_is():
    texts = []
    compile(lambda height: (texts.append(repr(height)), height)[1])(1.0)
    assert ["<traced height>"] == texts


def test_type_and_operands_of_traced_nodes_can_be_read():
    def function(x):
        y = x * w
        assert isinstance(y, Value)
        assert ((x, w), "*") == (y._prev, y._op)
        return y

    assert 6.0 == compile(function)(2.0).data


def test_eager_comparisons_work_outside_variants():
    compile(lambda x: x)(1.0)
    assert Value(1.0) < Value(2.0)
    assert 2.0 == max(Value(1.0), Value(2.0)).data


# What leaks out of a recording


def leaked():
    kept = []
    compile(lambda x: kept.append(x * w) or x)(1.0)
    return kept[0]


@pytest.mark.parametrize(
    "use",
    [
        lambda v: v * 2,
        lambda v: v.data,
        lambda v: v.grad,
        lambda v: float(v),
        lambda v: v.tanh(),
        lambda v: w + v,
        lambda v: v.backward(),
        lambda v: tn.sum([w, v]),
        lambda v: v > 0,
    ],
)
def test_a_value_kept_from_a_recording_is_refused_afterwards(use):
    with pytest.raises(TracingError):
        use(leaked())


@pytest.mark.parametrize(
    "use", [lambda x, v: x * v, lambda x, v: v, lambda x, v: [x, v], lambda x, v: tn.sum([x, v])]
)
def test_a_value_kept_from_a_recording_is_refused_in_another_one(use):
    value = leaked()
    with pytest.raises(TracingError):
        compile(lambda x: use(x, value))(1.0)


def test_a_value_kept_from_a_recording_is_refused_as_an_argument():
    with pytest.raises(TracingError):
        compile(lambda x: x)(leaked())


def test_a_result_remembered_across_structures_is_refused():
    memory = {}

    def function(xs):
        return memory.setdefault("first", xs[0] * w) + xs[-1]

    compiled = compile(function)
    compiled([1.0])
    with pytest.raises(TracingError):
        compiled([1.0, 2.0])


# After a refusal


def test_the_engine_works_after_a_refusal():
    refusal(lambda v: v if v > 0 else -v, 1.0)
    x = Value(2.0)
    y = (x * 3).tanh()
    y.backward()
    assert math.tanh(6.0) == y.data
    assert Value(1.0) < Value(2.0)
    assert 9.0 == compile(lambda v: v * 3)(3.0).data


def test_the_same_compiled_function_works_after_a_refusal_is_repaired():
    careless = [True]

    def function(v):
        if careless[0]:
            return v * float(v)
        return v * v

    compiled = compile(function)
    for _ in range(2):
        with pytest.raises(TracingError):
            compiled(3.0)
    careless[0] = False
    assert 9.0 == compiled(3.0).data


def test_an_exception_of_the_function_comes_out_as_it_is():
    class OwnError(Exception):
        pass

    def function(v):
        raise OwnError("own")

    with pytest.raises(OwnError, match=r"^own$"):
        compile(function)(1.0)
    assert tracing.trace is None
    assert Value(1.0) < Value(2.0)


def test_a_keyboard_interrupt_ends_the_recording():
    def function(v):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compile(function)(1.0)
    assert tracing.trace is None


def test_another_thread_is_not_recording():
    inside, done = threading.Event(), threading.Event()
    seen = []

    def function(v):
        inside.set()
        assert done.wait(10)
        return v * w

    def other():
        assert inside.wait(10)
        seen.append(Value(1.0) < Value(2.0))
        seen.append((Value(2.0) * 3).data)
        seen.append(compile(lambda v: v * 2)(4.0).data)
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    assert 6.0 == compile(function)(2.0).data
    thread.join()
    assert [True, 6.0, 8.0] == seen


def test_a_refusal_in_one_thread_leaves_the_others_alone():
    texts = []

    def careless():
        try:
            compile(lambda v: v if v > 0 else -v)(1.0)
        except TracingError as error:
            texts.append(str(error))
        texts.append(tracing.trace)

    threads = [threading.Thread(target=careless) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 4 == texts.count(None)
    assert 4 == sum("line" in text for text in texts if text)


# One compiled function inside another


def test_a_compiled_function_inside_another_is_part_of_it():
    inner = compile(lambda x: w * x)
    outer = compile(lambda x: inner(x) * inner(x) + inner.sum([(x,), (2.0,)]) + inner.mean([(x,)]))
    w.grad = 0.0
    result = outer(2.0)
    result.backward()
    assert 36.0 + 12.0 + 6.0 == result.data
    assert 24.0 + 4.0 + 2.0 == w.grad


@pytest.mark.parametrize("before", [True, False])
def test_map_inside_a_compiled_function_freezes_nothing_silently(before):
    p = Value(3.0)
    inner = compile(lambda x: p * x)
    if before:
        inner.map([(1.0,)])
    outer = compile(lambda x: x * inner.map([(1.0,)])[0])
    try:
        assert 6.0 == outer(2.0).data
    except TracingError:
        return
    p.data = 5.0
    assert 10.0 == outer(2.0).data


def test_the_mode_of_a_module_is_not_frozen():
    class Noisy(nn.Module):
        def __init__(self):
            self.p = Value(2.0)

        def __call__(self, x):
            return self.p * x if self.training else x

    model = Noisy()
    function = compile(lambda x: model(x))
    assert 6.0 == function(3.0).data
    model.eval()
    assert 3.0 == function(3.0).data
    model.train()
    assert 6.0 == function(3.0).data


def test_a_node_made_by_hand_is_refused_by_name():
    def closure(x):
        y = x * w
        y.label = "mine"
        y._backward = lambda: None
        return y + 1

    def by_hand(x):
        return Value(0.0, (x, w), "op") * 2

    with pytest.raises(TypeError, match="'mine', made by hand"):
        compile(closure)(1.0)
    with pytest.raises(TypeError, match="made by hand"):
        compile(by_hand)(1.0)
