"""Bound batches and trainers give the numbers of the plain training loop, to the last bit."""

import copy
import gc
import math
import pickle
import threading
import weakref

import pytest

from tinygrad_neuron import Value, datasets, log, losses, nn, optim, step, tanh
from tinygrad_neuron.compiler import compile

pytestmark = pytest.mark.both_targets

EXAMPLES = [([0.5, -1.0], 1.0), ([2.0, 0.25], -1.0), ([-0.5, 0.75], 1.0), ([1.5, 1.5], -1.0),
            ([0.125, -2.0], -1.0)]  # fmt: skip
OPTIMISERS = {
    "SGD": lambda p: optim.SGD(p, lr=0.1),
    "SGD with weight decay": lambda p: optim.SGD(p, lr=0.1, weight_decay=0.01),
    "momentum": lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
    "Nesterov": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "Adam": lambda p: optim.Adam(p, lr=0.05),
    "Adam with weight decay": lambda p: optim.Adam(p, lr=0.05, weight_decay=0.1),
    "AdamW": lambda p: optim.AdamW(p, lr=0.05),
    "a schedule": lambda p: optim.SGD(p, lr=optim.cosine_decay(0.2, steps=5)),
}


def model_and_loss(activation="tanh", sizes=(5, 1)):
    model = nn.MLP(2, list(sizes), activation=activation, seed=3)
    return model, lambda x, t: losses.hinge(model(x), t)


def numbers_of(model, optimiser):
    state = optimiser.get_state()
    parameters = model.parameters()
    return [p.data for p in parameters], [p.grad for p in parameters], optimiser.steps, state


def plain_loop(make_optimiser, batches):
    """The four lines, eager."""
    model, loss = model_and_loss()
    optimiser = make_optimiser(model.parameters())
    means = []
    for examples in batches:
        optimiser.zero_grad()
        total = Value(0.0)
        for example in examples:
            result = loss(*example)
            result.backward(1.0 / len(examples))
            total = total + result
        means.append(total.data / len(examples))
        optimiser.step()
    return means, numbers_of(model, optimiser)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_trainer_gives_the_bits_of_the_plain_loop(name):
    batches = [EXAMPLES, EXAMPLES[:2], EXAMPLES[2:], EXAMPLES, EXAMPLES[1:4], EXAMPLES]
    expected_means, expected = plain_loop(OPTIMISERS[name], batches)
    model, loss = model_and_loss()
    optimiser = OPTIMISERS[name](model.parameters())
    compiled = compile(loss)
    with compiled.trainer(optimiser) as trainer:
        means = [trainer.step(compiled.bind(examples)) for examples in batches[:3]]
        trainer.write_back()
        trainer.read()
        means += [trainer.step(examples) for examples in batches[3:]]
    assert expected_means == means
    assert expected == numbers_of(model, optimiser)


def test_steps_and_the_optimisers_own_step_can_alternate():
    batches = [EXAMPLES] * 4
    _, expected = plain_loop(OPTIMISERS["Adam"], batches)
    model, loss = model_and_loss()
    optimiser = OPTIMISERS["Adam"](model.parameters())
    compiled = compile(loss)
    for k in range(4):
        if k % 2:
            optimiser.zero_grad()
            compiled.mean(EXAMPLES).backward()
            optimiser.step()
        else:
            with compiled.trainer(optimiser) as trainer:
                trainer.step(EXAMPLES)
    assert expected == numbers_of(model, optimiser)


def test_a_bound_batch_is_taken_wherever_examples_are():
    model, loss = model_and_loss()
    compiled = compile(loss)
    batch = compiled.bind(EXAMPLES)
    assert 5 == len(batch)
    assert EXAMPLES == list(batch)
    assert compiled.map(EXAMPLES) == compiled.map(batch)
    for method in (compiled.sum, compiled.mean):
        found = []
        for examples in (EXAMPLES, batch):
            for p in model.parameters():
                p.grad = 0.0
            result = method(examples)
            result.backward()
            found.append([result.data, *(p.grad for p in model.parameters())])
        assert found[0] == found[1]


def test_a_bound_batch_sees_the_parameters_as_they_are_now():
    w = Value(2.0)
    compiled = compile(lambda x: w * x)
    batch = compiled.bind([(3.0,), (4.0,)])
    assert 14.0 == compiled.sum(batch).data
    w.data = -1.0
    assert -7.0 == compiled.sum(batch).data


def test_a_bound_batch_holds_the_numbers_of_when_it_was_bound():
    w, x = Value(2.0), [1.0, 2.0]
    compiled = compile(lambda v: w * v[0] + v[1])
    batch = compiled.bind([(x,)])
    x[0] = 100.0
    assert 4.0 == compiled.sum(batch).data


