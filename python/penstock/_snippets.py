"""Short texts of values that differ."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WIDTH = 60


def short(value: Any, width: int = _WIDTH) -> str:
    """A value on one line, cut where it is long."""
    try:
        text = repr(value[:width] if isinstance(value, (str, bytes, list, tuple)) else value)
    except Exception as error:
        text = "<%s that has no text: %s>" % (type(value).__name__, type(error).__name__)
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


def text_difference(one: Any, other: Any) -> str:
    """How two different texts, or two pieces of bytes, differ."""
    if len(one) <= _WIDTH and len(other) <= _WIDTH:
        return "%r | %r" % (one, other)
    if isinstance(one, str) and ("\n" in one or "\n" in other):
        return _line_difference(one, other)
    at = first_difference(one, other)
    begin = max(0, at - 20)
    lengths = "length %d" % len(one) if len(one) == len(other) else "lengths %d and %d" % (len(one), len(other))
    unit = "character" if isinstance(one, str) else "byte"
    return "%s, from %s %d on: %s | %s" % (lengths, unit, at, _piece(one, begin), _piece(other, begin))


def _line_difference(one: str, other: str) -> str:
    lines = [one.splitlines(), other.splitlines()]
    at = first_difference(*lines)
    shown = [repr(each[at])[:_WIDTH] if at < len(each) else "no such line" for each in lines]
    differing = sum(1 for pair in zip(*lines) if pair[0] != pair[1]) + abs(len(lines[0]) - len(lines[1]))
    more = " (and %d more)" % (differing - 1) if differing > 1 else ""
    return "line %d: %s | %s%s" % (at + 1, shown[0], shown[1], more)


def _piece(value: Any, begin: int) -> str:
    piece = repr(value[begin : begin + 40])
    return ("…" if begin else "") + piece + ("…" if len(value) > begin + 40 else "")


def first_difference(one: Any, other: Any) -> int:
    """The first place at which two sequences differ; found in steps, as one place at a time takes long."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
