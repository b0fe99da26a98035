"""Asking about the tasks of one listing.

What is asked of one task is soon asked of the next. The second time that a question comes, it is put for a stretch of
tasks at once, and the answers wait for their tasks. Nothing is asked ahead of tasks that still run.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .._frames import Frame
    from ._base import Record
    from ._connection import Engine

#: How many tasks are asked about at once, at first and at most, and the bytes that may wait for them.
_FIRST, _MOST, _MOST_BYTES = 16, 256, 1 << 24


class Siblings:
    """The tasks of a listing, in its order."""

    def __init__(self, engine: Engine, step: list[str], records: list[Record]) -> None:
        self._engine = engine
        self._step = step
        self._ids: list[str] = [record["id"] for record in records]
        self._settled = [record.get("finished_at") is not None for record in records]
        self._trails: dict[Any, _Trail] = {}
        #: Whether the values of whole tasks are read, one task after the other.
        self.whole = False

    def artifacts(self, place: int, name: str | None, values: bool) -> dict[str, Record]:
        """What is recorded about one artifact of a task, or about all that are not hidden, by name.

        With ``values``, records of small artifacts have their ``bytes``.
        """
        chosen: dict[str, Any] = {"public": True} if name is None else {"names": [name]}

        def ask(places: list[int]) -> tuple[list[dict[str, Record]], int]:
            ids = [self._ids[each] for each in places]
            frame = self._engine.ask(type="artifacts", path=self._step, tasks=ids, values=values, **chosen)
            found = _stretch(frame)
            return [found.get(each, {}) for each in ids], len(frame.payload)

        return self._next(("artifacts", name, values), place, ask)

    def metadata(self, place: int) -> Frame:
        """What was recorded about a task."""

        def ask(places: list[int]) -> tuple[list[Frame], int]:
            paths = [self._step + [self._ids[each]] for each in places]
            return list(self._engine.ask_all([{"type": "metadata", "path": path} for path in paths])), 0

        return self._next("metadata", place, ask)

    def _next(self, question: Any, place: int, ask: Callable[[list[int]], tuple[list[Any], int]]) -> Any:
        trail = self._trails.setdefault(question, _Trail())
        answer = trail.answers.pop(place, None)
        if answer is None:
            places = [place]
            if self._settled[place]:
                places += [each for each in trail.ahead(place, len(self._ids)) if self._settled[each]]
            answers, size = ask(places)
            trail.keep(places, answers, size)
            answer = answers[0]
        trail.last = place
        return answer


class _Trail:
    """Where one question was put last, and the answers that nobody has fetched yet."""

    def __init__(self) -> None:
        self.last: int | None = None
        self.answers: dict[int, Any] = {}
        self._length = _FIRST

    def ahead(self, place: int, count: int) -> range:
        """The places that are likely to be asked about next, in the direction of the last two questions."""
        if self.last is None or self.last == place:
            return range(0)
        if place > self.last:
            return range(place + 1, min(count, place + self._length))
        return range(place - 1, max(-1, place - self._length), -1)

    def keep(self, places: list[int], answers: list[Any], size: int) -> None:
        """Keeps what came for the places after the first; the next stretch is longer, unless there is much in each."""
        if len(places) > 1:
            self.answers = dict(zip(places[1:], answers[1:]))
            self._length = max(2, min(self._length * 4, _MOST, _MOST_BYTES * len(places) // (size + 1)))


def _stretch(frame: Frame) -> dict[str, dict[str, Record]]:
    """The artifacts of an answer by task and name. What tasks share is the same record."""
    at = 0
    bases: list[dict[str, Record]] = []
    found: dict[str, dict[str, Record]] = {}
    for base in frame.header.get("bases") or ():
        at = take_bytes(base, frame.payload, at)
        bases.append({item["name"]: dict(item, shared=True) for item in base})
    for task in frame.header.get("tasks") or ():
        at = take_bytes(task["items"], frame.payload, at)
        records = dict(bases[task["base"]]) if "base" in task else {}
        for item in task["items"]:
            item.setdefault("created_at", task["created_at"])
            records[item["name"]] = item
        found[task["id"]] = records
    return found


def take_bytes(items: list[Record], payload: bytes, at: int = 0) -> int:
    """Gives records their ``bytes`` from the payload that came with them; gives the place after those."""
    for item in items:
        size = item.pop("inline", None)
        if size is not None:
            item["bytes"] = payload[at : at + size]
            at += size
    return at
