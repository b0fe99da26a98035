"""``current`` by its other name."""

from __future__ import annotations

from penstock._current import Current, current

__all__ = ["Current", "current"]
