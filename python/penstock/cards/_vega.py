"""Vega-Lite specifications as drawings: a plain one for the usual charts, since pages load no library.

Drawn are bars, lines, areas, points, ticks, rules, rectangles, texts and pies of data that is part of the specification,
with aggregates, bins, colours and layers. Anything else shows the specification.
"""

from __future__ import annotations

from ._escape import escaped, script_json
from ._vega_data import Unsupported, channels_of, is_number, kind_of, points_of, rows_of, title_of
from ._vega_ink import Ink, safe_color
from ._vega_marks import Plot, drawn
from ._vega_scales import Bands, Linear, Logarithmic, Moments, label, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WIDTH, _WIDE, _HEIGHT = 480, 860, 260


def chart_html(spec: Any, controls: bool = False) -> str:
    """The chart as HTML, with its specification as data beside it."""
    spec = spec if isinstance(spec, dict) else {}
    try:
        datasets = spec.get("datasets")
        body = _view(spec, datasets if isinstance(datasets, dict) else {}, None, {})
    except Unsupported as reason:
        body = _specification(spec, "This chart cannot be drawn here, since %s." % reason)
    except Exception as error:
        body = _specification(spec, "This chart cannot be drawn here: %s: %s." % (type(error).__name__, error))
    else:
        body += _specification(spec, None) if controls else ""
    return '<div class="chart">%s<script type="application/json" class="vega-spec">%s</script></div>' % (
        body,
        script_json(spec),
    )


def _specification(spec: dict[str, Any], reason: str | None) -> str:
    import json

    from ._highlight import json_html

    text = json_html(json.dumps(spec, indent=2, default=str)[:50_000])
    note = '<p class="none">%s</p>' % escaped(reason) if reason else ""
    return (
        '%s<details class="viewer"><summary>Specification</summary><div class="top"><span></span><button class="copy" '
        'type="button">Copy</button></div><pre style="max-height:420px"><code>%s</code></pre></details>' % (note, text)
    )


def _view(spec: dict[str, Any], datasets: dict[str, Any], rows: Any, encoding: dict[str, Any]) -> str:
    for name in ("facet", "repeat", "transform"):
        if spec.get(name):
            raise Unsupported("it uses %s" % name)
    rows = rows_of(spec, datasets, rows)
    for name in ("hconcat", "vconcat", "concat"):
        if isinstance(spec.get(name), list):
            views = [_view(each, datasets, rows, encoding) for each in spec[name] if isinstance(each, dict)]
            return _title(spec) + (
                "<div>%s</div>" % "".join(views) if name == "vconcat" else '<div class="columns">%s</div>' % "".join(views)
            )
    units = _units(spec, datasets, rows, encoding)
    if not units:
        raise Unsupported("it has no marks that Vega-Lite knows")
    return _title(spec) + _Chart(spec, units).html()


def _title(spec: dict[str, Any]) -> str:
    title = spec.get("title")
    text = title.get("text") if isinstance(title, dict) else title
    text = " ".join(map(str, text)) if isinstance(text, list) else text
    return "<h4>%s</h4>" % escaped(text) if text else ""


class _Unit:
    """One mark and what it shows."""

    def __init__(self, mark: Any, encoding: dict[str, Any], rows: Any) -> None:
        self.properties: dict[str, Any] = dict(mark) if isinstance(mark, dict) else {"type": mark}
        self.mark = str(self.properties.get("type"))
        self.channels = channels_of(encoding)
        self.kinds = {name: kind_of(channel, rows or []) for name, channel in self.channels.items()}
        self.points = points_of(self.channels, rows)

    def kind(self, name: str) -> str | None:
        return self.kinds.get(name)


def _units(spec: dict[str, Any], datasets: dict[str, Any], rows: Any, encoding: dict[str, Any]) -> list[_Unit]:
    own = spec.get("encoding")
    merged = dict(encoding, **own) if isinstance(own, dict) else encoding
    if isinstance(spec.get("layer"), list):
        units = []
        for layer in spec["layer"]:
            if isinstance(layer, dict):
                if layer.get("transform"):
                    raise Unsupported("it uses transform")
                units += _units(layer, datasets, rows_of(layer, datasets, rows), merged)
        return units
    mark = spec.get("mark")
    return [_Unit(mark, merged, rows)] if isinstance(mark, (str, dict)) else []


