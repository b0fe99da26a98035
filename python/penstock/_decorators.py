"""Decorators record the values they were given; the engine judges them.

Only what Python has to say at once is checked here: that a step decorator stands on a step and a flow decorator on a flow,
that nothing is given twice, and that the attributes have names the decorator knows.
"""

from __future__ import annotations

import sys

from .exception import (
    BadFlowDecoratorException,
    BadStepDecoratorException,
    DuplicateFlowDecoratorException,
    DuplicateStepDecoratorException,
    InvalidDecoratorAttribute,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Recorded:
    """One use of a decorator: its name, the attributes that were given, and the line in the source.

    ``called`` is false for the bare form (``@retry``), whose line older interpreters do not know exactly.
    """

    __slots__ = ("name", "attributes", "line", "called", "inserted_by")

    #: Whether an extension package brings the decorator; its uses are objects of its own class then.
    plugin = False

    def __init__(
        self,
        name: str,
        attributes: dict[str, Any],
        line: int,
        called: bool,
        inserted_by: list[str] | None = None,
    ) -> None:
        self.name = name
        self.attributes = attributes
        self.line = line
        self.called = called
        #: The mutators that have added this use, the last one first; None for what stands in the source.
        self.inserted_by = inserted_by

    @property
    def statically_defined(self) -> bool:
        return self.inserted_by is None


class _Decorator:
    """A decorator's name, known attributes, and whether it may be used more than once."""

    def __init__(self, name: str, attributes: str = "", repeatable: bool = False) -> None:
        self.name = name
        self.__name__ = name
        self.known = frozenset(attributes.split())
        self.repeatable = repeatable

    def __call__(self, *targets: Any, **attributes: Any) -> Any:
        line = sys._getframe(1).f_lineno
        if targets:
            if attributes or len(targets) > 1 or not callable(targets[0]):
                raise self._misused("takes its values by name, as in @%s(NAME=VALUE)" % self.name)
            return self.apply(targets[0], self.recorded({}, line, False))
        self.check(attributes)
        record = self.recorded(attributes, line, True)
        return lambda target: self.apply(target, record)

    def recorded(self, attributes: dict[str, Any], line: int, called: bool) -> Any:
        """A use of the decorator."""
        return Recorded(self.name, attributes, line, called)

    def check(self, attributes: dict[str, Any]) -> None:
        """Raises InvalidDecoratorAttribute for a name that the decorator does not have."""
        unknown = sorted(set(attributes) - self.known)
        if unknown and "penstock._delayed" in sys.modules:
            from ._delayed import is_unpacked

            unknown = [name for name in unknown if not is_unpacked(name)]
        if unknown:
            raise InvalidDecoratorAttribute(
                "Decorator '%s' does not support the attribute '%s'. These attributes are supported: %s."
                % (self.name, unknown[0], ", ".join(sorted(self.known)) or "none")
            )

    def __repr__(self) -> str:
        return "<decorator @%s>" % self.name

    def _misused(self, message: str) -> Exception:
        raise NotImplementedError

    def apply(self, target: Any, record: Recorded) -> Any:
        raise NotImplementedError


class StepDecorator(_Decorator):
    """A decorator that stands above ``@step``."""

    def _misused(self, message: str) -> Exception:
        return BadStepDecoratorException("Decorator '%s' %s." % (self.name, message))

    def apply(self, target: Any, record: Recorded) -> Any:
        recorded: list[Recorded] | None = getattr(target, "decorators", None)
        if isinstance(target, type) or recorded is None or not getattr(target, "is_step", False):
            raise self._misused(
                "is applied to '%s', which is not a step: put it above @step, which stands next to the function"
                % getattr(target, "__name__", target)
            )
        if not self.repeatable and any(other.name == self.name for other in recorded):
            raise DuplicateStepDecoratorException(
                "Step '%s' has the decorator '%s' more than once." % (target.__name__, self.name)
            )
        recorded.append(record)
        return target


class FlowDecorator(_Decorator):
    """A decorator that stands above a flow class."""

    def _misused(self, message: str) -> Exception:
        return BadFlowDecoratorException("Decorator '%s' %s." % (self.name, message))

    def apply(self, target: Any, record: Recorded) -> Any:
        if not isinstance(target, type) or not hasattr(target, "_flow_decorators"):
            raise self._misused(
                "is applied to '%s', which is not a flow: put it above a class that inherits from FlowSpec"
                % getattr(target, "__name__", target)
            )
        if not self.repeatable and any(other.name == self.name for other in flow_decorators(target)):
            raise DuplicateFlowDecoratorException(
                "Flow '%s' has the decorator '%s' more than once; inherited ones count." % (target.__name__, self.name)
            )
        if "_flow_decorators" not in target.__dict__:
            target._flow_decorators = []
        target._flow_decorators.append(record)
        return target


def flow_decorators(flow: type) -> list[Recorded]:
    """The flow decorators of a class and its bases, those of the bases first."""
    found: list[Recorded] = []
    for cls in reversed(flow.__mro__):
        found += cls.__dict__.get("_flow_decorators", ())
    return found


def check_inherited(flow: type) -> None:
    """Raises DuplicateFlowDecoratorException when two bases of a flow bring the same decorator that is used once only."""
    seen: set[str] = set()
    for record in flow_decorators(flow):
        decorator = globals().get(record.name)
        if record.name in seen and not getattr(decorator, "repeatable", False):
            raise DuplicateFlowDecoratorException(
                "Flow '%s' inherits the decorator '%s' from more than one of its bases." % (flow.__name__, record.name)
            )
        seen.add(record.name)


_ENVIRONMENT = "packages python disabled"
_CONDA = " libraries channels prefer"
_NAMED = "name fetch_at_exec disabled"
_UV_PROJECT = "extras groups default_groups python disabled"
_TMPFS = "use_tmpfs tmpfs_tempdir tmpfs_size tmpfs_path"

retry = StepDecorator("retry", "times minutes_between_retries")
catch = StepDecorator("catch", "var print_exception")
timeout = StepDecorator("timeout", "seconds minutes hours")
resources = StepDecorator("resources", "cpu gpu disk memory shared_memory")
environment = StepDecorator("environment", "vars")
secrets = StepDecorator("secrets", "sources role allow_override")
card = StepDecorator(
    "card", "type id options timeout save_errors customize refresh_interval rank scope", repeatable=True
)
parallel = StepDecorator("parallel")
#: Marks the first step of an unbounded foreach, in existing tests of those.
unbounded_test_foreach_internal = StepDecorator("unbounded_test_foreach_internal")
pypi = StepDecorator("pypi", _ENVIRONMENT)
conda = StepDecorator("conda", _ENVIRONMENT + _CONDA)
uv = StepDecorator("uv", _UV_PROJECT)
named_env = StepDecorator("named_env", _NAMED)
slurm = StepDecorator(
    "slurm",
    "cpu gpu memory disk executable partition account qos time constraint nodelist exclude gres reservation licenses "
    "exclusive nice comment mail_user mail_type extra",
)
batch = StepDecorator(
    "batch",
    "cpu gpu memory image queue iam_role execution_role shared_memory max_swap swappiness aws_batch_tags inferentia "
    "trainium efa host_volumes efs_volumes ephemeral_storage log_driver log_options executable privileged secrets " + _TMPFS,
)
kubernetes = StepDecorator(
    "kubernetes",
    "cpu memory disk image image_pull_policy image_pull_secrets service_account secrets node_selector namespace gpu "
    "gpu_vendor tolerations labels annotations persistent_volume_claims shared_memory port compute_pool executable "
    "hostname_resolution_timeout qos extended_resources security_context " + _TMPFS,
)

project = FlowDecorator("project", "name branch production")
schedule = FlowDecorator("schedule", "daily hourly weekly cron timezone")
trigger = FlowDecorator("trigger", "event events options")
trigger_on_finish = FlowDecorator("trigger_on_finish", "flow flows options")
package_data = FlowDecorator("package_data", "files", repeatable=True)
exit_hook = FlowDecorator("exit_hook", "on_success on_error options", repeatable=True)
pypi_base = FlowDecorator("pypi_base", _ENVIRONMENT)
conda_base = FlowDecorator("conda_base", _ENVIRONMENT + _CONDA)
uv_base = FlowDecorator("uv_base", _UV_PROJECT)
named_env_base = FlowDecorator("named_env_base", _NAMED)
