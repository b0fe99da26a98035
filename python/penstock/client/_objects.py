"""Flows, runs, steps and tasks."""

from __future__ import annotations

from ..exception import MetaflowException, MetaflowNamespaceMismatch, MetaflowNotFound, MetaflowTaggingError
from . import _settings
from ._base import MetaflowObject, moment
from ._code import MetaflowCode
from ._connection import ask
from ._data import DataArtifact, MetaflowData
from ._lineage import step_names, task_paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime

    from typing import Any, Iterable, Iterator

    from ._base import Record


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


class Run(MetaflowObject):
    """One run of a flow."""

    _KIND = "run"
    _DEPTH = 2

    @property
    def successful(self) -> bool:
        """Whether the run has come to its end without a failure."""
        return bool(self._fresh().get("successful"))

    @property
    def finished(self) -> bool:
        """Whether the run has ended, either way."""
        return bool(self._fresh().get("finished"))

    @property
    def end_task(self) -> Task | None:
        """The task of the last step, or None while there is none."""
        path = self._fresh().get("end_task")
        return None if path is None else Task(path, _namespace_check=False)

    @property
    def data(self) -> MetaflowData | None:
        """The artifacts at the end of the run, or None before."""
        task = self.end_task
        return None if task is None else task.data

    @property
    def code(self) -> MetaflowCode | None:
        """The code that ran, when it was kept."""
        return MetaflowCode.of(self._path)

    @property
    def trigger(self) -> None:
        """What started the run; nothing, in runs that a person has started."""
        return None

    @property
    def origin_pathspec(self) -> str | None:
        origin = self._record.get("origin_run")
        return None if origin is None else "%s/%s" % (self._path[0], origin)

    def steps(self, *tags: str) -> Iterator[Step]:
        """The steps that have run, newest first."""
        return iter(self._children(tags))

    def add_tag(self, tag: str | Iterable[str]) -> None:
        """Adds one or more user tags."""
        self._edit_tags(add=tag)

    def add_tags(self, tags: str | Iterable[str]) -> None:
        """Adds one or more user tags."""
        self._edit_tags(add=tags)

    def remove_tag(self, tag: str | Iterable[str]) -> None:
        """Removes one or more user tags."""
        self._edit_tags(remove=tag)

    def remove_tags(self, tags: str | Iterable[str]) -> None:
        """Removes one or more user tags."""
        self._edit_tags(remove=tags)

    def replace_tag(self, tag_to_remove: str | Iterable[str], tag_to_add: str | Iterable[str]) -> None:
        """Removes and adds user tags in one go."""
        self._edit_tags(add=tag_to_add, remove=tag_to_remove)

    replace_tags = replace_tag

    def _edit_tags(self, add: str | Iterable[str] = (), remove: str | Iterable[str] = ()) -> None:
        adding, removing = _tag_list(add), _tag_list(remove)
        if not adding and not removing:
            raise MetaflowTaggingError("No tag was given to add or to remove.")
        try:
            frame = ask(type="tags", path=self._path, add=adding, remove=removing)
        except MetaflowException as error:
            raise MetaflowTaggingError(str(error)) from None
        if frame.type == "missing":
            raise MetaflowNotFound("Run('%s') does not exist" % self.pathspec)
        self._record = frame.header["object"]

    def _run_record(self) -> Record:
        self._record = self._fetch() if self._record.get("finished_at") is None else self._record
        return self._record

    def _children(self, tags: tuple[str, ...]) -> list[Any]:
        if not set(tags) <= self.tags:
            return []
        return [
            Step("%s/%s" % (self.pathspec, record["id"]), _record=record, _parent=self, _namespace_check=False)
            for record in sorted(self._records_below(), key=lambda each: each["created_at"], reverse=True)
            if record["id"] != "_parameters"
        ]

    def _child(self, name: str) -> Step:
        return Step("%s/%s" % (self.pathspec, name), _parent=self, _namespace_check=self._checked)

    def _above(self) -> Flow:
        return Flow(self._path[0], _namespace_check=False)


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
        times = [record.get("finished_at") for record in self._records_below()]
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

    def _above(self) -> Run:
        return Run("/".join(self._path[:2]), _namespace_check=False)


