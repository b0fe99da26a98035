"""Storing what a task leaves behind."""

from __future__ import annotations

import os
import sys

from types import FunctionType, MethodType

try:
    from _pickle import Pickler
    from _pickle import dumps as _dumps
except ImportError:
    from pickle import Pickler
    from pickle import dumps as _dumps

from ._flowspec import SLOTS, FlowSpec
from ._parameters import Declared
from ._wire import clean
from .exception import UnpicklableArtifactException, UnstorableArtifactException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ._frames import Channel
    from ._state import TaskState

PROTOCOL = 4
ENCODING = "pickle-4"
#: Bytes of small artifacts that are sent in one message.
BATCH = 4 << 20
BATCH_ITEMS = 10_000
#: Values that cannot change in place: when they were only read, there is nothing to store.
_FIXED = frozenset([str, int, float, bool, bytes, complex, type(None), range])


class Packer:
    """Sends artifacts to the engine: small ones together, large ones in unlinked files."""

    def __init__(self, channel: Channel, staging: str | None, inline_limit: int) -> None:
        self._channel = channel
        self.staging = staging
        self._limit = inline_limit
        self._items: list[dict[str, Any]] = []
        self._payload: list[bytes] = []
        self._size = 0

    def add(self, name: str, value: Any) -> None:
        """Stores a value. Raises UnpicklableArtifactException, or OSError when there is no room for it."""
        spool = pickled(name, value, self.staging, self._limit)
        item = {"name": clean(name), "type": type_text(value), "size": spool.size, "encoding": ENCODING}
        if spool.descriptor is None:
            self._append(item, spool.chunks)
            return
        try:
            self._channel.send({"type": "artifact-file", "item": item}, b"", [spool.descriptor])
        finally:
            os.close(spool.descriptor)

    def add_known(self, name: str, known: tuple[Any, bytes, str]) -> None:
        """Stores a value whose pickle is known: ``(value, pickle, digest)``."""
        value, raw, _ = known
        self._append({"name": name, "type": type_text(value), "size": len(raw), "encoding": ENCODING}, [raw])

    def add_reference(self, name: str, reference: dict[str, Any]) -> None:
        """Stores a value that the engine has already, under this name."""
        self._append(dict(reference, name=name), [])

    def _append(self, item: dict[str, Any], chunks: list[bytes]) -> None:
        self._items.append(item)
        self._payload += chunks
        self._size += item["size"] if chunks else 0
        if self._size >= BATCH or len(self._items) >= BATCH_ITEMS:
            self.flush()

    def flush(self) -> None:
        if self._items:
            self._channel.send({"type": "artifacts", "items": self._items}, b"".join(self._payload))
            self._items, self._payload, self._size = [], [], 0


