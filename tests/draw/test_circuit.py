"""Pictures of McCulloch-Pitts units say what is active, what fires and what is vetoed."""

from itertools import product
from xml.etree import ElementTree

import pytest

from tinygrad_neuron import draw_circuit, nn


@pytest.mark.parametrize("bits", list(product((0, 1), repeat=3)))
def test_the_picture_of_a_unit_says_what_the_unit_does(bits):
    unit = nn.McCullochPitts(3, threshold=2, inhibitory=[2])
    source = draw_circuit(unit, inputs=bits, legend=False).source
    expected = "veto: silent" if bits[2] else "2 ≥ 2: fires" if bits[:2] == (1, 1) else ": silent"
    assert expected in source
    assert f"y = {unit(*bits)}" in source
    for i, bit in enumerate(bits):
        assert f"x{i} = {bit}" in source


def test_an_inhibitory_input_ends_in_a_ring_and_an_excitatory_one_in_an_arrow():
    lines = draw_circuit(nn.McCullochPitts(2, 1, inhibitory=[1])).source.splitlines()
    edges = {line.split("[")[0].strip(): line for line in lines if "->" in line}
    assert "arrowhead=normal" in edges["input0 -> unit0"]
    assert "arrowhead=odot" in edges["input1 -> unit0"]


@pytest.mark.parametrize("bits", list(product((0, 1), repeat=2)))
def test_the_picture_of_a_circuit_shows_which_detector_fires(bits):
    circuit = nn.XOR()
    source = draw_circuit(circuit, inputs=bits).source
    for k, detector in enumerate(circuit.detectors):
        line = next(x for x in source.splitlines() if x.strip().startswith(f"unit{k} [label"))
        assert bool(detector(*bits)) == ('class="unit firing"' in line)
    assert f"y = {circuit(*bits)}" in source


def test_a_circuit_whose_output_is_always_0_is_drawn_too():
    never = nn.boolean_function({(0, 0): 0, (1, 1): 0})
    assert "y = 0" in draw_circuit(never, inputs=(1, 1)).source


def test_the_picture_renders_with_its_ids_and_names():
    picture = draw_circuit(nn.AND(), input_names=["a <b>", "b"], title="AND & more")
    svg = picture.pipe(format="svg", encoding="utf-8")
    root = ElementTree.fromstring(svg.encode())
    ids = {part.get("id") for part in root.iter("{http://www.w3.org/2000/svg}g")}
    assert {"input0", "input1", "unit0", "output", "input0-unit0", "unit0-output"} <= ids
    texts = {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"a <b>", "b", "AND & more"} <= texts


def test_units_and_circuits_show_themselves_in_a_notebook():
    for circuit in (nn.OR(), nn.XOR()):
        assert {"image/svg+xml", "text/plain"} == set(circuit._repr_mimebundle_())


def test_what_is_no_unit_is_refused_and_so_are_wrong_inputs_and_names():
    with pytest.raises(
        TypeError, match=r"an nn\.McCullochPitts or what nn\.boolean_function returns"
    ):
        draw_circuit(nn.Neuron(2))
    with pytest.raises(ValueError, match="expected 2 inputs, got 1"):
        draw_circuit(nn.AND(), inputs=[1])
    with pytest.raises(ValueError, match="an input must be 0 or 1, got int 2"):
        draw_circuit(nn.AND(), inputs=[1, 2])
    with pytest.raises(ValueError, match="input_names must have 2 names, one per input, got 1"):
        draw_circuit(nn.AND(), input_names=["a"])
