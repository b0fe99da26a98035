"""The marks of a chart as SVG elements."""

from __future__ import annotations

import math

from ._escape import escaped
from ._vega_data import Unsupported, is_number
from ._vega_scales import Bands, Linear, label, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._vega_data import Point
    from ._vega_ink import Ink


class Plot:
    """Where marks are drawn: the scales of both directions."""

    def __init__(self, x: Any, y: Any, ink: Ink, offsets: list[Any], properties: dict[str, Any]) -> None:
        self.x, self.y, self.ink, self.offsets, self.properties = x, y, ink, offsets, properties


def drawn(mark: str, plot: Plot, points: list[Point]) -> str:
    """The marks of a unit. Raises Unsupported for a kind of mark that is not known here."""
    make = _MARKS.get(mark)
    if make is None:
        raise Unsupported("it has marks of the kind %.40r" % (mark,))
    return make(plot, points)


def tip(point: Point) -> str:
    """What is said of a mark when the pointer rests on it."""
    parts = []
    for name, value in point.items():
        if value is not None and name not in ("x2", "y2"):
            parts.append(label(value) if isinstance(value, tuple) else number(value) if is_number(value) else str(value))
    return "<title>%s</title>" % escaped(", ".join(parts)[:300])


def _bars(plot: Plot, points: list[Point]) -> str:
    upright = not _lies(plot)
    along, across = (plot.y, plot.x) if upright else (plot.x, plot.y)
    length, place = ("y", "x") if upright else ("x", "y")
    heaps: dict[Any, float] = {}
    out = []
    for point in points:
        value, position = point.get(length), point.get(place)
        if value is None or (across is not None and position is None):
            continue
        if isinstance(value, tuple) or point.get(length + "2") is not None:
            low, high = value if isinstance(value, tuple) else (value, point[length + "2"])
        elif isinstance(along, Bands):
            raise Unsupported("its bars have no length")
        else:
            key = (repr(position), repr(point.get(place + "Offset")), value < 0)
            low = heaps.get(key, 0.0)
            high = heaps[key] = low + value
        start, end = along(low), along(high)
        if low == 0 and heaps:
            start = along.base()
        middle, thick = _stretch(plot, across, position, point, place)
        box = (middle - thick / 2, min(start, end), thick, abs(end - start))
        if not upright:
            box = (min(start, end), middle - thick / 2, abs(end - start), thick)
        out.append('<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="1.5" style="fill:%s">%s</rect>'
                   % (*box, plot.ink(point), tip(point)))  # fmt: skip
    return "".join(out)


def _lies(plot: Plot) -> bool:
    """Whether bars go from left to right."""
    return isinstance(plot.y, Bands) or (plot.y is None) or (plot.properties.get("orient") == "horizontal")


def _stretch(plot: Plot, across: Any, position: Any, point: Point, place: str) -> tuple[float, float]:
    """The middle and the thickness of a bar."""
    if across is None:
        return 20.0, 24.0
    if isinstance(position, tuple):
        left, right = across(position[0]), across(position[1])
        return (left + right) / 2, max(1.0, abs(right - left) - 1.5)
    if not isinstance(across, Bands):
        return across(position), 6.0
    offset = point.get(place + "Offset")
    if offset in plot.offsets:
        thin = across.step / len(plot.offsets)
        return across(position) + (plot.offsets.index(offset) + 0.5) * thin - across.step / 2, max(1.0, thin - 1)
    return across(position), across.step


def _lines(plot: Plot, points: list[Point]) -> str:
    out = []
    for group in _groups(points, plot):
        places = _placed(plot, group)
        if not places:
            continue
        path = "M" + "L".join("%.1f %.1f" % place[:2] for place in places)
        color = plot.ink(group[0])
        dash = ' stroke-dasharray="5 4"' if group[0].get("strokeDash") or plot.properties.get("strokeDash") else ""
        out.append('<path d="%s" style="fill:none;stroke:%s;stroke-width:2"%s><title>%s</title></path>' % (
            path, color, dash, escaped(str(group[0].get(plot.ink.channel or "", "")))))  # fmt: skip
        if plot.properties.get("point") or len(places) == 1:
            out += [_dot(x, y, 3, color, True, tip(point)) for x, y, point in places]
    return "".join(out)


