"""The run's first task: parameters and constants become artifacts."""

from __future__ import annotations

from ._flowspec import constants_of, parameters_of
from ._wire import dumps, loads
from .exception import MetaflowException, ParameterFieldFailed, ParameterFieldTypeMismatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TRUE = frozenset("1 true t yes y on".split())
_FALSE = frozenset("0 false f no n off".split())


class ParameterContext:
    """What a default that is a function is called with."""

    def __init__(self, assignment: dict[str, Any], parameter: str) -> None:
        self.flow_name = assignment["flow"]
        self.user_name = assignment.get("username")
        self.parameter_name = parameter
        self.logger = print
        self.ds_type = "local"
        self.configs: dict[str, Any] = {}


def run_values(flow: type, assignment: dict[str, Any]) -> dict[str, Any]:
    """The values of all parameters and constants by attribute.

    Raises MetaflowException for a text that is no value of its parameter, and for defaults that fail.
    """
    given = (assignment.get("parameters") or {}).get("given") or {}
    values = {
        attribute: _value(parameter, given, assignment) for attribute, parameter in parameters_of(flow).items()
    }
    values.update(constants_of(flow))
    return values


def _value(parameter: Any, given: dict[str, Any], assignment: dict[str, Any]) -> Any:
    if given.get(parameter.name) is not None:
        return _from_given(parameter, given[parameter.name])
    if parameter.default_is_function:
        return _from_function(parameter, assignment)
    return _from_default(parameter)


def _from_given(parameter: Any, given: Any) -> Any:
    if parameter.multiple:
        return tuple(_converted(parameter, text) for text in (given if isinstance(given, list) else [given]))
    if parameter.separator is not None:
        return given.split(parameter.separator)
    return _converted(parameter, given)


def _from_default(parameter: Any) -> Any:
    value = parameter.default
    if parameter.multiple:
        return tuple(value or ())
    if value is None:
        return None
    if parameter.separator is not None and isinstance(value, str):
        return value.split(parameter.separator)
    return _converted(parameter, value) if isinstance(value, str) else _as_number(parameter.kind, value)


def _as_number(kind: str, value: Any) -> Any:
    return float(value) if kind == "float" and type(value) is int else value


def _converted(parameter: Any, text: str) -> Any:
    """The value of a text. Raises MetaflowException that names the parameter."""
    kind = parameter.kind
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
        raise MetaflowException(
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


def _custom(parameter: Any, text: str) -> Any:
    convert = getattr(parameter.type, "convert", None)
    if convert is not None and not isinstance(parameter.type, type):
        return convert(text, None, None)
    return parameter.type(text)


def _from_function(parameter: Any, assignment: dict[str, Any]) -> Any:
    context = ParameterContext(assignment, parameter.name)
    try:
        value = parameter.default(context)
    except Exception as error:
        raise ParameterFieldFailed(
            "The function that gives parameter '%s' its default failed: %s: %s"
            % (parameter.name, type(error).__name__, error)
        ) from error
    return _checked(parameter, value)


def _checked(parameter: Any, value: Any) -> Any:
    if parameter.type in (int, float, bool, list, dict):
        if type(value) is not parameter.type:
            raise _mismatch(parameter, parameter.type.__name__, value)
        return value
    if parameter.kind == "json":
        if not isinstance(value, str):
            try:
                value = dumps(value)
            except (TypeError, ValueError):
                raise _mismatch(parameter, "JSON", value) from None
        return _converted(parameter, value)
    if not isinstance(value, str):
        raise _mismatch(parameter, "str", value)
    if parameter.separator is not None:
        return value.split(parameter.separator)
    return _converted(parameter, value)


def _mismatch(parameter: Any, wanted: str, value: Any) -> Exception:
    return ParameterFieldTypeMismatch(
        "The function that gives parameter '%s' its default returns a %s; it has to be a %s."
        % (parameter.name, type(value).__name__, wanted)
    )
