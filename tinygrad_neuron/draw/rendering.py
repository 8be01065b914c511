"""A `graphviz.Digraph` that finds its layout engine, waits for it only so long, and says why not.

What a picture is written with: the `dot` executable of a Graphviz on this machine, else the
`graphviz-pure` command (`pip install "tinygrad_neuron[dot]"`), a port of Graphviz without
dependencies. `graph.layout_command` names another one, `graph.timeout` the seconds it may take.

>>> graph = Digraph("neuron", format="svg")
>>> graph.edge("x", "z", label="w")
>>> print(graph.source.replace(chr(9), "    "), end="")
digraph neuron {
    x -> z [label=w]
}
>>> graph.pipe(format="svgg")
Traceback (most recent call last):
...
ValueError: unknown format 'svgg', did you mean 'svg'? The usual ones are svg, png, jpeg, pdf; \
all are in graphviz.FORMATS
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import graphviz

from ..checking import flag, text
from ..files import checked_path, replace_file
from ..locks import Lock
from .running import Engine, RenderingError, RenderingTimeoutError, is_within, run

__all__ = [
    "Digraph",
    "Engine",
    "EngineNotFoundError",
    "RenderingError",
    "RenderingTimeoutError",
    "find_engine",
]

_HOW_TO_GET_ONE = (
    "Get one with `apt install graphviz`, `brew install graphviz` "
    'or `pip install "tinygrad_neuron[dot]"`.'
)

# `graph.render("neuron.gv")` names the source file to save, as everywhere in `graphviz`.
_SOURCE_SUFFIXES = frozenset({"gv", "dot"})
_SAME_FORMAT = {"jpg": "jpeg", "jpe": "jpeg", "tif": "tiff"}

_BITMAPS = frozenset({"png", "jpeg", "jpg", "jpe"})
_DOTS = 96  # an inch, at a density of 1: a browser shows a picture's SVG as large
_LARGEST = 7680  # dots a side: graphviz-pure draws a bitmap at any size it is asked for

# What a mistyped suffix is held against: `svgg` means one of these.
_USUAL = ("svg", "png", "pdf", "jpeg", "jpg", "gif", "svgz", "webp", "tiff", "eps")
# Every id that an engine writes: of the whole, of clusters, nodes, edges and their links.
_IDS = re.compile(rb'(<g id=")(?=[^"]*")')

# In a new process `sysconfig` fills its table of paths, and a thread that reads it meanwhile fails
# (AttributeError: 'userbase'): those that draw at once look for an engine one after another.
_ONE_AT_A_TIME = Lock()


class EngineNotFoundError(graphviz.ExecutableNotFound):
    """There is no layout engine on this machine, or not where `layout_command` says."""

    def __init__(self, message: str) -> None:
        RuntimeError.__init__(self, message)


def find_engine(command: str | os.PathLike[str] | None = None) -> Engine:
    """Find the layout engine: `dot` on the PATH, else `graphviz-pure`.

    `graphviz-pure` is looked for on the PATH and among the scripts of the running Python, so it
    is found in a virtual environment that was not activated.

    Args:
        command: the name or path of the only program to consider, or None for the two above.

    Returns:
        The engine.

    Raises:
        EngineNotFoundError: a `graphviz.ExecutableNotFound`, if there is none; says how to get one.

    >>> try:
    ...     find_engine("no-such-command")
    ... except graphviz.ExecutableNotFound as error:
    ...     print(str(error).partition(". ")[0])
    layout_command 'no-such-command' was not found
    """
    if command is None and is_within():
        return Engine("dot", "in this page")
    for name in ("dot", "graphviz-pure") if command is None else (os.fspath(command),):
        found = shutil.which(name)
        if found is None and name == "graphviz-pure":
            found = shutil.which(name, path=os.pathsep.join(_script_folders()))
        if found is not None:
            pure = Path(found).stem == "graphviz-pure"
            return Engine("graphviz-pure" if pure else "dot", os.path.abspath(found))
    if command is None:
        raise EngineNotFoundError(
            "no layout engine for pictures: neither Graphviz (`dot`) nor `graphviz-pure` was "
            f"found. {_HOW_TO_GET_ONE}"
        )
    raise EngineNotFoundError(
        f"layout_command {os.fspath(command)!r} was not found. Set it to the name or path of a "
        "Graphviz `dot` or of `graphviz-pure`, or to None to search for them"
    )


class Digraph(graphviz.Digraph):
    """A `graphviz.Digraph` drawn by whichever layout engine there is, within a time limit.

    `source`, `save`, `pipe`, `render`, `view` and display in a notebook are those of `graphviz`;
    `render` also takes the picture's own path. Without an engine, a notebook shows the source.

    Args:
        *args: as for `graphviz.Digraph`.
        timeout: seconds that the engine may take for one picture, as attribute `timeout`.
        layout_command: name or path of the engine, as attribute `layout_command`; by default
            `find_engine` decides.
        density: dots of a PNG or JPEG for each pixel that the picture has in a page, as attribute
            `density`; where the graph has a `dpi` of its own, that counts.
        id_prefix: what all ids in an SVG start with, as attribute `id_prefix`, so that several
            pictures can stand in one page; letters, digits, hyphens and underscores.
        **kwargs: as for `graphviz.Digraph`.

    >>> drawn = Digraph("chain")
    >>> drawn.edge("x", "y")
    >>> print(drawn.source)
    digraph chain {
        x -> y
    }
    """

    timeout: float = 60.0
    layout_command: str | os.PathLike[str] | None = None
    density: float = 2.0
    id_prefix: str = ""

    def __init__(
        self,
        *args: Any,
        timeout: float | None = None,
        layout_command: str | os.PathLike[str] | None = None,
        density: float | None = None,
        id_prefix: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if density is not None:
            self.density = density
        if id_prefix is not None:
            self.id_prefix = id_prefix
        if timeout is not None:
            self.timeout = timeout
        if layout_command is not None:
            self.layout_command = layout_command

    def save(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        *,
        skip_existing: bool | None = False,
    ) -> str:
        """Save the source, as `graphviz` does, but whole or not at all; returns its path."""
        if filename is not None:
            self.filename = os.fspath(filename)
        if directory is not None:
            self.directory = os.fspath(directory)
        path: str = self.filepath
        if not (skip_existing and os.path.exists(path)):
            replace_file(path, "".join(self).encode(self.encoding))
        return path

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        renderer: str | None = None,
        formatter: str | None = None,
        neato_no_op: bool | int | None = None,
        quiet: bool = False,
        quiet_view: bool = False,
        *,
        outfile: str | os.PathLike[str] | None = None,
        engine: str | None = None,
        raise_if_result_exists: bool = False,
        overwrite_source: bool = False,
    ) -> str:
        """Write the picture to a file: `graph.render("out/neuron.svg")`.

        A `filename` that ends in a picture's format names the picture: exactly this file is
        written, its folders are made, and it is replaced whole or not at all. Any other one, as
        `graph.render("neuron.gv", format="svg")`, is the name of the source, as in `graphviz`:
        the source is saved there and the picture beside it, as `neuron.gv.svg`.

        Args:
            filename: path of the picture, or of the source.
            directory: folder that `filename` starts from.
            view: whether to open the picture in the system's viewer.
            format: the picture's format; it has to agree with the suffix of a picture's path.
            raise_if_result_exists: whether to refuse to replace a file.
            cleanup, renderer, formatter, neato_no_op, quiet, quiet_view, outfile, engine: as for
                `graphviz.Digraph.render`.
            overwrite_source: as for `graphviz.Digraph.render`.

        Returns:
            The path of the picture.

        Raises:
            ValueError: for an unknown format or suffix, or a format that contradicts the suffix.
            graphviz.FileExistsError: if asked to, and there is such a file.
            EngineNotFoundError: a `graphviz.ExecutableNotFound`, without a layout engine.
            RenderingError: if the engine fails; a RenderingTimeoutError if it takes too long.
        """
        for what, path in (("filename", filename), ("directory", directory)):
            if path is not None and not (isinstance(path, str) and not path):
                checked_path(f"render: {what}", path)
        view, again = flag("render", "view", view), "raise_if_result_exists"
        raise_if_result_exists = flag("render", again, raise_if_result_exists)
        suffix = _picture_suffix(filename)
        if suffix is None and format is None and outfile is None:
            _refuse_suffix(filename)
        if filename is None or suffix is None or outfile is not None:
            rendered: str = super().render(
                filename=filename,
                directory=directory,
                view=view,
                cleanup=cleanup,
                format=format,
                renderer=renderer,
                formatter=formatter,
                neato_no_op=neato_no_op,
                quiet=quiet,
                quiet_view=quiet_view,
                outfile=outfile,
                engine=engine,
                raise_if_result_exists=raise_if_result_exists,
                overwrite_source=overwrite_source,
            )
            return rendered
        if format is not None:
            self._verify_format(format)
            if _one_name(format) != _one_name(suffix):
                raise ValueError(
                    f"format {format!r} contradicts the suffix of {os.fspath(filename)!r}; give "
                    f"one of the two, or end the file's name in .{format.lower()}"
                )
        folder = os.fsdecode(self.directory if directory is None else directory)
        picture = os.path.join(folder, os.fspath(filename))
        if raise_if_result_exists and os.path.exists(picture):
            raise graphviz.FileExistsError(f"output file exists: {picture!r}")
        drawn = self.pipe(
            format=suffix,
            renderer=renderer,
            formatter=formatter,
            neato_no_op=neato_no_op,
            quiet=quiet,
            engine=engine,
        )
        replace_file(picture, drawn)
        if view or quiet_view:
            self._view(picture, format=suffix, quiet=quiet_view)
        return picture

    def _repr_mimebundle_(
        self,
        include: Iterable[str] | None = None,
        exclude: Iterable[str] | None = None,
        **kwargs: Any,
    ) -> dict[str, bytes | str]:
        """Show the picture in a notebook, or the source where there is no picture."""
        try:
            return dict(super()._repr_mimebundle_(include, exclude, **kwargs))
        except (EngineNotFoundError, RenderingTimeoutError) as error:
            print(error, file=sys.stderr)
            return {} if "text/plain" in set(exclude or ()) else {"text/plain": self.source}

    # What follows are the places where `graphviz` hands over to its own engine: it looks up these
    # properties "to simplify mocking" and calls what they hold, with every parameter resolved.

    @property
    def _pipe_lines(self) -> Callable[..., bytes]:
        return self._draw

    @property
    def _pipe_lines_string(self) -> Callable[..., str]:
        return self._draw_string

    @property
    def _render(self) -> Callable[..., str]:
        return self._draw_file

    @staticmethod
    def _verify_format(format: str, *, required: bool = True) -> None:
        if text("a picture", "format", format).lower() not in graphviz.FORMATS:
            _refuse_format(format)

    def _copy_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        copied: dict[str, Any] = super()._copy_kwargs(**kwargs)  # type: ignore[no-untyped-call]
        for name in ("timeout", "layout_command", "density", "id_prefix"):
            if name in vars(self):
                copied[name] = vars(self)[name]
        return copied

    def _draw(
        self,
        engine: str,
        format: str,
        input_lines: Iterator[str],
        *,
        input_encoding: str,
        renderer: str | None = None,
        formatter: str | None = None,
        neato_no_op: bool | int | None = None,
        quiet: bool = False,
        cwd: str | None = None,
    ) -> bytes:
        """The picture in a format; what the engine says besides goes to stderr."""
        if formatter is not None and renderer is None:
            raise graphviz.RequiredArgumentError("formatter given without renderer")
        format = format.lower()
        program = find_engine(self.layout_command)
        arguments = [f"-K{engine}", "-T" + ":".join(filter(None, (format, renderer, formatter)))]
        if neato_no_op:
            arguments.append(f"-n{neato_no_op:d}")
        if format in _BITMAPS:
            arguments += self._bitmap_options(program)
        prefix = self.id_prefix
        if not re.fullmatch(r"([A-Za-z_][\w-]*)?", prefix, re.ASCII):
            raise ValueError(
                "id_prefix must be letters, digits, hyphens and underscores, the first one a "
                f"letter, got {prefix!r}"
            )
        source = "".join(input_lines).encode(input_encoding)
        drawn, remarks = run(program, arguments, source, timeout=self.timeout, cwd=cwd)
        if remarks and not quiet:
            print(remarks, file=sys.stderr)
        if prefix and format == "svg":
            drawn = _IDS.sub(rb"\1" + prefix.encode(), drawn)
        return drawn

    def _bitmap_options(self, program: Engine) -> list[str]:
        """How many dots an inch has, and at most how many inches the picture."""
        if not 0.1 <= self.density <= 10:
            raise ValueError(f"density must be from 0.1 to 10, got {self.density!r}")
        if "dpi" in self.graph_attr:
            return [f"-Gsize={_LARGEST / _DOTS:g},{_LARGEST / _DOTS:g}"] if program.is_pure else []
        dots = _DOTS * self.density
        most = f"-Gsize={_LARGEST / dots:g},{_LARGEST / dots:g}"
        return [f"-Gdpi={dots:g}", *([most] if program.is_pure else [])]

    def _draw_string(
        self, engine: str, format: str, input_lines: Iterator[str], *, encoding: str, **options: Any
    ) -> str:
        drawn = self._draw(engine, format, input_lines, input_encoding=encoding, **options)
        return drawn.decode(encoding)

    def _draw_file(
        self,
        engine: str,
        format: str,
        filepath: str,
        *,
        outfile: str | os.PathLike[str] | None = None,
        raise_if_result_exists: bool = False,
        overwrite_filepath: bool = False,
        **options: Any,
    ) -> str:
        """The picture beside the file of its source, which is there already; returns its path."""
        if raise_if_result_exists and overwrite_filepath:
            raise ValueError("overwrite_source cannot be combined with raise_if_result_exists")
        parts = (filepath, options.get("formatter"), options.get("renderer"), format)
        picture = ".".join(filter(None, parts)) if outfile is None else os.fspath(outfile)
        if not overwrite_filepath and os.path.realpath(picture) == os.path.realpath(filepath):
            raise ValueError(
                f"outfile {picture!r} must be different from the source file "
                "(pass overwrite_source=True to override)"
            )
        if raise_if_result_exists and os.path.exists(picture):
            raise graphviz.FileExistsError(f"output file exists: {picture!r}")
        # Images that the source names are relative to the source's folder.
        folder = os.path.dirname(filepath) or None
        options.update(input_encoding=self.encoding, cwd=folder)
        replace_file(picture, self._draw(engine, format, iter(self), **options))
        return picture


def _script_folders() -> list[str]:
    """Where `pip install` puts commands for the running Python, activated or not."""
    folders = [os.path.dirname(sys.executable)] if sys.executable else []
    with _ONE_AT_A_TIME:
        for scheme in (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user")):
            folders.append(sysconfig.get_path("scripts", scheme))
    return folders


def _picture_suffix(filename: str | os.PathLike[str] | None) -> str | None:
    """The format that a path's suffix names, or None: `x.svg` gives 'svg', `x.gv` gives None."""
    suffix = "" if filename is None else Path(filename).suffix[1:].lower()
    return suffix if suffix in graphviz.FORMATS - _SOURCE_SUFFIXES else None


