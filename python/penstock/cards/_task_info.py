"""What is known about a task, as blocks of a page."""

from __future__ import annotations

from ._task_view import is_held
from ._values import Shown, frame_table, is_frame, picture_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from typing import Any, Callable

    Block = dict[str, Any]

#: Values that have to be read back from the store and are larger (in bytes) are not shown.
READ_LIMIT = 32 << 20
#: The most data frames and pictures of a card, and the rows of a frame.
_PICTURES, _FRAMES, _ROWS = 24, 12, 10


class TaskInfo:
    """Reads a task once and gives blocks and facts about it. What cannot be read is left out."""

    def __init__(
        self,
        task: Any,
        flow: Any = None,
        graph: Any = None,
        only_repr: bool = True,
        max_artifact_size: int | None = None,
        runtime: bool = False,
    ) -> None:
        self.task = task
        self.path: list[str] = task.pathspec.split("/")
        self.step = self.path[2]
        self.runtime = runtime
        self._flow = flow
        self._graph = graph
        self._shown = Shown(only_repr, READ_LIMIT if max_artifact_size is None else max_artifact_size)
        self.pictures: list[Block] = []
        self.frames: list[Block] = []
        self.tags: list[str] = sorted(attempted(lambda: task.parent.parent.tags, ()))
        self.created: datetime | None = attempted(lambda: task.created_at)
        self.finished: datetime | None = None if runtime else attempted(lambda: task.finished_at)
        self.attempt: int | None = attempted(lambda: task.current_attempt)

    @property
    def duration(self) -> timedelta | None:
        if self.created is None or self.finished is None:
            return None
        return self.finished - self.created

    @property
    def user(self) -> str | None:
        return next((tag[5:] for tag in self.tags if tag.startswith("user:")), None)

    # Blocks

    def facts(self) -> Block:
        """The task's facts as a table."""
        rows = {
            "Path": self.task.pathspec,
            "Created": moment_text(self.created),
            "Finished": moment_text(self.finished),
            "Duration": duration_text(self.duration),
            "Attempt": None if self.attempt is None else str(self.attempt),
            "Foreach": self._foreach(),
            "Taken over from": attempted(lambda: self.task.origin_pathspec),
            "User": self.user,
            "Tags": ", ".join(self.tags),
        }
        known = {name: value for name, value in rows.items() if value}
        return section("Task", {"type": "table", "columns": list(known), "data": [list(known.values())], "vertical": True})

    def graph(self) -> Block | None:
        """The flow with the task's step marked."""
        if not self._graph:
            return None
        return section("Flow", {"type": "dag", "data": self._graph, "here": self.step})

    def parameters(self) -> Block | None:
        """The run's parameters."""
        items = attempted(self._parameters, [])
        return section("Parameters", {"type": "artifacts", "data": items}) if items else None

    def artifacts(self) -> Block:
        """What the task has left, apart from parameters. Pictures and data frames are kept for ``media``."""
        left_out = set(self._parameter_names()) | {"name"}
        items = []
        for artifact in attempted(lambda: list(self.task), []):
            if artifact.id not in left_out:
                items.append(self._artifact(artifact))
        return section("Artifacts", {"type": "artifacts", "data": sorted(items, key=lambda item: str(item["name"]))})

    def media(self) -> list[Block]:
        """The data frames and pictures among the artifacts; after ``artifacts``."""
        blocks = [section("Data frames", *self.frames)] if self.frames else []
        if self.pictures:
            blocks.append(dict(section("Images", *self.pictures), columns=min(3, len(self.pictures))))
        return blocks

    def code(self) -> Block | None:
        """The source of the step."""
        from inspect import getsource
        from textwrap import dedent

        from .._describe import unwrapped

        function = getattr(type(self._flow), self.step, None)
        source = attempted(lambda: dedent(getsource(unwrapped(function))))
        return section("Code", {"type": "pythonCode", "data": source}) if source else None

    # Reading

    def _foreach(self) -> str | None:
        """The values that the task is for, outermost foreach first."""
        import json

        text = attempted(lambda: self.task.metadata_dict.get("foreach-stack"))
        stack = attempted(lambda: json.loads(text), None)
        return ", ".join(map(str, stack)) if isinstance(stack, list) else None

    def _parameter_names(self) -> list[str]:
        from .._flowspec import constants_of, parameters_of

        if self._flow is None:
            return []
        return attempted(lambda: list(parameters_of(type(self._flow))) + list(constants_of(type(self._flow))), [])

    def _parameters(self) -> list[Block]:
        from .._flowspec import parameters_of

        names = list(parameters_of(type(self._flow))) if self._flow is not None else []
        if not names:
            return []
        source = attempted(lambda: self.task.parent.parent["_parameters"].task, self.task)
        return [self._artifact(source[name], media=False) for name in names if name in source]

    def _artifact(self, artifact: Any, media: bool = True) -> Block:
        name, size = artifact.id, attempted(lambda: artifact.size)
        type_name = attempted(lambda: artifact._record.get("type"), "")
        if size is not None and size > self._shown.limit and not is_held(artifact):
            made = self._shown.unloaded(name, type_name, "too large to be shown here")
        else:
            try:
                value = artifact.data
            except Exception as error:
                made = self._shown.unloaded(name, type_name, "cannot be loaded: %s" % str(error)[:300])
            else:
                made = self._shown.dictionary(value, name)
                if media:
                    attempted(lambda: self._keep_media(name, value))
        return made if size is None else dict(made, size=size)

    def _keep_media(self, name: str, value: Any) -> None:
        if is_frame(value):
            if len(self.frames) < _FRAMES:
                table = frame_table(value, rows=_ROWS)
                note = "%s: %d rows, %d columns" % ((name,) + table["full_size"])
                note += ", the first %d rows shown" % len(table["data"]) if table["truncated"] else ""
                self.frames.append(
                    {"type": "section", "title": note,
                     "contents": [{"type": "table", "columns": table["headers"], "data": table["data"]}]})  # fmt: skip
            return
        source = picture_of(value) if len(self.pictures) < _PICTURES else None
        if source is not None:
            self.pictures.append({"type": "image", "src": source, "label": name})


def section(title: str, *contents: Any) -> Block:
    """A section of blocks."""
    return {"type": "section", "title": title, "contents": list(contents)}


def attempted(read: Callable[[], Any], fallback: Any = None) -> Any:
    """What a function gives, or the fallback when it raises: a card shows what there is."""
    try:
        return read()
    except Exception:
        return fallback


def moment_text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S")


def duration_text(duration: timedelta | None) -> str | None:
    """``0.4 s``, ``3 min 20 s``, ``2 h 5 min``."""
    if duration is None:
        return None
    seconds = duration.total_seconds()
    if seconds < 10:
        return "%.2g s" % seconds if seconds >= 0.095 else "%.0f ms" % (seconds * 1000)
    if seconds < 60:
        return "%d s" % seconds
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return "%d min %d s" % (minutes, rest)
    hours, minutes = divmod(minutes, 60)
    return "%d h %d min" % (hours, minutes) if hours < 48 else "%d days %d h" % divmod(hours, 24)
