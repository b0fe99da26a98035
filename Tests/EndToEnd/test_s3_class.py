"""The class S3, in scripts and in steps."""

import json

import pytest


@pytest.fixture
def report(project, moto):
    bucket = "s3://" + moto.new_bucket()
    script = project.add("s3_report.py")
    variables = dict(moto.variables, METAFLOW_DATATOOLS_S3ROOT="s3://some-bucket/data", METAFLOW_S3_ENDPOINT_URL=moto.url,
                     METAFLOW_S3_RETRY_COUNT="0", METAFLOW_S3_TRANSIENT_RETRY_COUNT="0")
    outcome = project.python(script, bucket, env=variables, timeout=300).ended_with(0)
    return json.loads(outcome.stdout)


def of(name, shown, **more):
    found = dict(
        url="ROOT/" + name, key=shown, prefix="ROOT", exists=True, downloaded=False, size=None, text=None, metadata=None,
        content_type=None, has_info=False, part=None)
    return {**found, **more}


def fetched(name, text, **more):
    size = len(text)
    return of(name, name, **{
        "downloaded": True, "size": size, "text": text, "content_type": "binary/octet-stream", "has_info": True,
        "part": [size, 0, size], **more})


def missing(key):
    return of(key, key, exists=False)


@pytest.mark.peer
def test_everything_it_can(report):
    plain = {"content_type": None, "has_info": False, "part": None}
    blue = {"content_type": "text/plain", "metadata": {"colour": "blue"}}
    expected = {
        "put": "ROOT/a/0.txt", "put bytes": "ROOT/a/b/1.txt", "put stream": "ROOT/a/c/2.txt",
        "put number": "MetaflowS3InvalidObject", "put again": "ROOT/a/0.txt",
        "put many": [["m/1", "ROOT/m/1"], ["m/2", "ROOT/m/2"]], "put many again": [["m/3", "ROOT/m/3"]],
        "put files": [["f/1", "ROOT/f/1"], ["f/2 ü#", "ROOT/f/2 ü#"]], "put no file": "MetaflowS3NotFound",
        "put empty": "ROOT/empty", "put nothing": [],
        "get": fetched("a/0.txt", "zero"), "get with info": fetched("a/b/1.txt", "one", **blue),
        "get without info": fetched("a/b/1.txt", "one", **plain), "get missing": "MetaflowS3NotFound",
        "get missing returned": missing("none"), "get empty": fetched("empty", ""),
        "get part": fetched("f/1", "a ", part=[11, 5, 2]), "get rest": fetched("f/1", "a file", part=[11, 5, 6]),
        "get end": fetched("f/1", "file", part=[11, 7, 4]), "get behind": "MetaflowS3InvalidRange",
        "get odd": fetched("f/2 ü#", "from a file", content_type="x/y"),
        "get many": [
            fetched("m/2", "zwei", metadata={"n": 2}), fetched("m/1", "eins"), fetched("m/2", "we", metadata={"n": 2}, part=[4, 1, 2])],
        "get many missing": "MetaflowS3NotFound",
        "get many missing returned": [missing("none"), fetched("m/2", "zwei", metadata={"n": 2})],
        "get many without info": [fetched("m/1", "eins", **plain), fetched("m/2", "zwei", **plain)], "get nothing": [],
        "get recursive": [
            fetched("a/0.txt", "zero", key="0.txt", prefix="ROOT/a", **plain),
            fetched("a/b/1.txt", "one", key="b/1.txt", prefix="ROOT/a", **plain),
            fetched("a/c/2.txt", "two", key="c/2.txt", prefix="ROOT/a", **plain),
            fetched("m/1", "eins", key="1", prefix="ROOT/m", **plain), fetched("m/2", "zwei", key="2", prefix="ROOT/m", **plain),
            fetched("m/3", "tre", key="3", prefix="ROOT/m", **plain)],
        "get recursive with info": [fetched("m/1", "eins"), fetched("m/2", "zwei", metadata={"n": 2}), fetched("m/3", "tre")],
        "get all": [["a/0.txt", 4], ["a/b/1.txt", 3], ["a/c/2.txt", 3], ["empty", 0], ["f/1", 11], ["f/2 ü#", 11], ["m/1", 4],
                    ["m/2", 4], ["m/3", 3]],
        "absolute": "MetaflowS3URLException",
        "info": of("a/b/1.txt", "a/b/1.txt", size=3, has_info=True, **blue), "info missing": "MetaflowS3NotFound",
        "info missing returned": missing("none"),
        "info many": [
            of("m/2", "m/2", size=4, has_info=True, content_type="binary/octet-stream", metadata={"n": 2}),
            of("m/1", "m/1", size=4, has_info=True, content_type="binary/octet-stream")],
        "info many missing": "MetaflowS3NotFound",
        "info many missing returned": [
            missing("none"), of("m/2", "m/2", size=4, has_info=True, content_type="binary/octet-stream", metadata={"n": 2})],
        "paths": [
            of("a/0.txt", "0.txt", prefix="ROOT/a/", size=4), of("a/b/", "b", prefix="ROOT/a/", exists=False),
            of("a/c/", "c", prefix="ROOT/a/", exists=False), of("m/1", "1", prefix="ROOT/m/", size=4),
            of("m/2", "2", prefix="ROOT/m/", size=4), of("m/3", "3", prefix="ROOT/m/", size=3)],
        "paths of root": [
            of("empty", "empty", prefix="ROOT/", size=0), of("a/", "a", prefix="ROOT/", exists=False),
            of("f/", "f", prefix="ROOT/", exists=False), of("m/", "m", prefix="ROOT/", exists=False)],
        "paths of nothing": [],
        "recursive": [
            of("a/0.txt", "0.txt", prefix="ROOT/a", size=4), of("a/b/1.txt", "b/1.txt", prefix="ROOT/a", size=3),
            of("a/c/2.txt", "c/2.txt", prefix="ROOT/a", size=3), of("f/1", "1", prefix="ROOT/f", size=11),
            of("f/2 ü#", "2 ü#", prefix="ROOT/f", size=11)],
        "recursive of root": ["a/0.txt", "a/b/1.txt", "a/c/2.txt", "empty", "f/1", "f/2 ü#", "m/1", "m/2", "m/3"],
        "folder is gone": True,
        "full": fetched("a/0.txt", "zero", key="ROOT/a/0.txt", prefix=""),
        "full many": [
            fetched("a/0.txt", "zero", key="ROOT/a/0.txt", prefix=""), fetched("m/1", "eins", key="ROOT/m/1", prefix="")],
        "relative": "MetaflowS3URLException", "all without root": "MetaflowS3URLException", "no bucket": "MetaflowS3NotFound",
        "bad root": "MetaflowS3URLException", "run outside": "s3://some-bucket/data/F/7",
    }
    different = {name: (report.get(name), value) for name, value in expected.items() if report.get(name) != value}
    assert not different, json.dumps(different, indent=1)
    assert set(report) == set(expected)


@pytest.mark.peer
def test_in_steps(project, moto):
    bucket = moto.new_bucket()
    variables = dict(moto.variables, METAFLOW_DATATOOLS_S3ROOT=f"s3://{bucket}/data", METAFLOW_S3_ENDPOINT_URL=moto.url)
    flow = project.add("objects_of_a_run.py")
    run = project.python(flow, "run", env=variables).ended_with(0).run_id
    dumped = project.python(flow, "dump", f"{run}/end", "--max-value-size", "10000").ended_with(0).all
    assert "[('greeting', 'hello'), ('many/1', 'one'), ('many/2', 'two')]" in dumped
    names = [found["Key"] for found in moto.boto().list_objects_v2(Bucket=bucket)["Contents"]]
    assert names == [f"data/ObjectsOfARun/{run}/{key}" for key in ("greeting", "many/1", "many/2")]
