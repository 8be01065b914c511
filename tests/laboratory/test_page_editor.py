"""The editor page, in Chromium."""

import re
import threading
from base64 import b64decode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from tinygrad_neuron.draw.themes import THEMES

pytestmark = pytest.mark.once
PRODUCT = "from tinygrad_neuron import Value\nx = Value(3.0, label='x')\nprint('six', 2 * 3)\nx * x"


def test_a_program_runs_and_its_picture_is_shown(opened):
    assert "six 6" == opened.run(PRODUCT).strip()
    picture = opened.page.locator("#shown img")
    assert picture.get_attribute("src").startswith("data:image/svg+xml")
    assert 100 < picture.bounding_box()["width"]


def test_a_walkthrough_is_stepped_in_its_frame(opened):
    opened.run(f"{PRODUCT}\nfrom tinygrad_neuron import walkthrough\nwalkthrough(x * x)")
    frame = opened.page.frame_locator("#shown iframe")
    frame.locator("#sentence", has_text="?").wait_for()
    frame.locator("#next").click()
    frame.locator("#sentence", has_text="9").wait_for()


def test_escape_leaves_a_walkthrough_for_the_page(opened):
    opened.run(f"{PRODUCT}\nfrom tinygrad_neuron import walkthrough\nwalkthrough(x * x)")
    opened.page.frame_locator("#shown iframe").locator("#next").click()
    assert "IFRAME" == opened.page.evaluate("document.activeElement.tagName")
    opened.page.keyboard.press("Escape")
    opened.page.locator("#shown:focus").wait_for()


def test_a_walkthrough_below_the_screen_is_placed_when_it_comes_into_sight(opened):
    opened.run(f"{PRODUCT}\nfrom tinygrad_neuron import walkthrough\nprint('\\n' * 90)\n"
               "for _ in range(5): x = x * x\nwalkthrough(x)")  # fmt: skip
    opened.page.locator("#shown iframe").scroll_into_view_if_needed()
    overview = opened.page.frame_locator("#shown iframe").locator("#overview rect").first
    overview.and_(opened.page.frame_locator("#shown iframe").locator("[width^='7']")).wait_for()


def test_an_error_is_marked_at_its_line_with_our_message(opened):
    program = "from tinygrad_neuron import Value\n\nValue(-1.0, label='p').log()\n"
    shown = opened.run(program, end="^Ended")
    assert shown.startswith("Line 3: ValueError: log of -1.0 ('p')")
    assert 1 == opened.page.locator(".cm-lintRange-error, .cm-lintPoint-error").count()
    opened.run("1 + 1")
    assert 0 == opened.page.locator(".cm-lintRange-error").count()


def test_an_endless_loop_is_stopped_and_the_next_program_runs(opened):
    opened.write("print('on and on')\nwhile True:\n    pass")
    opened.page.keyboard.press("Control+Enter")
    opened.page.locator("#shown", has_text="on and on").wait_for()
    opened.page.locator("#programs").focus()  # the page answers meanwhile
    opened.page.get_by_role("button", name="Stop").click()
    opened.state("^(Stopped|Ready)")
    assert "2" == opened.run("1 + 1").strip()


DEEP = """from tinygrad_neuron import Value
x = y = Value(1.0)
for _ in range(LEVELS):
    y = y * 1.0001
"""


def test_a_deep_graph_is_let_go_of_and_python_stays(opened):
    """Its nodes would die inside one another, and fill the browser's stack."""
    deep = DEEP.replace("LEVELS", "50_000")
    assert "let go" == opened.run(f"{deep}y = 1\nprint('let go')").strip()
    opened.run(deep)  # the next run lets it go
    assert "2" == opened.run("1 + 1").strip()
    assert [] == opened.wrong


def test_a_program_whose_graphs_die_is_stopped_and_python_stays(opened):
    """A Stop that comes where a node dies is not heard there: it is said again."""
    inner = "    y = x\n    for _ in range(300): y = y * 1.0001\n"
    opened.write(DEEP.replace("LEVELS", "3") + f"print('on')\nwhile True:\n{inner}")
    for _ in range(5):
        opened.page.get_by_role("button", name="Run", exact=True).click()
        opened.state("^Running")
        opened.page.locator("#shown", has_text="on").wait_for()
        opened.page.get_by_role("button", name="Stop").click()
        opened.state("^Stopped$")  # and not "Ready", as a new Python is


WRITING = f"""{PRODUCT}
from tinygrad_neuron import animate, draw_dot, walkthrough
animate(x * x, "moving.svg")
draw_dot(x * x).render("out/graph.svg")
walkthrough(x * x).page("steps.html")
open("notes.txt", "w").write("é")
"""


def test_files_that_a_program_writes_are_shown_and_can_be_saved(opened):
    opened.run(WRITING)
    told = opened.page.locator("#shown figcaption code")
    assert ["moving.svg", "notes.txt", "out/graph.svg", "steps.html"] == told.all_inner_texts()
    for name in ("moving.svg", "out/graph.svg"):
        picture = opened.page.locator(f"#shown .file img[alt='{name}']")
        assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 100
    opened.page.frame_locator("#shown .file iframe").locator("#next").click()
    with opened.page.expect_download() as saved:
        opened.page.get_by_role("button", name="Download notes.txt").click()
    assert "notes.txt" == saved.value.suggested_filename
    assert "é" == saved.value.path().read_text("utf-8")
    opened.run("1 + 1")
    assert 0 == told.count()


