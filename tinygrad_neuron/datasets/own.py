"""Data of one's own: from a CSV file, or from arrays, frames and lists."""

import csv
import os
from collections.abc import Iterable, Sequence
from typing import Any, cast

from ..checking import as_text, described, flag, listed, text, to_float
from ..files import checked_path
from ..public import named_options
from .dataset import Dataset


@named_options
def from_csv(
    path: str | os.PathLike[str],
    target: str | int = -1,
    *,
    classes: bool | None = None,
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> Dataset[Any]:
    """Return the rows of a CSV file with a line of column names at the top.

    Arguments:
        path: the file.
        target: the column to predict, by name or by position (-1: the last); all others are
            features, which must be numbers.
        classes: whether the targets are classes, numbered in alphabetical order (whole numbers in
            theirs). None decides: they are if any is not a number.
        delimiter, encoding: of the file.

    Returns:
        A Dataset with the columns' names, and the classes' if there are such.

    Raises:
        ValueError: if the file has no rows, a row has too many or too few cells, a feature is not
            a number, or there is no such column; the message names the line and the column.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "fruit.csv")
    >>> with open(path, "w") as file:
    ...     _ = file.write("weight,length,fruit\\n110,18.5,banana\\n150,7.5,apple\\n")
    >>> from_csv(path)
    <Dataset 'fruit': 2 samples, 2 features, 2 classes (apple, banana)>
    >>> from_csv(path, target="weight")
    Traceback (most recent call last):
    ValueError: fruit.csv, line 2, column 'fruit': 'banana' is not a number; features must be \
numbers, the target is 'weight'
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"from_csv: path must be a path, got {described(path)}")
    text("from_csv", "encoding", encoding)
    if len(text("from_csv", "delimiter", delimiter)) != 1 or delimiter in '"\r\n\0':
        raise ValueError(f"from_csv: delimiter must be one character, got {delimiter!r}")
    try:
        "".encode(encoding)  # there are codecs that are not of texts, and one that refuses all
        b"".decode(encoding)
    except (LookupError, ValueError):
        raise ValueError(
            f"from_csv: there is no encoding {encoding!r}; most files are in utf-8"
        ) from None
    classes = None if classes is None else flag("from_csv", "classes", classes)
    file_name = os.path.basename(checked_path("from_csv", path))
    with open(path, newline="", encoding=encoding) as file:
        reader = csv.reader(file, delimiter=delimiter)
        try:
            header = next(reader, [])
            rows = [(reader.line_num, row) for row in reader if row]
        except UnicodeError as error:
            raise ValueError(
                f"{file_name} is not written in {encoding}: {error}; name another encoding, such "
                "as cp1252"
            ) from None
        except csv.Error as error:
            raise ValueError(f"{file_name}, line {reader.line_num}: {error}") from None
    place = _column(file_name, header, target)
    inputs, raw = [], []
    for line, row in rows:
        if len(row) != len(header):
            raise ValueError(
                f"{file_name}, line {line}: {len(row)} cells, but the first line names "
                f"{len(header)} columns"
            )
        features = []
        for k, cell in enumerate(row):
            if k == place:
                raw.append(cell.strip())
                continue
            number = _number(cell)
            if number is None:
                raise ValueError(
                    f"{file_name}, line {line}, column {header[k]!r}: {cell!r} is not a number; "
                    f"features must be numbers, the target is {header[place]!r}"
                )
            features.append(number)
        inputs.append(tuple(features))
    name = os.path.splitext(file_name)[0]
    names = tuple(cell.strip() for k, cell in enumerate(header) if k != place)
    return _dataset(name, tuple(inputs), raw, names, classes)


@named_options
def from_arrays(
    inputs: Any, targets: Any, name: str = "data", *, classes: bool | None = None
) -> Dataset[Any]:
    """Return samples from arrays, frames or lists.

    Arguments:
        inputs: one row of numbers per sample; the columns of a frame keep their names.
        targets: one number or, for classes, one name per sample.
        name: what the data is called.
        classes: as in `from_csv`; None decides: they are if any is not a number.

    Returns:
        A Dataset.

    >>> from_arrays([[1, 2], [3, 4]], ["no", "yes"])
    <Dataset 'data': 2 samples, 2 features, 2 classes (no, yes)>
    """
    columns: Iterable[Any] = getattr(inputs, "columns", ())
    text("from_arrays", "name", name)
    classes = None if classes is None else flag("from_arrays", "classes", classes)
    rows = tuple(
        tuple(
            to_float(v, "from_arrays", f"inputs[{k}]")
            for v in listed("from_arrays", f"inputs[{k}]", row, "a list of numbers")
        )
        for k, row in enumerate(_listed("inputs", inputs))
    )
    names = tuple(str(column) for column in columns)
    return _dataset(name, rows, _listed("targets", targets), names, classes)


def _listed(what: str, values: Any) -> list[Any]:
    """A frame's, an array's or a list's rows, with plain numbers."""
    if hasattr(
        type(values), "to_numpy"
    ):  # going through a frame would give the names of its columns
        values = values.to_numpy()
    if hasattr(type(values), "tolist"):
        values = values.tolist()
    return listed("from_arrays", what, values, "an array, a frame or a list")


def _dataset(
    name: str,
    inputs: tuple[tuple[float, ...], ...],
    raw: Sequence[Any],
    names: tuple[str, ...],
    classes: bool | None,
) -> Dataset[Any]:
    """Samples whose targets may be names of classes."""
    numbers = [_number(cell) for cell in raw]
    if classes is False and None in numbers:
        wrong = raw[numbers.index(None)]
        raise ValueError(f"a target of data set {name!r} is {wrong!r}, which is no number")
    if not (None in numbers if classes is None else classes):
        return Dataset(name, inputs, tuple(cast("list[float]", numbers)), names)
    if None in numbers:
        known = sorted({as_text(cell) for cell in raw})
    else:
        known = [as_text(cell) for cell in sorted(set(raw), key=float)]
    place = {label: k for k, label in enumerate(known)}
    return Dataset(name, inputs, tuple(place[as_text(cell)] for cell in raw), names, tuple(known))


def _number(cell: Any) -> float | None:
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return None


def _column(file: str, header: Sequence[str], target: str | int) -> int:
    """The position of a column."""
    names = [cell.strip() for cell in header]
    if isinstance(target, int) and -len(names) <= target < len(names):
        return target % len(names)
    if isinstance(target, str) and target in names:
        return names.index(target)
    raise ValueError(
        f"{file} has no column {target!r}; its first line names {', '.join(names) or 'none'}"
    )
