"""What has started a run: events, and other runs."""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ._runs import Run

MetaflowEvent = namedtuple("MetaflowEvent", ["name", "id", "timestamp", "type"])
MetaflowEvent.__doc__ = "An event: its name, its id, when it happened (in local time), and ``event`` or ``run``."


class Trigger:
    """The events that started a run, the newest first."""

    def __init__(self, _meta: list[dict[str, Any]] | None = None) -> None:
        self._events = [_event(facts) for facts in sorted(_meta or [], key=_age)]
        self._runs: list[Run] | None = None

    @classmethod
    def from_runs(cls, run_objs: list[Run]) -> Trigger:
        """What it would be if these runs, the finished ones among them, had started one."""
        events, runs = [], []
        for run in sorted((run for run in run_objs if run.finished_at is not None), key=lambda run: run.finished_at, reverse=True):  # type: ignore[arg-type, return-value]
            task = run.end_task
            if task is None:
                continue
            runs.append(run)
            for step in dict.fromkeys((task._path[2], "end")):
                name = "metaflow.%s.%s" % (run._path[0], step)
                events.append(MetaflowEvent(name, task.pathspec, run.finished_at, "run"))
        made = cls()
        made._events, made._runs = events, runs
        return made

    @property
    def event(self) -> MetaflowEvent | None:
        """The newest event, or None."""
        return self._events[0] if self._events else None

    @property
    def events(self) -> list[MetaflowEvent] | None:
        """All events, or None."""
        return list(self._events) or None

    @property
    def run(self) -> Run | None:
        """The newest of the runs whose end was an event, or None."""
        return self._all_runs()[0] if self._all_runs() else None

    @property
    def runs(self) -> list[Run] | None:
        """All runs whose end was an event, or None."""
        return list(self._all_runs()) or None

    def _all_runs(self) -> list[Run]:
        if self._runs is None:
            from ._runs import Run

            paths = ["/".join(event.id.split("/")[:2]) for event in self._events if event.type == "run"]
            self._runs = [Run(path, _namespace_check=False) for path in dict.fromkeys(paths)]
        return self._runs

    def __getitem__(self, key: str) -> Run | MetaflowEvent:
        """The run of a flow; where no run was among the events, the event of a name. Raises KeyError."""
        if self._all_runs():
            found: Any = next((run for run in self._all_runs() if run._path[0] == key), None)
        else:
            found = next((event for event in self._events if event.name == key), None)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[MetaflowEvent]:
        return iter(self._events)

    def __contains__(self, key: str) -> bool:
        try:
            self[key]
        except KeyError:
            return False
        return True


def _event(facts: dict[str, Any]) -> MetaflowEvent:
    at = facts.get("timestamp")
    if isinstance(at, (int, float)):
        from datetime import datetime

        at = datetime.fromtimestamp(at)
    return MetaflowEvent(facts.get("name"), facts.get("id"), at, facts.get("type"))


def _age(facts: dict[str, Any]) -> float:
    at = facts.get("timestamp")
    return -at if isinstance(at, (int, float)) else float("inf")
