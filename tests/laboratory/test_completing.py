"""What is offered at the cursor."""

import pytest

from tinygrad_neuron.laboratory.completing import completions

IMPORTS = "from tinygrad_neuron import Value, nn\n"


def offered(source, **names):
    return {
        option["label"]: option for option in completions(source, len(source), names)["options"]
    }


@pytest.mark.parametrize(
    ("source", "label"),
    [
        ("from tinygrad_neuron import Val", "Value"),
        ("from tinygrad_neuron import nn, dat", "datasets"),
        ("from tinygrad_n", "tinygrad_neuron"),
        ("import tinygrad_neuron.", "nn"),
        (f"{IMPORTS}nn.ML", "MLP"),
        (f"{IMPORTS}Val", "Value"),
        (f"{IMPORTS}x = Value(2.0)\nx.ta", "tanh"),
        (f"{IMPORTS}model = nn.MLP(2, [4, 1])\nmodel.para", "parameters"),
        (f"{IMPORTS}nn.MLP(2, [4], acti", "activation="),
        (f"{IMPORTS}def f(x):\n    return x.\n\nwhi", "while"),
    ],
)
def test_what_fits_the_place_is_offered(source, label):
    assert label in offered(source)


def test_an_option_has_its_signature_and_its_docstring():
    option = offered(f"{IMPORTS}nn.ML")["MLP"]
    assert "class" == option["type"]
    assert option["detail"].startswith("(") and "Neuron" not in option["detail"]
    assert "layer" in option["info"]


def test_names_of_the_last_run_are_offered_with_their_values():
    assert "'two'" == offered("na", name="two")["name"]["info"]
    assert "upper" in offered("name.up", name="two")


def test_a_program_is_not_run_and_no_other_module_imported():
    assert {} == offered("import this\nthis.")
    assert {} == offered("x = open('f')\nnothing.")


def test_the_word_begins_where_it_begins():
    assert len(IMPORTS) + 3 == completions(f"{IMPORTS}nn.ML", len(IMPORTS) + 5, {})["start"]
