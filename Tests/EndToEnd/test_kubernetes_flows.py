"""Flows whose steps run as pods of the tests' own Kubernetes, with a bucket as datastore."""

import base64
import hashlib
import json
import os
import signal
import time

import pytest

from .harness.index import LoopbackIndex
from .harness.kubernetes.frame import Frame, images_for, large_cluster
from .harness.processes import wait_until
from .harness.wheels import wheel


@pytest.fixture(scope="module")
def images(tools):
    tools.require()
    return images_for(tools)


@pytest.fixture
def frame(project, tmp_path, images, moto):
    with large_cluster(tmp_path / "cluster", images) as cluster:
        yield Frame(project, cluster, moto)


FACTS = (
    "dict(squares=Run(run).data.squares, pods=Run(run).data.pods, here=Run(run).data.here, good=Run(run).successful,"
    " logs=sorted(t.stdout.strip() for t in Run(run)['work']), errors=sorted(t.stderr.strip() for t in Run(run)['work']),"
    " artifacts={s.id: sorted(a.id for a in s.task) for s in Run(run)})")


def facts(frame, run):
    return frame.project.ask(FACTS, run=run)


def test_a_foreach_between_steps_that_run_here(frame):
    """In the end the same as a run without a cluster."""
    file = frame.project.add("on_kubernetes.py")
    alone = facts(frame, "OnKubernetes/" + frame.project.run(file, env={"TEST_HERE": "1"}).ended_with(0).run_id)
    assert alone["pods"] == ["None"] * 4 and frame.submitted("jobs") == []
    run = "OnKubernetes/" + frame.project.run(file).ended_with(0).run_id
    seen = facts(frame, run)
    assert seen["squares"] == [0, 1, 4, 9] and seen["good"] and seen["here"] is None
    assert len(set(seen["pods"])) == 4 and set(seen["pods"]) == {pod["metadata"]["name"] for pod in frame.submitted("pods")}
    assert seen["logs"] == [f"working on {n}, grüße" for n in range(4)] and seen["errors"] == ["and here"] * 4
    assert {**seen, "pods": None} == {**alone, "pods": None}
    # Nothing that only the run needed stays.
    assert frame.objects("attempts/") == [] and frame.cluster.store.all("secrets") == []


def began(frame, *names):
    """Wait for tasks that have begun and wait for the file `go`."""
    wait_until(lambda: all((frame.shared / f"began-{name}").exists() for name in names), 90, frame.project.said)


def run_id(frame):
    return wait_until(lambda: frame.project.said().partition("(run-id ")[2].partition(")")[0], 30, frame.project.said)


def go(frame):
    (frame.shared / "go").touch()


def pod_of(frame, index):
    """The pod of a task by its place in the group."""
    pods = frame.cluster.pods(**{"penstock/index": str(index)})
    (name,) = [pod["metadata"]["name"] for pod in pods if pod["status"]["phase"] == "Running"]
    return name


def test_every_step_by_an_option(frame):
    """The default image and one of the option; resources are asked for."""
    file = frame.project.add("linear.py")
    frame.project.variables["PENSTOCK_NODE_CACHE"] = "/tmp/cache"
    frame.project.run(file, "--with", "kubernetes:cpu=2,memory=700,image=team/other:1").ended_with(0)
    containers = [pod["spec"]["containers"][0] for pod in frame.submitted("pods")]
    assert len(containers) > 1 and {container["image"] for container in containers} == {"team/other:1"}
    assert {container["resources"]["requests"]["memory"] for container in containers} == {"700Mi"}
    assert {container["resources"]["requests"]["cpu"] for container in containers} == {"2"}
    frame.project.variables["METAFLOW_KUBERNETES_CONTAINER_IMAGE"] = "team/steps:1"
    frame.project.run(file, "--with", "kubernetes").ended_with(0)
    assert frame.cluster.images.pulled.count("team/steps:1") == len(containers)


