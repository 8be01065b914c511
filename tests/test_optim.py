"""Optimisers follow the published update rules, schedules their curves; nothing is half-moved.

The references are written from the formulas in PyTorch's documentation, one parameter at a time;
where PyTorch is installed it is asked as well.
"""

import math
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tinygrad_neuron import Value, identity, nn, optim
from tinygrad_neuron.optim import SGD, Adam, AdamW, clip_gradient_norm, cosine_decay, step_decay

STEPS = 8
START = [1.5, -0.7, 0.0, 2.0]


def reference_sgd(lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    def follow(theta, gradients):
        buffer, path = None, []
        for gradient in gradients:
            g = gradient + weight_decay * theta
            if momentum:
                buffer = g if buffer is None else momentum * buffer + g
                g = g + momentum * buffer if nesterov else buffer
            theta = theta - lr * g
            path.append(theta)
        return path

    return follow


def reference_adam(lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=False):
    def follow(theta, gradients):
        m = v = 0.0
        path = []
        for t, gradient in enumerate(gradients, start=1):
            g = gradient
            if decoupled:
                theta = theta - lr * weight_decay * theta
            else:
                g = g + weight_decay * theta
            m = betas[0] * m + (1 - betas[0]) * g
            v = betas[1] * v + (1 - betas[1]) * g**2
            m_hat, v_hat = m / (1 - betas[0] ** t), v / (1 - betas[1] ** t)
            theta = theta - lr * m_hat / (math.sqrt(v_hat) + eps)
            path.append(theta)
        return path

    return follow


CASES: dict[str, tuple[Any, dict[str, Any]]] = {
    "sgd": (SGD, {"lr": 0.1}),
    "momentum": (SGD, {"lr": 0.1, "momentum": 0.9}),
    "nesterov": (SGD, {"lr": 0.1, "momentum": 0.8, "nesterov": True}),
    "sgd with weight decay": (SGD, {"lr": 0.1, "weight_decay": 0.3}),
    "everything at once": (
        SGD,
        {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
    ),
    "adam": (Adam, {"lr": 0.1}),
    "adam with weight decay": (Adam, {"lr": 0.1, "weight_decay": 0.3}),
    "adam with other betas": (Adam, {"lr": 0.02, "betas": (0.5, 0.9), "eps": 0.01}),
    "adamw": (AdamW, {"lr": 0.1, "weight_decay": 0.3}),
    "adamw without weight decay": (AdamW, {"lr": 0.1, "weight_decay": 0.0}),
}


REFERENCES = {
    SGD: reference_sgd,
    Adam: reference_adam,
    AdamW: lambda **options: reference_adam(**options, decoupled=True),
}


def gradients_of_each_step():
    generator = random.Random(11)
    return [[generator.gauss(0, 1) for _ in START] for _ in range(STEPS)]


def path_of(make, options):
    """The data of the parameters after each step."""
    parameters = [Value(x) for x in START]
    optimiser = make(parameters, **options)
    path = []
    for gradients in gradients_of_each_step():
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient
        optimiser.step()
        path.append([p.data for p in parameters])
    return path


@pytest.mark.parametrize("case", CASES)
def test_each_step_follows_the_formula(case):
    make, options = CASES[case]
    assert make in REFERENCES, f"{__file__}: REFERENCES needs the formula of {make.__name__}"
    follow = REFERENCES[make](**options)
    columns = zip(*gradients_of_each_step(), strict=True)
    expected = [follow(theta, column) for theta, column in zip(START, columns, strict=True)]
    found = list(zip(*path_of(make, options), strict=True))
    for parameter, column in zip(found, expected, strict=True):
        assert parameter == pytest.approx(column, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("case", CASES)
def test_each_step_agrees_with_pytorch(case):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    make, options = CASES[case]
    tensor = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimiser = getattr(torch.optim, make.__name__)([tensor], **options)
    for gradients, data in zip(gradients_of_each_step(), path_of(make, options), strict=True):
        tensor.grad = torch.tensor(gradients, dtype=torch.float64)
        optimiser.step()
        assert data == pytest.approx(tensor.tolist(), rel=1e-12, abs=1e-14)


# Worked out by hand


def test_momentum_keeps_moving_by_hand():
    """Gradient 1 twice, then 0, lr 1, momentum 0.5: velocities 1, 1.5, 0.75."""
    p = Value(0.0)
    optimiser = SGD([p], lr=1.0, momentum=0.5)
    path = []
    for gradient in (1.0, 1.0, 0.0):
        p.grad = gradient
        optimiser.step()
        path.append(p.data)
    assert path == [-1.0, -2.5, -3.25]


@pytest.mark.parametrize("gradient", [1e-4, 3.0, -1e5])
def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_gradient(gradient):
    p = Value(0.0)
    p.grad = gradient
    Adam([p], lr=0.1).step()
    assert p.data == pytest.approx(-0.1 * math.copysign(1, gradient), rel=1e-3)


def test_weight_decay_of_adamw_does_not_depend_on_the_gradients_scale_and_that_of_adam_does():
    """With no gradient of its own, Adam takes the decay for the gradient and steps by lr."""
    p, q = Value(2.0), Value(2.0)
    Adam([p], lr=0.1, weight_decay=0.5).step()
    AdamW([q], lr=0.1, weight_decay=0.5).step()
    assert p.data == pytest.approx(1.9, rel=1e-6)
    assert q.data == pytest.approx(1.9, rel=1e-12)
    p, q = Value(20.0), Value(20.0)
    Adam([p], lr=0.1, weight_decay=0.5).step()
    AdamW([q], lr=0.1, weight_decay=0.5).step()
    assert p.data == pytest.approx(19.9, rel=1e-6)
    assert q.data == pytest.approx(19.0, rel=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_it_finds_the_bottom_of_a_bowl(case):
    make, options = CASES[case]
    options = {k: v for k, v in options.items() if k != "weight_decay"}
    if make is AdamW:  # which decays unless told
        options["weight_decay"] = 0.0
    x, y = Value(3.0), Value(-2.0)
    optimiser = make([x, y], **options)
    for _ in range(600):
        optimiser.zero_grad()
        ((x - 1.0) ** 2 + 2.0 * (y - 0.5) ** 2).backward()
        optimiser.step()
    assert (x.data, y.data) == pytest.approx((1.0, 0.5), abs=0.01)


# The base of all


def test_zero_grad_returns_the_gradients_to_not_computed_yet():
    p = Value(2.0)
    optimiser = SGD([p])
    (p * p).backward()
    optimiser.zero_grad()
    assert p.grad == 0.0
    assert repr(p) == "Value(data=2.0)"


def test_parameters_may_come_from_a_generator_and_from_a_module():
    neuron = nn.Neuron(2, seed=0)
    before = [p.data for p in neuron.parameters()]
    optimiser = SGD((p for p in neuron.parameters()), lr=1.0)
    neuron.b.grad = 3.0
    optimiser.step()
    assert [p.data for p in neuron.parameters()] == [before[0], before[1], -3.0]


def test_steps_are_counted():
    optimiser = SGD([Value(0.0)])
    assert optimiser.steps == 0
    optimiser.step()
    optimiser.step()
    assert optimiser.steps == 2


def test_the_learning_rate_can_be_changed_between_steps():
    p = Value(0.0)
    p.grad = 1.0
    optimiser = SGD([p], lr=1.0)
    optimiser.step()
    optimiser.lr = 0.25
    optimiser.step()
    assert p.data == -1.25


# Schedules


def test_step_decay_multiplies_after_every_so_many_steps():
    schedule = step_decay(0.8, every=3, factor=0.5)
    assert [schedule(s) for s in range(10)] == [0.8] * 3 + [0.4] * 3 + [0.2] * 3 + [0.1]


def test_step_decay_divides_by_ten_unless_told():
    assert step_decay(1.0, every=2)(5) == pytest.approx(0.01)


def test_cosine_decay_follows_half_a_cosine_from_lr_to_final():
    """cos of 0, 60, 90, 120 and 180 degrees: 1, 1/2, 0, -1/2, -1."""
    schedule = cosine_decay(1.0, steps=12, final=0.2)
    found = [schedule(s) for s in (0, 4, 6, 8, 12, 13, 1000)]
    assert found == pytest.approx([1.0, 0.8, 0.6, 0.4, 0.2, 0.2, 0.2], rel=1e-12)


def test_cosine_decay_never_rises():
    schedule = cosine_decay(0.1, steps=50)
    rates = [schedule(s) for s in range(60)]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == 0.0


@pytest.mark.parametrize("make", [SGD, Adam, AdamW])
def test_a_schedule_as_learning_rate_is_asked_with_the_number_of_steps_taken(make):
    asked = []

    def schedule(step):
        asked.append(step)
        return 0.1

    optimiser = make([Value(0.0)], lr=schedule)
    asked.clear()
    for _ in range(3):
        optimiser.step()
    assert asked == [0, 1, 2]


def test_a_schedule_sets_the_size_of_each_step():
    p = Value(0.0)
    optimiser = SGD([p], lr=step_decay(1.0, every=2, factor=0.5))
    path = []
    for _ in range(5):
        p.grad = -1.0
        optimiser.step()
        path.append(p.data)
    assert path == [1.0, 2.0, 2.5, 3.0, 3.25]
    assert optimiser.current_lr() == 0.25


def test_a_schedule_may_end_at_zero():
    p = Value(1.0)
    optimiser = SGD([p], lr=cosine_decay(1.0, steps=1))
    for _ in range(3):
        p.grad = 1.0
        optimiser.step()
    assert p.data == 0.0


# Clipping


def test_gradients_longer_than_allowed_are_scaled_together_and_the_norm_before_returned():
    parameters = [Value(0.0) for _ in range(3)]
    for p, gradient in zip(parameters, (2.0, -3.0, 6.0), strict=True):
        p.grad = gradient
    assert clip_gradient_norm(parameters, 3.5) == 7.0
    assert [p.grad for p in parameters] == [1.0, -1.5, 3.0]


@pytest.mark.parametrize("largest", [5.0, 100.0, math.inf])
def test_gradients_that_are_short_enough_are_left_alone(largest):
    p, q = Value(0.0), Value(0.0)
    p.grad, q.grad = 3.0, 4.0
    assert clip_gradient_norm([p, q], largest) == 5.0
    assert (p.grad, q.grad) == (3.0, 4.0)


@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan])
def test_a_norm_that_is_not_finite_is_reported_and_the_gradients_left_alone(bad):
    p, q = Value(0.0), Value(0.0)
    p.grad, q.grad = bad, 4.0
    assert not math.isfinite(clip_gradient_norm([p, q], 1.0))
    assert repr((p.grad, q.grad)) == repr((bad, 4.0))


def test_a_norm_of_huge_gradients_does_not_overflow():
    p, q = Value(0.0), Value(0.0)
    p.grad, q.grad = 3e200, 4e200
    assert clip_gradient_norm([p, q], 1.0) == pytest.approx(5e200)
    assert (p.grad, q.grad) == pytest.approx((0.6, 0.8))


def test_clipping_takes_a_generator():
    p = Value(0.0)
    p.grad = 2.0
    assert clip_gradient_norm((v for v in [p]), 1.0) == 2.0
    assert p.grad == 1.0


def test_clipping_leaves_a_gradient_that_is_not_computed_yet_as_it_is():
    p, q = Value(0.0), Value(0.0)
    p.grad = 5.0
    clip_gradient_norm([p, q], 1.0)
    assert repr(q) == "Value(data=0.0)"


@pytest.mark.parametrize("largest", [0, -1.0, math.nan])
def test_a_largest_norm_that_is_not_positive_is_refused(largest):
    with pytest.raises(ValueError, match=f"largest must be greater than 0, got {largest}"):
        clip_gradient_norm([Value(0.0)], largest)


# Nothing is half-moved


@pytest.mark.parametrize("case", CASES)
def test_a_step_that_fails_leaves_everything_as_it_was(case):
    make, options = CASES[case]
    p, q = Value(1.0), Value(2.0)
    optimiser, twin = make([p, q], **options), make([Value(1.0), Value(2.0)], **options)
    p.grad, q.grad = 0.5, "broken"
    with pytest.raises(TypeError):
        optimiser.step()
    assert (p.data, q.data, optimiser.steps) == (1.0, 2.0, 0)
    q.grad = 0.25
    twin.parameters[0].grad, twin.parameters[1].grad = 0.5, 0.25
    for _ in range(2):  # the velocities and means are as they were, too
        optimiser.step()
        twin.step()
    assert [p.data, q.data] == [v.data for v in twin.parameters]


def test_a_schedule_that_fails_leaves_everything_as_it_was():
    def schedule(step):
        return 0.1 / (1 - step)

    p = Value(0.0)
    p.grad = 1.0
    optimiser = SGD([p], lr=schedule)
    optimiser.step()
    with pytest.raises(ZeroDivisionError):
        optimiser.step()
    assert (p.data, optimiser.steps) == (-0.1, 1)


# Bad input

each_optimiser = pytest.mark.parametrize("make", [SGD, Adam, AdamW])


@each_optimiser
@pytest.mark.parametrize("lr", [0, 0.0, -0.1, math.nan])
def test_a_learning_rate_that_is_not_positive_is_refused(make, lr):
    message = f"{make.__name__}: the learning rate must be greater than 0, got {lr}"
    with pytest.raises(ValueError, match=message):
        make([Value(0.0)], lr=lr)


def test_an_infinite_learning_rate_is_refused():
    with pytest.raises(ValueError, match=r"the learning rate must be .*, got inf"):
        SGD([Value(0.0)], lr=math.inf)


@pytest.mark.parametrize("lr", ["0.1", None])
def test_a_learning_rate_that_is_no_number_is_refused_by_name(lr):
    with pytest.raises(TypeError, match=r"the learning rate must be .*, got "):
        SGD([Value(0.0)], lr=lr)


@each_optimiser
def test_a_learning_rate_made_negative_later_is_refused_and_nothing_moves(make):
    p = Value(1.0)
    p.grad = 1.0
    optimiser = make([p], lr=0.1)
    for bad in (-0.1, lambda step: -0.1):
        optimiser.lr = bad
        with pytest.raises(ValueError, match=r"the learning rate must be .*, got -0\.1"):
            optimiser.step()
    assert (p.data, optimiser.steps) == (1.0, 0)


@each_optimiser
def test_no_parameters_are_refused(make):
    with pytest.raises(ValueError, match=r"no parameter to optimise; pass model\.parameters\(\)"):
        make([])


@each_optimiser
def test_parameters_that_are_no_values_are_refused(make):
    with pytest.raises(TypeError, match=r"a parameter must be a Value, got float 1\.0"):
        make([Value(0.0), 1.0])
    with pytest.raises(TypeError, match=r"a parameter must be a Value, got tuple \('w\[0\]'"):
        make(nn.Neuron(1).named_parameters())


@pytest.mark.parametrize(
    "wrong", [nn.Neuron(1), nn.Neuron(1).parameters, Value(0.0)], ids=["model", "method", "value"]
)
def test_what_is_no_list_of_parameters_is_refused_with_the_way_out(wrong):
    with pytest.raises(TypeError, match=r"model\.parameters\(\)"):
        SGD(wrong)


def test_a_computed_value_is_refused_as_parameter():
    with pytest.raises((TypeError, ValueError), match="parameter must be a leaf"):
        SGD([Value(1.0) * 2.0])


def test_a_constant_is_refused_as_parameter_and_a_value_made_by_hand_without_operands_is_not():
    with pytest.raises(ValueError, match="parameter must be a leaf"):
        SGD([identity(1.0)])
    assert SGD([Value(1.0, _op="w")]).parameters


def test_adamw_decays_unless_told_as_in_pytorch():
    assert (AdamW([Value(0.0)]).weight_decay, Adam([Value(0.0)]).weight_decay) == (0.01, 0.0)


@pytest.mark.parametrize("momentum", [-0.1, 1.0, math.nan])
def test_a_momentum_out_of_range_is_refused(momentum):
    with pytest.raises(ValueError, match=f"momentum must be from 0 to less than 1, got {momentum}"):
        SGD([Value(0.0)], momentum=momentum)


@each_optimiser
def test_a_negative_weight_decay_is_refused(make):
    with pytest.raises(ValueError, match=r"weight_decay must be 0 or more, got -0\.1"):
        make([Value(0.0)], weight_decay=-0.1)


def test_nesterov_without_momentum_is_refused():
    with pytest.raises(ValueError, match="nesterov=True needs a momentum greater than 0"):
        SGD([Value(0.0)], nesterov=True)


@pytest.mark.parametrize("betas", [(-0.1, 0.9), (0.9, 1.0), (math.nan, 0.9)])
def test_betas_out_of_range_are_refused(betas):
    with pytest.raises(ValueError, match="each beta must be from 0 to less than 1, got"):
        Adam([Value(0.0)], betas=betas)


@pytest.mark.parametrize("betas", [(0.9,), (0.9, 0.99, 0.999), 0.9])
def test_betas_that_are_not_two_are_refused_by_name(betas):
    with pytest.raises((TypeError, ValueError), match=r"Adam: .*betas"):
        Adam([Value(0.0)], betas=betas)


def test_an_eps_of_zero_is_refused():
    with pytest.raises(ValueError, match="eps must be greater than 0, got 0"):
        Adam([Value(0.0)], eps=0)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: step_decay(0, 1), "step_decay: lr must be greater than 0, got 0"),
        (lambda: step_decay(1.0, 0), "step_decay: every must be 1 or more, got 0"),
        (lambda: step_decay(1.0, 1, -1), "step_decay: factor must be greater than 0, got -1"),
        (lambda: cosine_decay(-1.0, 1), "cosine_decay: lr must be greater than 0, got -1.0"),
        (lambda: cosine_decay(1.0, 0), "cosine_decay: steps must be 1 or more, got 0"),
        (lambda: cosine_decay(1.0, 1, 2.0), "cosine_decay: final must be from 0 to lr, got 2.0"),
        (lambda: cosine_decay(1.0, 1, -1.0), "cosine_decay: final must be from 0 to lr, got -1.0"),
    ],
)
def test_a_schedule_out_of_range_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_a_step_that_cannot_be_moves_nothing() -> None:
    a, b = Value(1.0), Value(2.0)
    a.grad = b.grad = 1.0
    for optimiser in (optim.Adam([a], lr=0.1), optim.SGD([a], lr=0.1, momentum=0.5)):
        optimiser.parameters.append(b)
        with pytest.raises(ValueError, match="one for each parameter"):
            optimiser.step()
    plain = optim.SGD([a], lr=0.1)
    plain.steps = "x"  # type: ignore[assignment]
    with pytest.raises(TypeError, match="steps must be the count of steps, got str 'x'"):
        plain.step()
    assert (a.data, b.data) == (1.0, 2.0)


