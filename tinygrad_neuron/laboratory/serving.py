"""A folder on loopback, with the headers that let a program be interrupted."""

import functools
import os
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar


class Handler(SimpleHTTPRequestHandler):
    """Serves files without a word, isolated from other sites' pages."""

    # the base class declares it of its objects, though it is the class that has it
    extensions_map: ClassVar[dict[str, str]] = {  # type: ignore[misc]
        **SimpleHTTPRequestHandler.extensions_map,
        ".css": "text/css",  # asked of the machine, some answer with what no browser takes
        ".html": "text/html",
        ".svg": "image/svg+xml",
        ".json": "application/json",
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".whl": "application/zip",
    }

    def end_headers(self) -> None:
        """The headers of every answer: memory shared with the worker, which asks whether to stop,
        is had by isolated pages only."""
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing: the terminal is the user's."""


class Server(ThreadingHTTPServer):
    """Says nothing of a browser that has gone before it had all."""

    # On Windows two servers could have one port then, and answer in turn.
    allow_reuse_address = os.name != "nt"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print what went wrong, but not that the other end is closed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def server(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """A server of a folder, which need not be there yet, on 127.0.0.1; not yet running.

    Port 0 lets the system choose. Raises an `OSError` in a line where the port cannot be had.
    """
    try:
        return Server(("127.0.0.1", port), functools.partial(Handler, directory=folder))
    except OSError as error:
        raise OSError(
            f"port {port} cannot be had: {error.strerror}; name another one with --port, or let "
            "the system choose: --port 0"
        ) from None


def serve(running: ThreadingHTTPServer) -> None:
    """Let a server work until Ctrl+C, and say where."""
    print(f"http://127.0.0.1:{running.server_port}/ (Ctrl+C ends it)", flush=True)
    try:
        running.serve_forever()
    except KeyboardInterrupt:
        print()
