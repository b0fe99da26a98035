"""Decorators that extension packages bring: the classes they inherit from, and how such a decorator is applied.

A plug-in decorator is a class. Each use of it is an object of that class, which stands among the recorded decorators of a
step or flow and is told of the moments in the life of the flow and of its tasks by its methods. The engine takes its
attributes as they are.
"""

from __future__ import annotations

import sys

from . import _decorators
from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable


class Decorator:
    """What the plug-in decorators have in common.

    ``defaults`` are the attributes with their values where none are given, ``allow_multiple`` lets several uses stand on
    one step or flow.
    """

    name = "NONAME"
    defaults: dict[str, Any] = {}
    allow_multiple = False
    plugin = True

    def __init__(
        self,
        attributes: dict[str, Any] | None = None,
        statically_defined: bool = False,
        inserted_by: list[str] | None = None,
    ) -> None:
        self.attributes: dict[str, Any] = dict(self.defaults)
        self.attributes.update(attributes or {})
        self.statically_defined = statically_defined
        self.inserted_by = inserted_by
        self.line = 0
        self.called = True
        self._ready = False

    def init(self) -> None:
        """Called once, when the attributes have their values."""

    def external_init(self) -> None:
        """Gives attributes that come from configs their values, and calls ``init``. Raises MetaflowException."""
        if self._ready:
            return
        if "penstock._delayed" in sys.modules:
            from ._delayed import resolved_keywords

            self.attributes = resolved_keywords(self.attributes)
        self._ready = True
        self.init()

    def get_args_kwargs(self) -> tuple[list[Any], dict[str, Any]]:
        return [], dict(self.attributes)

    def add_to_package(self) -> Iterable[Any]:
        """Files that the code package needs besides the flow's own: ``(path, name in the package)`` pairs."""
        return []

    def __repr__(self) -> str:
        return "<decorator @%s>" % self.name


class FlowDecorator(Decorator):
    """A plug-in decorator of flows. ``options`` are options that it adds to the front of the command line."""

    options: dict[str, dict[str, Any]] = {}

    def flow_init(
        self,
        flow: Any,
        graph: Any,
        environment: Any,
        flow_datastore: Any,
        metadata: Any,
        logger: Any,
        echo: Any,
        options: dict[str, Any],
    ) -> None:
        """Called when the flow has its decorators, with the values of the options."""

    def get_top_level_options(self) -> Iterable[Any]:
        return []


class StepDecorator(Decorator):
    """A plug-in decorator of steps. Its methods are called at the moments that their names say."""

    def step_init(
        self,
        flow: Any,
        graph: Any,
        step_name: str,
        decorators: list[Any],
        environment: Any,
        flow_datastore: Any,
        logger: Any,
    ) -> None:
        """Called when the step has its decorators, before anything runs."""

    def step_task_retry_count(self) -> tuple[int | None, int | None]:
        """How often a task of the step is tried again: attempts that run the person's code, and ones after those."""
        return 0, 0

    def task_pre_step(
        self,
        step_name: str,
        task_datastore: Any,
        metadata: Any,
        run_id: str,
        task_id: str,
        flow: Any,
        graph: Any,
        retry_count: int,
        max_user_code_retries: int,
        ubf_context: str | None,
        inputs: Any,
    ) -> None:
        """Called in the task, before the step."""

    def task_decorate(
        self,
        step_func: Callable[..., Any],
        flow: Any,
        graph: Any,
        retry_count: int,
        max_user_code_retries: int,
        ubf_context: str | None,
    ) -> Callable[..., Any]:
        """Gives what is run in place of the step's function."""
        return step_func

    def task_post_step(
        self, step_name: str, flow: Any, graph: Any, retry_count: int, max_user_code_retries: int
    ) -> None:
        """Called in the task after the step, when it has not failed, before the artifacts are stored."""

    def task_exception(
        self,
        exception: BaseException,
        step_name: str,
        flow: Any,
        graph: Any,
        retry_count: int,
        max_user_code_retries: int,
    ) -> bool | None:
        """Called in the task when the step has failed. True lets it count as successful."""

    def task_finished(
        self,
        step_name: str,
        flow: Any,
        graph: Any,
        is_task_ok: bool,
        retry_count: int,
        max_user_code_retries: int,
    ) -> None:
        """Called in the task when its artifacts are stored."""


class _Applied:
    """How a plug-in decorator is used in the source: its name, and the class once it is needed."""

    def __init__(self, name: str, load: Callable[[], Any]) -> None:
        self.name = name
        self.__name__ = name
        self._load: Callable[[], Any] | None = load
        self._class: Any = None

    @property
    def plugin_class(self) -> Any:
        """The class. Raises MetaflowException when the extension package cannot give it."""
        if self._class is None and self._load is not None:
            try:
                self._class = self._load()
            except Exception as error:
                raise MetaflowException(
                    "The decorator '%s' of an extension package cannot be loaded: %s: %s"
                    % (self.name, type(error).__name__, error)
                ) from error
        return self._class

    @property
    def known(self) -> Any:
        return frozenset(self.plugin_class.defaults)

    @property
    def repeatable(self) -> bool:
        return bool(self.plugin_class.allow_multiple)

    def recorded(self, attributes: dict[str, Any], line: int, called: bool) -> Any:
        made = self.plugin_class(attributes=attributes, statically_defined=True)
        made.line, made.called = line, called
        return made


class AppliedStepPlugin(_Applied, _decorators.StepDecorator):  # type: ignore[override]
    """A plug-in decorator of steps, as flows import it."""


class AppliedFlowPlugin(_Applied, _decorators.FlowDecorator):  # type: ignore[override]
    """A plug-in decorator of flows, as flows import it."""


_steps: dict[str, AppliedStepPlugin] = {}
_flows: dict[str, AppliedFlowPlugin] = {}


def announce_step_plugin(name: str, load: Callable[[], Any]) -> AppliedStepPlugin:
    """Makes a plug-in decorator of steps known. ``load`` gives its class."""
    _steps[name] = AppliedStepPlugin(name, load)
    return _steps[name]


def announce_flow_plugin(name: str, load: Callable[[], Any]) -> AppliedFlowPlugin:
    """Makes a plug-in decorator of flows known. ``load`` gives its class."""
    _flows[name] = AppliedFlowPlugin(name, load)
    return _flows[name]


def step_plugins() -> dict[str, AppliedStepPlugin]:
    return _steps


def flow_plugins() -> dict[str, AppliedFlowPlugin]:
    return _flows


def used_by_flow(flow: type) -> list[Any]:
    """The plug-in decorators of a flow, those of the bases first."""
    return [each for each in _decorators.flow_decorators(flow) if each.plugin]


def _pytorch_parallel() -> Any:
    from ._parallel_plugins import PytorchParallelDecorator

    return PytorchParallelDecorator


pytorch_parallel = announce_step_plugin("pytorch_parallel", _pytorch_parallel)
