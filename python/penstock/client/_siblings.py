"""Asking about the tasks of one listing.

What is asked of one task is soon asked of the next. The second time that a question comes, it is put for a stretch of
tasks at once, and the answers wait for their tasks. Nothing is asked ahead of tasks that still run.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._frames import Frame
    from ._connection import Engine

#: How many tasks are asked about ahead, at first and at most, and the bytes that may wait for them.
_FIRST, _MOST, _MOST_BYTES = 16, 256, 1 << 25


class Siblings:
    """The tasks of a listing, in its order."""

    def __init__(self, engine: Engine, tasks: list[Any]) -> None:
        self._engine = engine
        self._paths = [task._path for task in tasks]
        self._settled = [task._record.get("finished_at") is not None for task in tasks]
        self._trails: dict[str, _Trail] = {}
        #: Whether the values of whole tasks are read, one task after the other.
        self.whole = False

    def ask(self, place: int, question: dict[str, Any]) -> Frame:
        """The answer to a question about the task at a place of the listing."""
        trail = self._trails.setdefault(str(question), _Trail())
        frame = trail.take(place)
        if frame is None:
            places = [place]
            if self._settled[place]:
                places += [each for each in trail.ahead(place, len(self._paths)) if self._settled[each]]
            frames = list(self._engine.ask_all([dict(question, path=self._paths[each]) for each in places]))
            trail.keep(places[1:], frames[1:])
            frame = frames[0]
        trail.last = place
        return frame


class _Trail:
    """Where one question was put last, and the answers that nobody has fetched yet."""

    def __init__(self) -> None:
        self.last: int | None = None
        self._answers: dict[int, Frame] = {}
        self._length = _FIRST

    def take(self, place: int) -> Frame | None:
        return self._answers.pop(place, None)

    def ahead(self, place: int, count: int) -> range:
        """The places that are likely to be asked about next, in the direction of the last two questions."""
        if self.last is None or self.last == place:
            return range(0)
        if place > self.last:
            return range(place + 1, min(count, place + self._length))
        return range(place - 1, max(-1, place - self._length), -1)

    def keep(self, places: list[int], frames: list[Frame]) -> None:
        if frames:
            self._answers = dict(zip(places, frames))
            average = sum(len(frame.payload) for frame in frames) // len(frames)
            self._length = max(2, min(self._length * 2, _MOST, _MOST_BYTES // (average + 1)))
