"""Things beside each other on a page."""

import pytest

from tinygrad_neuron import Value, draw_dot
from tinygrad_neuron.course import Beside


def test_things_stand_beside_each_other_each_under_its_name():
    both = Beside({"x < 1": draw_dot(Value(1.0)), "after": "a text"})
    html = both._repr_html_()
    assert html.index("x &lt; 1") < html.index("<img") < html.index("after") < html.index("a text")
    with pytest.raises(ValueError, match="two things or more"):
        Beside({"alone": draw_dot(Value(1.0))})
