"""Reading stored values over the task channel."""

from __future__ import annotations

import os

from _thread import RLock

try:
    from _pickle import Unpickler, loads
except ImportError:
    from pickle import Unpickler, loads

from ._frames import ChannelClosed, ProtocolError
from .exception import MissingArtifactError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    from ._frames import Channel, Frame


#: Those of the task that runs in this process.
current: Blobs | None = None


def settle() -> None:
    """In a task: has the engine bring the records of the run up to date, so that a client can read them."""
    if current is not None:
        current.ask({"type": "settle"}, "recorded", "the records of the run")


class Blobs:
    """Asks the engine for stored bytes and makes objects of them.

    Requests of several threads take turns, and so do those of processes that the step forks: they share the channel.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        #: True while a message is under way: what interrupts the step then has to wait, or the next answer is a wrong one.
        self.busy = False
        self._threads = RLock()
        self._turns: int | None = None
        self._owner = os.getpid()
        if hasattr(os, "memfd_create"):
            os.register_at_fork(before=self._share)

    def load(self, reference: dict[str, Any], name: str) -> tuple[Any, bytes | None]:
        """The object behind a reference, and its bytes when they came in the message."""
        frame = self.ask({"type": "load", "digest": reference["digest"]}, "blob", "the artifact '%s'" % name)
        try:
            if frame.descriptors:
                descriptor, frame.descriptors = frame.descriptors[0], ()
                with os.fdopen(descriptor, "rb") as file:
                    return Unpickler(file).load(), None
            return loads(frame.payload), frame.payload
        except Exception as error:
            raise MissingArtifactError(
                "The artifact '%s' (of type %s) cannot be loaded in this process: %s: %s"
                % (name, reference.get("type", "unknown"), type(error).__name__, error)
            ) from error

    def ask(self, request: dict[str, Any], answer: str, subject: str) -> Frame:
        """Sends a request and waits for its answer. Raises MissingArtifactError when the engine refuses it."""
        with self._threads:
            self.busy = True
            self._lock(True)
            try:
                self._channel.send(request)
                frame = self._channel.receive()
            except (ChannelClosed, ProtocolError) as error:
                raise MissingArtifactError(
                    "The engine does not answer about %s: %s" % (subject, error or "it is gone")
                ) from None
            finally:
                self._lock(False)
                self.busy = False
        if frame.type == "refused":
            raise MissingArtifactError("The engine cannot give %s: %s" % (subject, frame.header.get("message")))
        if frame.type != answer:
            raise MissingArtifactError("The engine answers about %s with a %r message." % (subject, frame.type))
        return frame

    def tell(self, message: dict[str, Any], payload: bytes = b"", descriptors: Sequence[int] = ()) -> None:
        """Sends something that has no answer. An engine that is gone is met again with the result."""
        with self._threads:
            self.busy = True
            self._lock(True)
            try:
                self._channel.send(message, payload, descriptors)
            except (ChannelClosed, ProtocolError):
                pass
            finally:
                self._lock(False)
                self.busy = False

    def _share(self) -> None:
        """Before the step's first fork: makes what its processes take turns with."""
        if self._turns is None and os.getpid() == self._owner:
            self._turns = os.memfd_create("penstock-turns")

    def _lock(self, wanted: bool) -> None:
        if self._turns is not None:
            import fcntl

            fcntl.lockf(self._turns, fcntl.LOCK_EX if wanted else fcntl.LOCK_UN)