def test_a_setting_of_any_real_kind_is_kept_as_a_float() -> None:
    optimiser = optim.SGD([Value(1.0)], lr=Fraction(1, 4))  # type: ignore[arg-type]
    settings = optimiser.state_dict()["settings"]
    assert settings["lr"] == 0.25
    assert type(settings["lr"]) is float


def test_a_subclass_that_is_made_in_another_way_takes_its_own_state() -> None:
    class OfModel(optim.SGD):
        def __init__(self, model: nn.Module) -> None:
            super().__init__(model.parameters(), lr=0.5)

    class Renamed(optim.SGD):
        def __init__(self, parameters: list[Value], beta: float = 0.5) -> None:
            super().__init__(parameters, lr=0.1)
            self.b = beta

    for optimiser in (OfModel(nn.Neuron(2)), Renamed([Value(1.0)]), Renamed([Value(1.0)], 0.25)):
        optimiser.load_state_dict(optimiser.state_dict())
        wrong = optimiser.state_dict()
        wrong["settings"] = wrong["settings"] | {"momentum": 2.0}
        if isinstance(optimiser, OfModel):
            with pytest.raises(ValueError, match="momentum"):
                optimiser.load_state_dict(wrong)


def test_a_model_is_as_it_was_where_the_schedule_refuses(tmp_path: Path) -> None:
    class Refusing:
        def __call__(self, step: int) -> float:
            return 0.1

        def state_dict(self) -> dict[str, int]:
            return {"at": 1}

        def load_state_dict(self, given: object) -> None:
            raise RuntimeError("no")

    model, other = nn.Neuron(2, seed=0), nn.Neuron(2, seed=1)
    path = tmp_path / "model.json"
    model.save(path, optimiser=optim.SGD(model.parameters(), lr=Refusing()))
    before = other.state_dict()
    with pytest.raises(RuntimeError, match="no"):
        other.load(path, optimiser=optim.SGD(other.parameters(), lr=Refusing()))
    assert other.state_dict() == before