class Spool:
    """A file for the pickler that stays in memory up to a limit and then is an unlinked file in the staging area."""

    def __init__(self, staging: str | None, limit: int) -> None:
        self.chunks: list[bytes] = []
        self.size = 0
        self.descriptor: int | None = None
        self._staging = staging
        self._limit = limit

    def write(self, data: Any) -> int:
        length = len(data)
        self.size += length
        if self.descriptor is None and self.size > self._limit and self._staging is not None:
            self.descriptor = unlinked_file(self._staging)
            chunks, self.chunks = self.chunks, []
            for chunk in chunks:
                self._put(chunk)
        if self.descriptor is None:
            self.chunks.append(bytes(data))
        else:
            self._put(data)
        return length

    def _put(self, data: Any) -> None:
        with memoryview(data) as whole, whole.cast("B") as view:
            done = 0
            while done < len(view):
                with view[done:] as rest:
                    done += os.write(self.descriptor, rest)  # type: ignore[arg-type]

    def close(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


def pickled(name: str, value: Any, staging: str | None, limit: int) -> Spool:
    """The pickle of a value. Raises UnpicklableArtifactException, or OSError when there is no room for it."""
    if isinstance(value, FlowSpec):
        raise UnpicklableArtifactException(
            "self.%s is the flow itself or one of a join's inputs, which cannot be stored. Keep it in a local variable, "
            "and store the values you need from it." % name
        )
    spool = Spool(staging, limit)
    try:
        if type(value) in _FIXED and not isinstance(value, (str, bytes)):
            spool.write(_dumps(value, PROTOCOL))
        else:
            _pickle_to(spool, value)
    except OSError:
        spool.close()
        raise
    except Exception as error:
        spool.close()
        raise _unpicklable(name, value, error) from error
    return spool


def _unpicklable(name: str, value: Any, error: Exception) -> UnpicklableArtifactException:
    from ._culprit import culprit

    found = culprit(value, "self." + name)
    where = "" if found is None else "The part at fault is %s (of type %s).\n" % (clean(found[0]), type_text(found[1]))
    return UnpicklableArtifactException(
        "self.%s (of type %s) cannot be stored, since it cannot be pickled: %s: %s\n%sKeep it in a local variable, or "
        "store what it can be made from." % (name, type_text(value), type(error).__name__, error, where)
    )


def _pickle_to(file: Any, value: Any) -> None:
    if "numpy" in sys.modules:
        from ._arrays import array_pickler

        pickler = array_pickler(file.write)
        if pickler is not None:
            pickler.dump(value)
            return
    Pickler(file, PROTOCOL).dump(value)


def unlinked_file(folder: str) -> int:
    """A descriptor of a new file that has no name, so that nothing stays when everything dies."""
    flag = getattr(os, "O_TMPFILE", 0)
    if flag:
        try:
            return os.open(folder, flag | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            if isinstance(error, FileNotFoundError):
                raise
    name = os.path.join(folder, ".%d-%s" % (os.getpid(), os.urandom(8).hex()))
    descriptor = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    os.unlink(name)
    return descriptor


def type_text(value: Any) -> str:
    """``float``, or ``pandas.core.frame.DataFrame``."""
    cls = type(value)
    module = cls.__module__
    return clean(cls.__qualname__ if module == "builtins" else "%s.%s" % (module, cls.__qualname__))


def artifacts_of(flow: Any) -> Iterator[tuple[str, Any]]:
    """The artifacts that a flow object holds: its attributes but for methods, functions and what is the SDK's."""
    for name, value in list(flow.__dict__.items()):
        if name[:2] == "__" or name in SLOTS or not isinstance(name, str):
            continue
        if isinstance(value, (FunctionType, MethodType, Declared)) or isinstance(
            getattr(type(flow), name, None), (property, Declared)
        ):
            continue
        yield name, value


def store_artifacts(flow: Any, state: TaskState, packer: Packer) -> Exception | None:
    """Stores what has been set or may have changed.

    Goes on after a value that cannot be stored, and gives the first such error.
    """
    first: Exception | None = None
    for name, reference in state.merged.items():
        if name not in flow.__dict__:
            packer.add_reference(name, reference)
    for name, value in artifacts_of(flow):
        read = state.loaded.get(name)
        try:
            if read is None or read[0] is not value:
                packer.add(name, value)
            elif not _unchanged(name, value, read[1], state, packer):
                packer.add(name, value)
        except (UnpicklableArtifactException, OSError) as error:
            first = first or _explained(name, error, packer.staging)
    return first


def _unchanged(name: str, value: Any, raw: bytes | None, state: TaskState, packer: Packer) -> bool:
    """Whether a value that was read is still what it was. A merged one is stored by reference then."""
    same = type(value) in _FIXED
    if not same:
        digest = state.artifacts[name]["digest"]
        same = (_same_bytes if raw is not None else _same_digest)(value, raw if raw is not None else digest)
    if same and name in state.merged:
        packer.add_reference(name, state.merged[name])
    return same


def _same_bytes(value: Any, raw: Any) -> bool:
    try:
        return _dumps(value, PROTOCOL) == raw
    except Exception:
        return False  # storing it says what is wrong


class _Hasher:
    """A file for the pickler that keeps nothing but a digest."""

    def __init__(self) -> None:
        from hashlib import sha256

        self.hash = sha256()
        self.write = self.hash.update


def digest_of(value: Any) -> str:
    """The digest under which a value would be stored. Raises what pickling it raises."""
    hasher = _Hasher()
    _pickle_to(hasher, value)
    return hasher.hash.hexdigest()


def _same_digest(value: Any, digest: Any) -> bool:
    try:
        return digest_of(value) == digest
    except Exception:
        return False


def _explained(name: str, error: Exception, staging: str | None) -> Exception:
    if isinstance(error, OSError):
        where = "" if staging is None else " below %s" % os.path.dirname(staging)
        return UnstorableArtifactException("self.%s cannot be stored%s: %s" % (name, where, error.strerror or error))
    return error
