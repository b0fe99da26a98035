"""One attempt at a task, from its assignment to its result.

The conversation on the task channel::

    task    ready
    engine  task            what to run
    task    load, inputs    as values are read; the engine answers each
    task    artifacts, artifact-file
    task    done            nothing follows
"""

from __future__ import annotations

import os
import sys

from . import _handover
from ._blobs import Blobs
from ._current import current
from ._foreach import ForeachFrame
from ._frames import PROTOCOL, ChannelClosed, ProtocolError
from ._inputs import Inputs
from ._persist import Packer, store_artifacts
from ._state import TaskState
from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._frames import Channel
    from ._lifeline import Lifeline

#: The pickles of the values that nearly every task stores.
_TRUE, _FALSE, _NONE, _EMPTY = b"\x80\x04\x88.", b"\x80\x04\x89.", b"\x80\x04N.", b"\x80\x04]\x94."


def attend(channel: Channel, lifeline: Lifeline, flow: Any) -> int:
    """Says that the process is there, runs what the engine assigns, and gives the process's exit code.

    ``flow`` is the flow object that tasks work on, or a function that makes one.
    """
    try:
        assignment = receive_assignment(channel)
    except (ChannelClosed, ProtocolError):
        return 1
    return perform(channel, lifeline, flow, assignment)


def receive_assignment(channel: Channel) -> dict[str, Any]:
    """Announces this process and waits for what it is to do. Raises ChannelClosed and ProtocolError."""
    channel.send({"type": "ready", "pid": os.getpid()})
    frame = channel.receive()
    frame.close()
    if frame.type != "task":
        raise ProtocolError("a %r message instead of an assignment" % frame.type)
    if frame.header.get("protocol") != PROTOCOL:
        raise ProtocolError("protocol %r; this is %d" % (frame.header.get("protocol"), PROTOCOL))
    return frame.header


def perform(channel: Channel, lifeline: Lifeline, flow: Any, assignment: dict[str, Any]) -> int:
    """Runs an assignment and reports its result. Gives the exit code."""
    lifeline.resume()
    _handover.takeover = _handover.inside_task
    kind = assignment.get("kind", "step")
    pid = os.getpid()
    try:
        attempt = _KINDS[kind](channel, lifeline, flow, assignment)
    except KeyError:
        attempt = Attempt()
        attempt.fail(MetaflowException("An assignment of the unknown kind %r" % kind))
    if os.getpid() != pid:  # a process that the step forked came back from it
        os._exit(attempt.code)
    flush_output()
    lifeline.pause()
    try:
        channel.send(attempt.message())
    except (ChannelClosed, ProtocolError):
        return attempt.code or 1
    return attempt.code


def report_failure(channel: Channel, lifeline: Lifeline, error: BaseException) -> int:
    """Reports an attempt that failed before its step began. Gives the exit code."""
    attempt = Attempt()
    attempt.fail(error)
    flush_output()
    lifeline.pause()
    try:
        channel.send(attempt.message())
    except (ChannelClosed, ProtocolError):
        pass
    return attempt.code


class Attempt:
    """How an attempt ended."""

    def __init__(self) -> None:
        self.code = 0
        self.error: dict[str, str] | None = None
        self.transition: dict[str, Any] | None = None

    def message(self) -> dict[str, Any]:
        ok = self.error is None
        return {
            "type": "done",
            "ok": ok,
            "transition": self.transition if ok else None,
            "exception": self.error,
        }

    def fail(self, error: BaseException) -> None:
        """Notes a failure and prints it as Python would, with the author's frames."""
        from ._tracebacks import report, text

        code = error.code if isinstance(error, SystemExit) else 1
        self.code = code if isinstance(code, int) and not isinstance(code, bool) and 0 < code < 256 else 1
        if self.error is None:
            self.error = report(error)
        try:
            if isinstance(error, SystemExit):
                if not isinstance(error.code, int):
                    sys.stderr.write("%s\n" % (error.code,))
            else:
                sys.stderr.write(text(error))
        except Exception:
            pass  # standard error is gone; the report says it


