"""The engine processes that answer questions about runs, one for each store that is looked at."""

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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Sequence

    from .._frames import Frame

#: Requests that are under way at a time. They are small enough that all of them fit into the socket.
_UNDER_WAY = 64
#: The names of the folders that stores are.
_FOLDERS = (".penstock", ".penstock_spin")


class Engine:
    """An engine process for one store, and the channel to it.

    The process starts with the first question, is started again when it has gone away, and ends with this process.
    Threads take turns; a fork starts a process of its own.
    """

    def __init__(self, root: str | None, kind: str = "local") -> None:
        self.kind = kind
        self._asked_root = root
        self._lock = RLock()
        self._number = 0
        self._channel: Channel | None = None
        self._process = 0
        self._root = ""

    @property
    def root(self) -> str:
        """The folder of the store."""
        with self._lock:
            if not self._root:
                self._open()
        return self._root

    @property
    def where(self) -> str:
        """The text that ``metadata()`` takes to look at this store."""
        if self._asked_root is not None and "://" in self._asked_root:
            return self._asked_root
        root = self._root or self._asked_root
        if root is None:
            root = self.root
        return "%s@%s" % (self.kind, os.path.dirname(root) if os.path.basename(root) in _FOLDERS else root)

    def ask(self, **request: Any) -> Frame:
        """The answer to a request. Raises MetaflowException with the engine's words."""
        return next(self.ask_all((request,)))

    def ask_all(self, requests: Sequence[dict[str, Any]]) -> Iterator[Frame]:
        """The answers to requests, in order and without waiting for one before the next is asked."""
        done = 0
        restarted = False
        while done < len(requests):
            try:
                frames = self._exchange(requests[done : done + _UNDER_WAY])
            except (ChannelClosed, ProtocolError) as error:
                self.close()
                if restarted:
                    message = "The engine went away while it was asked about runs: %s" % (error or "it is gone")
                    raise MetaflowInternalError(message) from None
                restarted = True
                continue
            done += len(frames)
            restarted = False
            for frame in frames:
                if frame.type == "error":
                    raise MetaflowException(str(frame.header.get("message")))
                yield frame

    def close(self) -> None:
        """Ends the engine process, which ends at the end of its input."""
        with self._lock:
            channel, self._channel = self._channel, None
            if channel is None:
                return
            channel.close()
            try:
                os.waitpid(self._process, 0)
            except ChildProcessError:
                pass

    def forget(self) -> None:
        """In a fork: lets go of what belongs to the parent."""
        self._lock = RLock()
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()

    def _exchange(self, requests: Sequence[dict[str, Any]]) -> list[Frame]:
        with self._lock:
            channel = self._channel or self._open()
            first = self._number + 1
            self._number += len(requests)
            channel.send_all([dict(request, id=first + place) for place, request in enumerate(requests)])
            return [_answer(channel, first + place) for place in range(len(requests))]

    def _open(self) -> Channel:
        task = sys.modules.get("penstock._blobs")
        if task is not None:
            task.settle()
        channel, self._process = _start(self._asked_root, self.kind)
        self._channel = channel
        try:
            self._number += 1
            channel.send({"type": "hello", "protocol": PROTOCOL, "id": self._number})
            greeting = _answer(channel, self._number).header
            if greeting.get("protocol") != PROTOCOL:
                raise _refusal(greeting)
        except BaseException:
            self.close()
            raise
        self._root = greeting["root"]
        return channel


def _answer(channel: Channel, number: int) -> Frame:
    frame = channel.receive()
    while frame.header.get("id") != number:
        if frame.type == "error" and frame.header.get("id") is None:  # of a request that the engine cannot read
            break
        frame.close()  # of a request that was interrupted
        frame = channel.receive()
    return frame


def _refusal(greeting: dict[str, Any]) -> MetaflowException:
    if greeting["type"] == "error":
        return MetaflowException(str(greeting.get("message")))
    return MetaflowInternalError(
        "The engine speaks version %r of the protocol, this client version %d." % (greeting.get("protocol"), PROTOCOL)
    )


_engines: dict[tuple[str, str], Engine] = {}


def engine_for(kind: str, root: str | None) -> Engine:
    """The engine for the runs below a folder; without one, for those that the engine finds from here."""
    key = (kind, root if root is not None else "@%s:%s" % (os.getcwd(), _store_variables()))
    if key not in _engines:
        _engines[key] = Engine(root, kind)
    return _engines[key]


def _store_variables() -> str:
    """What else tells the engine where runs are."""
    names = (
        "PENSTOCK_ROOT", "METAFLOW_DATASTORE_SYSROOT_LOCAL", "METAFLOW_DATASTORE_SYSROOT_SPIN", "METAFLOW_HOME",
        "PENSTOCK_DATASTORE_ROOT", "METAFLOW_DATASTORE_ROOT", "METAFLOW_DEFAULT_DATASTORE",
        "METAFLOW_DATASTORE_SYSROOT_S3",
    )  # fmt: skip
    return ":".join(os.environ.get(name, "") for name in names)


def _close_all() -> None:
    for engine in list(_engines.values()):
        engine.close()


def _forget_all() -> None:
    for engine in list(_engines.values()):
        engine.forget()


atexit.register(_close_all)
os.register_at_fork(after_in_child=_forget_all)


def _start(root: str | None, kind: str) -> tuple[Channel, int]:
    engine = find_engine()
    if engine is None:
        raise MetaflowException(NOT_FOUND % os.path.join(sys.prefix, "bin", "penstock"))
    ours, theirs = _socket.socketpair()
    if theirs.fileno() == 0:  # this process has no standard input, and a duplicate of 0 onto itself would be closed
        theirs = _socket.socket(fileno=os.dup(0))
    words = [engine, "serve", "--stdio"] + ([] if root is None else ["--root", root])
    words += ["--spin"] if kind == "spin" else []
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
