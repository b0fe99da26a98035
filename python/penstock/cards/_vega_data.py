"""The data of a Vega-Lite chart: its rows, and what of them each mark shows."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    #: What a mark shows: a value for each channel.
    Point = dict[str, Any]

#: More rows than this are not drawn.
ROWS = 20_000
POSITIONS = ("x", "x2", "y", "y2", "theta")
_CHANNELS = POSITIONS + (
    "color",
    "fill",
    "stroke",
    "size",
    "opacity",
    "text",
    "detail",
    "xOffset",
    "yOffset",
    "strokeDash",
    "shape",
)


class Unsupported(Exception):
    """Why a chart cannot be drawn here."""


def rows_of(spec: dict[str, Any], datasets: dict[str, Any], inherited: Any) -> Any:
    """The rows that a specification names, or those of the one around it."""
    data = spec.get("data")
    if data is None:
        return inherited
    if isinstance(data, dict) and "values" in data:
        rows = data["values"]
    elif isinstance(data, dict) and isinstance(data.get("name"), str) and data["name"] in datasets:
        rows = datasets[data["name"]]
    else:
        raise Unsupported("its data is not part of the specification")
    if isinstance(rows, list) and all(not isinstance(row, dict) for row in rows):
        rows = [{"data": row} for row in rows]
    if not isinstance(rows, list):
        raise Unsupported("its data is not a list of rows")
    if len(rows) > ROWS:
        raise Unsupported("it has %d rows" % len(rows))
    return [row for row in rows if isinstance(row, dict)]


def channels_of(encoding: Any) -> dict[str, dict[str, Any]]:
    """The channels that are drawn, by name."""
    if not isinstance(encoding, dict):
        return {}
    for name in ("row", "column", "facet"):
        if name in encoding:
            raise Unsupported("it is a chart of several small ones")
    found = {}
    for name in _CHANNELS:
        channel = encoding.get(name)
        if isinstance(channel, list):
            channel = next((each for each in channel if isinstance(each, dict)), None)
        if isinstance(channel, dict):
            found[name] = channel
    return found


def kind_of(channel: dict[str, Any], rows: Any) -> str:
    """``quantitative``, ``temporal``, ``nominal`` or ``ordinal``."""
    given = channel.get("type")
    if given in ("quantitative", "temporal", "nominal", "ordinal"):
        return str(given)
    if channel.get("aggregate") is not None or channel.get("bin"):
        return "quantitative"
    if channel.get("timeUnit") is not None:
        return "temporal"
    values = [channel["datum"]] if "datum" in channel else [field(row, channel) for row in rows[:200]]
    values = [value for value in values if value is not None]
    return "quantitative" if values and all(is_number(value) for value in values) else "nominal"


def field(row: dict[str, Any], channel: dict[str, Any]) -> Any:
    """A row's value for a channel."""
    name = channel.get("field")
    if not isinstance(name, str):
        return None
    plain = name.replace("\\", "")
    if plain in row:
        return row[plain]
    value: Any = row
    for part in name.replace("[", ".").replace("]", "").split("."):
        value = value.get(part.strip("'\"")) if isinstance(value, dict) else None
    return value


def points_of(channels: dict[str, dict[str, Any]], rows: Any) -> list[Point]:
    """What the marks of a unit show, with bins and aggregates worked out."""
    rows = [{}] if rows is None else rows
    kinds = {name: kind_of(channel, rows) for name, channel in channels.items()}
    bins = {
        name: _bins(channel, rows) for name, channel in channels.items() if channel.get("bin") not in (None, False, "binned")
    }
    aggregated = {name: channel for name, channel in channels.items() if channel.get("aggregate") is not None}
    plain = []
    for row in rows:
        point = {}
        for name, channel in channels.items():
            if name not in aggregated:
                point[name] = _value(row, channel, kinds[name], bins.get(name))
        plain.append((point, row))
    if not aggregated:
        return [point for point, _ in plain]
    groups: dict[Any, tuple[Point, list[dict[str, Any]]]] = {}
    for point, row in plain:
        key = tuple(repr(point[name]) for name in point)
        groups.setdefault(key, (point, []))[1].append(row)
    return [
        dict(point, **{name: _aggregate(channel, members) for name, channel in aggregated.items()})
        for point, members in groups.values()
    ]


