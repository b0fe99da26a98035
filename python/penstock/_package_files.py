"""Files that mutators and plug-in decorators add to the code package."""

from __future__ import annotations

import os
import sys

from enum import IntEnum

from . import _decorators
from ._flowspec import step_functions
from ._wire import clean
from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator


class ContentType(IntEnum):
    """Where in the package a file goes: beside the flow, with the code of packages, as a module, or with the metadata."""

    USER_CONTENT = 1
    CODE_CONTENT = 2
    MODULE_CONTENT = 4
    OTHER_CONTENT = 8


_KINDS = {
    ContentType.USER_CONTENT: "user",
    ContentType.CODE_CONTENT: "code",
    ContentType.MODULE_CONTENT: "module",
    ContentType.OTHER_CONTENT: "other",
}


def package_files(flow: type) -> list[dict[str, str]]:
    """The files, as "Flow description" in docs/worker-protocol.md has them. Raises MetaflowException."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for use in _uses(flow):
        for given in use.add_to_package() or ():
            described = _described(use, tuple(given))
            known = found.setdefault((described["kind"], described["name"]), described)
            if known != described:
                raise MetaflowException(
                    "%s and %s both go to %s in the code package." % (known["path"], described["path"], described["name"])
                )
    return list(found.values())


def _uses(flow: type) -> Iterator[Any]:
    """What may have files to add, each once: plug-ins and mutators of the flow and its steps."""
    steps = list(step_functions(flow).values())
    recorded = _decorators.flow_decorators(flow) + [each for step in steps for each in step.decorators]
    uses = [each for each in recorded if each.plugin]
    if "penstock._user_decorators" in sys.modules:
        from ._user_decorators import flow_mutators

        uses += flow_mutators(flow) + [each for step in steps for each in getattr(step, "mutators", ())]
    return iter({id(each): each for each in uses}.values())


def _described(use: Any, given: tuple[Any, ...]) -> dict[str, str]:
    if len(given) not in (2, 3):
        raise MetaflowException("add_to_package of %s has to give pairs of a path and a name, not %r." % (use, given))
    kind = _KINDS.get(given[2] if len(given) == 3 else ContentType.CODE_CONTENT)
    if kind is None:
        raise MetaflowException("add_to_package of %s gives the unknown content type %r." % (use, given[2]))
    if kind == "module":
        module = sys.modules.get(given[0]) if isinstance(given[0], str) else given[0]
        path, name = getattr(module, "__file__", None), getattr(module, "__name__", given[0])
        if not path:
            raise MetaflowException("add_to_package of %s names the module %r, which has no file." % (use, name))
    else:
        path, name = os.path.realpath(os.fspath(given[0])), given[1]
    return {"kind": kind, "path": clean(path), "name": clean(str(name))}
