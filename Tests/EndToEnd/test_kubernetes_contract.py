"""What every executor keeps, on pods that really run, and what it makes of trouble in the cluster."""

import os
import subprocess

import pytest

from .harness.kubernetes import Cluster, Images, Node
from .harness.kubernetes.images import busybox
from .harness.kubernetes.plain import Plain
from .harness.object_servers import cannot
from .harness.processes import wait_until
from .harness.slurm import Probe

ROWS = subprocess.run([Probe.program(), "contract"], capture_output=True, text=True).stdout.splitlines() if Probe.program().exists() else []


@pytest.fixture(scope="module")
def images():
    try:
        image = busybox()
    except OSError as error:
        cannot(str(error))
    images = Images()
    images.add("tiny:1", image)
    return images


@pytest.fixture
def cluster(tmp_path, images):
    nodes = [Node(name, cpu="64", memory="64Gi") for name in ("node-a", "node-b")]
    with Cluster(tmp_path / "cluster", nodes=nodes, images=images) as cluster:
        yield cluster


@pytest.fixture
def evidence(cluster):
    """A folder that pods see at the same path."""
    folder = cluster.kubelet.claims / "default" / "evidence"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    claim = {"metadata": {"name": "evidence"}, "spec": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}}}
    assert Plain(cluster).ask("POST", "/api/v1/namespaces/default/persistentvolumeclaims", claim).code == 201
    return folder


def variables(cluster):
    return {"KUBECONFIG": str(cluster.kubeconfig), "METAFLOW_KUBERNETES_CONTAINER_IMAGE": "tiny:1"}


@pytest.mark.parametrize("row", ROWS)
def test_the_contract_is_kept(cluster, evidence, row):
    ended = subprocess.run(
        [Probe.program(), "contract-kubernetes", evidence, row], env={**os.environ, **variables(cluster)}, capture_output=True, text=True,
        timeout=600)
    assert ended.stdout == f"kept: {row}\n", ended.stdout + ended.stderr


@pytest.fixture
def probe(cluster):
    with Probe(variables(cluster), executor="kubernetes") as probe:
        yield probe


SMALL = "kubernetes:cpu=0.1,memory=16,disk=16"


def until(probe, job, state):
    wait_until(lambda: probe.poll([job])[job]["state"] == state, 60, f"the job to be {state}, which is {probe.poll([job])}")
    return probe.poll([job])[job]


class TestTrouble:
    def pod(self, cluster):
        return cluster.pods()[0]["metadata"]["name"]

    def running(self, probe, **more):
        job = probe.submit(script="sleep 600\n", **{"with": SMALL, **more})[0]
        until(probe, job, "running")
        return job

    def test_evictions_preemptions_and_lost_nodes_are_told_apart(self, cluster, probe):
        for number, (trouble, state) in enumerate([("evict", "evicted"), ("preempt", "preempted")]):
            job = self.running(probe, number=number)
            pod = next(p for p in cluster.pods() if p["status"]["phase"] == "Running")
            getattr(cluster, trouble)(pod["metadata"]["name"])
            assert until(probe, job, state)["text"]

    def test_a_node_that_is_lost_loses_its_jobs(self, cluster, probe):
        job = self.running(probe)
        cluster.lose_node(cluster.pods()[0]["spec"]["nodeName"])
        assert until(probe, job, "nodeFailed")["node"]

    def test_an_image_that_does_not_come_is_named_and_given_up(self, cluster, probe):
        job = probe.submit(**{"with": SMALL + ",image=not/there:1"})[0]
        ended = until(probe, job, "notStarted")
        assert "not/there:1" in ended["text"] and "ErrImagePull" in ended["text"] or "ImagePullBackOff" in ended["text"]
        wait_until(lambda: not cluster.store.all("jobs") and not cluster.pods(), 30, "the job to go")
        assert probe.poll([job])[job]["state"] == "notStarted"

    def test_what_no_node_has_is_told_while_it_waits(self, cluster, probe):
        job = probe.submit(**{"with": "kubernetes:cpu=1000,memory=16,disk=16"})[0]
        wait_until(lambda: "Unschedulable" in (probe.poll([job])[job].get("text") or ""), 30, "a reason")
        assert probe.poll([job])[job]["state"] == "pending"
        assert any("FailedScheduling" in line for line in probe.call("describe", jobs=[job])["lines"])
        probe.call("cancel", jobs=[job])
        until(probe, job, "cancelled")

    def test_a_server_that_goes_and_comes_is_no_matter(self, cluster, probe):
        job = self.running(probe)
        cluster.server.stop()
        # What is known is told; what is asked anew cannot be.
        refused = probe.ask("submit", number=5, **{"with": SMALL})
        assert refused["error"]["fault"] == "unreachable"
        cluster.server.start()
        probe.submit(number=5, **{"with": SMALL})
        probe.call("cancel", jobs=[job])
        until(probe, job, "cancelled")

    def test_watches_that_are_dropped_or_too_old_go_on(self, cluster, probe):
        job = self.running(probe)
        cluster.server.drop()
        cluster.store.compact()
        cluster.evict(self.pod(cluster))
        until(probe, job, "evicted")

    @pytest.mark.parametrize("fault", [429, 500, 503, "reset", "lost"])
    def test_a_submission_that_is_repeated_makes_one_job(self, cluster, probe, fault):
        cluster.faults.next(1, fault, verb="create", plural="jobs")
        answer = probe.ask("submit", count=3, script="exit 0\n", **{"with": SMALL})
        if "error" in answer:
            assert answer["error"]["fault"] == "unreachable", answer
            answer = probe.ask("submit", count=3, script="exit 0\n", **{"with": SMALL})
        states = probe.until_over(answer["ids"])
        assert [state["state"] for state in states.values()] == ["completed"] * 3
        made = [c.object["metadata"]["uid"] for c in cluster.store.since(cluster.store.compacted) if c.plural == "pods" and c.type == "ADDED"]
        assert len(made) == 3

    def test_what_is_forbidden_is_named(self, cluster, probe):
        cluster.faults.forbid("create", "jobs")
        error = probe.ask("submit", **{"with": SMALL})["error"]
        assert error["fault"] == "forbidden" and "create jobs.batch in the namespace 'default'" in error["message"]
        assert cluster.store.all("secrets") == []

    def test_limits_are_at_least_a_minute(self, cluster, probe):
        job = probe.submit(script="sleep 600\n", seconds=1, **{"with": SMALL})[0]
        until(probe, job, "running")
        assert cluster.pods()[0]["spec"]["activeDeadlineSeconds"] >= 60
        probe.call("cancel", jobs=[job])
        until(probe, job, "cancelled")

    def test_secrets_are_where_they_belong(self, cluster, probe):
        ids = probe.submit(script="[ ${#TOKEN} = 12 ]\n", variables={"TOKEN": "s3cr3t-value"}, count=2, **{"with": SMALL})
        states = probe.until_over(ids)
        assert {state["state"] for state in states.values()} == {"completed"}
        assert "s3cr3t-value" not in cluster.everything(but=("secrets",))
        wait_until(lambda: probe.poll(ids) and not cluster.store.all("secrets"), 30, "the secret to go")
