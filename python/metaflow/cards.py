"""Cards, under the name that existing flows import them by."""

from __future__ import annotations

import penstock.cards as _cards

from penstock.cards import __all__  # noqa: F401


def __getattr__(name: str) -> object:
    value = globals()[name] = getattr(_cards, name)
    return value
