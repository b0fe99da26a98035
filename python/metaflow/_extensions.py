"""Extension packages: what other packages add to the names of ``metaflow``.

An extension is a folder ``metaflow_extensions/ORG`` somewhere on ``sys.path``; ``metaflow_extensions`` itself has no
``__init__.py``, so that there can be many. In it, each folder adds to one part: ``config`` to ``metaflow.metaflow_config``,
``exceptions`` to ``metaflow.exception``, ``plugins`` brings decorators and modules of ``metaflow.plugins``, ``toplevel`` brings
names and modules of ``metaflow``. What a folder adds stands in its ``mfextinit_*.py``, else in its ``__init__.py``. (Cards,
from ``plugins/cards``, are found by ``penstock.cards``.)

This module is loaded only where there is an extension. One that cannot be imported is warned about and left out.
"""

from __future__ import annotations

import os
import sys

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Iterator

ROOT = "metaflow_extensions"


def add_to(point: str, names: dict[str, Any]) -> None:
    """Adds the names that the extensions define for a part, such as ``config``, to those of a module."""
    for module in _modules(point):
        names.update(_public(module))


def extend(names: dict[str, Any]) -> None:
    """Adds decorators, names and modules to ``metaflow`` itself."""
    from ._aliases import promote

    for module in _modules("plugins"):
        try:
            _announce(module, names)
            promote("metaflow.plugins", module, _package(module))
        except Exception as error:
            _warn(module.__name__, error)
    for module in _modules("toplevel"):
        for field in ("module_overrides", "toplevel"):
            named = getattr(module, field, None)
            found = _imported("%s.%s" % (_package(module), named)) if isinstance(named, str) else None
            if found is not None:
                promote("metaflow", found, _package(module).rpartition(".")[0])
                if field == "toplevel":
                    names.update(_public(found))


def _announce(module: ModuleType, names: dict[str, Any]) -> None:
    """Makes the decorators of an extension names of ``metaflow``. Their classes are loaded when they are used."""
    from penstock._plugins import announce_flow_plugin, announce_step_plugin

    kinds = (("STEP_DECORATORS_DESC", announce_step_plugin), ("FLOW_DECORATORS_DESC", announce_flow_plugin))
    for field, announce in kinds:
        for name, path in getattr(module, field, None) or ():
            names[name] = announce(name, _loader(_absolute(path, module)))
    for name, path in getattr(module, "TL_PLUGINS_DESC", None) or ():
        names[name] = _loader(_absolute(path, module))()


def _loader(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return lambda: getattr(import_module(module), name)


def _absolute(path: str, module: ModuleType) -> str:
    return _package(module) + path if path.startswith(".") else path


def _package(module: ModuleType) -> str:
    """The package in which an extension's module says what it adds."""
    last = module.__name__.rpartition(".")[2]
    return module.__name__[: -len(last) - 1] if last.startswith("mfextinit_") else module.__name__


def _public(module: ModuleType) -> dict[str, Any]:
    kind = type(sys)
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("__") and not isinstance(value, kind) and name != "annotations"
    }


def _modules(point: str) -> Iterator[ModuleType]:
    """The modules in which extensions say what they add to a part."""
    for organization, folder in _organizations():
        place = os.path.join(folder, point)
        if not os.path.isdir(place):
            continue
        package = "%s.%s.%s" % (ROOT, organization, point)
        found = sorted(name[:-3] for name in os.listdir(place) if name.startswith("mfextinit_") and name.endswith(".py"))
        named = ["%s.%s" % (package, name) for name in found]
        if not named and os.path.isfile(os.path.join(place, "__init__.py")):
            named = [package]
        yield from filter(None, map(_imported, named))


def _organizations() -> Iterator[tuple[str, str]]:
    """The extensions: name and folder, in the order of ``sys.path``."""
    root = _imported(ROOT)
    for place in getattr(root, "__path__", ()):
        if os.path.isdir(place):
            for name in sorted(os.listdir(place)):
                if name.isidentifier() and not name.startswith("_") and os.path.isdir(os.path.join(place, name)):
                    yield name, os.path.join(place, name)


def _imported(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except (Exception, SystemExit) as error:
        _warn(name, error)
        return None


def _warn(name: str, error: BaseException) -> None:
    sys.stderr.write("warning: the extension %s is left out: %s: %s\n" % (name, type(error).__name__, error))
    if os.environ.get("METAFLOW_DEBUG_EXT"):
        import traceback

        traceback.print_exception(type(error), error, error.__traceback__)