class _Chart:
    """Units in one frame."""

    def __init__(self, spec: dict[str, Any], units: list[_Unit]) -> None:
        self._units = units
        self._round = all(unit.mark == "arc" for unit in units)
        columns, rows = self._categories("x"), self._categories("y")
        usual = _WIDE if spec.get("width") == "container" else _WIDTH
        width = _measure(spec.get("width"), max(usual, 14 * len(columns)) if columns else 320 if self._round else usual)
        height = _measure(spec.get("height"), min(1200, 26 * len(rows)) if rows else _HEIGHT)
        left = 14 if self._round else 28 + min(160, max([34] + [6 * len(label(each)) for each in rows]))
        low = 8 if self._round else 52 if self._tilted(columns, width) else 40
        self._frame = (left, 10.0, left + width, 10.0 + height)
        self._size = (left + width + 16, 10 + height + low)
        self._tilt = self._tilted(columns, width)

    @staticmethod
    def _tilted(columns: list[Any], width: float) -> bool:
        return bool(columns) and max(len(label(each)) for each in columns) * 6.5 > width / len(columns)

    # Scales

    def _values(self, name: str) -> list[Any]:
        found = []
        for unit in self._units:
            for point in unit.points:
                for channel in (name, name + "2"):
                    value = point.get(channel)
                    found += list(value) if isinstance(value, tuple) else [] if value is None else [value]
        return found

    def _definition(self, name: str) -> dict[str, Any]:
        return next((unit.channels[name] for unit in self._units if name in unit.channels), {})

    def _is_discrete(self, name: str) -> bool:
        kinds = [unit.kind(name) for unit in self._units if unit.kind(name)]
        return bool(kinds) and kinds[0] in ("nominal", "ordinal")

    def _categories(self, name: str) -> list[Any]:
        if not self._is_discrete(name):
            return []
        return _ordered(list(dict.fromkeys(self._values(name))), self._definition(name), self._units)

    def _scale(self, name: str) -> Any:
        if not any(name in unit.channels for unit in self._units):
            return None
        left, top, right, low = self._frame
        start, end = (left, right) if name == "x" else (low, top)
        if self._is_discrete(name):
            start, end = (left, right) if name == "x" else (top, low)
            return Bands(self._categories(name), start, end)
        definition = self._definition(name)
        scale = definition.get("scale")
        options: dict[str, Any] = scale if isinstance(scale, dict) else {}
        values = [value for value in self._values(name) + self._heaps(name) if is_number(value)]
        if any(unit.kind(name) == "temporal" for unit in self._units):
            return Moments(min(values), max(values), start, end) if values else None
        domain = options.get("domain")
        if isinstance(domain, list) and len(domain) == 2 and all(map(is_number, domain)):
            return Linear(domain[0], domain[1], start, end, nice=False)
        if options.get("type") == "log" and values:
            return Logarithmic(min(v for v in values if v > 0), max(values), start, end)
        standing = any(unit.mark in ("bar", "area") and not definition.get("bin") for unit in self._units)
        if options.get("zero", standing) is True:
            values.append(0.0)
        return Linear(min(values), max(values), start, end) if values else Linear(0, 1, start, end)

    def _heaps(self, name: str) -> list[float]:
        """How high bars and areas are that stand on each other."""
        other = "y" if name == "x" else "x"
        tops: dict[Any, float] = {}
        for at, unit in enumerate(self._units):
            if unit.mark in ("bar", "area") and unit.kind(name) == "quantitative" and not unit.channels[name].get("bin"):
                for point in unit.points:
                    value: Any = point.get(name)
                    if is_number(value):
                        key = (at, repr(point.get(other)), repr(point.get(other + "Offset")), value < 0)
                        tops[key] = tops.get(key, 0.0) + value
        return list(tops.values())

    # Drawing

    def html(self) -> str:
        scales = {name: self._scale(name) for name in ("x", "y")}
        categories = self._color_categories()
        inks = [self._ink(unit, at, categories) for at, unit in enumerate(self._units)]
        body = "".join(self._axis(name, scale) for name, scale in scales.items() if scale is not None)
        for unit, ink in zip(self._units, inks):
            offset = "xOffset" if "xOffset" in unit.channels else "yOffset"
            offsets = list(dict.fromkeys(point.get(offset) for point in unit.points if point.get(offset) is not None))
            properties = dict(unit.properties, _frame=self._frame)
            body += drawn(unit.mark, Plot(scales["x"], scales["y"], ink, offsets, properties), unit.points)
        width, height = self._size
        return '<svg%s viewBox="0 0 %.0f %.0f" style="width:%.0fpx" role="img">%s</svg>%s' % (
            ' class="round"' if self._round else "", width, height, width, body, self._legend(categories, inks))  # fmt: skip

    def _ink(self, unit: _Unit, at: int, categories: list[Any]) -> Ink:
        name = next((name for name in ("color", "fill", "stroke") if name in unit.channels), "")
        plain = safe_color(unit.properties.get("color")) or safe_color(unit.properties.get("fill"))
        usual = "var(--ink)" if unit.mark == "rule" else "var(--s%d)" % (at % 10)
        return Ink(unit.channels, unit.points, unit.kind(name), categories, plain or usual)

    def _color_categories(self) -> list[Any]:
        found: dict[Any, None] = {}
        definition: dict[str, Any] = {}
        for unit in self._units:
            for name in ("color", "fill", "stroke"):
                if unit.kind(name) in ("nominal", "ordinal") and "value" not in unit.channels[name]:
                    definition = definition or unit.channels[name]
                    found.update((point[name], None) for point in unit.points if point.get(name) is not None)
        return _ordered(list(found), definition, self._units)

    def _axis(self, name: str, scale: Any) -> str:
        definition = self._definition(name)
        if "axis" in definition and definition["axis"] is None:
            return ""
        left, top, right, low = self._frame
        out = []
        for place, text in scale.ticks():
            if name == "x":
                out.append("" if isinstance(scale, Bands) else _grid(place, top, place, low))
                turn = (
                    ' transform="rotate(-32 %.1f %.1f)" text-anchor="end"' % (place, low + 14)
                    if self._tilt
                    else ' text-anchor="middle"'
                )
                out.append('<text x="%.1f" y="%.1f"%s>%s</text>' % (place, low + 15, turn, escaped(text)))
            else:
                out.append("" if isinstance(scale, Bands) else _grid(left, place, right, place))
                out.append('<text x="%.1f" y="%.1f" text-anchor="end">%s</text>' % (left - 7, place + 3.8, escaped(text)))
        title = escaped(title_of(definition)[:80])
        if name == "x":
            out.append('<line class="axis" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>' % (left, low, right, low))
            if not self._tilt:
                out.append('<text x="%.1f" y="%.1f" text-anchor="middle">%s</text>' % ((left + right) / 2, low + 33, title))
        else:
            out.append('<line class="axis" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>' % (left, top, left, low))
            out.append(
                '<text transform="translate(11 %.1f) rotate(-90)" text-anchor="middle">%s</text>' % ((top + low) / 2, title)
            )
        return "".join(out)

    def _legend(self, categories: list[Any], inks: list[Ink]) -> str:
        ink = next((each for each in inks if each.channel and not each.continuous and each.order), None)
        if ink is not None and len(categories) > 0:
            items = "".join(
                '<span><i style="background:%s"></i>%s</span>' % (ink.of(each), escaped(label(each)))
                for each in categories[:40]
            )
            return '<div class="legend">%s</div>' % items
        ink = next((each for each in inks if each.channel and each.continuous), None)
        if ink is None:
            return ""
        low, high = ("color-mix(in srgb,var(--s0) %d%%,var(--surface))" % share for share in (10, 100))
        return (
            '<div class="legend"><span>%s</span><span><i style="width:90px;background:linear-gradient(to right,%s,%s)"></i>'
            "</span><span>%s</span></div>" % (number(ink.span[0]), low, high, number(ink.span[1]))
        )


