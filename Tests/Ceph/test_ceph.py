"""Against Ceph's gateway (`make test-ceph`), which checks signatures, checksums of bodies and parts, and conditions."""

import json
import os

import pytest

from EndToEnd.test_objects import (  # noqa: F401: the same must hold here
    Objects, test_a_long_part_of_a_long_object, test_a_part_behind_the_end, test_listings, test_of_many_one_wins, test_only_if_absent,
    test_others_read_what_was_put_and_the_other_way_round, test_parts, test_secrets_are_not_told, test_sizes, test_what_is_not_there,
    test_what_is_put_comes_back)
from EndToEnd.test_s3_class import test_in_steps  # noqa: F401
from EndToEnd.test_snapshots import (  # noqa: F401
    kitchen, s3, test_a_run_on_s3_and_its_environment_from_there, test_what_s3_lacks_is_named_without_its_address)


@pytest.fixture
def moto(ceph):
    return ceph


@pytest.fixture
def objects(project, ceph):
    return Objects(project, ceph)


@pytest.fixture
def bucket(ceph):
    return "s3://" + ceph.new_bucket()


def test_another_secret(objects, bucket, ceph):
    answer = objects.one(action="list", url=bucket, env={"AWS_SECRET_ACCESS_KEY": "another-secret-altogether"})
    assert answer["error"] == "denied" and "SignatureDoesNotMatch" in answer["message"]
    assert "another-secret" not in objects.said


def test_another_key(objects, bucket):
    answer = objects.one(action="list", url=bucket, env={"AWS_ACCESS_KEY_ID": "NOBODY"})
    assert answer["error"] == "denied" and "InvalidAccessKeyId" in answer["message"]


def test_a_bucket_of_somebody_else(objects, ceph, project):
    ceph.add_user("other", "OTHERKEY", "other-secret")
    name = ceph.new_bucket()
    variables = {"AWS_ACCESS_KEY_ID": "OTHERKEY", "AWS_SECRET_ACCESS_KEY": "other-secret"}
    for request in ({"action": "info"}, {"action": "get", "path": str(project.folder / "out")}):
        assert objects.one(url=f"s3://{name}/x", env=variables, **request)["error"] == "denied"


def test_no_upload_is_left_open(objects, bucket, ceph, project):
    (project.folder / "in").write_bytes(os.urandom(20 << 20))
    assert objects.one(action="put", url=f"{bucket}/x", path=str(project.folder / "in")) == {"stored": True}
    assert "Uploads" not in ceph.boto().list_multipart_uploads(Bucket=bucket[5:])


def test_long_objects_only_if_absent(objects, bucket, project):
    for number, stored in ((1, True), (2, False)):
        (project.folder / "in").write_bytes(bytes([number]) * (9 << 20))
        answer = objects.one(action="put", url=f"{bucket}/x", path=str(project.folder / "in"), overwrite=False)
        assert answer == {"stored": stored}
    objects.one(action="get", url=f"{bucket}/x", path=str(project.folder / "out"), offset=0, length=1)
    assert (project.folder / "out").read_bytes() == b"\1"


def test_a_profile(objects, bucket, ceph, project):
    project.write("credentials", f"[lab]\naws_access_key_id = {ceph.access_key}\naws_secret_access_key = {ceph.secret_key}\n")
    project.write("config", f"[profile lab]\nregion = us-east-1\nendpoint_url = {ceph.url}\n")
    variables = {
        "AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_ENDPOINT_URL_S3": None, "AWS_PROFILE": "lab",
        "AWS_SHARED_CREDENTIALS_FILE": project.folder / "credentials", "AWS_CONFIG_FILE": project.folder / "config"}
    assert objects.one(action="list", url=bucket, env=variables)["objects"] == []


def test_a_command_that_prints_keys(objects, bucket, ceph, project):
    keys = {"Version": 1, "AccessKeyId": ceph.access_key, "SecretAccessKey": ceph.secret_key}
    project.write("keys.json", json.dumps(keys))
    project.write("config", f"[default]\ncredential_process = cat '{project.folder}/keys.json'\n")
    variables = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_CONFIG_FILE": project.folder / "config"}
    assert objects.one(action="list", url=bucket, env=variables)["objects"] == []
