"""The editor page, in Chromium."""


def test_a_program_runs_and_its_picture_is_shown(opened):
    program = (
        "from tinygrad_neuron import Value\nx = Value(3.0, label='x')\nprint('six', 2 * 3)\nx * x"
    )
    assert "six 6" == opened.run(program).strip()
    picture = opened.page.locator("#shown img")
    assert picture.get_attribute("src").startswith("data:image/svg+xml")
    assert 100 < picture.bounding_box()["width"]


def test_nothing_is_asked_of_another_place_and_nothing_went_wrong(opened, address):
    opened.run("1 + 1")
    assert [] == [url for url in opened.asked if not url.startswith((address, "data:", "blob:"))]
    assert [] == opened.wrong
