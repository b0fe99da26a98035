"""What mutators see of a flow, where existing scripts look for it."""

from __future__ import annotations

from penstock._mutable_flow import MutableFlow

__all__ = ["MutableFlow"]
