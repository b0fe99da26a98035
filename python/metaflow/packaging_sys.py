"""Kinds of files in a code package, where decorators that add some look for them."""

from __future__ import annotations

from penstock._package_files import ContentType

__all__ = ["ContentType"]
