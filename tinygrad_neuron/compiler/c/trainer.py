"""Training steps in C: the parameters, their gradients and the optimiser's state stay in arrays,
and one call does a whole step."""

import ctypes
import functools
import math
import weakref
from array import array
from collections.abc import Mapping
from typing import NamedTuple

from ...calculus import expressions
from ...calculus.table import TABLE
from ...interruption import uninterrupted
from ...rule_language import assignments
from ..examples import Batch
from ..trainer import Trainer, not_finite
from ..variant import Variant, generate
from ..variants import Runs
from . import operations
from .calling import Function, address, check, packed_rows
from .language import C
from .libraries import load
from .terms import Term, encoded

STEP = """\
struct run { /* examples of one structure, and the generated function for it */
    int (*add_up)(const double *, long, const double *, double *, const double *, double *,
                  double *);
    const double *rows;
    long count;
    long leaves;
    const long *places; /* of its leaves among the trainer's; 0: they are the same */
    long doubtful; /* whether a gradient that is not finite may come of a branch not taken */
};

struct trainer {
    long parameters, leaves, failed;
    double *data, *gradients;
    const double *numbers;
    double **state;
    double *data_of_run, *gradients_of_run;
    double *gradients_so_far; /* of a step that is not done */
    double *kept; /* room for data and state; 0: steps that are not finite are taken too */
    long states, constants, refused;
    long steps; /* taken: counted where the numbers are, so that the two never disagree */
};

struct batch { /* all that a step takes: to hand over one argument takes a third of four's time */
    struct trainer *trainer;
    const struct run *runs;
    long count, examples;
};

/* Whether all numbers, times a factor, are finite: x - x is 0, or else NaN. */
static int all_finite(const double *x, long count, double factor)
{
    double a = 0.0, b = 0.0, c = 0.0, d = 0.0;
    long k = 0;
    for (; k + 4 <= count; k += 4) {
        const double p = factor*x[k], q = factor*x[k + 1], r = factor*x[k + 2], s = factor*x[k + 3];
        a += p - p, b += q - q, c += r - r, d += s - s;
    }
    for (; k < count; k++)
        a += factor*x[k] - factor*x[k];
    return a + b + c + d == 0.0;
}

/* Data and state, copied to where they are kept, or back. */
static void keep(struct trainer *t, int back)
{
    for (long s = -1; s < t->states; s++) {
        double *const here = s < 0 ? t->data : t->state[s];
        double *const kept = t->kept + (s + 1)*t->parameters;
        const double *const from = back ? kept : here;
        double *const to = back ? here : kept;
        for (long k = 0; k < t->parameters; k++)
            to[k] = from[k];
    }
}

/* The optimiser's rule, by the gradients so far. */
void finish(struct trainer *t)
{
    double *const gradients = t->gradients_so_far;
    /* By gradients and settings below 1e100 no parameter becomes infinite. */
    const int tame = !t->kept || (all_finite(gradients, t->parameters, 1e208)
                                  && all_finite(t->numbers, t->constants, 1e208));
    if (!tame) {
        t->refused = !all_finite(gradients, t->parameters, 1.0);
        if (t->refused)
            return;
        keep(t, 0);
    }
    t->gradients_so_far = t->gradients;
    t->gradients = gradients;
    move(t);
    if (!tame && !all_finite(t->data, t->parameters, 1.0)) {
        t->refused = 1;
        keep(t, 1);
        t->gradients = t->gradients_so_far;
        t->gradients_so_far = gradients;
        return;
    }
    t->steps++;
}

/* The gradients of the mean over all examples, then the optimiser's rule: one training step. */
double step(const struct batch *b)
{
    struct trainer *const t = b->trainer;
    const double seed = 1.0 / (double)b->examples;
    double total = -0.0;
    double *const gradients = t->gradients_so_far;
    long doubtful = 0;
    for (long k = 0; k < t->leaves; k++)
        gradients[k] = 0.0;
    for (long r = 0; r < b->count; r++) {
        const struct run *const run = &b->runs[r];
        double *w = t->data, *g = gradients;
        if (run->places) {
            w = t->data_of_run, g = t->gradients_of_run;
            for (long k = 0; k < run->leaves; k++) {
                w[k] = t->data[run->places[k]];
                g[k] = gradients[run->places[k]];
            }
        }
        t->failed = run->add_up(run->rows, run->count, w, g, &seed, &total, 0);
        if (t->failed)
            return NAN; /* and only then is `failed` looked at */
        doubtful |= run->doubtful;
        if (run->places)
            for (long k = 0; k < run->leaves; k++)
                gradients[run->places[k]] = g[k];
    }
    for (long k = 0; doubtful && k < t->leaves; k++)
        t->failed |= !py_isfinite(gradients[k]);
    if (t->failed)
        return NAN;
    if (t->kept && !all_finite(&total, 1, 1.0))
        t->refused = 1;
    else
        finish(t);
    return total / (double)b->examples;
}
"""


