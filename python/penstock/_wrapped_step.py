"""A step with decorators of the person or of extension packages around its body.

The plug-ins are outside: they are told before and after. Inside of them come the written decorators, the topmost outermost,
and in the middle the body.
"""

from __future__ import annotations

import sys

from ._graph import graph_of
from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ._state import TaskState

_CONTEXTS = {"control": "ubf_control", "mapper": "ubf_task"}


def run(
    flow: Any, state: TaskState, step_function: Any, inputs: Any, wrappers: list[Any], plugins: list[Any]
) -> None:
    """Runs the step with everything that is around it. Raises what comes out of it."""
    body = step_function.__get__(flow)
    if not plugins:
        _run_wrapped(flow, state, body, inputs, wrappers)
        return
    hooks = Hooks(flow, state, plugins)
    try:
        hooks.before(inputs)
        _run_wrapped(flow, state, hooks.decorated(body), inputs, wrappers)
        hooks.after()
    except Exception as error:
        if not hooks.take(error):
            raise
        _go_on(flow, state, True)


def _run_wrapped(flow: Any, state: TaskState, body: Callable[..., Any], inputs: Any, wrappers: list[Any]) -> None:
    step = state.step
    values = (inputs,) if state.join else ()
    entered: list[Any] = []
    raised: Exception | None = None
    following: Any = None
    try:
        instead = None
        for each in reversed(wrappers):
            instead = each.pre_step(step, flow, inputs)
            entered.append(each)
            if each.skip_step or instead:
                following = each.skip_step or None
                break
        if following is None and instead:
            following = instead(flow, *values)
        elif following is None:
            body(*values)
    except Exception as error:
        raised = error
    failed = raised is not None
    for each in reversed(entered):
        raised, following = _left(each, step, flow, raised, following)
    if raised is not None:
        raise raised
    if failed or (following is not None and following is not False):
        _go_on(flow, state, following or True)


def _left(each: Any, step: str | None, flow: Any, raised: Exception | None, following: Any) -> tuple[Any, Any]:
    """What a decorator makes of how the step has ended: what is raised now, and what self.next is called with."""
    try:
        result = each.post_step(step, flow, raised)
    except Exception as error:
        return error, following
    if result is None or isinstance(result, Exception):
        return result, following
    if isinstance(result, tuple) and len(result) == 2 and isinstance(result[0], (Exception, type(None))):
        return result[0], following if result[1] is None else result[1]
    return (
        MetaflowException(
            "Decorator %s gives %r after the step; it may give an exception or None, or a pair of one of these and the "
            "values for self.next." % (each, result)
        ),
        following,
    )


def _go_on(flow: Any, state: TaskState, values: Any) -> None:
    """Calls ``self.next`` in place of a body that did not: with values, or as the body would have.

    Raises MetaflowException where that cannot be known.
    """
    node = graph_of(type(flow))[state.step or ""]
    targets = [getattr(flow, name) for name in node.out_funcs]
    if not targets:
        return
    state.transition = None
    if isinstance(values, dict) and values:
        flow.next(*targets, **values)
    elif values is not True and values != {}:
        raise MetaflowException(
            "Step *%s*: self.next takes its values from a decorator as a dictionary, or True to be called as it stands; "
            "not %r." % (state.step, values)
        )
    elif node.parallel_foreach:
        raise MetaflowException(
            "Step *%s* is left out by a decorator, but how many tasks follow it is known to its body only: give "
            "{'num_parallel': N}." % state.step
        )
    elif node.condition is not None:
        _choose(flow, node)
    elif node.foreach_param:
        flow.next(*targets, foreach=node.foreach_param)
    else:
        flow.next(*targets)


def _choose(flow: Any, node: Any) -> None:
    """The case of a switch that fits. The graph knows the cases as texts."""
    value = getattr(flow, node.condition)
    texts = {text: getattr(flow, target) for text, target in node.switch_cases.items()}
    said = value if isinstance(value, str) else repr(value)
    if said not in texts:
        for text in [each for each in texts if each.startswith("self.")]:
            key: Any = flow
            for part in text.split(".")[1:]:
                key = getattr(key, part)
            if key == value:
                said = text
    flow.next({value: texts[said]} if said in texts else texts, condition=node.condition)


class Hooks:
    """The plug-in decorators of a step, told of what happens to a task."""

    def __init__(self, flow: Any, state: TaskState, plugins: list[Any]) -> None:
        assignment = state.assignment
        self._flow = flow
        self._state = state
        self._plugins = plugins
        self._graph = graph_of(type(flow))
        self._attempt = (assignment.get("attempt", 0), assignment.get("user_attempts", 1) - 1)
        self._context = _CONTEXTS.get(assignment.get("unbounded") or "")

    def before(self, inputs: Any) -> None:
        place = self._state.assignment
        for each in self._plugins:
            each.task_pre_step(
                place["step"],
                None,
                _Metadata(self._state),
                place["run"],
                place["task"],
                self._flow,
                self._graph,
                *self._attempt,
                self._context,
                inputs,
            )

    def decorated(self, body: Callable[..., Any]) -> Callable[..., Any]:
        for each in self._plugins:
            body = each.task_decorate(body, self._flow, self._graph, *self._attempt, self._context)
        return body

    def after(self) -> None:
        for each in self._plugins:
            each.task_post_step(self._state.step, self._flow, self._graph, *self._attempt)

    def take(self, error: BaseException) -> bool:
        """Shows every plug-in what was raised. Gives whether one of them has dealt with it."""
        taken = False
        for each in self._plugins:
            said = each.task_exception(error, self._state.step, self._flow, self._graph, *self._attempt)
            taken = bool(said) or taken
        return taken

    def finished(self, ok: bool) -> None:
        for each in self._plugins:
            try:
                each.task_finished(self._state.step, self._flow, self._graph, ok, *self._attempt)
            except Exception as error:
                from ._tracebacks import text

                sys.stderr.write(text(error))


class _Metadata:
    """What plug-ins record facts of a task with."""

    def __init__(self, state: TaskState) -> None:
        self._state = state

    def register_metadata(self, run_id: str, step_name: str, task_id: str, metadata: list[Any]) -> None:
        """Records facts: objects with ``field``, ``value`` and ``type``."""
        items = [{"name": str(fact.field), "value": str(fact.value), "type": str(fact.type)} for fact in metadata]
        if self._state.blobs is not None and items:
            self._state.blobs.tell({"type": "metadata", "items": items})