class TestImagesAndPackages:
    def test_a_foreach_with_packages_that_pods_cannot_fetch(self, frame):
        """The environment comes from the snapshots: the index is gone when the pods run, and the image's packages are not seen."""
        file = frame.project.add("packages_on_kubernetes.py")
        with LoopbackIndex(wheel("flour", "1.0", requires=["water"]), wheel("water", "1.5")) as index:
            frame.project.variables["PENSTOCK_INDEX_URL"] = index.url
            process = frame.project.start(file, "--width", "20")
            wait_until(lambda: frame.submitted("jobs") or process.poll() is not None, 120, frame.project.said)
        # From here on nobody answers there.
        assert process.wait(300) == 0, frame.project.said()
        run = "PackagesOnKubernetes/" + run_id(frame)
        seen = frame.project.ask(
            "dict(squares=r['join'].task.data.squares, baked=r['join'].task.data.baked, pods=r['join'].task.data.pods,"
            " urls=r['join'].task.data.urls, plainly=r.data.plainly, here=r.data.here, python=r['join'].task.data.python,"
            " sees=r['join'].task.data.sees)".replace("r.", "Run(run).").replace("r[", "Run(run)["), run=run)
        assert seen["squares"] == [n * n for n in range(20)] and len(seen["pods"]) == 20 and seen["urls"] == []
        assert seen["baked"] == [{"flour": "1.0", "water": "1.5", "only_in_image": None}] * 20
        assert seen["sees"] == {"flour": None, "only_in_image": "there"} == seen["plainly"]
        assert seen["here"] == {"flour": None, "only_in_image": None}
        assert "team/other:1" in frame.cluster.images.pulled

    def test_an_image_that_cannot_be_pulled(self, frame):
        frame.project.variables["PENSTOCK_CLUSTER_PATIENCE"] = "2"
        outcome = frame.project.run(frame.project.add("linear.py"), "--with", "kubernetes:image=no/such:1", timeout=400).ended_with(1)
        assert "no/such:1" in outcome.all and ("ErrImagePull" in outcome.all or "ImagePullBackOff" in outcome.all)
        wait_until(lambda: frame.jobs() == [], 30, lambda: str(frame.jobs()))

    def test_an_image_without_what_the_engine_needs(self, frame):
        outcome = frame.project.run(
            frame.project.add("linear.py"), "--with", "kubernetes:image=team/tiny:1",
            env={"PENSTOCK_NODE_CACHE": "/tmp/cache"}).ended_with(1)
        assert "the engine does not run on the node" in outcome.all or "does not run on this node" in outcome.all, str(outcome)

    def test_an_image_without_python(self, frame):
        outcome = frame.project.run(
            frame.project.add("linear.py"), "--with", "kubernetes:image=team/bare:1",
            env={"PENSTOCK_NODE_CACHE": "/tmp/cache"}).ended_with(1)
        assert "the node has no Python for the step" in outcome.all, str(outcome)


class TestTrouble:
    def test_an_eviction(self, frame):
        process = frame.project.start(frame.project.add("on_kubernetes.py"), "--do", "wait", "--width", "2")
        began(frame, "0-0", "1-0")
        frame.cluster.evict(pod_of(frame, 0))
        began(frame, "0-1")
        go(frame)
        assert process.wait(120) == 0, frame.project.said()
        assert "ephemeral-storage" in frame.project.said() or "evicted" in frame.project.said().lower()

    def test_a_lost_node(self, frame):
        process = frame.project.start(frame.project.add("on_kubernetes.py"), "--do", "wait", "--width", "2")
        began(frame, "0-0", "1-0")
        node = frame.cluster.pods(**{"penstock/index": "0"})[0]["spec"]["nodeName"]
        frame.cluster.lose_node(node)
        wait_until(lambda: any(pod["metadata"].get("deletionTimestamp") for pod in frame.cluster.pods()), 30, "the taint")
        frame.cluster.remove_node(node)
        began(frame, "0-1")
        go(frame)
        assert process.wait(120) == 0, frame.project.said()

    def test_too_little_memory(self, frame):
        frame.project.variables.update(METAFLOW_KUBERNETES_MEMORY="400", METAFLOW_KUBERNETES_QOS="guaranteed")
        process = frame.project.start(frame.project.add("on_kubernetes.py"), "--do", "eat", "--width", "1")
        assert process.wait(180) == 0, frame.project.said()
        assert "memory" in frame.project.said()
        assert "OOMKilled" in frame.cluster.everything()

    def test_the_api_goes_and_comes(self, frame):
        """Watches are cut, requests fail, history is compacted, the server restarts: every task is done once."""
        process = frame.project.start(frame.project.add("on_kubernetes.py"), "--do", "wait", "--width", "4")
        began(frame, *(f"{n}-0" for n in range(4)))
        frame.cluster.server.drop()
        frame.cluster.faults.next(3, 500)
        frame.cluster.faults.next(2, 429)
        frame.cluster.store.compact()
        frame.cluster.server.stop()
        time.sleep(3)
        frame.cluster.server.start()
        go(frame)
        assert process.wait(180) == 0, frame.project.said()
        assert not list(frame.shared.glob("began-*-1"))

    def test_answers_that_are_lost(self, frame):
        """Objects that were made without anybody hearing of it are found, not made twice."""
        frame.cluster.faults.next(2, "lost", verb="create", plural="jobs")
        frame.cluster.faults.next(1, "lost", verb="create", plural="secrets")
        frame.project.run(frame.project.add("on_kubernetes.py"), timeout=240).ended_with(0)
        assert len(frame.submitted("jobs")) == 4 and len(frame.submitted("pods")) == 4

    def test_what_may_not_be_done(self, frame):
        frame.cluster.faults.forbid("create", "jobs")
        outcome = frame.project.run(frame.project.add("on_kubernetes.py"), timeout=240).ended_with(1)
        assert "does not allow you to create jobs.batch in the namespace 'default'" in outcome.all, str(outcome)
        assert frame.submitted("pods") == [] and frame.jobs() == []


