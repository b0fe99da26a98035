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

from . import _handover
from ._attempt import Attempt, flush_output
from ._blobs import Blobs
from ._current import current
from ._engine_artifacts import EMPTY, store_success
from ._frames import PROTOCOL, ChannelClosed, ProtocolError
from ._persist import Packer
from ._step_task import run as _step
from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._frames import Channel
    from ._lifeline import Lifeline


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
    try:
        attempt, cards = _work_of(assignment)(channel, lifeline, flow, assignment)
    except BaseException as error:  # what a step raises does not come here
        attempt, cards = Attempt(), None
        attempt.fail(error)
    flush_output()
    lifeline.pause()
    try:
        channel.send(attempt.message())
    except (ChannelClosed, ProtocolError):
        return attempt.code or 1
    if attempt.cards:
        cards.render()
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


def _work_of(assignment: dict[str, Any]) -> Any:
    """What does the work of an assignment's kind. Raises MetaflowException for an unknown one."""
    kind = assignment.get("kind", "step")
    if kind == "step":
        return _step
    if kind == "hook":
        from ._hook import run

        return run
    if kind == "card":
        from ._card_runtime import create

        return create
    if kind == "compare":
        from ._compare import run as compare

        return compare
    if kind == "explain":
        from ._causes import run as explain

        return explain
    if kind in _OWN_KINDS:
        return _OWN_KINDS[kind]
    raise MetaflowException("An assignment of the unknown kind %r" % kind)


def _parameters(
    channel: Channel, lifeline: Lifeline, flow: Any, assignment: dict[str, Any]
) -> tuple[Attempt, Any]:
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
        packer.add_known("_foreach_stack", EMPTY)
        packer.add_known("_iteration_stack", EMPTY)
        store_success(packer, {})
        packer.flush()
    except ChannelClosed:
        attempt.code = 1
    except BaseException as error:
        attempt.fail(error)
    return attempt, None


def _dump(channel: Channel, lifeline: Lifeline, flow: Any, assignment: dict[str, Any]) -> tuple[Attempt, Any]:
    from ._dump import dump

    attempt = Attempt()
    try:
        dump(Blobs(channel), assignment)
    except (MetaflowException, OSError) as error:
        attempt.refuse(error)
    except BaseException as error:
        attempt.fail(error)
    return attempt, None


_OWN_KINDS = {"parameters": _parameters, "dump": _dump}
