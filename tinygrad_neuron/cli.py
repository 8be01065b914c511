"""The command line: `tinygrad-neuron draw|walk|page EXPRESSION name=value ...`, the commands of the
course (`cli_course.py`) and of the laboratory. One parser reads the arguments of them all."""

import argparse
import importlib
import inspect
import io
import keyword
import math
import os
import re
import signal
import sys
import unicodedata
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from . import cli_course, cli_laboratory
from .checking import described, nearest, unknown
from .console import PROGRAM, FailedError, UsageError, as_program, say, told
from .engine import Value, topological_order
from .files import replace_file
from .operators import stored_gradient
from .passes import DOMAIN_ERRORS, is_constant
from .user_expressions import ExpressionError, evaluate

# Stated in the package's `__init__`, which is above this module: it is not imported from here.
_VERSION = f"{PROGRAM} {sys.modules[__package__].__version__}"
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_OWN = re.compile(r"\s*[^\W\d][\w.]*:[^\W\d]\w*\s*")
_ASSIGNMENT = re.compile(r"\s*[^\W\d]\w*\s*=[^=].*")  # where the expression is forgotten
_MOST_DIGITS = 17
# Before a word that begins with a minus and is no option. No word can contain it.
_MARK = "\0"


class _Parser(argparse.ArgumentParser):
    """A parser that raises a `UsageError` where argparse would end the program, and knows its
    options: `options`, by their long names, and `with_value`, those that take a word more."""

    def __init__(self, **settings: Any) -> None:
        self.options: list[str] = []
        self.with_value: list[str] = []
        super().__init__(**settings)

    def add_argument(self, *names: Any, **settings: Any) -> argparse.Action:
        if settings.get("action", "append") == "append" and names[0].startswith("-"):
            read = settings.get("type", str)
            settings["type"] = lambda word: read(word.removeprefix(_MARK))
        added = super().add_argument(*names, **settings)
        if added.option_strings:
            self.options.append(added.option_strings[-1])
            if added.nargs != 0:
                self.with_value += added.option_strings
        return added

    def _print_message(self, message: str, file: Any = None) -> None:
        print(message, end="", file=file)  # argparse would not say that it cannot be written

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message.removeprefix('argument ')}; {self.prog} --help says more")


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Run a command; returns the exit code: 0, 2 for what was asked wrongly, 1 for what failed.

    >>> main(["walk", "x*x", "x=3", "-o", os.devnull])
    wrote /dev/null (4 steps)
    0
    """
    # An error of a file is the user's own function's: ours are told as what failed.
    return as_program(_run, arguments, name=PROGRAM, files=False)


def _run(arguments: "Sequence[str] | None") -> int:
    """What `main` does, but for what can befall any program."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:
        _end_in_order()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed before we began: what is printed goes nowhere
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  # to the end
    if arguments is None and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name that an old code page has not
    try:
        if not given:
            print(_WELCOME, end="")
        asked = parse(given) if given else None
        if asked is not None:
            asked.run(asked)
    except (UsageError, ExpressionError) as error:
        say(str(error))
        return 2
    except FailedError as error:
        if str(error):
            say(str(error))
        return 1
    except ModuleNotFoundError as error:
        if error.name != "graphviz":  # the one package that is needed; extras tell themselves
            raise
        say("the package graphviz is missing; pip install graphviz brings it")
        return 1
    return 0


def _end_in_order() -> None:
    """What is told to end, or loses its terminal, ends as after an error: the terminal is as it
    was, and what was begun, folders and programs, is put away."""

    def end(number: int, _: object) -> NoReturn:
        raise SystemExit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):  # Windows has not the second
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # not after `nohup`
            with suppress(ValueError):  # not in the main thread
                signal.signal(number, end)


# From words to what is asked


def parse(given: Sequence[str]) -> "Namespace | None":
    """Read the arguments; None after the help or the version; a UsageError says what is wrong.

    **Returns** the options, `words`, which are the other arguments of the command, and `run`, which
    takes all this. A word may begin with a minus: only the options of the command are options.

    >>> asked = parse(["draw", "-x**2", "x=3", "-o", "out.svg"])
    >>> asked.words, asked.output
    (['-x**2', 'x=3'], ['out.svg'])
    """
    words = list(_marked(given))
    if words[:1] == ["help"]:
        words = [*words[1:2], "--help"]
    elif words == ["version"]:
        words = ["--version"]
    if words and words[0].startswith("-"):  # options may stand before the command
        values = [i + 1 for i, word in enumerate(words) if word in _WITH_VALUE]
        at = [i for i, word in enumerate(words) if word in _COMMANDS and i not in values]
        words.insert(0, words.pop(at[0] if at else 0))
    if not words:
        raise UsageError(f"a command is missing, one of {', '.join(_COMMANDS)}; --help says more")
    if words[0] not in (*_COMMANDS, "-h", "--help", "-V", "--version"):
        word = words[0].removeprefix(_MARK)
        if words[0].startswith("-"):
            near = nearest(word, ("--help", "--version"))
            raise UsageError(
                f"option {word!r} is unknown, did you mean {near!r}?"
                if near
                else f"a command is missing, one of {', '.join(_COMMANDS)}; got {word!r}"
            )
        raise UsageError(f"command {word!r}: {unknown(word, _COMMANDS)}; --help says more")
    try:
        asked, rest = _PARSER.parse_known_args(words)
    except SystemExit:  # argparse ends the program after the help and the version
        return None
    for word in rest:
        if word.startswith("-"):
            bare = {option.lstrip("-"): option for option in asked.options}
            near = nearest(word.lstrip("-"), bare)  # of the words: the dashes are alike
            hint = "" if near is None else f", did you mean {bare[near]!r}?"
            known = ", ".join(sorted(asked.options))
            raise UsageError(f"option {word!r} is unknown{hint or '.'} Known: {known}")
    asked.words = [word.removeprefix(_MARK) for word in asked.words + rest]
    if len(asked.words) > asked.most:
        raise UsageError(f"{asked.command} takes {asked.arguments}, got {' '.join(asked.words)!r}")
    return asked


