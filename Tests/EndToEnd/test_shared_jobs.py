"""Jobs that go on with tasks whose own jobs still wait: `node-task` with orders that allow it, and arrays on a real Slurm."""

import os
import signal

import pytest

from .harness.processes import wait_until
from .harness.slurm import SlurmCluster
from .test_node_task import left, recorded, site  # noqa: F401

FLOW = """
import os, signal, time
from penstock import FlowSpec, slurm, step

class Shared(FlowSpec):
    @step
    def start(self):
        self.items = list(range(40))
        self.next(self.work, foreach="items")

    @slurm(cpu=1)
    @step
    def work(self):
        self.job = os.environ["SLURM_JOB_ID"]
        self.folder = sorted(os.listdir("."))
        open("made", "w").close()
        if os.environ.get("KILLS") == str(self.input):
            os.killpg(os.getpgid(int(os.environ["SLURM_TASK_PID"])), signal.SIGKILL)
            time.sleep(60)
        self.done = self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.done = sorted(each.done for each in inputs)
        self.jobs = len({each.job for each in inputs})
        self.folders = sorted({tuple(each.folder) for each in inputs})
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    Shared()
"""


@pytest.fixture
def group(site):  # noqa: F811
    """Four tasks whose jobs may do each other's."""
    return site.group(count=4, sharedFor=60)


def reporters(group):
    """Which job has reported each attempt; None for its own."""
    return [report and report.facts.get("job") for report in map(group.report, range(4))]


def test_a_job_does_what_waits(site, group):  # noqa: F811
    assert site.run(group, "look", 1) == (0, "")
    reports = [group.report(index) for index in range(4)]
    assert [report.facts["ending"] for report in reports] == [{"code": 0}] * 4
    assert reporters(group) == [1, None, 1, 1] and [group.claim(index) for index in range(4)] == [1] * 4
    # Each is a process of its own, in the same folder, which is as it was made.
    assert len({report.facts["process"] for report in reports}) == 4
    places = [report.artifacts()["place"] for report in reports]
    assert all(place == places[0] for place in places) and "made.txt" not in places[0][1] and "node_steps.py" in places[0][1]
    # A job that comes later has nothing to do, and leaves nothing.
    before = group.said(0)
    assert site.run(group, "raise", 0) == (0, "")
    assert group.said(0) == before and left(site.node) == []


def test_it_leaves_to_others_what_they_have_claimed(site, group):  # noqa: F811
    group.put(f"{group.prefix}/said/000002.claim", b"3\n")
    assert site.run(group, "nothing", 0) == (0, "")
    assert reporters(group) == [None, 0, None, 0] and group.report(2) is None
    # Whoever finds its own attempt claimed by another takes nothing at all.
    assert site.run(group, "nothing", 2) == (0, "")
    assert group.report(2) is None


def test_it_stops_when_one_fails(site, group):  # noqa: F811
    assert site.run(group, "leave", 0) == (0, "")
    assert group.report(0).ending == {"code": 7}
    assert [group.report(index) for index in range(1, 4)] == [None] * 3 and [group.claim(index) for index in range(1, 4)] == [None] * 3


def test_its_time_is_over(site):  # noqa: F811
    group = site.group(count=4, sharedFor=0.001)
    assert site.run(group, "nothing", 0) == (0, "")
    assert group.report(0).result["ok"] and [group.claim(index) for index in range(4)] == [0, None, None, None]


def test_many_jobs_share(site):  # noqa: F811
    group = site.group(count=40, sharedFor=60)
    processes = [site.start(group, "nothing", index) for index in range(6)]
    for process in processes:
        _, said = process.communicate(timeout=120)
        assert (process.returncode, said) == (0, "")
    reports = [group.report(index) for index in range(40)]
    assert all(report.result["ok"] for report in reports)
    assert [report.facts.get("job", index) for index, report in enumerate(reports)] == [group.claim(index) for index in range(40)]


