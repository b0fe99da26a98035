"""The executor of AWS Batch against moto's: what it asks for is what AWS describes, and nothing is submitted twice."""

import gzip
import json
from pathlib import Path

import pytest

from .harness.batch import Batch
from .harness.slurm import Probe


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    with Batch(tmp_path_factory.mktemp("batch")) as server:
        yield server


@pytest.fixture
def probe(batch):
    with Probe(batch.settings, "batch") as probe:
        yield probe


@pytest.fixture
def run(request):
    return "ProbeFlow/" + request.node.name.replace("[", "_").replace("]", "")


def jobs(batch, ids):
    return batch.client().describe_jobs(jobs=ids)["jobs"]


def test_jobs_run_and_end(batch, probe, run):
    ids = probe.submit('echo "job $PENSTOCK_JOB_INDEX has $WHAT"; exit $((PENSTOCK_JOB_INDEX * 7))\n',
                       run=run, count=3, variables={"WHAT": "it's \"a\" $thing"}, **{"with": "batch"})
    states = probe.until_over(ids)
    assert [(states[id]["state"], states[id].get("code")) for id in ids] == [("completed", None), ("exited", 7), ("exited", 14)]
    assert [batch.said(id) for id in ids] == ["job %d has it's \"a\" $thing\n" % index for index in range(3)]
    facts = probe.call("describe", jobs=[ids[1]])["lines"]
    assert "state: FAILED" in facts and "exit code: 7" in facts and any(fact.startswith("submitted: 20") for fact in facts)


def test_definitions_are_registered_once(batch, probe, run):
    before = len(batch.requests("registerjobdefinition"))
    for number in range(3):
        probe.submit(run=run, number=number, **{"with": "batch:cpu=2,memory=%d,shared_memory=77" % (100 + number)})
    with Probe(batch.settings, "batch") as other:
        ids = other.submit(run=run + "_other", **{"with": "batch:shared_memory=77"})
    assert len(batch.requests("registerjobdefinition")) == before + 1
    (job,) = jobs(batch, ids)
    (definition,) = batch.client().describe_job_definitions(jobDefinitions=[job["jobDefinition"]])["jobDefinitions"]
    assert definition["status"] == "ACTIVE" and definition["jobDefinitionName"].startswith("penstock_")
    assert definition["containerProperties"]["linuxParameters"]["sharedMemorySize"] == 77
    assert definition["containerProperties"]["image"] == "python:3.11"
    batch.client().deregister_job_definition(jobDefinition=job["jobDefinition"])
    with Probe(batch.settings, "batch") as other:
        other.submit(run=run + "_third", **{"with": "batch:shared_memory=77"})
    assert len(batch.requests("registerjobdefinition")) == before + 2


def test_an_engine_that_comes_later_finds_the_jobs(batch, probe, run):
    group = dict(run=run, number=4, count=5, script="sleep 60\n", **{"with": "batch"})
    ids = probe.submit(**group)
    with Probe(batch.settings, "batch") as other:
        found = other.call("jobs", run=run)["states"]
        assert [(state["id"], state["group"], state["index"]) for state in found] == [(id, run + "/4", i) for i, id in enumerate(ids)]
        assert other.submit(**group) == ids
        other.call("cancel", jobs=ids)
        states = other.until_over(ids)
        assert {state["state"] for state in states.values()} == {"cancelled"}
        assert other.call("jobs", run=run)["states"] == []
        # What was ended is not begun again.
        assert other.submit(**group) == ids
    assert len([body for body in batch.requests("submitjob") if body["jobName"].startswith(jobs(batch, ids)[0]["jobName"].split("-4-")[0])]) == 5


def test_a_gang_is_one_job(batch, probe, run):
    ids = probe.submit('echo "$PENSTOCK_JOB_INDEX of $PENSTOCK_GANG_SIZE at ${MF_PARALLEL_MAIN_IP:-nowhere}"\n[ "$PENSTOCK_JOB_INDEX" != 0 ] || sleep 2\n',
                       run=run, count=3, gang=True, **{"with": "batch"})
    job = ids[0].split("#")[0]
    assert ids == ["%s#%d" % (job, index) for index in range(3)]
    states = probe.until_over(ids)
    assert {state["state"] for state in states.values()} == {"completed"}
    said = [batch.said(job, node).split() for node in range(3)]
    assert [words[:3] for words in said] == [[str(index), "of", "3"] for index in range(3)]
    # The main node finds its own address, the others are told.
    assert all(words[4].count(".") == 3 or ":" in words[4] for words in said) and said[1] == ["1"] + said[2][1:]


@pytest.mark.parametrize("wish, fault, words", [
    ("batch:queue=nowhere", "refused", "there is no job queue 'nowhere' in AWS Batch (us-east-1)"),
    ("batch:ephemeral_storage=30", "refused", "ephemeral_storage is for Fargate alone"),
    ("batch:queue=serverless,gpu=1,execution_role=agent", "refused", "the job queue 'serverless' is one of Fargate, which has no GPUs"),
    ("batch:queue=serverless", "notSetUp", "there is no role in which it fetches images"),
    ("batch:inferentia=1,trainium=1", "settings", "has both inferentia and trainium"),
    ("batch:tmpfs_path=here", "settings", "has tmpfs_path='here'"),
])
def test_what_does_not_fit_is_told_before(batch, probe, run, wish, fault, words):
    if not any(queue["jobQueueName"] == "serverless" for queue in batch.client().describe_job_queues()["jobQueues"]):
        batch.new_queue("serverless", type="FARGATE")
    before = len(batch.requests("submitjob"))
    error = probe.ask("submit", run=run, **{"with": wish})["error"]
    assert error["fault"] == fault and words in error["message"]
    assert len(batch.requests("submitjob")) == before


