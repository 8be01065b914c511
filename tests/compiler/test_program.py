"""The flat list: what a recording becomes, its checker, its interpreter, and how it is printed."""

import math
import re

import pytest

import tinygrad_neuron as tn
from tinygrad_neuron import Value, nn
from tinygrad_neuron.calculus.operation import Operation
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.compiler import Program, compile
from tinygrad_neuron.functions import drawn

ADD, MULTIPLY, SUM, SELECT, TANH = (
    TABLE[name] for name in ("add", "multiply", "sum", "select", "tanh")
)


def program_of(function, *arguments):
    compiled = compile(function)
    compiled(*arguments)
    program = compiled.program
    program.check()
    return program


# Printing


def test_a_program_prints_one_operation_a_line():
    w = Value(3.0, label="w")
    program = program_of(lambda x: (w * x).tanh(), 2.0)
    forward, _, backward = str(program).partition("backward:\n")
    kinds = [re.sub(r"v\d+ = ", "", line) for line in forward.splitlines()]
    assert {"leaf 0  # w", "input 0  # x"} == set(kinds[:2])
    assert re.fullmatch(r"multiply\(v\d, v\d\)", kinds[2])
    assert ["tanh(v2)", "-> v3"] == kinds[3:]
    assert backward.splitlines()[0] == "v4 = seed 0" or "seed 0" in backward.splitlines()[0]
    assert re.fullmatch(r"-> gradients of leaf 0: v\d+", backward.splitlines()[-1])


def test_every_line_assigns_the_number_of_its_position_from_earlier_lines():
    model = nn.MLP(2, [3, 1], "tanh", seed=0)
    program = program_of(lambda x, t: (model(x) - t) ** 2, [1.0, 2.0], 0.5)
    lines = [line for line in str(program).splitlines() if line.startswith("v")]
    assert len(program) == len(lines)
    for i, line in enumerate(lines):
        name, _, text = line.partition(" = ")
        assert f"v{i}" == name
        assert all(int(k) < i for k in re.findall(r"v(\d+)", text.partition("  #")[0]))


def test_numbers_scatters_and_several_outputs_are_printed():
    values = [Value(1.0), Value(2.0)]
    program = program_of(lambda i: (tn.select(values, i) * 2.5, values[0] + 1), 1)
    text = str(program)
    assert " = 2.5" in text
    assert re.search(r"^-> v\d+, v\d+$", text, re.M)
    assert re.search(r"scatter\(2, v\d+, v\d+\)", text)
    assert re.search(r"= v\d+\[1\]", text)


def test_a_program_without_a_backward_pass_prints_its_outputs_last():
    assert "v0 = input 0\n-> v0" == str(
        Program(["input"], [(0,)], inputs=1, outputs=[0], forward=1)
    )
    assert "-> " == str(Program())


def test_labels_and_neurons_are_remarks():
    model = nn.MLP(2, [2, 1], "tanh", seed=0)
    text = str(program_of(lambda x: model(x), [1.0, 2.0]))
    assert "# layers[0].neurons[1] z" in text
    assert "# layers[1].neurons[0] w0" in text


# What is left out, and what never is


def operations(program, forward=True):
    lines = program.operations[: program.forward] if forward else program.operations
    return [line.name for line in lines if isinstance(line, Operation)]


def test_equal_operations_are_one_line():
    w = Value(3.0)
    program = program_of(lambda x: (w * x).tanh() * (w * x).tanh() + w * x, 2.0)
    assert ["add", "multiply", "multiply", "tanh"] == sorted(operations(program))


def test_what_the_result_does_not_use_has_no_line():
    w = Value(3.0)
    program = program_of(lambda x: ((w * x).tanh(), w + x)[1], 2.0)
    assert ["add"] == operations(program)


def test_numbers_are_computed_once_and_for_all():
    w = Value(3.0)
    program = program_of(lambda x: w * tn.exp(tn.power(2.0, 3.0)), 1.0)
    assert ["multiply"] == operations(program)
    assert str(math.exp(8.0)) in str(program)


def test_no_multiplication_by_zero_is_dropped():
    w = Value(3.0)
    assert ["multiply"] == operations(program_of(lambda x: w * 0.0, 1.0))


def test_what_gets_no_gradient_has_no_line_in_the_backward_pass():
    program = program_of(lambda x: x.tanh() * x, 2.0)
    assert {} == program.leaf_gradients
    assert {} == program.input_gradients
    assert program.forward + 1 >= len(program)


