"""Text from outside in C: any label stays text."""

import ctypes
import re

from tests.compiler.c.compiling import needs_compiler
from tinygrad_neuron.compiler.c.libraries import load
from tinygrad_neuron.compiler.c.quoting import comment

HOSTILE = [
    "*/ int injected; /*", "**//", "/*/", "*", "/", '"', '"; int injected; "', "\\", "w\\\n int x;",
    "??/\n int x;", "??/", "*??/\n/", "\\\n*/", "a\nb", "\r\n#error injected\n", "\0", "%s%n",
    "größe", "\u202e*/ reversed", "\u2066\u2069", "\u2028", "\ud800", "😀", "\x1b[2J", "//", "",
    "#include <nowhere.h>", "*\u200b/", "'\\''", "\x7f",
]  # fmt: skip


@needs_compiler
def test_any_label_stays_text() -> None:
    source = ""
    for i, label in enumerate(HOSTILE):
        assert "\n" not in comment(label)
        source += f"int n{i} {comment(label)} = {i};\n"
    library = load(source)
    for i in range(len(HOSTILE)):
        assert i == ctypes.c_int.in_dll(library, f"n{i}").value


def test_a_comment_shows_what_can_be_read_and_numbers_the_rest() -> None:
    assert "/* größe 😀 w0 */" == comment("größe 😀 w0")
    assert "/* \\u202e\\u000a\\u0000 */" == comment("\u202e\n\0")
    inside = [comment(label)[2:-2] for label in HOSTILE]
    assert not [one for one in inside if "*/" in one or re.search(r"[\x00-\x1f\x7f]", one)]
