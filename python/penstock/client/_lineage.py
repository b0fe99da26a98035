"""Which tasks led to which: from the graph that a run was started with, and from where tasks stand in their loops."""

from __future__ import annotations

from ..exception import MetaflowNotFound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def step_names(step: Any, direction: str) -> list[str]:
    """The steps before (``in``) or after (``out``) a step."""
    return _neighbours(step.parent, step.id, direction)


def task_paths(task: Any, direction: str) -> list[str]:
    """The paths of the tasks before or after a task."""
    run = task.parent.parent
    mine = _place(task)
    found = []
    for name in _neighbours(run, task.parent.id, direction):
        try:
            step = run[name]
        except KeyError:
            continue
        for other in sorted(step, key=lambda each: int(each.id) if each.id.isdigit() else 0):
            place = _place(other)
            shared = min(len(place), len(mine))
            if abs(len(place) - len(mine)) <= 1 and place[:shared] == mine[:shared]:
                found.append(other.pathspec)
    return found


def _neighbours(run: Any, name: str, direction: str) -> list[str]:
    steps = _steps(run)
    if direction == "out":
        return list(steps.get(name, {}).get("next") or ())
    return [other for other, info in steps.items() if name in (info.get("next") or ())]


def _steps(run: Any) -> dict[str, Any]:
    try:
        info = run["_parameters"].task._value("_graph_info")
    except (KeyError, AttributeError, MetaflowNotFound):
        return {}
    steps: dict[str, Any] = (info or {}).get("steps") or {}
    return steps


def _place(task: Any) -> list[tuple[str, int]]:
    """The loops a task is in, outermost first."""
    return [(frame.step, frame.index) for frame in task._value("_foreach_stack") or ()]
