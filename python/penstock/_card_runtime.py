"""Cards of the task that runs: what ``_task`` calls, and when.

::

    cards = _card_runtime.begin(flow, state, channel)   # before the step's code; None when the step has no cards
    ...                                                  # the step's code; ``current.card`` is there
    cards.settle(ok)                                     # before artifacts are stored: the channel is the task's alone now
    ...
    channel.send({"type": "done", ..., "cards": ok})     # cards are rendered of attempts that have done their work
    if ok:
        cards.render()                                   # waits for ``recorded``, sends ``card`` messages; never raises

``state`` is the attempt's TaskState: its ``assignment["decorators"]["cards"]`` are the cards, its ``blobs`` the turns that
the processes of a task take on the channel. ``ok`` says whether the attempt did its work (a caught exception counts as
done). ``create`` is the assignment of kind ``card``: it renders one card of a recorded task, sends it and ends with ``done``.

Messages: ``card`` with the page, which comes as a descriptor when it is larger than ``inline_limit``, and ``card-data`` with
the data of a card. Both name the card (``{"type", "id", "hash", "error"}``); a later one with the same hash takes the earlier
one's place. While the step runs, ``current.card.refresh`` makes them come before ``done``.
"""

from __future__ import annotations

import os
import sys

from time import monotonic

from _thread import RLock

from . import _blobs
from ._current import current
from ._frames import ChannelClosed, ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._attempt import Attempt
    from ._frames import Channel
    from ._lifeline import Lifeline
    from ._state import TaskState
    from .cards._collector import CardManager
    from .cards._rendering import Rendering

#: Seconds that a page of a task that is failing has to be finished.
_LAST_WORDS = 5


def begin(flow: Any, state: TaskState, channel: Channel) -> TaskCards | None:
    """Makes ``current.card`` for the cards in force; None when there are none."""
    settings = (state.assignment.get("decorators") or {}).get("cards")
    return TaskCards(flow, state, channel, settings) if settings else None


class TaskCards:
    """The cards of one attempt."""

    def __init__(self, flow: Any, state: TaskState, channel: Channel, settings: list[dict[str, Any]]) -> None:
        from .cards._collector import CardCollector, CardManager
        from .cards._registry import card_class

        self._flow = flow
        self._state = state
        self._blobs = state.blobs
        self._channel = channel
        self._staging: str | None = state.assignment.get("staging")
        self._limit: int = state.assignment.get("inline_limit") or 65536
        self._owner = os.getpid()
        self._going: dict[str, Rendering] = {}
        self._managers = [CardManager(each, card_class(each.get("type") or "default"), warn, self._start) for each in settings]
        current._facts["card"] = CardCollector(self._managers, warn, _is_muted())

    # While the step runs

    def _start(self, card: CardManager, mode: str) -> bool:
        """Begins a rendering beside the step. False when one of the same card is going on, or none can be begun."""
        if os.getpid() != self._owner or self._is_going(card):
            return False
        from .cards._rendering import Rendering

        order = self._order(card, mode, card.data(mode))
        _blobs.settle()  # the page may ask about this task
        try:
            self._going[card.hash] = Rendering(order, self._parts, self._staging, lambda made: self._tell(card, made))
        except OSError as error:
            warn("The card of the type '%s' cannot be refreshed: %s" % (card.type, error))
            return False
        return True

    def _is_going(self, card: CardManager) -> bool:
        going = self._going.get(card.hash)
        if going is None or going.poll() is None:
            return going is not None
        self._going.pop(card.hash).close()
        return False

    def _tell(self, card: CardManager, made: Rendering) -> None:
        """In the process that has rendered: sends the engine what it made, in turns with the task."""
        if self._blobs is None:
            return
        self._blobs._threads = RLock()  # other threads of the task are not here to give it back
        for header, payload, descriptors in self._messages(card, made):
            self._blobs.tell(header, payload, descriptors)

    # When it has ended

    def settle(self, ok: bool) -> None:
        """Ends the rendering that goes on beside the step. The page of an attempt that has failed may still be made."""
        deadline = monotonic() + (0 if ok else _LAST_WORDS)
        for going in self._going.values():
            going.wait(deadline)
            going.close()
        self._going.clear()

    def render(self) -> None:
        """Waits until the engine has recorded the attempt, and renders its cards. Never raises."""
        try:
            frame = self._channel.receive()
            frame.close()
            if frame.type == "recorded":
                for card in self._managers:
                    self._render(card)
        except (ChannelClosed, ProtocolError):
            pass  # nobody is there to keep a card
        except Exception as error:
            warn("The cards of this task could not be rendered: %s: %s" % (type(error).__name__, error))

    def _render(self, card: CardManager) -> None:
        from .cards._rendering import CRASH, Rendering

        order = self._order(card, "render", {})
        made = Rendering(order, lambda order: self._parts(_completed(order, card)), self._staging, None)
        try:
            if made.wait() == CRASH:
                self._lost(card, made)
            for message in self._messages(card, made):
                self._channel.send(*message)
        finally:
            made.close()

    def _order(self, card: CardManager, mode: str, data: dict[str, Any]) -> Any:
        from .cards._production import Order

        settings = card.settings
        components = card.components.rendered() if mode == "render_runtime" else []
        save_errors = settings.get("save_errors", True) not in (False, "False", "false")
        return Order(card.type, mode, settings.get("options"), components, data, seconds(settings), save_errors)

    def _parts(self, order: Any) -> tuple[Any, Any, Any]:
        """What a card is made from: the task, the flow and its graph."""
        from ._graph import graph_info
        from ._persist import artifacts_of
        from .cards._task_view import task_view

        held = dict(artifacts_of(self._flow)) if order.mode == "render" else {}
        self._state.blobs = _blobs.current = None  # the engine talks with the task alone
        return task_view(current.pathspec or "", held), self._flow, graph_info(type(self._flow))

    def _lost(self, card: CardManager, made: Rendering) -> None:
        """A rendering that did not come to its own end: the page of an error takes its place."""
        from .cards._production import error_page, out_of_time
        from .cards._rendering import ERROR_PAGE, write
        from .cards._task_view import task_view

        trouble = "The process that rendered this card was ended or has crashed."
        if made.late:
            trouble = out_of_time(made.order.timeout)
        warn("The card of the type '%s': %s" % (card.type, trouble))
        if made.order.save_errors:
            page = error_page(trouble, task_view(current.pathspec or "", {}), {"render_seq": "final"})
            write(made.page, page.encode("utf-8", "replace"))
            made.code = ERROR_PAGE

    def _messages(self, card: CardManager, made: Rendering) -> list[tuple[dict[str, Any], bytes, list[int]]]:
        from .cards._rendering import card_messages

        return card_messages(made, card.type, card.id, card.hash, self._limit)


