"""Whose runs are seen, and where they are."""

from __future__ import annotations

import os
import sys

from ..exception import MetaflowUnknownUser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_UNSET: Any = object()
_namespace: Any = _UNSET
_root: str | None = None


def username() -> str:
    """The person, by the same variables that the engine looks at. Raises MetaflowUnknownUser."""
    variables = ("PENSTOCK_USER", "METAFLOW_USER", "SUDO_USER", "USERNAME", "USER")
    names = [name for name in map(os.environ.get, variables) if name]
    for name in names:
        if name != "root":
            return name
    if names:
        return names[0]
    raise MetaflowUnknownUser("None of these variables says who you are: %s." % ", ".join(variables))


def namespace(ns: str | None) -> str | None:
    """Sees only runs that have this tag from now on, or all of them (None). Gives it back."""
    global _namespace
    _namespace = ns
    return ns


def get_namespace() -> str | None:
    """The tag that runs have to have to be seen."""
    return default_namespace() if _namespace is _UNSET else _namespace


def default_namespace() -> str:
    """Back to seeing the person's own runs. Gives the namespace."""
    return namespace("user:%s" % username())  # type: ignore[return-value]


def metadata(where: str) -> str:
    """Reads runs from elsewhere: ``local@FOLDER``. Gives what ``get_metadata`` says from now on."""
    global _root
    kind, _, folder = where.partition("@")
    if kind != "local" and not os.path.isdir(where):
        raise ValueError("Runs are read from a folder, as in metadata('local@/the/folder'), not from %r" % where)
    _root = os.path.abspath(folder if kind == "local" else where) if folder or kind != "local" else None
    return get_metadata()


def get_metadata() -> str:
    """Where runs are read from."""
    from ._connection import connection

    return "local@%s" % os.path.dirname(connection().root)


def default_metadata() -> str:
    """Back to the runs of the working directory. Gives where that is."""
    global _root
    _root = None
    return get_metadata()


def root() -> str | None:
    """The folder that is asked for (in a task, the one of its run), or None to let the engine look for it."""
    running = sys.modules.get("penstock._current")
    return _root or (running.current._facts.get("_root") if running is not None else None)
