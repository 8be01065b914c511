"""A neuron, forward and backward: change a number and run again."""

from tinygrad_neuron import Value, walkthrough
from tinygrad_neuron.course import show

w0, w1 = Value(0.5, label="w0"), Value(-1.0, label="w1")
x0, x1 = Value(2.0, label="x0"), Value(-0.5, label="x1")
b = Value(-0.5, label="b")

y = (w0 * x0 + w1 * x1 + b).tanh()
y.backward()
print(f"y = {y.data:.4f}, its derivative for w0 is {w0.grad:.4f}")

show(y)
show(walkthrough(y))
