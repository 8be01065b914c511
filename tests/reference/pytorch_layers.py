"""Writes layers.json: what PyTorch's layers give on the cases, in float64.

Run once, in an environment of its own, from the repository's root:

    pip install torch==2.13.0
    python -m tests.reference.pytorch_layers
"""

import json
from pathlib import Path
from typing import Any

import torch

from tests.reference.cases import CASES, Case, coefficient, numbers

torch.set_default_dtype(torch.float64)
torch.backends.mha.set_fastpath_enabled(False)


def tensor(shape: Any, place: int, case: Case) -> Any:
    """One argument of a call, or a pair of them."""
    if isinstance(shape, list):
        return torch.tensor(shape)
    if isinstance(shape[0], tuple):
        return tuple(tensor(part, place + 1 + k, case) for k, part in enumerate(shape))
    return torch.tensor(numbers(shape, 1000 * place, case.ties), requires_grad=True)


def flat(x: Any) -> list[torch.Tensor]:
    """All tensors of a result, one after another."""
    if x is None:
        return []
    return [x] if isinstance(x, torch.Tensor) else [t for part in x for t in flat(part)]


def found(case: Case) -> dict[str, Any]:
    """The outputs of one case, and the gradients of its inputs and parameters."""
    inputs = [tensor(shape, place, case) for place, shape in enumerate(case.inputs)]
    options = {
        name: torch.tensor(value) if isinstance(value, list) else value
        for name, value in case.call.items()
    }
    if hasattr(torch.nn, case.layer):
        layer = getattr(torch.nn, case.layer)(*case.arguments, **case.options, **case.torch)
        parameters = dict(layer.named_parameters())
    else:
        layer, parameters = getattr(torch.nn.functional, case.layer), {}
    for place, parameter in enumerate(parameters.values()):
        given = torch.tensor(numbers(tuple(parameter.shape), 10000 + 1000 * place))
        parameter.data = given / 2
    if case.causal:
        mask = torch.nn.Transformer.generate_square_subsequent_mask(case.inputs[0][0])
        options |= {"src_mask" if "Encoder" in case.layer else "attn_mask": mask.double()}
    outputs = torch.cat([t.flatten() for t in flat(layer(*inputs, **options))])
    (outputs * torch.tensor([coefficient(k) for k in range(len(outputs))])).sum().backward()
    return {
        "outputs": outputs.tolist(),
        "inputs": [t.grad.flatten().tolist() for t in flat(inputs) if t.grad is not None],
        "parameters": {name: p.grad.flatten().tolist() for name, p in parameters.items()},
    }


if __name__ == "__main__":
    text = ",\n".join(f"{json.dumps(case.name)}: {json.dumps(found(case))}" for case in CASES)
    path = Path(__file__).parent / "layers.json"
    path.write_text(f"{{\n{text}\n}}\n", encoding="utf-8")
    print(f"{len(CASES)} cases, {path.stat().st_size} bytes")
