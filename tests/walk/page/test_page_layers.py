"""Layers step through on the page, which computes what the engine does, also after a change."""

from typing import Any

import pytest

from tinygrad_neuron import Value, nn, sum
from tinygrad_neuron.nn.shapes import flat

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version


def _rows(rows: int, columns: int) -> Any:
    return [
        [Value(0.5 * i - 0.3 * j + 0.1, label=f"x{i}{j}") for j in range(columns)]
        for i in range(rows)
    ]


LAYERS: dict[str, tuple[Any, tuple[int, int]]] = {
    "Linear": (nn.Linear(2, 2, seed=0), (1, 2)),
    "Conv1d": (nn.Conv1d(1, 1, 2, padding=1, seed=0), (1, 3)),
    "MaxPool1d": (nn.MaxPool1d(3), (1, 3)),
    "AvgPool1d": (nn.AvgPool1d(2), (1, 4)),
    "RNN": (lambda x: nn.RNN(1, 1, seed=0)(x)[0], (2, 1)),
    "LSTM": (lambda x: list(nn.LSTMCell(1, 1, bias=False, seed=0)(x[0])), (1, 1)),
    "GRU": (lambda x: nn.GRU(1, 1, seed=0)(x)[0], (2, 1)),
    "attention": (lambda x: nn.scaled_dot_product_attention(x, x, x, is_causal=True), (2, 1)),
    "LayerNorm": (nn.LayerNorm(3), (1, 3)),
    "RMSNorm": (nn.RMSNorm(2), (1, 2)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_on_the_page_is_the_engines(open_page: Any, name: str) -> None:
    layer, lengths = LAYERS[name]
    x = _rows(*lengths)
    outputs = flat(layer(x))
    root = sum([(0.5 + k) * v for k, v in enumerate(outputs)])
    tab = open_page(root)
    tab.press("End")
    assert tab.agrees()
    tab.type("x00", "1.25")
    x[0][0].data = 1.25
    assert tab.agrees()
