"""Steps of a run."""

from __future__ import annotations

from ._base import MetaflowObject, moment
from ._lineage import step_names
from ._siblings import Siblings
from ._tasks import Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime

    from typing import Any, Iterator

    from ._base import Record

#: The most tasks that are listed with one question.
_PAGE = 20000


class Step(MetaflowObject):
    """A step of a run and its tasks."""

    _KIND = "step"
    _DEPTH = 3

    @property
    def task(self) -> Task | None:
        """One of the step's tasks, the newest, or None."""
        return next(iter(self._children_of(Task, limit=1)), None)

    def tasks(self, *tags: str) -> Iterator[Task]:
        """The step's tasks, newest first; none when the run lacks one of the tags."""
        return self._tagged(tags)

    @property
    def control_task(self) -> Task | None:
        """The task that leads the others of a parallel step or of an unbounded foreach, or None."""
        return next(self.control_tasks(), None)

    def control_tasks(self, *tags: str) -> Iterator[Task]:
        """The tasks that lead others, one for each time that the step was reached."""
        return (task for task in self.tasks(*tags) if task.metadata_dict.get("internal_task_type") == "control_task")

    @property
    def finished_at(self) -> datetime.datetime | None:
        """When the last of the step's tasks ended, in local time, or None while one runs."""
        times: list[Any] = [record.get("finished_at") for record in self._all_records()]
        return moment(max(times)) if times and None not in times else None

    @property
    def environment_info(self) -> dict[str, Any] | None:
        """The environment that the step ran in, when it had one of its own."""
        task = self.task
        return None if task is None else task.environment_info

    @property
    def origin_pathspec(self) -> str | None:
        """The step of the run that this run resumes, or None."""
        origin = self.parent.origin_pathspec
        return None if origin is None else "%s/%s" % (origin, self.id)

    @property
    def parent_steps(self) -> Iterator[Step]:
        """The steps that lead to this one, as far as they have run."""
        return self._neighbours("in")

    @property
    def child_steps(self) -> Iterator[Step]:
        """The steps that this one leads to, as far as they have run."""
        return self._neighbours("out")

    def _neighbours(self, direction: str) -> Iterator[Step]:
        found = (self.parent._child(name) for name in step_names(self, direction))
        return (step for step in found if step is not None)

    def _children(self) -> list[Any]:
        records = self._all_records()
        siblings = Siblings(self._engine, self._path, records)
        tasks = [self._child_from(Task, record) for record in records]
        for place, task in enumerate(tasks):
            task._join(siblings, place)
        return tasks

    def _all_records(self) -> list[Record]:
        """The records of the tasks, a page at a time: an answer has an end."""
        records = page = self._records_below(limit=_PAGE)
        while len(page) == _PAGE:
            page = self._records_below(limit=_PAGE, before=page[-1]["id"])
            records = records + page
        return records

    def _child(self, name: str) -> Any:
        return self._child_of(Task, name)

    def _make_parent(self) -> Any:
        from ._runs import Run

        return self._parent_of(Run)
