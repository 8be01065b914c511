"""From C text to a loaded shared library: the compiler found, run, timed, and its results kept.

`load(source)` is the whole of it. Each library is built in a private folder of its own, which goes
as soon as the library is loaded, or the compiler failed, or the process ends.

Environment variables:

- `CC`: the compiler, with arguments if it needs some (`CC="ccache gcc"`); otherwise the first of
  `cc`, `gcc` and `clang` that is there.
- `TINYGRAD_NEURON_COMPILE_SECONDS`: how long it may take (120).
- `TINYGRAD_NEURON_CACHE`: a folder in which libraries are kept for other processes, or `1` for the
  one that the system has for such things. Without it nothing is kept.
"""

import atexit
import contextlib
import ctypes
import functools
import hashlib
import os
import platform
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import warnings
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .errors import CompilerFailedError, CompilerNotFoundError

# Fast, and not one bit of a result changed: -fno-math-errno and -fno-trapping-math drop only what
# nobody reads here, errno and the processor's flags; without them `sqrt` is a call, and a choice
# between two numbers a branch.
FLAGS = (
    "-std=c11",
    "-O2",
    "-fPIC",
    "-ffp-contract=off",
    "-fno-builtin",
    "-fno-math-errno",
    "-fno-trapping-math",
)
# Where the compiler takes them: all that this processor can do; and no analysis by which gcc 12
# gives wrong numbers. Its vectors of straight lines spoil the gradients of a padded Conv2d of two
# channels; of a function that stores through a pointer that it computed from two others it says
# that it writes nothing (the projections of a masked attention). Nothing measured is slower so.
OPTIONAL = (
    ("-march=native",),
    ("-fno-tree-slp-vectorize", "-fno-ipa-modref", "-fno-ipa-pure-const"),
)

ADVICE = 'target="python" needs no compiler'
SECONDS = 120.0
_MOST = 256  # libraries known to this process; an older one stays loaded while something holds it


class Compiler(NamedTuple):
    """A C compiler: the command with the user's arguments, and what it says of its version."""

    command: tuple[str, ...]
    version: str
    flags: tuple[str, ...]

    def __str__(self) -> str:
        return shlex.join(self.command)


def load(source: str) -> ctypes.CDLL:
    """The shared library of a C text, compiled if this text was not compiled before: so that
    `load("int answer(void) { return 42; }").answer()` is 42.

    Raises a `CompilerNotFoundError` where there is no compiler, a `CompilerFailedError` where it
    fails.
    """
    compiler = find_compiler()
    key = _key(source, compiler)
    while True:
        with _LOCK:
            library = _LIBRARIES.get(key)
            if library is not None:
                _LIBRARIES.move_to_end(key)
                return library
            other = _UNDERWAY.get(key)
            if other is None:
                done = _UNDERWAY[key] = threading.Event()
                break
        other.wait()  # then it is there, or its error is ours to find
    try:
        library = _built(source, compiler, key)
        with _LOCK:
            _LIBRARIES[key] = library
            while len(_LIBRARIES) > _MOST:
                _LIBRARIES.popitem(last=False)
        return library
    finally:
        with _LOCK:
            _UNDERWAY.pop(key, None)
        done.set()


_LOCK = threading.Lock()
_LIBRARIES: "OrderedDict[str, ctypes.CDLL]" = OrderedDict()
_UNDERWAY: dict[str, threading.Event] = {}
# What is to end with the process: folders, and compilers that a thread still waits for.
_FOLDERS: set[str] = set()
_RUNNING: "set[subprocess.Popen[bytes]]" = set()


def _after_fork() -> None:
    """In a child: no thread of the parent is here to finish what it had begun, and the folders are
    the parent's to remove."""
    global _LOCK
    _LOCK = threading.Lock()
    for underway in (_UNDERWAY, _FOLDERS, _RUNNING):
        underway.clear()


@atexit.register
def _at_exit() -> None:
    for process in list(_RUNNING):
        _kill(process)
    for folder in list(_FOLDERS):
        shutil.rmtree(folder, ignore_errors=True)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _key(source: str, compiler: Compiler) -> str:
    parts = (source, *compiler.command, compiler.version, *compiler.flags, _processor())
    # Lengths first, so that no two lists of parts read the same.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@functools.cache
def _processor() -> str:
    """What -march=native depends on: another machine may share the cache folder."""
    found = [platform.system(), platform.machine()]
    with contextlib.suppress(OSError):
        text = Path("/proc/cpuinfo").read_text("utf-8", "replace").split("\n\n")[0]
        lines = re.findall(r"^(?:model name|flags|Features|CPU part)\s*:.*$", text, re.MULTILINE)
        found += sorted(lines)
    if sys.platform == "darwin":
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            asked = ["sysctl", "machdep.cpu", "hw.optional"]
            found.append(subprocess.run(asked, capture_output=True, text=True, timeout=10).stdout)
    return "\n".join(found)


# The compiler


