"""What cards and their components derive from."""

from __future__ import annotations

from functools import wraps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


class MetaflowCard:
    """A card type: a class with a ``type`` and a method ``render`` that makes a page for a task.

    ``@card(type=T, options=S)`` makes an object of the class whose ``type`` is T: ``options`` is S when it is given,
    ``components`` what the step has appended (rendered), ``graph`` the flow's steps, ``flow`` the flow.
    """

    #: The page stays as it is while the task runs.
    RELOAD_POLICY_NEVER = "never"
    #: A viewer loads each new page that ``render_runtime`` makes.
    RELOAD_POLICY_ALWAYS = "always"
    #: A viewer loads a new page when ``reload_content_token`` has changed.
    RELOAD_POLICY_ONCHANGE = "onchange"
    #: Stands in the page for the token by which viewers tell pages apart.
    RELOAD_POLICY_TOKEN = "[METAFLOW_RELOAD_TOKEN]"

    type: Any = None

    #: Whether ``current.card.append`` may choose this card.
    ALLOW_USER_COMPONENTS = False
    #: Whether ``current.card.refresh`` renders this card while the task runs.
    RUNTIME_UPDATABLE = False
    RELOAD_POLICY = RELOAD_POLICY_NEVER

    scope = "task"

    #: In the final ``render``: what ``render_runtime`` and ``refresh`` get as ``data``.
    runtime_data: Any = None

    def __init__(self, options: Any = None, components: Any = (), graph: Any = None, flow: Any = None) -> None:
        pass

    def _get_mustache(self) -> Any:
        """A module whose ``render(template, data)`` fills a Mustache template."""
        from . import _mustache

        return _mustache

    def render(self, task: Any) -> Any:
        """The page, as HTML, for a task that has ended."""
        return NotImplementedError()

    def render_runtime(self, task: Any, data: Any) -> Any:
        """The page for a task that runs. ``data`` has ``user``, ``components``, ``render_seq``, ``mode``."""
        raise NotImplementedError()

    def refresh(self, task: Any, data: Any) -> Any:
        """What a viewer gets to bring a shown page up to date, as JSON data."""
        raise NotImplementedError()

    def reload_content_token(self, task: Any, data: Any) -> str:
        """A text that changes when the page has to be loaded again."""
        return "content-token"


class MetaflowCardComponent:
    """Something that a step can append to a card."""

    #: Whether the component takes part in ``current.card.refresh``.
    REALTIME_UPDATABLE = False

    _component_id: str | None = None
    _logger: Any = None

    @property
    def component_id(self) -> str | None:
        return self._component_id

    @component_id.setter
    def component_id(self, value: str) -> None:
        if not isinstance(value, str):
            raise TypeError("The id of a component is a text, not %r" % (value,))
        self._component_id = value

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Changes what the component shows."""
        raise NotImplementedError()

    def render(self) -> Any:
        """The component as a text or a dictionary of JSON data."""
        raise NotImplementedError()


class UserComponent(MetaflowCardComponent):
    """A component whose ``render`` never fails: what goes wrong in ``_plain`` is shown in its place."""

    _warned = False

    def _plain(self) -> dict[str, Any]:
        raise NotImplementedError()

    def render(self) -> Any:
        if self.component_id is None:
            self.component_id = create_component_id(self)
        return rendered_safely(self, self._plain)

    def update(self, *args: Any, **kwargs: Any) -> None:
        self._warn("%s cannot be updated while the task runs; nothing changes." % type(self).__name__)

    def _warn(self, message: str) -> None:
        """Says something once, when the component is part of a card."""
        if self._logger is not None and not self._warned:
            self._logger(message)
            self._warned = True


def create_component_id(component: Any) -> str:
    """An id that no other component of the card has."""
    import os

    return "%s_%s" % (type(component).__name__.lower(), os.urandom(3).hex())


def with_default_component_id(func: Callable[..., Any]) -> Callable[..., Any]:
    """For a ``render`` method: gives the component an id first, when it has none."""

    @wraps(func)
    def render(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.component_id is None:
            self.component_id = create_component_id(self)
        return func(self, *args, **kwargs)

    return render


def render_safely(func: Callable[..., Any]) -> Callable[..., Any]:
    """For a ``render`` method: shows what goes wrong instead of raising it."""

    @wraps(func)
    def render(self: Any, *args: Any, **kwargs: Any) -> Any:
        return rendered_safely(self, lambda: func(self, *args, **kwargs))

    return render


def rendered_safely(component: Any, make: Callable[[], Any]) -> Any:
    """The component's text or dictionary, or a note on why there is none."""
    name = type(component).__name__
    try:
        made = make()
    except Exception:
        import traceback

        return failure(name, traceback.format_exc())
    if type(made) not in (str, dict):
        return failure(name, "It renders to neither a text nor a dictionary, but to %s." % type(made).__name__)
    trouble = json_trouble(made)
    return made if trouble is None else failure(name, "It renders to something that is not JSON: %s" % trouble)


def failure(name: str, reason: str) -> dict[str, Any]:
    """What stands in the place of a component that could not be rendered."""
    return {"type": "log", "data": "The component %s could not be rendered.\n\n%s" % (name, reason)}


def json_trouble(value: Any) -> str | None:
    """Why a value cannot be JSON, or None."""
    import json

    try:
        json.dumps(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        return str(error)
    return None
