"""What started a run: ``current.trigger`` and ``Run.trigger``."""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

MetaflowEvent = namedtuple("MetaflowEvent", ["name", "id", "timestamp", "type"])
MetaflowEvent.__new__.__defaults__ = (None, None, None)
MetaflowEvent.__doc__ = "An event: its name, its id, the time it was made, and whether it is an ``event`` or a ``run``."


class Trigger:
    """The events that started a run, the newest first. Each may be an event or a run that has finished."""

    def __init__(self, _meta: list[dict[str, Any]] | None = None) -> None:
        """``_meta`` has ``name``, ``id``, ``timestamp`` (seconds since 1970, or a datetime) and ``type`` of each event."""
        events = [_event(each) for each in _meta or ()]
        events.sort(key=lambda event: _seconds(event.timestamp), reverse=True)
        self._events = events
        self._runs: list[Any] | None = None

    @classmethod
    def from_runs(cls, run_objs: list[Any]) -> Trigger:
        """The trigger of somebody who waited for these runs."""
        runs = sorted((run for run in run_objs if run.end_task is not None), key=lambda run: run.finished_at, reverse=True)
        meta = []
        for run in runs:
            flow, end = run.parent.id, run.end_task.parent.id
            for step in dict.fromkeys((end, "end")):
                event = {"type": "run", "timestamp": run.finished_at, "id": run.end_task.pathspec}
                meta.append(dict(event, name="metaflow.%s.%s" % (flow, step)))
        trigger = cls(meta)
        trigger._runs = runs
        return trigger

    @property
    def event(self) -> Any:
        """The newest event, or None."""
        return self._events[0] if self._events else None

    @property
    def events(self) -> list[Any] | None:
        """All events, or None when there are none."""
        return list(self._events) or None

    @property
    def run(self) -> Any:
        """The newest run among the events, or None."""
        runs = self.runs
        return runs[0] if runs else None

    @property
    def runs(self) -> list[Any] | None:
        """The runs among the events, or None when there are none."""
        if self._runs is None:
            from .client import Run

            paths = dict.fromkeys("/".join(event.id.split("/")[:2]) for event in self._events if event.type == "run")
            self._runs = [Run(path, _namespace_check=False) for path in paths]
        return list(self._runs) or None

    def __getitem__(self, key: str) -> Any:
        """The run of a flow, or the event of a name."""
        for run in self.runs or ():
            if run.path_components[0] == key:
                return run
        for event in self._events:
            if event.name == key:
                return event
        raise KeyError(key)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._events)

    def __contains__(self, key: str) -> bool:
        try:
            self[key]
        except KeyError:
            return False
        return True


def _event(meta: dict[str, Any]) -> Any:
    from datetime import datetime

    moment = meta.get("timestamp")
    if isinstance(moment, (int, float)) and not isinstance(moment, bool):
        moment = datetime.fromtimestamp(moment)
    return MetaflowEvent(meta.get("name"), meta.get("id"), moment, meta.get("type"))


def _seconds(moment: Any) -> float:
    try:
        return float(moment.timestamp())
    except AttributeError:
        return float("-inf")
