"""``Runner`` and what it gives back, where existing scripts look for them."""

from __future__ import annotations

from penstock.runner import ExecutingProcess, ExecutingRun, ExecutingTask, Runner

__all__ = ["ExecutingProcess", "ExecutingRun", "ExecutingTask", "Runner"]
