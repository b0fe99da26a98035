"""The job controller: makes pods for jobs, counts how they end, and says when a job is over."""

import copy
import time

from . import admission
from .events import has_condition, set_condition, tell
from .statuses import ApiError
from .store import now

TRACKING = "batch.kubernetes.io/job-tracking"
INDEX = "batch.kubernetes.io/job-completion-index"
FAILURES = "batch.kubernetes.io/job-index-failure-count"


class JobController:
    def __init__(self, api, backoff=0.2):
        """`backoff`: seconds before the first replacement of a failed pod, doubled for each more; the real one has ten."""
        self.api = api
        self.store = api.store
        self.backoff = backoff
        #: While this is text, no pod is made: a quota, as it would be told.
        self.refusal = None
        self._failures = {}
        self._not_before = {}

    def sync(self):
        pods = {}
        for pod in self.store.all("pods"):
            owner = next((each for each in pod["metadata"].get("ownerReferences", []) if each.get("controller")), None)
            if owner:
                pods.setdefault(owner["uid"], []).append(pod)
        jobs = self.store.all("jobs")
        for job in jobs:
            self._sync(job, pods.pop(job["metadata"]["uid"], []))
        for orphans in pods.values():
            for pod in orphans:
                self._release(pod)

    def _sync(self, job, pods):
        if has_condition(job, "Complete") or has_condition(job, "Failed"):
            for pod in pods:
                self._release(pod)
            return self._expire(job)
        if job["metadata"].get("deletionTimestamp"):
            for pod in pods:
                self._release(pod)
            return
        state = _State(job, copy.deepcopy(job["status"]))
        if not job["spec"]["suspend"]:
            state.status.setdefault("startTime", now())
        counted = [pod for pod in pods if state.count(pod)]
        if any(each.was_failure for each in state.counted):
            self._failures[state.uid] = self._failures.get(state.uid, 0) + 1
            self._not_before[state.uid] = time.monotonic() + self.backoff * 2 ** (self._failures[state.uid] - 1)
        active = [pod for pod in pods if pod not in counted and not _over(pod) and not pod["metadata"].get("deletionTimestamp")]
        state.decide(active, time.monotonic())
        if state.verdict or job["spec"]["suspend"]:
            for pod in active:
                self.api.remove(pod, "pods")
            self._suspended(state) if job["spec"]["suspend"] and not state.verdict else None
            active = []
        else:
            if has_condition(job, "Suspended"):
                set_condition(state.status, "Suspended", "False", "JobResumed", "Job resumed")
            active += self._make(job, state, active, pods)
        ending = [pod for pod in pods if pod["metadata"].get("deletionTimestamp") and not _over(pod)]
        state.finish(active, ending)
        self._write(job, state)
        for pod in counted:
            self._release(pod)

    def _suspended(self, state):
        set_condition(state.status, "Suspended", "True", "JobSuspended", "Job suspended")
        state.status.pop("startTime", None)

    def _write(self, job, state):
        meta = job["metadata"]
        try:
            self.store.change("jobs", meta["namespace"], meta["name"], lambda thing: thing.update(status=state.status), meta["uid"])
        except ApiError:
            return
        for type, event in (("Complete", "Completed"), ("Failed", None)):
            if has_condition({"status": state.status}, type):
                condition = next(each for each in state.status["conditions"] if each["type"] == type)
                tell(self.store, "jobs", job, event or condition["reason"], condition.get("message", "Job completed"),
                     "Normal" if event else "Warning", "job-controller")

    def _make(self, job, state, active, pods):
        """The pods that are missing."""
        if time.monotonic() < self._not_before.get(state.uid, 0):
            return []
        spec = job["spec"]
        ending = [pod for pod in pods if pod["metadata"].get("deletionTimestamp") and not _over(pod)]
        held = active + (ending if spec["podReplacementPolicy"] == "Failed" else [])
        room = spec["parallelism"] - len(held)
        if spec["completionMode"] == "Indexed":
            taken = {_index(pod) for pod in held}
            wanted = [n for n in range(spec["completions"]) if n not in taken | state.completed | state.failed][: max(0, room)]
        else:
            left = spec["completions"] - state.status.get("succeeded", 0) if spec.get("completions") is not None else (
                0 if state.status.get("succeeded") else spec["parallelism"])
            wanted = [None] * max(0, min(room, left - len(held)))
        made = []
        for index in wanted:
            try:
                if self.refusal:
                    raise ApiError(403, "Forbidden", f'pods "{job["metadata"]["name"]}-{admission.suffix()}" is forbidden: {self.refusal}')
                made.append(self.api.add("pods", _pod(job, index, pods), job["metadata"]["namespace"]))
                tell(self.store, "jobs", job, "SuccessfulCreate", f"Created pod: {made[-1]['metadata']['name']}", source="job-controller")
            except ApiError as error:
                tell(self.store, "jobs", job, "FailedCreate", f"Error creating: {error.message}", "Warning", "job-controller")
                self._not_before[state.uid] = time.monotonic() + self.backoff
                break
        return made

    def _release(self, pod):
        def edit(thing):
            left = [each for each in thing["metadata"].get("finalizers", []) if each != TRACKING]
            thing["metadata"]["finalizers"] = left
            if not left:
                del thing["metadata"]["finalizers"]

        if TRACKING in pod["metadata"].get("finalizers", []):
            try:
                self.store.change("pods", pod["metadata"]["namespace"], pod["metadata"]["name"], edit, pod["metadata"]["uid"])
            except ApiError:
                pass

    def _expire(self, job):
        seconds = job["spec"].get("ttlSecondsAfterFinished")
        if seconds is None or job["metadata"].get("deletionTimestamp"):
            return
        if now(-seconds) >= max(each["lastTransitionTime"] for each in job["status"]["conditions"]):
            self.api.remove(job, "jobs", "Foreground")