class TestEndings:
    def test_ctrl_c_ends_the_jobs(self, frame):
        process = frame.project.start(frame.project.add("on_kubernetes.py"), "--do", "wait", "--width", "3")
        began(frame, "0-0", "1-0", "2-0")
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(90) != 0
        wait_until(lambda: frame.jobs() == [], 60, lambda: str(frame.jobs()))

    def test_an_engine_that_is_gone_is_followed_by_another(self, frame):
        process = frame.project.start(frame.project.add("on_kubernetes.py"), "--do", "wait", "--width", "2")
        began(frame, "0-0", "1-0")
        run = "OnKubernetes/" + run_id(frame)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        go(frame)
        frame.project.engine("attach", run, timeout=180).ended_with(0)
        assert facts(frame, run)["squares"] == [0, 1] and len(frame.submitted("jobs")) == 2

    def test_jobs_are_listed_and_killed(self, frame):
        file = frame.project.add("on_kubernetes.py")
        process = frame.project.start(file, "--do", "wait", "--width", "2")
        began(frame, "0-0", "1-0")
        listed = json.loads(frame.project.flow(file, "kubernetes", "list", "--json").ended_with(0).stdout)
        assert len(listed) == 2, listed
        frame.project.flow(file, "kubernetes", "kill").ended_with(0)
        began(frame, "0-1", "1-1")
        go(frame)
        assert process.wait(120) == 0, frame.project.said()


def test_what_fails_is_tried_again(frame):
    run = "OnKubernetes/" + frame.project.run(
        frame.project.add("on_kubernetes.py"), "--do", "fail once", "--width", "2").ended_with(0).run_id
    assert facts(frame, run)["squares"] == [0, 1] and len(frame.submitted("jobs")) == 4


def test_two_pods_that_work_together(frame):
    run = "GangOnKubernetes/" + frame.project.run(frame.project.add("gang_on_kubernetes.py"), timeout=180).ended_with(0).run_id
    nodes, mains, addresses, hosts = frame.project.ask(
        "[Run(run).data.nodes, Run(run).data.mains, Run(run).data.addresses, Run(run).data.hosts]", run=run)
    assert nodes == [0, 1] and len(mains) == 1 and len(addresses) == 1 and len(hosts) == 2
    assert len(frame.submitted("jobs")) == 1 and len(frame.submitted("services")) == 1
    assert mains[0].startswith(hosts[0])


def command_lines():
    """Of all processes of this machine."""
    found = b""
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                found += file.read()
        except OSError:
            pass
    return found


def test_secrets_stand_nowhere(frame):
    """They reach the task, and neither records, logs, orders, packages nor any object of the cluster but Secrets."""
    values = {"team": "the-teams-own-key-7431", "inline": "an-inline-key-8852"}
    frame.api.ask("POST", frame.api.SECRETS, {"metadata": {"name": "team-keys"}, "stringData": {"TEAM_KEY": values["team"]}})
    frame.project.variables["TEST_INLINE_KEY"] = values["inline"]
    process = frame.project.start(frame.project.add("secrets_on_kubernetes.py"))
    wait_until(lambda: (frame.shared / "began").exists(), 90, frame.project.said)
    # While it runs, the orders are there too.
    during = frame.content()
    assert frame.objects("attempts/")
    lines = command_lines()
    go(frame)
    assert process.wait(120) == 0, frame.project.said()
    run = "SecretsOnKubernetes/" + run_id(frame)
    told = frame.project.ask("[Run(run).data.team, Run(run).data.inline]", run=run)
    assert told == [hashlib.sha256(values[word].encode()).hexdigest() for word in ("team", "inline")]
    kept = b"".join(path.read_bytes() for path in frame.project.store.rglob("*") if path.is_file())
    places = {
        "the datastore during the run": during, "the datastore": frame.content(), "command lines": lines, "the store": kept,
        "what was printed": frame.project.said().encode(), "the cluster": frame.cluster.everything(but=["secrets"]).encode()}
    for secret in (*values.values(), frame.moto.secret_key):
        for place, text in places.items():
            assert secret.encode() not in text and base64.b64encode(secret.encode()) not in text, f"{secret} in {place}"
    wait_until(lambda: [s["metadata"]["name"] for s in frame.cluster.store.all("secrets")] == ["team-keys"], 10, lambda: str(frame.jobs()))
