"""The client against a made-up store."""

import datetime
import hashlib
import os
import pickle
import signal
import subprocess
import sys

import pytest

import penstock
from client_world import USER, world  # noqa: F401
from conftest import SDK, wait_for
from penstock import client
from penstock import exception as e
from penstock._foreach import ForeachFrame
from penstock.client import _connection


def test_flows_and_runs(world):
    assert [flow.id for flow in penstock.Metaflow()] == ["F"]
    assert "F" in penstock.Metaflow() and "G" not in penstock.Metaflow()
    flow = penstock.Flow("F")
    assert (flow.pathspec, flow.parent, flow.tags, flow.path_components) == ("F", None, frozenset(), ["F"])
    assert [run.id for run in flow] == ["3", "2", "1"]
    assert [run.id for run in flow.runs("mine")] == ["2", "1"] and list(flow.runs("none")) == []
    assert flow.latest_run.id == "3" and flow.latest_successful_run.id == "2"
    assert "2" in flow and "9" not in flow and "4" in flow  # it is there, though not for this namespace
    with pytest.raises(e.MetaflowNamespaceMismatch):
        flow["4"]
    run = flow["2"]
    assert run == penstock.Run("F/2") and run.parent == flow and repr(run) == "Run('F/2')"
    assert run.successful and run.finished and run.tags == {"mine", *USER}
    assert run.user_tags == {"mine"} and run.system_tags == set(USER)
    assert isinstance(run.created_at, datetime.datetime) and run.finished_at > run.created_at
    assert run.data.result == 42 and run.end_task.pathspec == "F/2/end/9"
    assert run.trigger is None and run.origin_pathspec is None
    unfinished = flow["3"]
    assert (unfinished.finished, unfinished.finished_at, unfinished.end_task, unfinished.data) == (False, None, None, None)
    with pytest.raises(KeyError):
        flow["9"]


def test_steps_and_tasks(world):
    run = penstock.Run("F/2")
    assert [step.id for step in run] == ["end", "join", "body", "start"]
    assert [step.id for step in run.steps("mine")] == ["end", "join", "body", "start"] and list(run.steps("x")) == []
    body = run["body"]
    assert [task.id for task in body] == ["3", "2"] and [task.index for task in body] == [1, 0]
    assert body.task.id == "3" and body.control_task is None and list(body.tasks("x")) == []
    assert body.finished_at == body["3"].finished_at
    assert [s.id for s in body.parent_steps] == ["start"] and [s.id for s in body.child_steps] == ["join"]
    assert [t.pathspec for t in run["start"].task.child_tasks] == ["F/2/body/2", "F/2/body/3"]
    assert list(body["2"].parent_task_pathspecs) == ["F/2/start/1"]
    assert list(body["2"].child_task_pathspecs) == ["F/2/join/4"]
    assert [t.id for t in run["join"].task.parent_tasks] == ["2", "3"]
    assert run._graph_endpoints == ("start", "end") == penstock.Run("F/1")._graph_endpoints
    assert body["2"].origin_pathspec == "F/1/body/7" and run["start"].task.origin_pathspec is None
    assert run["start"].task.tags == run.tags and body.tags == run.tags
    failed = run["join"].task
    assert not failed.successful and not failed.finished
    assert (failed.exception.type, str(failed.exception)) == ("builtins.ValueError", "Traceback")
    assert failed.exception == penstock.Task(failed.pathspec).exception and failed.exception != Exception("no")
    assert run["start"].task.exception is None and run["start"].task.finished
    assert penstock.Step("F/2/body").parent.parent.id == "F"


def test_artifacts(world):
    task = penstock.Task("F/2/start/1")
    assert task.data.x == [1, "\u00fc"] and task.data.big == b"y" * 100000 and task.data._hidden == 5
    assert task["kept"].data.x == 3
    assert "x" in task.data and "nothing" not in task.data and "x" in task
    assert "_hidden" not in list(task.data) and list(task.data) == ["big", "frames", "kept", "lost", "other", "x"]
    assert [each.id for each in task] == ["big", "frames", "kept", "lost", "other", "x"]
    assert task.artifacts.x.data == [1, "\u00fc"] and task.artifacts.x == penstock.DataArtifact("F/2/start/1/x")
    artifact = task["big"]
    assert (artifact.pathspec, artifact.parent) == ("F/2/start/1/big", task)
    assert artifact.size == len(pickle.dumps(b"y" * 100000, 4))
    assert artifact.sha == hashlib.sha256(pickle.dumps(b"y" * 100000, 4)).hexdigest()
    assert artifact.path_components == ["F", "2", "start", "1", "big"] and artifact.finished_at
    with pytest.raises(AttributeError, match="no artifact 'nothing'; there are: big, frames"):
        task.data.nothing
    with pytest.raises(KeyError):
        task["nothing"]
    with pytest.raises(e.MissingArtifactError, match="gone from the store"):
        task.data.lost
    with pytest.raises(e.MissingArtifactError, match="class OnlyThere was defined in the flow's file"):
        task.data.other
    assert task.data.frames == ForeachFrame("s", "v", 2, 0, "x")