class _Counted:
    def __init__(self, was_failure):
        self.was_failure = was_failure


class _State:
    """What becomes of a job's status in one look at its pods."""

    def __init__(self, job, status):
        self.spec = job["spec"]
        self.uid = job["metadata"]["uid"]
        self.status = status
        self.indexed = self.spec["completionMode"] == "Indexed"
        self.completed = indices(status.get("completedIndexes"))
        self.failed = indices(status.get("failedIndexes"))
        self.counted = []
        self.ignored = 0
        #: (type of the condition, reason, message) once it is known how the job ends.
        self.verdict = next((
            (each["type"], each.get("reason"), each.get("message")) for each in status.get("conditions") or []
            if each["type"] in ("FailureTarget", "SuccessCriteriaMet")), None)

    def count(self, pod):
        """Take a pod that has ended into account, once; whether that was done."""
        if TRACKING not in pod["metadata"].get("finalizers", []):
            return False
        phase, index = pod["status"].get("phase"), _index(pod)
        if phase == "Succeeded":
            self.counted.append(_Counted(False))
            if not self.indexed or index not in self.completed:
                self.status["succeeded"] = self.status.get("succeeded", 0) + 1
            self.completed.add(index)
            return True
        leaving = pod["metadata"].get("deletionTimestamp") and self.spec["podReplacementPolicy"] != "Failed"
        if phase != "Failed" and not leaving:
            return False
        if self.verdict or self.spec["suspend"]:
            return True
        action = self._policy(pod)
        self.counted.append(_Counted(action != "Ignore"))
        if action != "Ignore":
            self.status["failed"] = self.status.get("failed", 0) + 1
        limit = self.spec.get("backoffLimitPerIndex")
        before = int(pod["metadata"].get("annotations", {}).get(FAILURES, 0))
        if limit is not None and action != "Ignore" and (before >= limit or action == "FailIndex"):
            self.failed.add(index)
        return True

    def _policy(self, pod):
        for number, rule in enumerate((self.spec.get("podFailurePolicy") or {}).get("rules", [])):
            matched = _matches(rule, pod)
            if matched:
                if rule["action"] == "FailJob":
                    where = f"for pod {pod['metadata']['namespace']}/{pod['metadata']['name']}"
                    self._fail("PodFailurePolicy", f"{matched.format(where)} matching FailJob rule at index {number}")
                return rule["action"]
        return "Count"

    def _fail(self, reason, message):
        self.verdict = self.verdict or ("FailureTarget", reason, message)

    def decide(self, active, clock):
        limit = self.spec.get("activeDeadlineSeconds")
        if self.indexed and len(self.failed) > self.spec.get("maxFailedIndexes", len(self.failed)):
            self._fail("MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes")
        if self.status.get("failed", 0) > self.spec["backoffLimit"]:
            self._fail("BackoffLimitExceeded", "Job has reached the specified backoff limit")
        if limit is not None and self.status.get("startTime", now()) <= now(-limit):
            self._fail("DeadlineExceeded", "Job was active longer than specified deadline")
        completions = self.spec.get("completions")
        if self.indexed:
            if len(self.completed) == completions:
                self.verdict = self.verdict or ("SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods")
            elif self.failed and len(self.completed | self.failed) == completions:
                self._fail("FailedIndexes", "Job has failed indexes")
        elif self.status.get("succeeded", 0) >= (completions or 1) and (completions is not None or not active):
            self.verdict = self.verdict or ("SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods")

    def finish(self, active, ending):
        """Write the counts, and the conditions of a job that is over when nothing of it runs any more."""
        status = self.status
        for word, text in (("completedIndexes", self.completed), ("failedIndexes", self.failed)):
            if self.indexed and (word == "completedIndexes" or "backoffLimitPerIndex" in self.spec):
                status[word] = spelled(text)
        status["ready"] = sum(1 for pod in active if has_condition(pod, "Ready"))
        status["terminating"] = len(ending)
        status["uncountedTerminatedPods"] = {}
        status.pop("active", None)
        if active:
            status["active"] = len(active)
        if not self.verdict:
            return
        type, reason, message = self.verdict
        set_condition(status, type, "True", reason, message)
        if active or ending:
            return
        if type == "SuccessCriteriaMet":
            status["completionTime"] = now()
        set_condition(status, "Complete" if type == "SuccessCriteriaMet" else "Failed", "True", reason, message)


