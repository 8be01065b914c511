"""The plane of two inputs beside the graph: examples, boundary, and what moves them."""

from typing import Any

import pytest

from tests.walk.page.opened import FIRST_SLIDER, SCREEN, SIZES
from tinygrad_neuron import Value, nn, walkthrough
from tinygrad_neuron.datasets import moons
from tinygrad_neuron.walk import Walkthrough

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version

CELLS = 60


def network(with_loss: bool = False) -> tuple[Walkthrough, Any, Any]:
    model = nn.MLP(2, [3, 1], activation="tanh", seed=4)
    data = [(point, 2.0 * label - 1.0) for point, label in moons(20, seed=1)]

    def loss(x0: Value, x1: Value, target: Value) -> Value:
        y: Value = model([x0, x1])
        return (y - target) ** 2

    if with_loss:
        return walkthrough(loss, 0.1, 0.2, 1.0, data=data), model, data
    return walkthrough(lambda x0, x1: model([x0, x1]), 0.1, 0.2, data=data), model, data


def sides(tab: Any) -> list[bool]:
    """Whether each cell of the plane is on the upper side, from the top row on."""
    found: list[bool] = tab.tab.evaluate(
        """() => {
          const field = document.querySelector("#plane-field");
          const { data } = field.getContext("2d").getImageData(0, 0, field.width, field.height);
          return Array.from({ length: data.length / 4 }, (_, k) => data[4 * k] < data[4 * k + 2]);
        }"""
    )
    return found


def engines(model: Any, data: Any) -> list[bool]:
    """The same, as the engine has it."""
    spans = [[point[k] for point, _ in data] for k in (0, 1)]
    middle = [(min(span) + max(span)) / 2 for span in spans]
    reach = max(max(span) - min(span) for span in spans) / 2 * 1.25
    at = [((k + 0.5) / CELLS * 2 - 1) * reach for k in range(CELLS)]
    return [model([middle[0] + u, middle[1] + v]).data > 0 for v in reversed(at) for u in at]


def correct(model: Any, data: Any) -> str:
    right = sum((model(list(point)).data > 0) == (label > 0) for point, label in data)
    return f"{right} of {len(data)} correct"


def same(expected: list[bool], actual: list[bool]) -> bool:
    """Equal, save a cell or two whose colour is that of the boundary itself."""
    return sum(a != b for a, b in zip(expected, actual, strict=True)) <= 4


def test_the_plane_shows_what_the_engine_computes_and_moves_with_a_number(open_page: Any) -> None:
    walk, model, data = network()
    tab = open_page(walk)
    assert same(engines(model, data), sides(tab))
    assert correct(model, data) == tab.text("#plane-score")
    assert tab.tab.get_attribute("#plane-boundary", "d").startswith("M")
    before = sides(tab)
    weight = model.layers[0].neurons[0].w[0]
    weight.data = -2.5
    tab.type("layers[0].neurons[0].w0", "-2.5")
    assert before != sides(tab)
    assert same(engines(model, data), sides(tab))
    assert correct(model, data) == tab.text("#plane-score")
    tab.press("ArrowRight")
    assert same(engines(model, data), sides(tab))


def test_a_click_takes_an_example_or_a_place_and_a_drag_goes_through_them(open_page: Any) -> None:
    walk, _, data = network(with_loss=True)
    tab = open_page(walk)
    assert "– / 20" == tab.text("#example")
    order = walk.graphs[0]
    card = {node.label: f"#n{node.position}" for node in order if node.label}

    def shown(name: str) -> float:
        return float(tab.tab.get_attribute(f'{card[name]} [data-shows="data"]', "data-value"))

    marks = tab.tab.locator("#plane-points .example")
    for k in (3, 11):
        box = marks.nth(k).bounding_box()
        tab.tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert f"{k + 1} / 20" == tab.text("#example")
        assert (*data[k][0], data[k][1]) == tuple(map(shown, ("x0", "x1", "target")))
    field = tab.tab.locator("#field").bounding_box()
    tab.tab.mouse.move(field["x"] + 4, field["y"] + 4)
    tab.tab.mouse.down()
    assert "– / 20" == tab.text("#example")
    seen = [shown("x0")]
    for share in (0.3, 0.6, 0.9):
        tab.tab.mouse.move(field["x"] + share * field["width"], field["y"] + 10)
        seen.append(shown("x0"))
    assert seen == sorted(set(seen))
    assert tab.tab.locator(".ghost").count()
    tab.tab.mouse.up()
    assert not tab.tab.locator(".ghost").count()
    tab.tab.click("#reset")
    assert [0.1, 0.2, 1.0] == [shown(name) for name in ("x0", "x1", "target")]


