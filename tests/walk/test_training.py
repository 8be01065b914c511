"""Walkthroughs of training: any optimiser, on the graph itself or on batches of examples."""

import pytest

from tinygrad_neuron import Value, nn, optim, walkthrough
from tinygrad_neuron.datasets import moons
from tinygrad_neuron.walk import Training

DATA = [(point, 2.0 * label - 1.0) for point, label in moons(10, seed=1)]
OPTIMISERS = {
    "SGD": lambda p: optim.SGD(p, lr=0.1),
    "momentum": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "Adam": lambda p: optim.Adam(p, lr=0.05),
    "AdamW": lambda p: optim.AdamW(p, lr=optim.cosine_decay(0.05, steps=8)),
}


def model_and_loss():
    model = nn.MLP(2, [3, 1], activation="tanh", seed=1)
    return model, lambda x0, x1, target: (model([x0, x1]) - target) ** 2


@pytest.mark.parametrize("name", OPTIMISERS)
@pytest.mark.parametrize("batch", [1, 4, None])
def test_batches_move_the_parameters_as_training_by_hand_does(name, batch):
    model, loss = model_and_loss()
    before = [p.data for p in model.parameters()]
    training = Training(OPTIMISERS[name](model.parameters()), iterations=4, batch=batch)
    walk = walkthrough(loss, *DATA[0][0], 1.0, data=DATA, training=training)
    assert before == [p.data for p in model.parameters()]
    other, other_loss = model_and_loss()
    optimiser = OPTIMISERS[name](other.parameters())
    size = batch or len(DATA)
    for k in range(4):
        optimiser.zero_grad()
        for j in range(size):
            point, label = DATA[(k * size + j) % len(DATA)]
            other_loss(*point, label).backward(1.0 / size)
        optimiser.step()
        updates = {s.name: s for s in walk if s.phase == "update" and s.iteration == k + 1}
        assert len(before) == len(updates)
        assert [p.data for p in other.parameters()] == pytest.approx(
            [step.after for step in updates.values()], rel=1e-12
        )
    assert before == [p.data for p in model.parameters()]
    assert 0 == training.parameters.steps
    assert [0.0] * len(before) == (getattr(training.parameters, "means", [0.0] * len(before)))


def test_the_parameters_and_the_optimiser_stay_where_it_says_so():
    model, loss = model_and_loss()
    adam = optim.Adam(model.parameters(), lr=0.05)
    training = Training(adam, iterations=3, keep=True)
    walk = walkthrough(loss, *DATA[0][0], 1.0, data=DATA, training=training)
    last = [s.after for s in walk if s.phase == "update" and s.iteration == 3]
    assert last == [p.data for p in model.parameters()]
    assert 3 == adam.steps and any(adam.means)


def test_a_rule_is_told_assignment_by_assignment():
    p = Value(1.0, label="p")
    optimiser = optim.SGD([p], lr=0.5, momentum=0.5)
    walk = walkthrough(lambda: p * p, training=Training(optimiser, iterations=2))
    first, second = (s for s in walk if s.phase == "update")
    assert "velocity = momentum * velocity + g; p = p - lr * velocity" == first.formula
    assert "velocity = 0.5 * 0 + 2 = 2; p = 1 - 0.5 * 2 = 0" == first.numbers
    assert "velocity = 0.5 * 2 + 0 = 1; p = 0 - 0.5 * 1 = -0.5" == second.numbers
    assert "p moves from 0 to -0.5." == second.sentence


def test_what_does_not_fit_is_said():
    model, loss = model_and_loss()
    with pytest.raises(ValueError, match="batch is for examples"):
        walkthrough(lambda: loss(1.0, 1.0, 1.0), training=Training(model.parameters(), batch=2))
    with pytest.raises(TypeError, match=r"no data=\.\.\., the function has no arguments"):
        walkthrough(loss, 1.0, training=Training(model.parameters()))
    with pytest.raises(TypeError, match="give a function"):
        walkthrough(Value(1.0), training=Training(model.parameters()))
