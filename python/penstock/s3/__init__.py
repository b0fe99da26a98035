"""``S3``: objects of S3 in steps and scripts.

::

    with S3(run=self) as s3:
        s3.put_many([("a", "first"), ("b", "second")])
        print([found.text for found in s3.get_many(["a", "b"])])

All work is the engine's: ``_engine`` starts ``penstock objects`` and speaks its lines (docs/worker-protocol.md, "Objects").
"""

from __future__ import annotations

from ._client import S3
from ._errors import (
    MetaflowS3AccessDenied,
    MetaflowS3Exception,
    MetaflowS3InsufficientDiskSpace,
    MetaflowS3InvalidObject,
    MetaflowS3InvalidRange,
    MetaflowS3NotFound,
    MetaflowS3URLException,
)
from ._objects import RangeInfo, S3GetObject, S3Object, S3PutObject

__all__ = [
    "MetaflowS3AccessDenied",
    "MetaflowS3Exception",
    "MetaflowS3InsufficientDiskSpace",
    "MetaflowS3InvalidObject",
    "MetaflowS3InvalidRange",
    "MetaflowS3NotFound",
    "MetaflowS3URLException",
    "RangeInfo",
    "S3",
    "S3GetObject",
    "S3Object",
    "S3PutObject",
]
