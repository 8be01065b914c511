"""McCulloch-Pitts units: gates, the threshold, absolute inhibition, and any Boolean function."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_neuron import datasets, nn


def rows(inputs):
    return list(product((0, 1), repeat=inputs))


# Gates


@pytest.mark.parametrize(
    ("gate", "outputs"),
    [(nn.AND(), [0, 0, 0, 1]), (nn.OR(), [0, 1, 1, 1]), (nn.XOR(), [0, 1, 1, 0])],
    ids=["and", "or", "xor"],
)
def test_a_gate_of_two_inputs_has_its_truth_table(gate, outputs):
    assert outputs == [gate(a, b) for a, b in [(0, 0), (0, 1), (1, 0), (1, 1)]]


def test_not_turns_its_input_around():
    assert [nn.NOT()(0), nn.NOT()(1)] == [1, 0]


@pytest.mark.parametrize("inputs", [1, 2, 3, 5])
def test_and_fires_only_if_all_inputs_are_active_or_if_any_is(inputs):
    for row in rows(inputs):
        assert min(row) == nn.AND(inputs)(*row)
        assert max(row) == nn.OR(inputs)(*row)


@pytest.mark.parametrize(
    ("name", "gate"), [("and", nn.AND()), ("or", nn.OR()), ("not", nn.NOT()), ("xor", nn.XOR())]
)
def test_the_gates_agree_with_the_truth_tables_of_the_data_sets(name, gate):
    for row, target in datasets.gate(name):
        assert target == gate(*row)


def test_gates_compose_into_an_adder():
    carry, total = nn.AND(), nn.XOR()
    for a, b in rows(2):
        assert a + b == 2 * carry(a, b) + total(a, b)


def test_gates_compose_into_implication():
    implies = [nn.OR()(nn.NOT()(a), b) for a, b in rows(2)]
    assert implies == [1, 1, 0, 1]


# The threshold and the veto


@pytest.mark.parametrize("threshold", [-1, 0, 1, 2, 3, 4])
def test_a_unit_fires_from_exactly_threshold_active_inputs_on(threshold):
    unit = nn.McCullochPitts(3, threshold=threshold)
    for row in rows(3):
        assert int(row.count(1) >= threshold) == unit(*row)


def test_a_threshold_above_the_number_of_inputs_is_never_reached():
    assert [nn.McCullochPitts(2, threshold=3)(*row) for row in rows(2)] == [0, 0, 0, 0]


def test_one_active_inhibitory_input_vetoes_however_many_excitatory_ones_are_active():
    unit = nn.McCullochPitts(5, threshold=1, inhibitory=[4])
    assert unit(1, 1, 1, 1, 0) == 1
    assert unit(1, 1, 1, 1, 1) == 0


def test_an_inhibitory_input_vetoes_even_a_threshold_of_zero():
    unit = nn.McCullochPitts(2, threshold=0, inhibitory=[0, 1])
    assert [unit(*row) for row in rows(2)] == [1, 0, 0, 0]


def test_an_inhibitory_input_does_not_count_toward_the_threshold():
    unit = nn.McCullochPitts(2, threshold=1, inhibitory=[1])
    assert [unit(*row) for row in rows(2)] == [0, 0, 1, 0]


def test_a_position_named_twice_as_inhibitory_is_one_inhibitory_input():
    unit = nn.McCullochPitts(3, threshold=1, inhibitory=[2, 2, 0])
    assert (unit.inhibitory, unit.excitatory) == ((0, 2), (1,))


def test_inputs_may_be_booleans_and_whole_floats():
    assert nn.AND()(True, 1.0) == 1
    assert nn.AND()(False, 1.0) == 0


def test_repr_tells_the_threshold_and_the_inhibitory_inputs():
    assert repr(nn.AND()) == "McCullochPitts(2, threshold=2)"
    assert repr(nn.NOT()) == "McCullochPitts(1, threshold=0, inhibitory=[0])"


# Any Boolean function


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.integers(0, 1), min_size=2**n).map(
            lambda bits: dict(zip(rows(n), bits[: 2**n], strict=True))
        )
    )
)
def test_boolean_function_reproduces_any_truth_table(table):
    function = nn.boolean_function(table)
    assert table == {row: function(*row) for row in table}


@pytest.mark.parametrize("inputs", [1, 2, 3])
def test_boolean_function_reproduces_every_truth_table_up_to_three_inputs(inputs):
    for bits in product((0, 1), repeat=2**inputs):
        table = dict(zip(rows(inputs), bits, strict=True))
        assert table == nn.truth_table(nn.boolean_function(table), inputs)


def test_rows_left_out_of_the_table_give_zero():
    function = nn.boolean_function({(1, 0, 1): 1})
    assert {row: int(row == (1, 0, 1)) for row in rows(3)} == nn.truth_table(function, 3)


def test_a_circuit_shows_its_units_one_per_row_that_gives_one():
    circuit = nn.XOR()
    assert len(circuit.detectors) == 2
    assert [row for detector in circuit.detectors for row in rows(2) if detector(*row)] == [
        (0, 1),
        (1, 0),
    ]
    assert all(isinstance(unit, nn.McCullochPitts) for unit in (*circuit.detectors, circuit.output))


def test_no_single_unit_computes_xor():
    """Tried: each input excitatory or inhibitory, and every threshold that matters."""
    target = [0, 1, 1, 0]
    computed = [
        [nn.McCullochPitts(2, threshold, inhibitory)(*row) for row in rows(2)]
        for inhibitory in [(), (0,), (1,), (0, 1)]
        for threshold in range(-1, 4)
    ]
    assert target not in computed


def test_truth_table_lists_every_row_counting_upwards():
    assert list(nn.truth_table(nn.AND(), 2)) == [(0, 0), (0, 1), (1, 0), (1, 1)]


# Bad input


def test_the_wrong_number_of_inputs_is_refused():
    with pytest.raises(ValueError, match="expected 2 inputs, got 3"):
        nn.AND()(1, 0, 1)
    with pytest.raises(ValueError, match="expected 2 inputs, got 1"):
        nn.XOR()(1)


@pytest.mark.parametrize("bad", [2, -1, 0.5, "1", None, float("nan")])
def test_an_input_that_is_neither_0_nor_1_is_refused(bad):
    for unit in (nn.AND(), nn.XOR()):
        with pytest.raises(ValueError, match="must be 0 or 1, got"):
            unit(1, bad)


@pytest.mark.parametrize("inputs", [0, -1, 1.5, "2"])
def test_a_number_of_inputs_that_is_no_positive_integer_is_refused(inputs):
    with pytest.raises(ValueError, match="inputs must be an integer of 1 or more, got"):
        nn.McCullochPitts(inputs, threshold=1)


@pytest.mark.parametrize("threshold", [1.5, "1", None])
def test_a_threshold_that_is_no_whole_number_is_refused(threshold):
    with pytest.raises(TypeError, match="threshold must be a whole number, got"):
        nn.McCullochPitts(2, threshold=threshold)


@pytest.mark.parametrize("position", [-1, 2, 0.5, 1.0, "1"])
def test_an_inhibitory_position_that_is_no_input_is_refused(position):
    with pytest.raises((ValueError, TypeError), match=r"inhibitory position must be .*from 0 to 1"):
        nn.McCullochPitts(2, threshold=1, inhibitory=[position])


def test_inhibitory_that_is_no_list_of_positions_is_refused_by_name():
    with pytest.raises(TypeError, match="inhibitory"):
        nn.McCullochPitts(2, threshold=1, inhibitory=1)


@pytest.mark.parametrize("table", [{}, {(): 1}, {(0, 1): 1, (1,): 0}])
def test_a_table_whose_rows_are_not_of_one_length_is_refused(table):
    with pytest.raises(ValueError, match="rows must be tuples of bits of one length, 1 or more"):
        nn.boolean_function(table)


def test_a_table_whose_rows_are_no_tuples_is_refused_by_name():
    with pytest.raises((TypeError, ValueError), match="rows must be tuples of bits"):
        nn.boolean_function({0: 1, 1: 0})


def test_a_row_that_is_not_of_bits_is_refused():
    with pytest.raises(ValueError, match="must be 0 or 1, got int 2"):
        nn.boolean_function({(0, 2): 1})


def test_a_result_that_is_not_a_bit_is_refused_as_a_result():
    with pytest.raises(ValueError, match="result must be 0 or 1, got int 2"):
        nn.boolean_function({(0, 1): 2})