class _Run(ctypes.Structure):
    """`struct run`."""

    _fields_ = (
        ("add_up", ctypes.c_void_p),
        ("rows", ctypes.c_void_p),
        ("count", ctypes.c_long),
        ("leaves", ctypes.c_long),
        ("places", ctypes.c_void_p),
        ("doubtful", ctypes.c_long),
    )


class _Batch(ctypes.Structure):
    """`struct batch`."""

    _fields_ = (
        ("trainer", ctypes.c_void_p),
        ("runs", ctypes.c_void_p),
        ("count", ctypes.c_long),
        ("examples", ctypes.c_long),
    )


class _Struct(ctypes.Structure):
    """`struct trainer`, and the arrays that it points at."""

    alive: list[object]

    _fields_ = (
        ("parameters", ctypes.c_long),
        ("leaves", ctypes.c_long),
        ("failed", ctypes.c_long),
        ("data", ctypes.c_void_p),
        ("gradients", ctypes.c_void_p),
        ("numbers", ctypes.c_void_p),
        ("state", ctypes.c_void_p),
        ("data_of_run", ctypes.c_void_p),
        ("gradients_of_run", ctypes.c_void_p),
        ("gradients_so_far", ctypes.c_void_p),
        ("kept", ctypes.c_void_p),
        ("states", ctypes.c_long),
        ("constants", ctypes.c_long),
        ("refused", ctypes.c_long),
        ("steps", ctypes.c_long),
    )


@functools.cache
def rule_in_c(rule: tuple[str, ...], state: tuple[str, ...], numbers: tuple[str, ...]) -> str:
    """An optimiser's rule as C: `step`, and `move`, which runs the rule over all parameters."""
    names = ["p", "g", *state, *numbers]
    statements = assignments(rule)
    own = dict.fromkeys(name for name, _ in statements if name not in names)  # of the rule alone
    operands = {name: Term(f"r_{encoded(name)}") for name in (*names, *own)}
    p, g = operands["p"].text, operands["g"].text
    lines = [
        f"const double {operands[name].text} = t->numbers[{k}];" for k, name in enumerate(numbers)
    ]
    lines += [f"(void){operands[name].text};" for name in numbers]
    lines += ["for (long k = 0; k < t->parameters; k++) {"]
    lines += [f"    double {p} = t->data[k], {g} = t->gradients[k];"]
    lines += [f"    double {operands[name].text};" for name in own]
    lines += [
        f"    double {operands[name].text} = t->state[{k}][k];" for k, name in enumerate(state)
    ]
    for name, expression in statements:
        text = C(_called, operands, total=True).expression(expression).real().text
        lines += [f"    {operands[name].text} = {text};"]
    lines += [f"    t->state[{k}][k] = {operands[name].text};" for k, name in enumerate(state)]
    lines += [f"    t->data[k] = {p};", "}"]
    move = ["static void move(struct trainer *t)", "{", *(f"    {line}" for line in lines), "}", ""]
    called = set().union(*(expressions.called(tree) for _, tree in statements)) - {"sqrt"}
    head = operations.source([TABLE[name] for name in sorted(called)])
    struct, step = STEP.split("\n/* The opt")
    return "\n".join([head, struct, *move, f"/* The opt{step}"])


def _called(name: str, arguments: list[Term], c: C) -> Term:
    """A call in a rule: sqrt of what is not negative, or an operation that never fails."""
    function = "__builtin_sqrt" if name == "sqrt" else operations.call(TABLE[name])
    return Term(f"{function}({', '.join(term.real().text for term in arguments)})")


