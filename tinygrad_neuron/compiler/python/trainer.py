"""Training steps in Python: the parameters, their gradients and the optimiser's state in lists."""

from collections.abc import Mapping

from ...interruption import uninterrupted
from ..examples import Batch
from ..trainer import Trainer, finite, not_finite


class PythonTrainer(Trainer):
    """A trainer whose numbers are in lists: `_now`, the parameters' data, their gradients, the
    optimiser's state, and how many steps that took."""

    _now: tuple[list[float], list[float], list[list[float]], int]

    def _load(self, data: list[float]) -> None:
        with uninterrupted():
            self._begin()
            self._now = data, [0.0] * len(data), self.optimiser.get_state(), 0

    def _taken(self) -> int:
        return self._now[3]

    def _numbers(self) -> tuple[list[float], list[float], list[list[float]]]:
        return self._now[:3]

    def _step(self, batch: Batch, numbers: Mapping[str, float]) -> float:
        """The gradients of the mean, structure by structure, then the rule; assigned at the end."""
        count, total, seeds = len(self.parameters), -0.0, (1.0 / len(batch),)
        held, _, state, taken = self._now
        gradients: list[float] | None = None
        for variant, rows, values in batch.runs(self.variants, gradients=True):
            order = self._orders.get(variant) or self._order(variant)
            known = held
            if self.others:
                known = known + [leaf.data for leaf in self.others]
            data = [known[k] for k in order]
            if gradients is None:
                start = variant.zeros
                gradients = [0.0] * len(self._places)
            else:
                gradients += [0.0] * (len(self._places) - len(gradients))
                start = [gradients[k] for k in order]
            total, found, _ = variant.add_up(rows, values, data, start, (0,), seeds, total)
            for k, gradient in zip(order, found, strict=True):
                gradients[k] = gradient
        assert gradients is not None
        del gradients[count:]
        mean = float(total) / len(batch)
        if self.only_finite and not (mean - mean == 0.0 and finite(gradients)):
            raise not_finite(mean, gradients)
        updated, *state = self.optimiser.updated(held, gradients, state, numbers)
        if self.only_finite and not finite(updated):
            raise not_finite(mean, gradients)
        self._now = updated, gradients, state, taken + 1  # at once: nothing comes between
        return mean
