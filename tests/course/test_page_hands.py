"""Figures that answer to the hand, in a browser: what they tell is what Python computes."""

import math
import re

import pytest

from tinygrad_neuron import Value, datasets, losses, nn, optim, sigmoid, softmax
from tinygrad_neuron.course import hands
from tinygrad_neuron.course.pages import to_html
from tinygrad_neuron.course.records import Shown, sliding

pytestmark = pytest.mark.once


@pytest.fixture
def shown(browser):
    tabs = []

    def opened(record, **options):
        context = browser.new_context(viewport={"width": 800, "height": 1200}, **options)
        tab = context.new_page()
        complaints = []
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tabs.append((context, complaints))
        tab.set_content(f"<!doctype html>{to_html(record)}")
        return tab.locator("tn-hand")

    yield opened
    for context, complaints in tabs:
        context.close()
        assert [] == complaints


def drag(figure, name, across, down):
    handle = figure.get_by_role("slider", name=name)
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = figure.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + across, y + down, steps=4)
    mouse.up()


def numbers(figure):
    """The numbers that a figure tells, by the first word that stands before them; and the text."""
    text = figure.locator(".told").inner_text().replace("\u2212", "-")
    pairs = re.findall(r"(\S+) = (-?[\d.]+)(?=\s|$)", text)
    return {name: float(x) for name, x in reversed(pairs)}, text


COAST = [((0.0, 0.0), 0), ((1.0, 1.0), 1)]


def test_a_point_is_dragged_and_its_distance_follows(shown):
    figure = shown(
        sliding("b", [1, 2], str, live=hands.line(COAST, [3.0, 4.0], -5.0, -2.5, 2.5, chosen=1))
    )
    before, text = numbers(figure)
    assert (before["w0"], before["w1"], before["b"]) == (3, 4, -5)
    assert "z = 3 · 1 + 4 · 1 - 5 = 2" in text
    assert "z / ‖w‖ = 0.4" in text
    assert "0 of 2 are mistakes" in text
    drag(figure, "point 2", -70, 70)
    x0, x1, z = map(
        float,
        re.search(
            r"z = 3 · \(?(-?[\d.]+)\)? \+ 4 · \(?(-?[\d.]+)\)? - 5 = (-?[\d.]+)", numbers(figure)[1]
        ).groups(),
    )
    assert x0 < 1 > x1
    assert math.isclose(z, 3 * x0 + 4 * x1 - 5, abs_tol=1e-3)
    assert "1 of 2 are mistakes" in numbers(figure)[1]


def test_the_weight_vector_turns_the_line_around_its_foot(shown):
    figure = shown(sliding("b", [1, 2], str, live=hands.line(COAST, [3.0, 4.0], -5.0, -2.5, 2.5)))
    drag(figure, "the weight vector", 30, 60)
    found, _ = numbers(figure)
    foot = (0.6, 0.8)  # nearest to the origin, for w = (3, 4) and b = -5
    assert (found["w0"], found["w1"]) != (3, 4)
    assert abs(found["w0"] * foot[0] + found["w1"] * foot[1] + found["b"]) < 0.02
    drag(figure, "the line", 0, 50)
    moved, _ = numbers(figure)
    assert (found["w0"], found["w1"]) == (moved["w0"], moved["w1"])
    assert found["b"] != moved["b"]


def test_the_keys_do_what_the_pointer_does(shown):
    figure = shown(sliding("b", [1, 2], str, live=hands.line(COAST, [3.0, 4.0], -5.0, -2.5, 2.5)))
    handle = figure.get_by_role("slider", name="point 1")
    handle.focus()
    figure.page.keyboard.press("ArrowRight")
    assert "z = 3 · 0.1 + 4 · 0 - 5 = -4.7" in numbers(figure)[1]
    assert "x0 0.1, x1 0" == handle.get_attribute("aria-valuetext")


def test_the_perceptrons_corrections_are_those_of_the_package(shown):
    examples = datasets.gate("and")
    live = hands.line(examples, [0.0, 0.0], 0.0, -1.0, 2.5, learns=True)
    figure = shown(sliding("mistakes", [1, 2], str, live=live))
    updates = nn.Perceptron(2).fit(examples).updates
    for (w0, w1), b in updates:
        figure.get_by_role("button", name="Correct the next mistake").click()
        found, _ = numbers(figure)
        assert (found["w0"], found["w1"], found["b"]) == (w0, w1, b)
    assert f"after {len(updates)} corrections" in numbers(figure)[1]


def test_a_neurons_step_moves_with_the_bias_and_turns_with_the_weight(shown):
    live = hands.neuron(4.0, -2.0, 1.0, sigmoid, -4.0, 4.0)
    figure = shown(sliding("w", [1, 2], str, live=live))
    drag(figure, "the middle of the step", 80, 0)
    found, text = numbers(figure)
    assert found["w"] == 4
    middle = float(re.search(r"-b / w = (-?[\d.]+)", text)[1])
    assert middle > 1
    assert math.isclose(middle, -found["b"] / 4, abs_tol=1e-3)
    y = float(re.search(r"sigmoid\(z\) = ([\d.]+)", text)[1])
    assert math.isclose(y, sigmoid(Value(4.0 + found["b"])).data, abs_tol=1e-3)
    drag(figure, "the slope", 20, 40)
    assert numbers(figure)[0]["w"] < 4


