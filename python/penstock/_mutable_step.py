"""What mutators see of a step."""

from __future__ import annotations

from . import _decorators
from ._built_in_defaults import with_defaults, without_defaults
from ._decorator_names import find, short_name
from ._decorator_specs import by_position, split
from ._user_decorators import StepMutator, UserStepDecoratorBase, listed
from .exception import DuplicateStepDecoratorException, MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    Spec = tuple[str, str, list[Any], dict[str, Any]]

FIELDS = ("wrappers", "mutators")


class Mutable:
    """What a mutable step and a mutable flow have in common: who is changing them, and when."""

    #: What ``add_decorator`` does where there is such a decorator already: leaves it, refuses, or replaces it. A decorator
    #: that was not in the source (but came with ``--with`` or from another mutator) is never refused but left.
    IGNORE = 1
    ERROR = 2
    OVERRIDE = 3

    _duplicate: type[MetaflowException] = DuplicateStepDecoratorException

    def __init__(
        self,
        flow_spec: Any,
        pre_mutate: bool = False,
        statically_defined: bool = False,
        inserted_by: list[str] | None = None,
    ) -> None:
        if inserted_by is None:
            raise MetaflowException("%s objects are made for mutators only." % type(self).__name__)
        self._flow_cls = flow_spec
        self._pre_mutate = pre_mutate
        self._statically_defined = statically_defined
        self._inserted_by = inserted_by

    @property
    def decorator_specs(self) -> Iterator[Spec]:
        """The decorators: short name, full name, values by position, values by name."""
        raise NotImplementedError

    def has_decorator(self, name: str) -> bool:
        """Whether there is a decorator of that short or full name."""
        return bool(self.get_decorator_specs(name))

    def get_decorator_specs(self, name: str) -> list[Spec]:
        """The decorators of that short or full name, as in ``decorator_specs``."""
        return [spec for spec in self.decorator_specs if name in spec[:2]]

    def _early(self, doing: str, name: Any) -> None:
        if not self._pre_mutate:
            raise MetaflowException(
                "%s: %s '%s' is only allowed in the `pre_mutate` method." % (self._inserted_by[0], doing, name)
            )

    def _adding(self, there: bool, repeatable: bool, duplicates: int) -> bool | None:
        """Whether to add a decorator: True, or None when it is to replace what is there. False leaves everything.

        Raises MetaflowException where a duplicate is an error.
        """
        if duplicates not in (self.IGNORE, self.ERROR, self.OVERRIDE):
            raise ValueError("duplicates is IGNORE, ERROR or OVERRIDE, not %r" % (duplicates,))
        if repeatable or not there:
            return True
        if duplicates == self.OVERRIDE:
            return None
        if duplicates == self.ERROR and self._statically_defined:
            raise self._duplicate("%s adds a decorator that is there already." % " from ".join(self._inserted_by))
        return False


