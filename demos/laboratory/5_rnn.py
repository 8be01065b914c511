"""A recurrent neuron remembers: how the gradient travels back through time."""

from tinygrad_neuron import Value, nn, walkthrough
from tinygrad_neuron.course import show

cell = nn.RNNCell(1, 1, seed=0)
cell.parameters()[1].data = 0.6  # the weight of what is remembered: try 1.5, or 0.1

inputs = [Value(x, label=f"x{t}") for t, x in enumerate([1.0, 0.0, 0.0, 0.0])]
state = [Value(0.0, label="h")]
for x in inputs:
    state = cell([x], state)

state[0].backward()
for x in inputs:
    print(f"the derivative of the last state for {x.label}: {x.grad:.4f}")
show(walkthrough(state[0]))