def test_a_network_trains_as_it_does_in_python(shown):
    xor = datasets.xor()
    live = hands.network(
        {"XOR": xor, "moons": datasets.moons(20)}, start={"width": 3, "rate": 0.2, "seed": 1}
    )
    figure = shown(Shown(live, "A network."))
    model = nn.MLP(2, [3, 1], activation="tanh", seed=1)
    optimiser = optim.SGD(model.parameters(), lr=0.2)
    for step in range(1, 6):
        figure.get_by_role("button", name="One step").click()
        loss = sum((model(x) - (2 * t - 1)) ** 2 for x, t in xor) / 4
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        assert f"step {step}: loss {loss.data:.3f}".rstrip("0") in numbers(figure)[1]
    figure.get_by_role("button", name="Train").click()
    figure.page.wait_for_function(
        "() => Number(document.querySelector('tn-hand').shadowRoot.querySelector('.told')"
        ".textContent.match(/step (\\d+)/)[1]) > 150"
    )
    figure.get_by_role("button", name="Stop").click()
    assert "4 of 4 right" in numbers(figure)[1]
    assert len(figure.locator("polyline.curve").get_attribute("points").split()) > 100
    for name, choice in {"data": "moons", "width": "8", "activation": "relu", "seed": "4"}.items():
        figure.get_by_label(name).select_option(choice)
        assert numbers(figure)[1].startswith("step 0: ")
    figure.get_by_role("button", name="One step").click()
    assert "of 20 right" in numbers(figure)[1]


def test_without_scripts_the_frames_are_seen(shown):
    figure = shown(
        sliding(
            "b",
            [1, 2],
            lambda b: f"the bias {b}",
            live=hands.line(COAST, [3.0, 4.0], -5.0, -2.5, 2.5),
        ),
        java_script_enabled=False,
    )
    assert figure.get_by_text("the bias 2").is_visible()


def two_networks():
    """A pad of four pixels with two networks, and what Python has them read there."""
    models = {name: nn.MLP(4, [3, 2], seed=seed) for seed, name in enumerate(("first", "second"))}
    readers = {name: lambda x, m=model: softmax(m(x)) for name, model in models.items()}

    def told(ink):
        texts = []
        for name, reader in readers.items():
            shares = [share.data for share in reader([Value(x) for x in ink])]
            best = shares.index(max(shares))
            texts.append(f"{name}: {'ab'[best]} ({100 * shares[best]:.0f}%)")
        return texts

    return hands.pad(readers, [[0, 1, 0, 0], [1, 0, 0, 1]], "ab", start=1), told


def test_what_is_drawn_on_a_pad_is_read_by_every_network(shown):
    pad, told = two_networks()
    figure = shown(Shown(pad, "A pad."))

    def lines():
        return figure.locator(".told").inner_text().splitlines()

    assert told([1, 0, 0, 1]) == lines()
    figure.get_by_role("button", name="a", exact=True).click()
    assert told([0, 1, 0, 0]) == lines()
    figure.get_by_role("button", name="Move one pixel down").click()
    assert told([0, 0, 0, 1]) == lines()
    figure.get_by_role("button", name="Clear").click()
    assert told([0, 0, 0, 0]) == lines()
    box = figure.locator("svg").bounding_box()  # a touch at the top left: neighbours get ink, too
    figure.page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
    assert told([1, 0.3, 0.3, 0]) == lines()
    figure.get_by_role("button", name="Erase").click()
    figure.locator("svg").focus()
    figure.page.keyboard.press("ArrowRight")
    figure.page.keyboard.press("Space")
    assert told([1, 0, 0.3, 0]) == lines()


def test_the_query_of_attention_is_dragged_and_the_shares_are_those_of_python(shown):
    keys, values = {"right": [2, 0], "up": [0, 2]}, [10, 20]
    figure = shown(Shown(hands.attention(keys, values, [2, 0], reach=3), "Keys."))

    def expected(query):
        scores = [[sum(q * k for q, k in zip(query, key, strict=True))] for key in keys.values()]
        powers = [math.exp(score / math.sqrt(2)) for [score] in scores]
        return [power / sum(powers) for power in powers]

    def shares():
        return [
            float(text) for text in figure.locator(".share > span:last-child").all_inner_texts()
        ]

    assert [round(share, 3) for share in expected([2, 0])] == shares()
    for _ in range(10):
        figure.get_by_role("slider", name="the query").press("Shift+ArrowUp")
    text = figure.locator(".told").inner_text()
    q0, q1 = map(float, re.search(r"\(([\d.]+), ([\d.]+)\)", text).groups())
    assert q1 > 2.5
    assert [round(share, 3) for share in expected([q0, q1])] == shares()
    y = sum(share * v for share, v in zip(expected([q0, q1]), values, strict=True))
    assert f"= {y:.1f}" in text


def test_logits_are_moved_and_what_the_loss_sends_back_is_the_engines(shown):
    live = hands.logits([2.0, 1.0, 0.0], 1, ["3", "5", "8"])
    figure = shown(sliding("z", [1, 2], str, live=live))
    assert (1.408, 0.245) == tuple(numbers(figure)[0][name] for name in ("loss", "p"))
    figure.get_by_label("logit of 8").fill("3.5")
    figure.get_by_role("button", name="3", exact=True).click()
    logits = [Value(z) for z in (2.0, 1.0, 3.5)]
    loss = losses.cross_entropy(logits, 0)
    loss.backward()
    told, text = numbers(figure)
    assert (round(loss.data, 3), round(softmax(logits)[0].data, 3)) == (told["loss"], told["p"])
    assert "The right one is 3" in text
    cells = figure.locator("output").all_inner_texts()
    shares, pulls = ([float(x.replace("\u2212", "-")) for x in cells[k::3]] for k in (1, 2))
    assert [round(p.data, 3) for p in softmax(logits)] == shares
    assert [round(z.grad, 3) for z in logits] == pulls
    figure.get_by_role("button", name="Start again").click()
    assert "The right one is 5" in numbers(figure)[1]