def _areas(plot: Plot, points: list[Point]) -> str:
    if isinstance(plot.y, Bands) or plot.y is None:
        raise Unsupported("its areas have no height")
    groups = _groups(points, plot)
    below: dict[Any, float] = {}
    out = []
    for group in groups:
        upper, lower = [], []
        for x, _, point in _placed(plot, group):
            if point.get("y2") is not None:
                low, high = point["y2"], point["y"]
            else:
                low = below.get(point["x"], 0.0)
                high = below[point["x"]] = low + point["y"]
            upper.append((x, plot.y(high)))
            lower.append((x, plot.y(low) if low else plot.y.base()))
        if upper:
            path = "M" + "L".join("%.1f %.1f" % place for place in upper + lower[::-1]) + "Z"
            out.append('<path d="%s" style="fill:%s;opacity:.75"><title>%s</title></path>' % (
                path, plot.ink(group[0]), escaped(str(group[0].get(plot.ink.channel or "", "")))))  # fmt: skip
    return "".join(out)


def _groups(points: list[Point], plot: Plot) -> list[list[Point]]:
    """The points of each line."""
    names = [name for name in (None if plot.ink.continuous else plot.ink.channel, "detail", "strokeDash") if name]
    groups: dict[Any, list[Point]] = {}
    for point in points:
        groups.setdefault(tuple(repr(point.get(name)) for name in names), []).append(point)
    return list(groups.values())


def _placed(plot: Plot, group: list[Point]) -> list[tuple[float, float, Point]]:
    places = [(_at(plot.x, point.get("x")), _at(plot.y, point.get("y")), point) for point in group]
    known = [(x, y, point) for x, y, point in places if x is not None and y is not None]
    return sorted(known, key=lambda place: place[0])


def _at(scale: Any, value: Any) -> Any:
    """The place of a value; the middle of a chart that has no such direction."""
    if scale is None:
        return 20.0
    if value is None:
        return None
    return (scale(value[0]) + scale(value[1])) / 2 if isinstance(value, tuple) and isinstance(scale, Linear) else scale(value)


def _points(plot: Plot, points: list[Point]) -> str:
    sizes = [point["size"] for point in points if is_number(point.get("size"))]
    most = max(sizes) if sizes else 0
    filled = plot.properties.get("filled", plot.properties.get("type") != "point")
    out = []
    for point in points:
        x, y = _at(plot.x, point.get("x")), _at(plot.y, point.get("y"))
        if x is not None and y is not None:
            radius = 2 + 12 * math.sqrt(max(0.0, point["size"]) / most) if most > 0 and is_number(point.get("size")) else 3.6
            out.append(_dot(x, y, radius, plot.ink(point), bool(filled), tip(point)))
    return "".join(out)


def _dot(x: float, y: float, radius: float, color: str, filled: bool, inside: str) -> str:
    style = "fill:%s;opacity:.8" % color if filled else "fill:transparent;stroke:%s;stroke-width:1.6" % color
    return '<circle cx="%.1f" cy="%.1f" r="%.1f" style="%s">%s</circle>' % (x, y, radius, style, inside)


def _ticks(plot: Plot, points: list[Point]) -> str:
    out = []
    for point in points:
        x, y = _at(plot.x, point.get("x")), _at(plot.y, point.get("y"))
        if x is not None and y is not None:
            ends = (x - 8, y, x + 8, y) if isinstance(plot.x, Bands) else (x, y - 8, x, y + 8)
            out.append(_line(ends, plot.ink(point), tip(point)))
    return "".join(out)


def _line(ends: Any, color: str, inside: str, width: float = 1.6) -> str:
    return '<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" style="stroke:%s;stroke-width:%.1f">%s</line>' % (
        *ends, color, width, inside)  # fmt: skip


