"""The exception of ``@catch``, where existing flows look for it."""

from __future__ import annotations

from penstock._catch import FailureHandledByCatch

__all__ = ["FailureHandledByCatch"]