class Task(MetaflowObject):
    """A task: what it has stored, printed and recorded."""

    _KIND = "task"
    _DEPTH = 4

    @property
    def successful(self) -> bool:
        """Whether the task has done its work."""
        return bool(self._fresh().get("successful"))

    @property
    def finished(self) -> bool:
        """Whether the task has ended well; False for one that has failed."""
        record = self._fresh()
        return bool(record.get("finished")) and bool(record.get("successful"))

    @property
    def exception(self) -> Any:
        """What ended the task, as an object with ``type``, ``exception`` and ``stacktrace``, or None."""
        return self._value("_exception")

    @property
    def index(self) -> int | None:
        """The task's place in the innermost foreach, or None."""
        return self._record.get("index")

    @property
    def current_attempt(self) -> int:
        """The attempt that logs and artifacts are read of: the one asked for, else the newest."""
        return self._attempt if self._attempt is not None else int(self._fresh().get("attempt") or 0)

    @property
    def origin_pathspec(self) -> str | None:
        run, task = self._record.get("origin_run"), self._record.get("origin_task")
        return None if task is None else "/".join((self._path[0], str(run), self._path[2], str(task)))

    # Artifacts

    @property
    def data(self) -> MetaflowData:
        """The values of the artifacts as attributes, loaded when they are read."""
        return MetaflowData({artifact.id: artifact for artifact in self._artifacts()})

    @property
    def artifacts(self) -> Any:
        """The artifacts as objects, by attribute; hidden ones are left out."""
        from collections import namedtuple

        public = [artifact for artifact in self._artifacts() if not artifact.id.startswith("_")]
        return namedtuple("MetaflowArtifacts", [a.id for a in public], rename=True)(*public)  # type: ignore[misc]

    def _artifacts(self) -> list[DataArtifact]:
        chosen = {} if self._attempt is None else {"attempt": self._attempt}
        items = ask(type="artifacts", path=self._path, **chosen).header.get("items") or []
        return [DataArtifact(None, _task=self, _record=item) for item in items]

    def _value(self, name: str) -> Any:
        return next((artifact.data for artifact in self._artifacts() if artifact.id == name), None)

    def _children(self, tags: tuple[str, ...]) -> list[Any]:
        return [artifact for artifact in self._artifacts() if not artifact.id.startswith("_")]

    def _child(self, name: str) -> DataArtifact:
        for artifact in self._artifacts():
            if artifact.id == name:
                return artifact
        raise MetaflowNotFound("Task('%s') has no artifact '%s'" % (self.pathspec, name))

    # Metadata

    @property
    def metadata(self) -> list[Any]:
        """What was recorded about the task, oldest first: ``name``, ``value``, ``created_at``, ``type``, ``task``."""
        from collections import namedtuple

        Metadata = namedtuple("Metadata", ["name", "value", "created_at", "type", "task"])
        items = ask(type="metadata", path=self._path).header.get("items") or []
        chosen = [item for item in items if self._attempt is None or item["attempt"] == self._attempt]
        return [Metadata(i["name"], i["value"], moment(i["created_at"]), i["type"], self) for i in chosen]

    @property
    def metadata_dict(self) -> dict[str, str]:
        """The newest value of everything recorded about the task."""
        return {item.name: item.value for item in self.metadata}

    @property
    def runtime_name(self) -> str | None:
        """What ran the task, from the tag ``runtime:``."""
        return next((tag[8:] for tag in self.tags if tag.startswith("runtime:")), None)

    @property
    def environment_info(self) -> Any:
        """Facts about the environment that the task ran in, when they were recorded."""
        from .._wire import loads

        text = self.metadata_dict.get("environment-info")
        return None if text is None else loads(text)

    @property
    def code(self) -> MetaflowCode | None:
        """The code that ran, when it was kept."""
        return MetaflowCode.of(self._path[:2])

    # Logs

    @property
    def stdout(self) -> str:
        """What the task has printed."""
        return self._log("stdout").decode("utf-8", "replace")

    @property
    def stderr(self) -> str:
        """What the task has printed on standard error."""
        return self._log("stderr").decode("utf-8", "replace")

    @property
    def stdout_size(self) -> int:
        return len(self._log("stdout"))

    @property
    def stderr_size(self) -> int:
        return len(self._log("stderr"))

    def loglines(self, stream: str, as_unicode: bool = True) -> Iterator[tuple[Any, Any]]:
        """``(moment, line)`` of everything that was printed to ``stdout`` or ``stderr``; moments are UTC."""
        from datetime import datetime, timezone

        for item in self._ask_log(stream, timestamps=True).header.get("items") or []:
            at = datetime.fromtimestamp(item["at"], timezone.utc).replace(tzinfo=None)
            yield at, item["text"] if as_unicode else item["text"].encode("utf-8")

    def _log(self, stream: str) -> bytes:
        return self._ask_log(stream).payload

    def _ask_log(self, stream: str, **more: Any) -> Any:
        if self._attempt is not None:
            more["attempt"] = self._attempt
        return ask(type="log", path=self._path, stream=stream, **more)

    # Neighbours

    @property
    def parent_task_pathspecs(self) -> Iterator[str]:
        return iter(task_paths(self, "in"))

    @property
    def child_task_pathspecs(self) -> Iterator[str]:
        return iter(task_paths(self, "out"))

    @property
    def parent_tasks(self) -> Iterator[Task]:
        """The tasks that led to this one."""
        return (Task(path, _namespace_check=False) for path in task_paths(self, "in"))

    @property
    def child_tasks(self) -> Iterator[Task]:
        """The tasks that this one led to."""
        return (Task(path, _namespace_check=False) for path in task_paths(self, "out"))

    def _above(self) -> Step:
        return Step("/".join(self._path[:3]), _namespace_check=False)

    def is_in_namespace(self) -> bool:
        try:
            return super().is_in_namespace()
        except MetaflowNamespaceMismatch:
            return False


def _tag_list(tags: str | Iterable[str]) -> list[str]:
    found = [tags] if isinstance(tags, str) else list(tags)
    for tag in found:
        if not isinstance(tag, str):
            raise MetaflowTaggingError("A tag is a text, not %r." % (tag,))
    return found
