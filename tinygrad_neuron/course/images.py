"""Pictures that lie beside a lesson, `![what one sees](file.png)`, put within what is written."""

import base64
import html
import mimetypes
import re
from pathlib import Path
from urllib.parse import unquote

PICTURE = re.compile(r"!\[(?P<said>[^\]]*)\]\((?P<file>[^)\s:]+)(?:\s+\"[^\"]*\")?\)")


def image_of(folder: Path, name: str) -> "str | None":
    """The address that has all of a picture within it; None where there is no such picture.

    >>> image_of(Path("nowhere"), "oven.png")
    """
    path, kind = folder / unquote(name), mimetypes.guess_type(name)[0]
    if not (kind or "").startswith("image/") or not path.is_file():
        return None
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def with_images(text: str, folder: Path) -> str:
    """A text of Markdown with the pictures of a folder within it."""

    def within(match: "re.Match[str]") -> str:
        image = image_of(folder, match["file"])
        return match[0] if image is None else f"![{match['said']}]({image})"

    return PICTURE.sub(within, text)


def figures(text: str, folder: Path) -> list[str]:
    """The pictures of a text as figures of HTML, what is said of each below it."""
    made = []
    for match in PICTURE.finditer(text):
        if (image := image_of(folder, match["file"])) is not None:
            said = html.escape(match["said"])
            made.append(
                f'<figure class="tn-picture"><img class="own" alt="{said}" src="{image}">'
                f"<figcaption>{said}</figcaption></figure>"
            )
    return made
