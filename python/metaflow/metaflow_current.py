"""``current`` by its other name."""

from __future__ import annotations

from penstock._current import Current, current
from penstock._unbounded import Parallel

__all__ = ["Current", "Parallel", "current"]
