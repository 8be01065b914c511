"""Turn generated source text into functions that debuggers, tracebacks and `inspect` can read.

Everything that writes Python (the engine for its operations, the compiler for recorded graphs)
builds text and a dictionary of globals, without side effects, and hands both to `load`.
"""

import linecache
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

_forgotten: deque[str] = deque()  # files whose names are still in `linecache`


def load(source: str, globals_: Mapping[str, Any], title: str) -> dict[str, Any]:
    """Run generated source and return the names that it defines.

    The text is registered in `linecache` under the file name `<tinygrad_neuron: title>`, so that
    `inspect.getsource` and tracebacks show it and a debugger steps through it.

    >>> load("def double(a):\\n    return 2 * a\\n", {}, "an example")["double"](4)
    8
    """
    file = f"<tinygrad_neuron: {title}>"
    code = compile(source, file, "exec")
    with suppress(IndexError):
        while True:
            linecache.cache.pop(_forgotten.pop(), None)
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace = dict(globals_)
    exec(code, namespace)
    return {name: namespace[name] for name in namespace.keys() - globals_.keys() - {"__builtins__"}}


def forget(title: str) -> None:
    """Drop the registered text, once nothing can run it any more.

    Its name goes when the next text is registered: the garbage collector may call this while
    `linecache` goes through its names, as it does when a traceback is shown.
    """
    file = f"<tinygrad_neuron: {title}>"
    if file in linecache.cache:
        linecache.cache[file] = (0, None, [], file)
        _forgotten.append(file)
