"""What card types are made of, under the names that existing card types import it by."""

from __future__ import annotations

from penstock.cards._base import MetaflowCard, MetaflowCardComponent

__all__ = ["MetaflowCard", "MetaflowCardComponent"]


def __getattr__(name: str) -> object:
    if name == "MF_EXTERNAL_CARDS":
        from penstock.cards._registry import extension_cards

        return extension_cards()
    if name == "chevron":
        from importlib import import_module

        return import_module("metaflow.plugins.cards.card_modules.chevron")
    raise AttributeError("module %r has no attribute %r" % (__name__, name))