def _marked(given: Sequence[str]) -> Iterator[str]:
    """The words, marked where they begin with a minus and are no options: `-x**2`, and all that
    stands after `--`. (`-V` is an option alone; after a command it is minus V.)"""
    options = True
    for word in given:
        if options and word == "--":
            options = False
        elif options and (word in ("-o", "-h") or word.startswith("--") or given == ["-V"]):
            yield word
        else:
            yield _MARK + word if word.startswith("-") else word


def _file(text: str) -> str:
    if not text:
        raise ArgumentTypeError("needs the name of a file, as in -o out.svg")
    return text


def _digits(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= _MOST_DIGITS):
        raise ArgumentTypeError(f"must be from 1 to {_MOST_DIGITS}, got {text!r}")
    return int(text)


def _numbers(words: Sequence[str]) -> dict[str, float]:
    """The numbers that the words `name=value` give to names."""
    numbers: dict[str, float] = {}
    for word in words:
        name, equals, text = word.partition("=")
        name, text = unicodedata.normalize("NFKC", name.strip()), text.strip()
        if not equals:
            raise UsageError(
                f"expected name=value, got {word!r}; an expression with spaces needs quotes "
                "around it, and options are -o and --digits"
            )
        if not name.isidentifier() or keyword.iskeyword(name):
            raise UsageError(f"{name!r} in {word!r} cannot be a name; use letters, digits and _")
        if name in numbers:
            raise UsageError(f"{name!r} is given twice; leave one of them out")
        if not _NUMBER.fullmatch(text):
            raise UsageError(f"{name!r} must be a number such as 0.5, -2 or 1e-3, got {text!r}")
        numbers[name] = float(text)
        if math.isinf(numbers[name]):
            raise UsageError(f"{name!r} must be finite (up to about 1.8e308), got {text!r}")
    return numbers


def _path(asked: Namespace, default: str = "") -> str:
    """The file to write."""
    if len(asked.output) > 1:
        raise UsageError(f"-o is given twice: {' and '.join(map(repr, asked.output))}")
    return asked.output[0] if asked.output else default


# The graph


def _root(asked: Namespace) -> Value:
    """The graph of the expression, or of the user's own function."""
    expression = asked.words[0] if asked.words else ""
    if not expression.strip() or _ASSIGNMENT.fullmatch(expression):
        raise UsageError(
            f'an expression is missing, as in: {PROGRAM} {asked.command} "tanh(w*x)" w=1 x=2'
        )
    numbers = _numbers(asked.words[1:])
    if _OWN.fullmatch(expression):
        return _from_function(expression.strip(), numbers)
    try:
        root, _ = evaluate(expression, numbers)
    except ExpressionError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from None
    return root


def _from_function(where: str, numbers: Mapping[str, float]) -> Value:
    """The graph that `module:function` makes of the numbers; the module may lie in the folder in
    which one is."""
    from .walk import watch_names

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
    with watch_names():
        root = function(**leaves)
    if not isinstance(root, Value):
        raise UsageError(f"{where} must return one Value, it returned {described(root)}")
    return root


# The commands


def _draw(asked: Namespace) -> None:
    """Write the picture, with gradients where there are any."""
    import graphviz

    from .draw import draw_dot
    from .draw.rendering import EngineNotFoundError, RenderingError

    path, root = _path(asked, "draw.svg"), _root(asked)
    format_ = os.path.splitext(path)[1][1:].lower()
    if format_ not in graphviz.FORMATS and format_ not in ("gv", "dot"):
        raise UsageError(
            f"the suffix of {path!r} decides the picture's format: end it in .svg, .png or .pdf"
        )
    if stored_gradient(root) is None and not is_constant(root):
        try:
            root.backward()
        except (*DOMAIN_ERRORS, TypeError) as error:
            say(f"drawn without gradients: {error}")
    picture = draw_dot(root, digits=asked.digits)
    try:
        if format_ in ("gv", "dot"):
            _write(path, picture.source)
        else:
            picture.render(path)
    except OSError as error:
        raise FailedError(told(error)) from None
    except (EngineNotFoundError, RenderingError, ValueError) as error:
        raise FailedError(f"{path}: {error}") from None
    print(f"wrote {path} ({_counted(len(topological_order(root)), 'node')})")


