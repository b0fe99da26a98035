"""Flows whose steps run on AWS Batch (moto's, whose jobs run as processes of this machine), with a bucket and nothing else in common."""

import json
import os
import random
import signal
import subprocess

import pytest

from .harness.batch import Batch
from .harness.index import LoopbackIndex
from .harness.processes import wait_until
from .harness.project import Project
from .harness.wheels import wheel


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    with Batch(tmp_path_factory.mktemp("batch")) as server:
        yield server


@pytest.fixture
def project(tmp_path, tools, batch):
    tools.require()
    project = Project(tmp_path, tools)
    project.variables.update(batch.settings)
    project.bucket = batch.new_bucket()
    project.variables.update(
        METAFLOW_DEFAULT_DATASTORE="s3", METAFLOW_DATASTORE_SYSROOT_S3="s3://%s/runs" % project.bucket, PENSTOCK_CLUSTER_SETTLING="2")
    project.signs = tmp_path / "signs"
    project.signs.mkdir()
    yield project
    project.end_all()
    # Jobs of a test that failed are no trouble for the next one.
    for job in alive(batch):
        batch.client().terminate_job(jobId=job["jobId"], reason="the test is over")


def jobs_of(batch, run):
    """What Batch knows of the jobs of a run, by name."""
    listed = batch.client().list_jobs(jobQueue=batch.queue, filters=[{"name": "JOB_NAME", "values": [run.replace("/", "-") + "-*"]}])
    found = batch.client().describe_jobs(jobs=[job["jobId"] for job in listed["jobSummaryList"]])["jobs"] if listed["jobSummaryList"] else []
    return sorted(found, key=lambda job: job["createdAt"])


def alive(batch):
    jobs = batch.client().list_jobs(jobQueue=batch.queue, filters=[{"name": "JOB_NAME", "values": ["*"]}])["jobSummaryList"]
    return [job for job in jobs if job["status"] not in ("SUCCEEDED", "FAILED")]


def report(project, run):
    return project.ask(
        "dict(squares=r.data.squares, jobs=r.data.jobs, here=r.data.here, good=r.successful,"
        " attempts=[len(list(Step(run + '/work')))], logs=[t.stdout for t in Step(run + '/work')],"
        " errors=[t.stderr for t in Step(run + '/work')])".replace("r.", "Run(run)."), run=run)


def began(project, count=1):
    wait_until(lambda: len(list(project.signs.glob("began-*"))) >= count, 60, project.said)


def test_a_foreach(project, batch):
    run = "OnBatch/" + project.run(project.add("on_batch.py")).ended_with(0).run_id
    seen = report(project, run)
    assert seen["squares"] == [0, 1, 4, 9] and seen["good"] and seen["here"] is None
    jobs = jobs_of(batch, run)
    assert sorted(seen["jobs"]) == sorted(job["jobId"] for job in jobs) and len(jobs) == 4
    assert {job["status"] for job in jobs} == {"SUCCEEDED"}
    assert [log.count("grüße") for log in seen["logs"]] == [1] * 4 and [log.strip() for log in seen["errors"]] == ["and here"] * 4
    # Nothing that only the run needed stays in the bucket.
    pages = batch.boto().list_objects_v2(Bucket=project.bucket, Prefix="runs/attempts/")
    assert pages.get("Contents", []) == []


def test_every_step_by_an_option(project, batch):
    outcome = project.run(project.add("linear.py"), "--with", "batch:cpu=2,memory=700").ended_with(0)
    flow = outcome.all.partition(" executing ")[2].split()[0]
    jobs = jobs_of(batch, "%s/%s" % (flow, outcome.run_id))
    steps = project.ask("[s.id for s in Run(run)]", run="%s/%s" % (flow, outcome.run_id))
    assert len(jobs) == len(steps)
    asked = batch.requests("submitjob")[-1]["containerOverrides"]["resourceRequirements"]
    assert {need["type"]: need["value"] for need in asked} == {"VCPU": "2", "MEMORY": "700"}


def test_what_fails_is_tried_again(project, batch):
    run = "OnBatch/" + project.run(project.add("on_batch.py"), "--do", "fail once", "--width", "2").ended_with(0).run_id
    assert report(project, run)["squares"] == [0, 1]
    assert len(jobs_of(batch, run)) == 4


def test_a_job_whose_processes_die(project, batch):
    run = "OnBatch/" + project.run(project.add("on_batch.py"), "--do", "die", "--width", "1", timeout=180).ended_with(0).run_id
    assert report(project, run)["squares"] == [0]
    assert len(jobs_of(batch, run)) == 2


def test_what_fails_to_the_end(project, batch):
    outcome = project.run(project.add("on_batch.py"), "--do", "fail", "--width", "2").ended_with(1)
    assert "ValueError: never" in outcome.all
    assert len(jobs_of(batch, "OnBatch/" + outcome.run_id)) == 3


def test_a_job_that_somebody_ends(project, batch):
    process = project.start(project.add("on_batch.py"), "--do", "wait", "--width", "1", "--signs", project.signs)
    began(project)
    (job,) = alive(batch)
    batch.client().terminate_job(jobId=job["jobId"], reason="to make room")
    (project.signs / "go").touch()
    assert process.wait(120) == 0, project.said()
    assert "to make room" in project.said()


