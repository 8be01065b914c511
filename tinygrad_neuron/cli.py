"""The command line: `tinygrad-neuron draw|walk|page EXPRESSION name=value ...`, and the course's
commands, `learn`, `notebook` and `book`."""

import importlib
import importlib.util
import inspect
import keyword
import math
import os
import re
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .checking import described, unknown
from .engine import Value, topological_order
from .operators import stored_gradient
from .passes import DOMAIN_ERRORS, is_constant
from .user_expressions import ExpressionError, evaluate

USAGE = """\
usage: tinygrad-neuron draw|walk|page EXPRESSION [name=value ...] [-o FILE]
       tinygrad-neuron learn [N] | notebook N [FOLDER] | book [FOLDER]

  draw   write a picture of the computation graph (default: draw.svg;
         the suffix decides: svg, png, pdf, ... or gv for the source)
  walk   step through both passes here in the terminal
         (with -o: write the steps, as .json or as text)
  page   write a web page on which to step through (default: page.html)
  learn, notebook, book
         the course in the terminal, as notebooks, as a web book;
         learn --help says more

  EXPRESSION   such as "tanh(w*x + b)": names, numbers, + - * / **, and the
               operations of the package; or module:function, a function of
               your own that takes the names and returns a Value
  name=value   a number for each name, such as w=0.5
  -o FILE      the file to write
  --digits N   significant digits of the numbers shown (default 4)
  -h, --help   this text

examples:
  tinygrad-neuron walk "tanh(w*x + b)" w=0.5 x=2 b=-1
  tinygrad-neuron draw "sum([a*a, a*b])" a=3 b=2 -o graph.svg
  tinygrad-neuron draw my_model:loss -o loss.png
"""
COMMANDS = ("draw", "walk", "page")
COURSE_COMMANDS = ("learn", "notebook", "book")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_OWN = re.compile(r"\s*[^\W\d][\w.]*:[^\W\d]\w*\s*")
_MOST_DIGITS = 17


class UsageError(ValueError):
    """What is wrong with the arguments."""


class FailedError(Exception):
    """What could not be done though the arguments were fine."""


@dataclass
class Arguments:
    """What was asked for."""

    command: str = ""
    expression: "str | None" = None
    numbers: dict[str, float] = field(default_factory=dict)
    output: str = ""
    digits: int = 4


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Run a command; returns the exit code: 0, 2 for what was asked wrongly, 1 for what failed.

    >>> main(["walk", "x*x", "x=3", "-o", os.devnull])
    wrote /dev/null (4 steps)
    0
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if given and given[0] in COURSE_COMMANDS:
            from .course import commands

            return commands.main(given)
        if not given or any(a in ("-h", "--help") for a in given[: _end_of_options(given)]):
            print(USAGE, end="", file=sys.stdout if given else sys.stderr)
            return 0 if given else 2
        asked = parse(given)
        root = _root(asked)
        {"draw": _draw, "walk": _walk, "page": _page}[asked.command](asked, root)
        sys.stdout.flush()
    except (UsageError, ExpressionError) as error:
        print(f"tinygrad-neuron: {error}", file=sys.stderr)
        return 2
    except FailedError as error:
        print(f"tinygrad-neuron: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def parse(given: Sequence[str]) -> Arguments:
    """Read the arguments; a UsageError says what is wrong with them.

    An expression may begin with a minus: only the options above are options.

    >>> parse(["draw", "-x**2", "x=3", "-o", "out.svg"]).numbers
    {'x': 3.0}
    """
    asked = Arguments()
    options = True
    rest = iter(given)
    for word in rest:
        if options and word == "--":
            options = False
        elif options and (word in ("-o", "--output", "--digits") or _is_joined_option(word)):
            option, equals, value = word.partition("=")
            if not equals:
                value = next(rest, "")
            if not value:
                raise UsageError(f"{option} needs a value, as in {_EXAMPLES[option]}")
            _set_option(asked, option, value)
        elif options and word.startswith("--"):
            raise UsageError(f"option {word!r} is {unknown(word, _EXAMPLES)}")
        elif not asked.command:
            if word not in COMMANDS:
                raise UsageError(
                    f"command {word!r}: {unknown(word, (*COMMANDS, *COURSE_COMMANDS))}; "
                    "--help says more"
                )
            asked.command = word
        elif asked.expression is None:
            asked.expression = word
        else:
            _set_number(asked, word)
    if not asked.command:
        raise UsageError("a command is missing: draw, walk or page; --help says more")
    if asked.expression is None or not asked.expression.strip():
        raise UsageError(
            f'an expression is missing, as in: tinygrad-neuron {asked.command} "tanh(w*x)" w=1 x=2'
        )
    return asked


_EXAMPLES = {
    "-o": "-o out.svg",
    "--output": "--output=out.svg",
    "--digits": "--digits 6",
    "--help": "",
}


def _is_joined_option(word: str) -> bool:
    return word.startswith(("--output=", "--digits="))


def _end_of_options(given: Sequence[str]) -> int:
    return given.index("--") if "--" in given else len(given)


def _set_option(asked: Arguments, option: str, value: str) -> None:
    if option != "--digits":
        if asked.output:
            raise UsageError(f"-o is given twice: {asked.output!r} and {value!r}")
        asked.output = value
        return
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= _MOST_DIGITS):
        raise UsageError(f"--digits must be from 1 to {_MOST_DIGITS}, got {value!r}")
    asked.digits = int(value)