def _value(row: dict[str, Any], channel: dict[str, Any], kind: str, bins: Any) -> Any:
    if "datum" in channel:
        value = channel["datum"]
    elif "field" in channel:
        value = field(row, channel)
    else:
        return None
    if kind == "temporal":
        return seconds(value)
    if bins is not None:
        low, step = bins
        if not is_number(value):
            return None
        place = int((value - low) // step)
        return (low + place * step, low + (place + 1) * step)
    if kind == "quantitative":
        return value if is_number(value) else None
    return None if value is None else value if isinstance(value, (str, int, float)) else str(value)


def _bins(channel: dict[str, Any], rows: Any) -> tuple[float, float]:
    from ._vega_scales import nice_step

    values: list[Any] = [value for value in (field(row, channel) for row in rows) if is_number(value)]
    if not values:
        return (0.0, 1.0)
    options = channel["bin"] if isinstance(channel["bin"], dict) else {}
    step: Any = options.get("step")
    most: Any = options.get("maxbins", 10)
    if not is_number(step) or step <= 0:
        step = nice_step((max(values) - min(values)) or 1.0, most if is_number(most) and most >= 1 else 10)
    return (min(values) // step * step, float(step))


def _aggregate(channel: dict[str, Any], rows: list[dict[str, Any]]) -> float | None:
    name = channel["aggregate"]
    if name == "count":
        return len(rows)
    values = [field(row, channel) for row in rows]
    if name == "distinct":
        return len({repr(value) for value in values})
    numbers = sorted(value for value in values if is_number(value))
    if not numbers:
        return None
    if name == "sum":
        return float(sum(numbers))
    if name in ("mean", "average"):
        return float(sum(numbers) / len(numbers))
    if name in ("min", "max"):
        return float(numbers[0] if name == "min" else numbers[-1])
    if name == "median":
        half = len(numbers) // 2
        return float(numbers[half] if len(numbers) % 2 else (numbers[half - 1] + numbers[half]) / 2)
    if name in ("stdev", "variance", "stdevp", "variancep") and len(numbers) > 1:
        mean = sum(numbers) / len(numbers)
        spread = sum((each - mean) ** 2 for each in numbers) / (len(numbers) - (0 if name.endswith("p") else 1))
        return float(spread if name.startswith("variance") else spread**0.5)
    raise Unsupported("it aggregates by %.40r" % (name,))


def is_number(value: Any) -> bool:
    """Whether a value is a finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return value == value and abs(value) < 1e300


def seconds(value: Any) -> float | None:
    """A moment in seconds since 1970: of milliseconds, or of a text as ISO 8601 writes it; None for anything else."""
    if is_number(value):
        return float(value) / 1000
    if not isinstance(value, str):
        return None
    from datetime import datetime, timezone

    text = value.strip().replace("Z", "+00:00").replace("/", "-")
    for attempt in (text, text[:19], text[:10], text + "-01", text + "-01-01"):
        try:
            moment = datetime.fromisoformat(attempt)
        except ValueError:
            continue
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    return None


def title_of(channel: dict[str, Any]) -> str:
    """What stands at an axis or over a legend."""
    for holder in (channel, channel.get("axis"), channel.get("legend")):
        if isinstance(holder, dict) and "title" in holder:
            title = holder["title"]
            return " ".join(map(str, title)) if isinstance(title, list) else "" if title is None else str(title)
    name = str(channel.get("field") or "").replace("\\", "")
    aggregate = channel.get("aggregate")
    if aggregate == "count":
        return "Count"
    return "%s of %s" % (str(aggregate).capitalize(), name) if aggregate else name