def test_a_bound_batch_of_another_function_is_a_list_of_examples():
    w = Value(2.0)
    batch = compile(lambda x: w * x).bind([(3.0,)])
    assert 9.0 == compile(lambda x: x * x).sum(batch).data


def test_values_among_bound_examples_stay_live_and_get_their_gradients():
    x = Value(3.0)
    compiled = compile(lambda v: v * v)
    batch = compiled.bind([(x,), (x,)])
    x.data = 5.0
    total = compiled.sum(batch)
    total.backward()
    assert (50.0, 20.0) == (total.data, x.grad)


def test_examples_of_several_structures_in_one_batch():
    w = Value(0.5)

    def loss(x):
        total = w * 0.0
        for item in x:
            total = (total + w * item).tanh()
        return total * total

    examples = [([1.0],), ([1.0, 2.0],), ([3.0],), ([0.5, 0.25, -1.0],)]
    expected = []
    optimiser = optim.SGD([w], lr=0.1)
    for _ in range(3):
        optimiser.zero_grad()
        results = [loss(*example) for example in examples]
        for result in results:
            result.backward(0.25)
        optimiser.step()
        expected.append(w.data)
    w.data, w.grad = 0.5, 0.0
    compiled = compile(loss)
    found = []
    with compiled.trainer(optim.SGD([w], lr=0.1)) as trainer:
        for _ in range(3):
            trainer.step(examples)
            trainer.write_back()
            found.append(w.data)
    assert expected == found


def test_what_the_loss_reads_besides_parameters_stays_live_and_gets_no_gradient():
    w, scale = Value(1.0), Value(2.0)
    compiled = compile(lambda x: w * scale * x)
    with compiled.trainer(optim.SGD([w], lr=1.0)) as trainer:
        assert 2.0 == trainer.step([(1.0,)])
        scale.data = 3.0
        assert -3.0 == trainer.step([(1.0,)])
    assert (-4.0, 3.0, 0.0) == (w.data, w.grad, scale.grad)


def test_a_parameter_that_the_loss_does_not_read_only_decays():
    w, lazy = Value(1.0), Value(8.0)
    compiled = compile(lambda x: w * x)
    with compiled.trainer(optim.SGD([lazy, w], lr=0.5, weight_decay=1.0)) as trainer:
        trainer.step([(1.0,)])
    assert (4.0, 0.0, 0.0, 1.0) == (lazy.data, w.data, lazy.grad, w.grad)


def test_integer_labels_and_a_fresh_mask_at_each_step():
    def trained(with_trainer):
        model = nn.MLP(3, [4, 3], activation="tanh", seed=1)
        dropout = nn.Dropout(0.5, seed=2)

        def loss(x, label):
            return losses.cross_entropy(model(dropout(x)), label)

        examples = [([1.0, 2.0, -1.0], 0), ([0.5, 0.25, 3.0], 2), ([-1.0, 0.0, 1.0], 1)]
        optimiser = optim.SGD(model.parameters(), lr=0.1)
        compiled = compile(loss)
        batch = compiled.bind(examples)
        means = []
        with compiled.trainer(optimiser) as trainer:
            for k in range(4):
                dropout.train() if k < 3 else dropout.eval()
                if with_trainer:
                    means.append(trainer.step(batch))
                else:
                    optimiser.zero_grad()
                    result = compiled.mean(examples)
                    result.backward()
                    optimiser.step()
                    means.append(result.data)
        return means, [p.data for p in model.parameters()]

    means, parameters = trained(with_trainer=True)
    assert 4 == len(set(means))
    assert (means, parameters) == trained(with_trainer=False)


def test_a_failed_step_is_not_taken_and_says_what_failed():
    w = Value(2.0, label="w")
    compiled = compile(lambda x: (w * x).log())
    optimiser = optim.Adam([w], lr=0.1)
    with compiled.trainer(optimiser) as trainer:
        trainer.step([(1.0,)])
        trainer.write_back()
        before = w.data
        with pytest.raises(ValueError, match="log of -"):
            trainer.step([(1.0,), (-1.0,)])
        trainer.write_back()
        assert (1, before) == (optimiser.steps, w.data)
        assert math.log(before) == trainer.step([(1.0,)])
    assert w.data < before


def test_an_error_in_the_backward_pass_of_a_step():
    w = Value(0.0, label="w")
    compiled = compile(lambda x: w.sqrt() * x)
    trainer = compiled.trainer(optim.SGD([w], lr=0.1))
    with pytest.raises(ZeroDivisionError, match=r"derivative of sqrt of 0.0 \('w'\)"):
        trainer.step([(1.0,)])
    trainer.write_back()
    assert (0.0, 0.0) == (w.data, w.grad)


