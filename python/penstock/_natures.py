"""What kind of thing two different values seem to be: times, identifiers, paths. A hint at why they differ."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_UUID = re.compile(r"\A(urn:uuid:)?\{?[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\}?\Z")
_DATE = re.compile(r"\A(\d{4})-(\d\d)-(\d\d)([T ]\d\d:\d\d(:\d\d)?.*)?\Z")
#: Seconds around a task in which a time counts as read by it.
_SLACK = 5.0


def nature(leaves: Any, pair: dict[str, Any]) -> str | None:
    """``time``, ``duration``, ``uuid``, ``run`` or ``path``; None where nothing is to be seen."""
    if leaves is None or any(each is None for each in leaves):
        return None
    sides = list(zip(leaves, (pair["recorded"], pair["repeated"])))
    for name, test in (("uuid", _is_uuid), ("run", _is_of_run), ("time", _is_time), ("path", _is_path)):
        try:
            if all(test(value, side) for value, side in sides):
                return name
        except Exception:
            continue
    return None


def _is_uuid(value: Any, side: dict[str, Any]) -> bool:
    if type(value).__name__ == "UUID":
        return True
    return isinstance(value, str) and _UUID.match(value) is not None


def _is_of_run(value: Any, side: dict[str, Any]) -> bool:
    """Whether the run's own id stands in it."""
    run: str = side.get("run") or ""
    return bool(run) and run in str(value)


def _is_time(value: Any, side: dict[str, Any]) -> bool:
    """Whether it is a moment within the task's own time."""
    began, ended = side.get("began"), side.get("ended")
    if began is None or ended is None:
        return False
    if isinstance(value, str):
        return _is_day_of(value, began, ended)
    if hasattr(value, "timestamp"):
        numbers = [value.timestamp()]
    elif isinstance(value, bool):
        return False
    else:
        number = float(value)
        numbers = [number, number / 1e3, number / 1e6, number / 1e9]
    return any(began - _SLACK <= number <= ended + _SLACK for number in numbers)


def _is_day_of(text: str, began: float, ended: float) -> bool:
    import time

    found = _DATE.match(text.strip())
    if found is None:
        return False
    days = {time.strftime("%Y-%m-%d", of(at)) for at in (began, ended) for of in (time.gmtime, time.localtime)}
    return "-".join(found.groups()[:3]) in days


def _is_path(value: Any, side: dict[str, Any]) -> bool:
    text = value if isinstance(value, str) else getattr(value, "__fspath__", lambda: "")()
    return isinstance(text, str) and text.startswith("/") and "\n" not in text
