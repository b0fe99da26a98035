"""The engine process that answers questions about runs."""

from __future__ import annotations

import atexit
import os
import sys

import _signal
import _socket

from _thread import RLock

from .._frames import PROTOCOL, Channel, ChannelClosed, ProtocolError
from .._handover import NOT_FOUND, find_engine
from ..exception import MetaflowException, MetaflowInternalError
from . import _settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._frames import Frame


class Connection:
    """One engine process and the channel to it. Threads take turns; a fork makes its own."""

    def __init__(self, root: str | None) -> None:
        self._asked_root = root
        self._lock = RLock()
        self._number = 0
        self._channel, self._process = _start(root)
        try:
            greeting = self.ask({"type": "hello", "protocol": PROTOCOL}).header
        except BaseException:
            self.close()
            raise
        if greeting.get("protocol") != PROTOCOL:
            self.close()
            raise MetaflowInternalError(
                "The engine speaks version %r of the protocol, this client version %d."
                % (greeting.get("protocol"), PROTOCOL)
            )
        self.root: str = greeting["root"]

    def ask(self, request: dict[str, Any]) -> Frame:
        """The answer to a request. Raises MetaflowException with the engine's words, and ChannelClosed."""
        with self._lock:
            self._number += 1
            number = self._number
            self._channel.send(dict(request, id=number))
            frame = self._channel.receive()
            while frame.header.get("id") != number:  # of a request that was interrupted
                frame.close()
                frame = self._channel.receive()
        if frame.type == "error":
            raise MetaflowException(str(frame.header.get("message")))
        return frame

    def close(self) -> None:
        """Ends the engine process, which ends at the end of its input."""
        self._channel.close()
        try:
            os.waitpid(self._process, 0)
        except ChildProcessError:
            pass

    def forget(self) -> None:
        """In a fork: lets go of what belongs to the parent."""
        self._channel.close()


_connections: dict[str | None, Connection] = {}


def connection() -> Connection:
    """The connection for the runs that are looked at now."""
    root = _settings.root()
    key = root if root is not None else "@%s:%s" % (os.getcwd(), _store_variables())
    if key not in _connections:
        _connections[key] = Connection(root)
    return _connections[key]


def ask(**request: Any) -> Frame:
    """The answer to a request; an engine that has gone away is started again once."""
    for last in (False, True):
        current = connection()
        try:
            return current.ask(request)
        except (ChannelClosed, ProtocolError) as error:
            _drop(current)
            if last:
                raise MetaflowInternalError("The engine went away while it was asked about runs: %s" % error) from None
    raise AssertionError


def _store_variables() -> str:
    """What else tells the engine where runs are."""
    names = ("PENSTOCK_ROOT", "METAFLOW_DATASTORE_SYSROOT_LOCAL")
    return ":".join(os.environ.get(name, "") for name in names)


def _drop(gone: Connection) -> None:
    for key in [key for key, value in _connections.items() if value is gone]:
        del _connections[key]
    gone.close()


def _close_all() -> None:
    while _connections:
        _connections.popitem()[1].close()


def _forget_all() -> None:
    while _connections:
        _connections.popitem()[1].forget()


atexit.register(_close_all)
os.register_at_fork(after_in_child=_forget_all)


def _start(root: str | None) -> tuple[Channel, int]:
    engine = find_engine()
    if engine is None:
        raise MetaflowException(NOT_FOUND % os.path.join(sys.prefix, "bin", "penstock"))
    ours, theirs = _socket.socketpair()
    if theirs.fileno() == 0:  # this process has no standard input, and a duplicate of 0 onto itself would be closed
        theirs = _socket.socket(fileno=os.dup(0))
    words = [engine, "serve", "--stdio"] + ([] if root is None else ["--root", root])
    actions: list[Any] = [
        (os.POSIX_SPAWN_DUP2, theirs.fileno(), 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    ]
    try:
        # A group of its own: Ctrl-C in an interactive session is not meant for it.
        process = os.posix_spawn(
            engine, words, os.environ, file_actions=actions, setpgroup=0, setsigdef=[_signal.SIGPIPE, _signal.SIGINT]
        )
    except OSError as error:
        ours.close()
        reason = os.strerror(error.errno or 0)
        raise MetaflowException("The engine %s cannot be started: %s" % (engine, reason)) from None
    finally:
        theirs.close()
    return Channel(ours.detach()), process
