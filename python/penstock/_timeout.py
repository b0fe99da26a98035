"""``@timeout``: an exception in the step's code when its time is over.

The engine ends what does not listen: code that takes the exception away, or never comes back to Python.
"""

from __future__ import annotations

import _signal

from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from ._blobs import Blobs

#: How long the end of a message to the engine is waited for before the time is looked at again, in seconds.
PATIENCE = 0.01


class TimeoutException(MetaflowException):
    """Raised in a step whose time is over."""

    headline = "Step timed out"


TimeoutException.__module__ = "metaflow.plugins.timeout_decorator"


class TimeLimit:
    """Raises TimeoutException in the body of a ``with`` that takes longer than ``seconds``."""

    def __init__(self, seconds: float, step: str, blobs: Blobs | None) -> None:
        self._seconds = seconds
        self._step = step
        self._blobs = blobs
        self._over = False

    def __enter__(self) -> None:
        _signal.signal(_signal.SIGALRM, self._ring)
        _signal.setitimer(_signal.ITIMER_REAL, self._seconds)

    def __exit__(self, *_: Any) -> None:
        self._over = True  # a signal that is under way now comes to nothing
        _signal.setitimer(_signal.ITIMER_REAL, 0)

    def _ring(self, *_: Any) -> NoReturn | None:
        if self._over:
            return None
        if self._blobs is not None and self._blobs.busy:  # in the middle of a message; once more in a moment
            _signal.setitimer(_signal.ITIMER_REAL, PATIENCE)
            return None
        raise TimeoutException("Step *%s* timed out: it may take %s." % (self._step, duration_text(self._seconds)))


def duration_text(seconds: float) -> str:
    """``1 hour 2 minutes 3 seconds``, without what is zero."""
    whole = int(seconds)
    parts = [(whole // 3600, "hour"), (whole // 60 % 60, "minute"), (whole % 60, "second")]
    said = ["%d %s%s" % (count, unit, "" if count == 1 else "s") for count, unit in parts if count]
    return " ".join(said) if said and seconds == whole else "%g seconds" % seconds
