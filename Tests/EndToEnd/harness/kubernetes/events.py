"""Events: what controllers and kubelets tell people."""

from . import admission
from .kinds import KINDS
from .store import now


def tell(store, plural, thing, reason, message, type="Normal", source="kubelet"):
    """The same said again is counted."""
    meta = thing["metadata"]
    with store.lock:
        for event in store.all("events", meta.get("namespace", "default")):
            if (event["involvedObject"]["uid"], event["reason"], event["message"]) == (meta["uid"], reason, message):
                def again(event):
                    event.update(count=event["count"] + 1, lastTimestamp=now())
                store.change("events", event["metadata"]["namespace"], event["metadata"]["name"], again)
                return
        kind = KINDS[plural]
        store.create("events", {
            "kind": "Event", "apiVersion": "v1",
            "metadata": {"name": f"{meta['name']}.{admission.suffix(16)}", "namespace": meta.get("namespace", "default")},
            "involvedObject": {
                "kind": kind.kind, "apiVersion": kind.api_version, "namespace": meta.get("namespace", ""), "name": meta["name"],
                "uid": meta["uid"]},
            "reason": reason, "message": message, "type": type, "count": 1, "firstTimestamp": now(), "lastTimestamp": now(),
            "source": {"component": source}, "reportingComponent": source})


def set_condition(status, type, value, reason=None, message=None):
    """Add or change a condition of an object's status; the time is that of the change."""
    conditions = status.setdefault("conditions", [])
    condition = next((each for each in conditions if each["type"] == type), None)
    if condition is None:
        condition = {"type": type}
        conditions.append(condition)
    if condition.get("status") != value:
        condition["lastTransitionTime"] = now()
    condition.update(status=value)
    condition.setdefault("lastProbeTime", None)
    for word, text in (("reason", reason), ("message", message)):
        if text is not None:
            condition[word] = text
        else:
            condition.pop(word, None)


def has_condition(thing, type):
    return any(
        each["type"] == type and each["status"] == "True" for each in (thing.get("status") or {}).get("conditions") or [])
