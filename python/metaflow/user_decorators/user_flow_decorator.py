"""Decorators of flows that a person writes, where existing scripts look for them."""

from __future__ import annotations

from penstock._user_decorators import FlowMutator

__all__ = ["FlowMutator"]
