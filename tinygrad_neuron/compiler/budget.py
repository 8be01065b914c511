"""How long a program may be, and of one that is longer, which argument makes it so."""

from collections import Counter
from collections.abc import Sequence

from ..engine import Value, topological_order
from ..scope import Scope

MOST_LINES = 400_000

_STEPS = "fewer steps at a time, with detach(state) between them, or a smaller hidden_size"
_IMAGE = "a smaller input, fewer out_channels, a smaller kernel_size or a larger stride"
_POOL = "a smaller input, or a larger kernel_size and stride"
_SEQUENCE = "a shorter sequence (attention grows with its square), or a smaller"
_NEURONS = "fewer neurons in it or in the layer before"
# What makes fewer operations, by the kind of a module.
_FEWER = {
    **dict.fromkeys(("RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell"), _STEPS),
    **dict.fromkeys(("Conv1d", "Conv2d"), _IMAGE),
    **dict.fromkeys(("MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d"), _POOL),
    "MultiheadAttention": f"{_SEQUENCE} embed_dim",
    "TransformerEncoderLayer": f"{_SEQUENCE} dim_feedforward or d_model",
    "Linear": "smaller in_features or out_features",
    **dict.fromkeys(("LayerNorm", "RMSNorm"), "a smaller normalized_shape"),
    **dict.fromkeys(("Layer", "Neuron", "Perceptron"), _NEURONS),
}


def check_length(title: str, lines: int, outputs: Sequence[Value]) -> None:
    """Refuse a program of too many lines; `outputs` is what the function returned."""
    if lines > MOST_LINES:
        raise ValueError(
            f"compile: {title} takes {lines:,} lines; up to {MOST_LINES:,} can be compiled. "
            f"{_most(outputs)}Compile a smaller part, such as the loss of one example, and use "
            ".sum(examples) or .mean(examples)"
        )


def _most(outputs: Sequence[Value]) -> str:
    """Which module recorded the most, in how many calls and steps, and what makes it fewer."""
    counts: Counter[Scope] = Counter()
    scopes: dict[Scope, set[Scope]] = {}
    total = 0
    for node in topological_order(*outputs):
        if not node._prev:
            continue
        total += 1
        call = _call(node.within)
        if call is not None:
            counts[call.place] += 1
            scopes.setdefault(call.place, set()).add(node.within or call)
    if not counts:
        return ""
    place, count = counts.most_common(1)[0]
    calls = len({_call(scope) for scope in scopes[place]})
    steps = len({scope.name for scope in scopes[place] if scope.name.startswith("step ")})
    found = [f"{n:,} {what}{'s' * (n > 1)}" for n, what in ((calls, "call"), (steps, "step")) if n]
    inside = found[-1] if calls == 1 else " of ".join(found)
    name = place.kind if place.parent is None else f"{place} ({place.kind})"
    fewer = _FEWER.get(place.kind)
    advice = f"; what makes fewer: {fewer}" if fewer else ""
    return f"{name} recorded {count:,} of {total:,} operations in {inside}{advice}. "


def _call(scope: Scope | None) -> Scope | None:
    """The innermost call of a module around a node; of neurons in a layer, that of the layer."""
    while scope is not None and (
        scope.kind == "scope" or (scope.kind == "Neuron" and scope.parent is not None)
    ):
        scope = scope.parent
    return scope
