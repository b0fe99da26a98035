"""The errors of flows, under the name that existing flows import them by."""

from __future__ import annotations

from penstock.exception import *  # noqa: F401,F403

from . import _extended

if _extended:
    from ._extensions import add_to as _add_to

    _add_to("exceptions", globals())
