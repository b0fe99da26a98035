"""How an attempt at a task ended."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._transition import Transition

#: A process that ends with this code asks not to be tried again.
NO_RETRY = 202


class Attempt:
    """What the engine is told when an attempt is over."""

    def __init__(self) -> None:
        #: The exit code of the process.
        self.code = 0
        #: What ended the attempt, as the protocol has it; None when nothing did.
        self.error: dict[str, Any] | None = None
        self.transition: Transition | None = None
        #: Whether ``@catch`` took an exception.
        self.caught = False
        #: The number of items that a control task has counted.
        self.mappers: int | None = None
        #: Whether cards follow.
        self.cards = False

    @property
    def ok(self) -> bool:
        return self.error is None

    def message(self) -> dict[str, Any]:
        """The message ``done``."""
        transition = self.transition if self.ok else None
        message: dict[str, Any] = {
            "type": "done",
            "ok": self.ok,
            "transition": None if transition is None else transition.message(),
            "exception": self.error,
        }
        if self.caught and self.ok:
            message["caught"] = True
        if self.mappers is not None and self.ok:
            message["mappers"] = self.mappers
        if self.code == NO_RETRY:
            message["no_retry"] = True
        if self.cards:
            message["cards"] = True
        return message

    def refuse(self, error: BaseException) -> None:
        """Notes a failure that the engine tells: nothing is printed here, and the report has no traceback."""
        from ._tracebacks import report

        self.code = 1
        self.error = dict(report(error), traceback=None)

    def fail(self, error: BaseException) -> None:
        """Notes a failure and prints it as Python would, with the author's frames."""
        from ._tracebacks import report, text

        code = error.code if isinstance(error, SystemExit) else 1
        self.code = code if isinstance(code, int) and not isinstance(code, bool) and 0 < code < 256 else 1
        if self.error is None:
            self.error = report(error)
            if getattr(error, "usage", None) is True:
                self.error["usage"] = True
        try:
            if isinstance(error, SystemExit):
                if not isinstance(error.code, int):
                    sys.stderr.write("%s\n" % (error.code,))
            else:
                sys.stderr.write(text(error))
        except Exception:
            pass  # standard error is gone; the report says it


def flush_output() -> None:
    """Flushes what the step has printed; a reader that is gone is no failure of the step."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
