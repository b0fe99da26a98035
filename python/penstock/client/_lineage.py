"""Which steps and tasks led to which.

Steps by the graph that the run was started with; tasks by the inputs that were recorded with each.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._base import Record


def step_names(step: Any, direction: str) -> list[str]:
    """The steps before (``in``) or after (``out``) a step."""
    parameters = step.parent._child("_parameters")
    task = (None if parameters is None else parameters.task) or step.task
    info = None if task is None else task._value("_graph_info")
    steps: dict[str, Any] = (info or {}).get("steps") or {}
    if direction == "out":
        return list(steps.get(step.id, {}).get("next") or ())
    return [name for name, facts in steps.items() if step.id in (facts.get("next") or ())]


def task_records(task: Any, direction: str) -> list[Record]:
    """The records of the tasks before or after a task, each with its path."""
    frame = task._engine.ask(type="neighbours", path=task._path, direction=direction)
    found: list[Record] = frame.header.get("items") or []
    return [dict(record, path=_text(record["path"])) for record in found]


def _text(path: str | list[str]) -> str:
    return path if isinstance(path, str) else "/".join(path)
