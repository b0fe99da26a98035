"""``NBRunner``, where existing scripts look for it."""

from __future__ import annotations

from penstock.runner import NBRunner, NBRunnerInitializationError

__all__ = ["NBRunner", "NBRunnerInitializationError"]
