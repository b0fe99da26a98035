"""Configs: values that shape a flow before it is run."""

from __future__ import annotations

import sys

from ._config_value import ConfigValue
from ._delayed import UNPACKED, Delayed, Unresolved, config_expr, is_unpacked
from ._parameters import Declared
from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

__all__ = ["Config", "ConfigValue", "config_expr", "configs_of"]


class Config(Declared, Unresolved):
    """A part of the flow that the command line can replace as a whole: ``--config NAME FILE`` or ``--config-value NAME JSON``.

    ``default`` is a path and ``default_value`` a text or a mapping; either may be a function of a context instead. The text
    is JSON, unless ``parser`` names a function that reads it: the function itself, or its dotted name. The value is a
    mapping, seen as ConfigValue; with ``plain`` it is whatever the parser gives, and the text itself without one.

    Steps read the value as ``self.ATTRIBUTE``. Decorators and fields of parameters may use ``config.a.b``, ``config['a']``
    and ``**config``, which get their values when the flow is run.
    """

    IS_CONFIG_PARAMETER = True
    _penstock_noun = "config"

    def __init__(
        self,
        name: str,
        default: Any = None,
        default_value: Any = None,
        help: str | None = None,
        required: bool | None = None,
        parser: Any = None,
        plain: bool = False,
        show_default: bool | None = None,
        **extra: Any,
    ) -> None:
        # Everything is kept under one name that no key of a config has: other attributes are keys.
        self._penstock = _Settings(name, default, default_value, help, required, parser, plain, show_default, extra)
        self._penstock.line = sys._getframe(1).f_lineno

    @property
    def name(self) -> str:
        return self._penstock.name

    def _penstock_attribute(self) -> str:
        return self._penstock.attribute

    def __set_name__(self, owner: type, attribute: str) -> None:
        self._penstock.attribute = attribute

    def __get__(self, flow: Any, owner: type | None = None) -> Any:
        settings = self._penstock
        state = None if flow is None else flow.__dict__.get("_penstock")
        if state is None:
            return settings.seen if settings.known else self
        value = state.constant(settings.attribute, settings.seen)
        if settings.plain or value is None or type(value) is ConfigValue:
            return value
        return state.keep_constant(settings.attribute, ConfigValue(value))

    def __getattr__(self, key: str) -> Delayed:
        if key[:2] == "__" or key == "_penstock":
            raise AttributeError(key)
        return getattr(self._penstock_delayed(), key)

    def __getitem__(self, key: Any) -> Any:
        return self._penstock_delayed() if is_unpacked(key) else self._penstock_delayed()[key]

    def keys(self) -> list[str]:
        return [UNPACKED + self._penstock.name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return 1

    def _penstock_delayed(self) -> Delayed:
        return Delayed(self._penstock.name, None, None)

    def __repr__(self) -> str:
        return "<Config %s>" % self._penstock.name


class _Settings:
    """What a config was declared with, and its value once there is one."""

    def __init__(
        self,
        name: str,
        default: Any,
        default_value: Any,
        help: str | None,
        required: bool | None,
        parser: Any,
        plain: bool,
        show_default: bool | None,
        extra: dict[str, Any],
    ) -> None:
        if not isinstance(name, str) or not name:
            raise MetaflowException("A config's name has to be a text, not %r." % (name,))
        if default is not None and default_value is not None:
            raise MetaflowException("Config '%s' has a default and a default_value; it takes one of the two." % name)
        if parser is not None and not callable(parser) and not isinstance(parser, str):
            raise MetaflowException(
                "Config '%s': a parser is a function or the dotted name of one, not %r." % (name, parser)
            )
        if isinstance(default, Unresolved) or isinstance(default_value, Unresolved):
            raise MetaflowException("Config '%s' takes its default from a config, which has no value yet." % name)
        self.name = name
        self.attribute = name
        self.default = default
        self.default_value = default_value
        self.help = help
        self.required = bool(required)
        self.parser = parser
        self.plain = bool(plain)
        self.show_default = True if show_default is None else bool(show_default)
        self.extra = extra
        self.line = 0
        #: The value as it is stored, once ``known``; ``seen`` is the same as steps see it.
        self.value: Any = None
        self.seen: Any = None
        self.known = False

    @property
    def parser_name(self) -> str | None:
        """What the parser is called, for messages."""
        if self.parser is None or isinstance(self.parser, str):
            return self.parser
        return getattr(self.parser, "__qualname__", None) or type(self.parser).__name__

    def take(self, value: Any) -> None:
        """Notes the value, which is None, or a mapping unless the config is plain."""
        self.value = value
        self.seen = value if self.plain or value is None else ConfigValue(value)
        self.known = True


def settings_of(config: Config) -> Any:
    """What a config was declared with."""
    return config._penstock


def configs_of(flow: type) -> dict[str, Config]:
    """The configs of a flow by attribute, those of the bases first."""
    found: dict[str, Any] = {}
    for cls in reversed(flow.__mro__):
        for name, value in cls.__dict__.items():
            if name in found or isinstance(value, Config):
                found[name] = value
    return {name: value for name, value in found.items() if isinstance(value, Config)}


def values_seen(flow: type) -> dict[str, Any]:
    """The values of a flow's configs as steps see them, by attribute and by name; the names count more."""
    configs = configs_of(flow)
    seen = {attribute: settings_of(config).seen for attribute, config in configs.items()}
    seen.update((settings_of(config).name, settings_of(config).seen) for config in configs.values())
    return seen
