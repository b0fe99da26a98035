"""Configs, where existing scripts look for them."""

from __future__ import annotations

from penstock._config_value import ConfigValue
from penstock._configs import Config
from penstock._delayed import config_expr

__all__ = ["Config", "ConfigValue", "config_expr"]
