"""Small card types and components for tests."""

from __future__ import annotations

from penstock.cards.test_cards import *  # noqa: F401,F403
from penstock.cards.test_cards import _component_values_to_hash  # noqa: F401
