"""Whether two recorded values are the same, for the command ``reproduce``: the assignment of kind ``compare``.

Bytes that are equal never come here. Values can be equal although their pickles are not: sets have another order, dictionaries
were filled in another one, floats differ within the tolerance.
"""

from __future__ import annotations

import os

from ._attempt import Attempt
from ._blobs import Blobs
from ._differences import Comparison
from ._natures import nature
from ._wire import dumps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._frames import Channel
    from ._lifeline import Lifeline


def run(channel: Channel, lifeline: Lifeline, flow: Any, assignment: dict[str, Any]) -> tuple[Attempt, Any]:
    """Compares the pairs of an assignment and tells each result as soon as it is known."""
    attempt = Attempt()
    blobs = Blobs(channel)
    for pair in assignment["pairs"]:
        result = compare(blobs, pair, assignment.get("tolerance") or 0.0)
        blobs.tell({"type": "metadata", "items": [{"name": str(pair["id"]), "value": dumps(result)}]})
    return attempt, None


def compare(blobs: Blobs, pair: dict[str, Any], tolerance: float) -> dict[str, Any]:
    """What became of one pair: ``{"result": "equal" | "different" | "unreadable", "how": …}``."""
    values = []
    for side, whose in (("recorded", "the recorded one"), ("repeated", "the new one")):
        try:
            value = blobs.load(pair[side], pair["name"])[0]
            if "_penstock_read" in type(value).__dict__:
                value = value._penstock_read(pair["name"])
            values.append(value)
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
            return {"result": "unreadable", "how": "%s: %s" % (whose, _sentence(error))}
    comparison = Comparison(tolerance)
    try:
        difference = comparison.difference(*values)
    except RecursionError:
        return {"result": "unreadable", "how": "its values are nested too deeply to be compared"}
    except Exception as error:
        return {"result": "unreadable", "how": "its values cannot be compared: %s" % _sentence(error)}
    if difference is None:
        return {"result": "equal", "how": comparison.how_equal()}
    result: dict[str, Any] = {"result": "different", "how": difference.text(), "path": difference.path}
    if difference.largest is not None:
        result["largest"] = difference.largest
    kind = nature(difference.leaves, pair)
    if kind is not None:
        result["nature"] = kind
    return result


def _sentence(error: BaseException) -> str:
    text = str(error).strip().split(os.linesep)[0]
    return text if type(error).__name__ == "MissingArtifactError" else "%s: %s" % (type(error).__name__, text)
