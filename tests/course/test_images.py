"""Pictures beside a lesson."""

from tinygrad_neuron.course.images import figures


def test_what_is_said_is_said_of_the_picture_that_is_there(tmp_path):
    (tmp_path / "there.png").write_bytes(b"\x89PNG")
    [(figure, said)] = figures("![an oven](there.png) ![a door](gone.png)", tmp_path)
    assert "an oven" == said
    assert "an oven" in figure
