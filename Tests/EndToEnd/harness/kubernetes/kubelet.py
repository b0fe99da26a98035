"""The kubelets of all nodes: they make processes of pods, keep their logs, and take them away."""

import itertools
import os
import threading

from . import statuses, volumes
from .events import has_condition, set_condition
from .kinds import KINDS
from .logs import Log
from .pod_run import PodRun
from .selectors import match_labels
from .statuses import ApiError


class Hosts:
    """Names of pods and services, as the cluster's DNS would tell them: a file that all containers share as `/etc/hosts`."""

    def __init__(self, store, file):
        self.store = store
        self.file = file
        self._lock = threading.Lock()
        self._written = None
        file.write_text("127.0.0.1 localhost\n")
        file.chmod(0o644)

    def write(self):
        lines = ["127.0.0.1 localhost"]
        pods = [pod for pod in self.store.all("pods") if pod["status"].get("podIP") and pod["status"]["phase"] in ("Pending", "Running")]
        for pod in pods:
            lines.append(f"{pod['status']['podIP']} {pod['spec'].get('hostname') or pod['metadata']['name']}")
        for service in self.store.all("services"):
            lines += self._of_service(service, pods)
        text = ("\n".join(lines) + "\n").encode()
        with self._lock:
            if text == self._written:
                return
            self._written = text
            # In its place: containers have this very file.
            descriptor = os.open(self.file, os.O_WRONLY)
            try:
                os.pwrite(descriptor, text, 0)
                os.ftruncate(descriptor, len(text))
            finally:
                os.close(descriptor)

    def _of_service(self, service, pods):
        meta, spec = service["metadata"], service["spec"]
        selected = match_labels(spec.get("selector"))
        domain = [f"{meta['name']}.{meta['namespace']}{end}" for end in ("", ".svc", ".svc.cluster.local")] + [meta["name"]]
        for pod in pods:
            if pod["metadata"]["namespace"] != meta["namespace"] or not selected(pod["metadata"].get("labels")):
                continue
            if not has_condition(pod, "Ready") and not spec.get("publishNotReadyAddresses"):
                continue
            yield f"{pod['status']['podIP']} {' '.join(domain)}"
            if spec.get("clusterIP") == "None" and pod["spec"].get("subdomain") == meta["name"] and pod["spec"].get("hostname"):
                yield f"{pod['status']['podIP']} " + " ".join(f"{pod['spec']['hostname']}.{each}" for each in domain)


class Kubelet:
    host_address = "127.0.0.1"

    def __init__(self, store, folder, images, runtime):
        self.store = store
        self.folder = folder / "pods"
        self.claims = folder / "claims"
        self.folder.mkdir(parents=True)
        self.images = images
        self.runtime = runtime
        self.hosts = Hosts(store, folder / "hosts")
        self.service_variables = {}
        #: Seconds between attempts at what failed: pulling an image, mounting a volume.
        self.retry_every = 0.3
        #: What happens when memory is short: the whole container is killed, or its biggest process only (older nodes).
        self.kills_whole_group = True
        self.access = None
        self._runs = {}
        self._logs = {}
        self._lost = set()
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def new_address(self):
        number = next(self._numbers)
        return f"127.{10 + number // 65000}.{number // 250 % 250}.{number % 250 + 1}"

    def account(self, folder, namespace, name):
        """What a pod needs to talk to the API, in its usual place."""
        token = self.access.new_token(f"system:serviceaccount:{namespace}:{name}")
        return volumes.account_folder(folder, token, self.access.path("ca.crt").read_bytes(), namespace)

    def sync(self):
        for pod in self.store.all("pods"):
            meta, node = pod["metadata"], pod["spec"].get("nodeName")
            run = self._runs.get(meta["uid"])
            if run:
                run.poke.set()
            elif node and node not in self._lost and meta["uid"] not in self._logs:
                self._start(pod)
            elif meta.get("deletionTimestamp") and node not in self._lost and meta["deletionGracePeriodSeconds"]:
                # It was over when somebody asked for more time.
                self._forget(pod)
        self.hosts.write()
        for run in list(self._runs.values()):
            if self.store.find("pods", run.meta["namespace"], run.meta["name"]) is None:
                run.poke.set()

    def _start(self, pod):
        log = self._logs[pod["metadata"]["uid"]] = Log()
        run = PodRun(self, pod, log)
        with self._lock:
            self._runs[pod["metadata"]["uid"]] = run
        run.start()

    def done(self, run):
        with self._lock:
            self._runs.pop(run.meta["uid"], None)
        self.store.wake()

    def _forget(self, pod):
        try:
            self.store.delete("pods", pod["metadata"]["namespace"], pod["metadata"]["name"], grace=0)
        except ApiError:
            pass

    def stop(self):
        """End all pods, at once."""
        with self._lock:
            runs = list(self._runs.values())
        for run in runs:
            run.lose()
        for run in runs:
            run.join(20)
        return [run.name for run in runs if run.is_alive()]

    # What the API asks

    def log(self, pod, query):
        """Its text, or pieces of it when it is followed."""
        name = pod["spec"]["containers"][0]["name"]
        if query.get("container", name) != name:
            raise statuses.bad_request(f"container {query['container']} is not valid for pod {pod['metadata']['name']}")
        state = (pod["status"].get("containerStatuses") or [{}])[0].get("state", {})
        if pod["spec"].get("nodeName") in self._lost:
            raise statuses.internal(f"Get \"https://{self.host_address}:10250/containerLogs\": dial tcp: connect: no route to host")
        if "waiting" in state or not state:
            reason = state.get("waiting", {}).get("reason", "ContainerCreating")
            raise statuses.bad_request(f'container "{name}" in pod "{pod["metadata"]["name"]}" is waiting to start: {reason}')
        log = self._logs[pod["metadata"]["uid"]]
        return log.pieces() if query.get("follow") in ("true", "1") else log.text(query)

    def evict_politely(self, pod):
        """As the eviction API does: told, ended in time, and gone."""
        self.disrupt(pod, "EvictionByEvictionAPI", "Eviction API: evicting")
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}

    # Trouble

    def disrupt(self, pod, reason, message):
        """Delete a pod as others than its owner do: preemption, taints, the eviction API."""
        meta = pod["metadata"]
        self.store.change("pods", meta["namespace"], meta["name"], lambda thing: set_condition(
            thing["status"], "DisruptionTarget", "True", reason, message), meta["uid"])
        begun = pod["spec"].get("nodeName") and pod["status"]["phase"] not in ("Succeeded", "Failed")
        self.store.delete("pods", meta["namespace"], meta["name"], grace=pod["spec"]["terminationGracePeriodSeconds"] if begun else 0)

    def evict(self, pod, message):
        """As the kubelet itself does when its node is short of something: at once, and the pod stays as failed."""
        run = self._runs.get(pod["metadata"]["uid"])
        if run is None:
            raise statuses.not_found(KINDS["pods"], pod["metadata"]["name"])
        run.fail("Evicted", message, "TerminationByKubelet")

    def lose(self, node):
        """The machine is off: its processes are gone, and nothing is told of that."""
        self._lost.add(node)
        with self._lock:
            runs = [run for run in self._runs.values() if run.spec.get("nodeName") == node]
        for run in runs:
            run.lose()
        for run in runs:
            run.join(20)

    def find(self, node):
        """It is there again."""
        self._lost.discard(node)