def test_the_values_keep_their_numbers_until_they_are_written_back():
    w = Value(1.0)
    compiled = compile(lambda x: w * x)
    trainer = compiled.trainer(optim.SGD([w], lr=0.5))
    trainer.step([(1.0,)])
    assert (1.0, 0.0) == (w.data, w.grad)
    trainer.write_back()
    assert (0.5, 1.0) == (w.data, w.grad)


def test_a_parameter_assigned_in_between_is_not_overwritten_silently():
    w, b = Value(1.0, label="w"), Value(1.0, label="b")
    compiled = compile(lambda x: w * x + b)
    trainer = compiled.trainer(optim.SGD([b, w], lr=0.5))
    trainer.step([(1.0,)])
    w.data = 7.0
    with pytest.raises(RuntimeError, match=r"'w' was assigned \(7.0\)"):
        trainer.write_back()
    assert (7.0, 1.0) == (w.data, b.data)
    trainer.read()
    assert 8.0 == trainer.step([(1.0,)])


def test_a_new_learning_rate_is_seen_at_once():
    w = Value(1.0)
    optimiser = optim.SGD([w], lr=0.5)
    with compile(lambda x: w * x).trainer(optimiser) as trainer:
        trainer.step([(1.0,)])
        optimiser.lr = 0.25
        trainer.step([(1.0,)])
    assert 0.25 == w.data


def test_what_a_trainer_refuses():
    w, v = Value(1.0), Value(2.0)
    compiled = compile(lambda x: w * x)
    with pytest.raises(TypeError, match=r"takes an optimiser such as .* got list"):
        compiled.trainer([w])
    trainer = compiled.trainer(optim.SGD([w], lr=0.5))
    with pytest.raises(TypeError, match="a Value among the arguments"):
        trainer.step([(v,)])
    with pytest.raises(ValueError, match="bind of zero examples"):
        trainer.step([])
    pair = compile(lambda x: [w * x, w]).trainer(optim.SGD([w], lr=0.5))
    with pytest.raises(TypeError, match="step needs a function that returns one Value"):
        pair.step([(1.0,)])
    assert 1.0 == w.data


def test_a_rule_of_ones_own():
    class Signed(optim.Optimiser):
        """Moves by the sign of the gradient, and remembers the last."""

        state = {"last": "lasts"}  # noqa: RUF012  # as in the package

        def __init__(self, parameters, lr):
            super().__init__(parameters, lr)
            self.lasts = [0.0] * len(self.parameters)

        def rule(self):
            return ["p = p - lr * g / sqrt(g * g + 0.0625)", "last = g + 0.5 * last"]

    results = []
    for with_trainer in (False, True):
        model, loss = model_and_loss()
        optimiser = Signed(model.parameters(), 0.1)
        compiled = compile(loss)
        for _ in range(3):
            if with_trainer:
                with compiled.trainer(optimiser) as trainer:
                    trainer.step(EXAMPLES)
            else:
                optimiser.zero_grad()
                compiled.mean(EXAMPLES).backward()
                optimiser.step()
        results.append(numbers_of(model, optimiser))
    assert results[0] == results[1]


def test_a_batch_bound_to_another_function_does_not_freeze_what_this_one_draws():
    w, dropout = Value(2.0), nn.Dropout(0.5, seed=1)
    batch = compile(lambda x: w * x).bind([(1.0,)])
    compiled = compile(lambda x: dropout([w * x])[0])
    with compiled.trainer(optim.SGD([w], lr=1e-9)) as trainer:
        assert 2 == len({round(trainer.step(batch), 3) for _ in range(20)})
        dropout.eval()
        assert pytest.approx(2.0) == trainer.step(batch)


def test_after_a_failed_step_the_gradients_are_those_of_the_last_one_taken():
    w, v = Value(2.0), Value(3.0)
    compiled = compile(lambda x: w * log(x) + v * x)
    trainer = compiled.trainer(optim.SGD([w, v], lr=0.1))
    trainer.step([(2.0,), (3.0,)])
    with pytest.raises(ValueError, match="log of -1"):
        trainer.step([(5.0,), (-1.0,)])
    trainer.write_back()
    assert (pytest.approx((math.log(2) + math.log(3)) / 2), 2.5) == (w.grad, v.grad)


