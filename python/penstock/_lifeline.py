"""A task dies with its engine, even while it runs other people's code.

The kernel is asked to signal the task's whole process group as soon as something happens on the task channel. While the
step's code runs that can only be one thing: the engine's end was closed. During a request, when the engine answers,
the signal is switched off.

Only Linux can choose the signal; elsewhere the worker host alone ends its tasks.
"""

from __future__ import annotations

import os
import sys

import _socket

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._frames import Channel

_F_SETSIG = 10
_SIGTERM = 15
_SIGKILL = 9


class Lifeline:
    """Arms and disarms the signal for one channel."""

    def __init__(self, channel: Channel, process: int | None = None, kill: bool = False) -> None:
        """``process`` is what is signalled, a group when negative; this process's group unless it is given."""
        self._descriptor = channel.fileno()
        self._armed: int | None = None
        self._signal = _SIGKILL if kill else _SIGTERM
        if fcntl is None or not sys.platform.startswith("linux"):
            return
        try:
            fcntl.fcntl(self._descriptor, fcntl.F_SETOWN, -os.getpgrp() if process is None else process)
            fcntl.fcntl(self._descriptor, _F_SETSIG, self._signal)
            self._plain = fcntl.fcntl(self._descriptor, fcntl.F_GETFL)
        except OSError:
            return
        self._armed = self._plain | fcntl.FASYNC

    def resume(self) -> None:
        """From now on the end of the channel ends this process group."""
        if self._armed is None:
            return
        fcntl.fcntl(self._descriptor, fcntl.F_SETFL, self._armed)
        if self._is_over():
            os.kill(os.getpid(), self._signal)

    def pause(self) -> None:
        """The engine may speak now."""
        if self._armed is not None:
            fcntl.fcntl(self._descriptor, fcntl.F_SETFL, self._plain)

    def _is_over(self) -> bool:
        peek = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, self._descriptor)
        try:
            return peek.recv(1, _socket.MSG_PEEK | _socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            peek.detach()
