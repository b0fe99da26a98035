"""Decorators that a person writes: around a step's body, and changing steps or the flow before it runs.

Which of them exist, and by which names, is known to ``_decorator_names``; ``_step_wrappers`` runs those around a step,
``_configure`` those that change the flow.
"""

from __future__ import annotations

import sys

from ._decorator_names import register
from .exception import BadFlowDecoratorException, BadStepDecoratorException, MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable

#: What a generator yields to leave out what it is around.
USER_SKIP_STEP: dict[str, Any] = {}


class _Kind(type):
    """The class of these decorators' classes: applies them, and knows each by its name.

    ``@Timing`` and ``@Timing(limit=3)`` both work: the class called with nothing but a step (or a flow) is applied to it.
    """

    decorator_name: str

    def __init__(cls, name: str, bases: tuple[type, ...], members: dict[str, Any], **_: Any) -> None:
        super().__init__(name, bases, members)
        cls.decorator_name = members.get("_decorator_name") or "%s.%s" % (cls.__module__, cls.__name__)
        if not cls.__module__.startswith("penstock."):
            register(cls, [base for base in bases if isinstance(base, _Kind)])
        elif "_decorator_name" in members:
            register(cls, [])

    def __call__(cls, *values: Any, **named: Any) -> Any:
        if len(values) == 1 and not named and cls._takes(values[0]):  # type: ignore[attr-defined]
            made = super().__call__()
            made.line, made.called = sys._getframe(1).f_lineno, False
            return made(values[0])
        made = super().__call__(*values, **named)
        made.line, made.called = sys._getframe(1).f_lineno, True
        return made

    def __str__(cls) -> str:
        return cls.decorator_name


class _Written(metaclass=_Kind):
    """What the decorators have in common: the values they were given, and ``init`` to take them."""

    #: Whether values may be given by position.
    _by_position = True
    line = 0
    called = True

    def __init__(self, *values: Any, **named: Any) -> None:
        if values and not self._by_position:
            raise MetaflowException(
                "Decorator %s takes its values by name, as in @%s(NAME=VALUE)." % (self, type(self).__name__)
            )
        self._args = list(values)
        self._kwargs = named
        self._ready = False
        self.statically_defined = True
        self.inserted_by: list[str] | None = None

    def init(self, *values: Any, **named: Any) -> None:
        """Takes the values of the decorator. To be written by a decorator that has any."""

    def external_init(self) -> None:
        """Calls ``init``, once, with the values that configs have given by then. Raises MetaflowException."""
        if self._ready:
            return
        self._args, self._kwargs = self.get_args_kwargs()
        if (self._args or self._kwargs) and not self._has_init():
            raise MetaflowException(
                "Decorator %s is given values, but its class has no method init that takes them." % self
            )
        self._ready = True
        self.init(*self._args, **self._kwargs)

    def _has_init(self) -> bool:
        return any("init" in cls.__dict__ for cls in type(self).__mro__ if cls.__module__ != __name__)

    def get_args_kwargs(self) -> tuple[list[Any], dict[str, Any]]:
        """The values the decorator was given: by position, and by name. Raises MetaflowException."""
        if "penstock._delayed" not in sys.modules:
            return list(self._args), dict(self._kwargs)
        from ._delayed import resolved, resolved_keywords

        return [resolved(value) for value in self._args], resolved_keywords(self._kwargs)

    def add_to_package(self) -> Iterable[Any]:
        """Files that the code package needs besides the flow's own: ``(path, name in the package)`` pairs."""
        return []

    def __str__(self) -> str:
        return type(self).decorator_name

    def __repr__(self) -> str:
        return "<decorator %s>" % self


class UserStepDecoratorBase(_Written):
    """A decorator of a step. Which of the step's lists it joins, its classes say."""

    _step_field: str | None = None

    @classmethod
    def _takes(cls, value: Any) -> bool:
        if getattr(value, "is_step", False):
            return True
        if cls._by_position or not callable(value):
            return False
        raise BadStepDecoratorException(
            "Decorator %s is applied to '%s', which is not a step: put it above @step, which stands next to the function."
            % (cls.decorator_name, getattr(value, "__name__", value))
        )

    def __call__(self, step: Any = None) -> Any:
        if not getattr(step, "is_step", False):
            raise BadStepDecoratorException(
                "Decorator %s is applied to '%s', which is not a step: put it above @step, which stands next to the "
                "function." % (self, getattr(step, "__name__", step))
            )
        self._my_step = step
        for field in self._fields():
            listed(step, field).append(self)
        return step

    @classmethod
    def _fields(cls) -> list[str]:
        """The lists of a step that these decorators belong in, each once."""
        found = [base.__dict__.get("_step_field") for base in cls.__mro__]
        return list(dict.fromkeys(field for field in found if field))


