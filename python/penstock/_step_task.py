"""A task of kind ``step``: the step's code, and what the decorators in force put around it.

Which decorators are in force, and whether this attempt runs the step's code at all, was decided by the engine and stands in
the assignment.
"""

from __future__ import annotations

import os

from . import _blobs, _randomness
from ._attempt import Attempt, flush_output
from ._current import current
from ._engine_artifacts import store_facts
from ._frames import ChannelClosed
from ._inputs import Inputs
from ._persist import Packer, store_artifacts
from ._state import TaskState
from ._step_wrappers import after_storing, run_body

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._frames import Channel
    from ._lifeline import Lifeline


def run(channel: Channel, lifeline: Lifeline, flow: Any, assignment: dict[str, Any]) -> tuple[Attempt, Any]:
    """Runs an attempt and stores its artifacts. Gives how it ended, and its cards where it has some."""
    attempt, process = Attempt(), os.getpid()
    _randomness.begin(assignment.get("seed"))
    os.register_at_fork(before=flush_output)  # or what is not written yet would be written by both
    _blobs.current = _blobs.Blobs(channel)
    state = TaskState(assignment, _blobs.current)
    flow.__dict__["_penstock"] = state
    current._set(assignment, type(flow))
    settings: dict[str, Any] = assignment.get("decorators") or {}
    function = getattr(type(flow), assignment["step"])
    cards = None
    try:
        if "cards" in settings:
            from . import _card_runtime

            cards = _card_runtime.begin(flow, state, channel)
        _work(flow, state, attempt, function, settings)
    except SystemExit as error:
        if error.code is not None and error.code != 0:
            attempt.fail(error)
    except Exception as error:
        if not _is_caught(settings, assignment):
            attempt.fail(error)
        else:
            from ._catch import take

            take(flow, state, attempt, error, settings["catch"])
    except BaseException as error:
        attempt.fail(error)
    if os.getpid() != process:  # a process that the step forked came back from it
        flush_output()
        os._exit(attempt.code)
    if attempt.transition is None:
        attempt.transition = state.transition
    if cards is not None:
        cards.settle(attempt.ok)
    if "timeout" in settings and state.blobs is not None:
        state.blobs.tell({"type": "artifacts", "items": []})  # the code is over: what follows may take its time
    _store(flow, state, attempt, Packer(channel, assignment.get("staging"), assignment["inline_limit"]))
    after_storing(flow, state, function, attempt.ok)
    attempt.cards = cards is not None and attempt.ok
    return attempt, cards


def _work(flow: Any, state: TaskState, attempt: Attempt, function: Any, settings: dict[str, Any]) -> None:
    """What the task is there for: the step's code, unless it is a control task or a fallback."""
    assignment = state.assignment
    if assignment.get("fallback"):
        from ._catch import FailureHandledByCatch

        raise FailureHandledByCatch(assignment["attempt"])
    if assignment.get("overrides"):
        from ._overrides import apply

        apply(flow, state, assignment["overrides"])
    if assignment.get("unbounded") or assignment.get("parallel"):
        from ._unbounded import announce

        announce(state)
    if "secrets" in settings or "PENSTOCK_SECRETS" in os.environ:
        from ._secrets import provide, take_withheld

        withheld = take_withheld(assignment["step"])
        provide(settings.get("secrets") or {}, withheld)
    if state.is_control:
        from ._unbounded import open_foreach

        open_foreach(flow, state, attempt)
    else:
        inputs = Inputs(flow, state, assignment["inputs"]["count"]) if state.join else None
        if "timeout" in settings:
            from ._timeout import TimeLimit

            with TimeLimit(settings["timeout"], assignment["step"], state.blobs):
                run_body(flow, state, function, inputs)
        else:
            run_body(flow, state, function, inputs)
    if "catch" in settings and settings["catch"].get("var"):
        setattr(flow, settings["catch"]["var"], None)


def _is_caught(settings: dict[str, Any], assignment: dict[str, Any]) -> bool:
    """Whether ``@catch`` takes what this attempt raises: it does on the last attempt of the step's code and after it."""
    return "catch" in settings and assignment["attempt"] + 1 >= assignment.get("user_attempts", 1)


def _store(flow: Any, state: TaskState, attempt: Attempt, packer: Packer) -> None:
    """Stores the artifacts, also those of a failed attempt: they are there to be looked at."""
    failure = store_artifacts(flow, state, packer)
    if failure is not None:
        attempt.fail(failure)
    try:
        store_facts(state, attempt, packer)
        packer.flush()
    except ChannelClosed:
        pass  # sending the result will meet it again
    except OSError as error:
        attempt.fail(error)
