"""Several iterations of training on one page."""

import math
from pathlib import Path
from typing import Any

import pytest

from tests.walk.page.opened import training
from tinygrad_neuron import Value, nn, optim, topological_order, walkthrough
from tinygrad_neuron.datasets import moons
from tinygrad_neuron.walk import Training, Walkthrough

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version


def follow(tab: Any, steps: Walkthrough) -> None:
    """Step through the page from its beginning and compare each step with the engine's."""
    assert len(steps) == tab.steps
    tab.tab.locator("#scrubber").fill("0")
    seen = tab.tab.evaluate(
        """() => {
          const seen = [];
          const next = document.querySelector("#next");
          while (!next.disabled) {
            next.click();
            const title = document.querySelector("#now-title").textContent;
            const cards = {};
            for (const text of document.querySelectorAll("svg.graph [data-shows][data-value]")) {
              const card = text.closest("g.node").id;
              cards[card] = { ...cards[card], [text.dataset.shows]: text.dataset.value };
            }
            seen.push([title, cards]);
          }
          return seen;
        }"""
    )
    assert len(steps) == len(seen)
    for step, (title, cards) in zip(steps, seen, strict=True):
        assert step.phase in title or "the backward pass begins" in title
        assert f"iteration {step.iteration} of" in title
        if step.phase == "forward":
            card, expected = cards[f"n{step.node}"], {"data": step.value}
        elif step.phase == "backward":
            card, expected = cards[f"n{step.target}"], {"grad": step.after}
        else:
            card, expected = cards[f"n{step.node}"], {"data": step.after}
            if (
                not steps.trained.batch
            ):  # else the card has the gradient of the example that is shown
                expected["grad"] = step.incoming
        for what, number in expected.items():
            assert number == pytest.approx(float(card[what]), rel=1e-12, abs=1e-15)


def test_a_training_is_stepped_through_with_the_engines_numbers(open_page: Any) -> None:
    steps = training(iterations=2)
    follow(open_page(steps), steps)


def test_another_learning_rate_or_start_runs_the_training_again(open_page: Any) -> None:
    tab = open_page(training())
    tab.press("End")
    at = tab.step
    tab.type("learning rate", "0.05")
    slower = training(lr=0.05)
    assert at == tab.step

    def agrees(expected: Walkthrough) -> bool:
        last, shown = len(expected.graphs), tab.numbers()
        moved = [s for s in expected if s.phase == "update" and s.iteration == last]
        return all(math.isclose(s.after, float(shown[f"n{s.node}"]["data"])) for s in moved)

    assert agrees(slower)
    assert not agrees(training())
    losses = [graph[-1].data for graph in slower.graphs]
    for k, loss in enumerate(losses, 1):
        tab.tab.fill("#iteration", str(k))
        assert f"Iteration {k} of 3: loss {loss:.4g}" == tab.text("#loss-now")
    tab.tab.click("#reset")
    tab.press("End")
    assert agrees(training())
    tab.tab.focus("#iteration")
    tab.press("ArrowLeft")
    assert "iteration 2 of 3 · forward" in tab.text("#now-title")
    box = tab.tab.locator("#loss svg").bounding_box()
    tab.tab.mouse.move(box["x"] + 8, box["y"] + 20)
    tab.tab.mouse.down()
    assert "iteration 1 of 3 · forward" in tab.text("#now-title")
    tab.tab.mouse.move(box["x"] + box["width"] - 5, box["y"] + 20, steps=3)
    assert "iteration 3 of 3 · forward" in tab.text("#now-title")
    tab.tab.mouse.up()


def test_an_example_that_changes_with_each_iteration_is_shown_and_cannot_be_moved(
    open_page: Any,
) -> None:
    w = Value(0.5, label="w")
    examples = iter((1.0, -2.0))
    steps = walkthrough(
        lambda: (w * Value(next(examples), label="x") - 1.0) ** 2,
        training=Training([w], 0.1, iterations=2),
    )
    tab = open_page(steps)
    follow(tab, steps)
    assert tab.tab.get_by_label("x, a number", exact=True).is_disabled()
    assert "another one in each iteration" in tab.text("#leaf-list")


def test_a_training_of_changing_graphs_has_no_page(tmp_path: Path) -> None:
    w = Value(0.5, label="w")
    losses = iter((w * 2.0, w * w))
    steps = walkthrough(lambda: next(losses), training=Training([w], 0.1, iterations=2))
    with pytest.raises(ValueError, match="iteration 2 is not that of iteration 1"):
        steps.page(tmp_path / "page.html")
    assert steps._repr_html_().startswith("<pre>")


OPTIMISERS: dict[str, Any] = {
    "momentum": lambda p: optim.SGD(p, lr=0.2, momentum=0.9, nesterov=True, weight_decay=0.01),
    "Adam": lambda p: optim.Adam(p, lr=0.05),
    "AdamW": lambda p: optim.AdamW(p, lr=optim.cosine_decay(0.05, steps=8)),
}


