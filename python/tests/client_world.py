"""A made-up store for the client's tests, and the fixture that serves it."""

import hashlib
import io
import json
import pickle
import sys
import tarfile

import pytest

from conftest import HERE
from penstock import exception as e
from penstock._foreach import ForeachFrame
from penstock.client import _connection, _settings

USER = ["user:tester", "runtime:dev"]


class Kept:
    """A class that artifacts are made of."""

    def __init__(self, x):
        self.x = x


class World(dict):
    def __init__(self):
        super().__init__(objects={}, blobs={}, artifacts={}, metadata={}, logs={}, code={}, neighbours={}, cards={})
        self.clock = 1700000000.25

    def add(self, path, kind, **facts):
        self.clock += 1
        above, _, name = path.rpartition("/")
        record = {"kind": kind, "id": name, "created_at": self.clock, "finished_at": self.clock + 0.5, "above": above}
        self["objects"][path] = dict(record, **facts)

    def run(self, path, **facts):
        kept = {"successful": True, "finished": True, "user_tags": ["mine"], "system_tags": USER, "origin_run": None,
                "end_task": path + "/end/9"}
        self.add(path, "run", **dict(kept, **facts))

    def task(self, path, **facts):
        kept = {"step": path.split("/")[2], "successful": True, "finished": True, "attempt": 1, "done_attempt": 1,
                "index": None, "origin_task": None}
        self.add(path, "task", **dict(kept, **facts))

    def artifact(self, path, name, value, attempt=1, raw=None):
        raw = pickle.dumps(value, 4) if raw is None else raw
        digest = hashlib.sha256(raw).hexdigest()
        self["blobs"][digest] = raw
        self["artifacts"].setdefault(path, []).append(
            {"name": name, "digest": digest, "size": len(raw), "type": type(value).__name__, "encoding": "pickle-4",
             "attempt": attempt, "created_at": self.clock})


def archive():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        files = [("flow.py", b"print()\n"), ("sub/m.py", b"x"), (".mf_code/penstock/x.py", b""),
                 (".mf_meta/INFO", b'{"script": "flow.py", "username": "tester"}'), ("../evil.py", b"")]
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def made_world():
    world = World()
    world.add("F", "flow")
    world.add("G", "flow")
    world.run("F/1", successful=False)
    world.run("F/2")
    world.run("F/3", successful=False, finished=False, end_task=None, finished_at=None, user_tags=[])
    world.run("F/4", system_tags=["user:other"], successful=True)
    world.run("G/1", system_tags=["user:other"])
    for step in ("_parameters", "start", "body", "join", "end"):
        world.add("F/2/" + step, "step", task_count=1)
    graph = {"steps": {"start": {"next": ["body"]}, "body": {"next": ["join"]}, "join": {"next": ["end"]}, "end": {"next": []}}}
    world.task("F/2/_parameters/0")
    world.artifact("F/2/_parameters/0", "_graph_info", graph)
    world.task("F/2/start/1")
    for index, task in enumerate("23"):
        world.task("F/2/body/" + task, index=index, origin_task="7", origin_run="1")
        world.artifact("F/2/body/" + task, "_foreach_stack", [ForeachFrame("start", "v", 2, index, "x")])
    world.task("F/2/join/4", successful=False, finished=False, attempt=1)
    world.task("F/2/end/9")
    for before, after in (("start/1", "body/2"), ("start/1", "body/3"), ("body/2", "join/4"), ("body/3", "join/4")):
        world["neighbours"].setdefault(("F/2/" + before, "out"), []).append("F/2/" + after)
        world["neighbours"].setdefault(("F/2/" + after, "in"), []).append("F/2/" + before)
    path = "F/2/start/1"
    world.artifact(path, "x", [1, "\u00fc"])
    world.artifact(path, "x", "before", attempt=0)
    world.artifact(path, "big", b"y" * 100000)
    world.artifact(path, "kept", Kept(3))
    world.artifact(path, "_hidden", 5)
    world.artifact(path, "lost", 1)
    del world["blobs"][world["artifacts"][path][-1]["digest"]]
    world.artifact(path, "other", None, raw=b"\x80\x04c__main__\nOnlyThere\n)\x81.")
    world.artifact(path, "frames", None, raw=b"\x80\x04c__main__\nForeachFrame\n(Vs\nVv\nK\x02K\x00Vx\nt\x81.")
    world.artifact("F/2/end/9", "result", 42)
    world.artifact("F/2/join/4", "_exception", e.MetaflowExceptionWrapper(None, "builtins.ValueError", "no", "Traceback"))
    world["metadata"][path] = [
        {"name": name, "value": value, "type": name, "attempt": n, "created_at": 1700000100 + n}
        for n in (1, 0) for name, value in (("attempt", str(n)), ("attempt_ok", str(n == 1)), ("attempt-done", str(n)))
    ]
    world["logs"][(path, "stdout", None)] = [(1700000000.5, "one"), (1700000001.5, "zw\u00f6lf")]
    world["logs"][(path, "stdout", 0)] = [(1700000000.5, "first")]
    raw = archive()
    digest = hashlib.sha256(raw).hexdigest()
    world["blobs"][digest] = raw
    world["code"]["F/2"] = {"digest": digest, "script": "sub/../flow.py", "metadata": "{}"}
    return world


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A made-up store and the way to change it: the engine reads it when it starts."""
    engine = tmp_path / "penstock"
    engine.write_text("#!%s\nimport sys\nsys.path.insert(0, %r)\nimport fake_serve\nfake_serve.main(sys.argv[1:])\n"
                      % (sys.executable, str(HERE)))
    engine.chmod(0o755)
    made = made_world()
    file = tmp_path / "world"
    file.write_bytes(pickle.dumps(dict(made), 4))
    monkeypatch.setenv("PENSTOCK_ENGINE", str(engine))
    monkeypatch.setenv("FAKE_WORLD", str(file))
    monkeypatch.setenv("METAFLOW_USER", "tester")
    monkeypatch.delenv("PENSTOCK_USER", raising=False)
    monkeypatch.setattr(_settings, "_namespace", _settings._UNSET)
    monkeypatch.setattr(_settings, "_place", None)
    monkeypatch.chdir(tmp_path)
    made.file = file
    made.asked = lambda: [json.loads(line) for line in (tmp_path / "world.asked").read_text().splitlines()]
    made.write = lambda: file.write_bytes(pickle.dumps(dict(made), 4))
    made.starts = lambda: [line.split() for line in (tmp_path / "world.starts").read_text().splitlines()]
    yield made
    _connection._close_all()
    _connection._engines.clear()
