"""Classes of flow files, for values that were pickled while such a file ran as ``__main__``."""

from __future__ import annotations

import os
import sys

from ._code import MetaflowCode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from typing import Any

    from ._connection import Engine

#: The flow file of each run whose values were read, as a module; None where there is no code. With the folder that holds
#: its files, which lives as long as this process.
_modules: dict[str, tuple[ModuleType | None, Any]] = {}


def find(engine: Engine, run: list[str], name: str) -> Any:
    """The class as the flow file of a run defines it. Raises AttributeError when it does not.

    The file and the modules beside it come from the run's code package: what the value was made with, not what lies
    around now.
    """
    key = "/".join([engine.root] + run)
    if key not in _modules:
        _modules[key] = _load(engine, run)
    found: Any = _modules[key][0]
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _load(engine: Engine, run: list[str]) -> tuple[ModuleType | None, Any]:
    from importlib.util import module_from_spec, spec_from_file_location

    code = MetaflowCode.of(engine, run)
    if code is None:
        return None, None
    folder = code.extract()
    spec = spec_from_file_location("penstock_flow_" + "_".join(run), os.path.join(folder.name, code.script_name))
    if spec is None or spec.loader is None:
        return None, folder
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # pickle and dataclasses look a class's module up
    sys.path.insert(0, folder.name)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[spec.name]
        raise
    finally:
        sys.path.remove(folder.name)
    return module, folder
