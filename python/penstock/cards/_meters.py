"""``ProgressBar`` and ``ValueBox``."""

from __future__ import annotations

import re

from ._base import UserComponent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CLASS_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")


class ProgressBar(UserComponent):
    """How far something has come: ``value`` of ``max``. ``metadata`` is shown beside it."""

    type = "progressBar"

    REALTIME_UPDATABLE = True

    def __init__(
        self,
        max: float = 100,
        label: str | None = None,
        value: float = 0,
        unit: str | None = None,
        metadata: str | None = None,
    ) -> None:
        self._max = max
        self._label = label
        self._value = value
        self._unit = unit
        self._metadata = metadata

    def update(self, new_value: float, metadata: str | None = None) -> None:
        self._value = new_value
        if metadata is not None:
            self._metadata = metadata

    def _plain(self) -> dict[str, Any]:
        made: dict[str, Any] = {"type": self.type, "id": self.component_id, "max": self._max, "value": self._value}
        for name, value in (("label", self._label), ("unit", self._unit), ("details", self._metadata)):
            if value:
                made[name] = value
        return made


class ValueBox(UserComponent):
    """One number or word in large, with a title, a subtitle and how it has changed.

    ``theme`` is default, success, warning, danger, bg-gradient-indigo-purple, or the name of another CSS class. Raises
    TypeError and ValueError for values that a box has no room for.
    """

    type = "valueBox"

    REALTIME_UPDATABLE = True

    VALID_THEMES = frozenset("default success warning danger bg-gradient-indigo-purple".split())

    #: The texts that a box has besides its value, and their most characters.
    _TEXTS = (("title", 200), ("subtitle", 300), ("theme", 200), ("change_indicator", 200))

    def __init__(
        self,
        title: str | None = None,
        value: str | int | float = "",
        subtitle: str | None = None,
        theme: str | None = None,
        change_indicator: str | None = None,
    ) -> None:
        self._facts: dict[str, Any] = {"value": _checked_value(value)}
        self._take(title=title, subtitle=subtitle, theme=theme, change_indicator=change_indicator)

    def update(
        self,
        title: str | None = None,
        value: str | int | float | None = None,
        subtitle: str | None = None,
        theme: str | None = None,
        change_indicator: str | None = None,
    ) -> None:
        """Changes what is given and keeps the rest."""
        if value is not None:
            self._facts["value"] = _checked_value(value)
        self._take(title=title, subtitle=subtitle, theme=theme, change_indicator=change_indicator)

    def _take(self, **texts: Any) -> None:
        for name, limit in self._TEXTS:
            text = texts[name]
            if text is not None:
                _check_text(name, text, limit)
        self._facts.update((name, text) for name, text in texts.items() if text is not None)

    def _plain(self) -> dict[str, Any]:
        return dict(self._facts, type=self.type, id=self.component_id)


def _check_text(name: str, text: Any, limit: int) -> None:
    if not isinstance(text, str):
        raise TypeError("The %s of a ValueBox is a text, not of the type %s" % (name, type(text).__name__))
    if not text.strip():
        raise ValueError("The %s of a ValueBox is empty" % name)
    if len(text) > limit:
        raise ValueError("The %s of a ValueBox has at most %d characters, not %d" % (name, limit, len(text)))
    if name == "theme" and not _CLASS_NAME.match(text):
        raise ValueError("The theme of a ValueBox is the name of a CSS class, not %r" % text)


def _checked_value(value: Any) -> Any:
    if value is None:
        raise ValueError("A ValueBox needs a value")
    if isinstance(value, str):
        if not value.strip():
            raise ValueError("The value of a ValueBox is empty")
        if len(value) > 100:
            raise ValueError("The value of a ValueBox has at most 100 characters, not %d" % len(value))
    elif not isinstance(value, (int, float)):
        raise TypeError("The value of a ValueBox is a text or a number, not of the type %s" % type(value).__name__)
    elif not -1e15 <= value <= 1e15:
        raise ValueError("The value of a ValueBox lies between -1e15 and 1e15, which %r does not" % (value,))
    return value
