"""Scalars and arrays of NumPy beside Values."""

import pytest

from tinygrad_neuron import Value, optim

np = pytest.importorskip("numpy")


@pytest.mark.parametrize("kind", ["longdouble", "clongdouble"])
def test_a_long_double_is_compared_as_any_number(kind):
    number, v = getattr(np, kind)(2), Value(2.0)
    assert number != v
    assert v != number
    assert (np.array([number]) == v).tolist() == [False]
    assert v not in [number]
    if kind == "longdouble":
        assert number <= v and not number < v


def test_what_is_masked_stays_masked_and_is_no_number():
    array = np.ma.array([1.0, 2.0], mask=[False, True])
    for product in (Value(2.0) * array, array * Value(2.0)):
        assert product.mask.tolist() == [False, True]
        assert product[0].data == 2.0
    for wrong in (lambda: Value(np.ma.masked), lambda: Value(2.0) * np.ma.masked):
        with pytest.raises(TypeError, match="got NumPy's masked, which hides one; leave it out"):
            wrong()


@pytest.mark.parametrize("use", [Value, Value(1.0).__add__, lambda x: optim.SGD([Value(1.0)], x)])
def test_an_integer_too_large_for_a_float_says_what_is_allowed(use):
    with pytest.raises(OverflowError, match=r"at most about 1.8e308.* int of some 401 digits; sca"):
        use(10**400)


def test_a_schedule_that_takes_no_steps_is_told_what_it_takes():
    with pytest.raises(TypeError, match="SGD: lr is called with the steps taken, as in lambda st"):
        optim.SGD([Value(1.0)], lr=lambda: 0.1)
