"""What stands below a graph's picture: title, remarks, highlighted paths, and the legend."""

from collections.abc import Iterator

from ..interface import say
from . import legend as legends
from .cards import short_name
from .facts import KINDS
from .flags import SIGNS
from .paths import Paths, described
from .plan import Plan
from .text import number

_MEANT = {  # by flag, the name of what it means
    "nan": "legend nan",
    "infinity": "legend infinity",
    "failing": "legend failing",
    "dead": "legend dead",
    "inactive": "legend inactive",
    "saturated": "legend saturated",
    "vanishing": "legend vanishing",
    "exploding": "legend exploding",
}


def caption(plan: Plan, title: str, legend: bool, why: str = "") -> str:
    """What stands below the picture: title, remarks (`why` is one), paths, legend."""
    theme = plan.theme
    parts = [legends.title_line(title), legends.remark(plan.folding.text, theme)]
    parts.append(legends.remark(why, theme))
    if plan.left_out:
        parts.append(
            legends.remark(f"left out for want of room: {', '.join(plan.left_out)}", theme)
        )
    if plan.paths is not None:
        parts += _routes(plan, plan.paths)
    if legend and len(plan.graph.order) > 1:
        kinds = [kind for kind in (*KINDS, "folded") if kind in plan.seen]
        parts.append(legends.swatches(kinds, theme, filled=plan.scale is None))
        if plan.scale is not None and plan.measured:
            parts.append(legends.bar(plan.scale, theme))
        elif plan.scale is not None:
            why = ": not computed yet, see backward()" if "grad" in plan.scale.name else ": none"
            parts.append(legends.remark(plan.scale.name + why, theme))
        if "strip" in plan.seen:
            what = say("legend strip")
            parts.append(legends.fields([theme.area(k / 2) for k in range(-2, 3)], what, theme))
        parts.append(legends.lines(_signs(plan), theme))
    return legends.scaled(legends.caption(parts), plan.font_size / 10)


def _routes(plan: Plan, paths: Paths) -> list[str]:
    """The listed paths, each with its product, and their sum."""
    digits, theme = plan.digits, plan.theme
    target, root = short_name(paths.target), short_name(plan.graph.root)
    rows = [described(route, digits) for route in paths.listed]
    if plan.only is not None:
        head = f"path {plan.only:,} of {paths.count:,} from {root} to {target}"
        return [legends.remark(head, theme), legends.columns(rows)]
    head = f"{paths.how_many} from {root} to {target}"
    if paths.count:
        head += ", each with the product of its local derivatives"
    if paths.count > len(rows):
        rows.append((f"and {paths.count - len(rows):,} more", ""))
    if paths.count > 1:
        rows.append(("sum over all paths", f"= {number(paths.sum, digits)}"))
    return [legends.remark(head, theme), legends.columns(rows)]


def _signs(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """The signs that occur, each with its colour and its meaning, for the legend."""
    theme, seen = plan.theme, plan.seen
    if "edge label" in seen:
        if plan.edges == "local":
            yield "× 2", theme.ink, say("legend local")
        else:
            yield "1 × 2 = 2", theme.ink, say("legend contribution")
    if "edge zero" in seen:
        yield "···", theme.ink, say("legend zero")
    if "edge mesh" in seen:
        yield "2 × 3 = 6", theme.ink, say("legend mesh")
    if "calls" in seen:
        yield say("legend call"), theme.muted, say("legend calls")
    if plan.highlight is not None:
        yield "━━", plan.highlight.path_colour, say("legend path")
        if "edge below" in seen:
            target = short_name(plan.highlight.paths.target)
            yield "╍╍", plan.highlight.below_colour, say("legend below", target=target)
    for name, sign in SIGNS.items():
        if name in seen:
            limit = number(plan.limits.get(name, 0.0))
            alarm = f"{name} alarm" in seen
            meant = "legend saturated here" if name == "saturated" and not alarm else _MEANT[name]
            meaning = say(meant, limit=limit)
            yield sign, theme.alarm if alarm else theme.muted, meaning
