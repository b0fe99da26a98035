"""``self.next`` at run time."""

from __future__ import annotations

from ._configuration import typed
from ._foreach import value_text
from .exception import InvalidNextException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._state import TaskState

#: The most items of which texts are told to the engine; a message has its limits.
MOST_VALUES = 250_000

_MISSING: Any = object()


class Transition:
    """Where a task went: its targets, and for a foreach the variable, the number of items and a text for each.

    ``unbounded`` says that only a control task can tell the items, ``parallel`` is the number of nodes of a
    ``num_parallel``, and ``condition`` the variable by which a switch chose its target.
    """

    __slots__ = ("targets", "foreach", "splits", "values", "unbounded", "parallel", "condition")

    def __init__(
        self,
        targets: list[str],
        foreach: str | None = None,
        splits: int | None = None,
        values: list[str] | None = None,
        unbounded: bool = False,
        parallel: int | None = None,
        condition: str | None = None,
    ) -> None:
        self.targets = targets
        self.foreach = foreach
        self.splits = splits
        self.values = values
        self.unbounded = unbounded
        self.parallel = parallel
        self.condition = condition

    def message(self) -> dict[str, Any]:
        """The transition as the protocol has it."""
        message: dict[str, Any] = {
            "targets": self.targets,
            "foreach": self.foreach,
            "splits": self.splits,
            "values": self.values if self.values is None or len(self.values) <= MOST_VALUES else None,
        }
        if self.unbounded:
            message["unbounded"] = True
        if self.parallel is not None:
            message["parallel"] = self.parallel
        if self.condition is not None:
            message["condition"] = self.condition
        return message


def decide(flow: Any, state: TaskState, targets: tuple[Any, ...], how: dict[str, Any]) -> Transition:
    """Checks what ``self.next`` was called with and says where the flow goes. Raises InvalidNextException."""
    step = state.step
    if state.transition is not None:
        raise InvalidNextException("Step *%s* calls self.next() a second time; a step says once what follows." % step)
    unknown = sorted(set(how) - {"foreach", "condition", "num_parallel"})
    if unknown:
        raise InvalidNextException("Step *%s* passes the unknown keyword '%s' to self.next()." % (step, unknown[0]))
    foreach, condition, parallel = how.get("foreach"), how.get("condition"), how.get("num_parallel")
    if sum(each is not None for each in (foreach, condition, parallel)) > 1:
        raise InvalidNextException(
            "Step *%s* gives self.next() more than one of foreach, num_parallel and condition; it takes one." % step
        )
    if condition is not None or (len(targets) == 1 and isinstance(targets[0], dict)):
        return _switch(flow, step, targets, condition)
    names = [_target_name(flow, step, place, target) for place, target in enumerate(targets, 1)]
    if parallel is not None:
        return _parallel(flow, step, names, parallel)
    if foreach is not None:
        return _foreach(flow, step, names, foreach)
    if not names:
        raise InvalidNextException("Step *%s* calls self.next() without a step." % step)
    return Transition(names)


def _foreach(flow: Any, step: str | None, names: list[str], variable: Any) -> Transition:
    if len(names) != 1:
        raise InvalidNextException("Step *%s* has a foreach with %d targets; it takes one." % (step, len(names)))
    items = _iterable(flow, step, variable)
    if isinstance(items, _unbounded_input()):
        _check_join_follows(flow, step, names[0])
        flow._unbounded_foreach = True
        return Transition(names, variable, unbounded=True)
    values = _values(step, variable, items)
    return Transition(names, variable, len(values), values if typed("INCLUDE_FOREACH_STACK", True) else None)


