"""Optimisers: how parameters move, given their gradients; and learning-rate schedules.

A learning rate is a number, or a schedule: a function of the number of steps taken so far.

What an optimiser does to one parameter stands once, as its `rule`: assignments to the parameter p,
its gradient g and what is kept for it. `step()` runs the rule over all parameters; a compiled
trainer runs the same rule on arrays, in Python or in C.
"""

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, TypeAlias

from . import source_text
from .checking import AT_LEAST_ONE, BELOW_ONE, NOT_NEGATIVE, POSITIVE, Rule, listed, number, several
from .engine import Value
from .operators import forget_gradient, stored_gradient
from .passes import is_constant

Schedule: TypeAlias = Callable[[int], float]


def step_decay(lr: float, every: int, factor: float = 0.1) -> Schedule:
    """lr, multiplied by `factor` after each `every` steps.

    >>> schedule = step_decay(1.0, every=10, factor=0.5)
    >>> schedule(0), schedule(9), schedule(10), schedule(25)
    (1.0, 1.0, 0.5, 0.25)
    """
    lr = number("step_decay", "lr", lr, POSITIVE)
    number("step_decay", "every", every, AT_LEAST_ONE)
    factor = number("step_decay", "factor", factor, POSITIVE)
    return lambda step: lr * factor ** (step // every)


def cosine_decay(lr: float, steps: int, final: float = 0.0) -> Schedule:
    """From lr down to `final` along half a cosine over `steps` steps, then `final`.

    Source: I. Loshchilov and F. Hutter (2016), without restarts.

    >>> schedule = cosine_decay(1.0, steps=10)
    >>> schedule(0), round(schedule(5), 12), schedule(10), schedule(99)
    (1.0, 0.5, 0.0, 0.0)
    """
    lr = number("cosine_decay", "lr", lr, POSITIVE)
    number("cosine_decay", "steps", steps, AT_LEAST_ONE)
    up_to_lr: Rule = ("from 0 to lr", lambda x: 0 <= x <= lr)
    final = number("cosine_decay", "final", final, up_to_lr)

    def schedule(step: int) -> float:
        done = min(step / steps, 1.0)
        return final + 0.5 * (lr - final) * (1.0 + math.cos(math.pi * done))

    return schedule


class Optimiser:
    """Base of the optimisers: the parameters, the learning rate, the count of steps.

    `lr` may be assigned between steps. Each step first computes every new value and then assigns,
    so that an error leaves the parameters as they were.

    Subclasses say what they do to one parameter: `rule()` gives assignments, in Python that is C as
    well, over p, g, what is `kept` for each parameter (its name in the rule, and the attribute that
    holds the list for all), and the `numbers(lr)` that are the same for all. A rule may call `sqrt`
    and must not raise, whatever the numbers are.
    """

    kept: ClassVar[dict[str, str]] = {}

    def __init__(self, parameters: Iterable[Value], lr: float | Schedule) -> None:
        name = type(self).__name__
        self.parameters = list(dict.fromkeys(_values(name, parameters)))  # each of them once
        for parameter in self.parameters:
            if is_constant(parameter) or parameter._prev:
                raise ValueError(
                    f"{name}: a parameter must be a leaf, made as Value(number), "
                    f"got {parameter!r}, which is computed or constant"
                )
        if not self.parameters:
            raise ValueError(f"{name}: there is no parameter to optimise; pass model.parameters()")
        self.lr = lr
        self.steps = 0
        self.current_lr()

    def current_lr(self) -> float:
        """The learning rate of the next step."""
        if type(self.lr) is float and 0.0 < self.lr < math.inf:  # as nearly always
            return self.lr
        # A schedule may end at 0; a constant rate of 0 learns nothing.
        lr, rule = (self.lr(self.steps), NOT_NEGATIVE) if callable(self.lr) else (self.lr, POSITIVE)
        return number(type(self).__name__, "the learning rate", lr, rule)

    def zero_grad(self) -> None:
        """Set the gradient of every parameter back to 0.0, "not computed yet"."""
        for parameter in self.parameters:
            forget_gradient(parameter)

    def rule(self) -> list[str]:
        """What a step does to one parameter."""
        raise NotImplementedError(f"{type(self).__name__} has no rule")

    def numbers(self, lr: float) -> dict[str, float]:
        """The numbers in the rule that are the same for all parameters, at the next step."""
        return {"lr": lr}

    def what_is_kept(self) -> list[list[float]]:
        """The lists of what is kept for all parameters."""
        return [getattr(self, name) for name in self.kept.values()]

    def moved(
        self,
        data: Sequence[float],
        gradients: Sequence[float],
        kept: Sequence[Sequence[float]],
        lr: float,
    ) -> list[Any]:
        """The parameters' data after a step, then the lists of what is kept; nothing is changed."""
        numbers = self.numbers(lr)
        run = _mover(tuple(self.rule()), tuple(self.kept), tuple(numbers))
        found: list[Any] = run(data, gradients, *kept, *numbers.values())
        return found

    def keep(self, kept: Iterable[list[float]]) -> None:
        """Take over the lists of what is kept."""
        for name, numbers in zip(self.kept.values(), kept, strict=True):
            setattr(self, name, numbers)

    def step(self) -> None:
        """Move every parameter once, by its `grad`."""
        parameters = self.parameters
        moved, *kept = self.moved(
            [p.data for p in parameters],
            [p.grad or 0.0 for p in parameters],
            self.what_is_kept(),
            self.current_lr(),
        )
        for parameter, data in zip(parameters, moved, strict=True):
            parameter.data = data
        self.keep(kept)
        self.steps += 1


@functools.cache
def _mover(
    rule: tuple[str, ...], kept: tuple[str, ...], numbers: tuple[str, ...]
) -> Callable[..., Any]:
    """A rule as a function of lists: the data, the gradients and what is kept, then the numbers."""
    names = ["p", *kept]
    heads = ", ".join([f"{name}_of_all" for name in ["p", "g", *kept]])
    each = ", ".join(["p", "g", *kept])
    lines = [f"def move({', '.join([heads, *numbers])}):"]
    lines += [f"    new_{name} = []" for name in names]
    lines += [f"    for {each} in zip({heads}):"]
    lines += [f"        {line}" for line in rule]
    lines += [f"        new_{name}.append({name})" for name in names]
    lines += [f"    return [{', '.join(f'new_{name}' for name in names)}]", ""]
    if len(rule) == 1 and not kept:  # as for plain gradient descent: twice as fast so
        expression = rule[0].removeprefix("p = ")
        lines[1:] = [f"    return [[{expression} for {each} in zip({heads})]]", ""]
    return source_text.load("\n".join(lines), {"sqrt": math.sqrt}, f"optimiser {rule}")["move"]  # type: ignore[no-any-return]


class SGD(Optimiser):
    """Stochastic gradient descent, with momentum, Nesterov's variant and weight decay.

    With g = grad + weight_decay * p and the velocity v = momentum * v + g, a parameter moves by
    -lr * v (Nesterov: -lr * (g + momentum * v)).

    Source: H. Robbins and S. Monro (1951); B. Polyak (1964); Y. Nesterov (1983), in the form of
    I. Sutskever et al. (2013) that PyTorch uses.

    >>> p = Value(1.0)
    >>> optimiser = SGD([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimiser.step()
    >>> p.data
    0.8
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Schedule = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr)
        self.momentum = number("SGD", "momentum", momentum, BELOW_ONE)
        self.weight_decay = number("SGD", "weight_decay", weight_decay, NOT_NEGATIVE)
        self.nesterov = nesterov
        if nesterov and not momentum:
            raise ValueError("SGD: nesterov=True needs a momentum greater than 0")
        self.velocities = [0.0] * len(self.parameters)

    @property
    def kept(self) -> dict[str, str]:  # type: ignore[override]  # depends on the momentum
        """The velocities, where there is momentum."""
        return {"velocity": "velocities"} if self.momentum else {}

    def rule(self) -> list[str]:
        lines = ["g = g + weight_decay * p"] if self.weight_decay else []
        if not self.momentum:
            return [*lines, "p = p - lr * g"]
        lines += ["velocity = momentum * velocity + g"]
        return [
            *lines,
            f"p = p - lr * {'(g + momentum * velocity)' if self.nesterov else 'velocity'}",
        ]

    def numbers(self, lr: float) -> dict[str, float]:
        return {"lr": lr, "momentum": self.momentum, "weight_decay": self.weight_decay}


class Adam(Optimiser):
    """Adam: each parameter has its own step size, from running means of its gradient and its
    square.

    `weight_decay` adds weight_decay * p to the gradient (L2); `AdamW` decays the parameter itself.

    Source: D. Kingma and J. Ba (2014).

    >>> p = Value(1.0)
    >>> optimiser = Adam([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimiser.step()
    >>> round(p.data, 6)
    0.9
    """

    decoupled = False
    kept: ClassVar[dict[str, str]] = {"mean": "means", "square": "squares"}

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr)
        name = type(self).__name__
        two = list(betas) if several(betas) else []
        if len(two) != 2:
            raise ValueError(f"{name}: betas must be two such as (0.9, 0.999), got {betas!r}")
        self.betas = tuple([number(name, "each beta", beta, BELOW_ONE) for beta in two])
        self.eps = number(name, "eps", eps, POSITIVE)
        self.weight_decay = number(name, "weight_decay", weight_decay, NOT_NEGATIVE)
        self.means = [0.0] * len(self.parameters)
        self.squares = [0.0] * len(self.parameters)

    def rule(self) -> list[str]:
        decay = "p = p - lr * weight_decay * p" if self.decoupled else "g = g + weight_decay * p"
        return [
            *([decay] if self.weight_decay else []),
            "mean = beta1 * mean + (1.0 - beta1) * g",
            "square = beta2 * square + (1.0 - beta2) * g * g",
            "p = p - lr * (mean / correction1) / (sqrt(square / correction2) + eps)",
        ]

    def numbers(self, lr: float) -> dict[str, float]:
        beta1, beta2 = self.betas
        return {
            "lr": lr,
            "beta1": beta1,
            "beta2": beta2,
            "eps": self.eps,
            "weight_decay": self.weight_decay,
            "correction1": 1.0 - beta1 ** (self.steps + 1),
            "correction2": 1.0 - beta2 ** (self.steps + 1),
        }


class AdamW(Adam):
    """Adam with decoupled weight decay: p shrinks by lr * weight_decay * p, apart from the
    gradient.

    Source: I. Loshchilov and F. Hutter (2017).

    >>> p = Value(1.0)
    >>> optimiser = AdamW([p], lr=0.1, weight_decay=0.5)
    >>> optimiser.step()
    >>> p.data
    0.95
    """

    decoupled = True

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay)


def clip_gradient_norm(parameters: Iterable[Value], largest: float) -> float:
    """Scale all gradients down together so that their Euclidean norm is at most `largest`.

    **Returns** the norm before. Gradients whose norm is not finite are left and reported so; a
    `largest` of `math.inf` only measures.

    >>> p, q = Value(0.0), Value(0.0)
    >>> p.grad, q.grad = 3.0, 4.0
    >>> clip_gradient_norm([p, q], 1.0), round(p.grad, 12), round(q.grad, 12)
    (5.0, 0.6, 0.8)
    """
    if largest != math.inf:
        largest = number("clip_gradient_norm", "largest", largest, POSITIVE)
    parameters = _values("clip_gradient_norm", parameters)
    norm = math.hypot(*(p.grad for p in parameters))
    if largest < norm < math.inf:
        scale = largest / norm
        for p in parameters:
            if stored_gradient(p) is not None:
                p.grad = p.grad * scale
    return norm


def _values(name: str, parameters: Iterable[Value]) -> list[Value]:
    found = listed(name, "parameters", parameters, "a list of Values such as model.parameters()")
    for parameter in found:
        if not isinstance(parameter, Value):
            raise TypeError(f"{name}: a parameter must be a Value, got {parameter!r}")
    return found
