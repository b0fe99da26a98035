"""Cards of the task that runs: what ``_task`` calls, and when.

::

    cards = _card_runtime.begin(flow, state, channel)   # before the step's code; None when the step has no cards
    ...                                                  # the step's code; ``current.card`` is there
    follow = cards.finish(ok)                            # the artifacts are stored, ``done`` is not sent yet
    channel.send({"type": "done", ..., "cards": follow})
    if follow:
        cards.render()                                   # waits for ``recorded``, sends ``card`` messages; never raises

``state`` is the attempt's TaskState: its ``assignment["decorators"]["cards"]`` are the cards, its ``blobs`` the turns that
the processes of a task take on the channel. ``ok`` says whether the attempt did its work (a caught exception counts as
done). ``create`` is the assignment of kind ``card``: it renders one card of a recorded task.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._frames import Channel
    from ._state import TaskState


class TaskCards:
    """The cards of one attempt."""

    def finish(self, ok: bool) -> bool:
        """Ends the rendering that goes on beside the step. Gives whether cards will be rendered."""
        return False

    def render(self) -> None:
        """Waits until the engine has recorded the attempt, and renders its cards. Never raises."""


def begin(flow: Any, state: TaskState, channel: Channel) -> TaskCards | None:
    """Makes ``current.card`` for the cards in force; None when there are none."""
    return None
