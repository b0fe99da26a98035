"""``NBDeployer``, where existing scripts look for it."""

from __future__ import annotations

from penstock.runner import NBDeployer

__all__ = ["NBDeployer"]
