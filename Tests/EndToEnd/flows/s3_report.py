"""Does everything the class S3 can, and prints what came of it; the address of a bucket comes as an argument."""

import io
import json
import os
import sys

from metaflow import S3
from metaflow.plugins.datatools.s3 import S3GetObject, S3PutObject

ROOT = sys.argv[1].rstrip("/") + "/root"
report = {}


def shown(found):
    part = found.range_info
    return {
        "url": found.url.replace(ROOT, "ROOT"), "key": found.key.replace(ROOT, "ROOT"), "prefix": (found.prefix or "").replace(ROOT, "ROOT"),
        "exists": found.exists, "downloaded": found.downloaded, "size": found.size, "text": found.text,
        "metadata": found.metadata, "content_type": found.content_type, "has_info": found.has_info,
        "part": None if part is None else [part.total_size, part.request_offset, part.request_length]}


def note(name, made):
    try:
        value = made()
    except Exception as error:
        report[name] = type(error).__name__
        return
    report[name] = [shown(item) if hasattr(item, "exists") else item for item in value] if isinstance(value, list) else (
        shown(value) if hasattr(value, "exists") else value)


def stripped(value):
    return json.loads(json.dumps(value).replace(ROOT, "ROOT"))


with S3(s3root=ROOT) as s3:
    note("put", lambda: s3.put("a/0.txt", "zero"))
    note("put bytes", lambda: s3.put("a/b/1.txt", b"one", content_type="text/plain", metadata={"colour": "blue"}))
    note("put stream", lambda: s3.put("a/c/2.txt", io.BytesIO(b"two")))
    note("put number", lambda: s3.put("a/none", 7))
    note("put again", lambda: s3.put("a/0.txt", "other", overwrite=False))
    note("put many", lambda: s3.put_many([("m/1", "eins"), S3PutObject(key="m/2", value=b"zwei", metadata={"n": 2})]))
    note("put many again", lambda: s3.put_many([("m/1", "uno"), ("m/3", "tre")], overwrite=False))
    with open("local", "w") as stream:
        stream.write("from a file")
    note("put files", lambda: s3.put_files([("f/1", "local"), S3PutObject(key="f/2 ü#", path="local", content_type="x/y")]))
    note("put no file", lambda: s3.put_files([("f/3", "nowhere")]))
    note("put empty", lambda: s3.put("empty", ""))
    note("put nothing", lambda: s3.put_many([]))

    note("get", lambda: s3.get("a/0.txt"))
    note("get with info", lambda: s3.get("a/b/1.txt"))
    note("get without info", lambda: s3.get("a/b/1.txt", return_info=False))
    note("get missing", lambda: s3.get("none"))
    note("get missing returned", lambda: s3.get("none", return_missing=True))
    note("get empty", lambda: s3.get("empty"))
    note("get part", lambda: s3.get(S3GetObject("f/1", 5, 2)))
    note("get rest", lambda: s3.get(S3GetObject("f/1", 5, None)))
    note("get end", lambda: s3.get(S3GetObject("f/1", 0, -4)))
    note("get behind", lambda: s3.get(S3GetObject("f/1", 100, 2)))
    note("get odd", lambda: s3.get("f/2 ü#"))
    note("get many", lambda: s3.get_many(["m/2", "m/1", S3GetObject("m/2", 1, 2)]))
    note("get many missing", lambda: s3.get_many(["m/2", "none"]))
    note("get many missing returned", lambda: s3.get_many(["none", "m/2"], return_missing=True))
    note("get many without info", lambda: s3.get_many(["m/1", "m/2"], return_info=False))
    note("get nothing", lambda: s3.get_many([]))
    note("get recursive", lambda: s3.get_recursive(["a", "m"]))
    note("get recursive with info", lambda: s3.get_recursive(["m"], return_info=True))
    note("get all", lambda: sorted([found.key, found.size] for found in s3.get_all()))
    note("absolute", lambda: s3.get(ROOT + "/a/0.txt"))

    note("info", lambda: s3.info("a/b/1.txt"))
    note("info missing", lambda: s3.info("none"))
    note("info missing returned", lambda: s3.info("none", return_missing=True))
    note("info many", lambda: s3.info_many(["m/2", "m/1"]))
    note("info many missing", lambda: s3.info_many(["m/2", "none"]))
    note("info many missing returned", lambda: s3.info_many(["none", "m/2"], return_missing=True))

    note("paths", lambda: s3.list_paths(["a", "m"]))
    note("paths of root", lambda: s3.list_paths())
    note("paths of nothing", lambda: s3.list_paths(["none"]))
    note("recursive", lambda: s3.list_recursive(["a", "f"]))
    note("recursive of root", lambda: sorted(found.key for found in s3.list_recursive()))
    folder = os.path.dirname(s3.get("a/0.txt").path)
report["folder is gone"] = not os.path.exists(folder)

with S3() as s3:
    note("full", lambda: s3.get(ROOT + "/a/0.txt"))
    note("full many", lambda: s3.get_many([ROOT + "/a/0.txt", ROOT + "/m/1"]))
    note("relative", lambda: s3.get("a/0.txt"))
    note("all without root", lambda: s3.get_all())
    note("no bucket", lambda: s3.get("s3://no-such-bucket-anywhere/x"))
note("bad root", lambda: S3(s3root="http://x"))
note("run outside", lambda: S3(run=type("Run", (), {"id": "7", "parent": type("Flow", (), {"id": "F"})})())._s3root)

print(json.dumps(stripped(report), indent=1, sort_keys=True))
