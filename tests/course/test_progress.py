"""Progress: what cannot be read or written is said, and stops nothing."""

from tinygrad_neuron.course.progress import Progress, Store


def test_progress_that_cannot_be_read_is_set_aside_and_said(tmp_path):
    path = tmp_path / "progress.json"
    path.write_text("{not json")
    store = Store(path)
    assert "unreadable" in store.trouble
    assert "{not json" == (tmp_path / "progress.unreadable").read_text()
    with store.changing(3) as progress:
        progress.cell = 4
    assert Progress(cell=4) == Store(path).of(3)


def test_progress_that_cannot_be_written_does_not_stop_the_lesson(tmp_path):
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "progress.json")
    with store.changing(3) as progress:
        progress.cell = 4
    assert "cannot be kept" in store.trouble
    assert 4 == store.of(3).cell


def test_resetting_one_lesson_leaves_the_others(tmp_path):
    store = Store(tmp_path / "progress.json")
    for number in (1, 2):
        with store.changing(number) as progress:
            progress.finished = True
    store.reset(1)
    assert [False, True] == [Store(store.path).of(n).finished for n in (1, 2)]
    store.reset()
    assert not Store(store.path).of(2).finished


def test_progress_that_is_nested_without_end_is_set_aside(tmp_path):
    path = tmp_path / "progress.json"
    path.write_text("[" * 100_000)
    assert "is unreadable; it is begun anew" in Store(path).trouble
    assert "" == Store(path).trouble
