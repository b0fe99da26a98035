"""The class for objects of S3, and its errors, by the names under which existing flows import them."""

from __future__ import annotations

from penstock.s3 import *  # noqa: F403