def test_completion_has_docstrings(opened):
    opened.write("from tinygrad_neuron import nn\nnn.ML")
    opened.page.keyboard.press("Control+Space")
    option = opened.page.locator(".cm-tooltip-autocomplete li", has_text="MLP").first
    option.wait_for()
    opened.page.locator(".cm-completionInfo", has_text="layer").wait_for()
    opened.page.wait_for_function(SEEN)  # not only there; it is placed after it is there
    option.click()
    assert "nn.MLP" in opened.page.locator(".cm-content").inner_text()


def test_a_program_goes_by_link_and_waits_for_the_button(opened, browser, address):
    opened.write("print('by', 'link', 'é')")
    opened.page.get_by_role("button", name="Copy link").click()
    opened.state("The link is")
    page = browser.new_page()
    page.goto(opened.page.url)
    page.locator("#state", has_text="Ready").wait_for(timeout=90_000)
    assert "print('by', 'link', 'é')" == page.locator(".cm-content").inner_text().strip()
    assert "Press Run" in page.locator("#shown").inner_text()
    assert 0 == page.locator("#shown .printed").count()
    assert page.locator("#from-link").is_visible()
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("#shown", has_text="by link é").wait_for()
    page.goto("about:blank")
    page.goto(f"{address}#program=%%%")
    page.locator("#damaged", has_text="The link is damaged").wait_for()
    page.close()


def test_what_was_written_is_kept_and_each_example_can_be_had_back(opened):
    page = opened.page
    page.select_option("#programs", "xor")
    assert "XOR" in page.locator(".cm-content").inner_text()
    opened.write("print('mine')")
    page.select_option("#programs", "neuron")
    page.reload()
    opened.state("^Ready")
    page.select_option("#programs", "xor")
    assert "print('mine')" == page.locator(".cm-content").inner_text().strip()
    page.get_by_role("button", name="Back to the original").click()
    assert "XOR" in page.locator(".cm-content").inner_text()


def test_the_keyboard_leaves_the_editor(opened):
    opened.write("x = 1")
    opened.page.keyboard.press("Escape")
    opened.page.keyboard.press("Escape")  # the first may have closed a list
    opened.page.keyboard.press("Tab")
    assert not opened.page.evaluate("document.activeElement.closest('.cm-editor')")


# Whether what is told of a completion can be read: nothing cuts it off or stands above it.
SEEN = """() => {
    const told = document.querySelector(".cm-completionInfo"), at = told.getBoundingClientRect();
    const above = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 3);
    return told.contains(above);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    opened.page.emulate_media(color_scheme=scheme)
    program = f"{PRODUCT}\ndisplay(x * x)\nimport sys\nprint('!', file=sys.stderr)\n1 / 0"
    opened.run(program, end="^Ended")
    opened.page.locator(".error").wait_for()
    picture = b64decode(opened.page.locator("#shown img").get_attribute("src").partition(",")[2])
    assert THEMES[scheme].background.encode() in picture
    found = axe.Axe().run(opened.page).response["violations"]
    opened.page.emulate_media(color_scheme="light")
    assert [] == [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


def test_it_fits_a_phone(opened):
    size = opened.page.viewport_size
    opened.page.set_viewport_size({"width": 390, "height": 844})
    opened.run(PRODUCT)
    width = opened.page.evaluate("document.documentElement.scrollWidth")
    inside = opened.page.get_by_role("button", name="Run", exact=True).bounding_box()
    opened.page.set_viewport_size(size)
    assert 390 == width
    assert inside["y"] + inside["height"] < 844


def test_it_works_without_a_network_once_it_was_there(browser, address, laboratory):
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.locator("#state", has_text="Ready").wait_for(timeout=90_000)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    context.set_offline(True)
    page.reload()
    page.locator("#state", has_text="Ready").wait_for(timeout=90_000)
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("#shown", has_text="y = 0.7616").wait_for()
    assert page.evaluate("crossOriginIsolated")
    context.close()


def test_opened_as_a_file_it_says_how_to_serve_it(browser, laboratory):
    page = browser.new_page()
    page.goto((laboratory / "index.html").as_uri())
    assert "python -m http.server" in page.locator("#as-file").inner_text()
    page.close()


class Elsewhere(BaseHTTPRequestHandler):
    """Another server, which everybody may ask."""

    asked: ClassVar[list[str]] = []

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cross-Origin-Resource-Policy", "cross-origin")
        self.end_headers()

    def log_message(self, format, *arguments):
        pass


ASKING = """
import js
asked = js.XMLHttpRequest.new()
asked.open("GET", "WHERE/worker", False)
asked.send()
"""
FRAMED = """
class Page:
    def _repr_html_(self):
        return '<img src="WHERE/image"><script>fetch("WHERE/script")</script>'
Page()
"""


def test_no_request_leaves_the_folder(opened, address):
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        where = f"http://127.0.0.1:{other.server_port}"
        assert "NetworkError" in opened.run(ASKING.replace("WHERE", where), end="^Ended")
        opened.run(FRAMED.replace("WHERE", where))
        opened.page.evaluate(f"fetch('{where}/page').catch(() => 0)")
        opened.page.wait_for_timeout(300)
        other.shutdown()
    assert [] == Elsewhere.asked


def test_nothing_went_wrong_and_nothing_else_was_asked_for(opened, address):
    opened.run(PRODUCT)
    own = (address, "data:", "blob:", "about:", "http://127.0.0.1:")
    assert [] == [url for url in opened.asked if not url.startswith(own)]
    refused = "violates|Refused|Failed to (load|fetch)|NetworkError"
    assert [] == [said for said in opened.wrong if not re.search(refused, said)]
