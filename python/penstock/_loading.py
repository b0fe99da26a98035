"""Loading the flow in a process that the engine or a worker host has started."""

from __future__ import annotations

import os
import sys

from . import _handover
from ._frames import Channel, ChannelClosed, ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from ._lifeline import Lifeline


class NoFlow(Exception):
    """The file ran to its end without making a flow."""


def host(descriptor: int, file: str) -> NoReturn:
    """Loads the flow and serves as a worker host. While it loads, the engine's end takes this process along."""
    from ._host import refuse, serve
    from ._origin import Origin

    channel = Channel(descriptor)
    lifeline = _lifeline(kill=True)

    def take_over(flow: Any) -> NoReturn:
        lifeline.pause()
        status = 1
        try:
            status = serve(flow, Origin(channel.fileno()), channel)
        finally:
            os._exit(status)

    try:
        run_as_main(file, take_over)
    except BaseException as error:
        lifeline.pause()
        refuse(channel, error, _headline(file, error))
    os._exit(1)


def task(descriptor: int, file: str) -> NoReturn:
    """Announces itself, loads the flow and runs one attempt."""
    from . import _task
    from ._flowspec import freeze_constants
    from ._spawn import _output_as_tasks_want_it, leave

    _output_as_tasks_want_it()
    channel = Channel(descriptor)
    try:
        assignment = _task.receive_assignment(channel)
    except (ChannelClosed, ProtocolError):
        os._exit(1)
    lifeline = _lifeline()
    lifeline.resume()

    def take_over(flow: Any) -> NoReturn:
        try:
            _make_ready(flow, assignment.get("configuration"))
        except BaseException as error:
            leave(_task.report_failure(channel, lifeline, error))
        freeze_constants(type(flow))
        leave(_task.perform(channel, lifeline, flow, assignment))

    try:
        run_as_main(file, take_over)
    except BaseException as error:
        leave(_task.report_failure(channel, lifeline, error))
    os._exit(1)


def _make_ready(flow: Any, configuration: dict[str, Any] | None) -> None:
    """Makes of the flow what it is in the host that the process stands in for. Raises what configuring it raises."""
    if configuration is not None:
        from ._configure import apply

        apply(flow, configuration)
    elif "penstock._user_decorators" in sys.modules:
        from ._configure import init_step_decorators

        init_step_decorators(flow)


def _lifeline(kill: bool = False) -> Lifeline:
    from ._lifeline import Lifeline

    if os.getpgrp() != os.getpid():
        try:
            os.setsid()
        except PermissionError:
            pass
    lifeline = Lifeline(kill=kill)
    lifeline.resume()
    return lifeline


def run_as_main(file: str, take_over: Any) -> None:
    """Runs a file as ``python FILE`` does. ``take_over`` gets the flow that it makes and does not return.

    Raises what the file raises, and NoFlow when it ends.
    """
    from types import ModuleType

    _handover.takeover = take_over
    module = ModuleType("__main__")
    module.__dict__.update(__file__=file, __builtins__=sys.modules["builtins"], __cached__=None, __annotations__={})
    with open(file, "rb") as stream:
        code = compile(stream.read(), file, "exec", 0, True)
    sys.modules["__main__"] = module
    exec(code, module.__dict__)
    raise NoFlow("%s has come to its end without making a flow" % file)


def _headline(file: str, error: BaseException) -> str:
    name = os.path.basename(file)
    if isinstance(error, NoFlow):
        return "%s does not start a flow: it has to end with: if __name__ == '__main__': MyFlow()" % name
    if isinstance(error, SystemExit):
        return "%s has ended itself (%s) before its flow was made" % (name, error.code)
    return "%s cannot be loaded: %s: %s" % (name, type(error).__name__, error)
