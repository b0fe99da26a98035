"""Errors about cards, under the name that existing code imports them by."""

from __future__ import annotations

from penstock.cards.exception import *  # noqa: F401,F403
