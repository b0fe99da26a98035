"""The configure stage: the flow becomes what the command line, its configs and its mutators make of it.

The engine sends ``configure`` to a host before its first launch, and with the assignment of a process that has loaded the
flow for itself. Both end here. The order is: configs; mutators' ``pre_mutate``; parameters; ``--with``; plug-in decorators of
the flow; mutators' ``mutate``; decorators of the steps.
"""

from __future__ import annotations

import sys

from . import _decorators, _delayed
from ._flowspec import parameters_of, step_functions
from ._graph import forget

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def configure(flow: Any, message: dict[str, Any]) -> dict[str, Any]:
    """Configures the class of a flow object and gives the answer, a ``flow`` message.

    Raises MetaflowException, and what the person's parsers, functions and mutators raise.
    """
    apply(flow, message)
    from ._describe import describe
    from ._graph import remember

    description = describe(type(flow))
    files = _package_files(type(flow))
    if files:
        description["package_files"] = files
    remember(type(flow), description)
    return {"type": "flow", "flow": description, "configs": _resolved_configs(type(flow))}


def _package_files(flow: type) -> list[dict[str, str]]:
    if "penstock._user_decorators" not in sys.modules and "penstock._plugins" not in sys.modules:
        return []
    from ._package_files import package_files

    return package_files(flow)


def apply(flow: Any, message: dict[str, Any]) -> None:
    """Configures the class of a flow object. Raises as ``configure`` does."""
    cls = type(flow)
    with_specs = list(message.get("with") or ())
    if "penstock._configs" in sys.modules:
        from ._config_texts import take_values
        from ._configs import values_seen

        take_values(cls, message)
        _delayed.set_scope(values_seen(cls))
    else:
        _delayed.set_scope({})
    _resolve_decorators(cls, tolerant=True)
    _run_mutators(cls, "pre_mutate")
    for parameter in parameters_of(cls).values():
        parameter.resolve()
    _attach(cls, with_specs)
    _resolve_flow_decorators(cls)
    _init_flow_plugins(flow, message.get("options") or {})
    _run_mutators(cls, "mutate")
    _resolve_decorators(cls, tolerant=False)
    init_step_decorators(flow)
    forget(cls)


def init_step_decorators(flow: Any) -> None:
    """Makes the decorators of the steps ready: written ones get their values, plug-ins are told of their step."""
    steps = step_functions(type(flow))
    for function in steps.values():
        for each in _plugins_of(function) + list(function.__dict__.get("wrappers", ())):
            each.external_init()
    for name, function in steps.items():
        for each in _plugins_of(function):
            each.step_init(flow, flow._graph, name, function.decorators, None, None, say)


def say(text: object = "", *_: Any, **__: Any) -> None:
    """What plug-ins get for telling the person something."""
    sys.stderr.write("%s\n" % (text,))


def _plugins_of(function: Any) -> list[Any]:
    return [each for each in function.decorators if each.plugin]


def _resolved_configs(flow: type) -> dict[str, Any]:
    if "penstock._configs" not in sys.modules:
        return {}
    from ._config_texts import to_wire
    from ._configs import configs_of, settings_of

    return {settings_of(each).name: to_wire(settings_of(each)) for each in configs_of(flow).values()}


def _run_mutators(flow: type, stage: str) -> None:
    if "penstock._user_decorators" not in sys.modules:
        return
    from ._user_decorators import flow_mutators

    early = stage == "pre_mutate"
    done: set[int] = set()
    for mutator in _growing(lambda: flow_mutators(flow), done):
        from ._mutable_flow import MutableFlow

        mutator.external_init()
        getattr(mutator, stage)(MutableFlow(flow, early, mutator.statically_defined, _line(mutator)))
    steps = step_functions(flow)
    if early:
        for function in steps.values():
            for mutator in list(function.__dict__.get("mutators", ())):
                mutator.external_init()
    for function in steps.values():
        for mutator in _growing(lambda: list(function.__dict__.get("mutators", ())), done):  # noqa: B023
            from ._mutable_step import MutableStep

            getattr(mutator, stage)(MutableStep(flow, function, early, mutator.statically_defined, _line(mutator)))


def _growing(current: Any, done: set[int]) -> Any:
    """Each mutator once, also those that are added by others in the meantime."""
    while True:
        following = next((each for each in current() if id(each) not in done), None)
        if following is None:
            return
        done.add(id(following))
        yield following


def _line(mutator: Any) -> list[str]:
    """Who changes something: the mutator, and those that have brought it."""
    return [type(mutator).decorator_name] + list(mutator.inserted_by or ())


def _attach(flow: type, specs: list[str]) -> None:
    """Adds the decorators of ``--with`` to every step that does not have them. Raises MetaflowException."""
    if not specs:
        return
    from ._mutable_step import MutableStep, wanted

    for spec in specs:
        decorator, values, named = wanted(spec, None, None)
        for function in step_functions(flow).values():
            step = MutableStep(flow, function, True, False, [])
            if isinstance(decorator, _decorators.StepDecorator):
                step.add_decorator(decorator, None, dict(named))
            else:
                added = step.add_decorator(decorator, list(values), dict(named))
                if added is not None:
                    added.inserted_by = ["--with"]


def _resolve_decorators(flow: type, tolerant: bool) -> None:
    """Puts the values of configs into the attributes of built-in decorators.

    With ``tolerant`` what cannot be evaluated waits: a mutator may take the decorator away. Raises
    ConfigExpressionFailed.
    """
    for function in step_functions(flow).values():
        for each in function.decorators:
            _resolve(each, tolerant)
    _resolve_flow_decorators(flow, tolerant)


def _resolve_flow_decorators(flow: type, tolerant: bool = False) -> None:
    for each in _decorators.flow_decorators(flow):
        _resolve(each, tolerant)


def _resolve(record: Any, tolerant: bool) -> None:
    attributes = record.attributes
    if record.plugin or not any(map(_delayed.is_unpacked, attributes)) and not _delayed.is_delayed(attributes):
        return
    try:
        record.attributes = _delayed.resolved_keywords(attributes)
    except _delayed.ConfigExpressionFailed as error:
        if tolerant:
            return
        error.message = "@%s: %s" % (record.name, error.message)
        error.line_no = error.line_no or record.line or None
        raise
    decorator = getattr(_decorators, record.name, None)
    if isinstance(decorator, _decorators._Decorator):
        decorator.check(record.attributes)


def _init_flow_plugins(flow: Any, options: dict[str, Any]) -> None:
    if "penstock._plugins" not in sys.modules:
        return
    from ._plugin_options import values_of
    from ._plugins import used_by_flow

    used = used_by_flow(type(flow))
    for each in used:
        each.external_init()
    for each in used:
        each.flow_init(flow, flow._graph, None, None, None, say, say, values_of(each, options))
