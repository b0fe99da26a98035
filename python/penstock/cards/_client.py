"""Reading the cards of recorded and running tasks."""

from __future__ import annotations

from ._escape import escaped
from .exception import CardNotPresentException, IncorrectArgumentException, IncorrectPathspecException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any, Iterator

_type = type


class Card:
    """One card of a task. Its page is read when it is asked for."""

    def __init__(self, task: Any, item: dict[str, Any]) -> None:
        self._task = task
        self._item = item
        origin = item.get("origin")
        #: The card's type, and what tells it from all other cards.
        self.type: str = item["type"]
        self.hash: str = item["hash"]
        #: The task that has made it, when that is one of another run which this one continues; otherwise None.
        self.origin_pathspec: str | None = origin
        self.from_resumed = origin is not None

    @property
    def id(self) -> str | None:
        """The id given as ``@card(id=ID)``."""
        return self._item.get("id")

    @property
    def path(self) -> str:
        """A path that no other card has; it ends in ``TYPE[-ID]-HASH.html``."""
        flow, run, step, task = (self.origin_pathspec or self._task.pathspec).split("/")
        name = "-".join(part for part in (self.type, self.id, self.hash) if part)
        return "%s/runs/%s/steps/%s/tasks/%s/cards/%s.html" % (flow, run, step, task, name)

    @property
    def created_at(self) -> datetime | None:
        """When it was rendered last, in local time."""
        from ..client._base import moment

        return moment(self._item.get("created_at"))

    def get(self) -> str:
        """The page, as HTML: the newest, when the task still runs."""
        raw = self._blob("digest")
        if raw is None:
            raise CardNotPresentException(self._task.pathspec, card_hash=self.hash)
        return raw.decode("utf-8", "replace")

    def get_data(self) -> Any:
        """What ``current.card.refresh`` left last: ``data``, ``reload_token``, ``created_on``; None when there is nothing."""
        import json

        raw = self._blob("data")
        return None if raw is None else json.loads(raw.decode("utf-8"))

    def view(self) -> None:
        """Opens the page in a browser."""
        import os
        import tempfile
        import webbrowser

        file = os.path.join(tempfile.mkdtemp(prefix="card-"), self.path.rsplit("/", 1)[-1])
        with open(file, "w", encoding="utf-8") as target:
            target.write(self.get())
        webbrowser.open("file://" + file)

    def _blob(self, member: str) -> bytes | None:
        for item in _items(self._task, self.origin_pathspec is not None):
            if item["hash"] == self.hash:
                self._item = item
        digest = self._item.get(member)
        if digest is None:
            return None
        frame = self._task._engine.ask(type="blob", digest=digest, path=self._task.path_components)
        if frame.type == "missing":
            return None
        if not frame.descriptors:
            return bytes(frame.payload)
        import os

        descriptor, frame.descriptors = frame.descriptors[0], ()
        with os.fdopen(descriptor, "rb") as file:
            return file.read()

    def _repr_html_(self) -> str:
        """The page in a frame of its own, for notebooks."""
        return (
            '<iframe sandbox="allow-scripts allow-popups" style="width:100%%;height:640px;border:1px solid #8884;'
            'border-radius:8px" srcdoc="%s"></iframe>' % escaped(self.get())
        )

    def __str__(self) -> str:
        return "<Card at '%s'>" % self.path

    __repr__ = __str__


class CardContainer:
    """The cards of a task, in the order of its decorators: a list that cannot be changed."""

    def __init__(self, cards: list[Card], origin_pathspec: str | None = None) -> None:
        self._cards = tuple(cards)
        self.origin_pathspec = origin_pathspec
        self.from_resumed = origin_pathspec is not None

    def __len__(self) -> int:
        return len(self._cards)

    def __iter__(self) -> Iterator[Card]:
        return iter(self._cards)

    def __getitem__(self, index: Any) -> Any:
        return self._cards[index]

    def __repr__(self) -> str:
        return "<%d cards: %s>" % (len(self), ", ".join(card.path.rsplit("/", 1)[-1] for card in self))

    def _repr_html_(self) -> str:
        return "\n".join("<h4>%s</h4>%s" % (escaped(card.type), card._repr_html_()) for card in self)


def get_cards(task: Any, id: str | None = None, type: str | None = None, follow_resumed: bool = True) -> CardContainer:
    """The cards of a task, which may still run: a Task or its path ``Flow/run/step/task``.

    ``id`` and ``type`` choose some of them. In a resumed run, tasks that were taken over show the cards of the task they were
    taken from, unless ``follow_resumed`` is False. Raises CardNotPresentException for a task without cards.
    """
    from ..client import Task

    if isinstance(task, str):
        if task.count("/") != 3:
            raise IncorrectPathspecException(task)
        task = Task(task, _namespace_check=False)
    elif not isinstance(task, Task):
        raise IncorrectArgumentException(_type(task))
    items = _items(task, follow_resumed)
    if not items:
        raise CardNotPresentException(task.pathspec, card_type=type, card_id=id)
    chosen = [item for item in items if (id is None or item.get("id") == id) and (type is None or item["type"] == type)]
    origin = next((item["origin"] for item in items if item.get("origin")), None)
    return CardContainer([Card(task, item) for item in chosen], origin)


def _items(task: Any, follow_resumed: bool) -> list[dict[str, Any]]:
    answer = task._engine.ask(type="cards", path=task.path_components, follow_resumed=follow_resumed)
    return answer.header.get("items") or []
