"""All flows, and one flow."""

from __future__ import annotations

from ..exception import MetaflowNotFound
from . import _settings
from ._base import MetaflowObject
from ._connection import ask
from ._runs import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator


class Metaflow:
    """All flows that have runs."""

    @property
    def flows(self) -> list[Flow]:
        """The flows of the current namespace."""
        return list(self)

    def __iter__(self) -> Iterator[Flow]:
        records = ask(type="children", path=[]).header.get("items") or []
        flows = (Flow(record["id"], _record=record, _namespace_check=False) for record in records)
        return (flow for flow in flows if flow.is_in_namespace())

    def __getitem__(self, name: str) -> Flow:
        try:
            return Flow(name)
        except MetaflowNotFound:
            raise KeyError(name) from None

    def __contains__(self, name: object) -> bool:
        return any(flow.id == name for flow in self)

    def __repr__(self) -> str:
        return "Metaflow()"


class Flow(MetaflowObject):
    """A flow and its runs."""

    _KIND = "flow"
    _DEPTH = 1

    def is_in_namespace(self) -> bool:
        return _settings.get_namespace() is None or bool(self._runs((), 1))

    @property
    def user_tags(self) -> frozenset[str]:
        """A flow has no tags."""
        return frozenset()

    system_tags = user_tags

    @property
    def latest_run(self) -> Run | None:
        """The newest run, or None."""
        return next(iter(self._runs((), 1)), None)

    @property
    def latest_successful_run(self) -> Run | None:
        """The newest run that was successful, or None."""
        return next((run for run in self if run.successful), None)

    def runs(self, *tags: str) -> Iterator[Run]:
        """The runs that have all these tags, newest first."""
        return iter(self._children(tags))

    def _children(self, tags: tuple[str, ...]) -> list[Any]:
        return self._runs(tags)

    def _runs(self, tags: tuple[str, ...], limit: int | None = None) -> list[Run]:
        namespace = _settings.get_namespace()
        wanted = list(tags) + ([] if namespace is None else [namespace])
        records = self._records_below(tags=wanted, **({} if limit is None else {"limit": limit}))
        return [
            Run("%s/%s" % (self.id, record["id"]), _record=record, _parent=self, _namespace_check=False)
            for record in records
        ]

    def _child(self, name: str) -> Run:
        return Run("%s/%s" % (self.id, name), _parent=self, _namespace_check=self._checked)
