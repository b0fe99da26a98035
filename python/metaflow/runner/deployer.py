"""``Deployer`` and ``DeployedFlow``, where existing scripts look for them."""

from __future__ import annotations

from penstock.runner import DeployedFlow, Deployer

__all__ = ["DeployedFlow", "Deployer"]
