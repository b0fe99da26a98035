"""What started a run, under the name that existing scripts import it by."""

from __future__ import annotations

from penstock._triggers import MetaflowEvent, Trigger

__all__ = ["MetaflowEvent", "Trigger"]
