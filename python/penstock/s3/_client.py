"""The class ``S3``."""

from __future__ import annotations

import json
import os
import shutil
import tempfile

from .._configuration import setting
from . import _places
from ._engine import Objects
from ._errors import MetaflowS3InvalidObject, MetaflowS3NotFound, MetaflowS3URLException, check
from ._objects import ATTRIBUTES, RangeInfo, S3Object, S3PutObject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Sequence


class S3:
    """Fetches and stores objects, many at a time. As a context, it removes the files that it fetched at its end; otherwise
    call ``close``.

    Names are put behind a prefix: that of a run with ``run`` (the flow itself in a step, or a ``Run``), or ``s3root``.
    Without either they are addresses in full, ``s3://bucket/name``. ``bucket`` and ``prefix`` stand for parts of
    METAFLOW_DATATOOLS_S3ROOT where there is a ``run``. Files lie in a folder below ``tmproot``.
    """

    TYPE = "s3"

    def __init__(
        self,
        tmproot: str | None = None,
        bucket: str | None = None,
        prefix: str | None = None,
        run: Any = None,
        s3root: str | None = None,
        encryption: str | None = None,
        role: str | None = None,
        session_vars: dict[str, Any] | None = None,
        client_params: dict[str, Any] | None = None,
    ) -> None:
        self._s3root = _places.root_of(run, bucket, prefix, s3root)
        self._encryption = encryption or setting("S3_SERVER_SIDE_ENCRYPTION")
        self._objects = Objects(_places.variables(role, session_vars, client_params))
        self._tmpdir: str | None = tempfile.mkdtemp(dir=tmproot or setting("TEMPDIR") or ".", prefix="metaflow.s3.")
        self._files = 0

    @classmethod
    def get_root_from_config(cls, echo: Any, create_on_absent: bool = True) -> str | None:
        return _places.data_root()

    def __enter__(self) -> S3:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        """Removes the files that were fetched."""
        self._objects.close()
        if self._tmpdir is not None:
            shutil.rmtree(self._tmpdir, ignore_errors=True)
            self._tmpdir = None

    # Looking

    def list_paths(self, keys: Iterable[str] | None = None) -> list[S3Object]:
        """The next level below paths: objects, and paths that others begin with (``exists`` is False)."""
        return self._list([self._url(key).rstrip("/") + "/" for key in _several(keys)], recursive=False)

    def list_recursive(self, keys: Iterable[str] | None = None) -> list[S3Object]:
        """All objects whose names begin with those."""
        return self._list([self._url(key) for key in _several(keys)], recursive=True)

    def info(self, key: str | None = None, return_missing: bool = False) -> S3Object:
        """What is known about an object, without its content."""
        return self.info_many([key], return_missing)[0]

    def info_many(self, keys: Iterable[Any], return_missing: bool = False) -> list[S3Object]:
        urls = [self._url(key) for key in keys]
        answers = self._ask([{"action": "info", "url": url} for url in urls])
        return [self._found(url, answer, None, return_missing) for url, answer in zip(urls, answers)]

    # Fetching

    def get(self, key: Any = None, return_missing: bool = False, return_info: bool = True) -> S3Object:
        """Fetches an object, or the part of one that an ``S3GetObject`` says."""
        return self.get_many([key], return_missing, return_info)[0]

    def get_many(self, keys: Iterable[Any], return_missing: bool = False, return_info: bool = True) -> list[S3Object]:
        wanted = [(self._url(key), getattr(key, "offset", None), getattr(key, "length", None)) for key in keys]
        paths, answers = self._fetch(wanted)
        return [
            self._found(url, answer, path, return_missing, return_info)
            for (url, _, _), path, answer in zip(wanted, paths, answers)
        ]

    def get_recursive(self, keys: Iterable[str | None], return_info: bool = False) -> list[S3Object]:
        """Fetches all objects whose names begin with those."""
        listed = self._list([self._url(key) for key in keys], recursive=True)
        paths, answers = self._fetch([(found.url, None, None) for found in listed])
        objects = []
        for found, path, answer in zip(listed, paths, answers):
            if answer.get("missing"):
                raise MetaflowS3NotFound(found.url)
            prefix = self._s3root if return_info else found.prefix
            objects.append(_made(prefix, found.url, answer, path, return_info))
        return objects

    def get_all(self, return_info: bool = False) -> list[S3Object]:
        """Fetches all objects below the prefix."""
        if self._s3root is None:
            raise MetaflowS3URLException("Can't get_all() when S3 is initialized without a prefix")
        return self.get_recursive([None], return_info)

    # Storing

    def put(
        self,
        key: Any,
        obj: Any,
        overwrite: bool = True,
        content_type: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> str:
        """Stores text, bytes, or what a stream has from its beginning; returns the address."""
        if hasattr(obj, "seek"):
            _check_stream(key, obj)
            obj.seek(0)
        name = getattr(key, "key", key)
        item = S3PutObject(name, obj, None, content_type, None, metadata)
        self.put_many([item], overwrite)
        return self._url(name)

    def put_many(self, key_objs: Iterable[Any], overwrite: bool = True) -> list[tuple[str, str]]:
        """Stores ``(key, obj)`` pairs or ``S3PutObject``; returns key and address of those that were stored."""
        items = []
        try:
            for item in key_objs:
                made = item if isinstance(item, S3PutObject) else S3PutObject(item[0], item[1])
                items.append(made._replace(path=self._written(made.key, made.value)))
            return self._put(items, overwrite)
        finally:
            for item in items:
                os.unlink(item.path)

    def put_files(self, key_paths: Iterable[Any], overwrite: bool = True) -> list[tuple[str, str]]:
        """Stores files, as ``(key, path)`` pairs or ``S3PutObject``; returns key and address of those that were stored."""
        items = []
        for item in key_paths:
            made = item if isinstance(item, S3PutObject) else S3PutObject(item[0], None, item[1])
            if not os.path.exists(made.path):
                raise MetaflowS3NotFound("Local file not found: %s" % made.path)
            items.append(made._replace(path=os.path.realpath(made.path)))
        return self._put(items, overwrite)

    # The engine

    def _url(self, key: Any) -> str:
        return _places.address(self._s3root, key)

    def _file(self) -> str:
        if self._tmpdir is None:
            raise MetaflowS3URLException("This S3 is closed.")
        self._files += 1
        return os.path.join(os.path.abspath(self._tmpdir), "object-%d" % self._files)

    def _ask(self, requests: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """One answer for each request, in their order. Raises the first failure that comes."""
        answers: list[dict[str, Any]] = [{}] * len(requests)
        for place, answer in self._objects.ask(requests):
            answers[place] = check(answer, requests[place]["url"])
        return answers

    def _list(self, urls: Sequence[str], recursive: bool) -> list[S3Object]:
        found: list[list[S3Object]] = [[] for _ in urls]
        requests = [{"action": "list", "url": url, "recursive": recursive} for url in urls]
        for place, answer in self._objects.ask(requests):
            url = urls[place]
            check(answer, url)
            bucket = "s3://%s/" % url[5:].partition("/")[0]
            found[place] += [S3Object(url, bucket + item["name"], None, item["size"]) for item in answer["objects"]]
            found[place] += [S3Object(url, bucket + name) for name in answer["folders"]]
        return [item for items in found for item in items]

    def _fetch(self, wanted: Sequence[tuple[str, Any, Any]]) -> tuple[list[str], list[dict[str, Any]]]:
        paths = [self._file() for _ in wanted]
        requests = [
            {"action": "get", "url": url, "path": path, "offset": offset, "length": length}
            for (url, offset, length), path in zip(wanted, paths)
        ]
        return paths, self._ask(requests)

    def _found(
        self, url: str, answer: dict[str, Any], path: str | None, return_missing: bool, return_info: bool = True
    ) -> S3Object:
        if not answer.get("missing"):
            return _made(self._s3root, url, answer, path, return_info)
        if path is not None:
            os.unlink(path)
        if not return_missing:
            raise MetaflowS3NotFound(url)
        return S3Object(self._s3root, url)

    def _written(self, key: Any, value: Any) -> str:
        """A file with what is to be stored."""
        path = self._file()
        if isinstance(value, str):
            value = value.encode("utf-8")
        if not isinstance(value, (bytes, bytearray, memoryview)):
            _check_stream(key, value)
        with open(path, "wb") as stream:
            if hasattr(value, "read"):
                shutil.copyfileobj(value, stream, 1 << 20)
            else:
                stream.write(value)
        return path

    def _put(self, items: Sequence[Any], overwrite: bool) -> list[tuple[str, str]]:
        urls = [self._url(item.key) for item in items]
        requests = [
            {
                "action": "put",
                "url": url,
                "path": item.path,
                "overwrite": overwrite,
                "contentType": item.content_type,
                "metadata": {ATTRIBUTES: json.dumps(item.metadata)} if item.metadata else None,
                "encryption": item.encryption or self._encryption,
            }
            for url, item in zip(urls, items)
        ]
        answers = self._ask(requests)
        return [(item.key, url) for item, url, answer in zip(items, urls, answers) if answer["stored"]]


def _several(keys: Iterable[str] | None) -> Iterable[str | None]:
    return [None] if keys is None else keys


def _check_stream(key: Any, value: Any) -> None:
    if not hasattr(value, "read"):
        raise MetaflowS3InvalidObject(
            "Object corresponding to the key '%s' is not a string or a bytes object." % getattr(key, "key", key)
        )
    if not value.readable() or not value.seekable():
        raise MetaflowS3InvalidObject(
            "Object corresponding to the key '%s' is not readable or seekable" % getattr(key, "key", key)
        )


def _made(prefix: str | None, url: str, answer: dict[str, Any], path: str | None, return_info: bool) -> S3Object:
    if not return_info:
        return S3Object(prefix, url, path)
    part = None if path is None else RangeInfo(answer["size"], answer["offset"], answer["length"])
    return S3Object(
        prefix,
        url,
        path,
        answer["size"],
        answer.get("contentType"),
        answer.get("metadata"),
        part,
        answer.get("modified"),
        answer.get("encryption"),
    )
