"""``VegaChart``: a chart given by a Vega-Lite specification."""

from __future__ import annotations

from ._base import UserComponent
from ._values import full_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class VegaChart(UserComponent):
    """A chart. ``spec`` is a Vega-Lite specification with its data; ``show_controls`` adds a way to copy it."""

    type = "vegaChart"

    REALTIME_UPDATABLE = True

    def __init__(self, spec: dict[str, Any], show_controls: bool = False) -> None:
        self._spec = spec
        self._show_controls = show_controls
        self._in_table = False

    @classmethod
    def from_altair_chart(cls, altair_chart: Any) -> VegaChart:
        """The chart of an Altair object. Raises ValueError for any other."""
        if not is_altair(altair_chart):
            raise ValueError("from_altair_chart takes an Altair chart, not %s" % full_name(altair_chart))
        return cls(altair_chart.to_dict())

    def update(self, spec: Any = None) -> None:
        """Shows another specification or Altair chart."""
        if is_altair(spec):
            spec = spec.to_dict()
        if spec is not None:
            self._spec = spec

    def _plain(self) -> dict[str, Any]:
        spec = dict(self._spec)
        if self._in_table:
            spec.setdefault("autosize", "fit-x")
        else:
            spec.setdefault("width", "container")
        made = {"type": self.type, "id": self.component_id, "spec": spec}
        if not self._show_controls:
            made["options"] = {"actions": False}
        return made


def is_altair(value: Any) -> bool:
    """Whether a value is a chart of Altair, which need not be installed."""
    name = full_name(value)
    return "altair" in name and "vegalite" in name and "Chart" in name
