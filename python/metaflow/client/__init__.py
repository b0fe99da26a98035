"""The client, under the name that existing scripts import it by."""

from __future__ import annotations

from penstock.client import *  # noqa: F401,F403
