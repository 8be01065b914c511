"""What "dead" and "saturated" mean and what helps: said once for pictures, pages, diagnoses."""

from .calculus.operation import Operation
from .engine import Value
from .passes import slopes

SATURATED = 0.01  # a local derivative below it counts as nearly flat

HELP = {
    "dead": "A leaky_relu, another bias or a smaller learning rate keeps a gradient alive.",
    "saturated": "Smaller weights or scaled inputs bring it back to where it is steep.",
    "vanishing": "Fewer saturating activations, a better initialisation or a shorter way helps.",
    "exploding": "Smaller weights, a better initialisation or clipping the gradient helps.",
    "failing": "Its operands have to be numbers that the operation is defined for.",
}


def can_be_flat(node: Value) -> bool:
    """Whether a node's operation is one that can be dead or saturated.

    >>> can_be_flat(Value(1.0).relu()), can_be_flat(Value(1.0) + 1.0)
    (True, False)
    """
    operation = node._operation
    return isinstance(operation, Operation) and (operation.activation or operation.flat)


def steepest(node: Value) -> tuple[float, Value] | None:
    """The largest local derivative of a node, without its sign, and the operand that it is for.

    At 0 a node that can be flat is dead, below `SATURATED` it is saturated. None where there is no
    local derivative.

    >>> steepest(Value(-2.0).relu())
    (0.0, Value(data=-2.0))
    """
    known = [
        (abs(slope), operand)
        for slope, operand in zip(slopes(node), node._prev, strict=True)
        if slope is not None
    ]
    return max(known, key=lambda pair: pair[0], default=None)