def _set_number(asked: Arguments, word: str) -> None:
    name, equals, text = word.partition("=")
    name, text = unicodedata.normalize("NFKC", name.strip()), text.strip()
    if not equals:
        raise UsageError(
            f"expected name=value, got {word!r}; an expression with spaces needs quotes around it"
        )
    if not name.isidentifier() or keyword.iskeyword(name):
        raise UsageError(f"{name!r} in {word!r} cannot be a name; use letters, digits and _")
    if name in asked.numbers:
        raise UsageError(f"{name!r} is given twice; leave one of them out")
    if not _NUMBER.fullmatch(text):
        raise UsageError(f"{name!r} must be a number such as 0.5, -2 or 1e-3, got {text!r}")
    number = float(text)
    if math.isinf(number):
        raise UsageError(f"{name!r} must be finite (up to about 1.8e308), got {text!r}")
    asked.numbers[name] = number


def _root(asked: Arguments) -> Value:
    """The graph of the expression, or of the user's own function."""
    expression = asked.expression or ""
    if _OWN.fullmatch(expression):
        return _from_function(expression.strip(), asked.numbers)
    try:
        root, _ = evaluate(expression, asked.numbers)
    except ExpressionError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from None
    return root


def _from_function(where: str, numbers: Mapping[str, float]) -> Value:
    from .walk import record_lines

    module_name, _, function_name = where.partition(":")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise  # a module that the user's own one imports: the traceback says where
        raise UsageError(
            f"there is no module {module_name!r} in {os.getcwd()} nor among those installed"
        ) from None
    function = getattr(module, function_name, None)
    if not callable(function):
        public = [n for n, v in vars(module).items() if callable(v) and not n.startswith("_")]
        raise UsageError(
            f"there is no function {function_name!r} in {module_name}: "
            f"{unknown(function_name, public)}"
        )
    leaves = {name: Value(number, label=name) for name, number in numbers.items()}
    try:
        inspect.signature(function).bind(**leaves)
    except TypeError as error:
        raise UsageError(
            f"{function_name}{inspect.signature(function)}: {error}; give each of its arguments as "
            "name=value"
        ) from None
    with record_lines():
        root = function(**leaves)
    if not isinstance(root, Value):
        raise UsageError(f"{where} must return one Value, it returned {described(root)}")
    return root


def _draw(asked: Arguments, root: Value) -> None:
    import graphviz

    from .draw import draw_dot
    from .draw.rendering import EngineNotFoundError, RenderingError

    path = asked.output or "draw.svg"
    format_ = os.path.splitext(path)[1][1:].lower()
    if format_ not in graphviz.FORMATS and format_ not in ("gv", "dot"):
        raise UsageError(
            f"the suffix of {path!r} decides the picture's format: end it in .svg, .png or .pdf"
        )
    if stored_gradient(root) is None and not is_constant(root):
        try:
            root.backward()
        except (*DOMAIN_ERRORS, TypeError) as error:
            print(f"tinygrad-neuron: drawn without gradients: {error}", file=sys.stderr)
    picture = draw_dot(root, digits=asked.digits)
    try:
        if format_ in ("gv", "dot"):
            _write(path, picture.source)
        else:
            picture.render(path)
    except (EngineNotFoundError, RenderingError, OSError, ValueError) as error:
        raise FailedError(f"{path}: {error}") from None
    print(f"wrote {path} ({_counted(len(topological_order(root)), 'node')})")


def _walk(asked: Arguments, root: Value) -> None:
    from .walk import walkthrough

    try:
        steps = walkthrough(root, digits=asked.digits)
    except (*DOMAIN_ERRORS, TypeError) as error:
        raise FailedError(str(error)) from None
    if not asked.output:
        steps.terminal()
        return
    json = asked.output.lower().endswith(".json")
    _write(asked.output, steps.to_json(indent=1) + "\n" if json else steps.text())
    print(f"wrote {asked.output} ({_counted(len(steps), 'step')})")


def _page(asked: Arguments, root: Value) -> None:
    from .walk import walkthrough

    path = asked.output or "page.html"
    if importlib.util.find_spec(".walk.page", __package__) is None:
        raise FailedError("the page is not built into this installation")
    try:
        walkthrough(root, digits=asked.digits).page(path)
    except (*DOMAIN_ERRORS, TypeError, OSError, RuntimeError) as error:
        raise FailedError(f"{path}: {error}") from None
    print(f"wrote {path}")


def _write(path: str, text: str) -> None:
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise FailedError(f"{path}: {error.strerror or error}") from None


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"
