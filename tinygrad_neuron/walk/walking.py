"""`walkthrough`: both passes of a graph as explained steps, and the ways to look at them."""

import os
import sys
from collections.abc import Callable, Iterable
from html import escape
from types import FunctionType
from typing import TYPE_CHECKING, Any, TextIO

from ..checking import described, one_of_several
from ..draw.text import number
from ..engine import Value
from ..public import named_options
from ..reflexes import instead_of
from ..stored import naming_data
from .explaining import Explanation
from .names import called, watched
from .plane import data_plane
from .records import StepList

if TYPE_CHECKING:
    from ..nn import Module
    from .training import Training  # with it, optimisers: only where something is trained


class Walkthrough(StepList):
    """The steps of a graph and the ways to look at them; `walkthrough` makes one.

    >>> x = Value(2.0, label="x")
    >>> len(walkthrough(x * x).steps)
    4
    """

    def text(self) -> str:
        """All steps as plain text, at most 80 columns wide."""
        from .terminal import plain_text

        return plain_text(self)

    @named_options
    def terminal(
        self, stdin: "TextIO | None" = None, stdout: "TextIO | None" = None, start: int = 1
    ) -> None:
        """Step through in a terminal: Enter or → goes on, b or ← back, a number jumps, q ends.

        `w=2` changes a number, p asks before each step, ? lists all keys.

        **Arguments:** `stdin`, `stdout`: other streams than those of the program; `start`: the
        number of the first step shown. Where they are no terminal, all steps are printed.
        """
        from . import session

        session.run(self, stdin, stdout, start)

    @named_options
    def page(self, path: "str | os.PathLike[str]", *, title: str = "") -> str:
        """Write one self-contained web page on which to step through; returns its path.

        It has the walkthrough's digits, and of a training all iterations: there, moving a leaf or
        the learning rate runs the training again, in the browser. `title` is its heading. Raises
        what `page.page_html` raises.
        """
        from .page import write_page  # with it, all that draws

        return write_page(self, path, title=title)

    def _repr_html_(self) -> str:
        """In a notebook: the page in a frame of its own; where there can be none, the steps as text
        (and what was wrong goes to stderr)."""
        from ..draw.rendering import EngineNotFoundError, RenderingError
        from .page import frame_html

        try:
            return frame_html(self)
        except (ValueError, EngineNotFoundError, RenderingError) as error:
            print(error, file=sys.stderr)
            return f"<pre>{escape(self.text())}</pre>"

    def _repr_mimebundle_(
        self, include: "Iterable[str] | None" = None, exclude: "Iterable[str] | None" = None
    ) -> dict[str, str]:
        without = set(exclude or ())
        wanted = {"text/plain", "text/html"} if include is None else set(include)
        bundle = {}
        if "text/plain" in wanted - without:
            bundle["text/plain"] = repr(self)
        if "text/html" in wanted - without:
            bundle["text/html"] = self._repr_html_()
        return bundle