class MutableStep(Mutable):
    """A step, whose decorators a mutator may look at, add and remove."""

    def __init__(
        self,
        flow_spec: Any,
        step: Any,
        pre_mutate: bool = False,
        statically_defined: bool = False,
        inserted_by: list[str] | None = None,
    ) -> None:
        super().__init__(flow_spec, pre_mutate, statically_defined, inserted_by)
        self._my_step = step

    @property
    def flow(self) -> Any:
        """The flow of the step, as a MutableFlow."""
        from ._mutable_flow import MutableFlow

        return MutableFlow(self._flow_cls, self._pre_mutate, self._statically_defined, self._inserted_by)

    @property
    def name(self) -> str:
        return self._my_step.__name__

    @property
    def decorator_specs(self) -> Iterator[Spec]:
        for each in list(self._my_step.decorators):
            yield spec_of(each)
        written = [each for field in FIELDS for each in self._my_step.__dict__.get(field, ())]
        for each in {id(each): each for each in written}.values():
            yield (short_name(type(each)), type(each).decorator_name, *each.get_args_kwargs())

    def add_decorator(
        self,
        deco_type: Any,
        deco_args: list[Any] | None = None,
        deco_kwargs: dict[str, Any] | None = None,
        duplicates: int = Mutable.IGNORE,
    ) -> Any:
        """Adds a decorator: the decorator itself, the class of a written one, or a text as ``--with`` takes it.

        The values of the decorator are given here, or in the text. Gives what was added, or None where the step has such
        a decorator already and keeps it. Raises MetaflowException.
        """
        decorator, values, named = wanted(deco_type, deco_args, deco_kwargs)
        if isinstance(decorator, _decorators.StepDecorator):
            if values:
                raise MetaflowException("Decorator '%s' takes its values by name only." % decorator.name)
            return self._add_recorded(decorator, named, duplicates)
        if not (isinstance(decorator, type) and issubclass(decorator, UserStepDecoratorBase)):
            raise TypeError("add_decorator takes a decorator of steps or its name, not %r" % (deco_type,))
        if issubclass(decorator, StepMutator):
            self._early("adding step mutator", decorator.decorator_name)
        return self._add_written(decorator, values, named, duplicates)

    def _add_recorded(self, decorator: Any, named: dict[str, Any], duplicates: int) -> Any:
        recorded = self._my_step.decorators
        there = any(each.name == decorator.name for each in recorded)
        adding = self._adding(there, decorator.repeatable, duplicates)
        if adding is False:
            return None
        if adding is None:
            recorded[:] = [each for each in recorded if each.name != decorator.name]
        made = made_use(decorator, named, self._inserted_by, self._my_step.__code__.co_firstlineno)
        recorded.append(made)
        return made

    def _add_written(self, cls: Any, values: list[Any], named: dict[str, Any], duplicates: int) -> Any:
        lists = [listed(self._my_step, field) for field in FIELDS]
        there = any(type(each).decorator_name == cls.decorator_name for each in lists[0] + lists[1])
        adding = self._adding(there, False, duplicates)
        if adding is False:
            return None
        if adding is None:
            for each in lists:
                each[:] = [other for other in each if type(other).decorator_name != cls.decorator_name]
        made = type.__call__(cls, *values, **named)
        made.statically_defined = self._statically_defined
        made.inserted_by = self._inserted_by
        made.line = self._my_step.__code__.co_firstlineno
        made.external_init()
        made(self._my_step)
        return made

    def remove_decorator(
        self,
        deco_name: str,
        deco_args: list[Any] | None = None,
        deco_kwargs: dict[str, Any] | None = None,
    ) -> bool:
        """Removes the decorators of a name, or only those with exactly these values. Gives whether there were any."""
        every = deco_args is None and deco_kwargs is None
        values = (list(deco_args or ()), dict(deco_kwargs or {}))

        def gone(each: Any, spec: Spec) -> bool:
            if deco_name not in spec[:2] or not (every or (list(spec[2]), dict(spec[3])) == values):
                return False
            if isinstance(each, StepMutator):
                self._early("removing step mutator", deco_name)
            return True

        removed = 0
        for field in ("decorators",) + FIELDS:
            there = listed(self._my_step, field)
            kept = [each for each in there if not gone(each, spec_of(each))]
            removed += len(there) - len(kept)
            there[:] = kept
        return removed > 0


def spec_of(each: Any) -> Spec:
    """A use of a decorator of any kind, as ``decorator_specs`` gives it."""
    if isinstance(each, _decorators.Recorded):
        return (each.name, "metaflow.%s" % each.name, [], with_defaults(each.name, each.attributes))
    if getattr(each, "plugin", False):
        full = "%s.%s" % (type(each).__module__, type(each).__name__)
        return (each.name, full, *each.get_args_kwargs())
    return (
        short_name(type(each), not isinstance(each, UserStepDecoratorBase)),
        type(each).decorator_name,
        *each.get_args_kwargs(),
    )


def wanted(
    named: Any, values: list[Any] | None, keywords: dict[str, Any] | None, of_flows: bool = False
) -> tuple[Any, list[Any], dict[str, Any]]:
    """The decorator that ``add_decorator`` was given, and its values. Raises MetaflowException."""
    values, keywords = list(values or ()), dict(keywords or {})
    if not isinstance(named, str):
        return named, values, keywords
    name, attributes = split(named)
    if attributes and (values or keywords):
        raise MetaflowException("The decorator %r has its values in the text; it cannot be given others as well." % named)
    decorator = find(name, of_flows)
    if attributes and isinstance(decorator, type):
        values, keywords = by_position(attributes)
    elif attributes:
        keywords = attributes
    return decorator, values, keywords


def made_use(decorator: Any, named: dict[str, Any], inserted_by: list[str] | None, line: int) -> Any:
    """A use of a built-in or plug-in decorator that does not stand in the source. Raises InvalidDecoratorAttribute."""
    decorator.check(named)
    made = decorator.recorded(
        named if hasattr(decorator, "plugin_class") else without_defaults(decorator.name, named), line, True
    )
    made.inserted_by = inserted_by or []
    if made.plugin:
        made.statically_defined = False
    return made
