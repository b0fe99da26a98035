"""Objects through a line and a service in trouble: what passes is overcome, and nothing is said to be stored that is not."""

import hashlib
import os
import signal
import subprocess
import time
import json

import pytest

from .harness.trouble import Between
from .test_objects import Objects


@pytest.fixture
def bucket(moto):
    return "s3://" + moto.new_bucket()


def content_of(number, size):
    return hashlib.sha256(str(number).encode()).digest() * (size // 32)


PASSING = {
    "500": lambda method, path, number: "500" if number % 3 == 0 else None,
    "503": lambda method, path, number: "503" if number % 5 == 0 else None,
    "reset": lambda method, path, number: "reset" if number % 3 == 0 else None,
    "lost": lambda method, path, number: "lost" if number % 3 == 0 else None,
    "truncate": lambda method, path, number: "truncate" if method == "GET" and number % 2 == 0 else None,
    "slow": lambda method, path, number: "slow",
    "everything": lambda method, path, number: (None, "500", None, "lost", "reset", None, "slow", "truncate")[number % 8],
}


@pytest.mark.parametrize("kind", PASSING)
def test_what_passes(project, moto, bucket, kind):
    """Twelve small objects and one of three parts, there and back."""
    sizes = [320] * 12 + [17 << 20]
    for number, size in enumerate(sizes):
        (project.folder / f"in-{number}").write_bytes(content_of(number, size))
    with Between(moto.url, PASSING[kind]) as between:
        objects = Objects(project, moto)
        variables = {"AWS_ENDPOINT_URL_S3": between.url}
        stored = objects.ask(*(
            {"action": "put", "url": f"{bucket}/{number}", "path": str(project.folder / f"in-{number}"), "overwrite": False}
            for number in range(len(sizes))), **variables)
        assert all(answer.get("stored") for answer in stored), stored
        fetched = objects.ask(*(
            {"action": "get", "url": f"{bucket}/{number}", "path": str(project.folder / f"out-{number}")}
            for number in range(len(sizes))), **variables)
        assert not any("error" in answer for answer in fetched), fetched
        assert sum(between.counts.values()) > 5
    for number, size in enumerate(sizes):
        assert (project.folder / f"out-{number}").read_bytes() == content_of(number, size)
        assert moto.boto().get_object(Bucket=bucket[5:], Key=str(number))["Body"].read() == content_of(number, size)
    assert moto.secret_key not in objects.said


@pytest.mark.parametrize("kind, words", [("500", "8 attempts"), ("denied", "AccessDenied"), ("expired", "expired"), ("lost", "8 attempts")])
def test_what_stays(project, moto, bucket, kind, words):
    project.write("in", "content")
    with Between(moto.url, lambda *_: kind) as between:
        objects = Objects(project, moto)
        objects.server = type("Other", (), {"variables": {**moto.variables, "AWS_SESSION_TOKEN": "a-token-not-to-be-told"}})
        quick = {"AWS_ENDPOINT_URL_S3": between.url}
        if "8" in words:
            quick["METAFLOW_S3_RETRY_COUNT"] = "1"
            words = words.replace("8", "2")
        answer = objects.one(action="put", url=f"{bucket}/x", path=str(project.folder / "in"), env=quick)
    assert answer["error"] in ("failed", "denied") and words in answer["message"], answer
    assert moto.secret_key not in objects.said and "a-token" not in objects.said


def test_a_part_that_gets_lost(project, moto, bucket):
    (project.folder / "in").write_bytes(content_of(1, 17 << 20))
    lost = []

    def trouble(method, path, number):
        if method == "PUT" and "partNumber=2&" in path and not lost:
            lost.append(path)
            return "part"
        return None

    with Between(moto.url, trouble) as between:
        objects = Objects(project, moto)
        variables = {"AWS_ENDPOINT_URL_S3": between.url}
        answer = objects.one(action="put", url=f"{bucket}/x", path=str(project.folder / "in"), env=variables)
        assert answer == {"stored": True}, answer
    assert moto.boto().get_object(Bucket=bucket[5:], Key="x")["Body"].read() == content_of(1, 17 << 20)


def test_a_part_that_is_always_lost(project, moto, bucket):
    (project.folder / "in").write_bytes(content_of(1, 17 << 20))
    with Between(moto.url, lambda method, path, number: "part" if "partNumber=2&" in path and method == "PUT" else None) as between:
        variables = {"AWS_ENDPOINT_URL_S3": between.url}
        answer = Objects(project, moto).one(action="put", url=f"{bucket}/x", path=str(project.folder / "in"), env=variables)
    assert "stored" not in answer and answer["error"] == "failed", answer
    assert "Contents" not in moto.boto().list_objects_v2(Bucket=bucket[5:])


def test_a_killed_engine(project, moto, bucket):
    """In the middle of a long upload: there is no object, and the next attempt stores it."""
    (project.folder / "in").write_bytes(content_of(1, 64 << 20))
    request = {"id": 1, "action": "put", "url": f"{bucket}/x", "path": str(project.folder / "in")}
    with Between(moto.url, lambda method, path, number: "slow") as between:
        engine = subprocess.Popen(
            [project.tools.engine.resolve(), "objects", "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=project.environment({**moto.variables, "AWS_ENDPOINT_URL_S3": between.url}))
        engine.stdin.write(json.dumps(request).encode() + b"\n")
        engine.stdin.flush()
        deadline = time.monotonic() + 60
        while between.requests < 4:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.kill(engine.pid, signal.SIGKILL)
        assert engine.communicate()[0] == b""
    assert "Contents" not in moto.boto().list_objects_v2(Bucket=bucket[5:])
    assert Objects(project, moto).one(**{key: value for key, value in request.items() if key != "id"}) == {"stored": True}
    assert moto.boto().get_object(Bucket=bucket[5:], Key="x")["Body"].read() == content_of(1, 64 << 20)
