"""`penstock objects`: what the class S3 speaks to, against a real server."""

import hashlib
import json
import os

import pytest


class Objects:
    """Asks the engine about objects; each call is a process with all of its requests."""

    def __init__(self, project, server):
        self.project = project
        self.server = server

    def ask(self, *requests, **variables):
        lines = "".join(json.dumps(dict(request, id=number)) + "\n" for number, request in enumerate(requests))
        outcome = self.project.command(
            self.project.tools.engine.resolve(), "objects", "--stdio", input=lines, env={**self.server.variables, **variables})
        outcome.ended_with(0)
        answers = sorted((json.loads(line) for line in outcome.stdout.splitlines()), key=lambda answer: answer["id"])
        self.said = outcome.all
        return answers

    def one(self, **request):
        variables = request.pop("env", {})
        (answer,) = self.ask(request, **variables)
        answer.pop("id")
        return answer


@pytest.fixture
def objects(project, moto):
    return Objects(project, moto)


@pytest.fixture
def bucket(moto):
    return "s3://" + moto.new_bucket()


NAMES = ["plain", "a/b c/d+e", "üñî/☺", "a=b&c?d#e", "100%/x;y,z", "quote'\"<>", "tilde~*()!$@:"]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_put_comes_back(objects, bucket, project, name):
    project.write("in", "some content\n")
    source, target = project.folder / "in", project.folder / "out"
    url = f"{bucket}/{name}"
    assert objects.one(action="put", url=url, path=str(source), contentType="text/x", metadata={"a": "b"}) == {"stored": True}
    info = objects.one(action="info", url=url)
    assert (info["size"], info["contentType"], info["metadata"]) == (13, "text/x", {"a": "b"})
    got = objects.one(action="get", url=url, path=str(target))
    assert target.read_bytes() == source.read_bytes() and got["modified"] == info["modified"]
    (answer,) = objects.ask({"action": "list", "url": bucket, "recursive": True})
    assert [found["name"] for found in answer["objects"]] == [name]


def test_others_read_what_was_put_and_the_other_way_round(objects, bucket, project, moto):
    boto, name = moto.boto(), bucket[5:]
    project.write("in", "content")
    objects.one(action="put", url=f"{bucket}/ours", path=str(project.folder / "in"))
    assert boto.get_object(Bucket=name, Key="ours")["Body"].read() == b"content"
    boto.put_object(Bucket=name, Key="theirs", Body=b"other", Metadata={"key": "value"})
    got = objects.one(action="get", url=f"{bucket}/theirs", path=str(project.folder / "out"))
    assert (project.folder / "out").read_bytes() == b"other" and got["metadata"] == {"key": "value"}


