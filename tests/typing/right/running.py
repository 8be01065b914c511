"""Compilation, pictures, walkthroughs, data, and training in one call."""

import tempfile
from pathlib import Path

import tinygrad_neuron as tn
from tinygrad_neuron import Value, datasets, draw_dot, draw_network, losses, nn, optim, training
from tinygrad_neuron import walkthrough
from tinygrad_neuron.compiler import Compiled, compile

neuron = nn.Neuron(2, activation="tanh", seed=0)


@compile
def loss(x: list[float], target: float) -> Value:
    return (neuron(x) - target) ** 2


compiled: Compiled = loss
single: Value = loss([0.5, 1.0], 1.0)
batch = [([0.5, -1.0], 1.0), ([2.0, 0.3], -1.0)]
whole: Value = loss.mean(batch)
whole.backward()
text: str = loss.source
with loss.trainer(optim.SGD(neuron.parameters(), lr=0.1)) as trainer:
    step: float = trainer.step(loss.bind(batch))
fast = tn.compile(lambda v: v * v, target="python")

data = datasets.moons(20, noise=0.1, seed=1)
train, test = datasets.train_test_split(data, test_fraction=0.25, seed=0)
for features, _target in train:
    first: float = features[0]
model = nn.MLP(2, [4, 1], activation="tanh", seed=0)
record = training.fit(
    model, losses.binary_cross_entropy_with_logits, train,
    optim.Adam(model.parameters(), lr=0.05), epochs=2, progress=False,
)  # fmt: skip
history: list[float] = record.loss
accuracy: float = training.accuracy([0.3, -0.2], [1, 0])

y = neuron([1.0, 2.0])
dot = draw_dot(y, rankdir="TB", theme="dark", digits=3)
source: str = dot.source
network: str = draw_network(model, theme="paper").source
of_example: str = draw_dot(model, example=[1.0, 2.0], output=0).source
walk = walkthrough(y, digits=3)
walk = walkthrough(model, [1.0, 2.0], output=0)
words: str = walk.text()
steps: int = len(walk)
with tempfile.TemporaryDirectory() as folder:
    Path(folder, "steps.json").write_text(walk.to_json(), "utf-8")
    model.save(Path(folder, "model.json"))
    model.load(Path(folder, "model.json"))
