"""Loading a C text: compiled once, whatever threads, processes and settings there are."""

import concurrent.futures
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.compiler.c.compiling import COMPILER, LOAD, needs_compiler, run_python, text
from tinygrad_neuron.compiler.c.libraries import load

pytestmark = pytest.mark.usefixtures("temporary")
Script = Callable[[str], str]


@needs_compiler
def test_a_text_is_compiled_once_even_by_threads_at_the_same_time(
    script: Script, tmp_path: Path
) -> None:
    script('echo run >> "$here/runs"; sleep 0.3; exec $real "$@"')
    source = text()
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        libraries = list(threads.map(load, [source] * 8))
    assert {42} == {library.answer() for library in libraries}
    assert "run\n" == (tmp_path / "runs").read_text()
    assert load(source) is libraries[0]


@needs_compiler
def test_another_text_or_other_arguments_are_compiled_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = "#ifndef N\n#define N 1\n#endif\n" + text().replace("42", "N")
    assert 1 == load(source).answer()
    monkeypatch.setenv("CC", f"{COMPILER} -DN=2")
    assert 2 == load(source).answer()


@needs_compiler
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_loads_while_the_parent_does(temporary: Path, script: Script) -> None:
    # Slow, so that the fork comes while all threads wait for it: none is inside the system's
    # loader then, whose own lock would stay taken in the child.
    script('sleep 1; exec $real "$@"')
    code = f"""
import os, threading, time
{LOAD}
sources = ["int answer(void) {{ return %d; }}" % i for i in range(1, 4)]
threads = [threading.Thread(target=load, args=(s,)) for s in sources]
[t.start() for t in threads]
time.sleep(0.4)
child = os.fork()
found = [load(s).answer() for s in sources]
if child == 0:
    os._exit(0 if found == [1, 2, 3] else 1)
[t.join() for t in threads]
print(found, os.waitpid(child, 0)[1])
"""
    finished = run_python("import warnings; warnings.simplefilter('ignore')\n" + code)
    assert "[1, 2, 3] 0\n" == finished.stdout, finished.stderr
