"""Rendering in a fork of the task, which has a process group of its own and a limited time.

The fork writes what it makes into files without a name. Its end says the rest: 0 for a page, 1 for the page of an error, 2 for
no page; any other end means that it was killed or has crashed. The death of the task ends it too.
"""

from __future__ import annotations

import os
import sys

import _signal

from time import monotonic, sleep

from .. import _lifeline
from .._persist import unlinked_file
from ._collector import ID_PATTERN
from ._production import OutOfTime, Order, produced

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, NoReturn

PAGE, ERROR_PAGE, NO_PAGE, CRASH = 0, 1, 2, 3
#: Seconds that a card has, after its own time, to say what it was doing.
GRACE = 5


class Rendering:
    """A rendering that goes on in another process."""

    def __init__(
        self, order: Order, make: Callable[[Order], Any], staging: str | None, then: Callable[[Rendering], None] | None
    ) -> None:
        """``make`` gives the task, the flow and its graph there; ``then`` sends what was made, from there.

        Raises OSError when there can be no other process.
        """
        self.order = order
        self.page = _file(staging)
        self.data = _file(staging)
        #: 0 to 3 as above, once it has ended.
        self.code: int | None = None
        #: Whether it was killed because its time was over.
        self.late = False
        limited = order.timeout is not None and order.timeout > 0
        self._deadline = monotonic() + order.timeout + GRACE if limited else None  # type: ignore[operator]
        theirs, self._ours = os.pipe()
        _flush()
        self.process = os.fork()
        if self.process == 0:
            try:
                os.close(self._ours)
                self._become(theirs, make, then)
            finally:
                os._exit(CRASH)
        os.close(theirs)
        _own_group(self.process)

    # In the other process

    def _become(self, theirs: Any, make: Any, then: Any) -> NoReturn:
        _own_group(0)
        _signal.set_wakeup_fd(-1)
        for number in (_signal.SIGTERM, _signal.SIGCHLD, _signal.SIGINT):
            _signal.signal(number, _signal.SIG_DFL)
        _lifeline.pipe = theirs
        lifeline = _lifeline.Lifeline(kill=True)
        lifeline.resume()
        self.code = self._make(make)
        _signal.pthread_sigmask(_signal.SIG_BLOCK, (_signal.SIGTERM,))  # a message goes out whole
        if then is not None:
            then(self)
        _flush()
        os._exit(self.code)

    def _make(self, make: Any) -> int:
        try:
            self._set_alarm()
            product = produced(self.order, *make(self.order))
            _signal.setitimer(_signal.ITIMER_REAL, 0)
        except BaseException:
            from ._production import _trace

            _say("The card of the type '%s' could not be rendered:\n%s" % (self.order.card_type, _trace()))
            return NO_PAGE
        if product.trouble is not None:
            _say(product.trouble)
        if product.data is not None:
            import json

            write(self.data, json.dumps(product.data, default=str).encode("utf-8"))
        if product.page is None:
            return NO_PAGE
        write(self.page, product.page.encode("utf-8", "replace"))
        return ERROR_PAGE if product.is_error else PAGE

    def _set_alarm(self) -> None:
        if self.order.timeout is not None and self.order.timeout > 0:
            _signal.signal(_signal.SIGALRM, _out_of_time)
            _signal.setitimer(_signal.ITIMER_REAL, self.order.timeout)

    # In the task

    def poll(self) -> int | None:
        """The code when the process has ended, else None. A process whose time is over is killed."""
        if self.code is None:
            self.late = self._deadline is not None and monotonic() > self._deadline
            if self.late or _has_ended(self.process):
                self._end()
        return self.code

    def wait(self, until: float | None = None) -> int:
        """Waits for the process, as long as its time lasts or until a moment, and gives its code."""
        import select

        deadline = min((each for each in (self._deadline, until) if each is not None), default=None)
        poller = select.poll()
        poller.register(self._ours, 0)  # for the end of the other side
        pause = 0.25
        while self.poll() is None:
            left = pause if deadline is None else min(pause, deadline - monotonic())
            if left <= 0 and until is not None and monotonic() >= until:
                self._end(_signal.SIGTERM)
            elif poller.poll(max(0.0, left) * 1000 + 1):
                poller, pause = select.poll(), 0.002  # it is about to end, or has passed its end on
        return self.code  # type: ignore[return-value]

    def close(self) -> None:
        """Gives the files back."""
        for descriptor in (self.page, self.data):
            os.close(descriptor)

    def _end(self, number: int = _signal.SIGKILL) -> None:
        """Ends the process and what it has started, and waits for it."""
        if number != _signal.SIGKILL:  # it may be sending what it has made
            _signal_group(self.process, number)
            patience = monotonic() + GRACE
            while not _has_ended(self.process) and monotonic() < patience:
                sleep(0.005)
        _signal_group(self.process, _signal.SIGKILL)
        try:
            status = os.waitpid(self.process, 0)[1]
            self.code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else CRASH
        except ChildProcessError:  # the step's own code has waited for it
            self.code = CRASH
        os.close(self._ours)


def card_messages(
    made: Rendering, card_type: str, card_id: str | None, card_hash: str, limit: int
) -> list[tuple[dict[str, Any], bytes, list[int]]]:
    """What the engine is told of a rendering: headers, payloads, descriptors. A page above ``limit`` bytes is a descriptor."""
    named = {
        "type": card_type if ID_PATTERN.match(card_type) else "error",
        "id": card_id,
        "hash": card_hash,
        "error": made.code == ERROR_PAGE,
    }
    messages: list[tuple[dict[str, Any], bytes, list[int]]] = []
    if made.code in (PAGE, ERROR_PAGE):
        size = os.fstat(made.page).st_size
        if size <= limit:
            messages.append(({"type": "card", "card": named}, contents(made.page), []))
        else:
            messages.append(({"type": "card", "card": dict(named, size=size)}, b"", [made.page]))
    if made.code != CRASH and os.fstat(made.data).st_size:
        messages.append(({"type": "card-data", "card": named}, contents(made.data), []))
    return messages


def contents(descriptor: int) -> bytes:
    """What a file holds."""
    size = os.fstat(descriptor).st_size
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        return file.read(size)


def _file(staging: str | None) -> int:
    if staging is not None:
        try:
            return unlinked_file(staging)
        except OSError:
            pass
    if hasattr(os, "memfd_create"):
        return os.memfd_create("penstock-card")
    import tempfile

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def write(descriptor: int, data: bytes) -> None:
    """Makes a file hold some bytes, to be read from the beginning."""
    os.ftruncate(descriptor, 0)
    with memoryview(data) as view:
        done = 0
        while done < len(view):
            done += os.pwrite(descriptor, view[done:], done)


def _out_of_time(*_: Any) -> None:
    raise OutOfTime()


def _own_group(process: int) -> None:
    try:
        os.setpgid(process, process)
    except OSError:
        pass  # done already, or it has ended


def _signal_group(process: int, number: int) -> None:
    try:
        os.killpg(process, number)
    except (ProcessLookupError, PermissionError):
        pass


def _has_ended(process: int) -> bool:
    """Whether a child has ended; it is not waited for, so that its number is not used again."""
    if not hasattr(os, "waitid"):
        return os.waitpid(process, os.WNOHANG)[0] != 0
    try:
        return os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def _say(message: str) -> None:
    from .._card_runtime import warn

    warn(message)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
