"""``ConfigValue``: what a step sees of a config."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, NoReturn


class ConfigValue(dict):  # type: ignore[type-arg]
    """A mapping that cannot be changed and whose keys are attributes as well: ``value.a.b`` is ``value['a']['b']``.

    Mappings inside of it, also those in lists and tuples, are of this class. Writing raises TypeError, a missing key
    KeyError, a missing attribute AttributeError. It is a ``dict``, so that ``json.dumps`` and ``isinstance`` take it for
    one; ``to_dict`` gives a plain copy.
    """

    def __init__(self, data: Any = (), **more: Any) -> None:
        pairs = dict(data, **more)
        super().__init__((key, wrapped(value)) for key, value in pairs.items())

    @classmethod
    def fromkeys(cls, keys: Iterable[Any], value: Any = None) -> ConfigValue:
        return cls(dict.fromkeys(keys, value))

    def to_dict(self) -> dict[Any, Any]:
        """The same values in plain dictionaries, lists and tuples."""
        return {key: unwrapped(value) for key, value in self.items()}

    def copy(self) -> ConfigValue:
        return self

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(
                "The config has no '%s' here; it has: %s" % (name, ", ".join(map(str, self)) or "nothing")
            ) from None

    def __dir__(self) -> list[str]:
        return list(super().__dir__()) + [key for key in self if isinstance(key, str) and key.isidentifier()]

    def __reduce__(self) -> Any:
        return (ConfigValue, (self.to_dict(),))

    def __repr__(self) -> str:
        return repr(self.to_dict())

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("A config cannot be changed; to_dict() gives a copy that can.")

    __setattr__ = __delattr__ = __setitem__ = __delitem__ = _refuse
    update = setdefault = pop = popitem = clear = __ior__ = _refuse


def wrapped(value: Any) -> Any:
    """The value with every mapping in it as a ConfigValue."""
    if isinstance(value, ConfigValue):
        return value
    if is_mapping(value):
        return ConfigValue(value)
    kind = type(value)
    if kind in (list, tuple, set):
        return kind(wrapped(item) for item in value)
    return value


def unwrapped(value: Any) -> Any:
    """The value with plain dictionaries in place of ConfigValues."""
    if is_mapping(value):
        return {key: unwrapped(item) for key, item in value.items()}
    kind = type(value)
    if kind in (list, tuple, set):
        return kind(unwrapped(item) for item in value)
    return value


def is_mapping(value: Any) -> bool:
    """Whether a value is a mapping, also one that a parser's library has made."""
    if isinstance(value, dict):
        return True
    if type(value) in (str, int, float, bool, list, tuple, type(None)):
        return False
    from collections.abc import Mapping

    return isinstance(value, Mapping)
