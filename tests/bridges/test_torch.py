"""The bridge to PyTorch against PyTorch itself, in double precision."""

import random
from collections import OrderedDict
from typing import Any

import pytest

from tinygrad_neuron import (
    Value,
    draw_dot,
    from_torch,
    losses,
    nn,
    optim,
    to_torch,
    training,
    walkthrough,
)
from tinygrad_neuron.bridges import kinds
from tinygrad_neuron.nn.shapes import flat

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed; the extra torch brings it: the bridge is not tested"
)
T = torch.nn
CLOSE = 1e-12

# Every kind of layer with the shapes of its inputs; a shape of strings is of whole numbers.
LAYERS: dict[str, Any] = {
    "Linear": (lambda: T.Linear(3, 2), [(3,)]),
    "Linear, no bias": (lambda: T.Linear(3, 2, bias=False), [(4, 3)]),
    "Dropout": (lambda: T.Dropout(0.0), [(2, 3)]),
    "Flatten": (lambda: T.Flatten(), [(2, 3, 2)]),
    "Flatten from 2": (lambda: T.Flatten(2), [(2, 3, 2)]),
    "Unflatten": (lambda: T.Unflatten(1, (2, 2)), [(4,)]),
    "Conv1d": (lambda: T.Conv1d(2, 3, 3, stride=2, padding=1), [(2, 7)]),
    "Conv1d, same": (lambda: T.Conv1d(1, 2, 3, padding="same", bias=False), [(1, 5)]),
    "Conv1d, valid": (lambda: T.Conv1d(1, 2, 2, padding="valid"), [(1, 5)]),
    "Conv2d": (lambda: T.Conv2d(2, 3, (2, 3), stride=(1, 2), padding=(0, 1)), [(2, 4, 5)]),
    "MaxPool1d": (lambda: T.MaxPool1d(3, stride=2, padding=1), [(2, 7)]),
    "MaxPool2d": (lambda: T.MaxPool2d((2, 3), stride=1, padding=(1, 0)), [(2, 4, 5)]),
    "AvgPool1d": (lambda: T.AvgPool1d(2, padding=1), [(2, 6)]),
    "AvgPool2d": (lambda: T.AvgPool2d((2, 3), stride=(2, 1)), [(2, 4, 5)]),
    "RNN": (lambda: T.RNN(2, 3, num_layers=2), [(4, 2)]),
    "RNN, relu": (lambda: T.RNN(2, 3, nonlinearity="relu", bias=False), [(4, 2), (1, 3)]),
    "LSTM": (lambda: T.LSTM(2, 3, num_layers=2, batch_first=True), [(3, 2)]),
    "GRU": (lambda: T.GRU(2, 3, num_layers=2), [(3, 2), (2, 3)]),
    "RNNCell": (lambda: T.RNNCell(2, 3, nonlinearity="relu"), [(2,), (3,)]),
    "LSTMCell": (lambda: T.LSTMCell(2, 3), [(2,)]),
    "GRUCell": (lambda: T.GRUCell(2, 3, bias=False), [(2,), (3,)]),
    "LayerNorm": (lambda: T.LayerNorm(4, eps=1e-3), [(2, 4)]),
    "LayerNorm, bare": (lambda: T.LayerNorm(4, elementwise_affine=False), [(4,)]),
    "LayerNorm, no bias": (lambda: T.LayerNorm(4, bias=False), [(4,)]),
    "RMSNorm": (lambda: T.RMSNorm(4), [(2, 4)]),
    "RMSNorm, bare": (lambda: T.RMSNorm(4, eps=0.1, elementwise_affine=False), [(4,)]),
    "Embedding": (lambda: T.Embedding(5, 3), [("4", "0", "4")]),
    "MultiheadAttention": (lambda: T.MultiheadAttention(4, 2), [(3, 4), (2, 4), (2, 4)]),
    "MultiheadAttention, no bias": (
        lambda: T.MultiheadAttention(4, 1, bias=False, batch_first=True),
        [(2, 4)] * 3,
    ),
    "Sequential": (
        lambda: T.Sequential(
            T.Sequential(T.Conv2d(1, 2, 2), T.ReLU(inplace=False), T.MaxPool2d(2)),
            T.Flatten(),
            T.Sequential(T.Linear(2, 3), T.Dropout(0.0), T.GELU()),
            T.LayerNorm(3),
        ),
        [(1, 3, 3)],
    ),
    "named Sequential": (
        lambda: T.Sequential(OrderedDict(first=T.Linear(2, 2), then=T.Tanh())),
        [(2,)],
    ),
}
ACTIVATIONS = {
    **{name: getattr(T, name) for name in ("Identity", "Sigmoid", "Tanh", "ReLU", "SELU")},
    **{name: getattr(T, name) for name in ("Softsign", "SiLU", "GELU", "Mish", "Softplus")},
    **{name: getattr(T, name) for name in ("Hardsigmoid", "Hardtanh", "LeakyReLU", "ELU")},
    "LeakyReLU, 0.3": lambda: T.LeakyReLU(0.3),
    "ELU, 0.5": lambda: T.ELU(alpha=0.5),
    "GELU, tanh": lambda: T.GELU(approximate="tanh"),
}
LAYERS |= {name: (make, [(3, 5)]) for name, make in ACTIVATIONS.items()}


