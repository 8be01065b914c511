"""The one type of this package: samples with their names, immutable."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

from ..checking import described, listed, text
from ..public import Answering, named_options

Target = TypeVar("Target", bound=float)


@named_options
@dataclass(frozen=True, repr=False)
class Dataset(Answering, Generic[Target]):
    """An immutable table of samples; iterating yields (input, target) pairs.

    Arguments:
        name: what the data is called.
        inputs: one tuple of features per sample, all of the same length.
        targets: one target per sample: a class, counted from 0, or a float to regress on.
        feature_names: one name per feature, or none at all.
        target_names: the name of each class, `target_names[target]`; none when the targets are
            not classes.

    Raises:
        ValueError: if the lengths do not fit each other, or a target has no target name.

    >>> data = Dataset("line", ((0.0,), (1.0,)), (0, 1), ("x",), ("left", "right"))
    >>> data
    <Dataset 'line': 2 samples, 1 feature, 2 classes (left, right)>
    >>> len(data)
    2
    >>> list(data)
    [((0.0,), 0), ((1.0,), 1)]
    """

    name: str
    inputs: tuple[tuple[float, ...], ...]
    targets: tuple[Target, ...]
    feature_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a table whose parts do not fit each other."""
        text("Dataset", "name", self.name)
        for part in ("inputs", "targets", "feature_names", "target_names"):
            given = listed("Dataset", part, getattr(self, part), "a tuple")
            if not isinstance(getattr(self, part), tuple | list):
                object.__setattr__(self, part, tuple(given))
        for index, row in enumerate(self.inputs):
            if not isinstance(row, tuple | list):
                raise TypeError(
                    f"Dataset: inputs[{index}] must be a tuple of numbers, got {described(row)}"
                )
        if not self.inputs:
            raise ValueError(f"data set {self.name!r} has no samples; give at least one input")
        if len(self.inputs) != len(self.targets):
            raise ValueError(
                f"data set {self.name!r} has {len(self.inputs)} inputs and {len(self.targets)} "
                "targets; give one target for each input"
            )
        features = len(self.inputs[0])
        for index, row in enumerate(self.inputs):
            if len(row) != features:
                raise ValueError(
                    f"inputs[{index}] of data set {self.name!r} has {len(row)} features, inputs[0] "
                    f"has {features}; give every input the same number"
                )
        if self.feature_names and len(self.feature_names) != features:
            raise ValueError(
                f"data set {self.name!r} has {len(self.feature_names)} feature names and "
                f"{features} features; give one name for each, or none at all"
            )
        if self.target_names:
            for target in self.targets:
                if not isinstance(target, int | float):
                    raise TypeError(f"Dataset: a target must be a number, got {described(target)}")
            unnamed = set(self.targets).difference(range(len(self.target_names)))
            if unnamed:
                raise ValueError(
                    f"data set {self.name!r} has target {min(unnamed)} and "
                    f"{len(self.target_names)} target names; give targets from 0 to "
                    f"{len(self.target_names) - 1}, or no target names if these are not classes"
                )

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.inputs)

    @overload
    def __getitem__(self, place: int) -> tuple[tuple[float, ...], Target]: ...

    @overload
    def __getitem__(self, place: slice) -> list[tuple[tuple[float, ...], Target]]: ...

    def __getitem__(self, place: int | slice) -> Any:
        """Return one sample as (input, target), or those of a slice in a list."""
        if isinstance(place, slice):
            return list(zip(self.inputs[place], self.targets[place], strict=True))
        return self.inputs[place], self.targets[place]

    def __iter__(self) -> Iterator[tuple[tuple[float, ...], Target]]:
        """Yield each sample as (input, target)."""
        return iter(zip(self.inputs, self.targets, strict=True))

    def __repr__(self) -> str:
        """Return the size and the class names, never the numbers themselves."""
        parts = [_count(len(self), "sample"), _count(len(self.inputs[0]), "feature")]
        if self.target_names:
            classes = _count(len(self.target_names), "class", "classes")
            parts.append(f"{classes} ({', '.join(self.target_names)})")
        return f"<Dataset {self.name!r}: {', '.join(parts)}>"


def _count(number: int, singular: str, plural: str = "") -> str:
    return f"{number} {singular if number == 1 else plural or singular + 's'}"
