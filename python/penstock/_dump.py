"""Values of recorded artifacts, printed or all together in a pickle, for the command ``dump``."""

from __future__ import annotations

import os
import sys

try:
    from _pickle import dump as _write
except ImportError:
    from pickle import dump as _write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._blobs import Blobs


class ArtifactTooLarge:
    """Stands for a value that was not loaded, being larger than was asked for."""

    def __str__(self) -> str:
        return "< artifact too large >"

    __repr__ = __str__


def dump(blobs: Blobs, assignment: dict[str, Any]) -> None:
    """Prints the artifacts of an assignment's tasks, or writes their values into its file if it names one.

    Raises MissingArtifactError for a value that cannot be loaded into a file, and OSError.
    """
    limit, file = assignment.get("max_value_size"), assignment.get("file")
    if file:
        _to_file(file, blobs, assignment["tasks"], limit)
        return
    for task in assignment["tasks"]:
        if len(assignment["tasks"]) > 1:
            sys.stderr.write("%s:\n" % task["path"])
        for artifact in task["artifacts"]:
            line = "%(name)s [size: %(size)s type: %(type)s]" % artifact
            print(line if limit == 0 else "%s = %s" % (line, _text(blobs, artifact, limit)))


def _to_file(file: str, blobs: Blobs, tasks: list[dict[str, Any]], limit: int | None) -> None:
    values = {
        task["path"]: {artifact["name"]: _value(blobs, artifact, limit) for artifact in task["artifacts"]}
        for task in tasks
    }
    part = "%s.%d" % (file, os.getpid())
    try:
        with open(part, "xb") as stream:
            _write(values, stream, 4)
        os.replace(part, file)
    except BaseException:
        if os.path.exists(part):
            os.unlink(part)
        raise


def _value(blobs: Blobs, artifact: dict[str, Any], limit: int | None) -> Any:
    if limit is not None and artifact["size"] > limit:
        return ArtifactTooLarge()
    return blobs.load(artifact, artifact["name"])[0]


def _text(blobs: Blobs, artifact: dict[str, Any], limit: int | None) -> str:
    try:
        return str(_value(blobs, artifact, limit))
    except Exception as error:
        return "<%s: %s>" % (type(error).__name__, error)
