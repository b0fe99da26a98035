"""What mutators see of a step, where existing scripts look for it."""

from __future__ import annotations

from penstock._mutable_step import MutableStep

__all__ = ["MutableStep"]
