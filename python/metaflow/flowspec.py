"""``FlowSpec``, where existing flows look for it."""

from __future__ import annotations

from penstock import FlowSpec

__all__ = ["FlowSpec"]