def _over(pod):
    return pod["status"].get("phase") in ("Succeeded", "Failed")


def _index(pod):
    text = pod["metadata"].get("annotations", {}).get(INDEX)
    return None if text is None else int(text)


def _matches(rule, pod):
    """Why a rule of a failure policy applies; `{}` stands for the pod."""
    codes = rule.get("onExitCodes")
    for container in (pod["status"].get("containerStatuses") or []) if codes else []:
        code = container.get("state", {}).get("terminated", {}).get("exitCode")
        if code and codes.get("containerName", container["name"]) == container["name"]:
            if (code in codes["values"]) == (codes["operator"] == "In"):
                return f"Container {container['name']} {{}} failed with exit code {code}"
    for wanted in rule.get("onPodConditions") or []:
        pairs = [(each["type"], each["status"]) for each in pod["status"].get("conditions", [])]
        if (wanted["type"], wanted.get("status", "True")) in pairs:
            return f"Pod {{}} has condition {wanted['type']}"
    return None


def _pod(job, index, pods):
    meta, template = job["metadata"], copy.deepcopy(job["spec"]["template"])
    name = meta["name"] if index is None else f"{meta['name']}-{index}"
    own = template.setdefault("metadata", {})
    own.update(name=f"{name[:57]}-{admission.suffix()}", generateName=f"{name}-", finalizers=[TRACKING], ownerReferences=[{
        "apiVersion": "batch/v1", "kind": "Job", "name": meta["name"], "uid": meta["uid"], "controller": True, "blockOwnerDeletion": True}])
    if index is not None:
        own.setdefault("annotations", {})[INDEX] = str(index)
        own["labels"][INDEX] = str(index)
        if "backoffLimitPerIndex" in job["spec"]:
            failed = [pod for pod in pods if _index(pod) == index and pod["status"].get("phase") == "Failed"]
            own["annotations"][FAILURES] = str(len(failed))
        template["spec"].setdefault("hostname", name)
        for container in template["spec"]["containers"]:
            container.setdefault("env", []).append({
                "name": "JOB_COMPLETION_INDEX", "valueFrom": {"fieldRef": {"fieldPath": f"metadata.labels['{INDEX}']"}}})
    return template


def indices(text):
    """`1,3-5` as a set."""
    found = set()
    for part in filter(None, (text or "").split(",")):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found


def spelled(numbers):
    """The other way round; the real one spells two neighbours as `1,2`."""
    parts, ordered = [], sorted(numbers)
    while ordered:
        count = 1
        while count < len(ordered) and ordered[count] == ordered[0] + count:
            count += 1
        first, last = ordered[0], ordered[count - 1]
        parts.append(str(first) if count == 1 else f"{first},{last}" if count == 2 else f"{first}-{last}")
        ordered = ordered[count:]
    return ",".join(parts)
