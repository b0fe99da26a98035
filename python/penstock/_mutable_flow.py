"""What mutators see of a flow."""

from __future__ import annotations

from . import _decorators
from ._flowspec import parameters_of, step_functions
from ._mutable_step import Mutable, MutableStep, made_use, spec_of, wanted
from ._parameters import Declared, Parameter
from ._user_decorators import FlowMutator, flow_mutators
from .exception import DuplicateFlowDecoratorException, MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ._mutable_step import Spec


class MutableFlow(Mutable):
    """A flow that a mutator may look at and change. Its steps, parameters and configs are also its attributes."""

    _duplicate = DuplicateFlowDecoratorException

    @property
    def decorator_specs(self) -> Iterator[Spec]:
        for each in _decorators.flow_decorators(self._flow_cls) + flow_mutators(self._flow_cls):
            yield spec_of(each)

    @property
    def configs(self) -> Iterator[tuple[str, Any]]:
        """The configs: name and value."""
        from ._configs import configs_of, settings_of

        for config in configs_of(self._flow_cls).values():
            yield settings_of(config).name, settings_of(config).seen

    @property
    def parameters(self) -> Iterator[tuple[str, Parameter]]:
        """The parameters: attribute and declaration."""
        return iter(list(parameters_of(self._flow_cls).items()))

    @property
    def steps(self) -> Iterator[tuple[str, MutableStep]]:
        """The steps: name and what may be changed."""
        for name, function in step_functions(self._flow_cls).items():
            yield name, self._step(function)

    def _step(self, function: Any) -> MutableStep:
        return MutableStep(self._flow_cls, function, self._pre_mutate, self._statically_defined, self._inserted_by)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):
            flow = self._flow_cls
            steps = step_functions(flow)
            if name in steps:
                return self._step(steps[name])
            from ._configs import configs_of, settings_of

            for found in (parameters_of(flow), configs_of(flow)):
                if name in found:
                    return found[name] if isinstance(found[name], Parameter) else settings_of(found[name]).seen
        raise AttributeError("The flow has no step, parameter or config '%s'." % name)

    def add_parameter(self, name: str, value: Parameter, overwrite: bool = False) -> None:
        """Adds a parameter as an attribute of the flow. Raises MetaflowException."""
        self._early("adding parameter", name)
        if not isinstance(value, Parameter):
            raise MetaflowException("add_parameter takes a Parameter or an IncludeFile, not %s." % type(value).__name__)
        if hasattr(self._flow_cls, name) and not overwrite:
            raise MetaflowException(
                "Flow '%s' has an attribute '%s' already; say overwrite=True to replace it."
                % (self._flow_cls.__name__, name)
            )
        value.attribute = name
        setattr(self._flow_cls, name, value)

    def remove_parameter(self, parameter_name: str) -> bool:
        """Removes the parameter of a name. Gives whether there was one."""
        self._early("removing parameter", parameter_name)
        for attribute, parameter in parameters_of(self._flow_cls).items():
            if parameter.name == parameter_name:
                setattr(self._flow_cls, attribute, Removed(attribute))
                return True
        return False

    def add_decorator(
        self,
        deco_type: Any,
        deco_args: list[Any] | None = None,
        deco_kwargs: dict[str, Any] | None = None,
        duplicates: int = Mutable.IGNORE,
    ) -> Any:
        """Adds a decorator to the flow: the decorator itself, the class of a mutator, or a text.

        The ``pre_mutate`` of an added mutator is called after those of the others. Gives what was added, or None where
        there is such a decorator already and stays. Raises MetaflowException.
        """
        self._early("adding flow decorator", getattr(deco_type, "__name__", deco_type))
        decorator, values, named = wanted(deco_type, deco_args, deco_kwargs, of_flows=True)
        if isinstance(decorator, _decorators.FlowDecorator):
            if values:
                raise MetaflowException("Decorator '%s' takes its values by name only." % decorator.name)
            return self._add_recorded(decorator, named, duplicates)
        if not (isinstance(decorator, type) and issubclass(decorator, FlowMutator)):
            raise TypeError("add_decorator takes a decorator of flows or its name, not %r" % (deco_type,))
        return self._add_mutator(decorator, values, named, duplicates)

    def _add_recorded(self, decorator: Any, named: dict[str, Any], duplicates: int) -> Any:
        there = any(each.name == decorator.name for each in _decorators.flow_decorators(self._flow_cls))
        adding = self._adding(there, decorator.repeatable, duplicates)
        if adding is False:
            return None
        if adding is None:
            self._drop("_flow_decorators", lambda each: each.name == decorator.name)
        made = made_use(decorator, named, self._inserted_by, 0)
        self._own("_flow_decorators").append(made)
        return made

    def _add_mutator(self, cls: Any, values: list[Any], named: dict[str, Any], duplicates: int) -> Any:
        def same(each: Any) -> bool:
            return bool(type(each).decorator_name == cls.decorator_name)

        adding = self._adding(any(map(same, flow_mutators(self._flow_cls))), False, duplicates)
        if adding is False:
            return None
        made = type.__call__(cls, *values, **named)
        made.statically_defined = self._statically_defined
        made.inserted_by = self._inserted_by
        made._flow_cls = self._flow_cls
        made.external_init()
        if adding is None:
            self._drop("_flow_mutators", same)
        self._own("_flow_mutators").append(made)
        return made

    def remove_decorator(
        self,
        deco_name: str,
        deco_args: list[Any] | None = None,
        deco_kwargs: dict[str, Any] | None = None,
    ) -> bool:
        """Removes the flow's decorators of a name, or only those with exactly these values. Mutators stay.

        Gives whether there were any. Raises MetaflowException.
        """
        self._early("removing flow decorator", deco_name)
        for mutator in flow_mutators(self._flow_cls):
            if deco_name in spec_of(mutator)[:2]:
                raise MetaflowException("The mutator '%s' cannot be removed; it may have run already." % deco_name)
        every = deco_args is None and deco_kwargs is None
        values = (list(deco_args or ()), dict(deco_kwargs or {}))

        def gone(each: Any) -> bool:
            spec = spec_of(each)
            return deco_name in spec[:2] and (every or (list(spec[2]), dict(spec[3])) == values)

        return self._drop("_flow_decorators", gone)

    def _own(self, field: str) -> list[Any]:
        if field not in self._flow_cls.__dict__:
            setattr(self._flow_cls, field, [])
        return self._flow_cls.__dict__[field]

    def _drop(self, field: str, gone: Any) -> bool:
        """Takes decorators off the flow and its bases."""
        dropped = False
        for cls in self._flow_cls.__mro__:
            there = cls.__dict__.get(field)
            if there:
                kept = [each for each in there if not gone(each)]
                dropped = dropped or len(kept) < len(there)
                there[:] = kept
        return dropped


class Removed(Declared):
    """Stands in a flow's class for a parameter of its bases that a mutator has removed."""

    def __init__(self, attribute: str) -> None:
        self.attribute = attribute

    def _penstock_attribute(self) -> str:
        return self.attribute

    def __get__(self, flow: Any, owner: type | None = None) -> Any:
        if flow is not None and self.attribute in flow.__dict__:
            return flow.__dict__[self.attribute]
        raise AttributeError("The parameter '%s' was removed from the flow by a mutator." % self.attribute)

    def __set__(self, flow: Any, value: Any) -> None:  # type: ignore[override]
        flow.__dict__[self.attribute] = value
