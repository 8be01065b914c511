"""Which column each item of a box stands in."""

from collections.abc import Iterable, Sequence

from .parts import Item

Pair = tuple[Item, Item]


def ranks(items: Sequence[Item], pairs: Iterable[Pair], fed: set[Item]) -> dict[Item, int]:
    """The column of each item: after all that feeds it, and a leaf just before what it feeds.

    **Arguments:** `pairs`, an item and one that it feeds; `fed`, items that something outside of
    the box feeds, which therefore stay at the left. In a circle what leads to an item that comes
    earlier in the model does not count.
    """
    after: dict[Item, list[Item]] = {item: [] for item in items}
    before: dict[Item, list[Item]] = {item: [] for item in items}
    pairs = list(dict.fromkeys(pairs))
    circular = _circular(pairs)
    for a, b in pairs:
        if a is not b and not (a in circular and b in circular and b.order < a.order):
            after[a].append(b)
            before[b].append(a)
    finished = _finished(items, after)
    rank: dict[Item, int] = {}
    free: dict[Item, bool] = {}  # what needs leaves alone, which go where it goes
    for item in reversed(finished):
        rank[item] = 1 + max((rank[other] for other in before[item]), default=-1)
        free[item] = item not in fed and all(
            free[other] and (len(after[other]) == 1 or not before[other]) for other in before[item]
        )
    for item in finished:  # consumers first
        arriving = len(before[item]) + (item in fed)
        if after[item] and (free[item] or arriving < len(after[item])):
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


def _circular(pairs: Sequence[Pair]) -> set[Item]:
    """The items on circles, and between them: what is left when ends are taken away repeatedly."""
    left = {item for pair in pairs for item in pair}
    while True:
        tails = {a for a, b in pairs if a is not b and a in left and b in left}
        heads = {b for a, b in pairs if a is not b and a in left and b in left}
        kept = tails & heads
        if kept == left:
            return left
        left = kept
