"""One neuron, forward and backward, one contribution a line.

    python demos/walkthrough.py

In a terminal it waits for Enter before each line.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import suppress

from tinygrad_neuron import Value, local_derivatives, nn, topological_order
from tinygrad_neuron.console import Writer, as_program


def lines() -> Iterator[str]:
    """The lines that are printed: the neuron's numbers forward, then backward."""
    neuron = nn.Neuron(2, activation="tanh", bias=-0.5)
    neuron.w[0].data, neuron.w[1].data = 0.5, -1.0
    x = [Value(2.0, label="x0"), Value(-0.5, label="x1")]
    y = neuron(x)
    z = y._prev[0]
    w_x = z._prev[0]
    products = w_x._prev

    yield "forward: the output y = tanh(w0*x0 + w1*x1 + b)"
    for product in products:
        a, b = product._prev
        yield f"  {product.label} = {a.data:g} * {b.data:g} = {product.data:g}"
    terms = " + ".join(f"{product.data:g}" for product in products)
    yield f"  w·x = {terms} = {w_x.data:g}"
    yield f"  z = {w_x.data:g} + {neuron.b.data:g} = {z.data:g}"
    yield f"  y = tanh({z.data:g}) = {y.data:.4f}"

    yield "backward: incoming * local = contribution, old + contribution = new"
    yield "  y: 1.0000 to start with, the derivative of y for itself"
    grad = dict.fromkeys(topological_order(y), 0.0)
    grad[y] = 1.0
    for node in reversed(topological_order(y)):
        for operand, local in local_derivatives(node):
            contribution = grad[node] * local
            new = grad[operand] + contribution
            yield (
                f"  {operand.label} from {node.label}: "
                f"{grad[node]:.4f} * {local:.4f} = {contribution:.4f}, "
                f"{grad[operand]:.4f} + {contribution:.4f} = {new:.4f}"
            )
            grad[operand] = new

    y.backward()
    assert all(grad[node] == node.grad for node in grad)
    yield "the same numbers as y.backward()"


def main() -> None:
    """Print the lines, one for each press of Enter where there is a terminal."""
    write = Writer(sys.stdout)  # in the letters that the terminal has
    pause = all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))
    for line in lines():
        write(line)
        if pause:
            input()
        else:
            write("\n")


if __name__ == "__main__":
    argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0]).parse_args()
    with suppress(EOFError):  # Ctrl-D at the pause
        sys.exit(as_program(main))
