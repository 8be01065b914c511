"""The compiled demos do their job: they learn, and compute what the eager engine computes."""

import math
import re
import runpy
from xml.etree import ElementTree

import pytest

from tests.demos.test_demos import DEMOS, run
from tinygrad_neuron import compile


def test_digits_are_learned_and_the_hidden_neurons_drawn(tmp_path):
    pytest.importorskip("matplotlib", reason="the extra demos is not installed")
    pytest.importorskip("tqdm", reason="the extra demos is not installed")
    printed = run("digits.py", str(tmp_path))
    assert float(re.search(r"test accuracy ([\d.]+)%", printed).group(1)) >= 96
    assert str(tmp_path / "digits.svg") in printed
    assert ElementTree.parse(tmp_path / "digits.svg").getroot().tag.endswith("svg")


def test_the_gpt_learns_names_and_makes_up_new_ones():
    pytest.importorskip("tqdm", reason="the extra demos is not installed")
    printed = run("names_gpt.py", "--steps", "60", "--longest", "6")
    assert printed.startswith("4192 parameters")
    before, after = map(float, re.search(r"loss ([\d.]+) -> ([\d.]+)", printed).groups())
    assert before == pytest.approx(math.log(27), abs=0.5)  # it starts by guessing
    assert after < before - 0.5
    assert int(re.search(r"(\d+) times faster", printed).group(1)) >= 10
    made_up, known = re.search(r"made up:(.*)\nin the list:(.*)\n", printed).groups()
    samples = made_up.split() + known.split()
    assert len(samples) > 10
    assert all(re.fullmatch("[a-z]{1,15}", name) for name in samples)


@pytest.fixture(scope="module")
def demo():
    pytest.importorskip("tqdm", reason="the extra demos is not installed")
    return runpy.run_path(str(DEMOS / "names_gpt.py"))


def test_the_compiled_loss_of_a_name_is_the_eager_one(demo):
    model, example = demo["GPT"](seed=0), (demo["tokens_of"]("ada"),)
    parameters = model.parameters()

    eager = model.loss(*example)
    eager.backward()
    gradients = [p.grad for p in parameters]

    model.zero_grad()
    compiled = compile(model.loss).mean([example])
    compiled.backward()
    assert eager.data == compiled.data
    assert gradients == [p.grad for p in parameters]


def test_the_shipped_names_are_lower_case_sorted_and_each_there_once(demo):
    names = demo["read_names"]()
    assert all(re.fullmatch("[a-z]{3,9}", name) for name in names)
    assert names == sorted(set(names))
