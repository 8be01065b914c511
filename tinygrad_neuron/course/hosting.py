"""Where a book will stand: what its notebooks install, and where Colab finds them."""

import re
from dataclasses import dataclass

_GITHUB = re.compile(
    r"https://github\.com/(?P<repository>[\w.-]+/[\w.-]+?)(?:\.git)?"
    r"(?:/(?:tree|blob)/(?P<branch>[\w.-]+)(?P<folder>(?:/[\w.-]+)*))?/?"
)


@dataclass(frozen=True)
class Hosting:
    """Addresses that are known when a book is built.

    **Arguments:** `address`, where the book will be read, such as "https://me.github.io/course";
    `github`, the folder of the built book on GitHub, such as
    "https://github.com/me/course/tree/main/docs", from which Colab opens notebooks.

    Raises a `ValueError` for an address that is none.

    >>> Hosting("https://me.github.io/course/").requirement("tinygrad_neuron-1.0-py3-none-any.whl")
    'tinygrad_neuron[learn] @ https://me.github.io/course/install/tinygrad_neuron-1.0-py3-none-any.whl'
    >>> Hosting().requirement("tinygrad_neuron-1.0-py3-none-any.whl")
    'tinygrad_neuron[learn]'
    """

    address: str = ""
    github: str = ""

    def __post_init__(self) -> None:
        if self.address and not re.fullmatch(r"https?://[^\s\"'<>]+", self.address):
            raise ValueError(
                "the address is where the book will be read, such as "
                f"https://me.github.io/course; got {self.address!r}"
            )
        if self.github and not _GITHUB.fullmatch(self.github):
            raise ValueError(
                "Colab opens notebooks from a folder on GitHub, such as "
                f"https://github.com/me/course/tree/main/docs; got {self.github!r}"
            )

    def requirement(self, wheel: str) -> str:
        """What pip is told to install; the wheel lies in the book."""
        if not self.address:
            return "tinygrad_neuron[learn]"
        return f"tinygrad_neuron[learn] @ {self.address.rstrip('/')}/install/{wheel}"

    def colab(self, name: str) -> str:
        """The address under which Colab opens a notebook of the book, or "".

        >>> Hosting(github="https://github.com/me/course/tree/main/docs").colab("lesson_1_x")
        'https://colab.research.google.com/github/me/course/blob/main/docs/notebooks/lesson_1_x.ipynb'
        """
        found = _GITHUB.fullmatch(self.github)
        if found is None:
            return ""
        place = f"{found['repository']}/blob/{found['branch'] or 'main'}{found['folder'] or ''}"
        return f"https://colab.research.google.com/github/{place}/notebooks/{name}.ipynb"
