"""All flows, and one flow."""

from __future__ import annotations

from ..exception import MetaflowNamespaceMismatch, MetaflowNotFound
from . import _settings
from ._base import MetaflowObject
from ._runs import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ._base import Record


class FlowNotFound(MetaflowNotFound, KeyError):
    """No flow has the name that ``Metaflow()[name]`` asks for."""


class Metaflow:
    """All flows that have runs in the current namespace."""

    def __init__(self, _current_metadata: str | None = None) -> None:
        self._where = _current_metadata

    @property
    def flows(self) -> list[Flow]:
        """The flows of the current namespace."""
        return list(self)

    def __iter__(self) -> Iterator[Flow]:
        engine = _settings.engine_at(self._where)
        namespace = _settings.get_namespace()
        for record in engine.ask(type="children", path=[]).header.get("items") or []:
            flow = Flow.__new__(Flow)
            flow._become([record["id"]], None, engine, namespace)
            flow._known = record
            if namespace is None or flow._has_tag(namespace):
                yield flow

    def __getitem__(self, name: str) -> Flow:
        try:
            return Flow(name, _current_metadata=self._where)
        except MetaflowNamespaceMismatch:
            raise
        except MetaflowNotFound as error:
            raise FlowNotFound(str(error)) from None

    def __contains__(self, name: object) -> bool:
        return any(flow.id == name for flow in self)

    def __repr__(self) -> str:
        return "Metaflow()"

    def _ipython_key_completions_(self) -> list[str]:
        return [flow.id for flow in self]


class Flow(MetaflowObject):
    """A flow and its runs."""

    _KIND = "flow"
    _DEPTH = 1

    @property
    def latest_run(self) -> Run | None:
        """The newest run, or None."""
        return next(iter(self._runs(limit=1)), None)

    @property
    def latest_successful_run(self) -> Run | None:
        """The newest run that was successful, or None."""
        return next((run for run in self if run.successful), None)

    def runs(self, *tags: str) -> Iterator[Run]:
        """The runs that have all these tags, newest first."""
        return iter(self._runs(*tags))

    def _run_record(self) -> Record:
        return {}  # a flow has no tags

    def _has_tag(self, tag: str) -> bool:
        """Whether a run has it."""
        return bool(self._children_of(Run, tags=[tag], limit=1))

    def _children(self) -> list[Any]:
        return self._runs()

    def _child(self, name: str) -> Any:
        return self._child_of(Run, name)

    def _runs(self, *tags: str, limit: int | None = None) -> list[Any]:
        wanted = list(tags) + ([] if self._namespace is None else [self._namespace])
        return self._children_of(Run, tags=wanted, **({} if limit is None else {"limit": limit}))