def _grid(*ends: float) -> str:
    return '<line class="grid" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>' % ends


def _measure(given: Any, usual: float) -> float:
    if isinstance(given, dict):
        given = None
    return float(min(max(given, 40), 4000)) if is_number(given) else float(usual)


def _ordered(values: list[Any], definition: dict[str, Any], units: list[_Unit]) -> list[Any]:
    """Categories in the order that the specification asks for; else sorted."""
    scale = definition.get("scale")
    domain = scale.get("domain") if isinstance(scale, dict) else None
    sort = definition.get("sort", "ascending")
    if isinstance(domain, list):
        return [each for each in domain if each in values] + [each for each in values if each not in domain]
    if isinstance(sort, list):
        return [each for each in sort if each in values] + [each for each in values if each not in sort]
    if sort is None:
        return values
    if isinstance(sort, str) and sort.lstrip("-") in ("x", "y"):
        totals: dict[Any, float] = {}
        channel = sort.lstrip("-")
        other = "y" if channel == "x" else "x"
        for point in (point for unit in units for point in unit.points):
            if is_number(point.get(channel)):
                totals[point.get(other)] = totals.get(point.get(other), 0.0) + point[channel]
        return sorted(values, key=lambda each: totals.get(each, 0.0), reverse=sort.startswith("-"))
    numbers = all(is_number(each) for each in values)
    return sorted(values, key=(lambda each: each) if numbers else str, reverse=sort == "descending")
