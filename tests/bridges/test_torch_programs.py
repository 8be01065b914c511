"""The programs that `torch_source` writes, run in PyTorch against the same steps here."""

import json
import random
import runpy
import subprocess
import sys
from functools import partial

import pytest

from tinygrad_neuron import losses, nn, optim, torch_source

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed; the extra torch brings it: its programs are not run"
)

# Models whose program is run against the same steps here: with a loss, targets and an optimiser.
X = [[0.5, -1.0], [2.0, 0.3], [-0.7, 0.9]]
IMAGES = [[[[random.Random(k).gauss(0, 1) for _ in range(4)] for _ in range(4)]] for k in range(3)]
PROGRAMS = {
    "a network, squares": (
        lambda: nn.MLP(2, [4, 1], "tanh", seed=0),
        losses.mean_squared_error,
        lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
        X,
        [1.0, -1.0, 0.5],
    ),
    "a neuron, logits": (
        lambda: nn.Neuron(2, nonlin=False, seed=0),
        losses.binary_cross_entropy_with_logits,
        lambda p: optim.Adam(p, lr=optim.cosine_decay(0.1, 4, final=0.02)),
        X,
        [1, 0, 1],
    ),
    "probabilities": (
        lambda: nn.Layer(2, 1, activation="sigmoid", seed=0),
        "binary_cross_entropy",
        lambda p: optim.SGD(p, lr=optim.step_decay(0.5, 2, 0.3)),
        X,
        [1, 0, 1],
    ),
    "two outputs, Huber's": (
        lambda: nn.Sequential(nn.Linear(2, 3, seed=0), nn.GELU(), nn.Linear(3, 2, seed=1)),
        partial(losses.huber, delta=0.5),
        lambda p: optim.AdamW(p, lr=0.05, betas=(0.8, 0.99), weight_decay=0.1),
        X,
        [[1.0, 2.0], [0.0, -1.0], [0.5, 0.5]],
    ),
    "absolute errors": (
        lambda: nn.MLP(2, [3, 1], "softplus", seed=3),
        losses.mean_absolute_error,
        lambda p: optim.SGD(p, lr=optim.cosine_decay(0.1, 3)),
        X,
        [1.0, -1.0, 0.5],
    ),
    "hinge": (
        lambda: nn.MLP(2, [3, 1], "relu", seed=4),
        losses.hinge,
        lambda p: optim.SGD(p, lr=0.1, weight_decay=0.1),
        X,
        [1, -1, 1],
    ),
    "images, classes": (
        lambda: nn.Sequential(
            nn.Conv2d(1, 2, 3, seed=0),
            nn.Sequential(nn.ReLU(), nn.MaxPool2d(2, 1), nn.Dropout(0.0)),
            nn.Flatten(),
            nn.LayerNorm(2),
            nn.Linear(2, 3, seed=1),
        ),
        losses.cross_entropy,
        lambda p: optim.Adam(p, lr=0.05, weight_decay=0.01),
        IMAGES,
        [0, 2, 1],
    ),
    "letters, distributions": (
        lambda: nn.Sequential(
            nn.Embedding(4, 2, seed=0), nn.Flatten(), nn.RMSNorm(4), nn.Linear(4, 2, seed=1)
        ),
        losses.cross_entropy,
        lambda p: optim.SGD(p, lr=0.5),
        [[0, 1], [3, 1]],
        [[0.25, 0.75], [1.0, 0.0]],
    ),
    "sequences, as long as there are classes": (
        lambda: nn.Sequential(nn.Embedding(4, 2, seed=0), nn.Linear(2, 2, seed=1)),
        losses.cross_entropy,
        lambda p: optim.SGD(p, lr=0.5),
        [[0, 1], [2, 3]],
        [[0, 1], [0, 1]],
    ),
    "sequences of distributions": (
        lambda: nn.Sequential(nn.Embedding(4, 2, seed=0), nn.Linear(2, 2, seed=1)),
        losses.cross_entropy,
        lambda p: optim.SGD(p, lr=0.5),
        [[0, 1, 1], [2, 3, 0]],
        [[[0.25, 0.75], [1.0, 0.0], [0.5, 0.5]]] * 2,
    ),
    "sequences of numbers": (
        lambda: nn.Sequential(nn.Embedding(4, 2, seed=0), nn.Linear(2, 2, seed=1)),
        losses.hinge,
        lambda p: optim.SGD(p, lr=0.5),
        [[0, 1, 1], [2, 3, 0]],
        [[[1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]]] * 2,
    ),
    "a cell": (
        lambda: nn.Sequential(nn.GRUCell(2, 3, seed=0), nn.Linear(3, 1, seed=0)),
        losses.mean_squared_error,
        lambda p: optim.SGD(p, lr=0.5),
        X,
        [[1.0], [0.5], [0.25]],
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_program_trains_as_we_do(name, tmp_path):
    make, loss, make_optimiser, inputs, targets = PROGRAMS[name]
    model = make()
    optimiser = make_optimiser(model.parameters())
    program = tmp_path / "program.py"
    program.write_text(torch_source(model, loss, optimiser), "utf-8")
    try:
        printed = runpy.run_path(str(program))["train"](inputs, targets, 5)
    finally:
        torch.set_default_dtype(torch.float32)
    expected = steps_of(model, loss, optimiser, inputs, targets)
    assert expected == pytest.approx(printed, rel=1e-12, abs=0.0)


def steps_of(model, loss, optimiser, inputs, targets):
    """The losses before each of five steps on all examples at once."""
    function = getattr(losses, loss) if isinstance(loss, str) else loss
    found = []
    for _ in range(5):
        total = sum(function(model(x), t) for x, t in zip(inputs, targets, strict=True))
        mean = total / len(inputs)
        optimiser.zero_grad()
        mean.backward()
        optimiser.step()
        found.append(mean.data)
    return found


def test_the_program_runs_by_itself_on_a_file_of_data(tmp_path):
    model = nn.MLP(2, [3, 1], seed=0)
    optimiser = optim.SGD(model.parameters(), lr=0.1)
    text = torch_source(model, losses.mean_squared_error, optimiser)
    (tmp_path / "program.py").write_text(text, "utf-8")
    (tmp_path / "data.json").write_text(json.dumps([X, [1.0, 0.0, 2.0]]), "utf-8")
    command = [sys.executable, "program.py", "data.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert "" == done.stderr
    printed = [line.split() for line in done.stdout.splitlines()]
    assert ["0", "99"] == [printed[0][0], printed[-1][0]]
    assert float(printed[-1][1]) < float(printed[0][1])
