"""The errors of flows, under the name that existing flows import them by."""

from __future__ import annotations

from penstock.exception import *  # noqa: F401,F403