@naming_data
@named_options
def walkthrough(
    root: "Value | Module | Callable[..., Value]",
    *arguments: Any,
    digits: int = 4,
    training: "Training | None" = None,
    data: "Iterable[Any] | None" = None,
    inputs: "Iterable[Value | str] | None" = None,
    output: "Value | int | tuple[int, ...] | None" = None,
) -> Walkthrough:
    """Both passes of a Value's graph, step by step.

    **Arguments:**

    - `root`: the result; or a function that computes it, which is called with `arguments` (numbers,
      lists and arrays become Values) while names of variables and source lines are watched
      (`watch_names`); with `training`, one that computes the loss, without arguments where there is
      no `data`. Or a model, with `arguments` as its call takes them; its mode and its random
      generators are afterwards as before.
    - `digits`: significant digits of the numbers in texts (the records hold the whole numbers).
    - `training`: a `walk.Training`: several iterations of forward, backward, update, by any
      optimiser, with `data` on batches. All is put back afterwards unless it says `keep=True`.

    - `data`: examples such as `((0.5, -1.0), 1)`, two numbers and a label. The page then has their
      plane beside the graph: the examples, what the graph computes at every place, and the
      boundary, all of it anew while a number moves; a click on an example takes its numbers.
    - `inputs`: with `data`, the two leaves that the numbers go into, and a third for the label
      where the graph has one (a loss): the leaves, or their labels. By default the function's
      arguments. `output`: which Value is shown in the plane; by default what is computed before the
      label comes in. Of a model that returns several Values it is the number of the one that is
      walked through, or several numbers where there are lists in lists.

    **Returns** a `Walkthrough`: `.steps` is the list, `.terminal()` steps through it,
    `.to_json()` writes it down. The backward steps come in the order of `backward()`; the first is
    that the gradient of the output for itself is 1. No `grad` is changed. Gradients count from
    nothing: what a leaf has from earlier calls is left out.

    Raises a `TypeError` for a node made by hand, and what `backward()` raises where a derivative
    does not exist.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> y.label = "y"
    >>> for step in walkthrough(y):
    ...     print(step.phase, step.numbers or step.local_numbers, step.before, step.after)
    forward 3 * 3 = 9 None None
    backward  None 1.0
    backward 3 None 3.0
    backward 3 3.0 6.0
    >>> walkthrough(lambda w, x: w * x, 0.5, 2.0)[0].numbers
    '0.5 * 2 = 1'
    >>> from tinygrad_neuron import nn
    >>> walkthrough(nn.MLP(2, [4, 3]), [0.5, -1.0], output=2)[0].formula
    'layers[0].neurons[0].w0 * x0'
    >>> walkthrough(y)[3].sentence
    'If x grows a little, y grows 3 times as much, so x receives 1 × 3 = 3; with the 3 it had, 6.'
    """
    number(0.5, digits)  # says what is wrong with digits
    model = training is None and _is_model(root)
    if data is None and (inputs is not None or (output is not None and not model)):
        raise TypeError("walkthrough: inputs and output are for data=..., and there is none")
    if model:
        root, given = _recorded(root, arguments, output)
        arguments, output = (), None
    else:
        taken, given = _leaves(arguments)
    if inputs is None:
        inputs = given
    if training is not None:
        from .training import Training, trained

        if not isinstance(training, Training):
            raise TypeError(
                f"walkthrough: training must be a walk.Training, as Training(optimiser), got "
                f"{described(training)}"
            )
        if arguments and data is None:
            raise TypeError(
                "walkthrough: with training=... and no data=..., the function has no arguments"
            )
        examples, wanted = data, inputs
        found = (
            None if examples is None else lambda loss: data_plane(loss, examples, wanted, output)
        )
        run = trained(root, taken, digits, training, found)
        return Walkthrough([], [], digits, run.root, run.plane, run.trained, run.later)
    if callable(root) and not isinstance(root, Value):
        if instead_of(root):
            raise TypeError(f"{_ROOT}, got {described(root)}")
        root = called(root, taken)
    elif arguments:
        raise TypeError(
            "walkthrough: only a function or a model has arguments, and the root is none"
        )
    if not isinstance(root, Value):
        raise TypeError(f"{_ROOT}, got {described(root)}{one_of_several(root)}")
    plane = None if data is None else data_plane(root, data, inputs, output)
    made = Explanation(root, digits)
    return Walkthrough(made.steps, [made.nodes], digits, root, plane)


def _leaves(arguments: tuple[Any, ...]) -> tuple[list[Any], list[Value]]:
    """Arguments of a function with a leaf for each number, and all these leaves."""
    if not arguments:
        return [], []
    from ..nn.shapes import flat, leaves_of  # with it, what is built of Values

    taken = [leaves_of("walkthrough", one) for one in arguments]
    return taken, flat(taken)


_ROOT = "walkthrough: the root must be a Value, a function or an nn.Module"


def _is_model(root: Any) -> bool:
    """Whether this is a Module; `nn` is not loaded to say that something else is none."""
    if not callable(root) or isinstance(root, Value | FunctionType):
        return False
    from ..nn import Module

    return isinstance(root, Module)


def _recorded(model: Any, arguments: tuple[Any, ...], output: Any) -> tuple[Value, list[Value]]:
    """What a call of a model computes, and the leaves that it was called with."""
    from ..nn.example import example_of, one_value
    from ..nn.shapes import flat

    form = "walkthrough(model, [0.5, -1.0])"
    with model.undisturbed():
        given = example_of("walkthrough", model, arguments, form)
        root = one_value("walkthrough", watched(model, given), output)
    return root, [leaf for leaf in flat(given) if isinstance(leaf, Value)]
