"""``card create``: one card of a task that has been recorded."""

from __future__ import annotations

import os

from .. import _card_runtime
from ..exception import MetaflowException
from ._collector import ID_PATTERN
from ._production import Order
from ._rendering import CRASH, NO_PAGE, Rendering, card_messages
from ._task_view import task_view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._frames import Channel


class NoCard(MetaflowException):
    """No card was made; the log says why."""


def create(flow: Any, assignment: dict[str, Any], channel: Channel) -> None:
    """See ``_card_runtime.create``. Raises NoCard."""
    from .._graph import graph_info

    card: dict[str, Any] = assignment["card"]
    pathspec: str = assignment["path"]
    card_type: str = card.get("type") or "default"
    order = Order(
        card_type,
        options=card.get("options"),
        timeout=_card_runtime.seconds(dict({"timeout": None}, **card)),
        save_errors=bool(card.get("save_errors")),
    )
    graph = graph_info(type(flow))
    made = Rendering(order, lambda _: (task_view(pathspec, {}), flow, graph), assignment.get("staging"), None)
    try:
        if made.wait() in (CRASH, NO_PAGE):
            if made.code == CRASH:
                _card_runtime.warn("Its time was over." if made.late else "The process that rendered the card has crashed.")
            raise NoCard("No card was made of %s." % pathspec)
        limit = assignment.get("inline_limit") or 65536
        for message in card_messages(made, card_type, _checked_id(card.get("id")), os.urandom(16).hex(), limit):
            channel.send(*message)
    finally:
        made.close()


def _checked_id(given: Any) -> str | None:
    if given is None or ID_PATTERN.match(given):
        return given
    _card_runtime.warn("The id %r is ignored: an id consists of letters, digits and underscores." % given)
    return None
