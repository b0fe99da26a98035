"""The version, where existing flows look for it."""

from __future__ import annotations


def get_version(public: bool = False) -> str:
    """The version of Penstock."""
    from penstock import __version__

    return __version__
