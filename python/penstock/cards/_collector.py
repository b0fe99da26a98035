"""``current.card``: what a step adds to its cards."""

from __future__ import annotations

import os
import re

from time import monotonic

from ._base import json_trouble
from ._store import ComponentStore, WarningComponent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Iterator

ID_PATTERN = re.compile(r"[a-zA-Z0-9_]+\Z")
#: Seconds after which a page that is rendered while the task runs is made anew, even when only values have changed.
RENDER_INTERVAL = 60


class CardManager:
    """One card of the step: its components and its rendering."""

    def __init__(self, settings: dict[str, Any], card_class: Any, warn: Callable[[str], None], start: Any) -> None:
        """``start(manager, mode)`` begins a rendering and says whether it could."""
        self.type: str = settings.get("type") or "default"
        self.settings = settings
        self.card_class = card_class
        self.hash = os.urandom(16).hex()
        self.customize = str(settings.get("customize")).lower() == "true"
        self.editable = bool(getattr(card_class, "ALLOW_USER_COMPONENTS", False))
        self.runtime = bool(getattr(card_class, "RUNTIME_UPDATABLE", False))
        self._warn = warn
        self._start = start
        self.id = self._checked_id(settings.get("id"))
        self._components = ComponentStore(warn, self.type, self.id)
        self._interval = _seconds(settings.get("refresh_interval"), 5.0)
        self._user_data: Any = None
        self._sequence = 0
        self._refreshed: float | None = None
        self._rendered: float | None = None
        self._layout: float | None = None

    def append(self, component: Any, id: str | None = None) -> None:
        """Adds a component at the end; ``id`` is for looking it up in ``components``."""
        self._components.append(component, id)

    def extend(self, components: Iterable[Any]) -> None:
        """Adds several components."""
        self._components.extend(components)

    def clear(self) -> None:
        """Takes all components away."""
        self._components.clear()

    @property
    def components(self) -> ComponentStore:
        """The components, in order and by id."""
        return self._components

    @components.setter
    def components(self, components: Iterable[Any]) -> None:
        self._components = ComponentStore(self._warn, self.type, self.id, list(components))

    def refresh(self, data: Any = None, force: bool = False) -> None:
        """Shows the card's present state while the task runs.

        Calls that come sooner than ``refresh_interval`` after the last are ignored. ``data`` is handed to the card's
        ``render_runtime`` and ``refresh``; ``force`` renders the whole page, which otherwise happens when components
        were added or removed.
        """
        self._user_data = data
        if not self.runtime:
            return
        now = monotonic()
        if self._refreshed is not None and now - self._refreshed < self._interval:
            return
        layout = self._components.layout_last_changed_on
        whole = force or layout != self._layout or self._rendered is None or now - self._rendered > RENDER_INTERVAL
        self._sequence += 1 if whole else 0
        if self._start(self, "render_runtime" if whole else "refresh"):
            self._refreshed = now
            if whole:
                self._rendered, self._layout = now, layout

    def data(self, mode: str, final: bool = False) -> dict[str, Any]:
        """What ``render_runtime``, ``refresh`` and ``reload_content_token`` of the card get."""
        user = self._user_data
        if user is not None and json_trouble(user) is not None:
            self._warn("The data given to refresh() is not JSON and is ignored: %s" % json_trouble(user))
            user = {}
        return {
            "user": user,
            "components": self._components.updatable(),
            "render_seq": "final" if final else self._sequence,
            "component_update_ts": self._components.layout_last_changed_on,
            "mode": mode,
        }

    def __iter__(self) -> Iterator[Any]:
        return iter(self._components)

    def __len__(self) -> int:
        return len(self._components)

    def __repr__(self) -> str:
        return "<card of the type %s%s>" % (self.type, "" if self.id is None else " with the id " + self.id)

    def _checked_id(self, given: Any) -> str | None:
        if given is None or (isinstance(given, str) and ID_PATTERN.match(given)):
            return given
        self._warn(
            "The id %r of a @card is ignored, and current.card[%r] will not find it: an id consists of letters, digits "
            "and underscores." % (given, given)
        )
        return None


