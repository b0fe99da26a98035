"""``@exit_hook``: functions that are called after the run, each in a process of its own."""

from __future__ import annotations

import sys

from ._attempt import Attempt
from ._current import current
from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ._frames import Channel
    from ._lifeline import Lifeline


def run(channel: Channel, lifeline: Lifeline, flow: Any, assignment: dict[str, Any]) -> tuple[Attempt, Any]:
    """Calls the function that an assignment of kind ``hook`` names."""
    attempt = Attempt()
    current._place(assignment)
    try:
        function = find(type(flow), assignment["function"])
        if takes_run(function):
            function(run=_run(assignment["run"]))
        else:
            function()
    except BaseException as error:
        if not isinstance(error, SystemExit) or error.code:
            attempt.fail(error)
    return attempt, None


def find(flow: type, name: str) -> Callable[..., Any]:
    """The function of that name: as the decorator was given it, in a module, beside the flow, or in its class.

    Raises MetaflowException when there is none.
    """
    for candidate in _given(flow, name), _imported(name), _beside(flow, name):
        if callable(candidate):
            return candidate
    raise MetaflowException(
        "There is no function '%s' for @exit_hook: neither in %s nor as module.function."
        % (name, getattr(sys.modules.get(flow.__module__), "__file__", flow.__module__))
    )


def takes_run(function: Callable[..., Any]) -> bool:
    """Whether a function can be called with ``run=``."""
    from inspect import Parameter, signature

    try:
        parameters = signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(
        each.kind is Parameter.VAR_KEYWORD or (each.name == "run" and each.kind is not Parameter.POSITIONAL_ONLY)
        for each in parameters
    )


def _given(flow: type, name: str) -> Any:
    from ._decorators import flow_decorators

    for record in flow_decorators(flow):
        if record.name == "exit_hook":
            for functions in record.attributes.values():
                for function in functions if isinstance(functions, (list, tuple)) else ():
                    if getattr(function, "__name__", None) == name:
                        return function
    return None


def _imported(name: str) -> Any:
    module, dot, function = name.rpartition(".")
    if not dot:
        return None
    try:
        from importlib import import_module

        return getattr(import_module(module), function, None)
    except ImportError:
        return None


def _beside(flow: type, name: str) -> Any:
    for cls in flow.__mro__:
        found = getattr(sys.modules.get(cls.__module__), name, None)
        if found is not None:
            return found
    return getattr(flow, name, None)


def _run(path: str) -> Any:
    from .client import Run

    try:
        return Run(path, _namespace_check=False)
    except Exception as error:
        sys.stderr.write("The run %s cannot be read: %s\n" % (path, error))
        return None
