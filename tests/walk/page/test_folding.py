"""What is folded, and how it is opened."""

import re
from typing import Any

import pytest

from tests.walk.page.opened import large_network, small_network
from tinygrad_neuron import Value, nn, topological_order

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version


def test_one_neuron_folds_and_unfolds_while_the_others_stay(open_page: Any) -> None:
    tab = open_page(small_network())
    tab.press("End")
    every = tab.cards()
    assert [] == tab.folded()
    tab.fold_box("layers[0].neurons[1]")
    tab.until(lambda: tab.folded() == ["layers[0].neurons[1]"])
    assert "8 of them folded into 1" in tab.text("#folded")
    assert tab.agrees()
    tab.fold_box("layers[1]")
    tab.until(lambda: tab.folded() == ["layers[0].neurons[1]", "layers[1]"])
    tab.click_card("layers[1], ")
    tab.until(lambda: tab.folded() == ["layers[0].neurons[1]", "layers[1].neurons[0]"])
    tab.click_card("layers[1].neurons[0], ")
    tab.click_card("layers[0].neurons[1], ")
    tab.until(lambda: tab.folded() == [])
    assert sorted(every) == sorted(tab.cards())


def test_a_folded_edge_is_no_wider_than_the_widest(open_page: Any) -> None:
    x = Value(1.0, label="x")
    tab = open_page(nn.Neuron(40, weights=[1.0] * 40, bias=0.0)([x] * 40) * 2.0)
    tab.fold_box("Neuron")
    tab.until(lambda: len(tab.folded()) == 1)
    tab.press("End")
    widths = tab.tab.evaluate(
        """() => [...document.querySelectorAll("g.edge path")]
          .map((path) => parseFloat(path.style.strokeWidth || 0))"""
    )
    assert 4.5 == max(widths)


def test_a_large_network_opens_folded_says_how_many_and_shows_one_neuron_inside(
    open_page: Any,
) -> None:
    root = large_network()
    tab = open_page(root, at="#")
    tab.until(lambda: len(tab.folded()) > 0)  # what fits with letters of 12 pixels
    tab.tab.select_option("#level", "neuron")
    tab.until(lambda: len(tab.folded()) == 17)
    count = len(topological_order(root))
    drawn = len(tab.cards())
    neurons = [f"layers[{layer}].neurons[{i}]" for layer in (0, 1) for i in range(8)]
    neurons.append("layers[2].neurons[0]")
    assert neurons == tab.folded()
    assert "neuron" == tab.tab.input_value("#level")
    assert f"{count} nodes, drawn as {drawn}: " in tab.text("#folded")
    assert "into 17, as there are more than the budget of 150" in tab.text("#folded")
    tab.press("End")
    tab.click_card("layers[1].neurons[3], ")
    tab.until(lambda: "layers[1].neurons[3]" not in tab.folded())
    beside = [f"layers[1].neurons[{i}]" for i in range(8) if i != 3]
    assert ["layers[0]", *beside, "layers[2]"] == tab.folded()
    assert sum(name.startswith("layers[1].neurons[3].w") for name in tab.cards()) >= 8
    assert tab.agrees()
    path = [crumb.text_content() for crumb in tab.tab.locator("#crumbs button").all()]
    assert ["all folded", "MLP", "layers[1]", "neurons[3]"] == path
    tab.tab.locator("#crumbs button", has_text="layers[1]").click()
    tab.until(lambda: "layers[1].neurons[3]" in tab.folded())
    tab.tab.locator("#crumbs button", has_text="all folded").click()
    tab.until(lambda: tab.folded() == ["MLP"])
    tab.tab.select_option("#level", "scalar")
    tab.until(lambda: tab.folded() == [])
    assert tab.agrees()


def test_a_folded_card_shows_live_numbers_of_what_leaves_it(open_page: Any) -> None:
    root = small_network()
    tab = open_page(root)
    tab.press("End")
    tab.fold_box("layers[1]")
    tab.until(lambda: tab.folded() == ["layers[1]"])
    output = root._prev[0]._prev[0]
    a = next(node for node in topological_order(root) if node.label == "a")
    for text in ("1", "0.25"):
        tab.type("a", text)
        a.data = float(text)
        assert tab.agrees()
        [card] = [shown for id_, shown in tab.numbers().items() if id_.startswith("f")]
        assert output.data == pytest.approx(float(card["data"]), rel=1e-12)
        assert output.grad == pytest.approx(float(card["grad"]), rel=1e-12)


