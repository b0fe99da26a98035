"""``self.next`` at run time."""

from __future__ import annotations

from ._foreach import value_text
from .exception import InvalidNextException, MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._state import TaskState

_MISSING: Any = object()


class Transition:
    """Where a task went: its targets, and for a foreach the variable and a text for each item."""

    __slots__ = ("targets", "foreach", "values")

    def __init__(self, targets: list[str], foreach: str | None = None, values: list[str] | None = None) -> None:
        self.targets = targets
        self.foreach = foreach
        self.values = values

    def message(self) -> dict[str, Any]:
        """The transition as the protocol has it."""
        return {
            "targets": self.targets,
            "foreach": self.foreach,
            "splits": None if self.values is None else len(self.values),
            "values": self.values,
        }


def decide(flow: Any, state: TaskState, targets: tuple[Any, ...], how: dict[str, Any]) -> Transition:
    """Checks what ``self.next`` was called with and says where the flow goes. Raises InvalidNextException."""
    step = state.step
    if state.transition is not None:
        raise InvalidNextException("Step *%s* calls self.next() a second time; a step says once what follows." % step)
    unknown = sorted(set(how) - {"foreach", "condition", "num_parallel"})
    if unknown:
        raise InvalidNextException("Step *%s* passes the unknown keyword '%s' to self.next()." % (step, unknown[0]))
    if how.get("num_parallel") is not None:
        raise MetaflowException(
            "Step *%s* asks for num_parallel, which this version of Penstock does not run." % step
        )
    foreach, condition = how.get("foreach"), how.get("condition")
    if len(targets) == 1 and isinstance(targets[0], dict):
        if condition is None or foreach is not None:
            raise InvalidNextException(
                "Step *%s* gives self.next() a dictionary, which needs condition='VARIABLE' and nothing else." % step
            )
        return Transition([_chosen(flow, step, targets[0], condition)])
    if condition is not None:
        raise InvalidNextException(
            "Step *%s* gives self.next() a condition, which needs a dictionary of values and steps." % step
        )
    names = [_target_name(flow, step, place, target) for place, target in enumerate(targets, 1)]
    if foreach is not None:
        if len(names) != 1:
            raise InvalidNextException("Step *%s* has a foreach with %d targets; it takes one." % (step, len(names)))
        return Transition(names, foreach, _items(flow, step, foreach))
    if not names:
        raise InvalidNextException("Step *%s* calls self.next() without a step." % step)
    return Transition(names)


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


def _items(flow: Any, step: str | None, variable: Any) -> list[str]:
    if not isinstance(variable, str):
        raise InvalidNextException(
            "Step *%s*: foreach takes the name of an attribute as a text, as in foreach='items'." % step
        )
    items = getattr(flow, variable, _MISSING)
    if items is _MISSING:
        raise InvalidNextException(
            "Step *%s* has foreach='%s', but there is no self.%s." % (step, variable, variable)
        )
    try:
        values = [value_text(item) for item in items]
    except TypeError as error:
        if hasattr(items, "__iter__") or hasattr(items, "__getitem__"):
            raise
        raise InvalidNextException(
            "Step *%s*: self.%s of the foreach is of type %s, which cannot be iterated over."
            % (step, variable, type(items).__name__)
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
    if value not in cases:
        raise RuntimeError(
            "Step *%s*: self.%s is %r, for which there is no step; there are: %s."
            % (step, condition, value, ", ".join(repr(key) for key in cases))
        )
    return _target_name(flow, step, 1, cases[value])
