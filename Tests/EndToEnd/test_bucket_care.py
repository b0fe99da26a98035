"""Deleting runs, checking and collecting where the remote datastore is a bucket (moto here)."""

import pytest

from .test_datastore_care import Store


class Bucket(Store):
    def __init__(self, project, moto):
        super().__init__(project)
        self.moto, self.name = moto, moto.new_bucket()
        project.variables.update(moto.variables)
        project.variables["PENSTOCK_DATASTORE_ROOT"] = f"s3://{self.name}/team"

    def sizes(self, below=""):
        pages = self.moto.boto().get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix="team/" + below)
        return {item["Key"]: item["Size"] for page in pages for item in page.get("Contents", ())}


@pytest.fixture
def bucket(project, moto):
    return Bucket(project, moto)


def test_a_bucket_is_cleared_of_what_no_run_needs(bucket):
    kept, gone = bucket.run(1), bucket.run(2)
    assert bucket.json("datastore", "verify", "--remote")["right"]
    bucket.engine("runs", "delete", f"Keeper/{gone}", "--yes")
    assert not bucket.sizes(f"records/Keeper/{gone}/") and bucket.sizes(f"records/Keeper/{kept}/")
    before = sum(bucket.sizes().values())
    done = bucket.json("datastore", "gc", "--remote", "--older-than", "0", "--delete")
    assert done["freed"] > 300_000 and sum(bucket.sizes().values()) == before - done["freed"]
    assert bucket.json("datastore", "verify", "--remote")["right"]
    assert bucket.value(kept, "large") == 300_000


def test_an_object_that_was_changed_is_found(bucket):
    bucket.run(3)
    [key] = [key for key, size in bucket.sizes("blobs/").items() if 300_000 <= size < 301_000]
    client = bucket.moto.boto()
    content = client.get_object(Bucket=bucket.name, Key=key)["Body"].read()
    client.put_object(Bucket=bucket.name, Key=key, Body=content[:-1] + bytes([content[-1] ^ 1]))
    [fault] = bucket.json("datastore", "verify", "--remote", code=1)["faults"]
    assert fault["kind"] == "damaged" and fault["digest"] in key
    client.delete_object(Bucket=bucket.name, Key=key)
    [fault] = bucket.json("datastore", "verify", "--remote", code=1)["faults"]
    assert fault["kind"] == "missing" and fault["digest"] in key
