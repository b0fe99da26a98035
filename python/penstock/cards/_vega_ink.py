"""The colours of a chart's marks."""

from __future__ import annotations

import re

from ._vega_data import is_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._vega_data import Point

_COLOR = re.compile(r"#[0-9a-fA-F]{3,8}\Z|[a-zA-Z]{3,24}\Z|rgba?\([0-9., %]{5,40}\)\Z")
PALETTE = 10


def safe_color(value: Any) -> str | None:
    """A colour that may stand in a style, or None."""
    return value if isinstance(value, str) and _COLOR.match(value) else None


class Ink:
    """The colours of a unit's marks."""

    def __init__(self, channels: dict[str, Any], points: list[Point], kind: str | None, order: list[Any], plain: str) -> None:
        self.channel = next((name for name in ("color", "fill", "stroke") if name in channels), None)
        definition = channels[self.channel] if self.channel else {}
        self.plain = safe_color(definition.get("value")) or plain
        self.continuous = kind in ("quantitative", "temporal") and "field" in definition or "aggregate" in definition
        self.order = order
        scale = definition.get("scale")
        given = scale.get("range") if isinstance(scale, dict) else None
        self._range = [each for each in map(safe_color, given) if each] if isinstance(given, list) else []
        values = [point.get(self.channel) for point in points] if self.channel else []
        numbers: list[Any] = [value for value in values if is_number(value)]
        self.span: tuple[float, float] = (min(numbers), max(numbers)) if numbers and self.continuous else (0.0, 1.0)

    def __call__(self, point: Point) -> str:
        value = point.get(self.channel) if self.channel else None
        if value is None:
            return self.plain
        if self.continuous:
            low, high = self.span
            share = (value - low) / (high - low) if is_number(value) and high > low else 1.0
            return "color-mix(in srgb,var(--s0) %.0f%%,var(--surface))" % (10 + 90 * share)
        return self.of(value)

    def of(self, value: Any) -> str:
        """The colour of a category."""
        at = self.order.index(value) if value in self.order else 0
        return self._range[at % len(self._range)] if self._range else "var(--s%d)" % (at % PALETTE)