def on_batches(optimiser: str, batch: int, iterations: int = 4) -> Walkthrough:
    model = nn.MLP(2, [2, 1], activation="tanh", seed=1)
    data = [(point, 2.0 * label - 1.0) for point, label in moons(10, seed=1)]
    training = Training(
        OPTIMISERS[optimiser](model.parameters()), iterations=iterations, batch=batch
    )
    return walkthrough(
        lambda x0, x1, target: (model([x0, x1]) - target) ** 2,
        *data[0][0],
        data[0][1],
        data=data,
        training=training,
    )


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_any_optimiser_trains_on_batches_with_the_engines_numbers(
    open_page: Any, optimiser: str
) -> None:
    steps = on_batches(optimiser, batch=3)
    tab = open_page(steps)
    tab.tab.select_option("#size", "contribution")
    follow(tab, steps)


def test_a_rule_is_told_assignment_by_assignment(open_page: Any) -> None:
    tab = open_page(on_batches("momentum", batch=10))
    tab.press("End")
    told = tab.text("#arithmetic")
    assert "velocitymomentum * velocity + g" in told
    assert "pp - lr * (g + momentum * velocity)" in told
    assert "the mean over the batch" in told


def test_the_plane_and_the_loss_move_with_the_iteration(open_page: Any) -> None:
    steps = on_batches("Adam", batch=10, iterations=30)
    tab = open_page(steps)
    assert "by iteration" == tab.tab.locator("#size option:checked").text_content()
    assert "the first of 30 iterations of training" in tab.text("#sentence")
    assert "0 / 30" == tab.text("#where")
    lines = [tab.tab.get_attribute("#plane-boundary", "d")]
    losses = []
    for k in (2, 10, 30):
        tab.tab.fill("#iteration", str(k))
        lines.append(tab.tab.get_attribute("#plane-boundary", "d"))
        losses.append(float(tab.text("#loss-now").split(";")[0].split("batch ")[1]))
    assert 4 == len(set(lines))  # at the beginning, and after each of three
    assert "30 / 30" == tab.text("#where")
    assert losses == sorted(losses, reverse=True)
    tab.tab.click("#first")
    tab.press("ArrowRight", 2)
    assert "2 / 30" == tab.text("#where")
    before = tab.tab.get_attribute("#plane-boundary", "d")
    tab.type("learning rate", "0.3")
    assert before != tab.tab.get_attribute("#plane-boundary", "d")
    tab.tab.click("#reset")
    assert before == tab.tab.get_attribute("#plane-boundary", "d")
    tab.type("batch size", "3.4")
    assert before != tab.tab.get_attribute("#plane-boundary", "d")
    tab.tab.fill("#iteration", "30")
    moved = [s for s in on_batches("Adam", batch=3, iterations=30) if s.iteration == 30]
    first = next(s for s in moved if s.phase == "update")
    shown = tab.number(topological_order(tab.root)[first.node], "data")
    assert first.after == pytest.approx(shown, rel=1e-9)
    tab.until(lambda: "batch%20size=3" in tab.tab.url)
    assert [] == tab.violations()


def test_another_optimiser_is_chosen_on_the_page_with_the_engines_numbers(open_page: Any) -> None:
    tab = open_page(on_batches("Adam", batch=3, iterations=2))
    tab.tab.select_option("#size", "contribution")
    names = tab.tab.locator("#optimiser option").all_text_contents()
    assert ["Adam", "SGD", "SGD with momentum", "AdamW"] == names
    data = [(point, 2.0 * label - 1.0) for point, label in moons(10, seed=1)]
    for name, made in {
        "SGD": lambda p: optim.SGD(p, lr=0.1),
        "SGD with momentum": lambda p: optim.SGD(p, lr=0.05, momentum=0.9),
        "AdamW": lambda p: optim.AdamW(p, lr=0.02, weight_decay=0.01),
    }.items():
        tab.tab.select_option("#optimiser", label=name)
        if "momentum" in name:  # each begins with its own rate
            assert "0.03" == tab.tab.get_by_label("learning rate, a number").input_value()
            tab.type("learning rate", "0.05")
        model = nn.MLP(2, [2, 1], activation="tanh", seed=1)
        training = Training(made(model.parameters()), iterations=2, batch=3)
        loss = lambda x0, x1, target, model=model: (model([x0, x1]) - target) ** 2  # noqa: E731  # in a loop
        follow(tab, walkthrough(loss, *data[0][0], data[0][1], data=data, training=training))
    tab.until(lambda: "optimiser=3" in tab.tab.url)
    tab.tab.click("#reset")
    assert "0" == tab.tab.input_value("#optimiser")
    follow(tab, on_batches("Adam", batch=3, iterations=2))


def test_the_optimiser_is_in_the_address(open_page: Any) -> None:
    tab = open_page(on_batches("Adam", batch=3), at="#step=3&optimiser=2&learning%20rate=0.07")
    assert "SGD with momentum" == tab.tab.locator("#optimiser option:checked").text_content()
    assert "0.07" == tab.tab.get_by_label("learning rate, a number").input_value()


def test_the_loss_of_the_batch_and_that_of_the_example_have_two_names(open_page: Any) -> None:
    tab = open_page(on_batches("Adam", batch=3))
    tab.tab.select_option("#size", "iteration")
    for _ in range(2):
        tab.tab.click("#next")
    example = tab.number(tab.root, "data")
    assert tab.text("#loss-now").startswith("Iteration 2 of 4: mean loss of the batch ")
    assert tab.text("#loss-now").endswith(f"; of this example {example:.4g}")
    assert tab.text("#sentence").startswith("The mean loss of the batch is ")
