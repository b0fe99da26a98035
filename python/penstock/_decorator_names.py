"""Decorators by their names, as ``--with`` and mutators say them."""

from __future__ import annotations

from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: The classes of decorators that the flow's modules have defined, by their full dotted names.
_written: dict[str, Any] = {}
#: Classes that others inherit from: these are no decorators of their own.
_bases: set[str] = set()


class UnknownStepDecoratorException(MetaflowException):
    headline = "Unknown step decorator"
    help = "name one that there is, or the path of one that can be imported, as in package.module.decorator"


class UnknownFlowDecoratorException(MetaflowException):
    headline = "Unknown flow decorator"


def register(cls: Any, bases: list[Any]) -> None:
    """Makes a decorator's class known by its name. Its bases are forgotten."""
    for base in bases:
        _bases.add(base.decorator_name)
        _written.pop(base.decorator_name, None)
    if cls.decorator_name not in _bases:
        _written[cls.decorator_name] = cls


def short_name(cls: Any, of_flows: bool = False) -> str:
    """The fewest last parts of a decorator's dotted name that tell it from all others."""
    parts = cls.decorator_name.split(".")
    for count in range(1, len(parts) + 1):
        name = ".".join(parts[-count:])
        if name not in built_in(of_flows) and _candidates(name, of_flows) == [cls]:
            return name
    return cls.decorator_name


def find(name: str, of_flows: bool = False) -> Any:
    """The decorator of a name: a built-in or plug-in one, else the class of a written one.

    A written one goes by the last parts of its dotted name, as many as tell it from others, or by the path it can be
    imported from. Raises UnknownStepDecoratorException or UnknownFlowDecoratorException.
    """
    known = built_in(of_flows).get(name)
    if known is not None:
        return known
    found = _candidates(name, of_flows)
    if not found and "." in name:
        found = _imported(name, of_flows)
    if len(found) == 1:
        return found[0]
    error = UnknownFlowDecoratorException if of_flows else UnknownStepDecoratorException
    if found:
        raise error(
            "There are several decorators '%s': %s. Say more of the name."
            % (name, ", ".join(sorted(cls.decorator_name for cls in found)))
        )
    names = sorted(each for each in all_names(of_flows) if not each.endswith("_internal"))
    raise error("There is no %s decorator '%s'. There are: %s." % ("flow" if of_flows else "step", name, ", ".join(names)))


def all_names(of_flows: bool = False) -> list[str]:
    """The names of all decorators, the short ones of those that were written."""
    classes = [cls for cls in _written.values() if _is_of_flows(cls) == of_flows]
    return list(built_in(of_flows)) + [short_name(cls, of_flows) for cls in classes]


def modules() -> set[str]:
    """The modules that have defined decorators, but for the flow's own file and extension packages."""
    names = {cls.__module__ for cls in _written.values()}
    return {name for name in names if name != "__main__" and not name.startswith("metaflow_extensions.")}


def built_in(of_flows: bool = False) -> dict[str, Any]:
    """The built-in decorators and those of extension packages, by name."""
    import sys

    from . import _decorators

    kind = _decorators.FlowDecorator if of_flows else _decorators.StepDecorator
    found = {each.name: each for each in vars(_decorators).values() if isinstance(each, kind)}
    plugins = sys.modules.get("penstock._plugins")
    if plugins is not None:
        found.update(plugins.flow_plugins() if of_flows else plugins.step_plugins())
    return found


def _candidates(name: str, of_flows: bool) -> list[Any]:
    exact = _written.get(name)
    if exact is not None and _is_of_flows(exact) == of_flows:
        return [exact]
    ending = "." + name
    return [cls for full, cls in _written.items() if full.endswith(ending) and _is_of_flows(cls) == of_flows]


def _is_of_flows(cls: Any) -> bool:
    return not hasattr(cls, "_step_field")


def _imported(path: str, of_flows: bool) -> list[Any]:
    from importlib import import_module

    module, _, name = path.rpartition(".")
    try:
        found = getattr(import_module(module), name, None)
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError) and error.name and (module + ".").startswith(error.name + "."):
            return []
        raise MetaflowException("The module of decorator '%s' cannot be imported: %s" % (path, error)) from error
    if isinstance(found, type) and hasattr(found, "decorator_name") and _is_of_flows(found) == of_flows:
        return [found]
    return []
