"""Parameters: values that a run is started with."""

from __future__ import annotations

import sys

from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _JSON:
    """The type of parameters that are given as JSON texts."""

    name = "JSON"

    def __repr__(self) -> str:
        return "JSON"


JSONType = _JSON()

_NAMES = {str: "str", int: "int", float: "float", bool: "bool", list: "json", dict: "json", _JSON: "json"}


class Parameter:
    """A value that ``run`` takes as an option, read in every step as ``self.ATTRIBUTE`` and never changed.

    ``default`` may be a function of one argument, a context; it is called once in a run, and only when no value
    was given. Without ``type`` the default's type counts, and text when there is none.
    """

    def __init__(
        self,
        name: str,
        default: Any = None,
        type: Any = None,
        help: str | None = None,
        required: bool | None = None,
        show_default: bool | None = None,
        separator: str | None = None,
        multiple: bool = False,
        **extra: Any,
    ) -> None:
        self.name = name
        self.default = default
        self.type = type
        self.help = help
        self.required = bool(required)
        self.show_default = True if show_default is None else bool(show_default)
        self.separator = separator
        self.multiple = bool(multiple)
        self.extra = extra
        self.attribute = name
        self.line = sys._getframe(1).f_lineno
        if not isinstance(name, str) or not name:
            raise MetaflowException("A parameter's name has to be a text, not %r." % (name,))
        if separator is not None and self.kind != "str":
            raise MetaflowException("Parameter '%s': a separator is for parameters whose type is str." % name)

    def __set_name__(self, owner: type, attribute: str) -> None:
        self.attribute = attribute

    @property
    def default_is_function(self) -> bool:
        return callable(self.default)

    @property
    def kind(self) -> str:
        """``str``, ``int``, ``float``, ``bool``, ``json``, or ``custom`` for a function of the person."""
        wanted = self.type
        if wanted is None:
            wanted = str if self.default is None or self.default_is_function else type(self.default)
            if isinstance(self.default, tuple) and self.multiple:
                wanted = type(self.default[0]) if self.default else str
            return _NAMES.get(wanted, "str")
        if isinstance(wanted, _JSON):
            return "json"
        try:
            return _NAMES.get(wanted, "custom")
        except TypeError:  # a type object that cannot be hashed
            return "custom"

    def __get__(self, flow: Any, owner: type | None = None) -> Any:
        state = None if flow is None else flow.__dict__.get("_penstock")
        return self if state is None else state.constant(self.attribute, self)

    def __set__(self, flow: Any, value: Any) -> None:
        raise AttributeError(
            "'%s' is a parameter of the flow and cannot be changed; use another name." % self.attribute
        )

    def __delete__(self, flow: Any) -> None:
        raise AttributeError("'%s' is a parameter of the flow and cannot be deleted." % self.attribute)

    def __repr__(self) -> str:
        return "<Parameter %s>" % self.name


class Constant:
    """A class attribute of a flow, as its tasks see it: the value that the run began with, read-only."""

    __slots__ = ("attribute", "value")

    def __init__(self, attribute: str, value: Any) -> None:
        self.attribute = attribute
        self.value = value

    def __get__(self, flow: Any, owner: type | None = None) -> Any:
        if flow is None:
            return self.value
        state = flow.__dict__.get("_penstock")
        if state is None:
            return flow.__dict__.get(self.attribute, self.value)
        return state.constant(self.attribute, self.value)

    def __set__(self, flow: Any, value: Any) -> None:
        if flow.__dict__.get("_penstock") is None:
            flow.__dict__[self.attribute] = value
            return
        raise AttributeError(
            "'%s' is a constant of the flow (an attribute of its class) and cannot be changed; use another name."
            % self.attribute
        )
