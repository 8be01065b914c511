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
    "asked to" by `each_epoch`, "interrupted", "not finite": a step whose loss, gradients or
    parameters are infinite or NaN was not taken); `diagnosis`: what is wrong, where that was asked
    for or a step was not finite, else None.

    >>> record = TrainingRecord(loss=[0.9, 0.4, 0.5], best_epoch=2)
    >>> record.loss[record.best_epoch - 1]
    0.4
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

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the diagnosis warns of, in words."""
        return self.diagnosis.warnings if self.diagnosis is not None else ()

    def __repr__(self) -> str:
        """One line, then one for each warning."""
        text = f"<training record: no epoch, {self.stopped}>"
        if self.loss:
            last = ", ".join(f"{name} {numbers[-1]:.4g}" for name, numbers in self.curves.items())
            text = (
                f"<training record: {len(self.loss)} epochs in {self.seconds:.1f} s, "
                f"{self.stopped}; {last}; best epoch {self.best_epoch}>"
            )
        return "\n".join([text, *(f"- {warning}" for warning in self.warnings)])
