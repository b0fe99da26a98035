"""Runs of a flow."""

from __future__ import annotations

from ..exception import MetaflowException, MetaflowNotFound, MetaflowTaggingError
from ._base import MetaflowObject, moment
from ._code import MetaflowCode
from ._lineage import endpoints
from ._steps import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime

    from typing import Any, Iterable, Iterator

    from ._base import Record
    from ._data import MetaflowData
    from ._tasks import Task
    from .._triggers import Trigger


class Run(MetaflowObject):
    """One run of a flow."""

    _KIND = "run"
    _DEPTH = 2

    @property
    def successful(self) -> bool:
        """Whether the last step was."""
        return bool(self._fresh().get("successful"))

    @property
    def finished(self) -> bool:
        """Whether the last step has run; a run that failed or was stopped before never finishes."""
        return bool(self._fresh().get("finished"))

    @property
    def finished_at(self) -> datetime.datetime | None:
        """When the last step ended, in local time; None for a run that did not come so far."""
        return moment(self._fresh().get("finished_at")) if self._record.get("finished") else None

    @property
    def end_task(self) -> Task | None:
        """The task of the last step, or None while there is none."""
        path = self._fresh().get("end_task")
        if path is None:
            return None
        step, task = path.split("/")[2:]
        found: Task | None = self._made_below(step)._child(task)
        return found

    @property
    def data(self) -> MetaflowData | None:
        """The artifacts at the end of the run, or None before."""
        task = self.end_task
        return None if task is None else task.data

    @property
    def code(self) -> MetaflowCode | None:
        """The code that ran, when it was kept."""
        return MetaflowCode.of(self._engine, self._path)

    @property
    def trigger(self) -> Trigger | None:
        """The events that started the run, or None for one that a person has started."""
        first = self._child(self._graph_endpoints[0])
        task = None if first is None else first.task
        text = None if task is None else task.metadata_dict.get("execution-triggers")
        if not text:
            return None
        from .._wire import loads
        from .._triggers import Trigger

        return Trigger(loads(text))  # type: ignore[arg-type]

    @property
    def origin_pathspec(self) -> str | None:
        """The run that this one resumes, or None."""
        origin = self._record.get("origin_run")
        return None if origin is None else "%s/%s" % (self._path[0], origin)

    def steps(self, *tags: str) -> Iterator[Step]:
        """The steps that have run, newest first; none when the run lacks one of the tags."""
        return self._tagged(tags)

    def add_tag(self, tag: str | Iterable[str]) -> None:
        """Adds one or more user tags. One that is a system tag already is left out."""
        self._edit_tags(add=tag)

    def add_tags(self, tags: str | Iterable[str]) -> None:
        """Adds one or more user tags. One that is a system tag already is left out."""
        self._edit_tags(add=tags)

    def remove_tag(self, tag: str | Iterable[str]) -> None:
        """Removes one or more user tags. A system tag cannot be removed: then nothing is."""
        self._edit_tags(remove=tag)

    def remove_tags(self, tags: str | Iterable[str]) -> None:
        """Removes one or more user tags. A system tag cannot be removed: then nothing is."""
        self._edit_tags(remove=tags)

    def replace_tag(self, tag_to_remove: str | Iterable[str], tag_to_add: str | Iterable[str]) -> None:
        """Removes and adds user tags in one go."""
        self._edit_tags(add=tag_to_add, remove=tag_to_remove)

    def replace_tags(self, tags_to_remove: str | Iterable[str], tags_to_add: str | Iterable[str]) -> None:
        """Removes and adds user tags in one go."""
        self._edit_tags(add=tags_to_add, remove=tags_to_remove)

    def _edit_tags(self, add: str | Iterable[str] = (), remove: str | Iterable[str] = ()) -> None:
        adding, removing = _tag_list(add), _tag_list(remove)
        if not adding and not removing:
            raise MetaflowTaggingError("No tag was given to add or to remove.")
        try:
            frame = self._engine.ask(type="tags", path=self._path, add=adding, remove=removing)
        except MetaflowException as error:
            raise MetaflowTaggingError(str(error)) from None
        if frame.type == "missing":
            raise MetaflowNotFound("%r does not exist" % self)
        self._known = frame.header["object"]

    @property
    def _graph_endpoints(self) -> tuple[str, str]:
        """The names of the first and the last step."""
        return endpoints(self)

    def _run_record(self) -> Record:
        # As of when this object was made or last changed the tags itself: others may change them at any time.
        return self._record

    def _children(self) -> list[Any]:
        steps = [step for step in self._children_of(Step) if not step.id.startswith("_")]
        return sorted(steps, key=lambda step: step._record["created_at"], reverse=True)

    def _child(self, name: str) -> Any:
        return self._child_of(Step, name)

    def _made_below(self, name: str) -> Any:
        step = self._made(Step, self._path + [name], None)
        step._above = self
        return step

    def _make_parent(self) -> Any:
        from ._flows import Flow

        return self._parent_of(Flow)


def _tag_list(tags: str | Iterable[str]) -> list[str]:
    found: list[Any] = [tags]
    if not isinstance(tags, (str, bytes)) and hasattr(tags, "__iter__"):
        found = list(tags)
    for tag in found:
        if not isinstance(tag, str):
            raise MetaflowTaggingError("A tag is a text, not %r." % (tag,))
    return found
