"""What flows, runs, steps, tasks and artifacts have in common."""

from __future__ import annotations

from ..exception import MetaflowInvalidPathspec, MetaflowNamespaceMismatch, MetaflowNotFound
from . import _settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime

    from typing import Any, Iterable, Iterator

    from ._connection import Engine

    Record = dict[str, Any]

_FORMS = (
    "", "FlowName", "FlowName/RunID", "FlowName/RunID/StepName", "FlowName/RunID/StepName/TaskID",
    "FlowName/RunID/StepName/TaskID/ArtifactName",
)  # fmt: skip


class MetaflowObject:
    """A recorded thing with a path, things below it, and tags.

    An object goes on reading the store and the namespace that it was made for, whatever ``metadata`` and ``namespace`` say
    later, and so does what it gives. One that was made without the namespace check gives things below it without one too.
    """

    _KIND = ""
    _DEPTH = 0

    def __init__(
        self,
        pathspec: str | None = None,
        attempt: int | None = None,
        _namespace_check: bool = True,
        _current_namespace: str | None = None,
        _current_metadata: str | None = None,
    ) -> None:
        path, chosen = path_of(self, pathspec), attempt_of(self, attempt)
        namespace = _current_namespace or (_settings.get_namespace() if _namespace_check else None)
        self._become(path, chosen, _settings.engine_at(_current_metadata), namespace if _namespace_check else None)
        self._record  # whether there is such a thing
        self._check_namespace()

    def _become(self, path: list[str], attempt: int | None, engine: Engine, namespace: str | None) -> None:
        self._path = path
        self._attempt = attempt
        self._engine = engine
        #: The tag that things below are chosen by; None sees them all.
        self._namespace = namespace
        self._above: Any = None
        self._known: Record | None = None

    def _made(self, kind: Any, path: list[str], record: Record | None) -> Any:
        """An object that is reached from this one."""
        made = kind.__new__(kind)
        made._become(path, self._attempt if kind._DEPTH > 3 else None, self._engine, self._namespace)
        made._known = record
        return made

    def _check_namespace(self) -> None:
        if self._namespace is not None and not self._has_tag(self._namespace):
            raise MetaflowNamespaceMismatch(self._namespace)

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
        """The parts of the path."""
        return list(self._path)

    @property
    def parent(self) -> Any:
        """The object above: an artifact's task, a task's step, a step's run, a run's flow; None for a flow."""
        if self._above is None and self._DEPTH > 1:
            self._above = self._make_parent()
        return self._above

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._path == other._path and self._attempt == other._attempt

    def __hash__(self) -> int:
        return hash((self._KIND, tuple(self._path)))

    def __repr__(self) -> str:
        chosen = "" if self._attempt is None else ", attempt=%d" % self._attempt
        return "%s('%s'%s)" % (type(self).__name__, self.pathspec, chosen)

    def __reduce__(self) -> Any:
        return _again, (type(self), self.pathspec, self._attempt, self._engine.where, self._namespace)

    # Facts

    @property
    def created_at(self) -> datetime.datetime:
        """When it was recorded, in local time."""
        return moment(self._record["created_at"])  # type: ignore[return-value]

    @property
    def finished_at(self) -> datetime.datetime | None:
        """When it ended, well or not, in local time; None before."""
        return moment(self._fresh().get("finished_at"))

    @property
    def origin_pathspec(self) -> str | None:
        """The path of what this was made from by ``resume``, or None."""
        return None

    @property
    def tags(self) -> frozenset[str]:
        """User tags and system tags of the run."""
        record = self._run_record()
        return frozenset(record.get("user_tags") or ()) | frozenset(record.get("system_tags") or ())

    @property
    def user_tags(self) -> frozenset[str]:
        """The tags that people gave the run."""
        return frozenset(self._run_record().get("user_tags") or ())

    @property
    def system_tags(self) -> frozenset[str]:
        """The tags that the engine gave the run: whose it is, which versions made it."""
        return frozenset(self._run_record().get("system_tags") or ())

    def is_in_namespace(self) -> bool:
        """Whether the current namespace shows this."""
        wanted = _settings.get_namespace()
        return wanted is None or self._has_tag(wanted)

    def _has_tag(self, tag: str) -> bool:
        return tag in self.tags

    # Things below

    def __iter__(self) -> Iterator[Any]:
        return iter(self._children())

    def __getitem__(self, name: object) -> Any:
        child = self._child(str(name))
        if child is None:
            raise KeyError(name)
        child._check_namespace()
        return child

    def __contains__(self, name: object) -> bool:
        return self._child(str(name)) is not None

    def _tagged(self, tags: Iterable[str]) -> Iterator[Any]:
        wanted = set(tags)
        return (child for child in self._children() if wanted <= child.tags)

    def _ipython_key_completions_(self) -> list[str]:
        return [child.id for child in self._children()]

    def _children(self) -> list[Any]:
        """What is below, newest first."""
        raise NotImplementedError

    def _child(self, name: str) -> Any:
        """What is below by a name, or None."""
        raise NotImplementedError

    def _make_parent(self) -> Any:
        raise NotImplementedError

    def _child_of(self, kind: Any, name: str) -> Any:
        path = self._path + [name]
        record = _object(self._engine, path)
        if record is None:
            return None
        child = self._made(kind, path, record)
        child._above = self
        return child

    def _children_of(self, kind: Any, **more: Any) -> list[Any]:
        return [self._child_from(kind, record) for record in self._records_below(**more)]

    def _child_from(self, kind: Any, record: Record) -> Any:
        child = self._made(kind, self._path + [record["id"]], record)
        child._above = self
        return child

    def _records_below(self, **more: Any) -> list[Record]:
        found: list[Record] = self._engine.ask(type="children", path=self._path, **more).header.get("items") or []
        return found

    def _parent_of(self, kind: Any) -> Any:
        """The object above, whatever the namespace: what is below was seen already."""
        return self._made(kind, self._path[:-1], None)

    # Records

    @property
    def _record(self) -> Record:
        if self._known is None:
            self._known = self._fetch()
        return self._known

    def _fetch(self) -> Record:
        record = _object(self._engine, self._path)
        if record is None:
            raise MetaflowNotFound("%r does not exist" % self)
        return record

    def _fresh(self) -> Record:
        """The record, asked for again as long as it can change."""
        if self._record.get("finished_at") is None:
            self._known = self._fetch()
        return self._record

    def _run_record(self) -> Record:
        """The record of the run that this belongs to, which has the tags."""
        record: Record = self.parent._run_record()
        return record


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
    try:
        number = int(attempt)
    except (TypeError, ValueError):
        number = -1
    if not 0 <= number <= 5:
        raise MetaflowNotFound("An attempt has a number from 0 to 5, not %r." % (attempt,))
    return number


def moment(seconds: float | None) -> datetime.datetime | None:
    """A local time without a zone."""
    if seconds is None:
        return None
    from datetime import datetime

    return datetime.fromtimestamp(seconds)


def _object(engine: Engine, path: list[str]) -> Record | None:
    frame = engine.ask(type="object", path=path)
    return None if frame.type == "missing" else frame.header["object"]


def _again(cls: Any, pathspec: str, attempt: int | None, where: str, namespace: str | None = None) -> Any:
    """Makes an unpickled object, which asks for nothing before it is used: what could be seen once can be seen again."""
    made = cls.__new__(cls)
    made._become(path_of(made, pathspec), attempt_of(made, attempt), _settings.engine_at(where), namespace)
    return made