def _refuse_suffix(filename: str | os.PathLike[str] | None) -> None:
    """Refuse a suffix that is no picture's and no source's: a picture would be drawn all the same,
    as `k.xyz.svg`."""
    suffix = "" if filename is None else Path(filename).suffix[1:].lower()
    if not suffix or suffix in _SOURCE_SUFFIXES:
        return
    from difflib import get_close_matches  # only to tell what is wrong

    nearest = get_close_matches(suffix, _USUAL, n=1, cutoff=0.66)
    hint = f", did you mean {nearest[0]!r}?" if nearest else "."
    raise ValueError(
        f"the suffix of {os.fspath(filename or '')!r} is no picture's format{hint} It may be "
        f"{', '.join(_USUAL[:4])} or another of graphviz.FORMATS, or gv for the source; to save "
        "the source under that name, pass the picture's format (format='svg')"
    )


def _one_name(format: str) -> str:
    return _SAME_FORMAT.get(format.lower(), format.lower())


def _refuse_format(format: str) -> NoReturn:
    from difflib import get_close_matches

    nearest = get_close_matches(format.lower(), sorted(graphviz.FORMATS), n=1)
    hint = f", did you mean {nearest[0]!r}?" if nearest else "."
    raise ValueError(
        f"unknown format {format!r}{hint} The usual ones are svg, png, jpeg, pdf; "
        "all are in graphviz.FORMATS"
    )
