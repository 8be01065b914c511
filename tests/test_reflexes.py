"""What is said where an object of PyTorch is given; stand-ins, for PyTorch itself is an extra."""

from typing import Any

import pytest

from tinygrad_neuron import Value, compile, draw_dot, grad, losses, nn, optim, training
from tinygrad_neuron.checking import described, not_a_value, to_float
from tinygrad_neuron.reflexes import OBJECTS, instead_of


def of_torch(name, *bases, **has):
    """A class that says it is PyTorch's."""
    return type(name, bases, {"__module__": "torch.somewhere", **has})


Module, Optimizer = of_torch("Module"), of_torch("Optimizer")
Loss = of_torch("_Loss", Module, __call__=lambda self, output, target: output)
Tensor = of_torch("Tensor", ndim=0, requires_grad=False, item=lambda self: 2.0)
PAIRS = [([0.0], 1.0)]


def refused(action, *given, **options):
    with pytest.raises(TypeError) as caught:
        action(*given, **options)
    return str(caught.value)


def fitted(**other):
    model = nn.MLP(1, [1])
    given = {"model": model, "loss": losses.mean_squared_error, "data": PAIRS}
    given["optimiser"] = optim.SGD(model.parameters(), lr=0.1)
    return training.fit(**{**given, "progress": False, **other})


def test_a_loss_of_pytorch_gets_ours():
    for name, ours in (
        ("MSELoss", "mean_squared_error"), ("CrossEntropyLoss", "cross_entropy"),
        ("L1Loss", "mean_absolute_error"), ("BCEWithLogitsLoss", "binary_cross_entropy_with"),
    ):  # fmt: skip
        for loss in (of_torch(name, Loss), of_torch(name, Loss)()):
            assert f"`losses.{ours}" in refused(fitted, loss=loss)
    assert "losses are functions in" in refused(fitted, loss=of_torch("CTCLoss", Loss)())

    def cross_entropy(input, target): ...
    def mse_loss(input, target): ...

    for function, ours in ((cross_entropy, "cross_entropy"), (mse_loss, "mean_squared_error")):
        function.__module__ = "torch.nn.functional"
        assert f"`losses.{ours}`" in refused(fitted, loss=function)
        for other in (grad, compile):
            assert "must be a function of Values, got PyTorch's function" in refused(
                other, function
            )


def test_an_optimiser_of_pytorch_gets_ours():
    def trainer(optimiser):
        return compile(lambda x: x * 2.0).trainer(optimiser)

    for take in (trainer, lambda optimiser: fitted(optimiser=optimiser)):
        for name in ("SGD", "Adam", "AdamW"):
            assert f"`optim.{name}(model.parameters(), lr=0.1)`" in refused(
                take, of_torch(name, Optimizer)()
            )
        assert "`optim.SGD`, `optim.Adam` and" in refused(take, of_torch("Muon", Optimizer)())


def test_what_gives_batches_gets_how_to_give_examples():
    loader = of_torch("DataLoader", batch_size=2, __iter__=lambda self: iter([]))()
    assert "give its .dataset, and batch_size=32" in refused(fitted, data=loader)
    single = of_torch("DataLoader", batch_size=None, __iter__=lambda self: iter(PAIRS))()
    assert 10 == len(fitted(data=single).loss)
    batch = [([[0.0], [1.0]], [1.0, 0.0])]
    assert "a call takes one example, of a batch it is [model(x) for x in batch]" in refused(
        fitted, data=batch
    )


def test_an_activation_of_pytorch_is_refused():
    for activation in (of_torch("ReLU", Module)(), of_torch("ReLU", Module)):
        assert "got PyTorch's" in refused(nn.MLP, 2, [2, 1], activation)


def test_a_module_of_pytorch_and_one_made_of_it_can_be_brought_over():
    own = type("Net", (Module,), {})()
    for given, whose in ((Module(), "got PyTorch's"), (own, "got Net")):
        for take in (draw_dot, nn.Linear(1, 1).load_state_dict, lambda m: fitted(model=m)):
            with pytest.raises((TypeError, ValueError)) as caught:
                take(given)
            assert whose in str(caught.value)
        assert "`tinygrad_neuron.from_torch` brings a module over" in instead_of(given)
    called = of_torch("Net", Module, named_parameters=None, __call__=None)()
    assert "a call of it returns" not in not_a_value(called)  # that would be a tensor


