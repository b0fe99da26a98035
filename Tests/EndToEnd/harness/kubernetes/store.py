"""The objects of the cluster, and the history of their changes that watches are served from."""

import bisect
import copy
import datetime
import threading
import uuid
from typing import Any, NamedTuple

from . import statuses
from .kinds import KINDS


def now(ahead=0):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=ahead)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Change(NamedTuple):
    version: int
    plural: str
    #: ADDED, MODIFIED or DELETED
    type: str
    object: Any
    #: As it was before; None for one that was added.
    previous: Any


class Store:
    """Objects are never changed in place: what was handed out stays as it was.

    Each change has a number of its own, which is the object's `resourceVersion`. `changed` is notified of each.
    """

    def __init__(self):
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.version = 1000
        #: Versions up to this one are forgotten.
        self.compacted = self.version
        self._objects = {plural: {} for plural in KINDS}
        self._history = []

    # Reading

    def find(self, plural, namespace, name):
        with self.lock:
            return self._objects[plural].get((namespace or "", name))

    def get(self, plural, namespace, name):
        thing = self.find(plural, namespace, name)
        if thing is None:
            raise statuses.not_found(KINDS[plural], name)
        return thing

    def all(self, plural, namespace=None):
        """In the order of their names, as the real one lists them."""
        with self.lock:
            found = self._objects[plural]
            return [found[key] for key in sorted(found) if namespace is None or key[0] == namespace]

    def since(self, version):
        """The changes after a version."""
        with self.lock:
            if version < self.compacted:
                raise statuses.expired(f"too old resource version: {version} ({self.compacted})")
            return self._history[bisect.bisect_right(self._history, version, key=lambda change: change.version):]

    # Changing

    def create(self, plural, thing, finish=None):
        """`finish` is given the object with its uid, before anybody sees it."""
        with self.lock:
            kind, meta = KINDS[plural], thing["metadata"]
            key = (meta.get("namespace", "") if kind.namespaced else "", meta["name"])
            if key in self._objects[plural]:
                raise statuses.already_exists(kind, meta["name"])
            thing = copy.deepcopy(thing)
            thing["metadata"].update(uid=str(uuid.uuid4()), creationTimestamp=now())
            if finish:
                finish(thing)
            return self._record(plural, key, "ADDED", thing, None)

    def change(self, plural, namespace, name, edit, uid=None):
        """`edit` is given a copy to change. One that is being deleted and waits for nothing more is removed by that.

        Without an object of that name, or with another `uid`, there is an ApiError.
        """
        with self.lock:
            before = self.get(plural, namespace, name)
            if uid is not None and before["metadata"]["uid"] != uid:
                raise statuses.not_found(KINDS[plural], name)
            after = copy.deepcopy(before)
            edit(after)
            if after == before:
                return before
            key = (namespace or "", name)
            changed = self._record(plural, key, "MODIFIED", after, before)
            return self._remove(plural, key) if _is_free(changed) else changed

    def delete(self, plural, namespace, name, grace=0, finalizers=()):
        """Begin to delete: it is gone at once unless `grace` seconds or finalizers keep it."""
        def mark(thing):
            meta = thing["metadata"]
            meta["finalizers"] = meta.get("finalizers", []) + [f for f in finalizers if f not in meta.get("finalizers", [])]
            if not meta["finalizers"]:
                del meta["finalizers"]
            if "deletionTimestamp" not in meta or grace < meta["deletionGracePeriodSeconds"]:
                meta.update(deletionTimestamp=now(grace), deletionGracePeriodSeconds=grace)

        with self.lock:
            before = self.get(plural, namespace, name)
            if grace == 0 and not finalizers and not before["metadata"].get("finalizers"):
                return self._remove(plural, (namespace or "", name))
            return self.change(plural, namespace, name, mark)

    def compact(self):
        """Forget all history, as the real one does after five minutes."""
        with self.changed:
            self.compacted = self.version
            self._history.clear()

    def wake(self):
        with self.changed:
            self.changed.notify_all()

    def _remove(self, plural, key):
        before = self._objects[plural][key]
        gone = self._record(plural, key, "DELETED", copy.deepcopy(before), before)
        del self._objects[plural][key]
        return gone

    def _record(self, plural, key, type, thing, previous):
        self.version += 1
        thing["metadata"]["resourceVersion"] = str(self.version)
        self._objects[plural][key] = thing
        self._history.append(Change(self.version, plural, type, thing, previous))
        self.changed.notify_all()
        return thing


def _is_free(thing):
    meta = thing["metadata"]
    return "deletionTimestamp" in meta and not meta.get("finalizers") and meta.get("deletionGracePeriodSeconds") == 0
