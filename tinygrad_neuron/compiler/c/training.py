"""Training steps in C: the parameters, their gradients and what the optimiser keeps stay in arrays,
and one call does a whole step."""

import ast
import ctypes
import functools
import weakref
from array import array

from ..batch import Batch, Runs
from ..training import Trainer
from . import building, kernels
from .language import C, Term, identifier
from .target import Function, check, packed_rows

STEP = """\
struct run { /* examples of one structure, and the generated function for it */
    int (*add_up)(const double *, long, const double *, const long *, double *, const double *,
                  double *, double *);
    const double *rows;
    long count;
    const long *places;
};

struct trainer {
    long parameters, leaves, failed;
    double *data, *gradients;
    const double *numbers;
    double **kept;
};

/* The gradients of the mean over all examples, then the optimiser's rule: one training step. */
double step(struct trainer *t, const struct run *runs, long count, long examples)
{
    const double seed = 1.0 / (double)examples;
    double total = 0.0;
    for (long k = 0; k < t->leaves; k++)
        t->gradients[k] = 0.0;
    for (long r = 0; r < count; r++) {
        const struct run *const run = &runs[r];
        t->failed = run->add_up(run->rows, run->count, t->data, run->places, t->gradients, &seed,
                                &total, 0);
        if (t->failed)
            return 0.0;
    }
    move(t);
    return total / (double)examples;
}
"""


class _Run(ctypes.Structure):
    _fields_ = (
        ("add_up", ctypes.c_void_p),
        ("rows", ctypes.c_void_p),
        ("count", ctypes.c_long),
        ("places", ctypes.c_void_p),
    )


class _Struct(ctypes.Structure):
    _fields_ = (
        ("parameters", ctypes.c_long),
        ("leaves", ctypes.c_long),
        ("failed", ctypes.c_long),
        ("data", ctypes.c_void_p),
        ("gradients", ctypes.c_void_p),
        ("numbers", ctypes.c_void_p),
        ("kept", ctypes.c_void_p),
    )


@functools.cache
def rule_in_c(rule: tuple[str, ...], kept: tuple[str, ...], numbers: tuple[str, ...]) -> str:
    """An optimiser's rule as C: `step`, and `move`, which runs the rule over all parameters."""
    names = ["p", "g", *kept, *numbers]
    operands = {name: Term(identifier(name)) for name in names}
    lines = [
        f"const double {operands[name].text} = t->numbers[{k}];" for k, name in enumerate(numbers)
    ]
    lines += [f"(void){operands[name].text};" for name in numbers]
    lines += ["for (long k = 0; k < t->parameters; k++) {"]
    lines += ["    double p = t->data[k], g = t->gradients[k];"]
    lines += [f"    double {operands[name].text} = t->kept[{k}][k];" for k, name in enumerate(kept)]
    for line in rule:
        (statement,) = ast.parse(line).body
        if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)):
            raise ValueError(
                f"an optimiser's rule consists of assignments such as 'p = p - g', got {line!r}"
            )
        target = operands[statement.targets[0].id].text
        text = C(_called, operands, total=True).expression(statement.value).real().text
        lines += [f"    {target} = {text};"]
    lines += [f"    t->kept[{k}][k] = {operands[name].text};" for k, name in enumerate(kept)]
    lines += ["    (void)g;", "    t->data[k] = p;", "}"]
    move = ["static void move(struct trainer *t)", "{", *(f"    {line}" for line in lines), "}", ""]
    struct, step = STEP.split("\n/* The grad")
    return "\n".join([kernels.prelude(), struct, *move, f"/* The grad{step}"])


def _called(name: str, arguments: list[Term], c: C) -> Term:
    if name != "sqrt":
        raise ValueError(f"an optimiser's rule cannot call {name}, only sqrt")
    return Term(f"__builtin_sqrt({arguments[0].text})")


