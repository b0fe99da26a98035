"""Filling Mustache templates."""

from __future__ import annotations

from penstock.cards._mustache import ChevronError, render

__all__ = ["ChevronError", "render"]
