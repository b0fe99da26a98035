"""What flows, runs, steps and tasks have in common."""

from __future__ import annotations

from ..exception import MetaflowInvalidPathspec, MetaflowNamespaceMismatch, MetaflowNotFound
from . import _settings
from ._connection import ask

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime

    from typing import Any, Iterator

    Record = dict[str, Any]

_FORMS = ("", "FlowName", "FlowName/RunID", "FlowName/RunID/StepName", "FlowName/RunID/StepName/TaskID")


class MetaflowObject:
    """A recorded thing with a path, things below it, and tags.

    An object that was made without the namespace check, as an unpickled one, gives things below it without one too.
    """

    _KIND = ""
    _DEPTH = 0

    def __init__(
        self,
        pathspec: str | None = None,
        attempt: int | None = None,
        _record: Record | None = None,
        _parent: MetaflowObject | None = None,
        _namespace_check: bool = True,
    ) -> None:
        self._path = path_of(self, pathspec)
        self._attempt = attempt_of(self, attempt)
        self._parent = _parent
        self._checked = _namespace_check
        self._record: Record = _record if _record is not None else self._fetch()
        if _namespace_check and not self.is_in_namespace():
            raise MetaflowNamespaceMismatch(_settings.get_namespace())

    # Identity

    @property
    def id(self) -> str:
        """The last part of the path."""
        return self._path[-1]

    @property
    def pathspec(self) -> str:
        """The path as text: ``Flow/12/start/1``."""
        return "/".join(self._path)

    @property
    def path_components(self) -> list[str]:
        return list(self._path)

    @property
    def parent(self) -> Any:
        """The object above: a task's step, a step's run, a run's flow; None for a flow."""
        if self._parent is None and self._DEPTH > 1:
            self._parent = self._above()
        return self._parent

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._path == other._path

    def __hash__(self) -> int:
        return hash((self._KIND, tuple(self._path)))

    def __repr__(self) -> str:
        return "%s(%r)" % (type(self).__name__, self.pathspec)

    def __reduce__(self) -> Any:
        return _again, (type(self), self.pathspec, self._attempt, _settings.get_metadata())

    # Facts

    @property
    def created_at(self) -> datetime.datetime:
        return moment(self._record["created_at"])  # type: ignore[return-value]

    @property
    def finished_at(self) -> datetime.datetime | None:
        return moment(self._fresh().get("finished_at"))

    @property
    def origin_pathspec(self) -> str | None:
        """The path of what this is a copy of, in a resumed run."""
        return None

    @property
    def tags(self) -> frozenset[str]:
        """User tags and system tags of the run."""
        return self.user_tags | self.system_tags

    @property
    def user_tags(self) -> frozenset[str]:
        return frozenset(self._run_record().get("user_tags") or ())

    @property
    def system_tags(self) -> frozenset[str]:
        return frozenset(self._run_record().get("system_tags") or ())

    def is_in_namespace(self) -> bool:
        """Whether the current namespace shows this."""
        wanted = _settings.get_namespace()
        return wanted is None or wanted in self.tags

    # Things below

    def __iter__(self) -> Iterator[Any]:
        return iter(self._children(()))

    def __getitem__(self, name: object) -> Any:
        try:
            return self._child(str(name))
        except MetaflowNotFound:
            raise KeyError(name) from None

    def __contains__(self, name: object) -> bool:
        try:
            self._child(str(name))
        except (MetaflowNotFound, MetaflowNamespaceMismatch):
            return False
        return True

    def _children(self, tags: tuple[str, ...]) -> list[Any]:
        raise NotImplementedError

    def _child(self, name: str) -> Any:
        raise NotImplementedError

    def _above(self) -> Any:
        raise NotImplementedError

    # Records

    def _fetch(self) -> Record:
        frame = ask(type="object", path=self._path)
        if frame.type == "missing":
            raise MetaflowNotFound("%s('%s') does not exist" % (type(self).__name__, self.pathspec))
        record: Record = frame.header["object"]
        return record

    def _fresh(self) -> Record:
        """The record, asked for again as long as it can change."""
        if self._record.get("finished_at") is None:
            self._record = self._fetch()
        return self._record

    def _run_record(self) -> Record:
        """The record of the run that this belongs to, which has the tags."""
        run = self.parent if self._DEPTH == 3 else self.parent.parent
        record: Record = run._record
        return record

    def _records_below(self, **more: Any) -> list[Record]:
        items: list[Record] = ask(type="children", path=self._path, **more).header.get("items") or []
        return items


def path_of(thing: MetaflowObject, pathspec: Any) -> list[str]:
    """The parts of a pathspec. Raises MetaflowInvalidPathspec for another depth than the object's."""
    parts = pathspec.split("/") if isinstance(pathspec, str) else []
    if len(parts) != thing._DEPTH or not all(parts):
        raise MetaflowInvalidPathspec(
            "%s takes a path of the form '%s', not %r." % (type(thing).__name__, _FORMS[thing._DEPTH], pathspec)
        )
    return parts


def attempt_of(thing: MetaflowObject, attempt: Any) -> int | None:
    """The number of an attempt. Raises MetaflowNotFound for numbers that no attempt has."""
    if attempt is None:
        return None
    if thing._DEPTH < 4:
        raise MetaflowNotFound("Attempts can be chosen for tasks and their artifacts only.")
    if not isinstance(attempt, int) or not 0 <= attempt <= 5:
        raise MetaflowNotFound("An attempt has a number from 0 to 5, not %r." % (attempt,))
    return attempt


def moment(seconds: float | None) -> datetime.datetime | None:
    """A local time without a zone."""
    if seconds is None:
        return None
    from datetime import datetime

    return datetime.fromtimestamp(seconds)


def _again(cls: Any, pathspec: str, attempt: int | None, where: str) -> Any:
    """Makes an unpickled object; what could be seen once can be seen again."""
    _settings.metadata(where)
    return cls(pathspec, attempt, _namespace_check=False)
