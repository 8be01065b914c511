"""What the command `learn` does, in words of its own: list, step through, forget."""

import sys

from .guide import Guide
from .guide import overview as listed
from .lessons import lesson
from .progress import Store, default_path


def overview() -> None:
    """Print the lessons and how far the learner is."""
    store = _store()
    print("The course: open a lesson with its number, as in `tinygrad-neuron learn 1`\n")
    print(listed(store), end="")
    if store.path is None:
        print(
            "\nprogress is not kept: that needs the package platformdirs; "
            'pip install "tinygrad_neuron[learn]" brings it'
        )


def learn(number: int) -> bool:
    """Step through a lesson in the terminal; returns whether no cell failed.

    Raises a `LessonError` that says which lessons there are, as `reset` does.
    """
    return Guide(lesson(number), _store()).start()


def reset(number: "int | None" = None) -> None:
    """Forget the progress of one lesson, or of all."""
    if number is not None:
        lesson(number)  # is there
    _store().reset(number)
    print("forgot the progress of " + ("all lessons" if number is None else f"lesson {number}"))


def _store() -> Store:
    """The learner's progress; what is wrong with it is said."""
    store = Store(default_path())
    if store.trouble:
        print(f"tinygrad-neuron: {store.trouble}", file=sys.stderr)
    return store