def find_compiler() -> Compiler:
    """The C compiler of this machine: `CC`, or else `cc`, `gcc` or `clang`."""
    if os.name != "posix":
        raise CompilerNotFoundError(
            f"compiling to C is not supported on {platform.system()} yet; {ADVICE}"
        )
    return _find_compiler(os.environ.get("CC", ""), os.environ.get("PATH", os.defpath))


@functools.lru_cache(maxsize=16)
def _find_compiler(chosen: str, path: str) -> Compiler:
    try:
        words = shlex.split(chosen)
    except ValueError as error:
        raise CompilerNotFoundError(f"CC={chosen!r}: {error}; {ADVICE}") from None
    for command in [words] if words else [["cc"], ["gcc"], ["clang"]]:
        program = shutil.which(command[0], path=path)
        if program is not None:
            found = (os.path.abspath(program), *command[1:])
            version = _run([*found, "--version"], "its --version")
            taken = (flag for flags in OPTIONAL if _takes(found, flags) for flag in flags)
            return Compiler(found, version, (*FLAGS, *taken))
    if words:
        raise CompilerNotFoundError(
            f"there is no C compiler {words[0]!r}, which the environment variable CC names; "
            f"unset it, name another, or leave C alone: {ADVICE}"
        )
    raise CompilerNotFoundError(
        "there is no C compiler: neither cc nor gcc nor clang is on the PATH. Install one, or name "
        f"it in the environment variable CC; {ADVICE}"
    )


def _takes(command: tuple[str, ...], flags: tuple[str, ...]) -> bool:
    """Whether a compiler knows some flags."""
    with _scratch() as folder:
        file = os.path.join(folder, "empty.c")
        with open(file, "w") as opened:
            opened.write("int empty;\n")
        target = os.path.join(folder, "empty.o")
        try:
            _run([*command, *flags, "-c", "-o", target, file], " ".join(flags))
        except CompilerFailedError:
            return False
        return True


def seconds() -> float:
    """How long a compilation may take, from the environment."""
    text = os.environ.get("TINYGRAD_NEURON_COMPILE_SECONDS", "")
    if not text:
        return SECONDS
    try:
        value = float(text)
        if value > 0.0:
            return value
    except ValueError:
        pass
    raise ValueError(
        f"TINYGRAD_NEURON_COMPILE_SECONDS must be a number of seconds above 0, got {text!r}"
    )


