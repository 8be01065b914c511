"""Names in generated text do not keep what they were made from."""

import gc

from tinygrad_neuron import compile, nn
from tinygrad_neuron.scope import Scope


def scopes() -> int:
    gc.collect()
    return sum(type(each) is Scope for each in gc.get_objects())


def test_the_scopes_of_models_that_are_gone_are_gone() -> None:
    before = scopes()
    for _ in range(300):  # 7 scopes each
        model = nn.MLP(2, [3, 1], seed=0)
        compile(lambda x, model=model: model(x))([1.0, 2.0])
    del model
    assert scopes() - before < 1000
