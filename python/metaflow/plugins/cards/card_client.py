"""Reading cards, under the name that existing code imports it by."""

from __future__ import annotations

from penstock.cards._client import Card, CardContainer, get_cards

__all__ = ["Card", "CardContainer", "get_cards"]
