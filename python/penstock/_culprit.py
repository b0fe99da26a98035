"""Finding the part of a value that cannot be pickled, so that an error can name it."""

from __future__ import annotations

import time

try:
    from _pickle import Pickler
except ImportError:
    from pickle import Pickler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

#: How long to look, in seconds, and at how many parts at most.
PATIENCE = 2.0
PARTS = 2000

_OWN_WAYS = ("__reduce__", "__reduce_ex__", "__getstate__")


class _Nowhere:
    """A file for the pickler that keeps nothing."""

    def write(self, data: Any) -> int:
        return len(data)


def culprit(value: Any, name: str) -> tuple[str, Any] | None:
    """The innermost part at fault: how to write it, and the object. None when it is the value itself or cannot be told."""
    search = _Search()
    path, part = name, value
    while True:
        found = search.failing_child(path, part)
        if found is None:
            return None if part is value else (path, part)
        path, part = found


class _Search:
    def __init__(self) -> None:
        self._end = time.monotonic() + PATIENCE
        self._left = PARTS

    def failing_child(self, path: str, whole: Any) -> tuple[str, Any] | None:
        for place, part in _children(whole):
            self._left -= 1
            if self._left < 0 or time.monotonic() > self._end:
                return None
            try:
                Pickler(_Nowhere(), 4).dump(part)
            except RecursionError:
                return None  # nested deeply: no part is better than another
            except Exception:
                return path + place, part
        return None


def _children(whole: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(whole, dict):
        for key, value in whole.items():
            yield "[%s]" % _short(key), value
            yield " key %s" % _short(key), key
    elif isinstance(whole, (list, tuple)):
        for place, value in enumerate(whole):
            yield "[%d]" % place, value
    elif isinstance(whole, (set, frozenset)):
        for value in whole:
            yield " item %s" % _short(value), value
    elif _is_plain(type(whole)):
        for name, value in getattr(whole, "__dict__", {}).items():
            yield ".%s" % name, value


def _is_plain(cls: type) -> bool:
    """Whether objects of a class are pickled by their attributes."""
    return all(getattr(cls, name, None) is getattr(object, name, None) for name in _OWN_WAYS)


def _short(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:
        text = "<%s>" % type(value).__name__
    return text if len(text) <= 40 else text[:37] + "..."
