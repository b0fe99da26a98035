"""Step decorators that are written as generators."""

from __future__ import annotations

from types import FunctionType

from ._user_decorators import UserStepDecorator
from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_GENERATOR = 0x20  # the flag of code objects


class GeneratorDecorator(UserStepDecorator):
    """Runs a generator up to its ``yield`` before a step, and to its end after it."""

    _generator_function: Any = None
    _wants_attributes = False

    def init(self, *values: Any, **attributes: Any) -> None:
        self._attributes = attributes

    def _has_init(self) -> bool:
        return True

    def external_init(self) -> None:
        super().external_init()
        if self._kwargs and not self._wants_attributes:
            raise MetaflowException(
                "Decorator %s is given values, but its generator takes no fourth argument for them." % self
            )

    def pre_step(self, step_name: str, flow: Any, inputs: Any = None) -> Any:
        values = (step_name, flow, inputs) + ((self._attributes,) if self._wants_attributes else ())
        self._running = type(self)._generator_function(*values)
        try:
            given = next(self._running)
        except StopIteration:
            raise MetaflowException(
                "Decorator %s came to its end without a yield; to leave the step out, yield USER_SKIP_STEP." % self
            ) from None
        if isinstance(given, dict):
            self.skip_step = given or True
            return None
        return given

    def post_step(self, step_name: str, flow: Any, exception: Exception | None = None) -> Any:
        try:
            if exception is None:
                next(self._running)
            else:
                self._running.throw(exception)
        except StopIteration as end:
            return end.value
        self._running.close()
        raise MetaflowException("Decorator %s yields a second time; it has to yield once." % self)


def made_of(function: Any, expected: dict[str, Any], frame: Any) -> type[GeneratorDecorator]:
    """The class of a decorator that runs a generator function. Raises MetaflowException for anything else."""
    name = getattr(function, "__qualname__", None) or repr(function)
    if not isinstance(function, FunctionType) or not function.__code__.co_flags & _GENERATOR:
        raise MetaflowException("@user_step_decorator makes decorators of generator functions; '%s' is none." % name)
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    if count not in ((4,) if expected else (3, 4)):
        raise MetaflowException(
            "@user_step_decorator makes decorators of generators that take step_name, flow, inputs%s; '%s' takes %d "
            "arguments." % (", attributes" if expected else " and, if they like, attributes", name, count)
        )
    members = {
        "_decorator_name": "%s.%s" % (function.__module__, function.__name__),
        "_generator_function": staticmethod(function),
        "_wants_attributes": count == 4,
        "__module__": function.__module__,
        "__qualname__": function.__qualname__,
        "__doc__": function.__doc__,
    }
    kind: Any = type(UserStepDecorator)
    return kind(function.__name__, (GeneratorDecorator,), members)
