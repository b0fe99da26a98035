"""Nodes, and which pod goes to which."""

from typing import NamedTuple

from .events import set_condition, tell
from .quantities import quantity, requested
from .statuses import ApiError


class Node(NamedTuple):
    name: str
    cpu: str = "8"
    memory: str = "16Gi"
    gpus: int = 0
    labels: dict = {}
    #: As `{"key": "gpu", "value": "yes", "effect": "NoSchedule"}`.
    taints: tuple = ()

    def object(self):
        room = {"cpu": self.cpu, "memory": self.memory, "ephemeral-storage": "100Gi", "pods": "110"}
        if self.gpus:
            room["nvidia.com/gpu"] = str(self.gpus)
        labels = {"kubernetes.io/hostname": self.name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", **self.labels}
        node = {
            "kind": "Node", "apiVersion": "v1", "metadata": {"name": self.name, "labels": labels},
            "spec": {"taints": list(self.taints)} if self.taints else {},
            "status": {"capacity": room, "allocatable": dict(room), "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}]}}
        set_condition(node["status"], "Ready", "True", "KubeletReady", "kubelet is posting ready status")
        return node


class Scheduler:
    def __init__(self, store):
        self.store = store

    def sync(self):
        pods = self.store.all("pods")
        waiting = [
            pod for pod in pods if not pod["spec"].get("nodeName") and pod["status"]["phase"] == "Pending"
            and not pod["metadata"].get("deletionTimestamp")]
        if not waiting:
            return
        nodes = self.store.all("nodes")
        free = {node["metadata"]["name"]: {word: quantity(text) for word, text in node["status"]["allocatable"].items()} for node in nodes}
        for pod in pods:
            if pod["spec"].get("nodeName") in free and pod["status"]["phase"] not in ("Succeeded", "Failed"):
                _take(free[pod["spec"]["nodeName"]], pod)
        for pod in sorted(waiting, key=lambda pod: int(pod["metadata"]["resourceVersion"])):
            self._place(pod, nodes, free)

    def _place(self, pod, nodes, free):
        missing = self._missing_claim(pod)
        reasons = {}
        fitting = []
        for node in nodes if not missing else []:
            reason = _refusal(pod, node, free[node["metadata"]["name"]])
            if reason is None:
                fitting.append(node["metadata"]["name"])
            else:
                reasons[reason] = reasons.get(reason, 0) + 1
        if not fitting:
            told = missing or ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
            return self._unschedulable(pod, f"0/{len(nodes)} nodes are available: {told}.")
        # The one with the most processors left.
        name = max(fitting, key=lambda name: (free[name]["cpu"], name))
        _take(free[name], pod)

        def bind(thing):
            thing["spec"]["nodeName"] = name
            set_condition(thing["status"], "PodScheduled", "True")

        self._change(pod, bind)
        meta = pod["metadata"]
        told = f"Successfully assigned {meta['namespace']}/{meta['name']} to {name}"
        tell(self.store, "pods", pod, "Scheduled", told, source="default-scheduler")

    def _missing_claim(self, pod):
        for volume in pod["spec"].get("volumes") or []:
            claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
            if claim and self.store.find("persistentvolumeclaims", pod["metadata"]["namespace"], claim) is None:
                return f'persistentvolumeclaim "{claim}" not found'
        return None

    def _unschedulable(self, pod, message):
        self._change(pod, lambda thing: set_condition(thing["status"], "PodScheduled", "False", "Unschedulable", message))
        if not any(each.get("message") == message for each in pod["status"].get("conditions", [])):
            tell(self.store, "pods", pod, "FailedScheduling", message, "Warning", "default-scheduler")

    def _change(self, pod, edit):
        try:
            self.store.change("pods", pod["metadata"]["namespace"], pod["metadata"]["name"], edit, pod["metadata"]["uid"])
        except ApiError:
            pass


def _take(free, pod):
    free["pods"] -= 1
    for word, amount in requested(pod).items():
        free[word] = free.get(word, 0) - amount


def _refusal(pod, node, free):
    """Why a node does not suit; None when it does."""
    spec, labels = pod["spec"], node["metadata"].get("labels", {})
    if node["spec"].get("unschedulable"):
        return "node(s) were unschedulable"
    for taint in node["spec"].get("taints", []):
        if taint["effect"] != "PreferNoSchedule" and not any(_bears(each, taint) for each in spec.get("tolerations", [])):
            return f"node(s) had untolerated taint {{{taint['key']}: {taint.get('value', '')}}}"
    wanted = spec.get("nodeSelector") or {}
    if any(labels.get(key) != value for key, value in wanted.items()) or not _affine(spec, labels):
        return "node(s) didn't match Pod's node affinity/selector"
    if free["pods"] < 1:
        return "Too many pods"
    for word, amount in sorted(requested(pod).items()):
        if amount > free.get(word, 0):
            return f"Insufficient {word}"
    return None


def _bears(toleration, taint):
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint["key"])
    return (toleration.get("key"), toleration.get("value", "")) == (taint["key"], taint.get("value", ""))


def _affine(spec, labels):
    terms = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get("requiredDuringSchedulingIgnoredDuringExecution")
    if not terms:
        return True
    tests = {
        "In": lambda value, values: value in values, "NotIn": lambda value, values: value not in values,
        "Exists": lambda value, values: value is not None, "DoesNotExist": lambda value, values: value is None}
    return any(
        all(tests[each["operator"]](labels.get(each["key"]), each.get("values", [])) for each in term.get("matchExpressions", []))
        for term in terms["nodeSelectorTerms"])
