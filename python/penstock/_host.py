"""A worker host: it has the flow, and makes a process for each task attempt that the engine asks for.

The first host is a fork of the person's own process (``serve_first``); further ones are started by the engine through
``_worker.py`` (``serve_later``). Both answer the host channel of docs/worker-protocol.md until the engine says
``shutdown`` or is gone.
"""

from __future__ import annotations

import os
import sys

import _signal

from ._frames import Channel, ChannelClosed, Frame, ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._origin import Origin
    from ._spawn import Spawner

#: How long tasks may take to end after SIGTERM when the engine is gone, in milliseconds.
GRACE = 1000


def serve_first(flow: Any, origin: Origin, descriptor: int) -> int:
    """Serves as the first host, in a fork of the process that loaded the flow. Gives the exit code."""
    os.setsid()
    return serve(flow, origin, Channel(descriptor))


def serve(flow: Any, origin: Origin, channel: Channel) -> int:
    """Describes the flow and serves until the end. Gives the exit code."""
    kept = {
        number: _signal.signal(number, _signal.SIG_IGN) for number in (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP)
    }
    try:
        message = _introduction(flow, origin)
    except Exception as error:
        silence()
        refuse(channel, error)
        return 1
    if not message["configure"]:  # else what configures the flow may have something to say
        silence()
    try:
        channel.send(message)
    except ChannelClosed:
        return 1
    from ._spawn import Spawner

    return Host(flow, channel, Spawner(flow, channel, message, origin, kept)).run()


def _introduction(flow: Any, origin: Origin) -> dict[str, Any]:
    from ._describe import hello
    from ._graph import remember

    message = hello(type(flow), origin.safety)
    remember(type(flow), message["flow"])
    if not message["configure"] and "penstock._user_decorators" in sys.modules:
        from ._configure import init_step_decorators

        init_step_decorators(flow)
    return message


def refuse(channel: Channel, error: BaseException, headline: str | None = None) -> None:
    """Tells the engine why there is no flow."""
    from ._tracebacks import own_place, report

    facts = report(error)
    file, line = own_place(error)
    file, line = getattr(error, "source_file", None) or file, getattr(error, "line_no", None) or line
    headline = headline or "%s: %s" % (getattr(error, "headline", type(error).__name__), facts["message"])
    cause = error.__cause__
    said = hasattr(error, "headline") and file is None and (cause is None or own_place(cause)[0] in (None, "<string>"))
    refused = {
        "type": "refused",
        "headline": headline,
        "traceback": None if said else facts["traceback"],
        "file": file,
        "line": line,
        "help": getattr(error, "help", None),
    }
    if getattr(error, "usage", False):
        refused.update(headline=facts["message"], usage=True)
    try:
        channel.send(refused)
    except ChannelClosed:
        pass


def silence() -> None:
    """Lets go of the person's terminal: whoever waits for the end of its output need not wait for this process.

    What the flow's modules have printed is out before the first fork, which would print it again.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    if null > 2:
        os.close(null)


class Host:
    """The loop over the host channel and the processes that end."""

    def __init__(self, flow: Any, channel: Channel, spawner: Spawner) -> None:
        import select

        self._flow = flow
        self._configured = False
        self._channel = channel
        self._spawner = spawner
        self._leaving = False
        self._wake, wake = os.pipe()
        for end in (self._wake, wake):
            os.set_blocking(end, False)
        spawner.keep_from_children(self._wake, wake)
        _signal.signal(_signal.SIGCHLD, lambda *_: None)
        _signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        self._poll = select.poll()
        self._poll.register(channel.fileno(), select.POLLIN)
        self._poll.register(self._wake, select.POLLIN)

    def run(self) -> int:
        """Serves until no more is to come. Gives the exit code."""
        try:
            while not (self._leaving and not self._spawner.running):
                self._turn()
        except ChannelClosed:
            self._abandon()
        except ProtocolError as error:
            sys.stderr.write("%s\n" % error)
            self._abandon()
            return 1
        return 0

    def _turn(self) -> None:
        for descriptor, _ in self._poll.poll():
            if descriptor == self._wake:
                self._drain_wake()
            else:
                self._channel.fill()
                self._answer_all()
        for report in self._spawner.reap():
            self._channel.send(report)
        self._spawner.use_pause()

    def _drain_wake(self) -> None:
        try:
            while len(os.read(self._wake, 512)) == 512:
                pass
        except BlockingIOError:
            pass

    def _answer_all(self) -> None:
        frame = self._channel.waiting()
        while frame is not None:
            try:
                self._answer(frame)
            finally:
                frame.close()
            frame = self._channel.waiting()

    def _answer(self, frame: Frame) -> None:
        if frame.type == "shutdown":
            self._leaving = True
        elif frame.type == "launch":
            self._channel.send(self._spawner.launch(frame))
        elif frame.type == "configure" and not self._configured:
            self._configure(frame)
        else:
            raise ProtocolError("a %r message on a host channel" % frame.type)

    def _configure(self, frame: Frame) -> None:
        """Makes of the flow what the engine says, so that tasks begin with that; leaves when it cannot be done."""
        from ._configure import configure

        self._configured = True
        try:
            answer = configure(self._flow, frame.header)
        except BaseException as error:
            silence()
            refuse(self._channel, error)
            self._leaving = True
            return
        silence()
        self._spawner.renew(answer["flow"])
        self._channel.send(answer)

    def _abandon(self) -> None:
        """The engine is gone: ends every task, politely first."""
        import select

        self._spawner.signal_all(_signal.SIGTERM)
        waiter = select.poll()
        waiter.register(self._wake, select.POLLIN)
        left = GRACE
        while self._spawner.running and left > 0:
            waiter.poll(min(left, 50))
            left -= 50
            self._drain_wake()
            self._spawner.reap()
        self._spawner.signal_all(_signal.SIGKILL)
        self._spawner.reap(wait=True)
