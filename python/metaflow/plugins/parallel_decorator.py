"""The base of decorators of parallel steps, where extensions look for it."""

from __future__ import annotations

from penstock._parallel_plugins import ParallelDecorator

__all__ = ["ParallelDecorator"]