def _parallel(flow: Any, step: str | None, names: list[str], wanted: Any) -> Transition:
    from ._unbounded import ParallelUBF

    if len(names) != 1:
        raise InvalidNextException("Step *%s* has a num_parallel with %d targets; it takes one." % (step, len(names)))
    try:
        count = wanted.__index__()
    except (AttributeError, TypeError):
        raise InvalidNextException(
            "Step *%s* has a num_parallel of type %s; it has to be a whole number." % (step, type(wanted).__name__)
        ) from None
    if count < 1:
        raise InvalidNextException("Step *%s* has num_parallel=%d; it has to be at least 1." % (step, count))
    flow._parallel_ubf_iter = ParallelUBF(count)
    flow._unbounded_foreach = True
    return Transition(names, "_parallel_ubf_iter", unbounded=True, parallel=count)


def _switch(flow: Any, step: str | None, targets: tuple[Any, ...], condition: Any) -> Transition:
    if condition is None:
        raise InvalidNextException(
            "Step *%s* gives self.next() a dictionary, which needs condition='VARIABLE'." % step
        )
    if len(targets) != 1 or not isinstance(targets[0], dict) or not targets[0]:
        raise InvalidNextException(
            "Step *%s* gives self.next() a condition, which needs one dictionary of values and steps." % step
        )
    return Transition([_chosen(flow, step, targets[0], condition)], condition=condition)


def _unbounded_input() -> Any:
    """The base of inputs of an unbounded foreach, or nothing while no object can be of it."""
    import sys

    module = sys.modules.get("penstock._unbounded")
    return () if module is None else module.UnboundedForeachInput


def _check_join_follows(flow: Any, step: str | None, target: str) -> None:
    from ._graph import graph_of

    graph = graph_of(type(flow))
    following = graph[target].out_funcs if target in graph else []
    if len(following) != 1 or following[0] not in graph or graph[following[0]].type != "join":
        raise InvalidNextException(
            "Step *%s* goes over an unbounded foreach, so that '%s' has to be followed by one join; it is followed by: %s."
            % (step, target, ", ".join(following) or "nothing")
        )


def _target_name(flow: Any, step: str | None, place: int, target: Any) -> str:
    function = getattr(target, "__func__", None)
    name = getattr(function, "__name__", None)
    if name is None:
        raise InvalidNextException(
            "Step *%s*: argument %d of self.next() is not a method of the flow but %s."
            % (step, place, type(target).__name__)
        )
    if not hasattr(type(flow), name):
        raise InvalidNextException("Step *%s* goes on to '%s', which is no step of the flow." % (step, name))
    return name


def _iterable(flow: Any, step: str | None, variable: Any) -> Any:
    if not isinstance(variable, str):
        raise InvalidNextException(
            "Step *%s*: foreach takes the name of an attribute as a text, as in foreach='items'." % step
        )
    items = getattr(flow, variable, _MISSING)
    if items is _MISSING:
        raise InvalidNextException(
            "Step *%s* has foreach='%s', but there is no self.%s." % (step, variable, variable)
        )
    return items


def _values(step: str | None, variable: str, items: Any) -> list[str]:
    try:
        values = [value_text(item) for item in items]
    except Exception as error:
        raise InvalidNextException(
            "Step *%s*: self.%s of the foreach is of type %s, which cannot be iterated over: %s"
            % (step, variable, type(items).__name__, error)
        ) from error
    if not values:
        raise InvalidNextException(
            "Step *%s*: self.%s of the foreach is empty; it has to have at least one item." % (step, variable)
        )
    return values


def _chosen(flow: Any, step: str | None, cases: dict[Any, Any], condition: Any) -> str:
    if not isinstance(condition, str):
        raise InvalidNextException(
            "Step *%s*: condition takes the name of an attribute as a text, as in condition='kind'." % step
        )
    value = getattr(flow, condition, _MISSING)
    if value is _MISSING:
        raise InvalidNextException(
            "Step *%s* has condition='%s', but there is no self.%s." % (step, condition, condition)
        )
    try:
        known = value in cases
    except TypeError:  # a value that cannot be a key
        known = False
    if not known:
        raise RuntimeError(
            "Step *%s*: self.%s is %r, for which there is no step; there are: %s."
            % (step, condition, value, ", ".join(repr(key) for key in cases))
        )
    return _target_name(flow, step, 1, cases[value])
