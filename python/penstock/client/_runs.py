"""Runs of a flow."""

from __future__ import annotations

from ..exception import MetaflowException, MetaflowNotFound, MetaflowTaggingError
from ._base import MetaflowObject
from ._code import MetaflowCode
from ._connection import ask
from ._steps import Step
from ._tasks import Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator

    from ._base import Record
    from ._data import MetaflowData


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

    def _above(self) -> Any:
        from ._flows import Flow

        return Flow(self._path[0], _namespace_check=False)


def _tag_list(tags: str | Iterable[str]) -> list[str]:
    found = [tags] if isinstance(tags, str) else list(tags)
    for tag in found:
        if not isinstance(tag, str):
            raise MetaflowTaggingError("A tag is a text, not %r." % (tag,))
    return found
