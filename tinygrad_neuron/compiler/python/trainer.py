"""Training steps in Python: the parameters, their gradients and the optimiser's state in lists."""

from ..examples import Batch
from ..trainer import Trainer


class PythonTrainer(Trainer):
    """A trainer whose numbers are in lists."""

    def _load(self, data: list[float]) -> None:
        self._data = data
        self._gradients = [0.0] * len(data)
        self._kept = self.optimiser.what_is_kept()

    def _numbers(self) -> tuple[list[float], list[float], list[list[float]]]:
        return self._data, self._gradients, self._kept

    def _step(self, batch: Batch, lr: float) -> float:
        count, total, seeds = len(self.parameters), -0.0, (1.0 / len(batch),)
        gradients: list[float] | None = None
        for variant, rows, values in batch.runs(self.variants):
            order = self._orders.get(variant) or self._order(variant)
            numbers = self._data
            if self.others:
                numbers = numbers + [leaf.data for leaf in self.others]
            data = [numbers[k] for k in order]
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
        moved, *self._kept = self.optimiser.moved(self._data, gradients, self._kept, lr)
        self._data, self._gradients = moved, gradients
        return total / len(batch)
