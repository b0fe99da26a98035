"""The base classes of cards and components."""

from __future__ import annotations

from penstock.cards._base import (
    MetaflowCard,
    MetaflowCardComponent,
    create_component_id,
    with_default_component_id,
)

__all__ = ["MetaflowCard", "MetaflowCardComponent", "create_component_id", "with_default_component_id"]
