"""Pictures that lie beside a lesson, `![what one sees](file.png)`, put within what is written."""

import base64
import html
import mimetypes
import re
import shutil
from pathlib import Path
from urllib.parse import quote, unquote

PICTURE = re.compile(
    r"!\[(?P<said>[^\]]*)\]\((?:<(?P<within>[^<>\n:]+)>|(?P<file>[^)<\s:]+))(?:\s+\"[^\"]*\")?\)"
)


def name_of(match: "re.Match[str]") -> str:
    """The name of a picture's file: one with spaces is written `<my oven.png>`, or with `%20`.

    >>> [name_of(found) for found in PICTURE.finditer("![](<my oven.png>) ![](my%20oven.png)")]
    ['my oven.png', 'my oven.png']
    """
    return match["within"] or unquote(match["file"])


def image_of(folder: Path, name: str) -> "str | None":
    """The address that has all of a picture within it; None where there is no such picture.

    >>> image_of(Path("nowhere"), "oven.png")
    """
    path, kind = folder / name, mimetypes.guess_type(name)[0]
    if not (kind or "").startswith("image/") or not path.is_file():
        return None
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def with_images(text: str, folder: Path) -> str:
    """A text of Markdown with the pictures of a folder within it."""

    def within(match: "re.Match[str]") -> str:
        image = image_of(folder, name_of(match))
        return match[0] if image is None else f"![{match['said']}]({image})"

    return PICTURE.sub(within, text)


def with_plain_names(text: str, folder: Path) -> str:
    """A text whose pictures have names that Sphinx finds: where one has a space or a letter that
    addresses have not, the picture is copied beside it under another."""

    def named(match: "re.Match[str]") -> str:
        name = name_of(match)
        plain = quote(name).replace("%", "_")
        if plain == name or not (folder / name).is_file():
            return match[0]
        shutil.copy(folder / name, folder / plain)
        return f"![{match['said']}]({plain})"

    return PICTURE.sub(named, text)


def figures(text: str, folder: Path) -> list[tuple[str, str]]:
    """The pictures of a text as figures of HTML, what is said of each below it; and that alone."""
    made = []
    for match in PICTURE.finditer(text):
        if (image := image_of(folder, name_of(match))) is not None:
            said = html.escape(match["said"])
            figure = (
                f'<figure class="tn-picture"><img class="own" alt="{said}" src="{image}">'
                f"<figcaption>{said}</figcaption></figure>"
            )
            made.append((figure, match["said"]))
    return made
