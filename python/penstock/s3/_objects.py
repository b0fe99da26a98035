"""What ``S3`` takes and gives."""

from __future__ import annotations

import json
import os

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: A part of an object to fetch: from an offset so many bytes; without a length to the end, with one below zero so many from
#: the end.
S3GetObject = namedtuple("S3GetObject", "key offset length")
#: An object to store, with what is said about it.
S3PutObject = namedtuple("S3PutObject", "key value path content_type encryption metadata", defaults=(None,) * 5)
#: Which part of an object is here, in bytes.
RangeInfo = namedtuple("RangeInfo", "total_size request_offset request_length", defaults=(0, -1))

#: Under this name a person's metadata is kept, as JSON.
ATTRIBUTES = "metaflow-user-attributes"


class S3Object:
    """A path or an object in S3, perhaps with a copy in a file. Made by the methods of ``S3``."""

    def __init__(
        self,
        prefix: str | None,
        url: str,
        path: str | None = None,
        size: int | None = None,
        content_type: str | None = None,
        metadata: dict[str, str] | None = None,
        range_info: Any = None,
        last_modified: int | None = None,
        encryption: str | None = None,
    ) -> None:
        self._url = url
        self._path = path
        self._size = os.stat(path).st_size if path else size
        self._content_type = content_type
        self._metadata = json.loads(metadata[ATTRIBUTES]) if metadata and ATTRIBUTES in metadata else None
        if range_info is not None and (range_info.request_length is None or range_info.request_length < 0):
            range_info = range_info._replace(request_length=range_info.total_size)
        self._range_info = range_info
        self._last_modified = last_modified
        self._encryption = encryption
        above = None if prefix is None else prefix.rstrip("/") + "/"
        if above is None or prefix == url:
            self._prefix, self._key = None, url
        else:
            self._prefix = prefix
            self._key = (url[len(above) :] if url.startswith(above) else url).rstrip("/")

    @property
    def exists(self) -> bool:
        """Whether there is such an object; a path that only others begin with is none."""
        return self._size is not None

    @property
    def downloaded(self) -> bool:
        """Whether its content is here."""
        return bool(self._path)

    @property
    def url(self) -> str:
        """Where it is in S3."""
        return self._url

    @property
    def prefix(self) -> str | None:
        """What was asked for and it begins with; None for an address in full."""
        return self._prefix

    @property
    def key(self) -> str:
        """Its name behind the prefix, or the address in full."""
        return self._key

    @property
    def path(self) -> str | None:
        """The file with its content, which goes when the ``S3`` it came from is closed; None if it is not here."""
        return self._path

    @property
    def blob(self) -> bytes | None:
        """Its content, if that is here."""
        if not self._path:
            return None
        with open(self._path, "rb") as stream:
            return stream.read()

    @property
    def text(self) -> str | None:
        """Its content as text in UTF-8, if that is here."""
        blob = self.blob
        return None if blob is None else blob.decode("utf-8", errors="replace")

    @property
    def size(self) -> int | None:
        """In bytes: of what is here, else of the object; None if there is no object."""
        return self._size

    @property
    def has_info(self) -> bool:
        """Whether more than its size is known."""
        return any(
            value is not None for value in (self._content_type, self._metadata, self._range_info, self._encryption)
        )

    @property
    def metadata(self) -> dict[str, str] | None:
        """What was written beside it when it was stored."""
        return self._metadata

    @property
    def content_type(self) -> str | None:
        return self._content_type

    @property
    def encryption(self) -> str | None:
        """How the service encrypts it, if it says."""
        return self._encryption

    @property
    def range_info(self) -> Any:
        """Which part of the object is here, a ``RangeInfo``."""
        return self._range_info

    @property
    def last_modified(self) -> int | None:
        """In seconds since 1970."""
        return self._last_modified

    def __repr__(self) -> str:
        if self._path:
            return "<S3Object %s (%d bytes, local)>" % (self._url, self._size or 0)
        if self._size is not None:
            return "<S3Object %s (%d bytes, in S3)>" % (self._url, self._size)
        return "<S3Object %s (object does not exist)>" % self._url
