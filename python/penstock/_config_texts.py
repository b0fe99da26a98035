"""Values of configs out of what the engine has read for them."""

from __future__ import annotations

from ._config_value import is_mapping, unwrapped
from ._configs import configs_of, settings_of
from ._parameter_values import ParameterContext
from ._parsers import named_function
from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: The most mappings and lists inside of one another in a config.
DEPTH = 200


class ConfigProblem(MetaflowException):
    """The command line or a file that it names is at fault."""

    headline = "Config cannot be used"
    help = 'before the command, say --config NAME FILE or --config-value NAME JSON; a config is an object, as {"size": 1}'
    usage = True


class ConfigParserFailed(MetaflowException):
    headline = "Config parser failed"


def take_values(flow: type, message: dict[str, Any]) -> None:
    """Gives every config of a flow its value. Raises MetaflowException; ConfigProblem for what the person has given."""
    given = message.get("configs") or {}
    names: dict[str, str] = {}
    for attribute, config in configs_of(flow).items():
        settings = settings_of(config)
        if settings.name in names:
            raise MetaflowException(
                "The configs '%s' and '%s' of flow %s have the same name, '%s'."
                % (names[settings.name], attribute, flow.__name__, settings.name)
            )
        names[settings.name] = attribute
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise ConfigProblem(
            "The flow has no config '%s'; it has: %s." % (unknown[0], ", ".join(sorted(names)) or "none")
        )
    from ._configuration import username

    user = message.get("username") or username()
    for config in configs_of(flow).values():
        settings = settings_of(config)
        settings.take(_value(settings, given.get(settings.name), flow, user))


def _value(settings: Any, given: dict[str, Any] | None, flow: type, user: str | None) -> Any:
    if given is None:
        return _from_default(settings, flow, user)
    if "text" in given:
        return parsed(settings, given["text"], given.get("source") or "the command line")
    return from_wire(given.get("value"))


def _from_default(settings: Any, flow: type, user: str | None) -> Any:
    if settings.default is not None:
        return _from_path(settings, _called(settings, settings.default, flow, user))
    value = _called(settings, settings.default_value, flow, user)
    if value is None:
        if settings.required:
            raise ConfigProblem(
                "Config '%s' needs a value: say --config %s FILE or --config-value %s JSON before the command."
                % (settings.name, settings.name, settings.name)
            )
        return None
    if is_mapping(value):
        if settings.parser is None and not settings.plain:
            return _checked(settings, unwrapped(value), "its default_value")
        from json import dumps

        value = dumps(unwrapped(value))
    if not isinstance(value, str):
        raise MetaflowException(
            "Config '%s': its default_value is a %s; it has to be a text or a mapping."
            % (settings.name, type(value).__name__)
        )
    return parsed(settings, value, "its default_value")


def _called(settings: Any, default: Any, flow: type, user: str | None) -> Any:
    if not callable(default):
        return default
    try:
        return default(ParameterContext(flow.__name__, user, settings.name))
    except Exception as error:
        raise MetaflowException(
            "The function that gives config '%s' its default failed: %s: %s"
            % (settings.name, type(error).__name__, error)
        ) from error


def _from_path(settings: Any, path: Any) -> Any:
    try:
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
    except (OSError, ValueError, TypeError) as error:
        raise ConfigProblem(
            "Config '%s' cannot read its default file %s: %s"
            % (settings.name, path, getattr(error, "strerror", None) or error)
        ) from None
    return parsed(settings, text, str(path))


def parsed(settings: Any, text: str, source: str) -> Any:
    """The value of a config's text: a mapping, or whatever a plain one's parser gives.

    Raises ConfigProblem, and ConfigParserFailed when the person's parser fails or gives no mapping.
    """
    if settings.parser is None:
        return text if settings.plain else _checked(settings, _from_json(settings, text, source), source)
    try:
        value = named_function(settings.parser)(text)
    except Exception as error:
        raise ConfigParserFailed(
            "Config '%s': the parser %s fails on %s: %s: %s"
            % (settings.name, settings.parser_name, source, type(error).__name__, error)
        ) from error
    if settings.plain:
        return value
    if not is_mapping(value):
        raise ConfigParserFailed(
            "Config '%s': the parser %s makes a %s of %s; it has to make a mapping, unless the config is plain."
            % (settings.name, settings.parser_name, type(value).__name__, source)
        )
    return _checked(settings, unwrapped(value), source)


def _from_json(settings: Any, text: str, source: str) -> Any:
    from json import loads

    try:
        return loads(text)
    except RecursionError:
        raise _too_deep(settings, source) from None
    except ValueError as error:
        raise ConfigProblem("Config '%s': %s is not valid JSON: %s" % (settings.name, source, error)) from None


def _checked(settings: Any, value: Any, source: str) -> Any:
    if value is not None and not isinstance(value, dict):
        raise ConfigProblem(
            "Config '%s': %s holds a %s; a config is a mapping, as in {\"name\": 1}."
            % (settings.name, source, type(value).__name__)
        )
    if _depth_is_more_than(value, DEPTH):
        raise _too_deep(settings, source)
    return value


def _too_deep(settings: Any, source: str) -> ConfigProblem:
    return ConfigProblem("Config '%s': %s is nested more than %d times." % (settings.name, source, DEPTH))


def _depth_is_more_than(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit + 1):
        level = [
            item
            for each in level
            if isinstance(each, (dict, list, tuple))
            for item in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def to_wire(settings: Any) -> dict[str, Any]:
    """A config's value for the engine, which gives it to other hosts as it is. Raises MetaflowException.

    What JSON would give back as something else is pickled.
    """
    value = settings.value
    if not _is_json(value) or _is_pickle(value):
        value = {"$pickle": _pickled(settings, value)}
    return {"value": value, "plain": settings.plain}


def from_wire(value: Any) -> Any:
    """The value of a config that another host has told. Only values of the run's own engine come here."""
    if _is_pickle(value):
        from base64 import b64decode
        from pickle import loads

        return loads(b64decode(value["$pickle"]))
    return value


def _is_pickle(value: Any) -> bool:
    return isinstance(value, dict) and list(value) == ["$pickle"]


def _pickled(settings: Any, value: Any) -> str:
    from base64 import b64encode
    from pickle import dumps

    try:
        return b64encode(dumps(value, 4)).decode("ascii")
    except Exception as error:
        raise MetaflowException(
            "Config '%s': its value (a %s) cannot be handed on to tasks: %s: %s"
            % (settings.name, type(value).__name__, type(error).__name__, error)
        ) from error


def _is_json(value: Any) -> bool:
    kind = type(value)
    if value is None or kind is bool:
        return True
    if kind is str:
        return value.isascii() or value.encode("utf-8", "replace").decode("utf-8") == value
    if kind is int:
        return -(1 << 53) <= value <= 1 << 53
    if kind is float:
        return value == value and abs(value) != float("inf")
    if kind is list:
        return all(map(_is_json, value))
    if kind is dict:
        return all(type(key) is str and _is_json(key) and _is_json(each) for key, each in value.items())
    return False