class CTrainer(Trainer):
    """A trainer whose numbers are in C arrays.

    The parameters stand in the order in which the first generated function wants them, so that it
    can work on these arrays directly: `_slots` says which parameter stands where. What the loss
    reads besides parameters stands behind them.
    """

    def _load(self, data: list[float]) -> None:
        """Compile the rule, then lay out the arrays, in one go."""
        optimiser = self.optimiser
        rule = tuple(optimiser.rule())
        numbers = optimiser.numbers(optimiser.current_lr())
        library = load(rule_in_c(rule, tuple(optimiser.state), tuple(numbers)))
        call = library.step
        call.restype = ctypes.c_double
        slots = getattr(self, "_slots", list(range(len(data))))  # as before, after `read()`
        with uninterrupted():
            self._begin()
            self._rule, self._library, self._call = rule, library, call
            self._given_numbers = self._values
            self._numbers_array = array("d", self._given_numbers)
            self._plans: weakref.WeakKeyDictionary[Batch, _Plan] = weakref.WeakKeyDictionary()
            self._arrange(slots, data, [0.0] * len(data), optimiser.get_state(), 0)

    def _arrange(
        self,
        slots: list[int],
        data: list[float],
        gradients: list[float],
        state: list[list[float]],
        taken: int,
    ) -> None:
        """Lay out the arrays, with room for what the loss reads besides the parameters."""
        self._places_of: dict[Variant, _Places] = {}
        self._slots = slots
        self._slot_of = {k: slot for slot, k in enumerate(slots)}
        parameters, leaves = len(slots), len(slots) + len(self.others)
        self._slot_of.update({k: k for k in range(parameters, leaves)})
        room = array("d", bytes(8 * len(self.others)))
        self._data = array("d", [data[k] for k in slots]) + room
        # Two arrays, in turns: the gradients of the last step, and those of the one under way.
        self._gradients = array("d", [gradients[k] for k in slots]) + room
        self._spare = array("d", self._gradients)
        self._state = [array("d", [numbers[k] for k in slots]) for numbers in state]
        self._kept = array("d", bytes(8 * parameters * (1 + len(state)) * self.only_finite))
        self._of_run = [array("d", bytes(8 * leaves)) for _ in range(2)]
        self._state_addresses = (ctypes.c_void_p * max(len(state), 1))(*map(address, self._state))
        self._struct = _Struct(
            parameters,
            leaves,
            0,
            address(self._data),
            address(self._gradients),
            address(self._numbers_array),
            ctypes.addressof(self._state_addresses),
            *map(address, self._of_run),
            address(self._spare),
            address(self._kept) if self.only_finite else None,
            len(state),
            len(self._numbers_array),
            0,
            taken,
        )
        self._struct.alive = [
            *(self._data, self._gradients, self._spare, self._numbers_array, self._kept),
            *(*self._state, *self._of_run, self._state_addresses),
        ]

    def _taken(self) -> int:
        taken: int = self._struct.steps
        return taken

    def _numbers(self) -> tuple[list[float], list[float], list[list[float]]]:
        slot_of = self._slot_of

        def in_order(numbers: "array[float]") -> list[float]:
            return [numbers[slot_of[k]] for k in range(len(self.parameters))]

        state = [in_order(numbers) for numbers in self._state]
        first = self._struct.gradients == address(self._gradients)
        return in_order(self._data), in_order(self._gradients if first else self._spare), state

    def _step(self, batch: Batch, numbers: Mapping[str, float]) -> float:
        plan = self._plans.get(batch) or self._plan(batch)
        if self.others:
            for k, leaf in enumerate(self.others, len(self.parameters)):
                self._data[k] = leaf.data
        if self._values is not self._given_numbers:
            self._give(self._values)
        mean: float = self._call(plan.argument)
        if mean != mean and self._struct.failed:
            mean = self._repeat(plan, len(batch))
        if self.only_finite and self._struct.refused:
            self._struct.refused = 0
            raise not_finite(mean, self._so_far()[: len(self.parameters)])
        return mean

    def _so_far(self) -> "array[float]":
        """The gradients of a step that is not done."""
        first = self._struct.gradients_so_far == address(self._gradients)
        return self._gradients if first else self._spare

    def _give(self, numbers: tuple[float, ...]) -> None:
        """Hand on the numbers in the rule; which rule it is may depend on them."""
        if tuple(self.optimiser.rule()) != self._rule:
            raise ValueError(
                "the optimiser's settings were changed to others that follow another rule while a "
                "trainer was open; call write_back() before the change, and read() after it"
            )
        self._numbers_array[:] = array("d", numbers)
        self._given_numbers = numbers

    def _plan(self, batch: Batch) -> "_Plan":
        """What `step` is called with for a batch."""
        runs = batch.runs(self.variants, gradients=True)
        generate([variant for variant, _, _ in runs], (0,))
        first = not self._orders
        orders = [self._order(variant) for variant, _, _ in runs]
        slots = self._slots
        if first and len(runs) == 1 and not self.others:
            read = dict.fromkeys([orders[0][leaf] for leaf in _function_of(runs[0][0]).leaves])
            slots = [*read, *(k for k in slots if k not in read)]
        if slots != self._slots or len(self._slot_of) < len(self._places):
            with uninterrupted():
                self._arrange(slots, *self._numbers(), self._taken())
                self._plans.clear()
        places = [self._place(variant) for variant, _, _ in runs]
        plan = _Plan(self._struct, runs, places, len(batch))
        if batch.settled_for(self.variants):
            self._plans[batch] = plan
        return plan

    def _place(self, variant: Variant) -> "_Places":
        """Where the leaves of a variant stand among the trainer's; once for each variant."""
        places = self._places_of.get(variant)
        if places is None:
            order, function = self._order(variant), _function_of(variant)
            slots = [self._slot_of[order[leaf]] for leaf in function.leaves]
            same = slots == list(range(len(slots)))
            places = _Places(function, len(slots), None if same else array("l", slots))
            self._places_of[variant] = places
        return places

    def _repeat(self, plan: "_Plan", examples: int) -> float:
        """The step that failed, by the interpreter: raises its error, as the eager engine words it,
        unless that came of a branch that was not taken."""
        failed, self._struct.failed = self._struct.failed, 0
        gradients, total = [0.0] * len(self._places), -0.0
        for variant, rows, values in plan.runs:
            order = self._order(variant)
            leaves = [self._data[self._slot_of[k]] for k in order]
            start = [gradients[k] for k in order]
            total, found, _ = variant.interpreted(
                rows, values, leaves, start, (0,), (1.0 / examples,), total
            )
            for k, gradient in zip(order, found, strict=True):
                gradients[k] = gradient
        if not plan.doubtful:
            check(failed)
        so_far = self._so_far()
        for k, gradient in enumerate(gradients):
            so_far[self._slot_of[k]] = gradient
        if self.only_finite and not math.isfinite(total):
            self._struct.refused = 1
        else:
            self._library.finish(ctypes.byref(self._struct))
        return total / examples


