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
    elif assignment.get("json"):
        _as_json(blobs, assignment["flow"], assignment["tasks"], limit)
    else:
        _as_lines(blobs, assignment["tasks"], limit, assignment.get("headings", False))


def _as_lines(blobs: Blobs, tasks: list[dict[str, Any]], limit: int | None, headings: bool) -> None:
    for task in tasks:
        if headings:
            sys.stdout.flush()
            sys.stderr.write("Artifacts of run_id=%s step=%s task_id=%s\n" % tuple(task["path"].split("/")))
            sys.stderr.flush()
        for artifact in task["artifacts"]:
            line = "%(name)s [size: %(size)s type: %(type)s]" % artifact
            print(line if limit == 0 else "%s = %s" % (line, _text(blobs, artifact, limit)))


def _as_json(blobs: Blobs, flow: str, tasks: list[dict[str, Any]], limit: int | None) -> None:
    from json import dumps

    listed = [
        {
            "path": "%s/%s" % (flow, task["path"]),
            "artifacts": [
                {
                    "name": artifact["name"],
                    "type": artifact["type"],
                    "size": artifact["size"],
                    "value": None if _is_larger(artifact, limit) else _text(blobs, artifact, limit),
                }
                for artifact in task["artifacts"]
            ],
        }
        for task in tasks
    ]
    print(dumps(listed, indent=2))


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
    if _is_larger(artifact, limit):
        return ArtifactTooLarge()
    value = blobs.load(artifact, artifact["name"])[0]
    if "_penstock_read" in type(value).__dict__:
        return value._penstock_read(artifact["name"])
    return value


def _is_larger(artifact: dict[str, Any], limit: int | None) -> bool:
    return limit is not None and artifact["size"] > limit


def _text(blobs: Blobs, artifact: dict[str, Any], limit: int | None) -> str:
    try:
        return str(_value(blobs, artifact, limit))
    except Exception as error:
        return "<%s: %s>" % (type(error).__name__, error)
