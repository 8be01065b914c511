"""Graphviz in the browser: the same program as WebAssembly, in the worker, instead of a process."""

import re
from typing import Any

from ..draw.running import draw_within

_FORMATS = ("svg", "dot", "gv", "plain", "json", "json0", "xdot", "canon")


def use(render: Any) -> None:
    """Draw all pictures with a function of the worker, that gets DOT source, the format, the
    engine and graph attributes, and returns `{output, errors}`."""

    def layout(arguments: list[str], source: bytes) -> tuple[int, bytes, str]:
        engine = next((a[2:] for a in arguments if a.startswith("-K")), "dot")
        format_ = next((a[2:] for a in arguments if a.startswith("-T")), "svg")
        if format_ not in _FORMATS:
            return 1, b"", f'Format: "{format_}" not recognized. Use one of: {" ".join(_FORMATS)}'
        made = render(source.decode(), format_, engine)
        said = "\n".join(made["errors"])
        output = made["output"]
        return (0 if output else 1), re.sub(r"\r", "", output or "").encode(), said

    draw_within(layout)
