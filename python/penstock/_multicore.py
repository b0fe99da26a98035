"""Calling a function for many items in processes of their own.

The function is not pickled and can be a lambda or a closure: each process is a fork. Results come back through pipes and
can be of any size.
"""

from __future__ import annotations

import os
import sys

from pickle import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Iterator


class MulticoreException(Exception):
    """The function has failed for one of the items; the process that failed has printed its traceback."""


def parallel_map(
    func: Callable[[Any], Any], iterable: Iterable[Any], max_parallel: int | None = None, dir: str | None = None
) -> list[Any]:
    """The results of a function for some items, in their order. See ``parallel_imap_unordered``."""
    pairs = parallel_imap_unordered(lambda pair: (pair[0], func(pair[1])), enumerate(iterable), max_parallel, dir)
    return [result for _, result in sorted(pairs, key=lambda pair: pair[0])]


def parallel_imap_unordered(
    func: Callable[[Any], Any], iterable: Iterable[Any], max_parallel: int | None = None, dir: str | None = None
) -> Iterator[Any]:
    """The results of a function for some items, as they come.

    ``max_parallel`` processes run at a time, by default as many as there are processors. ``dir`` is not needed and not
    looked at. Raises MulticoreException when one of the processes fails; the others are ended.
    """
    from selectors import EVENT_READ, DefaultSelector

    items = enumerate(iterable)
    limit = max_parallel or _processors()
    with DefaultSelector() as selector:
        try:
            while True:
                while len(selector.get_map()) < limit:
                    item = next(items, None)
                    if item is None:
                        break
                    child = _Child(func, *item)
                    selector.register(child.pipe, EVENT_READ, child)
                if not selector.get_map():
                    return
                for key, _ in selector.select():
                    if key.data.read():
                        continue
                    selector.unregister(key.data.pipe)
                    yield key.data.result()
        finally:
            for key in list(selector.get_map().values()):
                key.data.end()


class _Child:
    """A process that computes one result."""

    def __init__(self, func: Callable[[Any], Any], place: int, item: Any) -> None:
        self._place = place
        self._parts: list[bytes] = []
        self.pipe, theirs = os.pipe()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        self._process = os.fork()
        if self._process == 0:
            _work(func, item, theirs)
        os.close(theirs)

    def read(self) -> bool:
        """Reads what is there; False at the end."""
        part = os.read(self.pipe, 1 << 20)
        self._parts.append(part)
        return bool(part)

    def result(self) -> Any:
        os.close(self.pipe)
        status = os.waitpid(self._process, 0)[1]
        if status:
            raise MulticoreException("The function has failed for item %d (wait status %d)." % (self._place, status))
        return loads(b"".join(self._parts))

    def end(self) -> None:
        from signal import SIGKILL

        os.close(self.pipe)
        os.kill(self._process, SIGKILL)
        os.waitpid(self._process, 0)


def _work(func: Callable[[Any], Any], item: Any, pipe: int) -> None:
    status = 1
    try:
        data = memoryview(dumps(func(item), 4))
        while data:
            data = data[os.write(pipe, data) :]
        status = 0
    except BaseException:
        from traceback import print_exc

        print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(status)


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
