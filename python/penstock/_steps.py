"""The ``@step`` decorator."""

from __future__ import annotations

from .exception import BadStepDecoratorException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def step(f: Any = None, *, start: bool = False, end: bool = False, node_info: dict[str, Any] | None = None) -> Any:
    """Makes a method of a flow one of its steps.

    It stands next to the function, below every other decorator. ``start`` and ``end`` mark the first and the last step
    of a flow whose steps have other names than those; ``node_info`` is kept for tools.
    """

    def mark(function: Any) -> Any:
        if not callable(function) or isinstance(function, type):
            raise BadStepDecoratorException("@step is applied to %r, which is not a function." % (function,))
        function.is_step = True
        function.name = function.__name__
        function.decorators = []
        function.step_marks = (bool(start), bool(end))
        function.node_info = dict(node_info or {})
        return function

    return mark if f is None else mark(f)
