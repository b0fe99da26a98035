"""What goes wrong with objects, under the names that existing flows catch."""

from __future__ import annotations

from ..exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class MetaflowS3InvalidObject(MetaflowException):
    headline = "Not a string-like object"


class MetaflowS3URLException(MetaflowException):
    headline = "Invalid address"


class MetaflowS3Exception(MetaflowException):
    headline = "S3 access failed"


class MetaflowS3NotFound(MetaflowException):
    headline = "S3 object not found"


class MetaflowS3AccessDenied(MetaflowException):
    headline = "S3 access denied"


class MetaflowS3InvalidRange(MetaflowException):
    headline = "S3 invalid range"


class MetaflowS3InsufficientDiskSpace(MetaflowException):
    headline = "Insufficient disk space"


#: By the kinds that the engine tells apart.
_KINDS = {
    "denied": MetaflowS3AccessDenied,
    "noBucket": MetaflowS3NotFound,
    "badAddress": MetaflowS3URLException,
    "badRange": MetaflowS3InvalidRange,
    "noFile": MetaflowS3NotFound,
    "diskFull": MetaflowS3InsufficientDiskSpace,
}


def check(answer: dict[str, Any], url: str) -> dict[str, Any]:
    """The answer itself, unless it is a failure."""
    kind = answer.get("error")
    if kind is None:
        return answer
    message = str(answer.get("message"))
    if kind in _KINDS:
        raise _KINDS[kind]("%s: %s" % (url, message))
    raise MetaflowS3Exception("S3 operation failed.\nKey requested: %s\nError: %s" % (url, message))