def test_only_values_and_parameters_get_gradients():
    w = Value(3.0)
    program = program_of(lambda x, y: w * x * y, 2.0, Value(4.0))
    assert [0] == list(program.leaf_gradients)
    assert [1] == list(program.input_gradients)
    assert [w] == program.leaves


def test_recording_an_mlp_of_a_million_operations_is_not_needed_to_see_it_is_linear():
    def lines(n):
        parameters = [Value(0.1) for _ in range(n)]
        return len(program_of(lambda x: tn.sum([p * x for p in parameters]).tanh(), 0.5))

    assert (lines(40) - lines(20)) * 2 == lines(80) - lines(40)


# The interpreter


def test_running_gives_outputs_and_gradients():
    w = Value(3.0)
    program = program_of(lambda x: (w * x, w + x), Value(2.0))
    result = program.run([2.0], seeds=[1.0, 10.0])
    assert [6.0, 5.0] == result.outputs
    assert [12.0] == result.leaves
    assert [13.0] == result.inputs


def test_running_without_seeds_is_forward_only():
    w = Value(3.0)
    program = program_of(lambda x: w * x, 2.0)
    result = program.run([5.0])
    assert ([15.0], [], []) == tuple(result)


def test_running_reads_the_data_of_leaves_each_time():
    w = Value(3.0)
    program = program_of(lambda x: w * x, 2.0)
    w.data = 4.0
    assert [8.0] == program.run([2.0]).outputs


def test_running_takes_what_is_drawn():
    w = Value(3.0)
    program = program_of(lambda x: w * x * drawn(lambda: 0.5), 2.0)
    assert 1 == len(program.draws)
    assert ([60.0], [20.0], []) == tuple(program.run([2.0], [10.0], [1.0]))


def test_running_adds_up_selects():
    table = [Value(1.0), Value(2.0), Value(3.0)]
    program = program_of(lambda i, j: tn.select(table, i) * 2 + tn.select(table, j), 0, 1)
    result = program.run([0.0, 2.0], seeds=[1.0])
    gradients = dict(
        zip((program.leaves[k] for k in program.leaf_gradients), result.leaves, strict=True)
    )
    assert [5.0] == result.outputs
    assert [2.0, 0.0, 1.0] == [gradients[v] for v in table]


def test_a_domain_error_of_the_interpreter_names_operation_and_label():
    p = Value(2.0, label="p")
    program = program_of(lambda x: tn.log(p) * x, 1.0)
    p.data = -1.0
    with pytest.raises(ValueError, match=r"^log of -1\.0 \('p'\): .*; it needs"):
        program.run([1.0])
    program = program_of(lambda x: tn.sqrt(p * p) * x, 1.0)
    p.data = 0.0
    assert [0.0] == program.run([1.0]).outputs
    with pytest.raises(ZeroDivisionError, match=r"^derivative of sqrt of 0\.0: "):
        program.run([1.0], seeds=[1.0])


# The checker


def make(operations, operands, **options):
    options = {"inputs": 2, "outputs": [0], "forward": len(operations)} | options
    return Program(operations, operands, **options)


def test_a_program_written_by_hand_passes_and_runs():
    program = make(
        ["input", "input", MULTIPLY, "number", ADD],
        [(0,), (1,), (0, 1), (2.0,), (2, 3)],
        outputs=[4],
    )
    program.check()
    assert [14.0] == program.run([3.0, 4.0]).outputs


def test_a_program_with_a_backward_pass_written_by_hand_passes_and_runs():
    w = Value(5.0)
    program = make(
        ["input", "leaf", SELECT, "seed", "scatter", "element"],
        [(0,), (0,), (1, 0), (0,), (1, 0, 3), (4, 0)],
        inputs=1,
        leaves=[w],
        outputs=[2],
        forward=3,
        leaf_gradients={0: 5},
    )
    program.check()
    assert ([5.0], [7.0], []) == tuple(program.run([0.0], seeds=[7.0]))


