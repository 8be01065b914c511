"""Values: arithmetic with numbers on either side, functions, gradients of any order."""

from tinygrad_neuron import Value, define_operation, exp, grad, gradients, hessian, maximum, mean
from tinygrad_neuron import softmax, sum, topological_order

a, b = Value(2.0, label="a"), Value(3)
c: Value = 2 * a + b / 4 - a**2 + 1.5
c += a.tanh() * b.sigmoid().leaky_relu(slope=0.1)
c = maximum(c, 0.0) + exp(-a) + abs(b)
c.backward()
number: float = a.grad + c.item() + c.data
a.data -= 0.1 * a.grad
a.grad = 0.0
smaller: bool = a < b
total: Value = sum([a, b, 1.0]) + mean([a, b])
probabilities: list[Value] = softmax([a, b, 0.5])
constant: Value = a.detach()
needs: bool = a.requires_grad
order: list[Value] = topological_order(c)
names: list[str] = [node.label for node in order]


def f(x: Value) -> Value:
    return x * x * x


slope: Value = grad(f)(2.0)
bend: Value = grad(grad(f))(2.0)
(da,) = gradients(f(a), [a])
once_more: Value = da * 2.0
curvature = hessian(lambda p: p[0] * p[1])([1.0, 2.0])
square = define_operation("typed_square", "a * a", ["2 * a"])
squared: Value = square(Value(3.0))
