"""Training steps in Python: the parameters, their gradients and the optimiser's state in lists."""

from collections.abc import Mapping

from ..examples import Batch
from ..trainer import Trainer, finite, not_finite


class PythonTrainer(Trainer):
    """A trainer whose numbers are in lists."""

    def _load(self, data: list[float]) -> None:
        self._data = data
        self._gradients = [0.0] * len(data)
        self._state = self.optimiser.get_state()

    def _numbers(self) -> tuple[list[float], list[float], list[list[float]]]:
        return self._data, self._gradients, self._state

    def _step(self, batch: Batch, numbers: Mapping[str, float]) -> float:
        """The gradients of the mean, structure by structure, then the rule; assigned at the end."""
        count, total, seeds = len(self.parameters), -0.0, (1.0 / len(batch),)
        gradients: list[float] | None = None
        for variant, rows, values in batch.runs(self.variants):
            order = self._orders.get(variant) or self._order(variant)
            known = self._data
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
        mean = total / len(batch)
        if self.only_finite and not (mean - mean == 0.0 and finite(gradients)):
            raise not_finite(mean, gradients)
        updated, *state = self.optimiser.updated(self._data, gradients, self._state, numbers)
        if self.only_finite and not finite(updated):
            raise not_finite(mean, gradients)
        self._data, self._state, self._gradients = updated, state, gradients
        return mean
