"""The house style of all pictures: four themes, and colour scales safe for colour-blind readers.

Shapes, dashes and words carry the meaning; colour repeats it. Blue stands for what is positive,
orange for what is negative, in every picture.
"""

from dataclasses import dataclass, fields

from ..checking import one_of

FONT = "Arial"  # engines measure it, and browsers draw it, with the widths of `metrics`

# Of the Okabe-Ito palette: told apart by colour-blind readers too. The first two are the theme's.
_FURTHER_COLOURS = ("#009e73", "#cc79a7", "#56b4e9", "#e69f00")
_FURTHER_GREYS = ("#000000", "#d0d0d0", "#404040", "#808080")


@dataclass(frozen=True)
class Theme:
    """The colours of a picture, as `#rrggbb`.

    `ink` and `muted` are for text, `line` for edges; `leaf`, `parameter`, `operation` and `output`
    fill the nodes of these kinds, `rim` surrounds them; `accent` marks what is highlighted, `alarm`
    what is flagged (a dead or saturated neuron, an operation that fails); `negative`, `neutral` and
    `positive` are the scale of signed numbers, `low` and `high` that of magnitudes.
    """

    name: str
    background: str
    ink: str
    muted: str
    line: str
    leaf: str
    parameter: str
    operation: str
    output: str
    rim: str
    accent: str
    alarm: str
    negative: str
    neutral: str
    positive: str
    low: str
    high: str

    def signed(self, share: float) -> str:
        """The colour of a signed number: -1 is the most negative, 0 neutral, 1 the most positive.

        >>> THEMES["light"].signed(0.0)
        '#f7f7f7'
        """
        end = self.positive if share > 0 else self.negative
        return mix(self.neutral, end, min(abs(share), 1.0))

    def area(self, share: float) -> str:
        """The colour of a field of a map, as `signed`; in greys, where the two ends of that would
        look alike, from dark for the most negative to light for the most positive.

        >>> THEMES["light"].area(1.0), THEMES["paper"].area(-1.0), THEMES["paper"].area(1.0)
        ('#0072b2', '#606060', '#ffffff')
        """
        if not self.is_grey:
            return self.signed(share)
        return mix(self.negative, self.background, (1 + max(-1.0, min(share, 1.0))) / 2)

    @property
    def is_grey(self) -> bool:
        """Whether signs are told apart by greys."""
        return len({self.positive[i : i + 2] for i in (1, 3, 5)}) == 1

    @property
    def further(self) -> tuple[str, ...]:
        """Colours beside those of positive and negative."""
        return _FURTHER_GREYS if self.is_grey else _FURTHER_COLOURS

    def classes(self) -> tuple[str, ...]:
        """The colours of classes in data, one after another."""
        return (self.negative, self.positive, *self.further)

    def magnitude(self, share: float) -> str:
        """The colour of a magnitude, from 0 to 1."""
        return mix(self.low, self.high, min(max(share, 0.0), 1.0))


def custom_properties(theme: Theme) -> str:
    """The colours of a theme for a style sheet, as `--ink: #111827;` and so on.

    >>> custom_properties(THEMES["light"])[:38]
    '--background: #ffffff; --ink: #111827;'
    """
    colours = [field.name for field in fields(theme) if field.name != "name"]
    return " ".join(f"--{name}: {getattr(theme, name)};" for name in colours)


def mix(first: str, second: str, share: float) -> str:
    """A colour between two, as `#rrggbb`; `share` says how much of the second.

    >>> mix("#000000", "#ffffff", 0.5)
    '#808080'
    """
    pairs = [(int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def readable_on(background: str) -> str:
    """Black or white, whichever stands out more from a background.

    >>> readable_on("#0072b2"), readable_on("#ffffff")
    ('#ffffff', '#000000')
    """
    channels = []
    for i in (1, 3, 5):
        c = int(background[i : i + 2], 16) / 255
        channels.append(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
    luminance = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    return "#000000" if luminance > 0.179 else "#ffffff"


# Blue and orange are those of the Okabe-Ito palette, told apart with any kind of colour vision.
THEMES: dict[str, Theme] = {
    theme.name: theme
    for theme in (
        Theme(
            name="light",
            background="#ffffff",
            ink="#111827",
            muted="#4b5563",
            line="#4b5563",
            leaf="#d8dce3",
            parameter="#c5dffb",
            operation="#ffffff",
            output="#ffeab0",
            rim="#4b5563",
            accent="#b45309",
            alarm="#a3122a",
            negative="#d55e00",
            neutral="#f7f7f7",
            positive="#0072b2",
            low="#f7f7f7",
            high="#5b2a86",
        ),
        Theme(
            name="dark",
            background="#14181f",
            ink="#f3f4f6",
            muted="#b6bdc9",
            line="#9aa4b2",
            leaf="#39414e",
            parameter="#12456f",
            operation="#1b212b",
            output="#51400f",
            rim="#9aa4b2",
            accent="#ffb454",
            alarm="#ff7a90",
            negative="#c35a10",
            neutral="#262c36",
            positive="#2388c7",
            low="#262c36",
            high="#b48ae0",
        ),
        Theme(
            name="high contrast",
            background="#ffffff",
            ink="#000000",
            muted="#000000",
            line="#000000",
            leaf="#ffffff",
            parameter="#ffffff",
            operation="#ffffff",
            output="#ffffff",
            rim="#000000",
            accent="#0000c8",
            alarm="#b00000",
            negative="#b34700",
            neutral="#ffffff",
            positive="#004b87",
            low="#ffffff",
            high="#000000",
        ),
        Theme(
            name="paper",  # greys, for a printer without colours
            background="#ffffff",
            ink="#000000",
            muted="#404040",
            line="#404040",
            leaf="#f2f2f2",
            parameter="#e0e0e0",
            operation="#ffffff",
            output="#d0d0d0",
            rim="#404040",
            accent="#000000",
            alarm="#000000",
            negative="#606060",
            neutral="#ffffff",
            positive="#a0a0a0",
            low="#ffffff",
            high="#606060",
        ),
    )
}


_usual = ["light"]


def use_theme(theme: str) -> None:
    """Draw by this theme, from now on, what asks for none: that of the page it will stand in."""
    _usual[:] = [find_theme(theme).name]


def find_theme(theme: "str | Theme | None") -> Theme:
    """The theme of a name, or the given theme; for None that of the place, which is "light" where
    nothing else is said. A ValueError names the nearest.

    >>> find_theme("drak")
    Traceback (most recent call last):
    ...
    ValueError: theme 'drak': unknown, did you mean 'dark'? Known: dark, high contrast, light, paper
    """
    if isinstance(theme, Theme):
        return theme
    return THEMES[one_of("theme", _usual[0] if theme is None else theme, THEMES)]