def test_attempts(world):
    first = penstock.Task("F/2/start/1", attempt=0)
    assert first.data.x == "before" and first.current_attempt == 0 and first.stdout == "first\n"
    assert [item.value for item in first.metadata] == ["0", "False", "0"]
    assert (first.successful, first.finished) == (False, False) and first.finished_at == first.metadata[-1].created_at
    assert penstock.Task("F/2/start/1", attempt=1).successful and penstock.Task("F/2/start/1", attempt=2).finished_at is None
    latest = penstock.Task("F/2/start/1")
    assert latest.current_attempt == 1 and latest.metadata_dict["attempt"] == "1"
    assert penstock.DataArtifact("F/2/start/1/x", attempt=0).data == "before"
    assert first != latest and repr(first) == "Task('F/2/start/1', attempt=0)" and first.parent == latest.parent
    assert penstock.DataArtifact("F/2/start/1/x", attempt="0").parent.current_attempt == 0
    for wrong in (-1, 6, "one", [1]):
        with pytest.raises(e.MetaflowNotFound):
            penstock.Task("F/2/start/1", attempt=wrong)
    with pytest.raises(e.MetaflowNotFound):
        penstock.Run("F/2", attempt=1)


def test_logs_and_metadata(world):
    task = penstock.Task("F/2/start/1")
    assert task.stdout == "one\nzw\u00f6lf\n" and task.stderr == ""
    assert task.stdout_size == len("one\nzw\u00f6lf\n".encode()) and task.stderr_size == 0
    assert list(task.loglines("stdout"))[1] == (datetime.datetime(2023, 11, 14, 22, 13, 21, 500000), "zw\u00f6lf")
    assert [item.value for item in task.metadata if item.type == "attempt"] == ["0", "1"] and task.metadata[0].task == task
    assert task.runtime_name == "dev" and task.environment_info is None


def test_code(world):
    code = penstock.Run("F/2").code
    assert code.script_name == "flow.py" and code.flowspec == b"print()\n"
    assert code.info == {"script": "flow.py", "username": "tester"}
    assert "sub/m.py" in code.tarball.getnames() and len(code.path) == 64
    with code.extract() as folder:
        found = sorted(os.path.relpath(os.path.join(at, name), folder) for at, _, names in os.walk(folder) for name in names)
    assert found == ["flow.py", "sub/m.py"]
    assert penstock.Run("F/1").code is None and penstock.Task("F/2/start/1").code.script_name == "flow.py"


def test_tags(world):
    run = penstock.Run("F/2")
    run.add_tag("new")
    run.add_tags(["a", "b"])
    assert run.user_tags == {"mine", "new", "a", "b"}
    run.remove_tags(["a", "new"])
    run.replace_tag("b", ["c", "d"])
    assert run.user_tags == {"mine", "c", "d"} and run["start"].task.user_tags == {"mine", "c", "d"}
    with pytest.raises(e.MetaflowTaggingError, match="No tag"):
        run.add_tags([])
    with pytest.raises(e.MetaflowTaggingError, match="system tag"):
        run.remove_tag("user:tester")
    with pytest.raises(e.MetaflowTaggingError, match="a text"):
        run.add_tags([1])


def test_namespaces(world):
    assert client.get_namespace() == "user:tester"
    for path, cls in (("F/4", penstock.Run), ("G", penstock.Flow), ("G/1", penstock.Run)):
        with pytest.raises(e.MetaflowNamespaceMismatch):
            cls(path)
    assert client.namespace("user:other") == "user:other"
    assert penstock.Run("F/4").id == "4" and penstock.Flow("G").latest_run.id == "1"
    with pytest.raises(e.MetaflowNamespaceMismatch, match="user:other"):
        penstock.Run("F/2")
    assert client.namespace(None) is None and client.get_namespace() is None
    assert [flow.id for flow in penstock.Metaflow().flows] == ["G", "F"] and len(list(penstock.Flow("F"))) == 4
    assert client.default_namespace() == "user:tester"
    run = penstock.Run("F/2")
    client.namespace("user:other")
    assert not run.is_in_namespace()
    assert run["start"].task.data.x == [1, "\u00fc"]  # seen before, and with it what is below
    assert [each.id for each in run.parent] == ["3", "2", "1"]
    restored = pickle.loads(pickle.dumps(run))
    assert restored["start"].task.data.x == [1, "\u00fc"]
    assert restored == run and restored.user_tags == {"mine"}
    unchecked = penstock.Run("F/2", _namespace_check=False)
    assert [each.id for each in unchecked.parent] == ["4", "3", "2", "1"]


