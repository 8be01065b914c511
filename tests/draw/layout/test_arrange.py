"""A layout: nothing lies on anything, lines run through no card, boxes hold what is in them."""

import itertools
import random

import pytest

from tinygrad_neuron.draw.layout import Box, Card, Item, Look, Wire, arrange


def tangle(seed, cards=24, boxes=5, wires=34):
    """Cards in nested boxes and wires between any two, now and then against the order."""
    draw = random.Random(seed)
    outer: list[Item] = []
    around: list[Box | None] = [None]
    for _ in range(boxes):
        box, parent = Box(0, 0, title=draw.uniform(10, 120)), draw.choice(around)
        if parent is None:
            outer.append(box)
        else:
            parent.add(box)
        around.append(box)
    items: list[Card] = []
    for i in range(cards):
        card = Card(draw.uniform(10, 90), draw.uniform(12, 60), i)
        parent = draw.choice(around)
        if parent is None:
            outer.append(card)
        else:
            parent.add(card)
        items.append(card)
    inner = [box for box in around if box is not None]
    for box in inner:
        if not box.items:
            card = Card(20, 20, len(items))
            box.add(card)
            items.append(card)
    for box in reversed(inner):
        box.order = min(item.order for item in box.items)
    found = []
    for _ in range(wires):
        a, b = sorted(draw.sample(items, 2), key=lambda card: card.order)
        if draw.random() < 0.1:
            a, b = b, a
        found.append(Wire(a, b, (30, 12) if draw.random() < 0.4 else None))
    return outer, inner, items, found


def points(curve):
    *beziers, tip = curve
    for i in range(0, len(beziers) - 3, 3):
        a, b, c, d = beziers[i : i + 4]
        for k in range(17):
            t = k / 16
            yield tuple(
                (1 - t) ** 3 * a[j] + 3 * t * (1 - t) ** 2 * b[j] + 3 * t * t * (1 - t) * c[j]
                + t**3 * d[j]
                for j in (0, 1)
            )  # fmt: skip
    yield tip


def inside(x, y, item, slack):
    return (
        item.x + slack < x < item.x + item.width - slack
        and item.y + slack < y < item.y + item.height - slack
    )


@pytest.mark.parametrize("direction", ["LR", "TB", "RL", "BT"])
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("width", [0, 300])
def test_a_tangle_is_laid_out_without_anything_on_anything(seed, direction, width):
    outer, boxes, cards, wires = tangle(seed)
    size = arrange(outer, wires, Look(direction, width=width))
    for a, b in itertools.combinations(cards, 2):
        assert not (
            a.x + 0.5 < b.x + b.width
            and b.x + 0.5 < a.x + a.width
            and a.y + 0.5 < b.y + b.height
            and b.y + 0.5 < a.y + a.height
        )
    for box in boxes:
        for item in box.items:
            assert box.x <= item.x + 0.5 and item.x + item.width <= box.x + box.width + 0.5
            assert box.y <= item.y + 0.5 and item.y + item.height <= box.y + box.height + 0.5
    for wire in wires:
        ends = {wire.tail, wire.head}
        for x, y in points(wire.curve):
            assert -0.5 <= x <= size.width + 0.5 and -0.5 <= y <= size.height + 0.5
            assert not any(inside(x, y, card, 1.0) for card in cards if card not in ends)
        x, y = wire.curve[-1]
        assert inside(x, y, wire.head, -0.5)
        x, y = wire.curve[0]
        assert inside(x, y, wire.tail, -0.5)


@pytest.mark.parametrize("direction", ["LR", "TB", "RL", "BT"])
def test_what_feeds_stands_before_and_the_first_of_the_model_stands_first(direction):
    sources = [Card(30, 20, i) for i in range(3)]
    sink = Card(30, 20, 3)
    arrange([*sources, sink], [Wire(card, sink) for card in sources], Look(direction))
    along, across = ("x", "y") if direction in ("LR", "RL") else ("y", "x")
    sign = 1 if direction in ("LR", "TB") else -1
    assert all(sign * getattr(c, along) < sign * getattr(sink, along) for c in sources)
    places = [getattr(card, across) for card in sources]
    assert places == sorted(places)


def test_boxes_of_successive_layers_stand_side_by_side():
    layers = [Box(0, 0, order=3 * k) for k in range(3)]
    for k, layer in enumerate(layers):
        for i in range(3):
            layer.add(Card(40, 20, 3 * k + i))
    wires = [
        Wire(a, b)
        for before, after in itertools.pairwise(layers)
        for a in before.items
        for b in after.items
    ]
    arrange(layers, wires, Look())
    for before, after in itertools.pairwise(layers):
        assert before.x + before.width < after.x
        assert abs(before.y + before.height / 2 - after.y - after.height / 2) < 1
    for layer in layers:
        places = [card.y for card in layer.items]
        assert places == sorted(places)


def test_a_chain_is_set_in_lines():
    chain = [Card(40, 20, i) for i in range(12)]
    wires = [Wire(a, b) for a, b in itertools.pairwise(chain)]
    long = arrange(chain, wires, Look())
    assert long.height == 20
    lines = arrange(chain, wires, Look(width=300))
    assert lines.width < 380 and lines.height < 200
    tops = [card.y for card in chain]
    assert tops == sorted(tops) and len({round(top) for top in tops}) == 3


@pytest.mark.parametrize(("shared", "lines"), [(2, True), (6, False)])
def test_a_chain_that_many_wires_go_along_is_not_set_in_lines(shared, lines):
    cards = [Card(60, 30, i) for i in range(20)]
    weights = [Card(40, 20, 20 + i) for i in range(shared)]
    wires = [Wire(a, b, None) for a, b in itertools.pairwise(cards)]
    wires += [Wire(weight, card, None) for weight in weights for card in cards]
    found = arrange([*weights, *cards], wires, Look("LR", 20.0, 8.0, 6.0, 700.0))
    assert (found.width < 800) == lines