def _run(command: list[str], what: str) -> str:
    """Run the compiler, and end it with all it started; what it printed."""
    limit = seconds()
    shown = shlex.join(command[:1])
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # its children are in its group: gcc starts others
        )
    except OSError as error:
        raise CompilerFailedError(
            f"the C compiler {shown} cannot be started: {error.strerror}; {ADVICE}"
        ) from None
    _RUNNING.add(process)
    try:
        output, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        raise CompilerFailedError(
            f"the C compiler {shown} was stopped after {limit:g} seconds ({what}). Give it longer "
            f"with the environment variable TINYGRAD_NEURON_COMPILE_SECONDS, or none: {ADVICE}"
        ) from None
    finally:
        _end(process)
    if process.returncode == 0:
        return output.decode("utf-8", "replace")
    lines = [line for line in errors.decode("utf-8", "replace").splitlines() if line.strip()]
    said = "".join(f"\n  {line[:300]}" for line in lines[:5]) or " nothing"
    if process.returncode < 0:
        name = signal.Signals(-process.returncode).name
        outcome = f"was ended by the signal {name}"
    else:
        outcome = f"failed with code {process.returncode}"
    raise CompilerFailedError(
        f"the C compiler {shown} {outcome} ({what}); {ADVICE}. It said:{said}"
    )


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Nothing of the compiler is left running: not after an error, nor after an interrupt."""
    _kill(process)
    process.wait()
    _RUNNING.discard(process)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


@contextlib.contextmanager
def _scratch() -> Iterator[str]:
    """A private folder (mode 0700) for one compilation; nothing of it is left."""
    made = ""
    try:
        made = tempfile.mkdtemp(prefix="tinygrad_neuron_")
        _FOLDERS.add(made)
        yield made
    except OSError as error:
        raise CompilerFailedError(
            f"the temporary folder for the C compiler cannot be used: {error}; set TMPDIR to a "
            f"folder that can be written, or: {ADVICE}"
        ) from None
    finally:
        if made:
            shutil.rmtree(made, ignore_errors=True)
            _FOLDERS.discard(made)


def _built(source: str, compiler: Compiler, key: str) -> ctypes.CDLL:
    cache = cache_folder()
    with _scratch() as scratch:
        if cache is not None:
            kept = _read(cache, key)
            if kept is not None:
                return _open(kept, scratch)
        library = _compile(source, compiler, scratch)
        if cache is not None:
            _write(cache, key, library)
        return _open(library, scratch)


def _compile(source: str, compiler: Compiler, folder: str) -> bytes:
    file, target = os.path.join(folder, "source.c"), os.path.join(folder, "compiled")
    with open(file, "w", encoding="utf-8") as opened:
        opened.write(source)
    shared = "-dynamiclib" if sys.platform == "darwin" else "-shared"
    _run([*compiler.command, *compiler.flags, shared, "-o", target, file, "-lm"], "compiling")
    try:
        return Path(target).read_bytes()
    except OSError:
        raise CompilerFailedError(
            f"the C compiler {compiler} reported success and wrote nothing; {ADVICE}"
        ) from None


def _open(library: bytes, folder: str) -> ctypes.CDLL:
    """Load a library; its file is not needed once it is loaded."""
    file = os.path.join(folder, "library.so")
    with open(file, "wb") as opened:
        opened.write(library)
    try:
        return ctypes.CDLL(file)
    except OSError as error:
        raise CompilerFailedError(
            f"what the C compiler made cannot be loaded: {error}. If programs may not run from the "
            f"temporary folder, set TMPDIR to another; or: {ADVICE}"
        ) from None


# The cache on disk


def cache_folder() -> Path | None:
    """The folder in which libraries are kept, if `TINYGRAD_NEURON_CACHE` asks for one.

    It must be a real folder (no symbolic link) that is the user's own and that nobody else can
    write to; one that is not is left alone, with a `RuntimeWarning`: whoever can write there could
    make this process run code.
    """
    asked = os.environ.get("TINYGRAD_NEURON_CACHE", "")
    if asked in ("", "0"):
        return None
    folder = _users_folder() if asked == "1" else Path(asked).expanduser().absolute()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        reason = _not_safe(os.lstat(folder), stat.S_IFDIR)
        if not reason and not os.access(folder, os.W_OK | os.X_OK):
            reason = "it cannot be written"
    except OSError as error:
        reason = error.strerror or str(error)
    if reason:
        warnings.warn(
            f"TINYGRAD_NEURON_CACHE: {folder} is not used: {reason}. It must be your own folder "
            "that nobody else can write to (chmod 700)",
            RuntimeWarning,
            stacklevel=2,
        )
        return None
    return folder


def _users_folder() -> Path:
    given = os.environ.get("XDG_CACHE_HOME", "")
    if given and os.path.isabs(given):
        return Path(given) / "tinygrad_neuron"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "tinygrad_neuron"
    return Path.home() / ".cache" / "tinygrad_neuron"


def _not_safe(found: os.stat_result, kind: int) -> str:
    """Why a file or folder is not to be trusted; empty if it is."""
    if stat.S_ISLNK(found.st_mode):
        return "it is a symbolic link"
    if stat.S_IFMT(found.st_mode) != kind:
        return "it is something else"
    if found.st_uid != os.geteuid():
        return "it belongs to another user"
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "others can write to it"
    return ""


def _kept(folder: Path, key: str) -> Path:
    return folder / f"{key}.library"


def _digest(key: str, library: bytes) -> bytes:
    return hashlib.sha256(key.encode() + library).digest()


def _read(folder: Path, key: str) -> bytes | None:
    """A library from the cache: None where there is none, or not one that can be trusted."""
    try:
        # No link is followed, and a pipe does not block.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        number = os.open(_kept(folder, key), flags)
    except OSError:
        return None
    with open(number, "rb") as opened:
        if _not_safe(os.fstat(number), stat.S_IFREG):
            return None
        try:
            content = opened.read()
        except OSError:
            return None
    digest, library = content[:32], content[32:]
    return library if _digest(key, library) == digest else None


def _write(folder: Path, key: str, library: bytes) -> None:
    """Keep a library: whole or not at all. That it cannot be kept is no error: it was compiled."""
    temporary = ""
    try:
        number, temporary = tempfile.mkstemp(dir=folder, prefix=".new_")  # mode 0600
        with open(number, "wb") as opened:
            opened.write(_digest(key, library) + library)
        os.replace(temporary, _kept(folder, key))
    except BaseException as error:
        with contextlib.suppress(OSError):
            if temporary:
                os.unlink(temporary)
        if not isinstance(error, OSError):
            raise


# Text from outside


def comment(text: str) -> str:
    r"""Any text as a C comment on one line: what cannot be seen (line ends, NUL, marks that turn
    the direction of writing) stands as its number.

    >>> print(comment("w0"), comment("a */ b /*"), comment("größe \\\n??/\0"))
    /* w0 */ /* a * / b / * */ /* größe \\u000a??/\u0000 */
    """
    text = text.replace("*/", "* /").replace("/*", "/ *")
    seen = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    return f"/* {seen} */"


def string(text: str) -> str:
    r"""Any text as a C string literal (of its UTF-8 bytes; a NUL ends a string of C).

    >>> print(string('say "hi"\n'), string("??/"))
    "say \"hi\"\n" "\?\?/"
    """
    return '"' + "".join(map(_in_string, text.encode("utf-8", "surrogatepass"))) + '"'


def _in_string(byte: int) -> str:
    character = chr(byte)
    if character in '"\\?':
        return "\\" + character
    if character == "\n":
        return "\\n"
    return character if " " <= character <= "~" else f"\\{byte:03o}"
