"""A task dies with its engine, even while it runs other people's code.

The engine holds the writing end of a pipe into which nothing is ever written. Every worker process has the reading end and asks
the kernel to signal its whole process group as soon as something happens there, which can only be one thing: the engine is gone, and
with it the last writing end.

Only Linux can choose the signal; elsewhere the worker host alone ends its tasks.
"""

from __future__ import annotations

import os
import sys

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]

_F_SETSIG = 10
_SIGTERM = 15
_SIGKILL = 9

#: The reading end that this process was given, or None.
pipe: int | None = None


class Lifeline:
    """Arms and disarms the signal for the process group of the process that makes it."""

    def __init__(self, kill: bool = False) -> None:
        self._descriptor: int | None = None
        self._signal = _SIGKILL if kill else _SIGTERM
        if pipe is None or fcntl is None or not sys.platform.startswith("linux"):
            return
        try:
            # A description of its own: whom to signal is kept with it, and forks share the one they inherit.
            self._descriptor = os.open("/proc/self/fd/%d" % pipe, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            fcntl.fcntl(self._descriptor, fcntl.F_SETOWN, -os.getpgrp())
            fcntl.fcntl(self._descriptor, _F_SETSIG, self._signal)
        except OSError:
            self._descriptor = None

    def resume(self) -> None:
        """From now on the end of the engine ends this process group."""
        if self._descriptor is None:
            return
        fcntl.fcntl(self._descriptor, fcntl.F_SETFL, os.O_NONBLOCK | fcntl.FASYNC)
        try:
            if os.read(self._descriptor, 1) == b"":  # nobody holds the other end any more
                os.kill(os.getpid(), self._signal)
        except BlockingIOError:
            pass

    def pause(self) -> None:
        """From now on it does not."""
        if self._descriptor is not None:
            fcntl.fcntl(self._descriptor, fcntl.F_SETFL, os.O_NONBLOCK)
