"""What a request does: everything but HTTP, watching and who is asking."""

import base64
import copy
import json
import uuid
from typing import Any, NamedTuple, Optional

from . import admission, checks, statuses
from .kinds import KINDS, discovery
from .peers import VERSION
from .selectors import field_selector, label_selector

FINISHED = ("Succeeded", "Failed")


class Request(NamedTuple):
    #: get, list, watch, create, update, patch, delete, deletecollection
    verb: str
    plural: str
    namespace: Optional[str]
    name: Optional[str]
    #: `log`, `status`, `eviction`
    part: Optional[str]
    query: dict
    body: Any

    @property
    def kind(self):
        return KINDS[self.plural]

    def flag(self, word):
        return self.query.get(word, "") in ("1", "true", "True")


def parse(method, path, query, body):
    """A request for objects; None for another path, such as `/version`."""
    parts = [part for part in path.split("/") if part]
    for prefix, group in ((["api", "v1"], ""), (["apis", "batch", "v1"], "batch")):
        if parts[: len(prefix)] == prefix and len(parts) > len(prefix):
            rest = parts[len(prefix):]
            break
    else:
        return None
    namespace = None
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] != "status":
        namespace, rest = rest[1], rest[2:]
    plural, name, part = (rest + [None, None])[:3]
    if plural not in KINDS or KINDS[plural].group != group or len(rest) > 3:
        raise statuses.no_such_path()
    verb = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete" if name else "deletecollection"}.get(method)
    if method == "GET":
        verb = "get" if name else "watch" if query.get("watch") in ("1", "true") else "list"
    if verb is None or (name is None) != (verb in ("list", "watch", "create", "deletecollection")) and part != "eviction":
        raise statuses.ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
    return Request(verb, plural, namespace, name, part, query, body)


