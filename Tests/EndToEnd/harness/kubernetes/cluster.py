"""The whole of it: an API, controllers and nodes, and the trouble that tests make there."""

import json
import os
import shutil
import threading
import time
import traceback

from ..object_servers import cannot
from . import runtimes
from .access import Access
from .api import Api
from .collector import Collector
from .events import set_condition
from .faults import Faults
from .images import Images
from .jobs import JobController
from .kubelet import Kubelet
from .peers import Schemas
from .scheduler import Node, Scheduler
from .server import Server
from .statuses import ApiError
from .store import Store

UNREACHABLE = "node.kubernetes.io/unreachable"


class Cluster:
    """A cluster with two nodes; use it as a context.

    `kubeconfig` is a file for the person `tester`, whose token it has. `images` says what can be pulled. `faults` makes requests
    fail, `server` can be stopped and started and drop its watches; the methods here make trouble for pods and nodes.
    """

    def __init__(self, folder, nodes=(Node("node-a"), Node("node-b")), images=None, runtime=None, tls=True):
        self.folder = folder
        self.nodes = nodes
        self.images = images or Images()
        self.runtime = runtime
        self.tls = tls
        self.store = Store()
        self.faults = Faults()
        self.lost = {}
        #: Seconds until pods of a node that does not answer are given up; the real one waits five minutes.
        self.eviction_after = 0.5
        #: What went wrong in the stand-in itself.
        self.errors = []
        self._stopped = threading.Event()

    def __enter__(self):
        if not shutil.which("openssl"):
            cannot("there is no openssl")
        self.runtime = self.runtime or usable_runtime()
        self.schemas = Schemas()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.kubelet = Kubelet(self.store, self.folder, self.images, self.runtime)
        self.api = Api(self.store, self.schemas, self.kubelet)
        self.jobs = JobController(self.api)
        self.access = self.kubelet.access = Access(self.folder / "access")
        self.server = Server(self.api, self.faults, self.access, self.tls)
        host, port = self.server.url.split("//")[1].split(":")
        self.kubelet.service_variables.update(
            KUBERNETES_SERVICE_HOST=host, KUBERNETES_SERVICE_PORT=port, KUBERNETES_SERVICE_PORT_HTTPS=port)
        for name in ("default", "kube-system"):
            self.new_namespace(name)
        for node in self.nodes:
            self.store.create("nodes", node.object())
        self.kubeconfig = self.access.kubeconfig(self.server.url, self.folder / "kubeconfig")
        self._thread = threading.Thread(target=self._control, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        self.store.wake()
        self._thread.join(20)
        left = self.kubelet.stop()
        self.server.stop()
        self.schemas.close()
        assert not left and not self.errors, f"pods that did not end: {left}; errors: {self.errors}"

    @property
    def url(self):
        return self.server.url

    @property
    def token(self):
        return self.access.token

    def new_namespace(self, name):
        self.api.add("namespaces", {"metadata": {"name": name}}, None)
        self.api.add("serviceaccounts", {"metadata": {"name": "default"}}, name)

    def _control(self):
        """All controllers, again and again, as long as something changes."""
        collector, scheduler, seen = Collector(self.api), Scheduler(self.store), None
        while not self._stopped.is_set():
            with self.store.changed:
                if self.store.version == seen:
                    self.store.changed.wait(0.1)
                seen = self.store.version
            for controller in (self.jobs.sync, scheduler.sync, self._see_to_nodes, self.kubelet.sync, collector.sync):
                try:
                    controller()
                except ApiError:
                    pass  # something went away meanwhile
                except Exception:
                    self.errors.append(traceback.format_exc())

    # Looking

    def pods(self, **labels):
        """Pods that have these labels."""
        return [pod for pod in self.store.all("pods") if all(pod["metadata"].get("labels", {}).get(k) == v for k, v in labels.items())]

    def everything(self, but=()):
        """All objects of all kinds as they ever were, as text, for tests that look for what must not be there."""
        return "\n".join(json.dumps(change.object) for change in self.store.since(self.store.compacted) if change.plural not in but)

    # Trouble

    def evict(self, name, namespace="default", message="The node was low on resource: ephemeral-storage."):
        """The kubelet evicts a pod."""
        self.kubelet.evict(self.store.get("pods", namespace, name), message)

    def preempt(self, name, namespace="default"):
        """The scheduler wants its place for another."""
        self.kubelet.disrupt(
            self.store.get("pods", namespace, name), "PreemptionByScheduler",
            "default-scheduler: preempting to accommodate a higher priority pod")

    def lose_node(self, name):
        """Its machine goes off. After a while its pods are told to go, which nobody there hears."""
        self.kubelet.lose(name)

        def edit(node):
            for type in ("Ready", "MemoryPressure", "DiskPressure"):
                set_condition(node["status"], type, "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")
            node["spec"].setdefault("taints", []).extend(
                {"key": UNREACHABLE, "effect": effect} for effect in ("NoSchedule", "NoExecute"))

        self.store.change("nodes", None, name, edit)
        self.lost[name] = time.monotonic()

    def remove_node(self, name):
        """Its object goes, as an autoscaler does that; its pods are given up for good."""
        self.store.delete("nodes", None, name)

    def _see_to_nodes(self):
        nodes = {node["metadata"]["name"] for node in self.store.all("nodes")}
        for pod in self.store.all("pods"):
            name = pod["spec"].get("nodeName")
            if name is None or pod["status"]["phase"] in ("Succeeded", "Failed"):
                continue
            if name not in nodes:
                self._give_up(pod)
            elif name in self.lost and not pod["metadata"].get("deletionTimestamp"):
                if time.monotonic() - self.lost[name] > self.eviction_after:
                    self.kubelet.disrupt(pod, "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint")

    def _give_up(self, pod):
        """As the collector of pods does."""
        meta = pod["metadata"]

        def edit(thing):
            thing["status"]["phase"] = "Failed"
            set_condition(thing["status"], "DisruptionTarget", "True", "DeletionByPodGC", "PodGC: node no longer exists")

        self.store.change("pods", meta["namespace"], meta["name"], edit, meta["uid"])
        self.store.delete("pods", meta["namespace"], meta["name"], grace=0)


def usable_runtime():
    """`podman` or `bubblewrap`, as PENSTOCK_TEST_PODS says or what is there; otherwise the test is skipped."""
    wanted = os.environ.get("PENSTOCK_TEST_PODS")
    reasons = []
    for name in [wanted] if wanted else ["podman", "bubblewrap"]:
        reason = runtimes.missing(name)
        if reason is None:
            return name
        reasons.append(f"{name}: {reason}")
    cannot("nothing runs containers here: " + "; ".join(reasons))
