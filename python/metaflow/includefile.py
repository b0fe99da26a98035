"""Included files, where existing scripts look for them."""

from __future__ import annotations

from penstock._include_file import IncludedFile, IncludeFile

__all__ = ["IncludeFile", "IncludedFile"]
