"""Places in a column that come as near as they can to those that are wished for."""

from collections.abc import Sequence


def nearest(
    wishes: Sequence[float], weights: Sequence[float], steps: Sequence[float]
) -> list[float]:
    """The places with the least squared distance to the wishes, in order and apart.

    **Arguments:** `wishes` and their `weights`; `steps`, the least distance of each place from the
    one before (that of the first does not matter). It is isotonic regression of the wishes less
    the steps' running total, by pooling adjacent violators (M. Ayer et al., 1955).

    >>> nearest([0.0, 1.0, 9.0], [1.0, 1.0, 1.0], [0.0, 3.0, 3.0])
    [-1.0, 2.0, 9.0]
    """
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many places
    totals, total = [], 0.0
    for i, (wish, weight) in enumerate(zip(wishes, weights, strict=True)):
        total += steps[i] if i else 0.0
        totals.append(total)
        mean, count = wish - total, 1
        while pools and pools[-1][0] > mean:
            before, heavy, many = pools.pop()
            mean = (before * heavy + mean * weight) / (heavy + weight)
            weight, count = weight + heavy, count + many
        pools.append((mean, weight, count))
    flat = [mean for mean, _, count in pools for _ in range(count)]
    return [mean + offset for mean, offset in zip(flat, totals, strict=True)]
