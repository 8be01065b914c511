"""Data of one's own: CSV files, arrays, frames."""

import pytest

from tinygrad_neuron import datasets


@pytest.fixture
def csv(tmp_path):
    def write(text, **options):
        path = tmp_path / "mine.csv"
        path.write_text(text, encoding="utf-8")
        return datasets.from_csv(path, **options)

    return write


def test_names_of_classes_become_numbers_in_their_order(csv):
    data = csv("a,b,kind\n1,2,red\n3,4.5,blue\n\n5,6,red\n")
    assert data.name == "mine"
    assert data.inputs == ((1.0, 2.0), (3.0, 4.5), (5.0, 6.0))
    assert (data.targets, data.target_names) == ((1, 0, 1), ("blue", "red"))
    assert data.feature_names == ("a", "b")


def test_numbers_are_to_regress_on_unless_they_are_said_to_be_classes(csv):
    assert csv("x,y\n1,2\n2,10\n").targets == (2.0, 10.0)
    data = csv("x,y\n1,10\n2,2\n", classes=True)
    assert (data.targets, data.target_names) == ((1, 0), ("2", "10"))


def test_any_column_can_be_the_target(csv):
    assert csv("y,x\n1,2\n", target="y").inputs == ((2.0,),)
    assert csv("y,x\n1,2\n", target=0).targets == (1.0,)
    assert csv("y;x\n1;2\n", target=0, delimiter=";").targets == (1.0,)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("a,b\n1\n", {}, "mine.csv, line 2: 1 cells, but the first line names 2 columns"),
        ("a,b\n1,2\nx,2\n", {}, "line 3, column 'a': 'x' is not a number"),
        ("a,b\n1,2\n", {"target": "c"}, "no column 'c'; its first line names a, b"),
        ("a,b\n1,2\n", {"target": 2}, "no column 2"),
        ("", {}, "no column -1; its first line names none"),
        ("a,b\n", {}, "has no samples"),
        ("a,b\n1,x\n", {"classes": False}, "a target of data set 'mine' is 'x'"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(csv, text, options, message):
    with pytest.raises(ValueError, match=message):
        csv(text, **options)


def test_arrays_and_frames():
    np = pytest.importorskip("numpy")
    data = datasets.from_arrays(np.array([[1, 2], [3, 4]]), np.array([0, 1]), classes=True)
    assert data.inputs == ((1.0, 2.0), (3.0, 4.0))
    assert (data.targets, data.target_names) == ((0, 1), ("0", "1"))

    class Frame:
        columns = ("height", "width")

        def to_numpy(self):
            return np.array([[1.0, 2.0]])

    data = datasets.from_arrays(Frame(), ["a"])
    assert data.feature_names == ("height", "width")
    assert data.target_names == ("a",)


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (b"a,b\n1,\xff\n", {}, "table.csv is not written in utf-8: .* name another encoding, such"),
        (b"a,b\n1,2\n", {"encoding": "hex"}, "there is no encoding 'hex'"),
        (b"a,b\n1,2\n", {"encoding": "rot13"}, "there is no encoding 'rot13'"),
        (b"a,b\n1,2\n", {"encoding": "undefined"}, "there is no encoding 'undefined'"),
        (b"a,b\n1," + b"2" * 200_000, {}, "table.csv, line 2: field larger than field limit"),
    ],
)
def test_what_is_no_text_is_named_with_its_file(tmp_path, content, options, message):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        datasets.from_csv(path, **options)