def test_several_examples_through_a_folded_neuron_show_their_range(open_page: Any) -> None:
    neuron = nn.Neuron(1, activation="tanh", seed=2)
    outputs = [neuron([Value(x, label=f"x{x:g}")]) for x in (1.0, 2.0)]
    tab = open_page(outputs[0] + outputs[1])
    tab.press("End")
    tab.tab.select_option("#level", "neuron")
    tab.until(lambda: len(tab.folded()) == 1)
    [card] = [shown for id_, shown in tab.numbers().items() if id_.startswith("f")]
    ends = sorted(output.data for output in outputs)
    assert ends == pytest.approx([float(end) for end in card["data"].split()])


def test_many_equal_examples_are_one_card_that_says_how_many(open_page: Any) -> None:
    neuron = nn.Neuron(1, activation="tanh", seed=2)
    examples = [Value(0.1 * i, label="x") for i in range(20)]
    losses = [(neuron([x]) - 1.0) ** 2 for x in examples]
    root = losses[0]
    for loss in losses[1:]:
        root = root + loss
    tab = open_page(root, at="#")
    tab.tab.select_option("#level", "neuron")
    tab.press("End")
    assert "x, 20 nodes folded" in tab.cards()
    root.backward()
    inputs = tab.numbers()["f1"]  # the first of them is the node n1
    assert [0.0, 1.9] == pytest.approx([float(end) for end in inputs["data"].split()])
    grads = [x.grad for x in examples]
    assert [min(grads), max(grads)] == pytest.approx([float(g) for g in inputs["grad"].split()])
    tab.tab.fill("#leaf-search", "x (n1)")
    tab.type("x (n1)", "5")
    assert "5.0" == f"{float(tab.numbers()['f1']['data'].split()[1])}"


def test_scopes_fold_and_unfold_with_the_keyboard_and_are_announced(open_page: Any) -> None:
    tab = open_page(small_network())

    def focused() -> str:
        return str(tab.tab.evaluate("document.activeElement.getAttribute('aria-label')"))

    tab.tab.locator('g.node[aria-label^="layers[0].neurons[1].z"]').focus()
    tab.press("Backspace")
    tab.until(lambda: tab.folded() == ["layers[0].neurons[1]"])
    assert focused().startswith("layers[0].neurons[1], 8 nodes folded")
    assert "layers[0].neurons[1] is folded. 30 nodes, drawn as 23" in tab.text("#announcement")
    tab.press("Enter")
    tab.until(lambda: tab.folded() == [])
    assert "layers[0].neurons[1], open: fold" == focused()
    assert "layers[0].neurons[1] is open" in tab.text("#announcement")
    tab.press("Enter")
    tab.until(lambda: tab.folded() == ["layers[0].neurons[1]"])


def test_a_browser_that_cannot_unpack_the_pictures_says_so(open_page: Any) -> None:
    tab = open_page(small_network(), locale="en")
    tab.tab.add_init_script("delete window.DecompressionStream")
    tab.requests.clear()
    tab.tab.reload()
    tab.fold_box("layers[1]")
    tab.until(lambda: "too old to unpack" in tab.text("#folded"))
    tab.press("ArrowRight")
    assert 1 == tab.step


def test_what_is_folded_stands_in_the_address(open_page: Any) -> None:
    tab = open_page(small_network())
    tab.press("ArrowRight", 4)
    tab.fold_box("layers[0]")
    tab.until(lambda: tab.folded() == ["layers[0]"])
    tab.until(lambda: re.search(r"#step=4&folded=\d", tab.tab.url))
    address = tab.tab.url.partition("#")[2]
    second = open_page(small_network(), at=f"#{address}")
    second.until(lambda: second.folded() == ["layers[0]"])
    assert 4 == second.step
    second.tab.evaluate("location.hash = '#step=2&folded='")
    second.until(lambda: second.folded() == [] and second.step == 2)