def numbers(shape, generator):
    """Nested lists of a shape."""
    if not shape:
        return generator.gauss(0.0, 2.0)
    if isinstance(shape[0], str):
        return [int(item) for item in shape]
    return [numbers(shape[1:], generator) for _ in range(shape[0])]


def all_of(outputs):
    """Everything that a call returned, in order."""
    if isinstance(outputs, tuple):
        return [v for part in outputs for v in all_of(part)]
    if isinstance(outputs, list):
        return list(flat([all_of(part) for part in outputs]))
    return list(outputs.flatten()) if isinstance(outputs, torch.Tensor) else [outputs]


def score(outputs):
    """One number of outputs, in which each has a weight of its own."""
    return sum((k + 1) * y + 0.5 * y * y for k, y in enumerate(outputs))


def run_ours(model, given):
    """The outputs, the gradients of the inputs and those of the parameters by name."""
    values = [x if isinstance(flat(x)[0], int) else _as_values(x) for x in given]
    outputs = all_of(model(*values))
    model.zero_grad()
    score(outputs).backward()
    leaves = [v for x in values for v in flat(x) if isinstance(v, Value)]
    return (
        [y.data for y in outputs],
        [x.grad for x in leaves],
        [p.grad for p in parameters_in_order(model)],
    )


def _as_values(x):
    return [_as_values(item) for item in x] if isinstance(x, list) else Value(x)


def parameters_in_order(model):
    """In the order of PyTorch, which is that of the state."""
    return [p for value in model._state_entries()[0].values() for p in flat(value)]


def run_theirs(model, given, batched):
    whole = [isinstance(flat(x)[0], int) for x in given]
    tensors = [
        torch.tensor(x, dtype=torch.long if w else torch.float64, requires_grad=not w)
        for x, w in zip(given, whole, strict=True)
    ]
    model.zero_grad()
    outputs = all_of(model(*(t[None] if batched else t for t in tensors)))
    score(outputs).backward()
    return (
        [y.item() for y in outputs],
        [g.item() for t in tensors if t.requires_grad for g in t.grad.flatten()],
        [g.item() for p in model.parameters() for g in p.grad.flatten()],
    )


def assert_close(expected, actual, close=CLOSE):
    for one, other in zip(expected, actual, strict=True):
        assert len(one) == len(other)
        scale = max(map(abs, one), default=0.0)
        for a, b in zip(one, other, strict=True):
            assert abs(a - b) <= close * max(abs(a), 1e-3 * scale), (a, b)


# On a CPU PyTorch multiplies the gradient by 1/6 in single precision, whatever its numbers are.
LESS_PRECISE = {"Hardsigmoid": 3.1e-8}


def made(name):
    torch.manual_seed(1)
    make, shapes = LAYERS[name]
    theirs = make().double()
    with torch.no_grad():  # biases of attention start at 0, weights of norms at 1
        for p in theirs.parameters():
            p.add_(0.1 * torch.randn_like(p))
    generator = random.Random(2)
    return theirs, [numbers(shape, generator) for shape in shapes], "latten" in str(theirs)


