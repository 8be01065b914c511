"""Optimisers: how parameters move, given their gradients.

A learning rate is a number, or a schedule (see `schedules`): a function of the number of steps
taken so far.

What an optimiser does to one parameter stands once, as its `rule`: assignments to the parameter p,
its gradient g and its state. `step()` runs the rule over all parameters; a compiled trainer runs
the same rule on arrays, in Python or in C.

>>> from tinygrad_neuron import Value, optim
>>> p = Value(1.0)
>>> optimiser = optim.SGD([p], lr=optim.step_decay(0.1, every=10))
>>> (p * p).backward()
>>> optimiser.step()
>>> p.data
0.8
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from . import rule_language
from . import state as saved
from .checking import (
    BELOW_ONE,
    NOT_NEGATIVE,
    POSITIVE,
    called,
    described,
    flag,
    listed,
    number,
    several,
    to_float,
    whole,
)
from .engine import Value
from .interruption import uninterrupted
from .operators import forget_gradient, stored_gradient
from .passes import is_constant
from .public import Answering, named_options, on_demand
from .schedules import Schedule, cosine_decay, step_decay
from .stored import naming_data

__all__ = [
    "Optimiser", "SGD", "Adam", "AdamW", "Schedule", "step_decay", "cosine_decay",
    "clip_gradient_norm",
]  # fmt: skip

if not TYPE_CHECKING:
    __getattr__, __dir__ = on_demand(__name__)


class _Checked(type):
    """The class of optimisers: one whose rule may fail is refused when it is made."""

    if not TYPE_CHECKING:  # a checker would take what it returns for anything

        def __call__(cls, *arguments: Any, **options: Any) -> Any:
            made = super().__call__(*arguments, **options)
            if type(made).rule is not Optimiser.rule:
                made.check_rule(made.numbers(made.current_lr()))
            return made


class Optimiser(Answering, metaclass=_Checked):
    """Base of the optimisers: the parameters, the learning rate, the count of steps.

    `lr` may be assigned between steps. Each step first computes every new value and then assigns,
    so that an error leaves the parameters as they were.

    Subclasses say what they do to one parameter: `rule()` gives assignments in the language of the
    table over p, g, the `state` of each parameter (its name in the rule, and the attribute that
    holds the list for all), and the `numbers(lr)` that are the same for all. A rule computes with
    + - * / and operations that never fail, and must not fail itself, whatever the gradients are: it
    is checked when the optimiser is made (`rule_language`), so a number that is added to a divisor
    must be greater than 0.

    >>> from tinygrad_neuron import Value
    >>> class Signed(Optimiser):
    ...     def rule(self):
    ...         return ["p = p - lr * g / abs(g)"]
    >>> Signed([Value(1.0)], lr=0.1)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: Signed: 'p = p - lr * g / abs(g)': 'abs(g)' can be 0, and is divided by; add ...
    """

    state: ClassVar[dict[str, str]] = {}
    # The rule, the signs of its numbers and the state that were checked last.
    _passed: tuple[list[str], list[int], list[list[float]]] | None = None

    def __init_subclass__(cls, **options: Any) -> None:
        """Let a misspelt option of its making be answered."""
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            named_options(cls)

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

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.parameters)} parameters, lr={self.lr})"

    def current_lr(self) -> float:
        """The learning rate of the next step."""
        if type(self.lr) is float and 0.0 < self.lr < math.inf:  # as nearly always
            return self.lr
        name, lr, rule = type(self).__name__, self.lr, POSITIVE
        if callable(lr):  # a schedule may end at 0; a constant rate of 0 learns nothing
            rule, takes = NOT_NEGATIVE, "the steps taken, as in lambda steps: 0.1"
            lr = called(f"{name}: lr", takes, lr, self.steps)
        return number(name, "the learning rate", lr, rule)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradient of every parameter back to 0.0, "not computed yet" (which PyTorch's
        option `set_to_none` changes nothing of)."""
        for parameter in self.parameters:
            forget_gradient(parameter)

    def rule(self) -> list[str]:
        """What a step does to one parameter."""
        raise NotImplementedError(f"{type(self).__name__} has no rule")

    def numbers(self, lr: float) -> dict[str, float]:
        """The numbers in the rule that are the same for all parameters, at the next step."""
        return {"lr": lr}

    def get_state(self) -> list[list[float]]:
        """The state of all parameters: a list for each name in `state`."""
        return [getattr(self, attribute) for attribute in self.state.values()]

    def set_state(self, state: Iterable[list[float]]) -> None:
        """Take over the state of all parameters."""
        for attribute, numbers in zip(self.state.values(), state, strict=True):
            setattr(self, attribute, numbers)

    def check_rule(self, numbers: Mapping[str, float]) -> None:
        """Raise a ValueError if the rule, with the state of now and these numbers, may fail."""
        name = type(self).__name__
        given = {k: to_float(x, name, k) for k, x in numbers.items()}
        state = [getattr(self, attribute, []) for attribute in self.state.values()]
        passed = self.rule(), [(x > 0.0) - (x < 0.0) for x in given.values()], state
        if passed == self._passed:
            return
        try:
            rule_language.check(
                tuple(self.rule()),
                tuple((k, self._signs(k, attribute)) for k, attribute in self.state.items()),
                tuple((k, rule_language.signs_of([x])) for k, x in given.items()),
            )
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        self._passed = passed

    def _signs(self, name: str, attribute: str) -> rule_language.Signs:
        """The signs in the state of all parameters."""
        numbers = getattr(self, attribute, None)
        if not isinstance(numbers, list) or len(numbers) != len(self.parameters):
            raise ValueError(
                f"the state {name!r} must be in the attribute {attribute!r}, a list of "
                f"{len(self.parameters)} numbers, one for each parameter"
            )
        return rule_language.signs_of(numbers)

    def updated(
        self,
        data: Sequence[float],
        gradients: Sequence[float],
        state: Sequence[Sequence[float]],
        numbers: Mapping[str, float],
    ) -> list[list[float]]:
        """The parameters' data after a step, then their state; nothing is changed."""
        run = rule_language.function_of(tuple(self.rule()), tuple(self.state), tuple(numbers))
        return run(data, gradients, *state, *numbers.values())

    def state_dict(self) -> dict[str, Any]:
        """What the optimiser knows beside its parameters, as plain data.

        Its class, the count of steps (and with it the place in a schedule), its settings, and the
        numbers that it has for each parameter. A schedule with a state of its own has
        `state_dict()` and `load_state_dict()`, and is asked for it.

        >>> state = Adam([Value(1.0)], lr=0.1).state_dict()
        >>> state["optimiser"], state["steps"], state["settings"]["lr"], state["means"]
        ('Adam', 0, 0.1, [0.0])
        """
        found: dict[str, Any] = {
            "optimiser": type(self).__name__,
            "steps": self.steps,
            "settings": saved.settings(vars(self)),
        }
        if hasattr(self.lr, "state_dict"):
            found["schedule"] = self.lr.state_dict()
        return found | {name: list(map(float, getattr(self, name))) for name in self.state.values()}

    def differences(self, given: Any) -> list[str]:
        """What stands between a state and this optimiser; empty where it can be loaded."""
        own = self.state_dict()
        if not isinstance(given, Mapping) or given.get("optimiser") != own["optimiser"]:
            kind = given.get("optimiser") if isinstance(given, Mapping) else described(given)[:80]
            return [f"it is the state of the optimiser {kind}, not of {own['optimiser']}"]
        found = [f"the optimiser's {name} is missing" for name in own if name not in given]
        found += [f"the optimiser has no {name}" for name in given if name not in own]
        if whole(given.get("steps")) is None or given["steps"] < 0:
            found.append(f"the optimiser's steps cannot be {given.get('steps')!r}")
        for name in ("settings", *self.state.values()):
            mine, other = own[name], given.get(name)
            if name == "settings":
                same = False
                if isinstance(other, Mapping) and mine.keys() == other.keys():
                    same = True
                    if wrong := self._wrong_setting(other):
                        found.append(f"the optimiser's settings: {wrong}")
            else:
                same = not saved.differences({name: other}, {name: mine}, "")
            if not same and name in given:
                found.append(f"the optimiser's {name} are not those of these parameters")
        return found

    def _wrong_setting(self, given: Mapping[str, Any]) -> str:
        """What the optimiser's own checks say of settings; empty if nothing."""
        options: dict[str, Any] = {"lr": self.lr} | {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in given.items()
        }
        kind, known = saved.made_by(type(self), options)
        try:
            kind([Value(0.0)], **known)
        except (TypeError, ValueError, OverflowError) as error:
            return str(error)
        return ""

    def load_state_dict(self, given: Mapping[str, Any]) -> None:
        """Take over what `state_dict()` gave; the parameters themselves are the model's.

        Raises a `StateError` (a `ValueError`) that lists every difference; then nothing changed.
        """
        if wrong := self.differences(given):
            raise saved.StateError("load_state_dict: " + "; ".join(wrong))
        with uninterrupted():
            if "schedule" in given:  # the first, for it may refuse what it is given
                self.lr.load_state_dict(given["schedule"])  # type: ignore[union-attr]  # it has one
            for name, value in given["settings"].items():
                setattr(self, name, tuple(value) if isinstance(value, list) else value)
            for name in self.state.values():
                setattr(self, name, [saved.number(x) for x in given[name]])
            self.steps = given["steps"]

    @naming_data
    def step(self) -> None:
        """Move every parameter once, by its `grad`."""
        if type(self.steps) is not int:
            raise TypeError(f"step: steps must be the count of steps, got {described(self.steps)}")
        parameters, numbers = self.parameters, self.numbers(self.current_lr())
        for name, attribute in self.state.items():
            if len(getattr(self, attribute, ())) != len(parameters):
                self._signs(name, attribute)  # which says so
        self.check_rule(numbers)  # for what was assigned since
        data, gradients = [p.data for p in parameters], [p.grad or 0.0 for p in parameters]
        updated, *state = self.updated(data, gradients, self.get_state(), numbers)
        list(map(float, updated))  # some that is no number can be computed with: a Value, an array
        with uninterrupted():
            for parameter, moved in zip(parameters, updated, strict=True):
                parameter.data = moved
            self.set_state(state)
            if self._passed is not None:  # a state that a checked rule gave need not be checked
                self._passed = *self._passed[:2], state
            self.steps += 1


