"""Options that plug-in decorators of a flow add to the command line.

A plug-in says them as click does: ``{"name": {"default": …, "type": …, "is_flag": …, "multiple": …, "help": …}}``.
"""

from __future__ import annotations

from ._wire import clean, jsonable
from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class OptionProblem(MetaflowException):
    """The command line is at fault."""

    headline = "Option cannot be used"
    usage = True


def options_of(flow: type) -> list[dict[str, Any]]:
    """The options of a flow's plug-in decorators. Raises MetaflowException when two of them want the same one."""
    from ._plugins import used_by_flow

    found: dict[str, dict[str, Any]] = {}
    owners: dict[str, str] = {}
    for use in used_by_flow(flow):
        for name, said in use.options.items():
            if owners.setdefault(name, use.name) != use.name:
                raise MetaflowException(
                    "The decorators '%s' and '%s' both bring an option --%s." % (owners[name], use.name, name)
                )
            help = said.get("help")
            found[name] = {
                "name": clean(name),
                "flag": bool(said.get("is_flag")),
                "multiple": bool(said.get("multiple")),
                "default": None if callable(said.get("default")) else jsonable(said.get("default")),
                "help": None if help is None else clean(str(help)),
            }
    return list(found.values())


def values_of(use: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The values of a plug-in's options. Raises OptionProblem."""
    values = {}
    for name, said in use.options.items():
        value = given.get(name)
        if value is None:
            default = said.get("default")
            values[name] = default() if callable(default) else default
            if default is None and said.get("required"):
                raise OptionProblem("The decorator '%s' needs the option --%s before the command." % (use.name, name))
        elif said.get("multiple"):
            values[name] = tuple(_value(name, said, each) for each in (value if isinstance(value, list) else [value]))
        else:
            values[name] = _value(name, said, value)
    return values


def _value(name: str, said: dict[str, Any], text: Any) -> Any:
    if said.get("is_flag"):
        return text if isinstance(text, bool) else str(text).strip().lower() not in ("", "0", "false", "no", "off", "n", "f")
    default = said.get("default")
    wanted: Any = said.get("type") or (type(default) if isinstance(default, (bool, int, float)) else str)
    if wanted is bool and isinstance(text, str):
        return text.strip().lower() in ("1", "true", "yes", "on", "y", "t")
    try:
        return wanted.convert(text, None, None) if hasattr(wanted, "convert") else wanted(text)
    except Exception as error:
        raise OptionProblem("--%s cannot take the value %r: %s" % (name, text, error)) from None
