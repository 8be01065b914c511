"""Thousands of graphs in C give the bits that they give in Python."""

import random
import subprocess

import pytest

from tests.compiler.c.random_graphs import NAMES, SMOOTH, Graph, random_graph, text_of_many
from tests.compiler.test_lowering import PIECES
from tests.conftest import needs_compiler
from tinygrad_neuron import Value
from tinygrad_neuron.compiler.c import compiler, operations
from tinygrad_neuron.compiler.c.libraries import load

pytestmark = [needs_compiler, pytest.mark.once]
KINDS = {"all operations": (NAMES, False), "smooth": (SMOOTH, False), "layers": (NAMES, True)}


def same(a, b):
    return a.hex() == b.hex()  # the sign of a zero too; that of any NaN is "nan"


@pytest.fixture(autouse=True)
def _compile_fast(monkeypatch):
    flags = tuple("-O1" if flag.startswith("-O") else flag for flag in compiler.FLAGS)
    monkeypatch.setattr(compiler, "FLAGS", flags)


def assert_same(graphs):
    library = load(text_of_many(graphs))
    failed = 0
    for k, graph in enumerate(graphs):
        expected, actual = graph.in_python(), graph.in_c(library[f"add_up_{k}"])
        failed += expected is None
        if expected is None or actual is None:
            assert expected is actual, graph.emitted.source
        elif operations.same_libm():
            assert all(map(same, expected, actual)), (expected, actual, graph.emitted.source)
        else:
            assert expected == pytest.approx(actual, rel=1e-9, abs=1e-9, nan_ok=True)
    return failed


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_random_graphs(kind, seed):
    names, layered = KINDS[kind]
    generator = random.Random(f"{kind} {seed}")
    graphs = []
    while len(graphs) < (60 if layered else 200):
        function, arguments, parameters = random_graph(generator, names, layered)
        state = generator.getstate()
        try:
            graphs.append(Graph(function, arguments, parameters))
        except (ArithmeticError, ValueError):
            pass  # of parameters alone: raised while recording, whatever the target
        generator.setstate(state)
        generator.random()
    failed = assert_same(graphs)
    assert failed < len(graphs) / 2


def test_an_expression_inside_another_keeps_its_meaning():
    graphs = []
    for around in PIECES.values():
        for within in PIECES.values():
            w, v = Value(0.7), Value(1.3)
            for function in (
                lambda v, a=around, b=within, w=w: a(b(v, w), w),
                lambda v, a=around, b=within, w=w: a(w, b(v, w)),
                lambda v, a=around, b=within, w=w: a(b(v, w), b(w, v * 2)),
            ):
                graphs.append(Graph(function, [v], [w]))
    assert assert_same(graphs) < 20


def test_no_sanitizer_finds_anything_in_random_graphs(tmp_path):
    generator = random.Random(7)
    graphs = []
    while len(graphs) < 25:
        names, layered = KINDS[generator.choice(list(KINDS))]
        function, arguments, parameters = random_graph(generator, names, layered)
        state = generator.getstate()
        try:
            graphs.append(Graph(function, arguments, parameters))
        except (ArithmeticError, ValueError):
            pass
        generator.setstate(state)
        generator.random()
    main = ["#include <stdio.h>", "int main(void) {"]
    for k, graph in enumerate(graphs):
        order = graph.emitted.leaves
        count = len(graph.recorded.programs[0,].input_gradients)
        row = [graph.row[i % len(graph.row)] for i in range(5 * len(graph.row))]
        main += [
            "{",
            _heap("x", row), _heap("w", [graph.data[i] for i in order]),
            _heap("g", [0.0] * len(order)), _heap("seeds", [0.5]), _heap("total", [0.25]),
            _heap("inputs", [0.0] * (5 * count)),
            f"int failed = add_up_{k}(x, 5, w, g, seeds, total, inputs);",
            'printf("%d %a\\n", failed, *total);',
            "free(x); free(w); free(g); free(seeds); free(total); free(inputs);",
            "}",
        ]  # fmt: skip
    main += ["return 0;", "}"]
    source = tmp_path / "graphs.c"
    source.write_text("\n".join([text_of_many(graphs), *main]), encoding="utf-8")
    program = tmp_path / "graphs"
    found = compiler.find_compiler()
    flags = [flag for flag in found.flags if not flag.startswith("-O")]
    sanitize = "-fsanitize=address,undefined"
    built = subprocess.run(
        [*found.command, *flags, "-O1", "-Wall", "-Wno-unused-function", sanitize,
         "-fno-sanitize-recover=all", "-o", program, source, "-lm"],
        capture_output=True, text=True,
    )  # fmt: skip
    if built.returncode and "cannot find" in built.stderr:
        pytest.skip(f"no sanitizers beside this compiler: {built.stderr.strip()[-200:]}")
    assert ("", 0) == (built.stderr, built.returncode)
    ran = subprocess.run([program], capture_output=True, text=True, timeout=120)
    assert ("", 0) == (ran.stderr, ran.returncode)
    for graph, line in zip(graphs, ran.stdout.splitlines(), strict=True):
        failed, total = line.split()
        expected = graph.in_python(rows=5)
        assert (expected is None) == (failed == "1")
        if expected is not None and operations.same_libm():
            assert same(expected[0], float.fromhex(total))


def _heap(name, numbers):
    """An array on the heap of just the right size, so that a step beyond it is found."""
    size = max(len(numbers), 1)
    lines = [f"double *{name} = malloc({size} * sizeof(double));"]
    lines += [f"{name}[{i}] = {operations.literal(float(x))};" for i, x in enumerate(numbers)]
    return " ".join(lines)
