"""The task that a card is rendered for, as the client's object.

The process that renders is a fork of the task, so that what the task holds need not be read back from the store.
"""

from __future__ import annotations

from ..client import DataArtifact, Task, _settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class HeldArtifact(DataArtifact):
    """An artifact whose value is at hand."""

    @property
    def data(self) -> Any:
        return self.parent._held[self.id]


class CardTask(Task):
    """A task some of whose values are at hand."""

    _held: dict[str, Any] = {}

    def _artifact(self, item: Any) -> Any:
        made = super()._artifact(item)
        if made.id in self._held:
            made.__class__ = HeldArtifact
        return made


def task_view(pathspec: str, held: dict[str, Any]) -> Any:
    """The task of a path, of which nothing is asked before it is used; ``held`` are values of its artifacts by name."""
    made = CardTask.__new__(CardTask)
    made._become(pathspec.split("/"), None, _settings.engine(), None)
    made._held = held
    return made


def is_held(artifact: Any) -> bool:
    """Whether the value of an artifact can be had without loading it."""
    return isinstance(artifact, HeldArtifact)
