"""Scales of charts: from values to places, and the ticks of their axes."""

from __future__ import annotations

import math

from ._vega_data import is_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
#: Steps between moments, in seconds, and how moments are written then.
_TIME_STEPS = (
    (1, "%H:%M:%S"), (5, "%H:%M:%S"), (15, "%H:%M:%S"), (30, "%H:%M:%S"), (_MINUTE, "%H:%M"), (5 * _MINUTE, "%H:%M"),
    (15 * _MINUTE, "%H:%M"), (_HOUR, "%H:%M"), (3 * _HOUR, "%d %b %H:%M"), (6 * _HOUR, "%d %b %H:%M"), (_DAY, "%d %b"),
    (2 * _DAY, "%d %b"), (7 * _DAY, "%d %b"), (14 * _DAY, "%d %b"), (30.4375 * _DAY, "%b %Y"), (91.3125 * _DAY, "%b %Y"),
    (365.25 * _DAY, "%Y"), (730.5 * _DAY, "%Y"), (1826.25 * _DAY, "%Y"), (3652.5 * _DAY, "%Y"),
)  # fmt: skip


class Linear:
    """Numbers, on a line from ``start`` to ``end``."""

    step = 0.0

    def __init__(self, low: float, high: float, start: float, end: float, ticks: int = 6, nice: bool = True) -> None:
        if high <= low:
            low, high = low - (abs(low) * 0.5 or 0.5), high + (abs(high) * 0.5 or 0.5)
        self._tick = nice_step(high - low, ticks)
        if nice:
            low, high = math.floor(low / self._tick + 1e-9) * self._tick, math.ceil(high / self._tick - 1e-9) * self._tick
        self._low, self._high, self._start, self._end = low, high, start, end

    def __call__(self, value: Any) -> float:
        return self._start + (self._end - self._start) * (value - self._low) / (self._high - self._low)

    def base(self) -> float:
        """The place that bars and areas stand on."""
        return self(min(max(0.0, self._low), self._high))

    def ticks(self) -> list[tuple[float, str]]:
        first = math.ceil(self._low / self._tick - 1e-9)
        count = int((self._high - self._low) / self._tick + 1e-6) + 1
        values = [(first + at) * self._tick for at in range(min(count, 50))]
        return [(self(value), number(value, self._tick)) for value in values if value <= self._high + self._tick * 1e-6]


class Logarithmic(Linear):
    """Positive numbers by their powers of ten."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        low = max(low, 1e-300)
        self._low, self._high = math.floor(math.log10(low)), math.ceil(math.log10(max(high, low * 10)))
        self._start, self._end = start, end

    def __call__(self, value: Any) -> float:
        return super().__call__(math.log10(value) if value > 0 else self._low)

    def base(self) -> float:
        return self._start

    def ticks(self) -> list[tuple[float, str]]:
        every = max(1, int(self._high - self._low) // 8)
        return [(super(Logarithmic, self).__call__(power), number(10.0**power, 10.0**power))
                for power in range(int(self._low), int(self._high) + 1, every)]  # fmt: skip


class Moments(Linear):
    """Moments, in seconds since 1970 (UTC)."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        super().__init__(low, high, start, end, nice=False)

    def ticks(self) -> list[tuple[float, str]]:
        from datetime import datetime, timezone

        span = self._high - self._low
        step, form = next((each for each in _TIME_STEPS if span / each[0] <= 7), (span / 6, "%Y"))
        first = math.ceil(self._low / step)
        made = []
        for at in range(min(9, int(span / step) + 1)):
            value = (first + at) * step
            if value <= self._high:
                try:
                    made.append((self(value), datetime.fromtimestamp(value, timezone.utc).strftime(form)))
                except (OverflowError, OSError, ValueError):
                    continue
        return made


class Bands:
    """Categories, each with a stretch of its own; a value's place is the middle of its stretch."""

    def __init__(self, values: Iterable[Any], start: float, end: float, inner: float = 0.18) -> None:
        self.values = list(values)
        self._start = start
        self._whole = (end - start) / max(1, len(self.values))
        self._place = {value: at for at, value in enumerate(self.values)}
        #: The length of a stretch without the gap to the next.
        self.step = abs(self._whole) * (1 - inner)

    def __call__(self, value: Any) -> float:
        return self._start + self._whole * (self._place.get(value, 0) + 0.5)

    def base(self) -> float:
        return self._start

    def ticks(self) -> list[tuple[float, str]]:
        every = max(1, math.ceil(len(self.values) / 40))
        return [(self(value), label(value)) for value in self.values[::every]]


def nice_step(span: float, count: float) -> float:
    """A step of 1, 2 or 5 times a power of ten, so that about ``count`` fit into a span."""
    raw = span / max(1.0, count)
    if not raw > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * factor for factor in (1, 2, 5, 10.000001) if raw <= power * factor * 1.0000001)


def number(value: float, step: float = 0.0) -> str:
    """A number for an axis."""
    if abs(value) < step * 1e-9:
        value = 0.0
    size = abs(value)
    for unit, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M")):
        if size >= unit:
            return "%.4g%s" % (value / unit, letter)
    if size >= 10_000:
        return "{:,.0f}".format(value)
    return "%.6g" % value


def label(value: Any) -> str:
    """A category for an axis or a legend."""
    if isinstance(value, tuple):
        return "%s \u2013 %s" % (number(value[0]), number(value[1]))
    text = number(value) if is_number(value) else str(value)
    return text if len(text) <= 24 else text[:23] + "\u2026"
