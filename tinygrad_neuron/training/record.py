"""What happened in a training run."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..notebook import Shown

if TYPE_CHECKING:
    from .diagnose import Diagnosis


@dataclass
class TrainingRecord(Shown):
    """What `fit` returns; in a notebook it shows its curves.

    **Attributes:** `loss`: the mean training loss of each epoch, taken during it; `validation_loss`
    and `metrics` (a list by name): after each epoch, on the validation data, empty without such;
    `best_epoch`: the one with the least validation loss, or without it training loss, counted from
    1 (0: none was finished); `seconds`; `stopped`: why it ended ("all epochs", "no improvement",
    "interrupted", "loss not finite"); `diagnosis`: what is wrong, where the loss was not finite.
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    best_epoch: int = 0
    seconds: float = 0.0
    stopped: str = "all epochs"
    diagnosis: "Diagnosis | None" = None

    @property
    def curves(self) -> dict[str, list[float]]:
        """All that was measured, by name, for `draw.figures.training_curves`."""
        validated = {"validation loss": self.validation_loss} if self.validation_loss else {}
        return {"loss": self.loss} | validated | self.metrics

    def __repr__(self) -> str:
        if not self.loss:
            return f"<training record: no epoch, {self.stopped}>"
        last = ", ".join(f"{name} {numbers[-1]:.4g}" for name, numbers in self.curves.items())
        return (
            f"<training record: {len(self.loss)} epochs in {self.seconds:.1f} s, {self.stopped}; "
            f"{last}; best epoch {self.best_epoch}>"
        )
