"""Names in generated source: the user's labels, as near as the language allows, each used once."""

import re
from collections.abc import Iterable
from functools import lru_cache

from ..scope import Scope


class Names:
    """The names of one generated text; those of `taken` are never given.

    >>> names = Names(["for"])
    >>> names.new("w·x"), names.new("w x"), names.new("for"), names.new("0")
    ('w_x', 'w_x_2', 'for_2', 'v_0')
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = dict.fromkeys(taken, 1)

    def new(self, wish: str) -> str:
        """A free name, as near to what is wished as can be."""
        if not (wish.isidentifier() and wish.isascii()):
            wish = re.sub(r"\W+", "_", wish, flags=re.ASCII).strip("_")
            if not wish or not wish[0].isalpha():
                wish = f"v_{wish}"
        name = wish
        while name in self._taken:
            self._taken[wish] += 1
            name = f"{wish}_{self._taken[wish]}"
        self._taken[name] = 1
        return name


@lru_cache(maxsize=256)  # of the text under way: more would keep every scope ever compiled
def short(scope: Scope) -> str:
    """`layers[0].neurons[3]` as the prefix of a name: `l0_n3_`."""
    parts = [re.sub(r"\W", "", part) for part in str(scope).split(".")]
    shortened = [re.sub(r"^([A-Za-z])[A-Za-z_]*(?=\d+$)", r"\1", part) for part in parts if part]
    return "".join(f"{part}_" for part in shortened) if scope.name else ""
