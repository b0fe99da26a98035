"""Artifacts of recorded tasks."""

from __future__ import annotations

import os
import sys

try:
    from _pickle import Unpickler
except ImportError:
    from pickle import Unpickler

from ..exception import MetaflowInvalidPathspec, MissingArtifactError
from ._base import moment
from ._connection import ask

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime

    from typing import Any, BinaryIO, Iterator


class DataArtifact:
    """One artifact of one task."""

    def __init__(
        self,
        pathspec: str | None = None,
        attempt: int | None = None,
        _task: Any = None,
        _record: dict[str, Any] | None = None,
    ) -> None:
        if _task is None:
            from ._tasks import Task

            parts = pathspec.split("/") if isinstance(pathspec, str) else []
            if len(parts) != 5:
                raise MetaflowInvalidPathspec(
                    "DataArtifact takes a path of the form 'FlowName/RunID/StepName/TaskID/Name', not %r." % (pathspec,)
                )
            _task = Task("/".join(parts[:4]), attempt)
            _record = _task._child(parts[4])._record
        self._task = _task
        self._record: dict[str, Any] = _record or {}

    @property
    def id(self) -> str:
        name: str = self._record["name"]
        return name

    @property
    def pathspec(self) -> str:
        return "%s/%s" % (self._task.pathspec, self.id)

    @property
    def path_components(self) -> list[str]:
        return self._task.path_components + [self.id]

    @property
    def parent(self) -> Any:
        """The task."""
        return self._task

    @property
    def data(self) -> Any:
        """The value. Raises MissingArtifactError when it cannot be loaded here."""
        frame = ask(type="blob", digest=self.sha)
        if frame.type == "missing":
            raise MissingArtifactError("The bytes of the artifact %s are gone from the store." % self.pathspec)
        descriptors, frame.descriptors = list(frame.descriptors), ()
        with _opened(descriptors, frame.payload) as file:
            try:
                return _Loader(file, self._task.path_components[:2]).load()
            except Exception as error:
                raise MissingArtifactError(
                    "The artifact %s (of type %s) cannot be loaded in this process: %s: %s"
                    % (self.pathspec, self._record.get("type"), type(error).__name__, error)
                ) from error

    @property
    def sha(self) -> str:
        """The SHA-256 of the value's bytes."""
        digest: str = self._record["digest"]
        return digest

    @property
    def size(self) -> int:
        """Bytes of the value as it was stored, before compression."""
        return int(self._record["size"])

    @property
    def created_at(self) -> datetime.datetime | None:
        return moment(self._record.get("created_at"))

    finished_at = created_at

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DataArtifact) and self.pathspec == other.pathspec

    def __hash__(self) -> int:
        return hash(self.pathspec)

    def __repr__(self) -> str:
        return "DataArtifact(%r)" % self.pathspec


class MetaflowData:
    """The values of a task's artifacts as attributes, loaded when they are read."""

    def __init__(self, artifacts: dict[str, DataArtifact]) -> None:
        self.__dict__["_artifacts"] = artifacts

    def __getattr__(self, name: str) -> Any:
        try:
            artifact = self.__dict__["_artifacts"][name]
        except KeyError:
            raise AttributeError("There is no artifact '%s'; there are: %s" % (name, ", ".join(self))) from None
        value = self.__dict__[name] = artifact.data
        return value

    def __contains__(self, name: object) -> bool:
        return name in self._artifacts

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(name for name in self._artifacts if not name.startswith("_")))

    def __dir__(self) -> list[str]:
        return list(self)

    def __repr__(self) -> str:
        return "<MetaflowData: %s>" % ", ".join(self)


class _Loader(Unpickler):
    """Finds classes that a flow file defined: in that file when it asks itself, else in the run's code package."""

    def __init__(self, file: BinaryIO, run: list[str]) -> None:
        super().__init__(file)
        self._run = run

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
            return find(self._run, name)
        except Exception as error:
            script = os.path.basename(getattr(sys.modules["__main__"], "__file__", None) or "this session")
            raise AttributeError(
                "its class %s was defined in the flow's file; %s has no such class, and the run's code package does not "
                "give it (%s: %s); import it there" % (name, script, type(error).__name__, error)
            ) from None


def _opened(descriptors: list[int], payload: bytes) -> BinaryIO:
    if descriptors:
        return os.fdopen(descriptors[0], "rb")
    from io import BytesIO

    return BytesIO(payload)
