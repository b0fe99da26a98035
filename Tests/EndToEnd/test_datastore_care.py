"""penstock runs delete, datastore verify and datastore gc, on runs of real flows."""

import json
import os
import pty

import pytest

FLOW = """
from penstock import FlowSpec, Parameter, card, step

class Keeper(FlowSpec):
    number = Parameter("number", default=1)
    fail = Parameter("fail", default=False)

    @card
    @step
    def start(self):
        import random
        self.large = random.Random(self.number).randbytes(300_000)
        self.small = b"value %d" % self.number
        print("number", self.number)
        self.next(self.end)

    @step
    def end(self):
        if self.fail:
            raise SystemExit(3)

if __name__ == "__main__":
    Keeper()
"""


class Store:
    """A project with runs, and what its folder holds."""

    def __init__(self, project):
        self.project = project
        self.file = project.write("keeper.py", FLOW)
        self.folder = project.store / ".penstock"

    def run(self, number=1, *more, code=0):
        return self.project.run(self.file, "--number", str(number), *more).ended_with(code).run_id

    def bytes(self):
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file() and "sqlite" not in path.name)

    def loose(self):
        return sorted((self.folder / "blobs").rglob("*")) if (self.folder / "blobs").exists() else []

    def engine(self, *words, code=0):
        return self.project.engine(*words).ended_with(code)

    def json(self, *words, code=0):
        return json.loads(self.engine(*words, "--json", code=code).stdout)

    def value(self, run, name="small"):
        return self.project.ask(f"len(Run('Keeper/{run}').data.{name})")


@pytest.fixture
def store(project):
    return Store(project)


def test_a_deleted_run_is_gone_and_its_bytes_go_with_the_collection(store):
    kept, gone = store.run(1), store.run(2)
    before = store.bytes()
    said = store.engine("runs", "delete", f"Keeper/{gone}", "--yes")
    assert "1 run deleted." in said.stdout and "datastore gc --delete" in said.stderr
    assert [run["run"] for run in store.json("runs")] == [kept]
    assert not (store.folder / "logs" / "Keeper" / f"{gone}.log").exists()
    store.engine("show", f"Keeper/{gone}", code=1)

    plan = store.json("datastore", "gc")
    assert plan["dry_run"] and plan["freed"] > 300_000 and store.bytes() >= before - 2000
    done = store.json("datastore", "gc", "--delete")
    assert not done["dry_run"] and done["freed"] == plan["freed"] and done["loose_files"]["files"] == 1
    assert store.bytes() < before - 300_000
    assert store.value(kept, "large") == 300_000
    assert store.json("datastore", "gc")["freed"] == 0
    assert store.json("datastore", "verify")["right"]


def test_a_resumed_run_keeps_what_it_has_from_a_deleted_one(store):
    origin = store.run(3, "--fail", "True", code=1)
    heir = store.project.flow(store.file, "resume", "--origin-run-id", origin, "end")
    heir_id = heir.run_id
    assert heir.code == 1, "the parameter is the origin's"
    store.engine("runs", "delete", "Keeper", "--status", "failed", "--keep", "1", "--yes")
    assert [run["run"] for run in store.json("runs")] == [heir_id]
    store.engine("datastore", "gc", "--delete")
    assert store.project.ask(f"len(Run('Keeper/{heir_id}')['start'].task.data.large)") == 300_000
    facts = store.project.ask(f"Run('Keeper/{heir_id}')['start'].task.metadata_dict.get('attempt_ok')")
    assert facts == "True"
    assert len(store.project.ask(f"[c.type for c in __import__('metaflow').cards.get_cards('Keeper/{heir_id}/start/1')]")) == 1
    assert store.json("datastore", "verify", "--run", f"Keeper/{heir_id}")["right"]


def test_deleting_has_to_be_confirmed(store):
    run = store.run()
    refused = store.engine("runs", "delete", f"Keeper/{run}", code=2)
    assert "--yes" in refused.stderr
    assert "--all" in store.engine("runs", "delete", "Keeper", "--yes", code=2).stderr
    assert "would be deleted" in store.engine("runs", "delete", "Keeper", "--all", "--dry-run").stdout
    assert len(store.json("runs")) == 1


@pytest.mark.parametrize("answer, left", [("n", 1), ("", 1), ("y", 0)])
def test_a_person_is_asked(store, answer, left):
    run = store.run()
    main, other = pty.openpty()
    words = [str(store.project.tools.engine.resolve()), "runs", "delete", f"Keeper/{run}"]
    process = os.posix_spawn(
        words[0], words, store.project.environment(), file_actions=[(os.POSIX_SPAWN_DUP2, other, n) for n in (0, 1, 2)])
    os.write(main, answer.encode() + b"\n")
    os.waitpid(process, 0)
    said = os.read(main, 65536).decode()
    os.close(main)
    os.close(other)
    assert "Delete 1 run?" in said and run in said
    assert len(store.json("runs")) == left


