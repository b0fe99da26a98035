"""Artifacts of recorded tasks."""

from __future__ import annotations

import os
import sys

from io import BytesIO

try:
    from _pickle import Unpickler
except ImportError:
    from pickle import Unpickler

from ..exception import MetaflowNotFound, MissingArtifactError
from ._base import MetaflowObject, moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime

    from typing import Any, BinaryIO, Iterator

    from .._frames import Frame
    from ._base import Record


class DataArtifact(MetaflowObject):
    """One artifact of one task."""

    _KIND = "artifact"
    _DEPTH = 5

    @property
    def data(self) -> Any:
        """The value. Raises MissingArtifactError when it cannot be loaded here."""
        with self._opened(self._small()) as file:
            try:
                value = _Loader(file, self).load()
            except Exception as error:
                raise MissingArtifactError(
                    "The artifact %s (of type %s) cannot be loaded in this process: %s: %s"
                    % (self.pathspec, self._record.get("type"), type(error).__name__, error)
                ) from error
        decode = getattr(value, "decode", None) if type(value).__name__ == "IncludedFile" else None
        return value if decode is None else decode(self.id)

    def open(self) -> BinaryIO:
        """A file of the value's pickle, as it was stored, to be read without having it in memory."""
        return self._opened(None)

    def save(self, path: str | os.PathLike[str]) -> int:
        """Writes the value's pickle to a file, whole or not at all, without having it in memory. Gives its bytes.

        ``pickle.load`` makes the value of it where the memory is.
        """
        from shutil import copyfileobj

        target = os.fspath(path)
        part = "%s.%d.part" % (target, os.getpid())
        try:
            with self.open() as source, open(part, "wb") as file:
                copyfileobj(source, file, 1 << 20)
                size = file.tell()
            os.replace(part, target)
        except BaseException:
            if os.path.exists(part):
                os.unlink(part)
            raise
        return size

    @property
    def sha(self) -> str:
        """The SHA-256 of the value's bytes; the SHA-1 of one that Metaflow has stored."""
        digest: str = self._record["digest"]
        return digest

    @property
    def size(self) -> int:
        """Bytes of the value as it was stored, before compression."""
        return int(self._record["size"])

    @property
    def finished_at(self) -> datetime.datetime | None:
        """When it was stored, in local time."""
        return moment(self._record.get("created_at"))

    @property
    def origin_pathspec(self) -> str | None:
        """The artifact of the task that the task is a clone of, or None."""
        origin = self.parent.origin_pathspec
        return None if origin is None else "%s/%s" % (origin, self.id)

    def _children(self) -> list[Any]:
        return []

    def _child(self, name: str) -> Any:
        return None

    def _make_parent(self) -> Any:
        from ._tasks import Task

        return self._parent_of(Task)

    def _fetch(self) -> Record:
        item: Record | None = self.parent._item(self.id, values=False)
        if item is None:
            raise MetaflowNotFound("%r does not exist" % self)
        return item

    def _small(self) -> bytes | None:
        """The bytes that came with the record; they are given once, unless other tasks have the same record."""
        record = self._record
        if "bytes" not in record:
            self.parent._bring_values()
        found: bytes | None = record.get("bytes") if "shared" in record else record.pop("bytes", None)
        return found

    def _opened(self, raw: bytes | None) -> BinaryIO:
        if raw is not None:
            return BytesIO(raw)
        frame = self._engine.ask(type="blob", digest=self.sha, path=self._path)
        if frame.type == "missing":
            raise MissingArtifactError("The bytes of the artifact %s are gone from the store." % self.pathspec)
        return _file(frame)


class MetaflowData:
    """The values of a task's artifacts as attributes, loaded when they are read."""

    def __init__(self, task: Any) -> None:
        self.__dict__["__task"] = task

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # of Python's own protocols, maybe before there is a task
            raise AttributeError(name)
        task = self.__dict__["__task"]
        item = task._item(name, values=True)
        if item is None:
            raise AttributeError("There is no artifact '%s'; there are: %s" % (name, ", ".join(self)))
        value = self.__dict__[name] = task._artifact(item).data
        return value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.__dict__["__task"]._item(name, values=False) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.__dict__["__task"]._items()))

    def __dir__(self) -> list[str]:
        return list(self)

    def __repr__(self) -> str:
        return "<MetaflowData: %s>" % ", ".join(self)

    def __reduce__(self) -> Any:
        return MetaflowData, (self.__dict__["__task"],)


class _Loader(Unpickler):
    """Finds classes that a flow file defined: in that file when it asks itself, else in the run's code package."""

    def __init__(self, file: BinaryIO, artifact: DataArtifact) -> None:
        super().__init__(file)
        self._artifact = artifact

    def find_class(self, module: str, name: str) -> Any:
        if module == "__main__" and name == "ForeachFrame":
            module = "penstock._foreach"
        try:
            return super().find_class(module, name)
        except AttributeError:
            if module != "__main__":
                raise
        from ._flow_classes import find

        try:
            return find(self._artifact._engine, self._artifact._path[:2], name)
        except Exception as error:
            script = os.path.basename(getattr(sys.modules["__main__"], "__file__", None) or "this session")
            raise AttributeError(
                "its class %s was defined in the flow's file; %s has no such class, and the run's code package does not "
                "give it (%s: %s); import it there" % (name, script, type(error).__name__, error)
            ) from None


def _file(frame: Frame) -> BinaryIO:
    descriptors, frame.descriptors = list(frame.descriptors), ()
    return os.fdopen(descriptors[0], "rb") if descriptors else BytesIO(frame.payload)
