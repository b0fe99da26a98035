"""Where existing flows import the class for objects of S3 from."""

from __future__ import annotations

from penstock.s3 import S3, MetaflowS3Exception

__all__ = ["MetaflowS3Exception", "S3"]
