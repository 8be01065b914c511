"""What the command `learn` does, in words of its own: list, step through, forget."""

from .. import console
from ..interface import say
from .chosen import Course
from .guide import Guide
from .guide import overview as listed
from .progress import Store, default_path


def overview(course: Course) -> None:
    """Print the lessons and how far the learner is."""
    store = _store()
    print(say("open with number", title=course.title, command="tinygrad-neuron learn 1") + "\n")
    print(listed(store, course.lessons), end="")
    if store.path is None:
        print("\n" + say("progress not kept", command='pip install "tinygrad_neuron[learn]"'))


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
    print(say("forgot all") if number is None else say("forgot one", number=number))


def _store() -> Store:
    """The learner's progress; what is wrong with it is said."""
    store = Store(default_path())
    if store.trouble:
        console.say(store.trouble)
    return store
