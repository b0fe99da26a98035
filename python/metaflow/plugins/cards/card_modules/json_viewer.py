"""Viewers of structured data."""

from __future__ import annotations

from penstock.cards._text import JSONViewer, YAMLViewer

__all__ = ["JSONViewer", "YAMLViewer"]
