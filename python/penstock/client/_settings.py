"""Whose runs are seen, and where they are."""

from __future__ import annotations

import os
import sys

from .._configuration import username
from ._connection import Engine, engine_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_UNSET: Any = object()
_KINDS = ("local", "spin")
#: How addresses of remote datastores begin.
_REMOTES = ("s3", "s3a", "s3n", "file")
_namespace: Any = _UNSET
_place: tuple[str, str | None] | None = None


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
    token = os.environ.get("METAFLOW_PRODUCTION_TOKEN")
    return namespace("production:%s" % token if token else "user:%s" % username())  # type: ignore[return-value]


def metadata(ms: str) -> str:
    """Reads runs from elsewhere: ``local@FOLDER``, ``spin@FOLDER``, a folder, or a remote datastore (``s3://BUCKET/PREFIX``).
    Gives what ``get_metadata`` says now.

    Objects that exist already go on reading where they came from. Raises ValueError for what is not a place.
    """
    global _place
    _place = _parsed(ms)
    return get_metadata()


def get_metadata() -> str:
    """Where runs are read from."""
    return engine().where


def default_metadata() -> str:
    """Back to the runs of the working directory. Gives where that is."""
    global _place
    _place = None
    return get_metadata()


def inspect_spin(datastore_root: str = ".") -> None:
    """Reads what ``spin`` has left below a folder from now on, instead of runs."""
    metadata("spin@%s" % datastore_root)


def engine() -> Engine:
    """The engine for the runs that are looked at now: what ``metadata`` says; in a task, the store of its run."""
    if _place is not None:
        return engine_for(*_place)
    running = sys.modules.get("penstock._current")
    root = running.current._facts.get("_root") if running is not None else None
    return engine_for("local", root)


def engine_at(where: str | None) -> Engine:
    """The engine for a place as ``get_metadata`` writes it; for the present one when that folder is no more."""
    if where is None:
        return engine()
    kind, folder = _parsed(where)
    return engine_for(kind, folder) if folder is None or "://" in folder or os.path.isdir(folder) else engine()


def _parsed(text: str) -> tuple[str, str | None]:
    if text.partition("://")[0] in _REMOTES:
        return "local", text
    kind, at, folder = text.partition("@")
    if kind in _KINDS:
        return kind, os.path.abspath(os.path.expanduser(folder)) if folder else None
    if os.path.isdir(text):
        return "local", os.path.abspath(text)
    raise ValueError("Runs are read from a folder, as in metadata('local@/the/folder'), not from %r" % text)