def _function_of(variant: Variant) -> Function:
    function: Function = variant.generated((0,)).__self__  # type: ignore[attr-defined]  # its method
    return function


class _Places(NamedTuple):
    """The generated function of a variant, and where its leaves stand among the trainer's; None
    where they are the same, in the same order."""

    function: Function
    leaves: int
    places: "array[int] | None"


class _Plan:
    """A batch as `step` takes it, and all that must stay alive as long as that is used: what runs
    in the middle of a step, as the handler of a signal, may have the trainer read anew."""

    def __init__(self, trainer: _Struct, runs: Runs, places: list[_Places], examples: int) -> None:
        """Pack the rows, and fill in a `struct run` for each structure."""
        self.trainer, self.runs, self.places = trainer, runs, places
        self.rows = [packed_rows(rows) for _, rows, _ in runs]
        doubtful = [variant.doubts[0,].branches for variant, _, _ in runs]
        self.doubtful = any(doubtful)
        self.made = (_Run * len(runs))(
            *(
                _Run(
                    ctypes.cast(at.function.library_for(rows.count).add_up, ctypes.c_void_p),
                    address(rows.numbers),
                    rows.count,
                    at.leaves,
                    at.places and address(at.places),
                    doubt,
                )
                for at, rows, doubt in zip(places, self.rows, doubtful, strict=True)
            )
        )
        self.batch = _Batch(*map(ctypes.addressof, (trainer, self.made)), len(runs), examples)
        self.argument = ctypes.byref(self.batch)
