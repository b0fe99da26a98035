"""The run's first task: parameters and constants become artifacts."""

from __future__ import annotations

import sys

from ._flowspec import constants_of, parameters_of
from ._wire import dumps, loads
from .exception import MetaflowException, ParameterFieldFailed, ParameterFieldTypeMismatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TRUE = frozenset("1 true t yes y on".split())
_FALSE = frozenset("0 false f no n off".split())


class UnusableParameterValue(MetaflowException):
    """The command line gives a text that is no value of its parameter."""

    headline = "Parameter cannot take its value"
    usage = True


class ParameterContext:
    """What a default that is a function is called with. ``configs`` has the flow's configs by name."""

    def __init__(self, flow: str, user: str | None, name: str, configs: Any = None) -> None:
        self.flow_name = flow
        self.user_name = user
        self.parameter_name = name
        self.logger = _say
        self.ds_type = "local"
        self.configs = configs


def _say(text: object = "", *_: Any, **__: Any) -> None:
    sys.stderr.write("%s\n" % (text,))


def run_values(flow: type, assignment: dict[str, Any]) -> dict[str, Any]:
    """The values of all parameters, configs and constants by attribute.

    Raises MetaflowException for a text that is no value of its parameter, for defaults that fail, and for files that
    cannot be read.
    """
    given = (assignment.get("parameters") or {}).get("given") or {}
    values = config_values(flow)
    values.update(
        (attribute, _value(parameter, given, assignment, flow)) for attribute, parameter in parameters_of(flow).items()
    )
    values.update(constants_of(flow))
    return values


def config_values(flow: type) -> dict[str, Any]:
    """The values of a flow's configs by attribute, mappings as plain dictionaries. Raises MetaflowException."""
    if "penstock._configs" not in sys.modules:
        return {}
    from ._config_value import unwrapped
    from ._configs import configs_of, settings_of

    values = {}
    for attribute, config in configs_of(flow).items():
        settings = settings_of(config)
        if not settings.known:
            raise MetaflowException("Config '%s' has no value: the flow was not configured." % settings.name)
        values[attribute] = settings.value if settings.plain else unwrapped(settings.value)
    return values


def _value(parameter: Any, given: dict[str, Any], assignment: dict[str, Any], flow: type) -> Any:
    if given.get(parameter.name) is not None:
        return _from_given(parameter, given[parameter.name])
    if parameter.default_is_function:
        return _from_function(parameter, assignment, flow)
    return _from_default(parameter)


def _from_given(parameter: Any, given: Any) -> Any:
    if parameter.multiple:
        return tuple(_converted(parameter, text) for text in (given if isinstance(given, list) else [given]))
    return _single(parameter, given)


def _single(parameter: Any, text: str) -> Any:
    if parameter.separator is not None:
        return text.split(parameter.separator) if text else text
    return _converted(parameter, text)


def _from_default(parameter: Any) -> Any:
    value = parameter.default
    if parameter.multiple:
        each = value if isinstance(value, (list, tuple)) else () if value is None else (value,)
        return tuple(_from_one_default(parameter, item) for item in each)
    return None if value is None else _from_one_default(parameter, value)


def _from_one_default(parameter: Any, value: Any) -> Any:
    kind = parameter.kind
    if kind == "file" or (isinstance(value, str) and not parameter.multiple):
        return _single(parameter, value)
    if isinstance(value, str) or kind == "custom":
        return _converted(parameter, value)
    return _as_number(kind, value)


def _as_number(kind: str, value: Any) -> Any:
    return float(value) if kind == "float" and type(value) is int else value


def _converted(parameter: Any, text: str) -> Any:
    """The value of a text. Raises MetaflowException that names the parameter."""
    kind = parameter.kind
    if kind == "file":
        return _included(parameter, text)
    try:
        if kind == "str":
            return text
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
        if kind == "bool":
            return _truth(text)
        if kind == "json":
            return loads(text)
        return _custom(parameter, text)
    except MetaflowException:
        raise
    except Exception as error:
        raise UnusableParameterValue(
            "Parameter '%s' cannot take the value %r, which is no %s: %s"
            % (parameter.name, text, _kind_text(parameter), error)
        ) from (error if kind == "custom" else None)


def _kind_text(parameter: Any) -> str:
    wanted = parameter.type
    return {"json": "JSON", "custom": getattr(wanted, "__name__", type(wanted).__name__)}.get(
        parameter.kind, parameter.kind
    )


def _truth(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise ValueError("say True or False")


def _custom(parameter: Any, text: Any) -> Any:
    """What the person's own type makes of a text: a function, or an object as click has them, with ``convert``."""
    wanted = parameter.type
    if hasattr(wanted, "convert"):
        return (wanted() if isinstance(wanted, type) else wanted).convert(text, None, None)
    return wanted(text)


def _included(parameter: Any, path: str) -> Any:
    file = parameter.include(path)
    _say("Including file %s of size %s" % (path, size_text(file.size)))
    return file


def size_text(size: int) -> str:
    """A number of bytes as a person says it: ``512B``, ``3KB``."""
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024:
            return "%d%s" % (size, unit)
        size //= 1024
    return "%dTB" % size


def _from_function(parameter: Any, assignment: dict[str, Any], flow: type) -> Any:
    context = ParameterContext(assignment["flow"], assignment.get("username"), parameter.name, configs_seen(flow))
    try:
        value = parameter.default(context)
    except Exception as error:
        raise ParameterFieldFailed(
            "The function that gives parameter '%s' its default failed: %s: %s"
            % (parameter.name, type(error).__name__, error)
        ) from error
    return _checked(parameter, value)


def configs_seen(flow: type) -> Any:
    """What ``configs`` of a context holds: the flow's configs, by name and by attribute."""
    from ._config_value import ConfigValue

    if "penstock._configs" not in sys.modules:
        return ConfigValue()
    from ._configs import values_seen

    return ConfigValue(values_seen(flow))


def _checked(parameter: Any, value: Any) -> Any:
    if parameter.type in (int, float, bool, list, dict):
        if type(value) is not parameter.type:
            raise _mismatch(parameter, parameter.type.__name__, value)
        return value
    if parameter.kind == "file" and (value is None or hasattr(value, "__fspath__")):
        return None if value is None else _included(parameter, value)
    if parameter.kind == "json":
        if not isinstance(value, str):
            try:
                value = dumps(value)
            except (TypeError, ValueError):
                raise _mismatch(parameter, "JSON", value) from None
        return _converted(parameter, value)
    if not isinstance(value, str):
        raise _mismatch(parameter, "str", value)
    return _single(parameter, value)


def _mismatch(parameter: Any, wanted: str, value: Any) -> Exception:
    return ParameterFieldTypeMismatch(
        "The function that gives parameter '%s' its default returns a %s; it has to be a %s."
        % (parameter.name, type(value).__name__, wanted)
    )
