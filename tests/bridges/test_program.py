"""The text of PyTorch programs, which is written without PyTorch, and what is refused.

`test_torch_programs.py` runs such programs.
"""

import ast
import math
import sys

import pytest

from tinygrad_neuron import Value, from_torch, losses, nn, optim, to_torch, torch_source


@pytest.fixture(autouse=True)
def without_pytorch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)  # as if it were not installed


def sgd(model, **options):
    return optim.SGD(model.parameters(), **{"lr": 0.1} | options)


def source(model, loss=losses.mean_squared_error, optimiser=None):
    return torch_source(model, loss, optimiser or sgd(model))


def test_the_modules_themselves_need_pytorch_and_say_how_to_get_it():
    for name, call in (("from_torch", from_torch), ("to_torch", to_torch)):
        with pytest.raises(ModuleNotFoundError) as error:
            call(nn.Linear(2, 1))
        assert str(error.value) == (
            f'{name} needs PyTorch: pip install "tinygrad_neuron[torch]"; '
            "torch_source writes a program without it"
        )


def test_a_program_holds_the_model_its_numbers_and_its_optimiser():
    model = nn.MLP(2, [2, 1], "tanh", seed=0)
    for k, p in enumerate(model.parameters()):
        p.data = k / 4
    text = source(model, losses.huber, sgd(model, momentum=0.5))
    assert (
        """\
model = nn.Sequential(
    nn.Linear(in_features=2, out_features=2, bias=True),
    nn.Tanh(),
    nn.Linear(in_features=2, out_features=1, bias=True),
)

weights = {
    "0.weight": [
        [0.0, 0.25],
        [0.75, 1.0],
    ],
    "0.bias": [0.5, 1.25],
    "2.weight": [
        [1.5, 1.75],
    ],
    "2.bias": [2.0],
}
model.load_state_dict({name: torch.tensor(numbers) for name, numbers in weights.items()})

optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.5)


def loss_function(predictions, targets):
    return F.huber_loss(predictions, targets, delta=1.0)
"""
        in text
    )
    ast.parse(text)


def test_a_program_has_what_is_not_finite_too():
    model = nn.Linear(2, 1)
    model.load_state_dict({"weight": [[math.nan, -math.inf]], "bias": [1e-300]})
    assert '"weight": [\n        [float("nan"), float("-inf")],' in source(model)
    assert '"bias": [1e-300],' in source(model)


def test_the_sizes_of_a_convolution_are_written_as_one_would():
    model = nn.Sequential(nn.Conv2d(1, 2, (2, 3), padding=1), nn.Unflatten(0, (1, 2)))
    assert "kernel_size=(2, 3), stride=1, bias=True, padding=1)" in source(model)
    assert "nn.Unflatten(dim=1, unflattened_size=(1, 2))" in source(model)


class Own(nn.Linear):
    """A user's class."""


def shared():
    layer = nn.Linear(2, 2)
    return nn.Sequential(layer, nn.Tanh(), layer)


def tied():
    one, other = nn.Linear(2, 2), nn.Linear(2, 2)
    other.weight = one.weight
    return nn.Sequential(one, other)


def endless():
    model = nn.Sequential(nn.Linear(2, 2))
    model.layers.append(model)
    return model


MODELS = {
    "Own (at '1') has no counterpart in PyTorch that is known here; what has: MLP, Layer, Neuron, "
    "Sequential, Linear": lambda: nn.Sequential(nn.Linear(2, 2), Own(2, 2)),
    "Step (at '1') has no counterpart": lambda: nn.Sequential(nn.Linear(2, 2), nn.Step()),
    "the function": lambda: nn.Sequential(nn.Linear(2, 2), abs),
    "has the activation step, which PyTorch has no module for": lambda: nn.MLP(2, [2, 1], "step"),
    "has the activation PReLU": lambda: nn.Neuron(2, activation=nn.PReLU()),
    "SiLU (at '1') with beta=2.0; in PyTorch it must be 1.0": lambda: nn.Sequential(
        nn.Linear(2, 2), nn.SiLU(2.0)
    ),
    "shares a parameter with Linear (at '0')": tied,
    "a Linear stands in two places": shared,
    "the Sequential (at '1') holds itself": endless,
    "LSTM returns several things": lambda: nn.LSTM(2, 2),
    "MultiheadAttention returns several": lambda: nn.MultiheadAttention(2, 1),
}