def test_reading_again_drops_the_steps_that_were_not_written_back():
    def run(steps_to_drop):
        w = Value(2.0)
        compiled = compile(lambda x: (w * x - 1) ** 2)
        optimiser = optim.Adam([w], lr=0.1)
        trainer = compiled.trainer(optimiser)
        trainer.step([(1.0,)])
        trainer.write_back()
        for _ in range(steps_to_drop):
            trainer.step([(1.0,)])
        trainer.read()
        trainer.step([(1.0,)])
        trainer.write_back()
        return w.data, optimiser.steps, optimiser.means, optimiser.squares

    assert run(0) == run(3)


def test_an_example_that_is_refused_leaves_the_trainer_as_it_was():
    w, c = Value(2.0), Value(5.0)
    compiled = compile(lambda x: w * x[0] * c if len(x) == 1 else w * x[0] * x[1])
    trainer = compiled.trainer(optim.SGD([w], lr=0.1))
    with pytest.raises(TypeError, match="a Value among the arguments"):
        trainer.step([([1.0],), ([Value(1.0), 2.0],)])
    assert 10.0 == trainer.step([([1.0],)])


def test_a_parameter_given_twice_moves_once():
    results = []
    for with_trainer in (False, True):
        w = Value(2.0)
        optimiser = optim.SGD([w, w], lr=0.1, momentum=0.9)
        compiled = compile(lambda x, w=w: w * x * w)
        for _ in range(2):
            if with_trainer:
                with compiled.trainer(optimiser) as trainer:
                    trainer.step([(1.0,)])
            else:
                optimiser.zero_grad()
                compiled.mean([(1.0,)]).backward()
                optimiser.step()
        results.append((w.data, optimiser.velocities))
    assert results[0] == results[1]


def test_a_rule_may_use_any_names():
    class Odd(optim.Optimiser):
        def rule(self):
            return ["t = g * 2", "runs = t / k", "p = p - lr * runs / NAN"]

        def numbers(self, lr):
            return {"lr": lr, "k": 2.0, "NAN": 4.0}

    w = Value(2.0)
    with compile(lambda x: w * x).trainer(Odd([w], 1.0)) as trainer:
        trainer.step([(1.0,)])
    assert 1.75 == w.data


def test_two_threads_may_call_one_compiled_function():
    _, loss = model_and_loss("relu", (16, 16, 1))
    compiled = compile(loss)
    examples = [(list(x), 2 * t - 1) for x, t in datasets.moons(50, noise=0.1, seed=0)]
    parts = [examples[:20], examples[20:]]
    expected = [compiled.mean(part).data for part in parts]
    found = [set(), set()]

    def run(k):
        for _ in range(50):
            found[k].add(compiled.mean(parts[k]).data)

    threads = [threading.Thread(target=run, args=(k,)) for k in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [{x} for x in expected] == found


def test_threads_train_different_models_at_the_same_time():
    expected = plain_loop(OPTIMISERS["Adam"], [EXAMPLES] * 30)[1]
    found = [None, None]

    def run(k):
        model, loss = model_and_loss()
        optimiser = OPTIMISERS["Adam"](model.parameters())
        with compile(loss).trainer(optimiser) as trainer:
            for _ in range(30):
                trainer.step(EXAMPLES)
        found[k] = numbers_of(model, optimiser)

    threads = [threading.Thread(target=run, args=(k,)) for k in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [expected, expected] == found


def test_a_discarded_trainer_frees_all_it_held():
    model, loss = model_and_loss()
    compiled = compile(loss)
    trainer = compiled.trainer(OPTIMISERS["Adam"](model.parameters()))
    trainer.step(compiled.bind(EXAMPLES))
    seen = weakref.ref(model), weakref.ref(trainer)
    del model, loss, compiled, trainer
    gc.collect()
    assert (None, None) == tuple(ref() for ref in seen)


def test_functions_of_many_kinds_in_one_loss():
    w = Value(0.5)

    def loss(x):
        return tanh(w * x) ** 2 + step(w) * w + abs(w - x) / 3

    compiled = compile(loss)
    expected = []
    optimiser = optim.SGD([w], lr=0.1)
    for _ in range(3):
        optimiser.zero_grad()
        loss(2.0).backward()
        optimiser.step()
        expected.append(w.data)
    w.data, w.grad = 0.5, 0.0
    with compiled.trainer(optim.SGD([w], lr=0.1)) as trainer:
        found = []
        for _ in range(3):
            trainer.step([(2.0,)])
            trainer.write_back()
            found.append(w.data)
    assert expected == found


def test_a_trainer_is_not_copied():
    p = Value(1.0)
    trainer = compile(lambda x: p * x).trainer(optim.SGD([p], lr=0.1))
    for how in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match=r"cannot be copied or pickled: .* call write_back\(\)"):
            how(trainer)
