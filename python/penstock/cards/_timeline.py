"""``EventsTimeline``: what happened in a step, the newest first."""

from __future__ import annotations

import re

from ._base import MetaflowCardComponent, UserComponent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CLASS_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")


class EventsTimeline(UserComponent):
    """Events with some facts each. ``max_events`` of them are shown; all are counted."""

    type = "eventsTimeline"

    REALTIME_UPDATABLE = True

    VALID_THEMES = frozenset("default success warning error info primary secondary tool_call ai_response".split())

    def __init__(self, title: str | None = None, max_events: int = 100) -> None:
        self._title = title
        self._max_events = max_events
        self._events: list[dict[str, Any]] = []
        self._count = 0
        self._first: float | None = None
        self._last: float | None = None
        self._finished = False

    def update(
        self,
        event_data: dict[str, Any],
        style_theme: str | None = None,
        priority: str | None = None,
        payloads: dict[str, Any] | None = None,
        finished: bool | None = None,
    ) -> None:
        """Adds an event.

        ``event_data`` is its facts, simple values by name; without a ``timestamp`` it gets one. ``payloads`` are
        components that can be unfolded: ValueBox, Image, Markdown, Artifact, PythonCode, JSONViewer, YAMLViewer.
        ``priority`` is low, normal, high or critical. ``finished`` says that nothing follows. Raises TypeError for
        other components and ValueError for a ``style_theme`` that is no name of a CSS class.
        """
        from time import time

        if style_theme is not None and not _CLASS_NAME.match(style_theme):
            raise ValueError("The style_theme of an event is the name of a CSS class, not %r" % style_theme)
        _check_payloads(payloads or {})
        now = time()
        event_data.setdefault("timestamp", now)
        event: dict[str, Any] = {
            "metadata": event_data,
            "payloads": payloads or {},
            "event_id": "event_%d" % self._count,
            "received_at": now,
        }
        if style_theme is not None:
            event["style_theme"] = style_theme
        if priority is not None:
            event["priority"] = priority
        self._count += 1
        self._first = now if self._first is None else self._first
        self._last = now
        if finished is not None:
            self._finished = finished
        self._events.insert(0, event)
        del self._events[self._max_events :]

    def get_stats(self) -> dict[str, Any]:
        """How many events there were, when, and how fast they came."""
        stats: dict[str, Any] = {
            "total_events": self._count,
            "displayed_events": len(self._events),
            "last_update": self._last,
            "first_event": self._first,
            "finished": self._finished,
        }
        if self._first is not None and self._last is not None and self._last > self._first:
            seconds = self._last - self._first
            stats["events_per_minute"] = round(self._count / seconds * 60, 1)
            stats["total_runtime_seconds"] = round(seconds, 1)
        return stats

    def _plain(self) -> dict[str, Any]:
        made = {
            "type": self.type,
            "id": self.component_id,
            "events": [dict(event, payloads=_rendered(event["payloads"])) for event in self._events],
            "config": {"show_stats": True, "show_relative_time": True, "max_events": self._max_events},
            "stats": self.get_stats(),
        }
        if self._title is not None:
            made["title"] = self._title
        return made


def _check_payloads(payloads: dict[str, Any]) -> None:
    from . import Artifact, Image, JSONViewer, Markdown, PythonCode, ValueBox, YAMLViewer

    allowed = (ValueBox, Image, Markdown, Artifact, PythonCode, JSONViewer, YAMLViewer)
    for name, payload in payloads.items():
        if not isinstance(payload, allowed):
            raise TypeError(
                "The payload '%s' of an event is one of %s, not %s"
                % (name, ", ".join(each.__name__ for each in allowed), type(payload).__name__)
            )


def _rendered(payloads: dict[str, Any]) -> dict[str, Any]:
    return {
        name: payload.render() if isinstance(payload, MetaflowCardComponent) else str(payload)
        for name, payload in payloads.items()
    }