class SGD(Optimiser):
    """Stochastic gradient descent, with momentum, Nesterov's variant and weight decay.

    With g = grad + weight_decay * p and the velocity v = momentum * v + g, a parameter moves by
    -lr * v (Nesterov: -lr * (g + momentum * v)).

    Source: H. Robbins and S. Monro (1951); B. Polyak (1964); Y. Nesterov (1983), in the form of
    I. Sutskever et al. (2013) that PyTorch uses.

    >>> from tinygrad_neuron import Value
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
        self.nesterov = flag("SGD", "nesterov", nesterov)
        if nesterov and not momentum:
            raise ValueError("SGD: nesterov=True needs a momentum greater than 0")
        self.velocities = [0.0] * len(self.parameters)

    @property
    def state(self) -> dict[str, str]:  # type: ignore[override]  # depends on the momentum
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

    >>> from tinygrad_neuron import Value
    >>> p = Value(1.0)
    >>> optimiser = Adam([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimiser.step()
    >>> round(p.data, 6)
    0.9
    """

    decoupled = False
    state: ClassVar[dict[str, str]] = {"mean": "means", "square": "squares"}

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
            "mean = beta1 * mean + one_minus_beta1 * g",
            "square = beta2 * square + one_minus_beta2 * g * g",
            "p = p - lr * (mean / correction1) / (sqrt(square / correction2) + eps)",
        ]

    def numbers(self, lr: float) -> dict[str, float]:
        beta1, beta2 = self.betas
        return {
            "lr": lr,
            "beta1": beta1,
            "beta2": beta2,
            "one_minus_beta1": 1.0 - beta1,
            "one_minus_beta2": 1.0 - beta2,
            "eps": self.eps,
            "weight_decay": self.weight_decay,
            "correction1": 1.0 - beta1 ** (self.steps + 1),
            "correction2": 1.0 - beta2 ** (self.steps + 1),
        }