def test_the_keyboard_goes_from_example_to_example(open_page: Any) -> None:
    walk, _, data = network(with_loss=True)
    tab = open_page(walk)
    tab.tab.focus("#example-next")
    tab.press("Enter", 2)
    assert "2 / 20" == tab.text("#example")
    tab.tab.focus("#example-back")
    tab.press("Enter", 2)
    assert "20 / 20" == tab.text("#example")
    assert "now example 20" in tab.tab.get_attribute("#plane-points", "aria-label")
    leaves = (*walk.plane.inputs, walk.plane.target)
    for leaf, number in zip(leaves, (*data[-1][0], data[-1][1]), strict=True):
        leaf.data = number
    tab.press("End")
    assert tab.agrees()
    assert [] == tab.violations()


def test_on_a_phone_the_plane_stands_below_the_picture_and_takes_a_finger(open_page: Any) -> None:
    tab = open_page(network()[0], viewport={"width": 390, "height": 844}, has_touch=True)
    boxes = [
        tab.tab.locator(one).bounding_box() for one in ("#field", "#example-next", "#pictures")
    ]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    assert boxes[0]["y"] >= boxes[2]["y"] + boxes[2]["height"] and 390 == boxes[2]["width"]
    assert boxes[0]["width"] > 90
    box = tab.tab.locator("#plane-points .example").nth(2).bounding_box()
    tab.tab.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert "– / 20" != tab.text("#example")


def test_a_graph_without_examples_has_no_plane(open_page: Any) -> None:
    tab = open_page(network()[1]([0.1, 0.2]))
    assert not tab.tab.is_visible("#plane")


def test_a_place_where_nothing_can_be_computed_is_left_blank(open_page: Any) -> None:
    walk = walkthrough(lambda a, b: a.log() + b, 1.0, 1.0, data=[((1, 1), 1), ((-1, -1), -1)])
    tab = open_page(walk)
    alphas = tab.tab.evaluate(
        """() => [...document.querySelector("#plane-field").getContext("2d")
          .getImageData(0, 0, 60, 60).data].filter((_, k) => k % 4 === 3)"""
    )
    assert {0, 255} == set(alphas)
    tab.tab.mouse.click(
        *(tab.tab.locator("#field").bounding_box()[side] + 3 for side in ("x", "y"))
    )
    assert "log of" in tab.text("#problem")


def test_on_paper_each_picture_has_its_plane(open_page: Any) -> None:
    tab = open_page(network()[0])
    tab.tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    drawn = tab.tab.evaluate(
        """() => [...document.querySelectorAll("#filmstrip figure canvas")].map((one) =>
          new Set(one.getContext("2d").getImageData(0, 0, 60, 60).data).size)"""
    )
    assert 12 == len(drawn) == tab.tab.locator("#filmstrip figure").count()
    assert min(drawn) > 10
    assert 1 == tab.tab.locator("[id=field]").count()
    tab.tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert 0 == tab.tab.locator("#filmstrip canvas").count()


@pytest.mark.parametrize("size", [*SIZES.values(), (736, 720)], ids=[*SIZES, "in a lesson"])
def test_beside_the_plane_everything_else_is_on_the_screen_too(
    open_page: Any, size: tuple[int, int]
) -> None:
    tab = open_page(network(with_loss=True)[0], at="#")
    tab.tab.set_viewport_size({"width": size[0], "height": size[1]})
    tab.tab.reload()
    tab.requests.pop()
    tab.tab.wait_for_timeout(150)
    places = set()
    for step in range(0, tab.steps + 1, 10):
        tab.tab.locator("#scrubber").fill(str(step))
        assert [] == tab.tab.evaluate(SCREEN, 12 if size[0] == 390 else 11), step
        field = tab.tab.locator("#field").bounding_box()
        assert field["width"] >= 90 and field["y"] + field["height"] <= size[1]
        places.add((tab.tab.evaluate(FIRST_SLIDER), *field.values()))
    assert 1 == len(places)
    tab.tab.set_viewport_size({"width": 1280, "height": 800})