@pytest.mark.parametrize(
    "cls, path",
    [("Flow", "F/1"), ("Run", "F"), ("Run", "F/2/start"), ("Run", "F/"), ("Run", None), ("Step", "F/2"), ("Task", "F/2/start"),
     ("Task", ""), ("DataArtifact", "F/2/start/1")],
)
def test_paths_of_another_depth(world, cls, path):
    with pytest.raises(e.MetaflowInvalidPathspec, match="of the form"):
        getattr(penstock, cls)(path)


@pytest.mark.parametrize("cls, path", [("Flow", "X"), ("Run", "F/99"), ("Step", "F/2/x"), ("Task", "F/2/start/8")])
def test_what_does_not_exist(world, cls, path):
    with pytest.raises(e.MetaflowNotFound, match="does not exist"):
        getattr(penstock, cls)(path)


def test_where_runs_are_read_from(world, tmp_path):
    assert client.get_metadata() == "local@/somewhere"
    client.metadata("local@" + str(tmp_path))
    assert penstock.Run("F/2").id == "2"
    assert client.default_metadata() == "local@/somewhere"
    assert [start[1:] for start in world.starts()] == [[], ["--root", str(tmp_path)]]
    for wrong in ("service@http", "https://host", "nowhere"):
        with pytest.raises(ValueError, match="local@"):
            client.metadata(wrong)
    client.inspect_spin(str(tmp_path))
    assert client.get_metadata() == "spin@%s" % tmp_path and penstock.Metaflow().flows and world.starts()[-1][1:] == ["--root", str(tmp_path), "--spin"]


def test_objects_keep_reading_where_they_come_from(world, tmp_path):
    run = penstock.Run("F/2")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = penstock.Run("F/1", _current_metadata="local@%s" % elsewhere)
    assert [start[1:] for start in world.starts()] == [[], ["--root", str(elsewhere)]]
    client.metadata(str(elsewhere))
    assert run["start"].task.data.x == [1, "\u00fc"] and other.parent["2"] == run and other._engine is not run._engine
    restored = pickle.loads(pickle.dumps(other))
    assert restored._engine is other._engine
    elsewhere.rmdir()
    client.default_metadata()
    assert pickle.loads(pickle.dumps(other)) == other  # its folder is gone: read from here
    assert len(world.starts()) == 2


def test_an_engine_that_dies_is_started_again(world):
    assert penstock.Run("F/2").id == "2"
    (start,) = world.starts()
    os.kill(int(start[0]), signal.SIGKILL)
    assert penstock.Run("F/2").id == "2" and len(world.starts()) == 2
    world["die"] = "metadata"
    world.file.write_bytes(pickle.dumps(dict(world), 4))
    _connection._close_all()
    assert penstock.Task("F/2/start/1").metadata_dict["attempt"] == "1"


def test_forks_and_threads_keep_apart(world):
    import threading

    run = penstock.Run("F/2")
    results = []
    threads = [threading.Thread(target=lambda: results.append(run["start"].task.data.big[:3])) for _ in range(8)]
    for thread in threads:
        thread.start()
    pid = os.fork()
    if pid == 0:
        os._exit(0 if run["start"].task.data.x == [1, "\u00fc"] else 1)
    for thread in threads:
        thread.join()
    assert os.waitpid(pid, 0)[1] == 0
    assert results == [b"yyy"] * 8 and len(world.starts()) == 2


def test_another_version_is_refused(world):
    world["protocol"] = 2
    world.file.write_bytes(pickle.dumps(dict(world), 4))
    with pytest.raises(e.MetaflowInternalError, match="version 2 of the protocol, this client version 1"):
        penstock.Run("F/2")


def test_no_engine(world, monkeypatch):
    monkeypatch.setenv("PENSTOCK_ENGINE", "/nowhere/penstock")
    with pytest.raises(e.MetaflowException, match="/nowhere/penstock cannot be started: No such file"):
        penstock.Run("F/2")
    monkeypatch.delenv("PENSTOCK_ENGINE")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(sys, "prefix", "/nowhere")  # the environment that runs the tests may have an engine
    with pytest.raises(e.MetaflowException, match="PENSTOCK_ENGINE="):
        penstock.Run("F/2")


@pytest.mark.parametrize(
    "ending", ["pass", "import os; os._exit(0)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
)
def test_the_engine_ends_with_the_process(world, ending):
    code = "import sys; sys.path.insert(0, %r); from penstock import Run; Run('F/2'); %s" % (str(SDK), ending)
    subprocess.run([sys.executable, "-c", code], check=False)
    (start,) = world.starts()

    def gone():
        try:
            with open("/proc/%s/stat" % start[0]) as stat:
                return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
        except OSError:
            return True

    wait_for(gone, "the engine to end")