def test_a_gang(project, batch):
    run = "GangOnBatch/" + project.run(project.add("gang_on_batch.py")).ended_with(0).run_id
    nodes, seen, jobs = project.ask("[Run(run).data.nodes, Run(run).data.seen, Run(run).data.jobs]", run=run)
    assert nodes == [0, 1, 2] and len(seen) == 1 and seen[0][0] == 3 and seen[0][1]
    assert jobs == [job["jobId"] for job in jobs_of(batch, run)]


def test_ctrl_c_ends_the_jobs(project, batch):
    process = project.start(project.add("on_batch.py"), "--do", "wait", "--width", "3", "--signs", project.signs)
    began(project)
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(60) != 0
    assert alive(batch) == [], project.said()


def test_jobs_are_listed_and_killed(project, batch):
    file = project.add("on_batch.py")
    process = project.start(file, "--do", "wait", "--width", "2", "--signs", project.signs)
    began(project, 2)
    listed = json.loads(project.flow(file, "batch", "list", "--json").ended_with(0).stdout)
    assert [(job["step"], job["cluster"], job["state"]) for job in listed] == [("work", "batch", "running")] * 2
    project.flow(file, "batch", "kill").ended_with(0)
    # They are tried again.
    (project.signs / "go").touch()
    assert process.wait(120) == 0, project.said()
    assert "No tasks" in project.flow(file, "batch", "list").ended_with(0).all


def test_an_engine_that_is_gone_is_followed_by_another(project, batch):
    process = project.start(project.add("on_batch.py"), "--do", "wait", "--width", "2", "--signs", project.signs)
    began(project, 2)
    run = "OnBatch/" + wait_until(lambda: project.said().partition("(run-id ")[2].partition(")")[0], 30, project.said)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    (project.signs / "go").touch()
    project.engine("attach", run, timeout=180).ended_with(0)
    assert report(project, run)["squares"] == [0, 1]
    assert len(jobs_of(batch, run)) == 2


@pytest.mark.parametrize("number", range(int(os.environ.get("PENSTOCK_KILL_ROUNDS", "3"))))
def test_an_engine_that_is_killed_at_any_moment(project, batch, number):
    """While it submits, or waits, or reads reports: each task is done once, by one job."""
    random.seed("%s %d" % (os.environ.get("PENSTOCK_KILL_SEED", "7"), number))
    file = project.add("on_batch.py")
    process = project.start(file, "--width", "6")
    run = "OnBatch/" + wait_until(lambda: project.said().partition("(run-id ")[2].partition(")")[0], 60, project.said)
    wait_until(lambda: "Foreach yields" in project.said(), 60, project.said)
    try:
        process.wait(random.uniform(0, 1.5))
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    if not project.ask("Run(run).successful", run=run):
        outcome = project.engine("attach", run, timeout=180)
        if outcome.code and "was not kept, so it cannot run again" in outcome.stderr:
            # It was killed before it had written down anything but its beginning.
            assert jobs_of(batch, run) == []
            return
        outcome.ended_with(0)
    assert report(project, run)["squares"] == [0, 1, 4, 9, 16, 25]
    names = [job["jobName"] for job in jobs_of(batch, run)]
    assert len(names) == len(set(names)) == 6, names


def test_environments_come_from_the_bucket(project, batch):
    """Jobs know no index: nothing of it is among their variables."""
    with LoopbackIndex(wheel("flour", "1.0", requires=["water>=1"]), wheel("water", "1.5")) as index:
        project.variables.update({"PENSTOCK_INDEX_URL": index.url, "TEST_PACKAGES": json.dumps({"flour": "1.0"})})
        outcome = project.run(project.add("with_packages.py"), "--with", "batch", timeout=300).ended_with(0)
        asked = json.dumps(batch.requests("submitjob"))
        assert index.url not in asked
    run = "WithPackages/" + outcome.run_id
    plain, packed = project.ask("[Run(run)[s].task.data.sees for s in ('start', 'bake')]", run=run)
    assert packed["flour"] == "1.0" and packed["water"] == "1.5" and packed["salt"] is None and plain["flour"] is None
    assert {job["status"] for job in jobs_of(batch, run)} == {"SUCCEEDED"}


@pytest.mark.parametrize("wish, words", [
    ("batch:queue=nowhere", "there is no job queue 'nowhere' in AWS Batch"),
    ("batch:inferentia=1,trainium=1", "has both inferentia and trainium"),
    ("batch:memory=-1", "memory=-1"),
])
def test_what_does_not_fit_is_told(project, batch, wish, words):
    before = len(batch.requests("submitjob"))
    outcome = project.run(project.add("linear.py"), "--with", wish).ended_with(1)
    assert words in outcome.all
    assert len(batch.requests("submitjob")) == before


def test_without_a_bucket(project, batch):
    project.variables.update(METAFLOW_DEFAULT_DATASTORE="local", METAFLOW_DATASTORE_SYSROOT_S3="")
    outcome = project.run(project.add("on_batch.py")).ended_with(1)
    assert not outcome.started_a_run and "s3" in outcome.all
