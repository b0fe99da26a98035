"""For ``render`` methods of components."""

from __future__ import annotations

from penstock.cards._base import render_safely

__all__ = ["render_safely"]
