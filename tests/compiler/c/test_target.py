"""What is special about the target C; all that both targets share is tested for both."""

import random
import subprocess
import sys
import threading
import time

import pytest

import tinygrad_neuron as tn
from tests.conftest import needs_compiler
from tinygrad_neuron import Value, define_operation, losses, nn, optim
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.compiler import Compiled, CompilerNotFoundError, compile
from tinygrad_neuron.compiler.c import operations as c_operations
from tinygrad_neuron.compiler.c import writer
from tinygrad_neuron.compiler.c.compiler import find_compiler

pytestmark = needs_compiler
HOSTILE = [
    "*/ int main(void) {}",
    '"; abort(); "',
    "back\\\nslash",
    "??/\n??=",
    "\u202e\x00\x1b",
    "%s%n",
]


def body(compiled):
    """The text after the scalar functions."""
    return compiled.source.partition(writer.HEAD)[2]


def outcome(compiled, *arguments, leaves):
    for leaf in leaves:
        leaf.grad = 0.0
    result = compiled(*arguments)
    result.backward()
    return [result.data, *(leaf.grad for leaf in leaves)]


def test_the_text_of_a_layer_reads_as_if_written_by_hand():
    model = nn.MLP(3, [4, 1], activation="tanh", seed=0)
    compiled = compile(lambda x, t: (model(x) - t) ** 2, target="c")
    compiled.mean([([1.0, 2.0, 3.0], 1.0)])
    text = body(compiled)
    vector = find_compiler().vector
    at = {8: "EIGHT({})", 4: "FOUR({})", 2: "TWO({})"}.get(vector, "{}").format
    start = {8: "eight t0 = -(eight){0.0}", 4: "four t0 = -(four){0.0}"}.get(vector)
    if start is None:
        pytest.skip("no vectors of 4 or 8 numbers")
    layer = f"""\
    /* layers[0] */
    for (long i = 0; i < 4; i++) {{
        for (long r = 0; r < n; r += {vector})
            {at("v->l0_y[i][r]")} = w[i]*{at("x[0][r]")} + w[i + 4]*{at("x[1][r]")} + \
w[i + 8]*{at("x[2][r]")} + w[i + 12];
        each_tanh(v->l0_y[i], n, bad);
    }}
    /* layers[1].neurons[0] */
    for (long r = 0; r < n; r += {vector}) {{
        {start};
        for (long j = 0; j < 4; j++)
            t0 = t0 + w[j + 16]*{at("v->l0_y[j][r]")};
        {at("v->l1_n0_w_x[0][r]")} = t0;
    }}
    for (long r = 0; r < n; r += {vector})
        {at("v->t[0][r]")} = {at("v->l1_n0_w_x[0][r]")} + w[20] - {at("x[3][r]")};
    EACH_ROW v->out[0][r] = op_constant_power(v->t[0][r], 2.0, bad);
"""
    assert layer in text
    gradients = """\
        four t0 = FOUR(g[0]), t1 = FOUR(g[4]), t2 = FOUR(g[8]);
        for (long r = 0; r < n; r++) {
            t0 = t0 + FOUR(v->d_l0_z_of[r][0])*x[0][r];
            t1 = t1 + FOUR(v->d_l0_z_of[r][0])*x[1][r];
            t2 = t2 + FOUR(v->d_l0_z_of[r][0])*x[2][r];
        }
        FOUR(g[0]) = t0;
        FOUR(g[4]) = t1;
        FOUR(g[8]) = t2;
"""
    assert gradients in text


def test_the_text_grows_with_the_number_of_layers_not_of_weights():
    def lines(sizes):
        model = nn.MLP(16, sizes, activation="relu", seed=0)
        compiled = compile(
            lambda x: losses.mean_squared_error(model(x), [0.0] * sizes[-1]), target="c"
        )
        compiled([0.5] * 16).backward()
        return len(compiled.source.splitlines())

    assert lines([512, 16]) < lines([128, 16]) + 20


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_stay_text(label):
    w = Value(3.0, label=label)
    model = nn.MLP(2, [4, 4], activation="tanh", seed=0)
    model.layers[0].scope.name = label
    plain = lambda x: (w * (model(x)[0] + 2)).sqrt()  # noqa: E731
    leaves = [w, *model.parameters()]
    compiled = compile(plain, target="c")
    expected = outcome(compile(plain), [0.5, 2.0], leaves=leaves)
    assert expected == outcome(compiled, [0.5, 2.0], leaves=leaves)
    assert compiled.source.isprintable() or set(compiled.source) - {"\n"} <= set(
        filter(str.isprintable, compiled.source)
    )
    w.data = -3.0
    with pytest.raises(ValueError, match="sqrt of -"):
        compiled([0.5, 2.0])


@pytest.mark.parametrize(
    "label", ["NAN", "NULL", "INFINITY", "_Bool", "__LINE__", "double", "x", "w"]
)
def test_a_label_that_means_something_in_c_is_only_a_name(label):
    w = Value(2.0)

    def function(x):
        y = w * x
        y.label = label
        return y.tanh() + y

    leaves = [w]
    expected = outcome(compile(function), 3.0, leaves=leaves)
    assert expected == outcome(compile(function, target="c"), 3.0, leaves=leaves)