def _step(channel: Channel, lifeline: Lifeline, flow: Any, assignment: dict[str, Any]) -> Attempt:
    attempt = Attempt()
    state = TaskState(assignment, Blobs(channel, lifeline))
    flow.__dict__["_penstock"] = state
    current._set(assignment, type(flow))
    try:
        body = getattr(type(flow), assignment["step"]).__get__(flow)
        if state.join:
            body(Inputs(flow, state, assignment["inputs"]["count"]))
        else:
            body()
    except SystemExit as error:
        if error.code is not None and error.code != 0:
            attempt.fail(error)
    except BaseException as error:
        attempt.fail(error)
    _store(flow, state, attempt, Packer(channel, assignment.get("staging"), assignment["inline_limit"]))
    if state.transition is not None:
        attempt.transition = state.transition.message()
    return attempt


def _store(flow: Any, state: TaskState, attempt: Attempt, packer: Packer) -> None:
    """Stores the artifacts, also those of a failed attempt: they are there to be looked at."""
    failure = store_artifacts(flow, state, packer)
    if failure is not None:
        attempt.fail(failure)
    try:
        _store_own(state, attempt, packer)
        packer.flush()
    except ChannelClosed:
        pass  # sending the result will meet it again
    except OSError as error:
        attempt.fail(error)


def _store_own(state: TaskState, attempt: Attempt, packer: Packer) -> None:
    """The artifacts that say something about the task, where they differ from what it inherits."""
    packer.add("_current_step", state.step)
    transition = state.transition
    packer.add("_transition", None if transition is None else (transition.targets, transition.foreach))
    if transition is not None and transition.values is not None:
        packer.add("_foreach_var", transition.foreach)
        packer.add("_foreach_num_splits", len(transition.values))
        packer.add("_foreach_values", transition.values)
    if state.frames:
        packer.add("_foreach_stack", state.frames)
    elif state.join or "_foreach_stack" not in state.artifacts:
        packer.add_bytes("_foreach_stack", [], _EMPTY)
    if state.join:
        packer.add("name", state.assignment["flow"])
    if attempt.error is not None:
        from .exception import MetaflowExceptionWrapper

        error = attempt.error
        packer.add_bytes("_task_ok", False, _FALSE)
        packer.add_bytes("_success", False, _FALSE)
        packer.add("_exception", MetaflowExceptionWrapper(None, error["type"], error["message"], error["traceback"]))
    elif state.join or "_task_ok" not in state.artifacts:
        _store_success(packer)


def _store_success(packer: Packer) -> None:
    packer.add_bytes("_task_ok", True, _TRUE)
    packer.add_bytes("_success", True, _TRUE)
    packer.add_bytes("_exception", None, _NONE)


def _parameters(channel: Channel, lifeline: Lifeline, flow: Any, assignment: dict[str, Any]) -> Attempt:
    from ._graph import graph_info
    from ._parameter_values import run_values

    attempt = Attempt()
    packer = Packer(channel, assignment.get("staging"), assignment["inline_limit"])
    current._set(assignment, type(flow))
    try:
        for name, value in run_values(type(flow), assignment).items():
            packer.add(name, value)
        packer.add("name", assignment["flow"])
        packer.add("_graph_info", graph_info(type(flow)))
        packer.add("_current_step", assignment["step"])
        frames: list[ForeachFrame] = []
        packer.add_bytes("_foreach_stack", frames, _EMPTY)
        _store_success(packer)
        packer.flush()
    except ChannelClosed:
        attempt.code = 1
    except BaseException as error:
        attempt.fail(error)
    return attempt


def _dump(channel: Channel, lifeline: Lifeline, flow: Any, assignment: dict[str, Any]) -> Attempt:
    from ._dump import dump

    attempt = Attempt()
    try:
        dump(Blobs(channel, lifeline), assignment)
    except BaseException as error:
        attempt.fail(error)
    return attempt


_KINDS = {"step": _step, "parameters": _parameters, "dump": _dump}


def flush_output() -> None:
    """Flushes what the step has printed; a reader that is gone is no failure of the step."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
