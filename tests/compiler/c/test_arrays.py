"""Functions over arrays have the bits of the C library, whichever variant of them it runs."""

import ctypes
import json
import math
import os
import random
import subprocess
import sys
from array import array

import pytest

from tests.conftest import needs_compiler
from tinygrad_neuron import datasets, losses, nn, optim
from tinygrad_neuron.compiler import compile
from tinygrad_neuron.compiler.c import arrays, operations

pytestmark = needs_compiler
NAMES = ["tanh", "exp", "sigmoid", "softplus", "erfc"]
# glibc chooses its variants when a program starts; this makes it take those without FMA.
WITHOUT_FMA = "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX2_Usable,-FMA_Usable,-FMA4_Usable"


def computed(function, points):
    numbers = array("d", points)
    bad = ctypes.c_int()
    at = ctypes.c_void_p(numbers.buffer_info()[0])
    function(at, ctypes.c_long(len(numbers)), ctypes.byref(bad))
    return numbers, bad.value


@pytest.mark.parametrize("name", NAMES)
def test_a_variant_that_is_taken_has_the_bits_of_the_library(name):
    fastest = arrays.fastest()
    if name not in fastest:
        pytest.skip("another library than glibc")
    library = arrays.loaded()
    variant = fastest[name].__name__.rpartition("_")[2]
    assert arrays.differing(library, name, variant, arrays.tried(name, 100_000, seed=1)) == 0


@pytest.mark.once
@pytest.mark.parametrize("name", NAMES)
def test_ten_million_points(name):
    fastest = arrays.fastest()
    if name not in fastest:
        pytest.skip("another library than glibc")
    library = arrays.loaded()
    variant = fastest[name].__name__.rpartition("_")[2]
    for seed in range(8):
        points = arrays.tried(name, 700_000, seed=seed + 2)
        assert len(points) >= 1_250_000
        assert arrays.differing(library, name, variant, points) == 0


@pytest.mark.parametrize("name", NAMES)
def test_the_check_tells_the_variants_apart(name):
    library = arrays.loaded()
    if len(arrays.variants(library)) < 2:
        pytest.skip("no fused multiply-add on this machine")
    differing = [arrays.differing(library, name, v, arrays.tried(name)) for v in ("fused", "plain")]
    assert sorted(map(bool, differing)) == [False, True]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 33])
def test_any_count_of_numbers(name, count):
    points = [random.Random(count).uniform(-3, 3) for _ in range(count)]
    for function in arrays.fastest().values():
        if name not in function.__name__:
            continue
        numbers, bad = computed(function, points)
        expected, _ = computed(arrays.loaded()[f"each_{name}_library"], points)
        assert (expected.tolist(), 0) == (numbers.tolist(), bad)


@pytest.mark.parametrize("name", NAMES)
def test_the_edges(name):
    points = [math.nan, math.inf, -math.inf, 0.0, -0.0, 5e-324, -5e-324, 1e308, -1e308]
    if name == "exp":
        points.remove(1e308)
    if name not in arrays.fastest():
        pytest.skip("another library than glibc")
    numbers, bad = computed(arrays.fastest()[name], points)
    assert math.isnan(numbers[0])
    expected = {
        "tanh": [1.0, -1.0, 0.0, -0.0, 5e-324, -5e-324, 1.0, -1.0],
        "exp": [math.inf, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0],
        "sigmoid": [1.0, 0.0, 0.5, 0.5, 0.5, 0.5, 1.0, 0.0],
        "softplus": [math.inf, 0.0, *[math.log1p(1.0)] * 4, 1e308, 0.0],
        "erfc": [0.0, 2.0, 1.0, 1.0, 1.0, 1.0, 0.0, 2.0],
    }
    assert list(map(repr, expected[name])) == list(map(repr, numbers[1:]))
    assert bad == 0


@pytest.mark.parametrize("place", range(20))
def test_exp_says_where_it_overflows(place):
    points = [1.0] * 20
    points[place] = 710.0
    assert computed(arrays.fastest()["exp"], points)[1] == 1


def train(target, name="loss"):
    """The bits of losses and parameters after some steps, of networks with all these functions."""
    found = []
    for activation in ("tanh", "sigmoid", "softplus", "gelu"):  # erfc in gelu, exp in the loss
        model = nn.MLP(2, [9, 4], activation=activation, seed=1)
        compiled = compile(lambda x, t, m=model: losses.cross_entropy(m(x), t), target=target)
        compiled.__name__ = name  # part of the text: another library
        trainer = compiled.trainer(optim.SGD(model.parameters(), lr=0.05))
        examples = [(x, int(t > 0)) for x, t in datasets.moons(37, seed=1)]
        found += [trainer.step(examples).hex() for _ in range(3)]
        found += [p.data.hex() for p in model.parameters()]
    return found


PROGRAM = """\
import json
from tests.compiler.c import test_arrays
from tinygrad_neuron.compiler.c import arrays
chosen = sorted(function.__name__ for function in arrays.fastest().values())
print(json.dumps([chosen, test_arrays.train("c"), test_arrays.train("python")]))
"""


@pytest.mark.once
@pytest.mark.parametrize("tunables", ["", WITHOUT_FMA])
def test_training_has_the_bits_of_python_with_either_variant_of_the_library(tunables):
    environment = {**os.environ, "GLIBC_TUNABLES": tunables}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    chosen, in_c, in_python = json.loads(ran.stdout)
    if tunables and chosen:
        assert {name.rpartition("_")[2] for name in chosen} == {"plain"}
    if operations.same_libm():
        assert in_python == in_c


def test_where_no_variant_fits_the_library_is_called(monkeypatch):
    monkeypatch.setattr(arrays, "differing", lambda *_: 1)
    monkeypatch.setattr(arrays, "fastest", arrays.chosen)
    assert arrays.chosen() == {}
    if operations.same_libm():
        assert train("python") == train("c", "without arrays")


def test_where_the_functions_do_not_compile_the_library_is_called(monkeypatch):
    monkeypatch.setattr(arrays, "text", lambda: "#error no arrays")
    assert arrays.chosen() == {}
