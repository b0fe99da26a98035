"""Pickling NumPy arrays without a copy in memory.

The pickler asks an array for its bytes, which copies them. Here an array is given a short mark in place of its bytes, and
the stream is cut open at the mark and continued with the array's own memory. The result is the pickle of protocol 4 that
the array has anyway (only the borders of frames may lie elsewhere), so nothing special is needed to load it.
"""

from __future__ import annotations

import os
import sys

try:
    from _pickle import Pickler
except ImportError:
    from pickle import Pickler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

#: Arrays of fewer bytes are pickled as they come. The pickler puts bytes of this size outside of its frames.
LEAST = 1 << 20

_PROTO, _FRAME, _SHORT_BYTES, _BYTES, _LONG_BYTES = b"\x80", b"\x95", b"C", b"B", b"\x8e"
_SMALLEST_FRAME = 4


def array_pickler(write: Callable[[Any], object]) -> Any:
    """A pickler of protocol 4 that writes large arrays from where they are; None while NumPy is not loaded."""
    numpy = sys.modules.get("numpy")
    kind = getattr(numpy, "ndarray", None)
    return None if kind is None else _ArrayPickler(_Splicer(write), kind)


class _ArrayPickler(Pickler):
    def __init__(self, splicer: _Splicer, kind: type) -> None:
        super().__init__(splicer, 4)
        self._splicer = splicer
        self._kind: Any = kind

    def reducer_override(self, value: Any) -> Any:
        if type(value) is not self._kind or value.nbytes < LEAST or value.dtype.hasobject:
            return NotImplemented
        flags = value.flags
        if not (flags.c_contiguous or flags.f_contiguous):
            return NotImplemented
        fortran = not flags.c_contiguous
        reduced = value[:0].__reduce__()
        version = reduced[2][0]
        mark = self._splicer.mark(value.T if fortran else value)
        return reduced[0], reduced[1], (version, value.shape, value.dtype, fortran, mark)


class _Splicer:
    """Between the pickler and what it writes to: puts memory where the marks are."""

    def __init__(self, write: Callable[[Any], object]) -> None:
        self._write = write
        self._prefix = os.urandom(24)
        self._views: list[Any] = []
        self._open = 0

    def mark(self, array: Any) -> bytes:
        """A text of 32 bytes that stands for the array's memory."""
        # The view is made by NumPy: some element types, such as times, have no buffer of their own.
        self._views.append(array.reshape(-1).view("B").data)
        self._open += 1
        return self._prefix + (len(self._views) - 1).to_bytes(8, "big")

    def write(self, data: Any) -> int:
        if not self._open or self._prefix not in bytes(data):
            self._write(data)
        else:
            self._splice(bytes(data))
        return len(data)

    def _splice(self, data: bytes) -> None:
        """Rewrites whole frames; the pickler writes no less."""
        at = 0
        if data[:1] == _PROTO:
            self._write(data[:2])
            at = 2
        while at < len(data):
            if data[at : at + 1] != _FRAME:  # the beginning of something large, which has no frame
                self._write(data[at:])
                return
            end = at + 9 + int.from_bytes(data[at + 1 : at + 9], "little")
            self._rewrite_frame(data[at + 9 : end])
            at = end

    def _rewrite_frame(self, body: bytes) -> None:
        before = _SHORT_BYTES + bytes([32]) + self._prefix
        found = body.find(before)
        while found >= 0:
            self._write_frame(body[:found])
            after = found + len(before) + 8
            self._write_memory(self._views[int.from_bytes(body[after - 8 : after], "big")])
            self._open -= 1
            body = body[after:]
            found = body.find(before)
        self._write_frame(body)

    def _write_frame(self, body: bytes) -> None:
        if len(body) >= _SMALLEST_FRAME:
            self._write(_FRAME + len(body).to_bytes(8, "little"))
        if body:
            self._write(body)

    def _write_memory(self, view: Any) -> None:
        size = view.nbytes
        if size <= 0xFFFFFFFF:
            self._write(_BYTES + size.to_bytes(4, "little"))
        else:
            self._write(_LONG_BYTES + size.to_bytes(8, "little"))
        self._write(view)
