"""Measured data, shipped with the package.

Each file in `data/` is a CSV text: a line of column names, then one line per sample with the name
of its class last. It is compressed with `gzip.compress(text, 9, mtime=0)`: without a time stamp,
so that the same text gives the same file.
"""

import gzip
from functools import cache
from importlib.resources import files

from .dataset import Dataset


def iris() -> Dataset[int]:
    """Return Anderson's measurements of 150 irises, 50 of each of three species.

    Versicolor and virginica overlap; setosa can be separated from both by a line. The numbers are
    those of Fisher's paper, the same as in R and in scikit-learn. The copy in the UCI repository
    has three numbers wrong, in its 35th and 38th sample; here these read (4.9, 3.1, 1.5, 0.2) and
    (4.9, 3.6, 1.4, 0.1), as they should.

    Returns:
        A Dataset of shape 150 x 4: length and width of sepal and petal in centimetres, 0.1 to 7.9;
        targets 0 (setosa), 1 (versicolor), 2 (virginica), in this order. Every call returns the
        same object.

    Source: R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of
    Eugenics 7 (1936), pages 179-188; measured by E. Anderson, "The irises of the Gaspe Peninsula",
    Bulletin of the American Iris Society 59 (1935), pages 2-5. UCI Machine Learning Repository,
    https://doi.org/10.24432/C56C76, licence CC BY 4.0
    (https://creativecommons.org/licenses/by/4.0/). Changed from there: the three numbers, the
    column names, the compression.

    >>> data = iris()
    >>> data
    <Dataset 'iris': 150 samples, 4 features, 3 classes (setosa, versicolor, virginica)>
    >>> data.inputs[0], data.target_names[data.targets[0]]
    ((5.1, 3.5, 1.4, 0.2), 'setosa')
    """
    return _load("iris", ("setosa", "versicolor", "virginica"))


def digits() -> Dataset[int]:
    """Return 1797 handwritten digits, as images of 8 x 8 pixels.

    Each pixel counts the inked dots in its block of 4 x 4 of the original scan. The digits were
    written by 13 people; this is the test part of the repository's data, the same as in
    scikit-learn.

    Returns:
        A Dataset of shape 1797 x 64: the pixels row by row from the top left, whole numbers from
        0.0 (blank) to 16.0 (full ink), named "pixel_row_column"; targets 0 to 9, the digits
        themselves. Every call returns the same object.

    Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits" (1998), UCI
    Machine Learning Repository, https://doi.org/10.24432/C50P49, licence CC BY 4.0
    (https://creativecommons.org/licenses/by/4.0/). Changed from there: the column names, the
    compression.

    >>> data = digits()
    >>> data
    <Dataset 'digits': 1797 samples, 64 features, 10 classes (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)>
    >>> for start in range(0, 64, 8):
    ...     row = data.inputs[0][start : start + 8]
    ...     print("|" + "".join(" .:#@"[int(ink / 4)] for ink in row) + "|")
    |  .#:   |
    |  ##:#. |
    |  #  :: |
    | .#  :: |
    | .:  :: |
    | .:  #. |
    |  #.:#  |
    |  .#:   |
    >>> data.targets[0]
    0
    """
    return _load("digits", tuple("0123456789"))


def breast_cancer() -> Dataset[int]:
    """Return 569 tumours of the breast, each described by its cells' nuclei in an image.

    A fine needle aspirate was taken of each and the outlines of the nuclei were drawn by hand. Ten
    quantities of a nucleus (radius, texture, perimeter, area, ...) are given by their mean over the
    image, by its standard error, and by the mean of the three largest. The numbers are the same as
    in scikit-learn.

    Returns:
        A Dataset of shape 569 x 30, all features positive or 0, on very different scales (areas
        reach 4254, smoothnesses 0.16: use `standardise`); targets 0 (malignant, 212 of them) and 1
        (benign, 357). Every call returns the same object.

    Source: W. Wolberg, O. Mangasarian, N. Street and W. Street, "Breast Cancer Wisconsin
    (Diagnostic)" (1993), UCI Machine Learning Repository, https://doi.org/10.24432/C5DW2B, licence
    CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/). Changed from there: the identity
    numbers left out, the column names, the order of the classes, the compression.

    >>> data = breast_cancer()
    >>> data
    <Dataset 'breast_cancer': 569 samples, 30 features, 2 classes (malignant, benign)>
    >>> data.feature_names[0], data.inputs[0][0], data.target_names[data.targets[0]]
    ('mean radius', 17.99, 'malignant')
    """
    return _load("breast_cancer", ("malignant", "benign"))


@cache
def _load(name: str, target_names: tuple[str, ...]) -> Dataset[int]:
    compressed = (files(__package__) / "data" / f"{name}.csv.gz").read_bytes()
    header, *rows = (line.split(",") for line in gzip.decompress(compressed).decode().splitlines())
    inputs = tuple(tuple(map(float, features)) for *features, _ in rows)
    targets = tuple(target_names.index(label) for *_, label in rows)
    return Dataset(name, inputs, targets, tuple(header[:-1]), target_names)
