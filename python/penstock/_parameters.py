"""Parameters: values that a run is started with."""

from __future__ import annotations

import sys

from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn


class _JSON:
    """The type of parameters that are given as JSON texts."""

    name = "JSON"

    def __repr__(self) -> str:
        return "JSON"


JSONType = _JSON()

_NAMES = {str: "str", int: "int", float: "float", bool: "bool", list: "json", dict: "json", _JSON: "json"}
#: Fields that take no function.
_PLAIN_FIELDS = ("show_default", "separator", "required")


class Declared:
    """What the class of a flow declares, and what its tasks read but never change."""

    _penstock_noun = "parameter"

    def _penstock_attribute(self) -> str:
        raise NotImplementedError

    def __set__(self, flow: Any, value: Any) -> NoReturn:
        raise AttributeError(
            "'%s' is a %s of the flow and cannot be changed; use another name."
            % (self._penstock_attribute(), self._penstock_noun)
        )

    def __delete__(self, flow: Any) -> NoReturn:
        raise AttributeError(
            "'%s' is a %s of the flow and cannot be deleted." % (self._penstock_attribute(), self._penstock_noun)
        )


class Parameter(Declared):
    """A value that ``run`` takes as an option, read in every step as ``self.ATTRIBUTE`` and never changed.

    ``default`` may be a function of one argument, a context; it is called once in a run, and only when no value
    was given. Without ``type`` the default's type counts, and text when there is none. Every field but the name may come
    from a config (``default=config.rate``, ``**config.rate``); it has a value once the flow is run.
    """

    IS_CONFIG_PARAMETER = False

    default: Any
    type: Any
    help: str | None
    required: bool
    show_default: bool
    separator: str | None
    multiple: bool
    extra: dict[str, Any]

    def __init__(
        self,
        name: str,
        default: Any = None,
        type: Any = None,
        help: str | None = None,
        required: bool | None = None,
        show_default: bool | None = None,
        separator: str | None = None,
        multiple: bool | None = None,
        **extra: Any,
    ) -> None:
        self.name = name
        self.attribute = name
        self.line = sys._getframe(1).f_lineno
        if not isinstance(name, str) or not name:
            raise MetaflowException("A parameter's name has to be a text, not %r." % (name,))
        given = {
            "default": default,
            "type": type,
            "help": help,
            "required": required,
            "show_default": show_default,
            "separator": separator,
            "multiple": multiple,
        }
        extra.update((field, value) for field, value in given.items() if value is not None)
        #: The fields while some of them wait for configs.
        self.waiting: dict[str, Any] | None = None
        if "penstock._delayed" in sys.modules and _any_delayed(extra):
            self.waiting = extra
            extra = _without_delayed(extra)
        self._settle(extra)
        if self.waiting is None:
            self._check()

    def resolve(self) -> None:
        """Gives the fields that wait for configs their values. Raises MetaflowException."""
        if self.waiting is None:
            return
        from ._delayed import resolved_keywords

        fields, self.waiting = self.waiting, None
        self._settle(resolved_keywords(fields))
        self._check()

    def _settle(self, fields: dict[str, Any]) -> None:
        fields = dict(fields)
        self.default = fields.pop("default", None)
        self.type = fields.pop("type", None)
        self.help = fields.pop("help", None)
        self.required = fields.pop("required", None) or False
        show_default = fields.pop("show_default", None)
        self.show_default = True if show_default is None else show_default
        self.separator = fields.pop("separator", None) or None
        self.multiple = bool(fields.pop("multiple", None))
        self.extra = fields

    def _check(self) -> None:
        for field in _PLAIN_FIELDS:
            if callable(getattr(self, field)):
                raise MetaflowException("Parameter '%s': its %s cannot be a function." % (self.name, field))
        if self.separator is not None and (
            self.kind != "str" or not (isinstance(self.default, (str, type(None))) or self.default_is_function)
        ):
            raise MetaflowException("Parameter '%s': a separator is for parameters whose type is str." % self.name)
        self.required = bool(self.required)
        self.show_default = bool(self.show_default)

    def __set_name__(self, owner: type, attribute: str) -> None:
        self.attribute = attribute

    def _penstock_attribute(self) -> str:
        return self.attribute

    @property
    def default_is_function(self) -> bool:
        return callable(self.default)

    @property
    def kind(self) -> str:
        """``str``, ``int``, ``float``, ``bool``, ``json``, or ``custom`` for a function of the person."""
        wanted = self.type
        if wanted is None:
            wanted = str if self.default is None or self.default_is_function else type(self.default)
            if isinstance(self.default, (list, tuple)) and self.multiple:
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


def _any_delayed(fields: dict[str, Any]) -> bool:
    from ._delayed import is_delayed, is_unpacked

    return any(is_unpacked(field) or is_delayed(value) for field, value in fields.items())


def _without_delayed(fields: dict[str, Any]) -> dict[str, Any]:
    from ._delayed import is_delayed, is_unpacked

    return {field: value for field, value in fields.items() if not is_unpacked(field) and not is_delayed(value)}
