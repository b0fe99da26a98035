"""What the description of a flow has besides when it uses configs, mutators, or decorators that are Python's own.

Most flows use none of these. Their modules are then not even loaded, and neither is this one.
"""

from __future__ import annotations

import sys

from ._decorators import flow_decorators
from ._flowspec import parameters_of, step_functions
from ._wire import clean, jsonable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def is_pending(flow: type) -> bool:
    """Whether the flow becomes what it is in the configure stage only."""
    steps = list(step_functions(flow).values())
    used = [each for step in steps for each in step.decorators] + flow_decorators(flow)
    return (
        bool(_configs(flow))
        or bool(_mutators(flow))
        or any(getattr(step, "mutators", None) for step in steps)
        or any(each.plugin and _takes_part(each) for each in used)
        or _waits(flow, used, [each for step in steps for each in getattr(step, "wrappers", ())])
    )


def add_to_flow(described: dict[str, Any], flow: type) -> None:
    """Adds configs, options and mutators to the description of a flow."""
    described["configs"] = [_config(settings) for settings in _configs(flow)]
    if "penstock._plugins" in sys.modules:
        from ._plugin_options import options_of

        described["options"] = options_of(flow)
    described["decorators"] += _written(_mutators(flow))
    described["package_modules"] = sorted({*described["package_modules"], *_modules_of_decorators()})


def add_to_step(described: dict[str, Any], step: Any) -> None:
    """Adds written decorators to the description of a step: those around it, and those that change it."""
    both = [each for field in ("wrappers", "mutators") for each in getattr(step, field, ())]
    described["decorators"] += _written(list({id(each): each for each in both}.values()))


def add_to_uses(described: list[dict[str, Any]], uses: list[Any]) -> None:
    """Adds to the descriptions of built-in and plug-in decorators where they come from."""
    for each, use in zip(described, uses):
        if use.inserted_by is not None:
            each["inserted_by"] = list(use.inserted_by)
        if use.plugin:
            each.update(_plugin(use))
        else:
            _leave_out_unpacked(each["attributes"])


def _configs(flow: type) -> list[Any]:
    if "penstock._configs" not in sys.modules:
        return []
    from ._configs import configs_of, settings_of

    return [settings_of(config) for config in configs_of(flow).values()]


def _mutators(flow: type) -> list[Any]:
    if "penstock._user_decorators" not in sys.modules:
        return []
    from ._user_decorators import flow_mutators

    return flow_mutators(flow)


def _modules_of_decorators() -> list[str]:
    """The files of modules in which decorators are written: whoever takes the code elsewhere needs them whole."""
    if "penstock._decorator_names" not in sys.modules:
        return []
    from ._decorator_names import modules

    files = [getattr(sys.modules.get(name), "__file__", None) for name in modules()]
    return [clean(file) for file in files if file]


def _takes_part(use: Any) -> bool:
    """Whether a plug-in does something before the flow runs."""
    from ._plugins import Decorator, FlowDecorator, StepDecorator

    kind = type(use)
    return (
        isinstance(use, FlowDecorator)
        or kind.init is not Decorator.init
        or kind.add_to_package is not Decorator.add_to_package
        or kind.step_init is not StepDecorator.step_init
    )


def _waits(flow: type, used: list[Any], wrappers: list[Any]) -> bool:
    """Whether there is a value that only configs give."""
    if "penstock._delayed" not in sys.modules:
        return False
    from ._delayed import is_delayed, is_unpacked

    values = [each.attributes for each in used] + [each._kwargs for each in wrappers]
    return any(parameter.waiting is not None for parameter in parameters_of(flow).values()) or any(
        any(map(is_unpacked, named)) or is_delayed(named) for named in values
    )


def _config(settings: Any) -> dict[str, Any]:
    path, value = settings.default, settings.default_value
    return {
        "name": clean(settings.name),
        "attribute": settings.attribute,
        "default": clean(str(path)) if path is not None and not callable(path) else None,
        "default_value": None if callable(value) else jsonable(value),
        "default_is_function": callable(path),
        "default_value_is_function": callable(value),
        "has_default": path is not None,
        "has_default_value": value is not None,
        "parser": settings.parser_name,
        "plain": settings.plain,
        "required": settings.required,
        "help": None if settings.help is None else clean(str(settings.help)),
        "show_default": settings.show_default,
        "line": settings.line,
    }


def _written(decorators: list[Any]) -> list[dict[str, Any]]:
    """Uses of decorators that a person has written."""
    found = []
    for each in decorators:
        from ._decorator_names import short_name

        attributes: dict[str, Any] = {str(place): value for place, value in enumerate(each._args)}
        attributes.update(each._kwargs)
        described = {
            "name": clean(short_name(type(each), not hasattr(each, "_step_field"))),
            "attributes": jsonable(attributes),
            "line": each.line,
            "plugin": True,
        }
        _leave_out_unpacked(described["attributes"])
        if each.inserted_by is not None:
            described["inserted_by"] = list(each.inserted_by)
        found.append(described)
    return found


def _plugin(use: Any) -> dict[str, Any]:
    extra: dict[str, Any] = {"plugin": True}
    if hasattr(use, "step_task_retry_count"):
        retries = list(use.step_task_retry_count())
        if retries != [0, 0]:
            extra["retries"] = retries
    if getattr(use, "IS_PARALLEL", False):
        extra["parallel"] = True
    return extra


def _leave_out_unpacked(attributes: dict[str, Any]) -> None:
    """Leaves out what configs bring as a whole: it is not known before they are."""
    if "penstock._delayed" in sys.modules:
        from ._delayed import is_unpacked

        for name in list(attributes):
            if is_unpacked(name):
                del attributes[name]