def _rules(plot: Plot, points: list[Point]) -> str:
    out = []
    for point in points:
        x, y = point.get("x"), point.get("y")
        left = _at(plot.x, x) if x is not None else plot.properties["_frame"][0]
        top = _at(plot.y, y) if y is not None else plot.properties["_frame"][1]
        right = (
            _at(plot.x, point["x2"]) if point.get("x2") is not None else left if x is not None else plot.properties["_frame"][2]
        )
        low = (
            _at(plot.y, point["y2"]) if point.get("y2") is not None else top if y is not None else plot.properties["_frame"][3]
        )
        out.append(_line((left, top, right, low), plot.ink(point), tip(point)))
    return "".join(out)


def _rects(plot: Plot, points: list[Point]) -> str:
    out = []
    for point in points:
        sides = [
            _side(plot.x, point, "x", plot.properties["_frame"][0::2]),
            _side(plot.y, point, "y", plot.properties["_frame"][1::2]),
        ]
        if None not in sides:
            (left, right), (top, low) = (sorted(side) for side in sides)
            out.append('<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" style="fill:%s">%s</rect>' % (
                left, top, right - left, low - top, plot.ink(point), tip(point)))  # fmt: skip
    return "".join(out)


def _side(scale: Any, point: Point, name: str, frame: Any) -> Any:
    value = point.get(name)
    if scale is None or (value is None and point.get(name + "2") is None):
        return tuple(frame)
    if isinstance(value, tuple) and isinstance(scale, Linear):
        return scale(value[0]), scale(value[1])
    if isinstance(scale, Bands):
        half = scale.step / 2
        return scale(value) - half, scale(value) + half
    if point.get(name + "2") is not None:
        return scale(value), scale(point[name + "2"])
    return scale(value) - 3, scale(value) + 3


def _texts(plot: Plot, points: list[Point]) -> str:
    out = []
    for point in points:
        x, y, text = _at(plot.x, point.get("x")), _at(plot.y, point.get("y")), point.get("text", plot.properties.get("text"))
        if x is not None and y is not None and text is not None:
            shown = number(text) if is_number(text) else str(text)
            dx, dy = (plot.properties.get(name) for name in ("dx", "dy"))
            out.append('<text x="%.1f" y="%.1f" text-anchor="middle">%s</text>' % (
                x + (dx if is_number(dx) else 0), y + 4 + (dy if is_number(dy) else 0), escaped(shown[:80])))  # fmt: skip
    return "".join(out)


def _arcs(plot: Plot, points: list[Point]) -> str:
    """A pie, or a ring."""
    left, top, right, low = plot.properties["_frame"]
    radius = min(right - left, low - top) / 2 - 2
    inner = plot.properties.get("innerRadius")
    hole = min(float(inner), radius - 4) if is_number(inner) and inner > 0 else 0.0  # type: ignore[operator, arg-type]
    x, y = (left + right) / 2, (top + low) / 2
    known = [point for point in points if is_number(point.get("theta")) and point["theta"] > 0]
    whole = sum(point["theta"] for point in known)
    angle = -math.pi / 2
    out = []
    for point in known:
        turn = min(point["theta"] / whole * 2 * math.pi, 2 * math.pi - 1e-4)
        corners = [(x + r * math.cos(a), y + r * math.sin(a)) for r, a in
                   ((radius, angle), (radius, angle + turn), (hole, angle + turn), (hole, angle))]  # fmt: skip
        large = 1 if turn > math.pi else 0
        path = "M%.2f %.2fA%.2f %.2f 0 %d 1 %.2f %.2fL%.2f %.2f" % (
            *corners[0],
            radius,
            radius,
            large,
            *corners[1],
            *corners[2],
        )
        path += "A%.2f %.2f 0 %d 0 %.2f %.2fZ" % (hole, hole, large, *corners[3]) if hole else "Z"
        out.append('<path d="%s" style="fill:%s;stroke:var(--surface)">%s</path>' % (path, plot.ink(point), tip(point)))
        angle += turn
    return "".join(out)


_MARKS = {
    "bar": _bars,
    "line": _lines,
    "trail": _lines,
    "area": _areas,
    "point": _points,
    "circle": _points,
    "square": _points,
    "tick": _ticks,
    "rule": _rules,
    "rect": _rects,
    "text": _texts,
    "arc": _arcs,
}