def test_a_tensor_of_one_number_is_a_number_unless_it_waits_for_a_gradient():
    one, waiting = Tensor(), Tensor()
    waiting.requires_grad = True
    assert (2.0, 6.0, 6.0) == (to_float(one, "f"), (Value(3.0) * one).data, (one * Value(3.0)).data)
    for action in (lambda: Value(waiting), lambda: Value(1.0) + waiting):
        assert "requires a gradient, and would get none from here" in refused(action)
    complex_ = Tensor()
    complex_.item = lambda: 2j
    assert "must be a real number" in refused(to_float, complex_, "f")
    whole = of_torch("Tensor", tolist=lambda self: [1.0], __iter__=lambda self: iter([1.0]))()
    whole.requires_grad = True
    for model in (nn.Linear(1, 1), nn.MLP(1, [1]), nn.Flatten()):
        assert "a tensor of PyTorch that requires a gradient" in refused(model, whole)
    refusal = "what it compares is a tensor of PyTorch that requires a gradient"
    assert refusal in refused(losses.mean_squared_error, whole, [0.0])
    whole.requires_grad = False
    for model in (nn.Linear(1, 1), nn.MLP(1, [1]), nn.Flatten()):
        model(whole)


def test_the_state_of_a_model_of_pytorch(tmp_path):
    array = of_torch("Tensor", tolist=lambda self: self.numbers)
    weight, bias = array(), array()
    weight.numbers, bias.numbers = [[0.5, -1.0]], [2.0]
    layer = nn.Linear(2, 1)
    layer.load_state_dict({"weight": weight, "bias": bias})
    assert {"weight": [[0.5, -1.0]], "bias": [2.0]} == layer.state_dict()
    row = nn.Sequential(nn.Linear(2, 1), nn.ReLU())
    row.load_state_dict({"0.weight": weight, "0.bias": bias})
    assert {"layers.0.weight": [[0.5, -1.0]], "layers.0.bias": [2.0]} == row.state_dict()
    nested = nn.Sequential(row, nn.Linear(1, 1))
    given = {"0.0.weight": [[0.5, 1]], "0.0.bias": [1.0], "1.weight": [[3.0]], "1.bias": [4.0]}
    nested.load_state_dict(given)
    assert [[[0.5, 1]], [1.0], [[3.0]], [4.0]] == list(nested.state_dict().values())
    with pytest.raises(ValueError, match=r"^load_state_dict: the parameter 'layers.0.bias'"):
        row.load_state_dict({"0.weight": weight})  # the same parts: no word of other ones
    for other in ({"0.weight": bias, "0.bias": bias}, {"1.weight": weight, "1.bias": bias}):
        with pytest.raises(ValueError, match=r"from_torch\(module\) brings one over"):
            row.load_state_dict(other)
    archive = tmp_path / "theirs.pt"
    archive.write_bytes(b"PK\x03\x04\x80\xff")
    with pytest.raises(ValueError, match=r"load_state_dict\(torch.load\(path\)\)"):
        row.load(archive)
    with pytest.raises(ValueError) as caught:
        row.load_state_dict({"weights": [1.0]})
    assert "PyTorch" not in str(caught.value)
    assert "every name has to fit; leave it away" in refused(layer.load_state_dict, {}, strict=True)


def test_what_is_not_of_pytorch_is_described_as_ever():
    assert ("float 1.0", "the type int", "") == (described(1.0), described(int), instead_of(Value))
    assert "type Tensor" in described(Tensor)
    assert all(f"({text})" in described(of_torch(name)()) for name, text in OBJECTS.items())
    several_lines = type("Table", (), {"__repr__": lambda self: "Table:\n  1\n  2"})
    assert "Table Table: 1 2" == described(several_lines())


def test_a_subclass_may_have_one_of_pytorchs_names():
    class Mixin:
        def clone(self):
            return "a clone"

        @property
        def shape(self):
            return ()

        @classmethod
        def view(cls):
            return cls

    class Shaped(Value, Mixin):
        def numpy(self):
            return self.data

    v: Any = Shaped(2.0)
    v.dtype = float
    assert ("a clone", (), Shaped, 2.0, float) == (v.clone(), v.shape, v.view(), v.numpy(), v.dtype)
    assert Shaped is Shaped.view()
    assert {"clone", "shape", "view", "numpy", "dtype"} <= set(dir(v))
    assert {"clone", "shape", "view", "numpy", "dtype"}.isdisjoint(dir(Value(2.0)))
    assert not hasattr(v, "tolist")