def _completed(order: Any, card: CardManager) -> Any:
    """The order with what the step has left on the card; made where it cannot hold the task up."""
    order.components = card.components.rendered()
    order.data = card.data("render", final=True)
    return order


def create(channel: Channel, lifeline: Lifeline, flow: Any, assignment: dict[str, Any]) -> tuple[Attempt, None]:
    """The assignment of kind ``card``: renders one card of a recorded task and sends it."""
    from ._attempt import Attempt
    from ._tracebacks import report
    from .cards._creation import NoCard
    from .cards._creation import create as make

    attempt = Attempt()
    current._place(assignment)
    try:
        make(flow, assignment, channel)
    except NoCard as error:  # why was said already
        attempt.error, attempt.code = report(error), 1
    except BaseException as error:
        attempt.fail(error)
    return attempt, None


def are_likely(flow: dict[str, Any]) -> bool:
    """Whether tasks of a described flow will have cards, as far as can be seen before the engine says so."""
    if any(decorator["name"] == "card" for step in flow["steps"] for decorator in step["decorators"]):
        return True
    asked = sys.argv[1:] + [os.environ.get("METAFLOW_DECOSPECS", ""), os.environ.get("METAFLOW_DEFAULT_DECOSPECS", "")]
    return any("card" in words for words in asked)


def prepare() -> None:
    """In a worker host: imports what tasks with cards would import each for itself."""
    import gc
    import hashlib  # noqa: F401
    import inspect  # noqa: F401
    import json  # noqa: F401
    import reprlib  # noqa: F401
    import tokenize  # noqa: F401

    from .cards import _artifact_html, _dag, _default_card, _highlight, _page, _rendering, _task_info  # noqa: F401

    gc.freeze()


def seconds(settings: dict[str, Any]) -> float | None:
    """The time that a card has, or None without a limit."""
    given = settings.get("timeout", 45)
    try:
        return None if given is None else float(given)
    except (TypeError, ValueError):
        return 45.0


def warn(message: str) -> None:
    """Says something about cards in the task's log."""
    try:
        sys.stderr.write("[@card WARNING] %s\n" % message)
        sys.stderr.flush()
    except Exception:
        pass  # standard error is gone


def _is_muted() -> bool:
    from ._configuration import setting

    return str(setting("CARD_NO_WARNING") or "").lower() not in ("", "0", "false")
