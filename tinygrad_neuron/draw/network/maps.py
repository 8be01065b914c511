"""Heat maps: what a neuron puts out over the plane, as fields of colour."""

import math

from ..themes import Theme


def heat_map(theme: Theme, grid: list[list[float]], cell: int) -> str:
    """A table of coloured fields, the largest in full colour; like neighbours join."""
    largest = max((abs(v) for row in grid for v in row if math.isfinite(v)), default=0.0)
    rows: list[str] = []
    for numbers in grid:
        colours = [_field_colour(theme, v, largest) for v in numbers]
        cells = []
        start = 0
        for end in range(1, len(colours) + 1):
            # In the first row nothing joins: it says how wide each column is.
            if not rows or end == len(colours) or colours[end] != colours[start]:
                span = end - start
                cells.append(
                    f'<TD FIXEDSIZE="TRUE" WIDTH="{span * cell + 1}" HEIGHT="{cell + 1}" '
                    f'COLSPAN="{span}" BGCOLOR="{colours[start]}"></TD>'
                )
                start = end
        rows.append(f"<TR>{''.join(cells)}</TR>")
    inside = "\n".join(rows)
    # Each field reaches one point over the next, or the background would shine through between.
    return (
        f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="-1" CELLPADDING="0">\n{inside}\n</TABLE>>'
    )


def _field_colour(theme: Theme, value: float, largest: float) -> str:
    if not math.isfinite(value):
        return theme.alarm
    return theme.area(round(8 * value / largest) / 8 if largest else 0.0)
