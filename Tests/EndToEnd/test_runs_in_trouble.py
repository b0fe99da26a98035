"""Runs whose datastore is in trouble: what the bucket tells is true, and what it lacks is sent later."""

import json

import pytest

from .harness.trouble import Between

FLOW = """
from metaflow import FlowSpec, step

class Troubled(FlowSpec):
    @step
    def start(self):
        self.items = list(range(4))
        self.next(self.work, foreach="items")

    @step
    def work(self):
        print("working on", self.input)
        self.small = "small %d" % self.input
        self.large = bytes([self.input]) * (9 << 20) + self.small.encode()
        self.next(self.join)

    @step
    def join(self, inputs):
        self.texts = [i.small for i in inputs]
        self.sizes = [len(i.large) for i in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    Troubled()
"""

READER = """
import json, sys
from metaflow import Run, metadata, namespace
namespace(None)
run = Run("Troubled/" + sys.argv[1])
print(json.dumps({
    "successful": run.successful, "texts": run.data.texts, "sizes": run.data.sizes,
    "large": [t.data.large[:1].hex() + t.data.large[-7:].decode() for t in run["work"]],
    "logs": sorted(t.stdout for t in run["work"])}))
"""

WHOLE = {
    "successful": True, "texts": [f"small {n}" for n in range(4)], "sizes": [(9 << 20) + 7] * 4,
    "large": sorted((f"{n:02x}small {n}" for n in range(4)), reverse=True), "logs": [f"working on {n}\n" for n in range(4)]}

KINDS = (None, "500", "lost", None, "reset", "slow", "truncate", "503")


class Bucket:
    """A bucket, and projects that have nothing but its address."""

    def __init__(self, project, moto):
        self.project = project
        self.moto = moto
        self.name = moto.new_bucket()
        project.write("flow.py", FLOW)
        project.write("read.py", READER)

    def variables(self, url=None):
        return {
            **self.moto.variables, "AWS_ENDPOINT_URL_S3": url or self.moto.url, "METAFLOW_DEFAULT_DATASTORE": "s3",
            "METAFLOW_DATASTORE_SYSROOT_S3": f"s3://{self.name}/runs"}

    def read(self, run, url=None):
        """What another machine finds."""
        elsewhere = {"PENSTOCK_ROOT": str(self.project.folder.parent / "elsewhere"), **self.variables(url)}
        outcome = self.project.python("read.py", run, env=elsewhere).ended_with(0)
        found = json.loads(outcome.stdout)
        found["large"] = sorted(found["large"], reverse=True)
        return found

    def secrets_told(self):
        """Where the secret key stands: nowhere."""
        boto = self.moto.boto()
        found = []
        for page in boto.get_paginator("list_objects_v2").paginate(Bucket=self.name):
            for item in page.get("Contents", []):
                if self.moto.secret_key.encode() in boto.get_object(Bucket=self.name, Key=item["Key"])["Body"].read():
                    found.append(item["Key"])
        for path in self.project.store.rglob("*"):
            if path.is_file() and self.moto.secret_key.encode() in path.read_bytes():
                found.append(str(path))
        return found


@pytest.fixture
def bucket(project, moto):
    return Bucket(project, moto)


def test_trouble_that_passes(project, bucket, moto):
    with Between(moto.url, lambda method, path, number: KINDS[number % len(KINDS)]) as between:
        outcome = project.python("flow.py", "run", env=bucket.variables(between.url)).ended_with(0)
        assert bucket.read(outcome.run_id, between.url) == WHOLE
        assert all(between.counts[kind] for kind in KINDS if kind), between.counts
    assert bucket.read(outcome.run_id) == WHOLE
    assert bucket.secrets_told() == [] and moto.secret_key not in outcome.all


@pytest.mark.parametrize("kind, words", [("expired", "expired"), ("denied", "refused"), ("reset", "attempt")])
def test_trouble_that_stays(project, bucket, moto, kind, words):
    with Between(moto.url, lambda method, path, number: kind) as between:
        # Without a snapshot, which has to be there before the first task starts, the run goes on.
        variables = {**bucket.variables(between.url), "METAFLOW_S3_RETRY_COUNT": "1", "PENSTOCK_SNAPSHOT": "never"}
        outcome = project.python("flow.py", "run", env=variables).ended_with(1)
        assert words in outcome.stderr, outcome
        refused = project.python("flow.py", "run", env={**variables, "PENSTOCK_SNAPSHOT": "remote"}).ended_with(1)
        assert not refused.started_a_run and words in refused.stderr, refused
    assert "Contents" not in moto.boto().list_objects_v2(Bucket=bucket.name), "nothing half done"
    # The trouble is over: what waited is sent.
    project.engine("datastore", "push", env=bucket.variables()).ended_with(0)
    assert bucket.read(outcome.run_id) == WHOLE
    assert bucket.secrets_told() == [] and moto.secret_key not in outcome.all


def test_puts_that_fail_leave_no_records_of_what_is_not_there(project, bucket, moto):
    """Blobs cannot be stored, records could be: none is, since it would speak of what is not there."""
    with Between(moto.url, lambda method, path, number: "denied" if method == "PUT" and "/records/" not in path else None) as between:
        variables = {**bucket.variables(between.url), "PENSTOCK_SNAPSHOT": "never"}
        assert project.python("flow.py", "run", env=variables).ended_with(1).started_a_run
    keys = [item["Key"] for item in moto.boto().list_objects_v2(Bucket=bucket.name).get("Contents", [])]
    assert [key for key in keys if "/records/" in key] == []
