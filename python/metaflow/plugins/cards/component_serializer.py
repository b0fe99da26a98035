"""``current.card`` and its parts, under the names that existing code imports them by."""

from __future__ import annotations

from penstock.cards._collector import CardCollector as CardComponentCollector
from penstock.cards._collector import CardManager as CardComponentManager
from penstock.cards._registry import card_class as get_card_class
from penstock.cards._store import ComponentStore, WarningComponent

__all__ = ["CardComponentCollector", "CardComponentManager", "ComponentStore", "WarningComponent", "get_card_class"]