@pytest.mark.parametrize("size", [0, 1, 8 << 20, (8 << 20) + 1, (21 << 20) + 12345])
def test_sizes(objects, bucket, project, size):
    content = hashlib.sha256(str(size).encode()).digest() * (size // 32 + 1)
    (project.folder / "in").write_bytes(content[:size])
    assert objects.one(action="put", url=f"{bucket}/x", path=str(project.folder / "in")) == {"stored": True}
    assert objects.one(action="get", url=f"{bucket}/x", path=str(project.folder / "out"))["size"] == size
    assert (project.folder / "out").read_bytes() == content[:size]


@pytest.mark.parametrize("offset, length, part", [
    (0, 3, b"012"), (4, None, b"456789"), (8, 50, b"89"), (None, -3, b"789"), (None, -99, b"0123456789"), (None, 2, b"01")])
def test_parts(objects, bucket, project, offset, length, part):
    project.write("in", "0123456789")
    objects.one(action="put", url=f"{bucket}/x", path=str(project.folder / "in"))
    got = objects.one(action="get", url=f"{bucket}/x", path=str(project.folder / "out"), offset=offset, length=length)
    assert (project.folder / "out").read_bytes() == part
    assert (got["length"], got["size"]) == (len(part), 10)


def test_a_part_behind_the_end(objects, bucket, project):
    project.write("in", "0123456789")
    objects.one(action="put", url=f"{bucket}/x", path=str(project.folder / "in"))
    got = objects.one(action="get", url=f"{bucket}/x", path=str(project.folder / "out"), offset=10, length=5)
    assert got["error"] == "badRange"


def test_a_long_part_of_a_long_object(objects, bucket, project):
    content = os.urandom(20 << 20)
    (project.folder / "in").write_bytes(content)
    objects.one(action="put", url=f"{bucket}/x", path=str(project.folder / "in"))
    objects.one(action="get", url=f"{bucket}/x", path=str(project.folder / "out"), offset=1 << 20, length=18 << 20)
    assert (project.folder / "out").read_bytes() == content[1 << 20 : 19 << 20]


def test_only_if_absent(objects, bucket, project):
    for number, stored in ((1, True), (2, False)):
        project.write("in", f"content {number}")
        answer = objects.one(action="put", url=f"{bucket}/x", path=str(project.folder / "in"), overwrite=False)
        assert answer == {"stored": stored}
    objects.one(action="get", url=f"{bucket}/x", path=str(project.folder / "out"))
    assert (project.folder / "out").read_text() == "content 1"


def test_of_many_one_wins(objects, bucket, project):
    requests = []
    for number in range(20):
        project.write(f"in-{number}", str(number))
        requests.append({"action": "put", "url": f"{bucket}/x", "path": str(project.folder / f"in-{number}"), "overwrite": False})
    answers = objects.ask(*requests)
    winners = [number for number, answer in enumerate(answers) if answer.get("stored")]
    assert len(winners) == 1, answers
    objects.one(action="get", url=f"{bucket}/x", path=str(project.folder / "out"))
    assert (project.folder / "out").read_text() == str(winners[0])


def test_listings(objects, bucket, moto):
    boto, name = moto.boto(), bucket[5:]
    names = sorted(f"a/{number:04}" for number in range(1100)) + ["a/sub/x", "a/sub/y", "b/z", "top"]
    for key in names:
        boto.put_object(Bucket=name, Key=key, Body=b"1")
    answers = objects.ask({"action": "list", "url": bucket, "recursive": True})
    assert [found["name"] for answer in answers for found in answer["objects"]] == names
    assert [answer.get("more", False) for answer in answers] == [True, False]
    level = objects.one(action="list", url=bucket)
    assert level["folders"] == ["a/", "b/"] and [found["name"] for found in level["objects"]] == ["top"]
    answers = objects.ask({"action": "list", "url": f"{bucket}/a/"})
    assert [folder for answer in answers for folder in answer["folders"]] == ["a/sub/"]
    assert sum(len(answer["objects"]) for answer in answers) == 1100


def test_what_is_not_there(objects, bucket, project):
    for request in ({"action": "info"}, {"action": "get", "path": str(project.folder / "out")}):
        assert objects.one(url=f"{bucket}/none", **request) == {"missing": True}
    assert objects.one(action="list", url=f"{bucket}/none")["objects"] == []
    nowhere = "s3://no-such-bucket-anywhere"
    assert objects.one(action="get", url=f"{nowhere}/x", path=str(project.folder / "out"))["error"] == "noBucket"
    assert objects.one(action="list", url=nowhere)["error"] == "noBucket"
    project.write("in", "x")
    assert objects.one(action="put", url=f"{nowhere}/x", path=str(project.folder / "in"))["error"] == "noBucket"
    assert objects.one(action="put", url=f"{bucket}/x", path=str(project.folder / "nothing"))["error"] == "noFile"


@pytest.mark.parametrize("url", ["http://x/y", "s3://", "s3://bucket-without-name", "s3://b@d/name"])
def test_what_is_no_address(objects, url):
    assert objects.one(action="info", url=url)["error"] == "badAddress"


def test_without_credentials(objects, bucket):
    answer = objects.one(action="info", url=f"{bucket}/x", env={"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None})
    assert answer["error"] == "failed" and "AWS_ACCESS_KEY_ID" in answer["message"]


def test_a_server_that_is_not_there(objects, bucket):
    answer = objects.one(
        action="info", url=f"{bucket}/x", env={"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1", "METAFLOW_S3_RETRY_COUNT": "1"})
    assert answer["error"] == "failed" and "2 attempts" in answer["message"]


def test_secrets_are_not_told(objects, bucket, moto):
    objects.one(action="get", url="s3://no-such-bucket-anywhere/x", path="/no/such/folder/out")
    assert moto.secret_key not in objects.said


def test_listings_of_several_pages(objects, bucket, moto):
    """As an engine lists what the jobs of large groups have said."""
    from concurrent.futures import ThreadPoolExecutor

    count = int(os.environ.get("PENSTOCK_LISTED_OBJECTS", "2300"))
    name, client = bucket[len("s3://"):], moto.boto()
    names = ["attempts/Flow/1/000000/said/%06d.report" % index for index in range(count)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda key: client.put_object(Bucket=name, Key=key, Body=b""), names + ["attempts/Flow/1/000001/said/000000.report"]))
    answers = objects.ask({"action": "list", "url": bucket + "/attempts/Flow/1/000000/said", "recursive": True})
    found = sorted(entry["name"].rsplit("/", 1)[-1] for answer in answers for entry in answer["objects"])
    assert found == [key.rsplit("/", 1)[-1] for key in names] and len(answers) >= count // 1000