def test_it_was_ended_with_another_ones_task_and_is_started_anew(site, group):  # noqa: F811
    assert site.run(group, "nothing", 0, NODE_GO=site.go)[0] == 0
    for index in (1, 2, 3):
        os.unlink(site.recorded.datastore / group.prefix / "said" / f"{index:06d}.report")
    os.unlink(site.recorded.datastore / group.prefix / "said" / "000003.claim")
    # A job of another index does not take what the first had claimed; its own attempt is free.
    assert site.run(group, "nothing", 3) == (0, "")
    assert reporters(group)[3] is None and group.claim(3) == 3
    assert group.report(1) is None and group.report(2) is None
    assert site.run(group, "nothing", 0) == (0, "")
    assert reporters(group) == [None, 0, 0, None] and all(group.report(index).result["ok"] for index in range(4))


def test_the_cluster_wants_its_end_in_another_ones_task(site, group):  # noqa: F811
    process = site.start(group, "wait", 0)
    wait_until(lambda: "waiting" in group.log(0), 60, "its own task waits")
    site.go.touch()
    wait_until(lambda: group.report(0), 60, "its own task is done")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    reported = [group.report(index) is not None for index in range(4)]
    claimed = [group.claim(index) is not None for index in range(4)]
    # At most one that was claimed is not reported.
    assert sum(claimed) - sum(reported) in (0, 1) and process.returncode in (0, 128 + signal.SIGTERM)
    assert left(site.node) == []


@pytest.fixture(scope="module")
def cluster():
    with SlurmCluster(nodes=1, cpus=4) as cluster:
        yield cluster


@pytest.fixture
def flow(project, tmp_path, cluster):
    project.variables.update(cluster.variables, PENSTOCK_NODE_CACHE=tmp_path / "node", PENSTOCK_CLUSTER_SETTLING="1")
    return project.write("shared.py", FLOW), ["--datastore-root", f"file://{tmp_path}/shared"]


def test_short_tasks_share_jobs(project, flow, cluster):
    file, top = flow
    outcome = project.run(file, top=top).ended_with(0)
    facts = project.ask(
        "dict(done=list(Run(run)['join'].task.data.done), jobs=Run(run)['join'].task.data.jobs, folders=Run(run)['join'].task.data.folders,"
        " ids=sorted({task.metadata_dict['slurm-job-id'] for task in Run(run)['work']}))", run=f"Shared/{outcome.run_id}")
    assert facts["done"] == list(range(40)) and len(facts["folders"]) == 1 and "made" not in facts["folders"][0]
    # The record tells which jobs they were; the others were cancelled before they began.
    assert facts["jobs"] == len(facts["ids"]) < 20
    cluster.until(lambda: not cluster.run("squeue", "--noheader").strip(), "jobs are left")


def test_each_task_has_a_job_where_that_is_wished(project, flow):
    file, top = flow
    outcome = project.run(file, top=top, env={"PENSTOCK_CLUSTER_SHARING": "0"}).ended_with(0)
    assert project.ask("Run(run)['join'].task.data.jobs", run=f"Shared/{outcome.run_id}") == 40


def test_a_job_that_dies_takes_one_task_with_it(project, flow):
    """The one that it was doing; what it has done is done, and the others go on."""
    file, top = flow
    outcome = project.run(file, top=top, env={"KILLS": "30", "PENSTOCK_SLURM_EXPORT": "KILLS"}).ended_with(1)
    run = f"Shared/{outcome.run_id}"
    assert project.ask("sorted(task.data.done for task in Run(run)['work'] if task.successful)", run=run) == [n for n in range(40) if n != 30]
    assert "slurm job" in outcome.all
    again = project.flow(file, *top, "resume").ended_with(0)
    assert project.ask("list(Run(run)['join'].task.data.done)", run=f"Shared/{again.run_id}") == list(range(40))
