"""What the API server adds to a new object: defaults, and what it generates."""

import base64
import random

from .kinds import KINDS

TAINTS_BORNE = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def suffix(count=5):
    return "".join(random.choices("bcdfghjklmnpqrstvwxz2456789", k=count))


def complete(plural, thing, namespace):
    """Fill in what was left out."""
    kind = KINDS[plural]
    _without_nulls(thing)
    meta = thing.setdefault("metadata", {})
    thing.update(kind=kind.kind, apiVersion=kind.api_version)
    if kind.namespaced:
        meta["namespace"] = namespace
    if "name" not in meta and meta.get("generateName"):
        meta["name"] = meta["generateName"][:58] + suffix()
    for word in ("uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "selfLink"):
        meta.pop(word, None)
    special = {"jobs": _job, "pods": pod, "secrets": _secret, "namespaces": _namespace, "services": _service}.get(plural)
    if special:
        special(thing)


def _without_nulls(value):
    """What is null was not said."""
    if isinstance(value, dict):
        for word in [word for word, each in value.items() if each is None]:
            del value[word]
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _without_nulls(each)


def _job(job):
    spec = job.setdefault("spec", {})
    job["metadata"]["generation"] = 1
    job["status"] = {}
    if spec.get("completions") is None and spec.get("parallelism") is None and spec.get("completionMode") != "Indexed":
        spec["completions"] = 1
    if spec.get("parallelism") is None:
        spec["parallelism"] = 1
    spec.setdefault("backoffLimit", 2147483647 if "backoffLimitPerIndex" in spec else 6)
    spec.setdefault("completionMode", "NonIndexed")
    spec.setdefault("suspend", False)
    spec.setdefault("podReplacementPolicy", "Failed" if "podFailurePolicy" in spec else "TerminatingOrFailed")
    _pod_spec(spec.setdefault("template", {}).setdefault("spec", {}), restart=None)


def label_job(job):
    """The selector and labels, which name the job's uid."""
    uid, name = job["metadata"]["uid"], job["metadata"]["name"]
    labels = {
        "batch.kubernetes.io/controller-uid": uid, "batch.kubernetes.io/job-name": name, "controller-uid": uid, "job-name": name}
    job["spec"]["template"].setdefault("metadata", {}).setdefault("labels", {}).update(labels)
    job["spec"]["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
    # As the real one: a job without labels of its own gets those of its pods.
    job["metadata"].setdefault("labels", dict(job["spec"]["template"]["metadata"]["labels"]))


def pod(thing):
    spec = thing.setdefault("spec", {})
    _pod_spec(spec, restart="Always")
    spec.setdefault("serviceAccountName", "default")
    spec["serviceAccount"] = spec["serviceAccountName"]
    spec.setdefault("enableServiceLinks", True)
    spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
    spec.setdefault("priority", 0)
    borne = spec.setdefault("tolerations", [])
    for taint in TAINTS_BORNE:
        if not any(each.get("key") == taint for each in borne):
            borne.append({"key": taint, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300})
    thing["status"] = {"phase": "Pending", "qosClass": _quality(spec)}


def _pod_spec(spec, restart):
    if restart:
        spec.setdefault("restartPolicy", restart)
    for word, value in {
            "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler",
            "securityContext": {}}.items():
        spec.setdefault(word, value)
    for container in spec.get("containers") or []:
        name = container.get("image", "").rpartition("/")[2]
        latest = "@" not in name and name.partition(":")[2] in ("", "latest")
        container.setdefault("imagePullPolicy", "Always" if latest else "IfNotPresent")
        container.setdefault("terminationMessagePath", "/dev/termination-log")
        container.setdefault("terminationMessagePolicy", "File")
        resources = container.setdefault("resources", {})
        for word, value in (resources.get("limits") or {}).items():
            resources.setdefault("requests", {}).setdefault(word, value)
    for volume in spec.get("volumes") or []:
        if "secret" in volume:
            volume["secret"].setdefault("defaultMode", 420)


def _quality(spec):
    wanted = [container.get("resources") or {} for container in spec.get("containers") or []]
    if all(not each.get("requests") and not each.get("limits") for each in wanted):
        return "BestEffort"
    both = all(
        (each.get("requests") or {}).get(word) == (each.get("limits") or {}).get(word, "")
        for each in wanted for word in ("cpu", "memory"))
    return "Guaranteed" if both else "Burstable"


def _secret(secret):
    secret.setdefault("type", "Opaque")
    fold_text(secret)


def fold_text(secret):
    """`stringData` is only how values are given."""
    for name, text in secret.pop("stringData", {}).items():
        secret.setdefault("data", {})[name] = base64.b64encode(text.encode()).decode()


def _namespace(namespace):
    namespace["status"] = {"phase": "Active"}


def _service(service):
    service.setdefault("spec", {}).setdefault("type", "ClusterIP")
    service["spec"].setdefault("clusterIP", "127.0.0.1")
