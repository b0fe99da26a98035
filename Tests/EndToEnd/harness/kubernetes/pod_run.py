"""One pod on its node, from the first status to the last."""

import os
import select
import shutil
import signal
import threading
import time
import uuid

from . import environment, pulling, runtimes, volumes
from .events import set_condition, tell
from .quantities import quantity
from .statuses import ApiError
from .store import now


class _Over(Exception):
    """Nothing is to be done for this pod any more."""


class PodRun(threading.Thread):
    def __init__(self, kubelet, pod, log):
        super().__init__(daemon=True, name="pod " + pod["metadata"]["name"])
        self.kubelet = kubelet
        self.store = kubelet.store
        self.pod = pod
        self.meta = pod["metadata"]
        self.spec = pod["spec"]
        self.container = pod["spec"]["containers"][0]
        self.log = log
        self.folder = kubelet.folder / self.meta["uid"]
        self.running = None
        self.container_id = None
        self.restarts = 0
        self.began = time.monotonic()
        #: Something may have changed for this pod.
        self.poke = threading.Event()
        #: The node is gone, and says nothing any more.
        self.is_lost = False
        self._ending = None
        self._term_sent = None

    # Orders of others

    def fail(self, reason, message, condition=None, code=137):
        """End it now, as a kubelet does of its own accord. `condition`: reason of DisruptionTarget."""
        self._ending = self._ending or (reason, message, condition, code)
        self.poke.set()

    def lose(self):
        self.is_lost = True
        self.poke.set()

    # Its life

    def run(self):
        try:
            self._live()
        except (_Over, ApiError):
            pass
        finally:
            if self.running:
                self.running.kill()
                self.running.process.communicate()
            self.log.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            self.kubelet.done(self)

    def _live(self):
        self.folder.mkdir(parents=True)
        self.address = self.kubelet.new_address()

        def begin(thing):
            status = thing["status"]
            status.update(hostIP=self.kubelet.host_address, hostIPs=[{"ip": self.kubelet.host_address}], startTime=now())
            for type in ("PodReadyToStartContainers", "Initialized"):
                set_condition(status, type, "False" if type.startswith("Pod") else "True")
            for type in ("Ready", "ContainersReady"):
                set_condition(status, type, "False", "ContainersNotReady", f"containers with unready status: [{self.container['name']}]")
            status["containerStatuses"] = [self._container({"waiting": {"reason": "ContainerCreating"}})]

        self._change(begin)
        mounts = self._until(
            lambda: volumes.mounts(self.store, self.pod, self.container, self.folder, self.kubelet.claims), volumes.MountError,
            self._not_mounted)
        image = pulling.pull(self)
        self._change(lambda thing: thing["status"].update(podIP=self.address, podIPs=[{"ip": self.address}]))
        variables = self._until(self._variables, environment.ConfigError, self._not_configured)
        while not self._execute(image, mounts, variables):
            self.restarts += 1

    def _until(self, make, error_type, tell_fault):
        """Try again until it succeeds; that may be never."""
        while True:
            try:
                return make()
            except error_type as error:
                tell_fault(str(error))
                self.pause(self.kubelet.retry_every)

    def pause(self, seconds):
        """Wait, and stop altogether when the pod is to end before it has begun."""
        end = time.monotonic() + seconds
        while True:
            self.poke.clear()
            self._look(None)
            if time.monotonic() >= end:
                return
            self.poke.wait(end - time.monotonic())

    def _look(self, code):
        """End the pod if that is due; `code` is that of its container, if it ran."""
        if self.is_lost:
            raise _Over
        pod = self.store.find("pods", self.meta["namespace"], self.meta["name"])
        if pod is None or pod["metadata"]["uid"] != self.meta["uid"]:
            raise _Over
        self.pod = pod
        limit = self.spec.get("activeDeadlineSeconds")
        if limit is not None and time.monotonic() - self.began >= limit:
            self.fail("DeadlineExceeded", "Pod was active on the node longer than the specified deadline")
        if self._ending:
            self._end_by_kubelet()
        if pod["metadata"].get("deletionTimestamp") and self.running is None:
            self._finish("Failed", None)
            self._gone()

    def _gone(self):
        """The kubelet confirms a deletion."""
        try:
            self.store.delete("pods", self.meta["namespace"], self.meta["name"], grace=0)
        except ApiError:
            pass
        raise _Over

    # Before it runs

    def _not_mounted(self, message):
        tell(self.store, "pods", self.pod, "FailedMount", message, "Warning")

    def _not_configured(self, message):
        self.wait_because("CreateContainerConfigError", message)
        tell(self.store, "pods", self.pod, "Failed", "Error: " + message, "Warning")

    def wait_because(self, reason, message):
        def edit(thing):
            thing["status"]["containerStatuses"] = [self._container({"waiting": {"reason": reason, "message": message}})]

        self._change(edit)

    def _variables(self):
        found = {"PATH": runtimes.PATH, "HOME": "/root", "HOSTNAME": self.meta["name"], **self.kubelet.service_variables}
        pod = self.store.get("pods", self.meta["namespace"], self.meta["name"])
        found.update(environment.variables(self.store, pod, self.container, self.kubelet.host_address))
        return found

    # While it runs

    def _execute(self, image, mounts, variables):
        """Run the container once; whether the pod is over then."""
        scratch = self.folder / f"container{self.restarts}"
        scratch.mkdir()
        message_file = scratch / "termination-log"
        message_file.touch()
        mounts = mounts + [
            runtimes.Mount("/etc/hosts", str(self.kubelet.hosts.file)),
            runtimes.Mount(self.container["terminationMessagePath"], str(message_file))]
        if self.spec.get("automountServiceAccountToken", True):
            mounts.append(self.kubelet.account(self.folder / "account", self.meta["namespace"], self.spec["serviceAccountName"]))
        words = (self.container.get("command") or []) + (self.container.get("args") or [])
        security = {**self.spec["securityContext"], **(self.container.get("securityContext") or {})}
        user = security.get("runAsUser")
        self.container_id = "containerd://" + uuid.uuid4().hex * 2
        started = now()
        self.running = runtimes.start(self.kubelet.runtime, runtimes.Container(
            image, [environment.expand(word, variables) for word in words], variables, mounts,
            self.spec.get("hostname") or self.meta["name"][:63], self.container.get("workingDir"),
            None if user is None else f"{user}:{security.get('runAsGroup', user)}", bool(security.get("privileged"))), scratch)
        while self.running.pid() is None and self.running.process.poll() is None:
            time.sleep(0.01)
        if self.running.pid() is not None:
            self._is_running(started)
        code, killed_for_memory = self._watch()
        said = self.log.text({})
        reason = "OOMKilled" if killed_for_memory else "Completed" if code == 0 else "Error"
        terminated = {"exitCode": code, "reason": reason, "startedAt": started, "finishedAt": now(), "containerID": self.container_id}
        if self.running.could_not_start(code, said):
            text = said.decode(errors="replace").strip()
            terminated.update(exitCode=128, reason="StartError", message=f"failed to create containerd task: {text}")
        told = message_file.read_bytes()[:4096].decode(errors="replace")
        if not told and code and self.container["terminationMessagePolicy"] == "FallbackToLogsOnError":
            told = said[-2048:].decode(errors="replace")
        if told:
            terminated.setdefault("message", told)
        self.running = None
        if self.is_lost:
            raise _Over
        if self._ending:
            self._end_by_kubelet(terminated)
        policy = self.spec["restartPolicy"]
        deleted = self._term_sent is not None
        if not deleted and (policy == "Always" or policy == "OnFailure" and terminated["exitCode"]):
            self.wait_because("CrashLoopBackOff", "back-off restarting failed container")
            self.pause(self.kubelet.retry_every)
            return False
        self._finish("Succeeded" if terminated["exitCode"] == 0 else "Failed", terminated)
        if deleted:
            self._gone()
        return True

    def _is_running(self, started):
        def edit(thing):
            status = thing["status"]
            status["phase"] = "Running"
            for type in ("PodReadyToStartContainers", "Ready", "ContainersReady"):
                set_condition(status, type, "True")
            status["containerStatuses"] = [self._container({"running": {"startedAt": started}}, ready=True)]

        self._change(edit)
        tell(self.store, "pods", self.pod, "Started", f"Started container {self.container['name']}")
        self.kubelet.hosts.write()

    def _watch(self):
        """Take what it says and see to its end; its exit code, and whether it was killed for want of memory."""
        output, limit = self.running.process.stdout, (self.container["resources"].get("limits") or {}).get("memory")
        limit = quantity(limit) if limit else None
        killed, measured = False, 0
        while True:
            readable, _, _ = select.select([output], [], [], 0.03)
            if readable:
                text = os.read(output.fileno(), 1 << 16)
                if not text:
                    return self.running.process.wait(), killed
                self.log.add(text)
            if limit and time.monotonic() - measured > 0.1:
                measured = time.monotonic()
                if self.running.memory() > limit:
                    killed = True
                    self._out_of_memory()
            self._see_to_end()

    def _out_of_memory(self):
        if self.kubelet.kills_whole_group:
            return self.running.kill()
        victim = self.running.biggest()
        if victim:
            os.kill(victim, signal.SIGKILL)

    def _see_to_end(self):
        pod = self.store.find("pods", self.meta["namespace"], self.meta["name"])
        gone = pod is None or pod["metadata"]["uid"] != self.meta["uid"]
        limit = self.spec.get("activeDeadlineSeconds")
        if limit is not None and time.monotonic() - self.began >= limit:
            self.fail("DeadlineExceeded", "Pod was active on the node longer than the specified deadline")
        if gone or self.is_lost or self._ending:
            self.running.kill()
        elif pod["metadata"].get("deletionTimestamp"):
            if self._term_sent is None:
                self._term_sent = time.monotonic()
                tell(self.store, "pods", pod, "Killing", f"Stopping container {self.container['name']}")
                self.running.signal(signal.SIGTERM)
            if time.monotonic() - self._term_sent >= pod["metadata"]["deletionGracePeriodSeconds"]:
                self.running.kill()

    # The end

    def _end_by_kubelet(self, terminated=None):
        reason, message, condition, code = self._ending

        def edit(thing):
            thing["status"].update(reason=reason, message=message)
            if condition:
                set_condition(thing["status"], "DisruptionTarget", "True", condition, message)

        if terminated:
            terminated.update(exitCode=code, reason="Error")
        self._finish("Failed", terminated, edit)
        tell(self.store, "pods", self.pod, reason, message, "Warning")
        if self.pod["metadata"].get("deletionTimestamp"):
            self._gone()
        self._ending = None
        raise _Over

    def _finish(self, phase, terminated, more=None):
        def edit(thing):
            status = thing["status"]
            status["phase"] = phase
            reason = "PodCompleted" if phase == "Succeeded" else "PodFailed"
            for type in ("Ready", "ContainersReady"):
                set_condition(status, type, "False", reason)
            set_condition(status, "PodReadyToStartContainers", "False")
            if terminated:
                status["containerStatuses"] = [self._container({"terminated": terminated})]
            if more:
                more(thing)

        self._change(edit)


    def _container(self, state, ready=False):
        status = {
            "name": self.container["name"], "image": self.container["image"], "imageID": "", "ready": ready, "started": ready,
            "restartCount": self.restarts, "state": state, "lastState": {}}
        image = self.kubelet.images.find(self.container["image"])
        if self.container_id and image:
            status.update(containerID=self.container_id, imageID=f"{self.container['image'].split(':')[0]}@sha256:{image.digest}")
        return status

    def _change(self, edit):
        if self.is_lost:
            raise _Over
        self.pod = self.store.change("pods", self.meta["namespace"], self.meta["name"], edit, self.meta["uid"])
