"""Running a step's body inside of what the person's decorators put around it.

``_step_task`` calls ``run_body`` in place of the step, and ``after_storing`` when the artifacts are on their way. A step
without such decorators pays two look-ups.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._state import TaskState


def run_body(flow: Any, state: TaskState, step_function: Any, inputs: Any) -> None:
    """Runs a step. ``step_function`` is the plain function of the class, ``inputs`` is for joins and None elsewhere.

    Raises what the body and the decorators raise. When it returns, the step counts as successful.
    """
    wrappers = getattr(step_function, "wrappers", None)
    plugins = _plugins(step_function)
    if wrappers or plugins:
        from ._wrapped_step import run

        run(flow, state, step_function, inputs, wrappers or [], plugins)
    elif state.join:
        step_function(flow, inputs)
    else:
        step_function(flow)


def after_storing(flow: Any, state: TaskState, step_function: Any, ok: bool) -> None:
    """Tells plug-in decorators how the attempt ended; what they raise is printed and changes nothing."""
    plugins = _plugins(step_function)
    if plugins:
        from ._wrapped_step import Hooks

        Hooks(flow, state, plugins).finished(ok)


def _plugins(step_function: Any) -> list[Any]:
    if "penstock._plugins" not in sys.modules:
        return []
    return [each for each in step_function.decorators if each.plugin]