class CardCollector:
    """All cards of the step. Its own methods work on the default card.

    That is the only card that takes components; of several, the one marked ``customize=True``, or else the only one
    without an id.
    """

    def __init__(self, managers: list[CardManager], warn: Callable[[str], None], muted: bool) -> None:
        self._managers = managers
        self._warn_always = warn
        self._muted = muted
        self._warned: set[tuple[str, str | None]] = set()
        self._by_id = self._lookup()
        self._default = self._default_card()

    # The default card

    def append(self, component: Any, id: str | None = None) -> None:
        """Adds a component to the default card; without one, warns and does nothing."""
        if self._default is None:
            self._no_default("append")
        else:
            self._default.append(component, id)

    def extend(self, components: Iterable[Any]) -> None:
        """Adds several components to the default card."""
        if self._default is None:
            self._no_default("extend")
        else:
            self._default.extend(components)

    def clear(self) -> None:
        """Takes all components from the default card."""
        if self._default is not None:
            self._default.clear()

    def refresh(self, data: Any = None, force: bool = False) -> None:
        """Shows the default card's present state while the task runs."""
        if self._default is not None:
            self._default.refresh(data, force)

    @property
    def components(self) -> ComponentStore | None:
        """The components of the default card; None, with a warning, when there is no default card."""
        if self._default is None:
            self._no_default("components")
            return None
        return self._default.components

    @components.setter
    def components(self, components: Iterable[Any]) -> None:
        if self._default is None:
            self._no_default("components")
        else:
            self._default.components = components

    # Chosen cards

    def get(self, type: str | None = None) -> list[CardManager]:
        """The cards of a type."""
        return [each for each in self._managers if each.type == type]

    def __getitem__(self, key: str) -> Any:
        """The card with an id. An unknown id gives a list that belongs to no card, and a warning."""
        if key in self._by_id:
            return self._by_id[key]
        self._warn_once(
            "id",
            key,
            "There is no card with the id '%s', so what is added to current.card['%s'] is lost. Give a @card of this step "
            "the id: @card(id='%s')." % (key, key, key),
            on_cards=True,
        )
        return []

    def __setitem__(self, key: str, value: Any) -> None:
        if key not in self._by_id:
            self._warn_once("set", key, "There is no card with the id '%s': current.card['%s'] is not set." % (key, key))
        elif not isinstance(value, list):
            self._warn_once("list", key, "current.card['%s'] is set to a list of components; nothing changes." % key)
        else:
            self._by_id[key].components = value

    def __contains__(self, key: object) -> bool:
        return key in self._by_id

    def __repr__(self) -> str:
        return "<current.card: %s>" % ", ".join(map(repr, self._managers))

    # Rules

    def _lookup(self) -> dict[str, CardManager]:
        ids = [each.id for each in self._managers if each.id is not None]
        twice = sorted({each for each in ids if ids.count(each) > 1})
        if twice:
            self._warn_once(
                "twice",
                None,
                "Several @cards of this step have the id '%s', so current.card['%s'] will not find them. Give each card an "
                "id of its own." % ("', '".join(twice), twice[0]),
            )
        return {each.id: each for each in self._managers if each.id is not None and each.id not in twice}

    def _default_card(self) -> CardManager | None:
        editable = [each for each in self._managers if each.editable]
        if len(editable) == 1:
            return editable[0]
        customized = [each for each in editable if each.customize]
        if len(customized) > 1:
            self._warn_once("customize", None, "Several @cards of this step have customize=True, which one can have.")
        if len(customized) == 1:
            return customized[0]
        nameless = [each for each in editable if each.id is None]
        return nameless[0] if len(nameless) == 1 else None

    def _no_default(self, what: str) -> None:
        if len(self._managers) == 1:
            card = self._managers[0]
            if card.card_class is None:
                reason = "there is no card type '%s'" % card.type
            else:
                reason = "cards of the type '%s' take no components" % card.type
            advice = "Use another type, such as @card(type='default')."
        elif not any(each.editable for each in self._managers):
            reason, advice = "none of the step's cards takes components", "Use a type that does, such as 'default'."
        else:
            reason = "the step has several cards that take components"
            advice = "Give each an id and use current.card['ID'], or mark one with customize=True."
        self._warn_once(
            what, None, "current.card.%s does nothing, since %s. %s" % (what, reason, advice), on_cards=what != "components"
        )

    def _warn_once(self, what: str, key: str | None, message: str, on_cards: bool = False) -> None:
        if self._muted or (what, key) in self._warned:
            return
        self._warned.add((what, key))
        self._warn_always(message)
        if on_cards:
            for each in self._managers:
                each.append(WarningComponent(message))


def _seconds(value: Any, fallback: float) -> float:
    try:
        return fallback if value is None else float(value)
    except (TypeError, ValueError):
        return fallback
