"""Predictions in the book: what waits for an answer, what the browser keeps and asks again."""

import json

import pytest

from tests.course.test_page_hands import drag

pytestmark = pytest.mark.once
LESSON = "lesson_2_perceptron.html"
NEXT = """(question) => {
    let block = question;
    while (block.parentElement.tagName !== 'SECTION') block = block.parentElement;
    const all = [...block.parentElement.children];
    return all.slice(all.indexOf(block) + 1)
        .filter((e) => e.tagName !== 'SECTION').map((e) => e.offsetParent !== null);
}"""


def answer(question, text):
    question.get_by_role("textbox").fill(text)
    question.get_by_role("button", name="Check").click()


def said(question):
    return question.locator(".said").inner_text()


def kept(tab):
    return json.loads(tab.evaluate("localStorage.getItem('tinygrad_neuron.course')"))


def test_what_follows_a_prediction_waits_for_the_answer(visit):
    tab = visit(LESSON)
    question = tab.locator("tn-question[before]").nth(1)  # the second mistake
    following = question.evaluate(NEXT)
    assert len(following) > 2
    assert not any(following)
    assert "now w0 = 1, w1 = 1, b = 0" not in tab.locator("article").inner_text()
    answer(question, "2")  # wrong: it still waits
    assert said(question).startswith("✗")
    assert not any(question.evaluate(NEXT))
    answer(question, "1")
    assert said(question).startswith("✓")
    assert "now w0 = 1, w1 = 1, b = 0" in tab.locator("article").inner_text()
    shown = question.evaluate(NEXT)
    assert shown[0]
    assert not shown[-1]  # that is behind the next prediction


def test_the_headings_are_there_and_show_me_gives_up(visit):
    tab = visit(LESSON)
    assert tab.get_by_role("heading", name="The line moves at every mistake").is_visible()
    question = tab.locator("tn-question[before]").first
    question.get_by_role("button", name="Show me").click()
    assert said(question).startswith("Answer: 0")
    assert all(question.evaluate(NEXT))


def test_who_only_reads_sees_everything_on_every_page(visit):
    tab = visit(LESSON)
    tab.get_by_label("I only read").check()
    assert all(all(q.evaluate(NEXT)) for q in tab.locator("tn-question[before]").all())
    tab.reload()
    assert tab.get_by_label("I only read").is_checked()
    assert all(all(q.evaluate(NEXT)) for q in tab.locator("tn-question[before]").all())


def test_on_paper_and_without_scripts_everything_is_there(visit):
    tab = visit(LESSON)
    tab.emulate_media(media="print")
    assert all(all(q.evaluate(NEXT)) for q in tab.locator("tn-question[before]").all())
    plain = visit(LESSON, java_script_enabled=False)
    assert "now w0 = 1, w1 = 1, b = 0" in plain.locator("article").inner_text()


def test_right_and_wrong_look_different_without_colours(visit):
    tab = visit(LESSON)
    question = tab.locator("tn-question[before]").first
    looks = []
    for text in ("1", "0"):
        answer(question, text)
        style = "getComputedStyle(e).borderLeftColor + getComputedStyle(e).backgroundColor"
        looks.append(
            (
                said(question)[0],
                question.locator("input").evaluate("(e) => getComputedStyle(e).borderStyle"),
                question.locator(".said").evaluate(f"(e) => {style}"),
            )
        )
    (mark, border, colour), (other_mark, other_border, other_colour) = looks
    assert mark != other_mark
    assert border != other_border
    assert colour != other_colour


def test_the_browser_keeps_the_answers_and_the_table_of_contents_tells(visit):
    tab = visit(LESSON)
    link = tab.locator(".sidebar-tree a", has_text="Lesson 2").first
    assert link.locator(".tn-progress").count() == 0
    answer(tab.locator("tn-question[before]").first, "0")
    total = tab.locator("tn-question").count()
    assert f"1/{total}" in link.inner_text()
    tab.reload()
    question = tab.locator("tn-question[before]").first
    assert said(question).startswith("✓ Answered earlier: 0")
    assert all(question.evaluate(NEXT))
    assert f"1/{total}" in link.inner_text()
    tab.get_by_role("button", name="Forget my answers").click()
    tab.wait_for_load_state()
    assert "" == said(tab.locator("tn-question[before]").first)
    assert link.locator(".tn-progress").count() == 0


def test_what_was_missed_is_asked_at_the_end_and_three_lessons_later(visit, book):
    tab = visit(LESSON)
    question = tab.locator("tn-question[before]").first
    answer(question, "1")
    answer(question, "0")  # right, but not at once
    tab.reload()
    again = tab.locator(".tn-again tn-question")
    assert 1 == again.count()
    assert "" == said(again.first)
    answer(again.first, "0")
    assert said(again.first).startswith("✓")
    tab.reload()
    assert 0 == again.count()
    tab.goto(f"file://{book}/lesson_4_geometry.html")
    assert 0 == again.count()
    tab.goto(f"file://{book}/lesson_5_chain_rule.html")
    assert 1 == again.count()
    assert tab.get_by_role("heading", name="From lesson 2").is_visible()
    answer(again.first, "0")
    tab.reload()
    assert 0 == again.count()
    assert {} == kept(tab)["missed"]


def test_the_line_of_lesson_2_follows_the_hand(visit):
    tab = visit(LESSON)
    figure = tab.locator("tn-hand").first
    before = figure.locator(".told").inner_text()
    figure.get_by_role("button", name="Correct until it is done").click()
    assert "0 of 4 are mistakes, after 10 corrections" in figure.locator(".told").inner_text()
    drag(figure, "the weight vector", -60, 40)
    assert before != figure.locator(".told").inner_text()
    tab.emulate_media(media="print")
    assert figure.locator("tn-slider .tn-frame").first.is_visible()
    assert not figure.locator(".live").is_visible()


def test_what_is_wider_than_a_phone_fades_where_it_goes_on(visit):
    tab = visit("lesson_9_losses.html", viewport={"width": 390, "height": 844})
    wide = tab.locator("article .tn-scroll").first
    wide.scroll_into_view_if_needed()
    assert "tn-goes-on" in wide.get_attribute("class")
    wide.evaluate("(one) => one.scrollTo(one.scrollWidth, 0)")
    tab.wait_for_function(
        "(one) => !one.classList.contains('tn-goes-on')", arg=wide.element_handle()
    )
