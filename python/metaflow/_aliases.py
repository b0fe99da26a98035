"""Modules of extensions under names below ``metaflow``.

``metaflow.plugins.frameworks`` may then be a package of an extension. A module that the extension does not have is still
looked for among those of this package, and what the extension stands in front of is there as
``metaflow.plugins.frameworks._orig``.
"""

from __future__ import annotations

import sys

from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import find_spec, spec_from_file_location, spec_from_loader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_ORIGINAL = "_orig"


def promote(prefix: str, module: ModuleType, package: str) -> None:
    """Gives the submodules that a module names in ``__mf_promote_submodules__`` names below a prefix.

    Modules of its package that it has imported are given names too. ``package`` is where the submodules are.
    """
    aliases = {name: "%s.%s" % (package, name) for name in getattr(module, "__mf_promote_submodules__", None) or ()}
    kind, extension = type(sys), ".".join(package.split(".")[:2]) + "."
    for name, value in vars(module).items():
        if isinstance(value, kind) and value.__name__.startswith(extension):
            aliases.setdefault(name, value.__name__)
    for name, target in aliases.items():
        _finder().stand_in("%s.%s" % (prefix, name), target)


def _finder() -> _Finder:
    for finder in sys.meta_path:
        if isinstance(finder, _Finder):
            return finder
    made = _Finder()
    sys.meta_path.insert(0, made)
    return made


class _Finder:
    """Finds modules under the names that were given to them."""

    def __init__(self) -> None:
        #: What stands under a name, the last one first.
        self._targets: dict[str, list[str]] = {}

    def stand_in(self, name: str, target: str) -> None:
        self._targets.setdefault(name, []).insert(0, target)
        sys.modules.pop(name, None)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if not name.startswith("metaflow."):
            return None
        parts = name.split(".")
        for count in range(len(parts), 1, -1):
            alias = ".".join(parts[:count])
            if alias in self._targets:
                return self._below(alias, parts[count:], name, path)
        return None

    def _below(self, alias: str, rest: list[str], name: str, path: Any) -> Any:
        if rest and rest[0] == _ORIGINAL:
            return _original(alias, name) if len(rest) == 1 else None
        for target in self._targets[alias]:
            full = ".".join([target] + rest)
            if _exists(full):
                return spec_from_loader(name, _Alias(full))  # type: ignore[arg-type]
        if len(rest) == 1:  # the module is not in the extension but may be in what that stands in front of
            original = _original(alias, name)
            path = None if original is None else original.submodule_search_locations
        return PathFinder.find_spec(name, path) if rest and path else None


def _exists(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _original(alias: str, name: str) -> Any:
    """The module of this package that an extension stands in front of, under another name; or None."""
    parent, _, _ = alias.rpartition(".")
    spec = PathFinder.find_spec(alias, sys.modules[parent].__path__) if parent in sys.modules else None
    if spec is None:
        return None
    return spec_from_file_location(name, spec.origin, submodule_search_locations=spec.submodule_search_locations)


class _Alias:
    """Gives a module of another name."""

    def __init__(self, target: str) -> None:
        self._target = target

    def create_module(self, spec: Any) -> Any:
        module = import_module(self._target)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: Any) -> None:
        module.__spec__ = self._spec  # which the import system has replaced by that of the alias
