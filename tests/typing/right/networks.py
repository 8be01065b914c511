"""Networks: one's own modules, layers of all kinds, a training loop as in PyTorch."""

from collections.abc import Sequence

import numpy as np

from tinygrad_neuron import Value, losses, nn, optim


class Line(nn.Module):
    def __init__(self, slope: float = 1.0) -> None:
        self.slope = Value(slope)
        self.offset = Value(0.0)

    def __call__(self, x: float | Value) -> Value:
        return self.slope * x + self.offset


line = Line(slope=2.0)
y: Value = line(3.0)
parameters: list[Value] = line.parameters()
named: dict[str, Value] = dict(line.named_parameters())
model = nn.MLP(2, [4, 1], activation="tanh", seed=0)
neuron = nn.Neuron(2, activation="sigmoid", weights=[0.5, -1.0], bias=0.1)
out: Value = neuron([1.0, 2.0])
of_array: Value = neuron(np.array([1.0, 2.0]))
distance: float = neuron.signed_distance([1, 2])
optimiser = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
examples: Sequence[tuple[list[float], float]] = [([0.0, 1.0], 1.0), ([1.0, 1.0], -1.0)]
for _ in range(3):
    loss = losses.mean_squared_error([model(x) for x, _ in examples], [t for _, t in examples])
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    shown: float = loss.item()
decayed = optim.AdamW(line.parameters(), lr=optim.step_decay(0.1, every=10), weight_decay=0.01)
deep = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Dropout(0.5), nn.Linear(3, 2))
deep.train()
logits = deep([1.0, 2.0])
entropy: Value = losses.cross_entropy(logits, 1)
evaluated: nn.Sequential = deep.eval()
deep.load_state_dict(deep.state_dict())
picture = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(2 * 2 * 2, 1))
scores = picture([[[float(i + j) for i in range(4)] for j in range(4)]])
outputs, (hidden, cell) = nn.LSTM(1, 2)([[0.1], [0.2]])
unit = nn.McCullochPitts(2, 2)
fires: int = unit(1, 1)
