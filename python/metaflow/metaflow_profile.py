"""``profile``, where existing scripts look for it."""

from __future__ import annotations

from penstock._profile import profile

__all__ = ["profile"]
