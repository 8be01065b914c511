"""Which column each item of a box stands in, and in which order columns hold what they hold."""

from collections.abc import Iterable, Sequence

from .parts import Item

Pair = tuple[Item, Item]


def ranks(items: Sequence[Item], pairs: Iterable[Pair], fed: set[Item]) -> dict[Item, int]:
    """The column of each item: after all that feeds it, and a leaf just before what it feeds.

    **Arguments:** `pairs`, an item and one that it feeds; `fed`, items that something outside of
    the box feeds, which therefore stay at the left. A pair that closes a circle does not count.
    """
    after: dict[Item, list[Item]] = {item: [] for item in items}
    before: dict[Item, list[Item]] = {item: [] for item in items}
    for a, b in dict.fromkeys(pairs):
        after[a].append(b)
    finished = _finished(items, after)
    position = {item: i for i, item in enumerate(finished)}
    for a, followers in after.items():
        after[a] = [b for b in followers if position[b] < position[a]]
        for b in after[a]:
            before[b].append(a)
    rank: dict[Item, int] = {}
    for item in reversed(finished):
        rank[item] = 1 + max((rank[other] for other in before[item]), default=-1)
    for item in finished:  # consumers first
        arriving = len(before[item]) + (item in fed)
        if after[item] and arriving < max(len(after[item]), 1):
            rank[item] = min(rank[other] for other in after[item]) - 1
    first = min(rank.values(), default=0)
    return {item: rank[item] - first for item in items}


def _finished(items: Sequence[Item], after: dict[Item, list[Item]]) -> list[Item]:
    """The order in which a depth-first search along the pairs leaves the items."""
    finished: list[Item] = []
    seen: set[Item] = set()
    for start in items:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(after[start]))]
        while stack:
            item, followers = stack[-1]
            for other in followers:
                if other not in seen:
                    seen.add(other)
                    stack.append((other, iter(after[other])))
                    break
            else:
                finished.append(item)
                stack.pop()
    return finished


def crossings(pairs: Sequence[tuple[int, int]], size: int) -> int:
    """How many of the lines between two columns cross, each given by its places in both.

    Counted with a binary indexed tree over the `size` places of the second column (W. Barth,
    P. Mutzel, M. Jünger, 2004).

    >>> crossings([(0, 1), (1, 0), (2, 2)], 3)
    1
    """
    tree = [0] * (size + 1)
    count = 0
    for seen, (_, place) in enumerate(sorted(pairs)):
        k, below = place + 1, 0
        while k:
            below += tree[k]
            k -= k & -k
        count += seen - below
        k = place + 1
        while k <= size:
            tree[k] += 1
            k += k & -k
    return count