@pytest.mark.parametrize(
    ("program", "text"),
    [
        (make(["input", TANH], [(0,), (1,)]), "line 1: v1 is not assigned before"),
        (make(["input", TANH], [(0,), (2,)]), "line 1: v2 is not assigned before"),
        (make(["input", TANH], [(0,), (-1,)]), "line 1: v-1 is not assigned before"),
        (make([TANH, "input"], [(1,), (0,)]), "line 0: v1 is not assigned before"),
        (make(["input", TANH], [(0,), (0, 0)]), "line 1: tanh has 2 operands"),
        (make(["input", ADD], [(0,), (0,)]), "line 1: add has 1 operands"),
        (make([SELECT], [()]), "line 0: select has 0 operands"),
        (make(["input"], [(2,)]), "line 0: there is no input 2"),
        (make(["input"], [(-1,)]), "line 0: there is no input -1"),
        (make(["leaf"], [(0,)]), "line 0: there is no leaf 0"),
        (make(["drawn"], [(0,)]), "line 0: there is no drawn 0"),
        (make(["input", "seed"], [(0,), (1,)], forward=1), "line 1: there is no seed 1"),
        (make(["input", "seed"], [(0,), (0,)]), "line 1: seed in the forward pass"),
        (make(["input", "scatter"], [(0,), (1, 0, 0)]), "line 1: scatter in the forward pass"),
        (make(["input", "tanh"], [(0,), (0,)]), "line 1: unknown operation 'tanh'"),
        (
            make(["input", Operation("alien", "a", ["1"])], [(0,), (0,)]),
            "line 1: alien is not in the table",
        ),
        (make(["input", "element"], [(0,), (0, 0)], forward=1), "line 1: an element of what is"),
        (
            make(["input", "scatter", "element"], [(0,), (2, 0, 0), (1, 2)], forward=1),
            "line 2: no element 2",
        ),
        (
            make(["input", "scatter", "element"], [(0,), (2, 0, 0), (1, -1)], forward=1),
            "line 2: no element -1",
        ),
        (
            make(["input", "scatter", TANH], [(0,), (2, 0, 0), (1,)], forward=1),
            "line 2: v1 is not a number",
        ),
        (
            make(["input", "element", "scatter"], [(0,), (2, 0), (2, 0, 0)], forward=1),
            "line 1: ",
        ),
        (make(["input"], [(0,)], outputs=[1]), "the output v1 is not a line"),
        (make(["input"], [(0,)], outputs=[-1]), "the output v-1 is not a line"),
        (
            make(["input", "seed"], [(0,), (0,)], outputs=[1], forward=1),
            "the output v1 is not a line of the forward pass",
        ),
        (make(["input"], [(0,)], leaf_gradients={0: 1}), "the gradient v1 is not a line"),
        (make(["input"], [(0,)], input_gradients={0: -1}), "the gradient v-1 is not a line"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_a_malformed_program_is_refused(program, text):
    with pytest.raises(ValueError, match=re.escape(text)):
        program.check()


@pytest.mark.parametrize(
    "program",
    [
        make(["input", "input"], [(0,)]),
        make(["input"], [(0,)], forward=2),
        make(["input", "scatter", "element"], [(0,), (2, 0, 0, 0), (1, 0)], forward=1),
        make(["input", "element"], [(0,), (5, 0)], forward=1),
        make(["input"], [(0,)], leaf_gradients={0: 0}),
        make(["input"], [(0,)], input_gradients={2: 0}),
        make(["input", "scatter"], [(0,), (2, 0, 0)], forward=1, input_gradients={0: 1}),
    ],
    ids=[
        "more operations than operands",
        "a forward pass longer than the program",
        "a scatter without pairs",
        "an element of no line",
        "a gradient of a leaf that there is not",
        "a gradient of an input that there is not",
        "a gradient that is a list",
    ],
)
def test_another_malformed_program_is_refused(program):
    with pytest.raises(ValueError):
        program.check()


@pytest.mark.parametrize("name", TABLE)
def test_a_program_of_each_operation_checks(name):
    operation = TABLE[name]
    count = 2 if operation.variadic else len(operation.operands)
    numbers = [0.5] * (count - 1) + [1.0 if not operation.chosen else 0.0]
    values = [Value(x) for x in numbers]

    def function(*v):
        if operation.chosen:
            return operation.function(v[:-1], v[-1])
        return operation.function(v) if operation.variadic else operation.function(*v)

    program = program_of(function, *values)
    assert function(*values).data == program.run(numbers).outputs[0]


def test_the_line_that_two_operations_share_keeps_the_sums_of_both():
    def function(a, b):
        return tn.sum([tn.logsumexp([a, b])]) * 2.0

    a, b = Value(0.3), Value(-1.0)
    tn.compile(function)(a, b).backward()
    compiled = a.grad, b.grad
    a.grad = b.grad = 0.0
    function(a, b).backward()
    assert (a.grad, b.grad) == compiled