@pytest.mark.parametrize("text", MODELS)
def test_a_model_without_a_counterpart_is_refused_by_name(text):
    with pytest.raises((TypeError, ValueError)) as error:
        source(MODELS[text]())
    assert str(error.value).startswith("torch_source: ")
    assert text in str(error.value)


def test_an_activation_of_the_users_own_is_refused_though_it_has_a_known_name():
    def tanh(z):
        return z.tanh() * 2

    with pytest.raises(TypeError, match="has the activation tanh, which PyTorch has no module"):
        source(nn.Neuron(2, activation=tanh))


def own_loss(prediction, target):
    return (prediction - target) ** 4


@pytest.mark.parametrize("loss", [own_loss, "mse", None, losses.l2_penalty])
def test_another_loss_is_refused_with_those_there_are(loss):
    with pytest.raises(ValueError, match="must be one of losses that PyTorch has: mean_squared_e"):
        source(nn.Linear(2, 1), loss)


def test_another_optimiser_is_refused():
    class Own(optim.SGD):
        """A user's class."""

    model, other = nn.Linear(2, 1), nn.Linear(2, 1)
    cases = {
        "must be an optim.SGD, Adam or AdamW, got": Own(model.parameters()),
        "must be made for all parameters of the model": sgd(other),
        "must be a number, optim.step_decay or": sgd(model, lr=lambda step: 1.0 / (step + 1)),
    }
    for text, optimiser in cases.items():
        with pytest.raises((TypeError, ValueError), match=text):
            source(model, losses.hinge, optimiser)
    used = sgd(model)
    used.step()
    with pytest.raises(ValueError, match=r"has taken steps \(1\) and the program starts with a"):
        source(model, losses.hinge, used)
    with pytest.raises(TypeError, match=r"must be an nn\.Module, got Value"):
        torch_source(Value(1.0), losses.hinge, used)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "The file with the examples is missing.\n\nA model of tinygrad_neuron"),
        (["none.json"], "none.json cannot be read as [inputs, targets]: [Errno 2] No such file"),
        (["text.json"], "text.json cannot be read as [inputs, targets]: Expecting value"),
        (["number.json"], "number.json cannot be read as [inputs, targets]: cannot unpack"),
    ],
)
def test_a_program_without_its_examples_says_so(given, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.json").write_text("?", "utf-8")
    (tmp_path / "number.json").write_text("1", "utf-8")
    monkeypatch.setattr(sys, "argv", ["program.py", *given])
    text = source(nn.Neuron(1))
    doc = ast.get_docstring(ast.parse(text))
    main = "import json, sys\n" + text[text.index('if __name__ == "__main__":') :]
    with pytest.raises(SystemExit) as ended:
        exec(main, {"__name__": "__main__", "__doc__": doc})
    assert str(ended.value).startswith(words)
    if not given:
        assert "python program.py data.json" in str(ended.value)


def test_what_returns_several_things_is_not_among_what_can_stand():
    with pytest.raises(TypeError, match="LSTM returns several things") as error:
        source(nn.LSTM(2, 2))
    can = str(error.value).partition("what can stand")[2]
    assert "GRUCell" in can
    assert not any(f" {name}," in can for name in ("LSTM", "LSTMCell", "GRU", "MultiheadAttention"))


def test_a_class_of_ones_own_is_refused_with_the_way_out():
    with pytest.raises(TypeError, match="write its class there, and bring its layers over one by"):
        source(Own(2, 1))
