"""``Artifact`` and ``Table``."""

from __future__ import annotations

from ._base import UserComponent
from ._elements import ArtifactsComponent, SectionComponent, TableComponent
from ._values import Shown, frame_table, full_name, is_frame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CELLS = (str, bool, int, float, dict, list, tuple, type(None))


class Artifact(UserComponent):
    """Any object as text, cut where it is long.

    ``name`` labels it; ``compressed=False`` keeps numbers, lists and dictionaries whole.
    """

    REALTIME_UPDATABLE = True

    def __init__(self, artifact: Any, name: str | None = None, compressed: bool = True) -> None:
        self._artifact = artifact
        self._name = name
        self._shown = Shown(only_repr=compressed)

    def update(self, artifact: Any) -> None:
        self._artifact = artifact

    def _plain(self) -> dict[str, Any]:
        name = None if self._name is None else str(self._name)
        block = ArtifactsComponent(data=[self._shown.dictionary(self._artifact, name)])
        block.component_id = self.component_id  # type: ignore[assignment]
        return block.render()


class Table(UserComponent):
    """Rows of texts, numbers and other components.

    ``data`` is a list of rows, each a list; ``headers`` a list of texts for the first row. Components in a table can be
    updated, the table itself cannot.
    """

    REALTIME_UPDATABLE = True

    def __init__(self, data: Any = None, headers: Any = None, disable_updates: bool = False) -> None:
        has_headers, has_rows = TableComponent.validate(headers, data)
        self._headers = headers if has_headers else []
        self._data = data if has_rows else [[]]
        if disable_updates:
            self.REALTIME_UPDATABLE = False

    @classmethod
    def from_dataframe(cls, dataframe: Any = None, truncate: bool = True) -> Table:
        """A table of a data frame: its first five rows, or with ``truncate=False`` all of them."""
        if not is_frame(dataframe):
            return cls(headers=["Object type %s not supported" % full_name(dataframe)], disable_updates=True)
        table = frame_table(dataframe, truncate)
        return cls(data=table["data"] or None, headers=table["headers"], disable_updates=True)

    def update(self, *args: Any, **kwargs: Any) -> None:
        self._warn("A Table cannot be updated; update the components in it.")

    def _plain(self) -> dict[str, Any]:
        block = TableComponent(headers=self._headers, data=[self._row(row) for row in self._data])
        block.component_id = self.component_id  # type: ignore[assignment]
        return block.render()

    def _row(self, row: Any) -> list[Any]:
        for cell in row:
            if hasattr(cell, "_in_table"):
                cell._in_table = True
        return SectionComponent.render_subcomponents(row, _CELLS, allow_unknowns=True)
