"""Functions that are given by themselves or by their dotted names."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def named_function(named: Any) -> Callable[[Any], Any]:
    """The function itself, or the one that a text such as ``package.module.function`` names.

    A text that begins with a dot is below ``metaflow``. Raises ValueError that says what is missing.
    """
    if not isinstance(named, str):
        function: Callable[[Any], Any] = named
        return function
    path = "metaflow" + named if named.startswith(".") else named
    module, _, name = path.rpartition(".")
    if not module:
        raise ValueError("the parser %r has to be a dotted name, as in package.module.function" % named)
    from importlib import import_module

    try:
        found = getattr(import_module(module), name, None)
    except ImportError as error:
        raise ValueError("the parser %s cannot be imported: %s" % (path, error)) from error
    if not callable(found):
        raise ValueError("the parser %s is %s" % (path, "no function" if found is not None else "not in %s" % module))
    return found