def listed(step: Any, field: str) -> list[Any]:
    """A step's list of decorators: ``wrappers`` or ``mutators``."""
    found = step.__dict__.get(field)
    if found is None:
        found = step.__dict__[field] = []
    return found


class UserStepDecorator(UserStepDecoratorBase):
    """A decorator around a step's body, with methods for before and after.

    Of several on one step the topmost is the outermost.
    """

    _step_field = "wrappers"
    _by_position = False
    #: Set by ``pre_step``: True leaves out what the decorator is around, and a dictionary does so too and says what
    #: ``self.next`` is called with.
    skip_step: bool | dict[str, Any] = False

    def pre_step(self, step_name: str, flow: Any, inputs: Any = None) -> Callable[..., Any] | None:
        """Called before the step. May give a function of ``(flow[, inputs])`` that is run in its place.

        That function calls ``self.next`` itself, or gives True to have the step's own ``self.next`` called, or the values
        to call it with as a dictionary.
        """
        return None

    def post_step(self, step_name: str, flow: Any, exception: Exception | None = None) -> Any:
        """Called after the step, before its artifacts are stored, with what it has raised.

        Gives the exception that goes on, or None when there is none (any more); or a pair of that and what ``self.next``
        is called with: a dictionary, or None when it is not to be called.
        """
        return exception, None


class StepMutator(UserStepDecoratorBase):
    """A decorator that changes the decorators of its step before the flow runs. It may depend on configs."""

    _step_field = "mutators"

    def pre_mutate(self, mutable_step: Any) -> None:
        """Called as soon as the configs have values."""

    def mutate(self, mutable_step: Any) -> None:
        """Called when ``--with`` has been followed."""


class FlowMutator(_Written):
    """A decorator of a flow that changes its steps, parameters and decorators before it runs."""

    @classmethod
    def _takes(cls, value: Any) -> bool:
        return isinstance(value, type) and hasattr(value, "_flow_mutators")

    def __call__(self, flow: Any = None) -> Any:
        if not type(self)._takes(flow):
            raise BadFlowDecoratorException(
                "Decorator %s is applied to '%s', which is not a flow: put it above a class that inherits from FlowSpec."
                % (self, getattr(flow, "__name__", flow))
            )
        if "_flow_mutators" not in flow.__dict__:
            flow._flow_mutators = []
        flow._flow_mutators.append(self)
        self._flow_cls = flow
        return flow

    def pre_mutate(self, mutable_flow: Any) -> None:
        """Called as soon as the configs have values. Everything may be changed."""

    def mutate(self, mutable_flow: Any) -> None:
        """Called when ``--with`` has been followed. The flow's own decorators and parameters stay as they are then."""


def flow_mutators(flow: type) -> list[FlowMutator]:
    """The mutators of a flow and its bases, those of the bases first."""
    found: list[FlowMutator] = []
    for cls in reversed(flow.__mro__):
        found += cls.__dict__.get("_flow_mutators", ())
    return found


def user_step_decorator(*values: Any, **named: Any) -> Any:
    """Makes a decorator of steps out of a generator ``(step_name, flow, inputs[, attributes])`` that yields once.

    What stands before the ``yield`` is done before the step, what comes after is done after it and before its artifacts are
    stored. It may yield a function that is run in place of the step, or a dictionary to leave the step out and to call
    ``self.next`` with these values (``USER_SKIP_STEP``, an empty one, calls it as the step would have). What the step
    raises comes out of the ``yield``; a generator that does not let it pass makes the step successful.
    """
    if not values:
        return lambda function: user_step_decorator(function, **named)
    from ._generator_decorators import made_of

    return made_of(values[0], named, sys._getframe(1))
