"""What the command `learn` does, in words of its own: list, step through, forget."""

import sys

from .chosen import Course
from .guide import Guide
from .guide import overview as listed
from .progress import Store, default_path


def overview(course: Course) -> None:
    """Print the lessons and how far the learner is."""
    store = _store()
    print(f"{course.title}: open a lesson with its number, as in `tinygrad-neuron learn 1`\n")
    print(listed(store, course.lessons), end="")
    if store.path is None:
        print(
            "\nprogress is not kept: that needs the package platformdirs; "
            'pip install "tinygrad_neuron[learn]" brings it'
        )


def learn(course: Course, number: int, draft: bool = False) -> bool:
    """Step through a lesson in the terminal; returns whether no cell failed.

    Raises a `LessonError` that says which lessons there are, as `reset` does.
    """
    return Guide(course.lesson(number), _store(), draft=draft).start()


def reset(course: Course, number: "int | None" = None) -> None:
    """Forget the progress of one lesson, or of all."""
    if number is not None:
        course.lesson(number)  # is there
    _store().reset(number)
    print("forgot the progress of " + ("all lessons" if number is None else f"lesson {number}"))


def _store() -> Store:
    """The learner's progress; what is wrong with it is said."""
    store = Store(default_path())
    if store.trouble:
        print(f"tinygrad-neuron: {store.trouble}", file=sys.stderr)
    return store
