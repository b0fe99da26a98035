"""Tasks of a step: what they have stored, printed and recorded."""

from __future__ import annotations

from collections import namedtuple

from ._base import MetaflowObject, moment
from ._code import MetaflowCode
from ._data import DataArtifact, MetaflowData
from ._lineage import task_records
from ._siblings import take_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime

    from typing import Any, Iterator

    from .._frames import Frame
    from ._base import Record
    from ._connection import Engine
    from ._siblings import Siblings

Metadata = namedtuple("Metadata", ["name", "value", "created_at", "type", "task"])
Metadata.__doc__ = "A fact about a task, when it was recorded (in local time), and the task."

#: The classes of ``Task.artifacts`` by the names they have.
_containers: dict[tuple[str, ...], Any] = {}


class Task(MetaflowObject):
    """A task: what it has stored, printed and recorded.

    Without ``attempt``, artifacts are those of the newest attempt that is done, logs those of the newest that has started.
    """

    _KIND = "task"
    _DEPTH = 4

    def _become(self, path: list[str], attempt: int | None, engine: Engine, namespace: str | None) -> None:
        super()._become(path, attempt, engine, namespace)
        self._siblings: Siblings | None = None
        self._place = 0
        self._listing: dict[str, Record] | None = None
        self._values_read = 0
        self._is_whole = False

    def _join(self, siblings: Siblings, place: int) -> None:
        """Makes the task one of a listing."""
        self._siblings, self._place = siblings, place

    @property
    def successful(self) -> bool:
        """Whether the task, or the attempt that was asked for, has done its work; False where ``@catch`` took an exception."""
        if self._attempt is not None:
            return self._outcome("_success")
        return bool(self._fresh().get("successful"))

    @property
    def finished(self) -> bool:
        """Whether it has ended well; False for one that has failed."""
        if self._attempt is not None:
            return self._outcome("_task_ok")
        return bool(self._fresh().get("finished"))

    @property
    def finished_at(self) -> datetime.datetime | None:
        """When it ended, well or not, in local time; None before."""
        if self._attempt is None:
            return moment(self._fresh().get("finished_at"))
        item = self._item("_task_ok", values=False)
        if item is not None:
            return moment(item["created_at"])
        return next((fact.created_at for fact in self.metadata if fact.name == "attempt-done"), None)

    def _outcome(self, name: str) -> bool:
        """What an attempt has stored of how it ended; what was recorded of it, where that is not there."""
        recorded = self.metadata_dict.get("attempt_ok")
        if recorded == "False":  # one that was killed has what it inherited
            return False
        found = self._value(name)
        return recorded == "True" if found is None else bool(found)

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
        """The attempt that logs are read of: the one asked for, else the newest that has started."""
        return self._attempt if self._attempt is not None else int(self._fresh().get("attempt") or 0)

    @property
    def origin_pathspec(self) -> str | None:
        """The task that this one is a clone of, in a resumed run, or None."""
        run, task = self._record.get("origin_run"), self._record.get("origin_task")
        return None if task is None else "/".join((self._path[0], str(run), self._path[2], str(task)))

    # Artifacts

    @property
    def data(self) -> MetaflowData:
        """The values of the artifacts as attributes, loaded when they are read."""
        return MetaflowData(self)

    @property
    def artifacts(self) -> Any:
        """The artifacts as objects, by attribute; hidden ones are left out."""
        children = self._children()
        names = tuple(each.id for each in children)
        if names not in _containers:
            _containers[names] = namedtuple("MetaflowArtifacts", names, rename=True)
        return _containers[names](*children)

    def _children(self) -> list[Any]:
        return [self._artifact(item) for _, item in sorted(self._items().items())]

    def _child(self, name: str) -> Any:
        item = self._item(name, values=False)
        return None if item is None else self._artifact(item)

    def _artifact(self, item: Record) -> DataArtifact:
        made: DataArtifact = self._made(DataArtifact, self._path + [item["name"]], item)
        made._above = self
        return made

    def _value(self, name: str) -> Any:
        item = self._item(name, values=True)
        return None if item is None else self._artifact(item).data

    def _item(self, name: str, values: bool) -> Record | None:
        """What is recorded about one artifact, or None. With ``values``, its bytes may come with it."""
        if self._listing is not None and not name.startswith("_"):
            return self._listing.get(name)
        return self._ask_artifacts(name, values).get(name)

    def _items(self) -> dict[str, Record]:
        """What is recorded about the artifacts that are not hidden, by name; kept once it cannot change."""
        if self._listing is not None:
            return self._listing
        whole = self._siblings is not None and self._siblings.whole
        listing = self._ask_artifacts(None, whole)
        if self._record.get("finished_at") is not None:
            self._listing, self._is_whole = listing, whole
        return listing

    def _bring_values(self) -> None:
        """Called for each value that is to be read; brings all of the task's small ones when it is not the first."""
        self._values_read += 1
        if self._values_read < 2 or self._listing is None or self._is_whole:
            return
        self._is_whole = True
        if self._siblings is not None:
            self._siblings.whole = True
        for name, item in self._ask_artifacts(None, True).items():
            known = self._listing.get(name)
            if known is not None and "bytes" in item and known["digest"] == item["digest"]:
                known["bytes"] = item["bytes"]

    def _ask_artifacts(self, name: str | None, values: bool) -> dict[str, Record]:
        if self._siblings is not None:
            return self._siblings.artifacts(self._place, name, values)
        chosen: dict[str, Any] = {"public": True} if name is None else {"names": [name]}
        if self._attempt is not None:
            chosen["attempt"] = self._attempt
        frame = self._engine.ask(type="artifacts", path=self._path, values=values, **chosen)
        items: list[Record] = frame.header.get("items") or []
        take_bytes(items, frame.payload)
        return {item["name"]: item for item in items}

    # Metadata

    @property
    def metadata(self) -> list[Metadata]:
        """What was recorded about the task, oldest first: ``name``, ``value``, ``created_at``, ``type``, ``task``.

        A clone has what its origin had beneath its own. With ``attempt``, only what that attempt recorded.
        """
        if self._siblings is not None:
            frame = self._siblings.metadata(self._place)
        else:
            frame = self._engine.ask(type="metadata", path=self._path)
        items = frame.header.get("items") or []
        chosen = [item for item in items if self._attempt is None or item.get("attempt") == self._attempt]
        chosen.sort(key=lambda item: item["created_at"])
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
    def environment_info(self) -> dict[str, Any] | None:
        """The environment that the task ran in, when it had one of its own."""
        from .._wire import loads

        text = self.metadata_dict.get("environment-info")
        return None if text is None else loads(text)  # type: ignore[return-value]

    @property
    def code(self) -> MetaflowCode | None:
        """The code that ran, when it was kept."""
        return MetaflowCode.of(self._engine, self._path[:2])

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
        """The length of ``stdout`` in bytes."""
        return len(self._log("stdout"))

    @property
    def stderr_size(self) -> int:
        """The length of ``stderr`` in bytes."""
        return len(self._log("stderr"))

    def loglines(
        self, stream: str, as_unicode: bool = True, meta_dict: dict[str, Any] | None = None
    ) -> Iterator[tuple[datetime.datetime, Any]]:
        """``(moment, line)`` of everything that was printed to ``stdout`` or ``stderr``; moments are UTC.

        Lines are bytes without ``as_unicode``. ``meta_dict`` is not needed and not looked at.
        """
        from datetime import datetime, timezone

        for item in self._ask_log(stream, timestamps=True).header.get("items") or []:
            at = datetime.fromtimestamp(item["at"], timezone.utc).replace(tzinfo=None)
            yield at, item["text"] if as_unicode else item["text"].encode("utf-8")

    def _log(self, stream: str) -> bytes:
        return self._ask_log(stream).payload

    def _ask_log(self, stream: str, **more: Any) -> Frame:
        if self._attempt is not None:
            more["attempt"] = self._attempt
        return self._engine.ask(type="log", path=self._path, stream=stream, **more)

    # Neighbours

    @property
    def parent_task_pathspecs(self) -> Iterator[str]:
        """The paths of the tasks that led to this one."""
        return (record["path"] for record in task_records(self, "in"))

    @property
    def child_task_pathspecs(self) -> Iterator[str]:
        """The paths of the tasks that this one led to."""
        return (record["path"] for record in task_records(self, "out"))

    @property
    def parent_tasks(self) -> Iterator[Task]:
        """The tasks that led to this one."""
        return self._neighbours("in")

    @property
    def child_tasks(self) -> Iterator[Task]:
        """The tasks that this one led to."""
        return self._neighbours("out")

    def _neighbours(self, direction: str) -> Iterator[Task]:
        for record in task_records(self, direction):
            task: Task = self._made(Task, record["path"].split("/"), record)
            task._attempt = task._namespace = None
            yield task

    def _make_parent(self) -> Any:
        from ._steps import Step

        return self._parent_of(Step)
