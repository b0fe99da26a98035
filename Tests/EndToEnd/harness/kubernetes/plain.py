"""A plain client of the API, for what tests do themselves."""

import http.client
import json
import ssl
from contextlib import closing
from urllib.parse import urlencode

from ..processes import wait_until


class Answer:
    def __init__(self, code, headers, text):
        self.code = code
        self.headers = headers
        self.text = text

    @property
    def json(self):
        return json.loads(self.text)


class Plain:
    """Asks one cluster; the namespace is `default`."""

    def __init__(self, cluster, token=None, certificate=False):
        self.cluster = cluster
        self.token = token or cluster.token
        self.certificate = certificate

    def _connect(self):
        host = self.cluster.url.split("//")[1]
        if not self.cluster.url.startswith("https"):
            return http.client.HTTPConnection(host, timeout=30)
        access = self.cluster.access
        context = ssl.create_default_context(cafile=access.path("ca.crt"))
        if self.certificate:
            context.load_cert_chain(access.path("client.crt"), access.path("client.key"))
        return http.client.HTTPSConnection(host, timeout=30, context=context)

    def open(self, method, path, body=None, **query):
        """The connection and its response, of which nothing is read yet."""
        connection = self._connect()
        headers = {} if self.certificate else {"Authorization": "Bearer " + self.token}
        target = path + ("?" + urlencode({name.rstrip("_"): value for name, value in query.items()}) if query else "")
        connection.request(method, target, None if body is None else json.dumps(body), {**headers, "Content-Type": "application/json"})
        return connection, connection.getresponse()

    def ask(self, method, path, body=None, **query):
        connection, response = self.open(method, path, body, **query)
        with closing(connection):
            return Answer(response.status, response.headers, response.read().decode())

    def watch(self, path, **query):
        """The events until the answer ends."""
        connection, response = self.open("GET", path, watch=1, **query)
        with closing(connection):
            assert response.status == 200, response.read()
            for line in response:
                event = json.loads(line)
                yield event["type"], event["object"]

    # Jobs and pods

    JOBS = "/apis/batch/v1/namespaces/default/jobs"
    PODS = "/api/v1/namespaces/default/pods"
    SECRETS = "/api/v1/namespaces/default/secrets"

    def create_job(self, manifest):
        answer = self.ask("POST", self.JOBS, manifest)
        assert answer.code == 201, answer.text
        return answer.json

    def job(self, name):
        return self.ask("GET", f"{self.JOBS}/{name}").json

    def pods_of(self, job):
        return self.ask("GET", self.PODS, labelSelector=f"job-name={job}").json["items"]

    def log(self, pod, **query):
        return self.ask("GET", f"{self.PODS}/{pod}/log", **query).text

    def until(self, job, condition, seconds=60):
        """Wait for the one pod of a job to be as `condition` wants it, and return it."""
        def look():
            return next((pod for pod in self.pods_of(job) if condition(pod)), None)

        return wait_until(look, seconds, lambda: json.dumps(self.pods_of(job), indent=1))

    def over(self, job, seconds=60):
        """Wait for the end of a job: `Complete` or `Failed` with its reason."""
        def look():
            for condition in self.job(job)["status"].get("conditions", []):
                if condition["type"] in ("Complete", "Failed") and condition["status"] == "True":
                    return condition["type"], condition.get("reason")
            return None

        return wait_until(
            look, seconds, lambda: json.dumps([self.job(job)["status"], [pod["status"] for pod in self.pods_of(job)]], indent=1))


def job(name, command, image="tiny:1", pod=None, container=None, **spec):
    """A manifest of a job with one container `main` that runs a line of shell."""
    main = {"name": "main", "image": image, "command": ["sh", "-c", command], **(container or {})}
    return {
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name},
        "spec": {"backoffLimit": 0, **spec, "template": {"spec": {"restartPolicy": "Never", "containers": [main], **(pod or {})}}}}


def waiting(pod):
    """Why its container waits; None when it does not."""
    return _state(pod).get("waiting", {}).get("reason")


def terminated(pod):
    return _state(pod).get("terminated")


def is_running(pod):
    return "running" in _state(pod)


def _state(pod):
    return (pod["status"].get("containerStatuses") or [{}])[0].get("state", {})