class AdamW(Adam):
    """Adam with decoupled weight decay: p shrinks by lr * weight_decay * p, apart from the
    gradient.

    Source: I. Loshchilov and F. Hutter (2017).

    >>> from tinygrad_neuron import Value
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


@naming_data
def clip_gradient_norm(parameters: Iterable[Value], largest: float) -> float:
    """Scale all gradients down together so that their Euclidean norm is at most `largest`.

    **Returns** the norm before. Gradients whose norm is not finite are left and reported so; a
    `largest` of `math.inf` only measures.

    >>> from tinygrad_neuron import Value
    >>> p, q = Value(0.0), Value(0.0)
    >>> p.grad, q.grad = 3.0, 4.0
    >>> clip_gradient_norm([p, q], 1.0), round(p.grad, 12), round(q.grad, 12)
    (5.0, 0.6, 0.8)
    """
    if not (isinstance(largest, float) and largest == math.inf):
        largest = number("clip_gradient_norm", "largest", largest, POSITIVE)
    parameters = _values("clip_gradient_norm", parameters)
    norm = math.hypot(*(p.grad or 0.0 for p in parameters))
    if largest < norm < math.inf:
        scale = largest / norm
        with uninterrupted():
            for p in parameters:
                if stored_gradient(p):  # neither "not computed yet" nor None
                    p.grad = p.grad * scale
    return norm


def _values(name: str, parameters: Iterable[Value]) -> list[Value]:
    found = listed(name, "parameters", parameters, "a list of Values such as model.parameters()")
    for parameter in found:
        if not isinstance(parameter, Value):
            hint = "; for groups, make an optimiser for each" if isinstance(parameter, dict) else ""
            got = described(parameter) + hint
            raise TypeError(f"{name}: a parameter must be a Value, got {got}")
    return found