@pytest.mark.parametrize("mode", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("name", LAYERS)
def test_a_module_of_pytorch_gives_the_same_outputs_and_gradients_here(name, mode):
    theirs, given, batched = made(name)
    theirs.train(mode)
    ours = from_torch(theirs)
    assert all(module.training is mode for module in ours.modules())
    close = LESS_PRECISE.get(name, CLOSE)
    assert_close(run_theirs(theirs, given, batched), run_ours(ours, given), close)


@pytest.mark.parametrize("mode", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("name", LAYERS)
def test_a_module_of_ours_gives_the_same_outputs_and_gradients_there(name, mode):
    theirs, given, batched = made(name)
    ours = from_torch(theirs).train(mode)
    again = to_torch(ours)
    assert all(module.training is mode for module in again.modules())
    assert all(p.dtype == torch.float64 for p in again.parameters())
    close = LESS_PRECISE.get(name, CLOSE)
    assert_close(run_ours(ours, given), run_theirs(again, given, batched), close)
    back = from_torch(again)
    assert repr(ours) == repr(back)
    assert ours.state_dict() == back.state_dict()


def test_every_kind_is_among_those_compared():
    compared = {kind.name for make, _ in LAYERS.values() if (kind := kinds.kind_of_torch(make()))}
    assert set(kinds.KINDS) == compared


NETWORKS = {
    "MLP": lambda: nn.MLP(3, [4, 2], "tanh", seed=0),
    "MLP, a list": lambda: nn.MLP(3, [4, 2], ["leaky_relu", "softplus"], seed=0),
    "MLP, bias trick": lambda: nn.MLP(3, [2, 1], "gelu_tanh", bias_trick=True, seed=0),
    "MLP, a module": lambda: nn.MLP(3, [2, 2], nn.LeakyReLU(0.3), seed=0),
    "Layer": lambda: nn.Layer(3, 2, activation="selu", bias=[0.5, -0.5], seed=0),
    "Neuron": lambda: nn.Neuron(3, activation="sigmoid", bias=0.3, seed=0),
    "in a Sequential": lambda: nn.Sequential(nn.Layer(3, 2, seed=0), nn.MLP(2, [2])),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_neurons_layers_and_networks_become_rows_of_linear_layers_and_activations(name):
    ours, given = NETWORKS[name](), [[0.5, -1.0, 2.0]]
    theirs = to_torch(ours.eval())
    assert not theirs.training
    assert_close(run_ours(ours, given), run_theirs(theirs, given, batched=False))
    assert_close(run_ours(ours, given)[:2], run_ours(from_torch(theirs), given)[:2])


def test_dropout_drops_as_much_and_keeps_its_mode():
    theirs = T.Sequential(T.Dropout(0.25), T.Linear(2, 2))
    theirs[1].eval()
    ours = from_torch(theirs, seed=0)
    assert [True, True, False] == [ours.training, ours[0].training, ours[1].training]
    again = to_torch(ours)
    assert [True, True, False] == [again.training, again[0].training, again[1].training]
    assert 0.25 == ours[0].p == again[0].p
    kept = {y.data for y in ours[0]([3.0] * 50)}
    assert {0.0, 4.0} == kept == set(again[0](torch.full((50,), 3.0).double()).tolist())
    masks = [from_torch(theirs, seed=3)[0]([1.0] * 9) for _ in range(2)]
    assert repr(masks[0]) == repr(masks[1])
    inside: Any = from_torch(T.MultiheadAttention(4, 2, dropout=0.5).eval())
    assert 0.5 == inside.dropout.p == to_torch(inside).dropout
    assert not inside.dropout.training
    assert 0.5 == to_torch(from_torch(T.LSTM(2, 2, num_layers=2, dropout=0.5))).dropout


def test_single_precision_comes_over_exactly():
    theirs = T.Sequential(T.Linear(2, 2), T.RMSNorm(2))
    ours = from_torch(theirs)
    assert {n: t.double().tolist() for n, t in theirs.state_dict().items()} == {
        name.removeprefix("layers."): numbers for name, numbers in ours.state_dict().items()
    }
    assert torch.finfo(torch.float32).eps == ours[1].eps


def test_a_layer_in_two_places_stays_one():
    layer = T.Linear(2, 2)
    ours = from_torch(T.Sequential(layer, T.Tanh(), layer))
    assert ours[0] is ours[2]
    again = to_torch(ours)
    assert again[0] is again[2]


def test_softplus_is_the_line_of_pytorch_within_what_its_threshold_says():
    (ours,) = from_torch(T.Softplus())([21.0])
    assert 0 < ours.data - T.Softplus()(torch.tensor(21.0).double()).item() < 2.1e-9
    assert ours.data == to_torch(nn.Softplus())(torch.tensor(21.0).double()).item()


def test_the_random_generator_of_pytorch_is_left_alone():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    to_torch(nn.MLP(2, [2], seed=0))
    assert torch.equal(before, torch.get_rng_state())


Own = type("Own", (T.Linear,), {})  # a user's class

REFUSED = {
    "BatchNorm1d (at '1') is not supported (there are `nn.LayerNorm` ": lambda: T.Sequential(
        T.Linear(2, 2), T.BatchNorm1d(2)
    ),
    "Own is not supported (its forward is a program of your own: bring its ": lambda: Own(2, 2),
    "PReLU is not supported; what is: Sequential, Linear, ": T.PReLU,
    "Softmax is not supported (it is a function of a list, ": T.Softmax,
    "Conv2d (at '0.1') with groups=2; here it must be 1": lambda: T.Sequential(
        T.Sequential(T.ReLU(), T.Conv2d(2, 2, 1, groups=2))
    ),
    "Conv1d with dilation=(2,); here it must be 1": lambda: T.Conv1d(2, 2, 2, dilation=2),
    "padding_mode='circular'": lambda: T.Conv2d(1, 1, 2, padding_mode="circular"),
    "padding='same' with an even kernel_size": lambda: T.Conv1d(1, 1, 2, padding="same"),
    "MaxPool1d with ceil_mode=True; here it must be False": lambda: T.MaxPool1d(2, ceil_mode=True),
    "return_indices=True": lambda: T.MaxPool2d(2, return_indices=True),
    "dilation=2": lambda: T.MaxPool2d(2, dilation=2),
    "count_include_pad=False": lambda: T.AvgPool1d(2, count_include_pad=False),
    "divisor_override=3": lambda: T.AvgPool2d(2, divisor_override=3),
    "LSTM with bidirectional=True; here it must be False": lambda: T.LSTM(2, 2, bidirectional=True),
    "proj_size=1": lambda: T.LSTM(2, 2, proj_size=1),
    "normalized_shape=(2, 3); here it must be one length": lambda: T.LayerNorm((2, 3)),
    "padding_idx=0": lambda: T.Embedding(3, 2, padding_idx=0),
    "max_norm=1.0": lambda: T.Embedding(3, 2, max_norm=1.0),
    "kdim or vdim; here there is no such option": lambda: T.MultiheadAttention(4, 2, kdim=3),
    "add_bias_kv": lambda: T.MultiheadAttention(4, 2, add_bias_kv=True),
    "add_zero_attn=True": lambda: T.MultiheadAttention(4, 2, add_zero_attn=True),
    "Flatten with end_dim=2; here it must be -1": lambda: T.Flatten(1, 2),
    "start_dim=-2": lambda: T.Flatten(-2),
    "Hardtanh with min_val=0.0; here it must be -1.0": lambda: T.Hardtanh(0.0, 1.0),
    "Softplus with beta=2.0": lambda: T.Softplus(beta=2.0),
    "threshold=5.0; here there is none": lambda: T.Softplus(threshold=5.0),
    "from_torch (at '0'): Dropout: p must be": lambda: T.Sequential(T.Dropout(1.0)),
    "has hooks": lambda: hooked(T.Linear(2, 2)),
    "has hooks or a forward": lambda: patched(T.Linear(2, 2)),
    "the Sequential (at '1') holds itself": lambda: endless(T.Sequential(T.Tanh())),
    "shares a parameter with Linear (at '0')": lambda: tied(T.Linear(2, 2), T.Linear(2, 2)),
    "LazyLinear is not supported": lambda: T.LazyLinear(2),
    "has no numbers (device 'meta')": lambda: T.Linear(2, 2, device="meta"),
    "has complex numbers": lambda: T.Linear(2, 2, dtype=torch.complex128),
    "module must be a torch.nn.Module, got int 3": lambda: 3,
    "got PyTorch's type Linear": lambda: T.Linear,
    "it is a module of this package already": lambda: nn.Linear(2, 1),
    "bring over what it holds, module.module": lambda: T.DataParallel(T.Linear(2, 1)),
    'remove_parametrizations(module, "weight")': lambda: (
        torch.nn.utils.parametrizations.weight_norm(T.Linear(2, 1))
    ),
    "no transformer's block can be brought over whole": lambda: T.TransformerEncoderLayer(4, 2),
}


def hooked(module):
    module.register_forward_hook(lambda *_: None)
    return module


def patched(module):
    module.forward = lambda x: x
    return module


def endless(module):
    module._modules["1"] = module
    return module


def tied(one, other):
    other.weight = one.weight
    return T.Sequential(one, other)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_here_is_refused_by_name(text):
    with pytest.raises((TypeError, ValueError)) as error:
        from_torch(REFUSED[text]())
    assert str(error.value).startswith("from_torch")
    assert text in str(error.value)


def test_what_came_from_pytorch_can_be_drawn_and_stepped_through():
    ours: Any = from_torch(T.Sequential(T.Linear(2, 2), T.Tanh(), T.Linear(2, 1)))
    (y,) = ours([0.5, -1.0])
    y.backward()
    assert "digraph" in draw_dot(y).source
    assert walkthrough(y).steps


def test_the_state_of_a_sequential_is_taken_as_pytorch_writes_it(tmp_path):
    theirs = T.Sequential(T.Linear(2, 3), T.Sequential(T.Tanh(), T.Linear(3, 1))).double()
    ours = nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.Tanh(), nn.Linear(3, 1)))
    torch.save(theirs.state_dict(), tmp_path / "theirs.pt")
    ours.load_state_dict(torch.load(tmp_path / "theirs.pt", weights_only=True))
    x = torch.tensor([0.5, -1.0]).double()
    assert ours(x)[0].data == pytest.approx(theirs(x).item(), rel=1e-12)
    with pytest.raises(ValueError, match=r"load_state_dict\(torch\.load\(path\)\)"):
        ours.load(tmp_path / "theirs.pt")


def test_what_is_of_pytorch_is_told_what_stands_for_it_here():
    model, pairs = nn.Linear(2, 1), [([1.0, 2.0], [3.0])]
    sgd, loss = optim.SGD(model.parameters(), lr=0.1), losses.mean_squared_error
    loader = torch.utils.data.DataLoader(pairs, batch_size=1)
    optimisers = torch.optim.Adam([torch.zeros(1, requires_grad=True)])
    for given, words in (
        ((model, T.MSELoss(), pairs, sgd), "`losses.mean_squared_error(outputs, targets)`"),
        ((model, T.functional.mse_loss, pairs, sgd), "`losses.mean_squared_error`"),
        ((model, loss, loader, sgd), "give its .dataset, and batch_size=32"),
        ((model, loss, pairs, optimisers), "`optim.Adam(model.parameters(), lr=0.1)`"),
        ((T.Linear(2, 1), loss, pairs, sgd), "`tinygrad_neuron.from_torch` brings a module over"),
    ):
        with pytest.raises(TypeError) as caught:
            training.fit(*given, progress=False)
        assert words in str(caught.value)
    assert 10 == len(training.fit(model, loss, loader.dataset, sgd, progress=False).loss)


@pytest.mark.parametrize("kind", ["MLP", "Linear", "Conv2d", "LSTM", "Embedding"])
def test_a_tensor_is_an_input(kind):
    model, given = {
        "MLP": (nn.MLP(2, [3, 1], seed=0), torch.tensor([0.5, -1.0])),
        "Linear": (nn.Linear(2, 3, seed=0), torch.tensor([[0.5, -1.0], [1.0, 2.0]])),
        "Conv2d": (nn.Conv2d(1, 1, 2, seed=0), torch.ones(1, 2, 2)),
        "LSTM": (nn.LSTM(2, 1, seed=0), torch.ones(3, 2)),
        "Embedding": (nn.Embedding(4, 2, seed=0), torch.tensor([3, 1])),
    }[kind]

    def numbers(found):
        return [v.data for v in flat(found)]

    assert numbers(model(given)) == numbers(model(given.tolist()))
    if given.is_floating_point():
        with pytest.raises(TypeError, match="requires a gradient, and would get none from here"):
            model(given.requires_grad_())
