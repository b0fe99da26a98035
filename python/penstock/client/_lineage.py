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
    following = _following(step.parent) or _following_of(step.task)
    if direction == "out":
        return following.get(step.id, [])
    return [name for name, names in following.items() if step.id in names]


def endpoints(run: Any) -> tuple[str, str]:
    """The names of a run's first and last step."""
    following = _following(run)
    led_to = {target for name, names in following.items() for target in names if target != name}
    first = next((name for name in following if name not in led_to), "start")
    return first, next((name for name, names in following.items() if not names), "end")


def _following(run: Any) -> dict[str, list[str]]:
    """The steps of a run, and those that each leads to; empty while the run has no parameters."""
    parameters = run._child("_parameters")
    return {} if parameters is None else _following_of(parameters.task)


def _following_of(task: Any) -> dict[str, list[str]]:
    info = None if task is None else task._value("_graph_info")
    return {name: list(facts.get("next") or ()) for name, facts in ((info or {}).get("steps") or {}).items()}


def task_records(task: Any, direction: str) -> list[Record]:
    """The records of the tasks before or after a task, each with its path."""
    frame = task._engine.ask(type="neighbours", path=task._path, direction=direction)
    found: list[Record] = frame.header.get("items") or []
    return [dict(record, path=_text(record["path"])) for record in found]


def _text(path: str | list[str]) -> str:
    return path if isinstance(path, str) else "/".join(path)