def test_a_queue_of_fargate(batch, probe, run):
    if not any(queue["jobQueueName"] == "serverless" for queue in batch.client().describe_job_queues()["jobQueues"]):
        batch.new_queue("serverless", type="FARGATE")
    ids = probe.submit(run=run, **{"with": "batch:queue=serverless,execution_role=agent,cpu=0.5,memory=1024,ephemeral_storage=30"})
    assert probe.until_over(ids)[ids[0]]["state"] == "completed"
    (job,) = jobs(batch, ids)
    (definition,) = batch.client().describe_job_definitions(jobDefinitions=[job["jobDefinition"]])["jobDefinitions"]
    assert definition["platformCapabilities"] == ["FARGATE"]
    assert definition["containerProperties"]["executionRoleArn"] == "agent"


def test_settings_that_are_missing(batch, run):
    for name, words in [("METAFLOW_BATCH_JOB_QUEUE", "no job queue"), ("METAFLOW_ECS_S3_ACCESS_IAM_ROLE", "no role")]:
        with Probe({**batch.settings, name: ""}, "batch") as probe:
            assert words in probe.ask("submit", run=run, **{"with": "batch"})["error"]["message"]
    with Probe({**batch.settings, "METAFLOW_BATCH_DEFAULT_TAGS": "team"}, "batch") as probe:
        assert "METAFLOW_BATCH_DEFAULT_TAGS is 'team'" in probe.ask("submit", run=run, **{"with": "batch"})["error"]["message"]


def test_nothing_secret_is_in_a_job(batch, run):
    with Probe(batch.settings, "batch") as probe:
        secrets = {"AWS_SECRET_ACCESS_KEY": batch.secret_key, "AWS_SESSION_TOKEN": "a-token-that-must-not-be-told", "MINE": "1"}
        ids = probe.submit("env\n", run=run, variables=secrets, **{"with": "batch"})
        probe.until_over(ids)
    assert "MINE=1" in batch.said(ids[0])
    assert batch.secret_key not in json.dumps(batch.requests()) and "must-not-be-told" not in json.dumps(batch.requests())


def test_every_request_is_as_amazon_describes_it(batch, probe, run):
    """By the description of the service that Amazon's own client works with; other members than that has are wrong."""
    import botocore
    from botocore.model import ServiceModel
    from botocore.validate import ParamValidator

    wish = (
        'batch:cpu=2,memory=1000,shared_memory=5,gpu=1,max_swap=7,swappiness=3,use_tmpfs=True,inferentia=1,efa=2,'
        'host_volumes=["/a","/b:/c"],efs_volumes=fs-1,log_driver=awslogs,log_options=awslogs-group:x,privileged=True,'
        'aws_batch_tags={"team":"a"},execution_role=agent,secrets={"T":"arn:aws:secretsmanager:r:1:secret:t"}')
    settings = {**batch.settings, "METAFLOW_BATCH_EMIT_TAGS": "1"}
    with Probe(settings, "batch") as everything:
        ids = everything.submit(run=run, count=2, **{"with": wish})
        ids += everything.submit(run=run, number=1, count=2, gang=True, **{"with": wish})
        everything.call("jobs", run=run)
        everything.call("describe", jobs=ids[:1])
        everything.call("cancel", jobs=ids)
    (folder,) = (Path(botocore.__file__).parent / "data" / "batch").iterdir()
    model = ServiceModel(json.loads(gzip.decompress((folder / "service-2.json.gz").read_bytes())))
    shapes = {name.lower(): model.operation_model(name).input_shape for name in model.operation_names}
    seen = set()
    for entry in batch.requests():
        report = ParamValidator().validate(entry["body"], shapes[entry["operation"]])
        assert not report.has_errors(), (entry, report.generate_report())
        assert not set(strangers(entry["body"], shapes[entry["operation"]])), entry
        seen.add(entry["operation"])
    assert seen >= {
        "describejobqueues", "describecomputeenvironments", "describejobdefinitions", "registerjobdefinition", "submitjob", "listjobs",
        "describejobs", "terminatejob"}


def strangers(value, shape):
    """Members that the description does not have, and words that its lists of words do not have."""
    if shape.type_name == "structure":
        for name, member in value.items():
            if name in shape.members:
                yield from strangers(member, shape.members[name])
            else:
                yield name
    elif shape.type_name == "list":
        for member in value:
            yield from strangers(member, shape.member)
    elif shape.type_name == "map":
        for member in value.values():
            yield from strangers(member, shape.value)
    elif shape.type_name == "string" and getattr(shape, "enum", None) and value not in shape.enum:
        yield value


def test_many_jobs_take_few_calls(batch, probe, run):
    ids = probe.submit("exit 0\n", run=run, count=120, **{"with": "batch"})
    before = len(batch.requests("describejobs"))
    probe.poll(ids)
    assert len(batch.requests("describejobs")) == before + 2
    probe.call("cancel", jobs=ids)
