"""Tasks of a step: what they have stored, printed and recorded."""

from __future__ import annotations

from ..exception import MetaflowNamespaceMismatch, MetaflowNotFound
from ._base import MetaflowObject, moment
from ._code import MetaflowCode
from ._connection import ask
from ._data import DataArtifact, MetaflowData
from ._lineage import task_paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator


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
        made: Any = namedtuple("MetaflowArtifacts", [each.id for each in public], rename=True)  # type: ignore[misc]
        return made(*public)

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

    def _above(self) -> Any:
        from ._steps import Step

        return Step("/".join(self._path[:3]), _namespace_check=False)

    def is_in_namespace(self) -> bool:
        try:
            return super().is_in_namespace()
        except MetaflowNamespaceMismatch:
            return False