class CTrainer(Trainer):
    """A trainer whose numbers are in C arrays."""

    def _load(self, data: list[float]) -> None:
        optimiser = self.optimiser
        self._rule = tuple(optimiser.rule())
        numbers = optimiser.numbers(optimiser.current_lr())
        self._given_numbers: tuple[float, ...] = tuple(numbers.values())
        self._numbers_array = array("d", self._given_numbers)
        self._kept = [array("d", getattr(optimiser, name)) for name in optimiser.kept.values()]
        self._library = building.load(rule_in_c(self._rule, tuple(optimiser.kept), tuple(numbers)))
        self._call = self._library.step
        self._call.restype = ctypes.c_double
        self._call.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_long, ctypes.c_long]
        self._plans: weakref.WeakKeyDictionary[Batch, _Plan] = weakref.WeakKeyDictionary()
        self._arrange(array("d", data))

    def _arrange(self, data: "array[float]") -> None:
        """Lay out the arrays, with room for what the loss reads besides the parameters."""
        parameters, others = len(self.parameters), len(self.others)
        self._data = data[:parameters] + array("d", bytes(8 * others))
        self._gradients = array("d", bytes(8 * (parameters + others)))
        kept = self._kept

        self._kept_addresses = (ctypes.c_void_p * max(len(kept), 1))(
            *(one.buffer_info()[0] for one in kept)
        )
        self._struct = _Struct(
            parameters,
            parameters + others,
            0,
            self._data.buffer_info()[0],
            self._gradients.buffer_info()[0],
            self._numbers_array.buffer_info()[0],
            ctypes.addressof(self._kept_addresses),
        )
        self._address = ctypes.addressof(self._struct)

    def _numbers(self) -> tuple[list[float], list[float], list[list[float]]]:
        count = len(self.parameters)
        kept = [one.tolist() for one in self._kept]
        return self._data[:count].tolist(), self._gradients[:count].tolist(), kept

    def _step(self, batch: Batch, lr: float) -> float:
        plan = self._plans.get(batch) or self._plan(batch)
        if self.others:
            count = len(self.parameters)
            for k, leaf in enumerate(self.others):
                self._data[count + k] = leaf.data
        numbers = tuple(self.optimiser.numbers(lr).values())
        if numbers != self._given_numbers:
            self._give(numbers)
        mean: float = self._call(self._address, *plan.arguments)
        if self._struct.failed:
            self._explain(plan, len(batch))
        return mean

    def _give(self, numbers: tuple[float, ...]) -> None:
        """Hand on the numbers in the rule; the rule may depend on which of them are 0."""
        if tuple(self.optimiser.rule()) != self._rule:
            raise ValueError(
                "the optimiser's settings were changed to others that follow another rule while a "
                "trainer was open; call write_back() before the change, and read() after it"
            )
        self._numbers_array[:] = array("d", numbers)
        self._given_numbers = numbers

    def _plan(self, batch: Batch) -> "_Plan":
        """What `step` is called with for a batch."""
        runs = batch.runs(self.compiled)
        before = len(self.others)
        orders = [self._order(recorded) for recorded, _, _ in runs]
        if len(self.others) > before:
            self._arrange(self._data)
        functions = [recorded.generated((0,)).__self__ for recorded, _, _ in runs]  # type: ignore[attr-defined]  # methods
        plan = _Plan(runs, functions, orders, len(batch))
        if batch.settled:
            self._plans[batch] = plan
        return plan

    def _explain(self, plan: "_Plan", examples: int) -> None:
        """Raise the error of the step that failed, as the eager engine words it."""
        failed, self._struct.failed = self._struct.failed, 0
        numbers = self._data.tolist()
        for (recorded, rows, values), order in zip(plan.runs, plan.orders, strict=True):
            leaves = [numbers[k] for k in order]
            recorded.explain(rows, values, leaves, (0,), (1.0 / examples,))
        check(failed)


class _Plan:
    """A batch as `step` takes it, and all that must stay alive as long as that is used."""

    def __init__(
        self, runs: Runs, functions: list[Function], orders: list[list[int]], examples: int
    ) -> None:
        self.runs, self.functions, self.orders = runs, functions, orders
        self.rows = [packed_rows(rows) for _, rows, _ in runs]
        self.places = [
            array("l", [order[leaf] for leaf in function.order])
            for function, order in zip(functions, orders, strict=True)
        ]
        self.made = (_Run * len(runs))(
            *(
                _Run(
                    ctypes.cast(function.library.add_up, ctypes.c_void_p),
                    rows.numbers.buffer_info()[0],
                    rows.count,
                    places.buffer_info()[0],
                )
                for function, rows, places in zip(functions, self.rows, self.places, strict=True)
            )
        )
        self.arguments = ctypes.addressof(self.made), len(runs), examples
