"""Exceptions as texts, with the author's frames only."""

from __future__ import annotations

import os

from ._wire import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Characters of a text that are kept.
LONGEST = 1 << 20

_HOME = os.path.dirname(os.path.abspath(__file__)) + os.sep


def report(error: BaseException) -> dict[str, Any]:
    """``type`` (dotted), ``message`` and ``traceback`` of an exception, as the protocol wants them."""
    return {
        "type": type_name(type(error)),
        "message": _clipped(clean(_message(error))),
        "traceback": _clipped(clean(text(error))),
    }


def _clipped(text: str) -> str:
    """A text without its middle when it is too long for a message."""
    if len(text) <= LONGEST:
        return text
    half = LONGEST // 2
    return "%s\n[%d characters are left out here]\n%s" % (text[:half], len(text) - 2 * half, text[-half:])


def type_name(cls: type) -> str:
    return "%s.%s" % (cls.__module__, cls.__name__)


def text(error: BaseException) -> str:
    """The traceback as Python prints it, without the frames of this package."""
    import traceback

    try:
        whole = traceback.TracebackException(type(error), error, error.__traceback__)
        _strip(whole, set())
        return "".join(whole.format())
    except Exception as failure:  # an exception that cannot be shown must not hide that there was one
        return "%s: <its text cannot be shown: %s>\n" % (type_name(type(error)), type_name(type(failure)))


def own_place(error: BaseException) -> tuple[str | None, int | None]:
    """File and line of the innermost frame of the author's; for a syntax error, where it stands."""
    if isinstance(error, SyntaxError) and error.filename:
        return error.filename, error.lineno
    place: tuple[str | None, int | None] = (None, None)
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not _is_ours(file):
            place = (file, trace.tb_lineno)
        trace = trace.tb_next
    return place


def _is_ours(file: str) -> bool:
    return file.startswith(_HOME) or file.startswith("<frozen importlib")


def _strip(whole: Any, seen: set[int]) -> None:
    if whole is None or id(whole) in seen:
        return
    seen.add(id(whole))
    whole.stack[:] = [frame for frame in whole.stack if not _is_ours(frame.filename)]
    _strip(whole.__cause__, seen)
    _strip(whole.__context__, seen)
    for inner in getattr(whole, "exceptions", None) or ():
        _strip(inner, seen)


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as failure:
        return "<its text cannot be shown: %s>" % type_name(type(failure))
