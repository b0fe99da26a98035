"""The kinds of objects that the stand-in knows, and how they are addressed."""

from typing import NamedTuple


class Kind(NamedTuple):
    plural: str
    kind: str
    singular: str
    group: str = ""
    namespaced: bool = True
    short: tuple = ()

    @property
    def api_version(self):
        return f"{self.group}/v1" if self.group else "v1"

    @property
    def resource(self):
        """As in error messages: `pods`, `jobs.batch`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


KINDS = {kind.plural: kind for kind in (
    Kind("namespaces", "Namespace", "namespace", namespaced=False, short=("ns",)),
    Kind("nodes", "Node", "node", namespaced=False, short=("no",)),
    Kind("pods", "Pod", "pod", short=("po",)),
    Kind("secrets", "Secret", "secret"),
    Kind("configmaps", "ConfigMap", "configmap", short=("cm",)),
    Kind("services", "Service", "service", short=("svc",)),
    Kind("serviceaccounts", "ServiceAccount", "serviceaccount", short=("sa",)),
    Kind("persistentvolumeclaims", "PersistentVolumeClaim", "persistentvolumeclaim", short=("pvc",)),
    Kind("events", "Event", "event", short=("ev",)),
    Kind("jobs", "Job", "job", "batch"),
)}

VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]


def discovery(group):
    """What `/api/v1` or `/apis/batch/v1` answers."""
    found = [kind for kind in KINDS.values() if kind.group == group]
    return {
        "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": found[0].api_version,
        "resources": [
            {"name": kind.plural, "singularName": kind.singular, "namespaced": kind.namespaced, "kind": kind.kind, "verbs": VERBS,
             "shortNames": list(kind.short)} for kind in found]}
