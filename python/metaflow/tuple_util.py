"""The frame of a foreach, where existing scripts look for it."""

from __future__ import annotations

from penstock._foreach import ForeachFrame

__all__ = ["ForeachFrame"]
