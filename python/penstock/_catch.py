"""``@catch``: a task that goes on although its code raised."""

from __future__ import annotations

import sys

from .exception import MetaflowException, MetaflowExceptionWrapper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._attempt import Attempt
    from ._state import TaskState


class FailureHandledByCatch(MetaflowException):
    """Stands for what ended the processes of a task, none of which could raise anything."""

    headline = "Task failed without an exception, and @catch took it"

    def __init__(self, retry_count: int = 0) -> None:
        self.retry_count = retry_count
        super().__init__(
            "%s at this task failed, at last without an exception of the step's code: its process was ended, or what it made "
            "could not be stored. The log of the task tells more."
            % ("The only attempt" if retry_count == 1 else "All %d attempts" % retry_count)
        )

    def __reduce__(self) -> tuple[object, ...]:
        return (FailureHandledByCatch, (self.retry_count,))


FailureHandledByCatch.__module__ = "metaflow.plugins.catch_decorator"


def take(flow: Any, state: TaskState, attempt: Attempt, error: Exception, settings: dict[str, Any]) -> None:
    """Keeps an exception as an artifact, and lets the flow go on as if the step had come to its end.

    An artifact that cannot be set fails the attempt.
    """
    from ._graph import graph_of
    from ._transition import Transition

    kept = MetaflowExceptionWrapper(error)
    if settings.get("print_exception", True):
        _print(flow, kept)
    try:
        if settings.get("var"):
            setattr(flow, settings["var"], kept)
    except AttributeError as refusal:
        attempt.fail(refusal)
        return
    flow._catch_exception = kept
    following = graph_of(type(flow))[state.step or ""].out_funcs
    attempt.transition = Transition(following) if following else None
    state.transition = attempt.transition
    attempt.caught = True


def _print(flow: Any, kept: MetaflowExceptionWrapper) -> None:
    try:
        lines = ["@catch takes an exception of %s:" % flow] + kept.stacktrace.splitlines()
        sys.stdout.write("\n>  ".join(lines) + "\n")
    except Exception:
        pass  # standard output is gone, or the flow cannot be shown
