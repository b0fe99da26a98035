"""Where a task stands in the foreach loops around it."""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: The longest text that is kept of an item.
VALUE_LENGTH = 30

ForeachFrame = namedtuple("ForeachFrame", ["step", "var", "num_splits", "index", "value"])
ForeachFrame.__new__.__defaults__ = (None,)
ForeachFrame.__doc__ = "One foreach: the splitting step, its variable, the number of items, a task's index and item as text."


def frames_of(rows: list[dict[str, Any]]) -> list[ForeachFrame]:
    """The frames of an assignment, outermost first."""
    return [
        ForeachFrame(row["step"], row["variable"], row.get("splits"), row.get("index"), row.get("value")) for row in rows
    ]


def value_text(item: Any) -> str:
    """A text of at most 30 characters that tells an item from the others in a listing."""
    if isinstance(item, (str, int, float)):
        return str(item)[:VALUE_LENGTH]
    import reprlib

    try:
        return str(reprlib.Repr().repr(item))[:VALUE_LENGTH]
    except Exception:
        return type(item).__name__[:VALUE_LENGTH]


def item_at(items: Any, index: int) -> Any:
    """The item of a foreach variable: by index where that works, else by position."""
    try:
        return items[index]
    except TypeError:
        iterator = iter(items)
        for _ in range(index):
            next(iterator)
        return next(iterator)
