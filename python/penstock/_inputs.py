"""What a join gets: the flow as each of its incoming tasks left it."""

from __future__ import annotations

from ._state import TaskState

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ._foreach import ForeachFrame

#: Inputs that are asked for at once: one block, and several when a block turns out to be small.
BLOCK = 64
BLOCKS = 8
#: The most artifacts in a block for it to count as small.
SMALL = 64 * 100


class InputState(TaskState):
    """An input's artifacts. Its frames are read from the artifact in which it stored them."""

    def __init__(self, row: dict[str, Any], join: TaskState) -> None:
        super().__init__({"step": row["step"], "artifacts": row["artifacts"]}, join.blobs)
        self.task: str | None = row.get("task")
        self._join = join
        #: Values of the person's own in place of artifacts; only in ``spin``.
        self.overrides: dict[str, Any] = join.input_overrides.get("%s/%s" % (row["step"], row.get("task")), {})
        self._frames: list[ForeachFrame] | None = None

    def has(self, name: str) -> bool:
        return name in self.overrides or name in self.artifacts

    def load(self, name: str) -> Any:
        """The artifact of that name. Inputs are not stored again, so nothing needs to be remembered."""
        if name in self.overrides:
            return self.overrides[name]
        return self._fetch(self.artifacts[name], name)[0]

    def constant(self, name: str, fallback: Any) -> Any:
        return self._join.constant(name, fallback)

    @property
    def frames(self) -> list[ForeachFrame]:
        if self._frames is None:
            stored = self.artifacts.get("_foreach_stack")
            self._frames = list(self._fetch(stored, "_foreach_stack")[0]) if stored else []
        return self._frames

    @frames.setter
    def frames(self, value: list[ForeachFrame]) -> None:
        self._frames = None


class Inputs:
    """The inputs of a join: iterable, by position, and by the name of the step they come from."""

    def __init__(self, flow: Any, state: TaskState, count: int) -> None:
        self.__flow: Any = type(flow)
        self.__join = state
        self.__count = count
        self.__rows: dict[int, dict[str, Any]] = {}
        self.__made: dict[int, Any] = {}
        self.__blocks = 1

    def __len__(self) -> int:
        return self.__count

    def __iter__(self) -> Iterator[Any]:
        return (self[place] for place in range(self.__count))

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(self.__count))]
        if not isinstance(place, int):
            raise TypeError("inputs are taken by number, or by step as in inputs.STEP; not by %r" % (place,))
        where = place + self.__count if place < 0 else place
        if not 0 <= where < self.__count:
            raise IndexError("the join has %d inputs; there is no number %d" % (self.__count, place))
        made = self.__made.get(where)
        if made is None:
            made = self.__made[where] = self.__flow.__new__(self.__flow)
            made.__dict__["_penstock"] = InputState(self.__row(where), self.__join)
        return made

    def __getattr__(self, step: str) -> Any:
        if step[:2] != "__":
            for place in reversed(range(self.__count)):
                if self.__row(place)["step"] == step:
                    return self[place]
        raise AttributeError("the join has no input from a step '%s'" % step)

    def __row(self, place: int) -> dict[str, Any]:
        if place not in self.__rows:
            first = place - place % BLOCK
            count = min(BLOCK * self.__blocks, self.__count - first)
            frame = self.__join.ask({"type": "inputs", "from": first, "count": count}, "inputs", "the inputs of the join")
            items = frame.header["items"]
            for offset, row in enumerate(items):
                self.__rows[first + offset] = row
            self.__blocks = BLOCKS if sum(len(row["artifacts"]) for row in items[:BLOCK]) <= SMALL else 1
        return self.__rows[place]
