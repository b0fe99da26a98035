"""The components of one card, in order and by id."""

from __future__ import annotations

from time import time

from ._base import MetaflowCardComponent, UserComponent, create_component_id, json_trouble
from ._elements import ErrorComponent, SectionComponent
from .exception import ComponentOverwriteNotSupportedException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Iterator


class WarningComponent(ErrorComponent):
    """A warning that is shown on the card."""

    def __init__(self, warning_message: str) -> None:
        super().__init__("@card WARNING", warning_message)


class MissingComponent(UserComponent):
    """Stands for an id that no component has."""

    def __init__(self, wanted: str) -> None:
        self._wanted = wanted

    def update(self, *args: Any, **kwargs: Any) -> None:
        self._warn("There is no component with the id '%s'; updating it changes nothing." % self._wanted)


class ComponentStore:
    """Components that can be appended like to a list and looked up like in a dictionary."""

    def __init__(
        self,
        warn: Callable[[str], None],
        card_type: str | None = None,
        card_id: str | None = None,
        components: Iterable[Any] = (),
    ) -> None:
        self._warn = warn
        self._card_type = card_type
        self._card_id = card_id
        self._components: dict[str, Any] = {}
        #: When components were added or removed last, in seconds since 1970.
        self.layout_last_changed_on = time()
        self.extend(components)

    def append(self, component: Any, id: str | None = None) -> None:
        """Adds a component at the end. What is none is not added, and a warning says so."""
        if not isinstance(component, MetaflowCardComponent):
            self._warn(
                "What is appended to a card has to be a component such as Markdown or Table; %.100r is none and is left "
                "out." % (component,)
            )
            return
        if id is not None:
            component.component_id = id
        elif component.component_id is None:
            component.component_id = create_component_id(component)
        component._logger = self._warn
        self._components[component.component_id] = component  # type: ignore[index]
        self.layout_last_changed_on = time()

    def extend(self, components: Iterable[Any]) -> None:
        for component in components:
            self.append(component)

    def clear(self) -> None:
        self._components.clear()
        self.layout_last_changed_on = time()

    def keys(self) -> list[str]:
        return list(self._components)

    def values(self) -> Any:
        return self._components.values()

    def __getitem__(self, key: str) -> Any:
        if key not in self._components:
            self.append(MissingComponent(key), id=key)
        return self._components[key]

    def __setitem__(self, key: str, value: Any) -> None:
        if key in self._components:
            raise ComponentOverwriteNotSupportedException(key, self._card_id, self._card_type)
        self.append(value, id=key)

    def __delitem__(self, key: str) -> None:
        if key not in self._components:
            raise KeyError("There is no component '%s'; there are: %s" % (key, ", ".join(self._components) or "none"))
        del self._components[key]
        self.layout_last_changed_on = time()

    def __contains__(self, key: object) -> bool:
        return key in self._components

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._components.values()))

    def __len__(self) -> int:
        return len(self._components)

    def __repr__(self) -> str:
        return "<components of a card: %s>" % (", ".join(self._components) or "none")

    # Rendered

    def rendered(self) -> list[Any]:
        """The components as texts and dictionaries, those that fail left out."""
        components = [each for each in self if not isinstance(each, MissingComponent)]
        made = [each for each in map(rendered_component, components) if each is not None]
        if made and any(isinstance(each, UserComponent) for each in components):
            return [SectionComponent(contents=made).render()]
        return made

    def updatable(self) -> dict[str, Any]:
        """The rendered components that change while the task runs, by id."""
        made = {each.component_id: rendered_component(each) for each in self if each.REALTIME_UPDATABLE}
        return {name: value for name, value in made.items() if value is not None}


def rendered_component(component: Any) -> Any:
    """A component's text or dictionary, or None when it gives none."""
    try:
        made = component.render()
    except Exception:
        return None
    if type(made) not in (str, dict):
        return None
    return made if isinstance(component, UserComponent) or json_trouble(made) is None else None