class Api:
    def __init__(self, store, schemas, pods):
        """`schemas` as `peers.Schemas`; `pods` gives logs and evicts."""
        self.store = store
        self.schemas = schemas
        self.pods = pods
        self._pages = {}

    # What is there

    def about(self, path):
        """Answers that name no object; None for an unknown path."""
        groups = {
            "kind": "APIGroupList", "apiVersion": "v1", "groups": [{
                "name": "batch", "versions": [{"groupVersion": "batch/v1", "version": "v1"}],
                "preferredVersion": {"groupVersion": "batch/v1", "version": "v1"}}]}
        major, minor = VERSION.split(".")
        return {
            "/version": {
                "major": major, "minor": minor, "gitVersion": f"v{VERSION}.0", "gitCommit": "0" * 40, "gitTreeState": "clean",
                "buildDate": "2025-04-23T13:07:36Z", "goVersion": "go1.24.2", "compiler": "gc", "platform": "linux/amd64"},
            "/api": {"kind": "APIVersions", "versions": ["v1"]},
            "/apis": groups, "/apis/batch": {**groups["groups"][0], "kind": "APIGroup", "apiVersion": "v1"},
            "/api/v1": discovery(""), "/apis/batch/v1": discovery("batch"),
        }.get(path.rstrip("/"))

    def do(self, request):
        """The HTTP code and the object of the answer, or the text of a log."""
        return getattr(self, "_" + request.verb)(request)

    def selects(self, request):
        """A function that says whether an object is meant by the selectors of a list or watch."""
        labels = label_selector(request.query.get("labelSelector"))
        fields = field_selector(request.plural, request.query.get("fieldSelector"))
        return lambda thing: (
            (request.namespace is None or thing["metadata"].get("namespace") == request.namespace)
            and labels(thing["metadata"].get("labels")) and fields(thing))

    # Reading

    def _get(self, request):
        if request.part == "log":
            return 200, self.pods.log(self.store.get("pods", request.namespace, request.name), request.query)
        if request.part not in (None, "status"):
            raise statuses.no_such_path()
        return 200, self.store.get(request.plural, request.namespace, request.name)

    def _list(self, request):
        limit = int(request.query.get("limit") or 0)
        with self.store.lock:
            if request.query.get("continue"):
                version, found = self._page(request.query["continue"])
            else:
                selects = self.selects(request)
                version, found = self.store.version, [thing for thing in self.store.all(request.plural) if selects(thing)]
            meta = {"resourceVersion": str(version)}
            if limit and len(found) > limit:
                token = base64.b64encode(json.dumps({"v": "meta.k8s.io/v1", "rv": version, "start": uuid.uuid4().hex}).encode()).decode()
                self._pages[token] = version, found[limit:]
                meta.update({"continue": token, "remainingItemCount": len(found) - limit})
                found = found[:limit]
        return 200, {
            "kind": request.kind.kind + "List", "apiVersion": request.kind.api_version, "metadata": meta, "items": found}

    def _page(self, token):
        if token not in self._pages:
            raise statuses.bad_request("continue key is not valid: invalid token")
        version, found = self._pages[token]
        if version < self.store.compacted:
            raise statuses.expired(
                "The provided continue parameter is too old to display a consistent list result. You can start a new list without"
                " the continue parameter, or use the continue token in this response to retrieve the remainder of the results.")
        return version, found

    # Changing

    def _create(self, request):
        if request.part == "eviction":
            return 201, self.pods.evict_politely(self.store.get("pods", request.namespace, request.name))
        thing = copy.deepcopy(request.body)
        self._judge(request, thing)
        with self.store.lock:
            return 201, self.add(request.plural, thing, request.namespace, dry=request.query.get("dryRun") == "All")

    def add(self, plural, thing, namespace, dry=False):
        """Complete, check and keep a new object."""
        kind = KINDS[plural]
        if kind.namespaced:
            self.store.get("namespaces", None, namespace)
        admission.complete(plural, thing, namespace)
        wrong = checks.causes(plural, thing)
        if wrong:
            raise statuses.invalid(kind, thing["metadata"].get("name", ""), wrong)
        if plural == "pods":
            account = thing["spec"]["serviceAccountName"]
            if self.store.find("serviceaccounts", namespace, account) is None:
                raise statuses.refused_by_admission(
                    kind, thing["metadata"]["name"],
                    f'error looking up service account {namespace}/{account}: serviceaccount "{account}" not found')
        if dry:
            return thing
        return self.store.create(plural, thing, admission.label_job if plural == "jobs" else None)

    def _judge(self, request, thing):
        """By the schemas, before anything is filled in."""
        kind = request.kind
        if not isinstance(thing, dict):
            raise statuses.bad_request("the object provided is unrecognized (must be of type " + kind.kind + ")")
        if thing.get("kind", kind.kind) != kind.kind or thing.get("apiVersion", kind.api_version) != kind.api_version:
            raise statuses.bad_request(f"no kind \"{thing.get('kind')}\" is registered for version \"{thing.get('apiVersion')}\"")
        meta = thing.get("metadata") if isinstance(thing.get("metadata"), dict) else {}
        if kind.namespaced and meta.get("namespace", request.namespace) != request.namespace:
            raise statuses.bad_request(
                "the namespace of the provided object does not match the namespace sent on the request")
        fault = self.schemas and self.schemas.fault({"kind": kind.kind, "apiVersion": kind.api_version, **thing})
        if fault:
            field, message = fault
            raise statuses.invalid(kind, str(meta.get("name", "")), [(field or "<root>", "FieldValueInvalid", "Invalid value: " + message)])

    def _update(self, request):
        return self._edit(request, lambda thing: copy.deepcopy(request.body))

    def _patch(self, request):
        return self._edit(request, lambda thing: merged(thing, request.body))

    def _edit(self, request, make):
        def edit(thing):
            wanted = make(thing)
            version = wanted.get("metadata", {}).get("resourceVersion")
            if version not in (None, thing["metadata"]["resourceVersion"]):
                raise statuses.conflict(request.kind, request.name)
            if request.plural == "jobs":
                self._check_fixed(request, thing, wanted)
            kept = {word: thing["metadata"][word] for word in ("uid", "creationTimestamp", "name") if word in thing["metadata"]}
            status = thing.get("status")
            thing.clear()
            thing.update(wanted)
            thing["metadata"].update(kept)
            if request.plural == "secrets":
                admission.fold_text(thing)
            if request.part != "status" and status is not None:
                thing["status"] = status
        return 200, self.store.change(request.plural, request.namespace, request.name, edit)

    def _check_fixed(self, request, old, new):
        fixed = ("completions", "completionMode", "selector", "backoffLimitPerIndex")
        wrong = [word for word in fixed if old["spec"].get(word) != new["spec"].get(word)]
        if old["spec"]["template"] != new["spec"]["template"] and not old["spec"]["suspend"]:
            wrong.append("template")
        if wrong:
            raise statuses.invalid(
                request.kind, request.name,
                [(f"spec.{word}", "FieldValueInvalid", "Invalid value: field is immutable") for word in wrong])

    # Deleting

    def _delete(self, request):
        options = request.body if isinstance(request.body, dict) else {}
        thing = self.store.get(request.plural, request.namespace, request.name)
        meta = thing["metadata"]
        wanted = options.get("preconditions") or {}
        for word in ("uid", "resourceVersion"):
            if word in wanted and wanted[word] != meta[word]:
                raise statuses.conflict(request.kind, request.name, (
                    f"the {word.upper() if word == 'uid' else word} in the precondition ({wanted[word]}) does not match the {word}"
                    f" in record ({meta[word]}). The object might have been deleted and then recreated"))
        policy = options.get("propagationPolicy") or request.query.get("propagationPolicy")
        if policy not in (None, "Orphan", "Background", "Foreground"):
            raise statuses.invalid(request.kind, request.name, [(
                "propagationPolicy", "FieldValueNotSupported",
                f'Unsupported value: "{policy}": supported values: "Foreground", "Background", "Orphan"')])
        grace = options.get("gracePeriodSeconds", request.query.get("gracePeriodSeconds"))
        return 200, self.remove(thing, request.plural, policy, None if grace is None else int(grace))

    def remove(self, thing, plural, policy=None, grace=None):
        """By default jobs leave their pods behind, for the sake of old clients; everything else takes its dependents with it."""
        kind, meta = KINDS[plural], thing["metadata"]
        policy = policy or ("Orphan" if plural == "jobs" else "Background")
        with self.store.lock:
            if plural == "pods":
                begun = thing["status"].get("phase") not in FINISHED and thing["spec"].get("nodeName")
                own = thing["spec"]["terminationGracePeriodSeconds"]
                return self.store.delete(
                    plural, meta["namespace"], meta["name"], grace=(own if grace is None else grace) if begun else 0)
            if policy == "Orphan":
                self._disown(meta["uid"])
            gone = self.store.delete(
                plural, meta.get("namespace"), meta["name"], finalizers=["foregroundDeletion"] if policy == "Foreground" else ())
        if gone["metadata"].get("deletionTimestamp"):
            return gone
        return statuses.success({"name": meta["name"], "group": kind.group, "kind": kind.plural, "uid": meta["uid"]})

    def _disown(self, uid):
        def edit(thing):
            thing["metadata"]["ownerReferences"] = [
                owner for owner in thing["metadata"].get("ownerReferences", []) if owner["uid"] != uid]

        for plural in KINDS:
            for thing in self.store.all(plural):
                if any(owner["uid"] == uid for owner in thing["metadata"].get("ownerReferences", [])):
                    self.store.change(plural, thing["metadata"].get("namespace"), thing["metadata"]["name"], edit)

    def _deletecollection(self, request):
        _, found = self._list(request._replace(query={**request.query, "limit": ""}))
        for thing in found["items"]:
            self._delete(request._replace(verb="delete", name=thing["metadata"]["name"]))
        return 200, found


def merged(thing, patch):
    """RFC 7386, which is near enough to a strategic merge for what has no lists."""
    if not isinstance(patch, dict):
        return patch
    result = dict(thing) if isinstance(thing, dict) else {}
    for word, value in patch.items():
        if value is None:
            result.pop(word, None)
        else:
            result[word] = merged(result.get(word), value)
    return result
