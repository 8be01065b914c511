"""A Firefox that tests can drive: through Marionette, the protocol that it speaks by itself.

Playwright needs a Firefox of its own, and Selenium a `geckodriver`, which Debian does not have. A
message is JSON after its length and a colon: `[0, number, command, parameters]`, and the answer
`[1, number, error, result]`.
"""

import contextlib
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAMES = ("firefox", "firefox-esr")


class FirefoxError(Exception):
    """What Firefox answered instead of a result."""


class Firefox:
    """A session with a running Firefox."""

    def __init__(self, port: int, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                self.connection = socket.create_connection(("127.0.0.1", port), timeout=60)
                break
            except OSError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise
                time.sleep(0.2)
        self.file = self.connection.makefile("rb")
        self._message()  # it says who it is
        self.number = 0
        self.ask("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {}}})

    def _message(self) -> Any:
        length = b""
        while (character := self.file.read(1)) != b":":
            length += character
        return json.loads(self.file.read(int(length)))

    def ask(self, command: str, parameters: dict[str, Any]) -> Any:
        """Send a command; returns the result."""
        self.number += 1
        text = json.dumps([0, self.number, command, parameters]).encode()
        self.connection.sendall(b"%d:%s" % (len(text), text))
        _, _, error, result = self._message()
        if error:
            raise FirefoxError(f"{command}: {error['error']}: {error['message']}")
        return result

    def open(self, url: str) -> None:
        self.ask("WebDriver:Navigate", {"url": url})

    def run(self, script: str, *arguments: Any) -> Any:
        """What the body of a function returns in the page."""
        parameters = {"script": script, "args": list(arguments), "sandbox": None}
        return self.ask("WebDriver:ExecuteScript", parameters)["value"]

    def press(self, key: str) -> None:
        """A key, as the keyboard sends it."""
        kinds = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        actions = [{"type": "key", "id": "keyboard", "actions": kinds}]
        self.ask("WebDriver:PerformActions", {"actions": actions})

    def click(self, selector: str) -> None:
        """The mouse, in the middle of an element."""
        box = self.run(
            "const b = document.querySelector(arguments[0]).getBoundingClientRect();"
            "return [Math.round(b.left + b.width / 2), Math.round(b.top + b.height / 2)];",
            selector,
        )
        moves: list[dict[str, Any]] = [
            {"type": "pointerMove", "x": box[0], "y": box[1], "origin": "viewport", "duration": 0},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        actions = [{"type": "pointer", "id": "mouse", "actions": moves}]
        self.ask("WebDriver:PerformActions", {"actions": actions})

    def text(self, selector: str) -> str:
        return str(self.run("return document.querySelector(arguments[0]).textContent", selector))


@contextlib.contextmanager
def firefox(folder: Path) -> Iterator[Firefox]:
    """A Firefox without a window, with a profile of its own in a folder."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        raise FileNotFoundError("no Firefox on this machine")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "user.js").write_text(f'user_pref("marionette.port", {port});\n')
    process = subprocess.Popen(
        [program, "--headless", "--marionette", "--no-remote", "--profile", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Firefox(port, process)
    finally:
        process.terminate()
        process.wait(30)