@pytest.mark.parametrize(
    ("forward", "partials", "operands"),
    [
        ("b if a > 0 else 0.0", ["0", "step(a)"], "a, b"),
        ("a + (-b)", ["1", "-1"], "a, b"),
        ("a - (-b)", ["1", "1"], "a, b"),
        ("-a", ["-1"], "a"),
        ("a * (b + 1)", ["b + 1", "a"], "a, b"),
    ],
)
def test_an_operation_of_ones_own_means_the_same_in_all_targets(forward, partials, operands):
    operation = define_operation("own", forward, partials, operands=operands)
    count = len(operands.split(","))
    w = Value(1.5)
    functions = [
        lambda x: (operation(-x, (-x).log()) if count == 2 else operation(-x)) + w,
        lambda x: operation(*[x, -x][:count]) * w,
        lambda x: operation(*[x * w, x - w][:count]),
        lambda x: operation(*[operation(*[-x, w][:count]), w * 2][:count]),
    ]
    for function in functions:
        found = []
        for made in (function, compile(function), compile(function, target="c")):
            v = Value(0.5)
            try:
                found.append(outcome(made, v, leaves=[v, w]))
            except ValueError as error:
                found.append(str(error))
        assert found[0] == found[1] == found[2]


def test_loops_deeper_than_any_pattern_use_a_table():
    a, b = [Value(i / 7) for i in range(128)], [Value(i / 3) for i in range(128)]

    def places(rounds, strides):
        found = [0]
        for number, stride in zip(rounds, strides, strict=True):
            found = [place + k * stride for place in found for k in range(number)]
        return found

    first = places((2, 4, 4, 4), (64, 16, 4, 1))
    second = places((4, 4, 4, 2), (2, 32, 8, 1))
    function = lambda: sum(  # noqa: E731
        (a[i] + b[j]).sigmoid() for i, j in zip(first, second, strict=True)
    )
    leaves = [*a, *b]
    expected = outcome(compile(function), leaves=leaves)
    assert expected == outcome(compile(function, target="c"), leaves=leaves)


def test_many_operands_do_not_need_a_large_stack():
    values = [Value(0.1) for _ in range(60_000)]
    compiled = compile(lambda x: tn.logsumexp(values) * x, target="c")
    expected = compiled.map([(2.0,)])
    found = []
    before = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=lambda: found.append(compiled.map([(2.0,)])))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert [expected] == found


def test_without_a_compiler_the_error_comes_at_once_and_names_the_python_target(monkeypatch):
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CompilerNotFoundError, match='target="python"'):
        compile(lambda x: x, target="c")
    assert 2.0 == compile(lambda x: x)(2.0).data


def test_another_target_is_refused():
    with pytest.raises(ValueError, match=r"target must be 'python' or 'c', got 'rust'"):
        compile(lambda x: x, target="rust")


def test_it_is_a_decorator_with_a_target():
    w = Value(2.0)

    @compile(target="c")
    def double(x):
        return w * x

    assert isinstance(double, Compiled)
    assert ("c", 6.0) == (double.target, double(3.0).data)


def test_a_kernel_that_cannot_be_translated_says_what_can_be_done():
    words = {"two": 2.0}
    operation = define_operation("by_word", "spoken(a)", ["0 * a"], kernels={"spoken": words.get})
    try:
        with pytest.raises(ValueError, match='target="python" runs it as it is'):
            compile(lambda x: operation(x), target="c")(Value(1.0))
    finally:
        del TABLE["by_word"]
        del Value.by_word


def test_numbers_that_do_not_fit_on_the_stack():
    model = nn.MLP(100, [90, 3], activation="tanh", seed=1)
    generator = random.Random(0)

    def loss(x, t):
        hidden = [Value(1.0) * a for a in x]
        return losses.cross_entropy(model([a.tanh() for a in hidden]), t)

    examples = [([generator.uniform(-1, 1) for _ in range(100)], k % 3) for k in range(6)]
    found = []
    for target in ("python", "c"):
        for p in model.parameters():
            p.grad = 0.0
        result = compile(loss, target=target).mean(examples)
        result.backward()
        found.append([result.data, *(p.grad for p in model.parameters())])
    assert found[0] == found[1]


def test_other_threads_run_while_c_does():
    model = nn.MLP(64, [64, 10], activation="relu", seed=0)
    compiled = compile(lambda x, t: losses.cross_entropy(model(x), t), target="c")
    batch = compiled.bind([([0.5] * 64, 1)] * 20_000)
    compiled.mean([([0.5] * 64, 1)])
    ticks = []
    done = threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    with compiled.trainer(optim.SGD(model.parameters(), lr=0.01)) as trainer:
        trainer.step(batch)
        thread = threading.Thread(target=tick)
        thread.start()
        start = time.perf_counter()
        trainer.step(batch)
        end = time.perf_counter()
        done.set()
        thread.join()
    assert any(start < tick < end for tick in ticks)


def test_whether_the_libraries_of_mathematics_agree_is_reported():
    assert c_operations.same_libm() is (() == c_operations.other_libm())


READ_IN_A_STEP = """\
import ctypes
from tinygrad_neuron import Value, compile, optim

class Reading:
    def __float__(self):
        trainer.read()
        self.instead = [(ctypes.c_double * 15)() for _ in range(1000)]  # where it was
        return 2.0

parameters = [Value(0.5) for _ in range(20)]
scale = Value(2.0)
loss = compile(lambda x: sum(p * x for p in parameters) * scale, target="c")
trainer = loss.trainer(optim.Adam(parameters))
batch = loss.bind([(1.0,)])
trainer.step(batch)
for examples in (batch, [(1.0,)]):
    trainer.read()
    expected = trainer.step(examples)
    scale.data = Reading()
    trainer.read()
    print(trainer.step(examples) == expected == 20.0)
    scale.data = 2.0
"""


def test_a_trainer_that_reads_anew_in_the_middle_of_a_step_has_its_arrays_until_the_end():
    """As a signal's handler may have it, or what an assigned number runs to become a float."""
    command = [sys.executable, "-c", READ_IN_A_STEP]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True", "True"]
