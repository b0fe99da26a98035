"""The garbage collector: what belongs to something that is gone goes too."""

from .kinds import KINDS
from .statuses import ApiError

FOREGROUND = "foregroundDeletion"


class Collector:
    def __init__(self, api):
        self.api = api
        self.store = api.store

    def sync(self):
        with self.store.lock:
            things = [(plural, thing) for plural in KINDS for thing in self.store.all(plural)]
        living = {thing["metadata"]["uid"]: thing for _, thing in things}
        dependents = {}
        for plural, thing in things:
            owners = [owner["uid"] for owner in thing["metadata"].get("ownerReferences", [])]
            for owner in owners:
                dependents.setdefault(owner, []).append((plural, thing))
            if owners and not any(owner in living for owner in owners):
                self._remove(plural, thing)
        for plural, thing in things:
            if FOREGROUND in thing["metadata"].get("finalizers", []):
                left = dependents.get(thing["metadata"]["uid"], [])
                for each in left:
                    self._remove(*each)
                if not left:
                    self._let_go(plural, thing)

    def _remove(self, plural, thing):
        if thing["metadata"].get("deletionTimestamp"):
            return
        try:
            self.api.remove(thing, plural, "Background")
        except ApiError:
            pass

    def _let_go(self, plural, thing):
        def edit(thing):
            thing["metadata"]["finalizers"].remove(FOREGROUND)
            if not thing["metadata"]["finalizers"]:
                del thing["metadata"]["finalizers"]

        try:
            self.store.change(plural, thing["metadata"].get("namespace"), thing["metadata"]["name"], edit)
        except (ApiError, ValueError):
            pass
