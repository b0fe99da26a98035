"""Steps of a run."""

from __future__ import annotations

from ._base import MetaflowObject, moment
from ._lineage import step_names
from ._tasks import Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime

    from typing import Any, Iterator


class Step(MetaflowObject):
    """A step of a run and its tasks."""

    _KIND = "step"
    _DEPTH = 3

    @property
    def task(self) -> Task | None:
        """One of the step's tasks, or None."""
        return next(iter(self), None)

    def tasks(self, *tags: str) -> Iterator[Task]:
        """The step's tasks, newest first."""
        return iter(self._children(tags))

    @property
    def control_task(self) -> Task | None:
        """The task that leads the others of a parallel step, or None."""
        return next(self.control_tasks(), None)

    def control_tasks(self, *tags: str) -> Iterator[Task]:
        return (task for task in self.tasks(*tags) if task.metadata_dict.get("internal_task_type") == "control_task")

    @property
    def finished_at(self) -> datetime.datetime | None:
        """When the last of the step's tasks ended, or None while one runs."""
        times: list[Any] = [record.get("finished_at") for record in self._records_below()]
        return moment(max(times)) if times and None not in times else None

    @property
    def environment_info(self) -> Any:
        """Facts about the environment that the step ran in, when they were recorded."""
        task = self.task
        return None if task is None else task.environment_info

    @property
    def parent_steps(self) -> Iterator[Step]:
        """The steps that lead to this one."""
        return (self.parent[name] for name in step_names(self, "in") if name in self.parent)

    @property
    def child_steps(self) -> Iterator[Step]:
        """The steps that this one leads to."""
        return (self.parent[name] for name in step_names(self, "out") if name in self.parent)

    def _children(self, tags: tuple[str, ...]) -> list[Any]:
        if not set(tags) <= self.tags:
            return []
        return [
            Task("%s/%s" % (self.pathspec, record["id"]), _record=record, _parent=self, _namespace_check=False)
            for record in self._records_below()
        ]

    def _child(self, name: str) -> Task:
        return Task("%s/%s" % (self.pathspec, name), _parent=self, _namespace_check=self._checked)

    def _above(self) -> Any:
        from ._runs import Run

        return Run("/".join(self._path[:2]), _namespace_check=False)
