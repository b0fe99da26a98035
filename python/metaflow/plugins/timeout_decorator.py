"""The exception of ``@timeout``, where existing flows look for it."""

from __future__ import annotations

from penstock._timeout import TimeoutException

__all__ = ["TimeoutException"]
