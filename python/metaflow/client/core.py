"""The client's objects, where existing scripts look for them."""

from __future__ import annotations

from penstock.client import *  # noqa: F401,F403
from penstock.client._tasks import Metadata  # noqa: F401
