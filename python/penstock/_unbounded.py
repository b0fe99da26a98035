"""Foreach loops whose number of items only a control task can tell, and ``num_parallel``."""

from __future__ import annotations

from collections import namedtuple

from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ._attempt import Attempt
    from ._state import TaskState


class UnboundedForeachInput:
    """Base of what an unbounded foreach can go over: iterable, and with items that are taken by number."""


class ParallelUBF(UnboundedForeachInput):
    """What ``num_parallel`` goes over: the numbers of the nodes."""

    def __init__(self, num_parallel: int) -> None:
        self.num_parallel = num_parallel

    def __len__(self) -> int:
        return self.num_parallel

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.num_parallel))

    def __getitem__(self, index: int | None) -> int:
        return index or 0

    def __repr__(self) -> str:
        return "ParallelUBF(%d)" % self.num_parallel


class InternalTestUnboundedForeachInput(UnboundedForeachInput):
    """Makes an unbounded foreach of an ordinary sequence."""

    def __init__(self, iterable: Any) -> None:
        self.iterable = iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(self.iterable)

    def __len__(self) -> int:
        return len(self.iterable)

    def __getitem__(self, index: int | None) -> Any:
        return self if index is None else self.iterable[index]

    def __str__(self) -> str:
        return str(self.iterable)

    def __repr__(self) -> str:
        return "InternalTestUnboundedForeachInput(%r)" % (self.iterable,)


#: ``current.parallel``: the place of a task among those that run side by side.
Parallel = namedtuple("Parallel", ["main_ip", "num_nodes", "node_index", "control_task_id"])


def place_of(assignment: dict[str, Any]) -> Parallel:
    """The place that an assignment of a ``@parallel`` step gives its task."""
    place = assignment["parallel"]
    return Parallel(place["main_ip"], place["nodes"], place["index"], place["control"])


def announce(state: TaskState) -> None:
    """Records which part a task has in an unbounded foreach, for those who look at it later."""
    facts = []
    if state.assignment.get("parallel"):
        facts.append(_fact("parallel-world-size", str(state.assignment["parallel"]["nodes"])))
    if state.is_control or state.is_parallel_control:
        facts.append(_fact("internal_task_type", "control_task"))
    if facts and state.blobs is not None:
        state.blobs.tell({"type": "metadata", "items": facts})


def _fact(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value, "type": name}


def open_foreach(flow: Any, state: TaskState, attempt: Attempt) -> None:
    """What a control task does in place of the step's code. Raises MetaflowException."""
    from ._graph import graph_of
    from ._transition import Transition

    attempt.mappers = _count_items(flow, state)
    attempt.transition = Transition(graph_of(type(flow))[state.step or ""].out_funcs)


def _count_items(flow: Any, state: TaskState) -> int:
    frame = state.frames[-1]
    items = state.source(flow, len(state.frames) - 1)
    try:
        count = sum(1 for _ in items)
    except TypeError as error:
        raise MetaflowException(
            "The foreach over self.%s in step '%s' cannot be counted: a %s is not iterable."
            % (frame.var, frame.step, type(items).__name__)
        ) from error
    if count == 0:
        raise MetaflowException(
            "The foreach over self.%s in step '%s' is empty; it has to have at least one item." % (frame.var, frame.step)
        )
    return count
