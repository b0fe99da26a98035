"""An events timeline as HTML."""

from __future__ import annotations

import re

from ._escape import escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CLASS = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")


def timeline_html(block: dict[str, Any], depth: int) -> str:
    """The events, newest first, each with its time, its facts and what can be unfolded."""
    events = [each for each in block.get("events") or () if isinstance(each, dict)]
    stats = block.get("stats")
    told = _told(stats) if isinstance(stats, dict) else ""
    top = '<div class="top"><span>%s</span><span class="sub">%s</span></div>' % (
        escaped(block.get("title") or ""), told)  # fmt: skip
    items = "".join(_event(event, depth) for event in events) or '<li class="none">Nothing has happened.</li>'
    return '<div class="viewer">%s<ul class="events">%s</ul></div>' % (top, items)


def _told(stats: dict[str, Any]) -> str:
    parts = ["finished" if stats.get("finished") else "", "%s events" % stats.get("total_events", 0)]
    if stats.get("total_events", 0) != stats.get("displayed_events", 0):
        parts.append("the newest %s shown" % stats.get("displayed_events"))
    if stats.get("total_runtime_seconds", 0) >= 10 and "events_per_minute" in stats:
        parts.append("%s a minute" % stats["events_per_minute"])
    return escaped(", ".join(part for part in parts if part))


def _event(event: dict[str, Any], depth: int) -> str:
    from ._html import html_of

    names = [event.get("style_theme"), event.get("priority")]
    classes = " ".join(name for name in names if isinstance(name, str) and _CLASS.match(name))
    facts = event.get("metadata") if isinstance(event.get("metadata"), dict) else {}
    at = facts.get("timestamp", event.get("received_at"))  # type: ignore[union-attr]
    rows = "".join(
        "<div><dt>%s</dt><dd>%s</dd></div>" % (escaped(name), escaped(value))
        for name, value in facts.items()  # type: ignore[union-attr]
        if name != "timestamp"
    )
    payloads = event.get("payloads") if isinstance(event.get("payloads"), dict) else {}
    more = "".join(
        "<details><summary>%s</summary>%s</details>" % (escaped(name), html_of(payload, depth + 1))
        for name, payload in payloads.items()  # type: ignore[union-attr]
    )
    return '<li class="%s"><div class="at">%s</div><dl>%s</dl>%s</li>' % (classes, escaped(_moment(at)), rows, more)


def _moment(value: Any) -> str:
    """A time of the day, with the day before it; other texts as they are."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        from datetime import datetime

        try:
            return datetime.fromtimestamp(value).strftime("%Y-%m-%d %H:%M:%S")
        except (OverflowError, OSError, ValueError):
            return str(value)
    return str(value)
