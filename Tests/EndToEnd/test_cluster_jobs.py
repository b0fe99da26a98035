"""Which jobs a run has on a cluster, and how they are ended, by commands beside the run. The cluster is a real Slurm."""

import json
import time

import pytest

from .harness.slurm import SlurmCluster

FLOW = """
import os, time
from penstock import FlowSpec, Parameter, slurm, step

class Jobs(FlowSpec):
    wait = Parameter("wait")

    @step
    def start(self):
        self.items = list(range(3))
        self.next(self.work, foreach="items")

    @slurm(cpu=1)
    @step
    def work(self):
        print("work", self.input, "runs")
        while not os.path.exists(self.wait):
            time.sleep(0.1)
        self.done = self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.all = sorted(i.done for i in inputs)
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    Jobs()
"""


@pytest.fixture(scope="module")
def cluster():
    with SlurmCluster(nodes=1, cpus=2) as cluster:
        yield cluster


@pytest.fixture
def running(project, tmp_path, cluster):
    """A run of three tasks, of which two run and one waits, with the words before its commands."""
    file = project.write("jobs.py", FLOW)
    project.variables.update(cluster.variables, PENSTOCK_NODE_CACHE=tmp_path / "node")
    top = ["--datastore-root", f"file://{tmp_path}/shared"]
    go = tmp_path / "go"
    process = project.start(file, "--wait", go, top=top)
    end = time.monotonic() + 120
    while project.said().count(" runs") < 2:
        assert process.poll() is None and time.monotonic() < end, project.said()
        time.sleep(0.2)
    run = project.said().split("(run-id ")[1].split(")")[0]
    yield file, top, run, process, go
    go.write_text("")
    process.wait(120)


def test_jobs_are_listed_by_all_ways(project, tmp_path, running, cluster):
    file, top, run, process, go = running
    # Slurm knows why a job waits once its scheduler has looked at it.
    cluster.until(lambda: cluster.run("squeue", "--noheader", "--states=pending", "--format=%r").strip() not in ("", "None"), "no job waits")
    ways = [[], ["--run-id", run], ["--my-runs"], ["--user", "tester"]]
    for way in ways:
        jobs = json.loads(project.flow(file, *top, "slurm", "list", "--json", *way).ended_with(0).stdout)
        assert {job["run"] for job in jobs} == {run} and {job["step"] for job in jobs} == {"work"}
        assert sorted(job["state"] for job in jobs) == ["pending", "running", "running"]
        assert len({job["job"] for job in jobs}) == 3 and {job["attempt"] for job in jobs} == {0}
        assert [bool(job.get("reason")) for job in jobs if job["state"] == "pending"] == [True]
        assert {job["node"] for job in jobs if job["state"] == "running"} == {"n1"}
    assert json.loads(project.flow(file, *top, "slurm", "list", "--json", "--user", "nobody").ended_with(0).stdout) == []
    same = json.loads(project.engine("jobs", f"Jobs/{run}", "--json", "--root", top[1]).ended_with(0).stdout)
    assert {job["job"] for job in same} == {job["job"] for job in jobs} and {job["cluster"] for job in same} == {"slurm"}
    [first] = [job for job in jobs if job["state"] == "running"][:1]
    of_task = ["jobs", f"Jobs/{run}/work/{first['task']}", "--root", top[1]]
    told = project.engine(*of_task).ended_with(0).stdout.splitlines()
    assert len([line for line in told if "work/" in line]) == 1 and "  state: RUNNING" in told and "  node: n1" in told
    [facts] = json.loads(project.engine(*of_task, "--json").ended_with(0).stdout)
    assert facts["job"] == first["job"] and "node: n1" in facts["facts"]
    assert len(json.loads(project.engine("jobs", f"Jobs/{run}/work", "--json", "--root", top[1]).ended_with(0).stdout)) == 3
    assert "not on a cluster" in project.engine("jobs", f"Jobs/{run}/start/1", "--root", top[1]).ended_with(0).stderr
    table = project.flow(file, *top, "slurm", "list").ended_with(0).stdout.splitlines()
    assert len(table) == 4 and table[0].split()[:2] == ["RUN", "TASK"]
    go.write_text("")
    assert process.wait(120) == 0, project.said()
    assert "No tasks are on Slurm." in project.flow(file, *top, "slurm", "list").ended_with(0).stderr
    assert project.ask("list(Run(run)['join'].task.data.all)", run=f"Jobs/{run}") == [0, 1, 2]


def test_jobs_are_killed(project, running, cluster):
    file, top, run, process, _ = running
    outcome = project.flow(file, *top, "slurm", "kill", "--run-id", run).ended_with(0)
    assert "Slurm was asked to kill these 3 tasks." in outcome.stderr and outcome.stdout.count("work/") == 3
    assert process.wait(120) == 1, project.said()
    assert "was cancelled" in project.said() or "killed" in project.said()
    assert "No tasks are on Slurm." in project.flow(file, *top, "slurm", "list", "--run-id", run).ended_with(0).stderr