def _walk(asked: Namespace) -> None:
    """Step through the graph in the terminal, or write the steps."""
    from .walk import walkthrough

    path, root = _path(asked), _root(asked)
    try:
        steps = walkthrough(root, digits=asked.digits)
    except (*DOMAIN_ERRORS, TypeError) as error:
        raise FailedError(str(error)) from None
    if not path:
        steps.terminal()
        return
    json = path.lower().endswith(".json")
    _write(path, steps.to_json(indent=1) + "\n" if json else steps.text())
    print(f"wrote {path} ({_counted(len(steps), 'step')})")


def _page(asked: Namespace) -> None:
    """Write the page on which to step through."""
    from .walk import walkthrough

    path, root = _path(asked, "page.html"), _root(asked)
    try:
        walkthrough(root, digits=asked.digits).page(path)
    except OSError as error:
        raise FailedError(told(error)) from None
    except (*DOMAIN_ERRORS, TypeError, RuntimeError) as error:
        raise FailedError(f"{path}: {error}") from None
    print(f"wrote {path}")


def _write(path: str, text: str) -> None:
    try:
        replace_file(path, text.encode())
    except OSError as error:
        raise FailedError(told(error)) from None


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


# The parser

# What one can do, in ten lines; a test runs them.
_WELCOME = f"""\
{_VERSION}: neural networks, number by number. What you can do:
  {PROGRAM} learn        the course: fifteen lessons, in the terminal
  {PROGRAM} notebook 1   a lesson as a notebook; `book`: all, to read
  {PROGRAM} walk "tanh(w*x)" w=1 x=2   both passes, step by step
  {PROGRAM} page "tanh(w*x)" w=1 x=2   the same as a page, page.html
  {PROGRAM} draw "tanh(w*x)" w=1 x=2   a picture of the graph, draw.svg
  {PROGRAM} draw my_model:loss   ... of what your own function returns
  {PROGRAM} --help       all commands; COMMAND --help says more of one
In Python, begin with:
  from tinygrad_neuron import Value, draw_dot, nn, optim, walkthrough
"""
_DETAILS = """\
EXPRESSION   such as "tanh(w*x + b)": names, numbers, + - * / **, and the
             operations of the package; or module:function, a function of
             your own that takes the names and returns a Value
name=value   a number for each name, such as w=0.5

examples:
  tinygrad-neuron walk "tanh(w*x + b)" w=0.5 x=2 b=-1
  tinygrad-neuron draw "sum([a*a, a*b])" a=3 b=2 -o graph.svg
  tinygrad-neuron draw my_model:loss -o loss.png
  tinygrad-neuron learn 1
  tinygrad-neuron notebook 6 my-notebooks
"""


def _parser() -> "tuple[_Parser, dict[str, _Parser]]":
    """The parser, and those of its commands. What no option takes is in `words`, for argparse does
    not read a list on both sides of an option (`walk x*y x=1 -o steps.txt y=2`)."""
    settings: dict[str, Any] = {
        "allow_abbrev": False, "formatter_class": argparse.RawDescriptionHelpFormatter,
    }  # fmt: skip
    parser = _Parser(prog=PROGRAM, epilog=_DETAILS, **settings)
    parser.add_argument("-V", "--version", action="version", version=_VERSION)
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")
    parsers: dict[str, _Parser] = {}

    def command(
        run: Callable[[Namespace], None], arguments: str, most: int, text: str
    ) -> argparse.ArgumentParser:
        name = run.__name__.removeprefix("_")
        usage = f"{PROGRAM} {name} {arguments}"
        made = commands.add_parser(name, usage=usage, help=text, description=text, **settings)
        made.add_argument("words", nargs="*", help=argparse.SUPPRESS)
        made.set_defaults(run=run, arguments=arguments, most=most, options=made.options)
        parsers[name] = made
        return made

    for run, text in (
        (_draw, "write a picture of the computation graph (default: draw.svg; the suffix decides: "
        "svg, png, pdf, ... or gv for the source)"),
        (_walk, "step through both passes here in the terminal (with -o: write the steps, as .json "
        "or as text)"),
        (_page, "write a web page on which to step through (default: page.html)"),
    ):  # fmt: skip
        made = command(run, "EXPRESSION [name=value ...] [-o FILE] [--digits N]", sys.maxsize, text)
        made.epilog = _DETAILS
        made.add_argument(
            "-o", "--output", metavar="FILE", type=_file, action="append", default=[],
            help="the file to write",
        )  # fmt: skip
        made.add_argument(
            "--digits", metavar="N", type=_digits, default=4,
            help="significant digits of the numbers shown (default %(default)s)",
        )  # fmt: skip
    cli_course.add_commands(command)
    cli_laboratory.add_commands(command)
    return parser, parsers


_PARSER, _COMMANDS = _parser()
_WITH_VALUE = {option for command in _COMMANDS.values() for option in command.with_value}
