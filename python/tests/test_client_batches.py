"""How often the client asks, and how it reads what is large."""

import os
import pickle

import pytest

import penstock
from client_world import world  # noqa: F401
from penstock import exception as e
from penstock.client import _connection

COUNT = 60


@pytest.fixture
def wide(world):
    """A run whose step has many tasks, the last of which still runs."""
    world.run("W/1")
    world.add("W", "flow")
    world.add("W/1/body", "step", task_count=COUNT)
    for number in range(COUNT):
        path = "W/1/body/%d" % number
        running = {"finished_at": None, "successful": False, "finished": False} if number == COUNT - 1 else {}
        world.task(path, index=number, **running)
        world.artifact(path, "x", number + 1000)
        world.artifact(path, "y", "text %d" % number)
        world.artifact(path, "big", b"z" * 2000)
        world.artifact(path, "_hidden", None)
        world.artifact(path, "common", ["shared"])
        world["metadata"][path] = [{"name": "n", "value": str(number), "type": "n", "attempt": 1, "created_at": 1.0}]
    world.write()
    step = penstock.Step("W/1/body")
    world.started = len(world.asked())
    world.requests = lambda: world.asked()[world.started :]
    return world, step


def kinds(requests):
    return [request["type"] for request in requests]


def test_one_question_for_a_listing(wide):
    world, step = wide
    tasks = list(step)
    assert [task.index for task in tasks] == list(range(COUNT))[::-1] and all(task.successful for task in tasks[1:])
    assert all(task.tags == tasks[0].tags for task in tasks)
    assert kinds(world.requests()) == ["children"]  # the run, which has the tags, is known from the namespace check


def test_values_of_tasks_that_are_read_one_after_the_other(wide):
    world, step = wide
    assert [task.data.x for task in step] == list(range(1000, 1000 + COUNT))[::-1]
    requests = world.requests()
    assert kinds(requests) == ["children"] + ["artifacts"] * 3
    assert all(request["names"] == ["x"] and request["values"] for request in requests[1:])
    asked = [task for request in requests[1:] for task in request["tasks"]]
    assert len(asked) == len(set(asked)) == COUNT and len(requests[1]["tasks"]) == 1


def test_nothing_is_asked_ahead_of_a_single_task(wide):
    world, step = wide
    assert next(iter(step)).data.x == 999 + COUNT and step["7"].data.x == 1007 and step.task.data.y == "text 59"
    assert [request for request in kinds(world.requests()) if request == "artifacts"] == ["artifacts"] * 3


def test_the_other_way_round(wide):
    world, step = wide
    tasks = list(step)[::-1]
    assert [task.data.x for task in tasks[:30]] == list(range(1000, 1030))
    asked = {task for request in world.requests() if request["type"] == "artifacts" for task in request["tasks"]}
    assert {str(number) for number in range(30)} <= asked and len(asked) < COUNT
    assert "59" not in asked  # that one still runs


def test_every_value_of_every_task(wide):
    world, step = wide
    found = {task.id: {each.id: each.data for each in task} for task in step}
    assert found["5"] == {"x": 1005, "y": "text 5", "big": b"z" * 2000, "common": ["shared"]}
    assert found["5"]["common"] is not found["6"]["common"]
    requests = kinds(world.requests())
    assert requests.count("artifacts") <= 8
    assert requests.count("blob") <= COUNT + 8  # only what is large, and what was read before there was a pattern


def test_metadata(wide):
    world, step = wide
    assert [task.metadata_dict["n"] for task in step] == [str(number) for number in range(COUNT)][::-1]
    assert kinds(world.requests()) == ["children"] + ["metadata"] * COUNT


def test_listings_of_tasks_that_still_run_are_not_kept(wide):
    world, step = wide
    running, done = step["59"], step["58"]
    for _ in range(2):
        assert len(list(running)) == len(list(done)) == 4
    assert kinds(world.requests()).count("artifacts") == 3


def test_a_value_is_read_again(wide):
    _, step = wide
    data = step["3"].data
    assert data.x == data.x == 1003 and step["3"]["x"].data == 1003
    artifact = step["3"].artifacts.y
    assert artifact.data == artifact.data == "text 3"
    assert data.big is data.big
    with pytest.raises(AttributeError, match="no artifact 'z'; there are: big, common, x, y"):
        data.z
    assert pickle.loads(pickle.dumps(data)).x == 1003


def test_an_engine_that_dies_between_answers(wide):
    world, step = wide
    tasks = iter(step)
    assert [next(tasks).data.x for _ in range(5)] == [1059, 1058, 1057, 1056, 1055]
    world["die"] = "artifacts"
    world.write()
    _connection._close_all()
    assert [task.data.x for task in tasks] == list(range(1000, 1055))[::-1]


def test_large_values_go_to_files(wide, tmp_path):
    _, step = wide
    artifact = step["3"]["big"]
    raw = pickle.dumps(b"z" * 2000, 4)
    with artifact.open() as file:
        assert file.read(2) == raw[:2] and file.read() == raw[2:] and file.seek(0) == 0
    assert artifact.save(tmp_path / "big") == len(raw) == artifact.size and (tmp_path / "big").read_bytes() == raw
    assert step["3"]["x"].save(str(tmp_path / "x")) and pickle.loads((tmp_path / "x").read_bytes()) == 1003
    with pytest.raises(OSError):
        artifact.save(tmp_path / "nowhere" / "big")
    assert sorted(name for name in os.listdir(tmp_path) if "big" in name) == ["big"]
    with pytest.raises(e.MissingArtifactError, match="gone from the store"):
        penstock.DataArtifact("F/2/start/1/lost").save(tmp_path / "lost")
    assert not (tmp_path / "lost").exists()


def test_a_long_listing_comes_in_pages(wide, monkeypatch):
    from penstock.client import _steps

    world, step = wide
    monkeypatch.setattr(_steps, "_PAGE", 20)
    assert [task.index for task in step] == list(range(COUNT))[::-1] and step.finished_at is None
    assert [(each["limit"], each.get("before")) for each in world.requests()][:4] == [(20, None), (20, "40"), (20, "20"), (20, "0")]
