"""The folder of the laboratory, and the programs in it."""

import pytest

from tinygrad_neuron.laboratory.building import LaboratoryError, build, examples
from tinygrad_neuron.laboratory.session import Session


def test_it_is_not_larger_than_25_mb_and_says_so(archives, tmp_path):
    size = build(tmp_path / "made", archives=archives)
    found = sum(path.stat().st_size for path in (tmp_path / "made").rglob("*") if path.is_file())
    assert size == found
    assert size < 25e6


def test_it_replaces_itself_and_leaves_another_folder_alone(archives, tmp_path):
    build(tmp_path / "made", archives=archives)
    (tmp_path / "made" / "old").write_text("from an earlier version")
    build(tmp_path / "made", archives=archives)
    assert not (tmp_path / "made" / "old").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(LaboratoryError, match="holds something that is not the laboratory"):
        build(tmp_path / "mine", archives=archives)
    assert ["thesis.txt"] == [path.name for path in (tmp_path / "mine").iterdir()]


def test_without_the_packages_of_npm_nothing_is_written(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(LaboratoryError, match="npm pack"):
        build(tmp_path / "made", archives=tmp_path / "empty")
    assert ["empty"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize("example", examples(), ids=lambda example: example["name"])
def test_an_example_runs_and_shows_something(example):
    events = []
    assert Session(events.append).run(example["text"]), events[-1]
    assert len(events) >= 2