def test_runs_are_chosen_by_age_status_and_number(store):
    runs = [store.run(number) for number in (1, 2, 3)]
    assert store.json("runs", "delete", "Keeper", "--older-than", "1", "--yes")["deleted"] == []
    assert store.json("runs", "delete", "Keeper", "--status", "failed", "--yes")["deleted"] == []
    assert store.json("runs", "delete", "Keeper", "--keep", "1", "--yes")["deleted"] == [
        f"Keeper/{run}" for run in reversed(runs[:2])]
    assert [run["run"] for run in store.json("runs", "list")] == runs[2:]


def test_verify_finds_what_is_gone_and_what_was_changed(store):
    run, other = store.run(5), store.run(6)
    [first, second] = [path for path in store.loose() if path.is_file() and 300_000 <= path.stat().st_size < 301_000]
    first.chmod(0o644)
    content = bytearray(first.read_bytes())
    content[1000] ^= 1
    first.write_bytes(content)
    second.unlink()
    found = store.json("datastore", "verify", code=1)
    assert not found["right"] and sorted(fault["kind"] for fault in found["faults"]) == ["damaged", "missing"]
    assert {fault["digest"] for fault in found["faults"]} == {first.name[:64], second.name[:64]}
    said = store.engine("datastore", "verify", code=1)
    assert str(first) in said.stdout and str(second) in said.stdout
    for each in (run, other):
        assert len(store.json("datastore", "verify", "--run", f"Keeper/{each}", code=1)["faults"]) == 1


def test_nothing_is_collected_beside_an_engine(store):
    store.run()
    waiting = store.project.add("waiting.py")
    store.engine("runs", "delete", "Keeper", "--all", "--yes")
    process = store.project.start(waiting)
    import time
    for _ in range(200):
        if store.project.said().count("Task is starting") >= 1:
            break
        time.sleep(0.05)
    try:
        refused = store.engine("datastore", "gc", "--delete", code=1)
        assert "nothing was removed" in refused.stderr and "goes on" in refused.stderr
        assert store.json("datastore", "gc")["freed"] > 0
        [going] = store.json("runs")
        assert "goes on" in store.engine("runs", "delete", f"{going['flow']}/{going['run']}", "--yes", code=1).stderr
    finally:
        process.terminate()
        process.wait()
    assert store.json("datastore", "gc", "--delete")["freed"] > 300_000


class Remote(Store):
    """The same with a remote datastore: a folder."""

    def __init__(self, project):
        super().__init__(project)
        self.far = project.folder.parent / "far"
        project.variables["PENSTOCK_DATASTORE_ROOT"] = f"file://{self.far}"

    def objects(self, below=""):
        return sorted(str(path.relative_to(self.far)) for path in (self.far / below).rglob("*") if path.is_file())

    def forget(self):
        """Another machine: nothing but the remote."""
        import shutil
        shutil.rmtree(self.folder)


@pytest.fixture
def remote(project):
    return Remote(project)


def test_a_run_is_deleted_in_the_remote_as_well(remote):
    kept, gone = remote.run(1), remote.run(2)
    assert remote.json("datastore", "verify", "--remote")["right"]
    remote.engine("runs", "delete", f"Keeper/{gone}", "--yes")
    assert not remote.objects(f"records/Keeper/{gone}") and not remote.objects(f"logs/Keeper/{gone}")
    assert remote.objects(f"records/Keeper/{kept}")
    before = sum((remote.far / name).stat().st_size for name in remote.objects())

    young = remote.json("datastore", "gc", "--remote")
    assert young["objects"] == 0 and young["kept"] > 0
    plan = remote.json("datastore", "gc", "--remote", "--older-than", "0")
    assert plan["dry_run"] and plan["freed"] > 300_000
    done = remote.json("datastore", "gc", "--remote", "--older-than", "0", "--delete")
    assert done["freed"] == plan["freed"]
    assert sum((remote.far / name).stat().st_size for name in remote.objects()) == before - done["freed"]

    remote.forget()
    assert [run["run"] for run in remote.json("runs")] == [kept]
    assert remote.value(kept, "large") == 300_000
    assert remote.json("datastore", "verify", "--remote")["right"]


def test_what_the_remote_lost_or_changed_is_found(remote):
    run = remote.run(7)
    [large] = [name for name in remote.objects("blobs") if 300_000 <= (remote.far / name).stat().st_size < 301_000]
    remote.forget()
    remote.engine("show", f"Keeper/{run}")
    found = remote.json("datastore", "verify")
    assert found["right"] and found["elsewhere"] > 0, "what is only there is not missing"
    path = remote.far / large
    path.chmod(0o644)
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    [fault] = remote.json("datastore", "verify", "--remote", code=1)["faults"]
    assert fault["kind"] == "damaged" and fault["digest"] == path.name[:64]
    path.unlink()
    [fault] = remote.json("datastore", "verify", "--remote", "--run", f"Keeper/{run}", code=1)["faults"]
    assert fault["kind"] == "missing" and large in fault["problem"]
    path.write_bytes(content)
    assert remote.json("datastore", "verify", "--remote")["right"]


def test_without_a_remote_there_is_none_to_look_at(store):
    store.run()
    assert "no remote datastore" in store.engine("datastore", "verify", "--remote", code=2).stderr
    assert "no remote datastore" in store.engine("datastore", "gc", "--remote", code=2).stderr
