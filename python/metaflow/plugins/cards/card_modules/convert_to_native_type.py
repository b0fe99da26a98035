"""Values as cards show them."""

from __future__ import annotations

from penstock.cards._values import MAX_ARTIFACT_SIZE, TaskToDict

__all__ = ["MAX_ARTIFACT_SIZE", "TaskToDict"]
