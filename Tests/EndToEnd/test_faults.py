"""Faults of the machine and of what tasks do: one clear error, nothing half recorded, and a run that can go on."""

import json
import os
import shutil
import signal

import pytest

from .harness.disks import Mount
from .harness.processes import wait_until, wait_until_gone

BIG = '''
import os
from metaflow import FlowSpec, Parameter, step


class Big(FlowSpec):
    size = Parameter("size", default=20, help="MiB of the artifact.")
    count = Parameter("count", default=3, help="Items of the foreach.")

    @step
    def start(self):
        self.items = list(range(self.count))
        self.next(self.fill)

    @step
    def fill(self):
        self.big = os.urandom(self.size << 20)
        self.next(self.each, foreach="items")

    @step
    def each(self):
        self.some = os.urandom(20_000)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.total = sum(len(item.some) for item in inputs)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Big()
'''


@pytest.fixture
def mount(project):
    """Makes a mount over the store of the project."""
    made = []

    def make(kind, *arguments):
        made.append(kind(project, *arguments))
        return made[0]

    yield make
    project.end_all()
    for each in made:
        each.close()


def one_error(outcome, *words):
    """The outcome of a command that tells one failure in the house's form."""
    assert outcome.stderr.count("error: ") == 1 and "Traceback" not in outcome.stderr, outcome
    assert "help: " in outcome.stderr.split("error: ")[1], outcome
    assert all(word in outcome.stderr for word in words), outcome
    return outcome


# Disks

def test_a_task_that_stores_more_than_fits(project, mount):
    disk = mount(Mount.small, 6_000)
    file = project.write("big.py", BIG)
    first = project.run(file).ended_with(1)
    assert "self.big cannot be stored" in first.stdout and "No space left on device" in first.stdout
    assert str(project.store) in first.stdout and "resume --origin-run-id" in first.stderr
    path = f"Big/{first.run_id}"
    assert project.ask("[Run(run).successful, Run(run)['start'].task.successful, Run(run)['fill'].task.successful]", run=path) == [
        False, True, False]
    assert project.ask("sorted(a.id for a in Run(run)['fill'].task)", run=path) == [
        "count", "items", "name", "size"]
    again = project.flow(file, "resume").ended_with(1)
    assert "No space left on device" in again.stdout
    disk.resize(80_000)
    resumed = project.flow(file, "resume").ended_with(0)
    assert f"1 task was taken over from run {first.run_id}" in resumed.stdout
    assert project.ask("[len(Run(run)['fill'].task.data.big), Run(run).data.total]", run=f"Big/{resumed.run_id}") == [
        20 << 20, 60_000]


def test_a_ledger_that_cannot_grow(project, mount):
    disk = mount(Mount.small, 2_000)
    file = project.write("big.py", BIG)
    words = ("--size", "0", "--count", "200", "--max-num-splits", "200", "--max-workers", "4")
    first = project.run(file, *words).ended_with(1)
    assert "Workflow failed." in first.stdout and "Traceback" not in first.all
    assert "full" in first.all or "No space left on device" in first.all
    # What counts as done is whole.
    done = project.ask(
        "[len(task.data.some) for task in Run(run)['each'] if task.successful]", run=f"Big/{first.run_id}")
    assert done and set(done) == {20_000} and len(done) < 200
    one_error(project.flow(file, "resume", *words[4:]).ended_with(1))
    disk.resize(80_000)
    resumed = project.flow(file, "resume", "--origin-run-id", first.run_id, *words[4:]).ended_with(0)
    assert project.ask("Run(run).data.total", run=f"Big/{resumed.run_id}") == 200 * 20_000
    checked = project.python("-c", (
        "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('pragma integrity_check').fetchone()[0])"),
        project.store / ".penstock" / "ledger.sqlite")
    assert checked.stdout == "ok\n"


def test_no_room_for_the_first_record(project, mount):
    disk = mount(Mount.small, 8)
    file = project.write("big.py", BIG)
    outcome = one_error(project.run(file).ended_with(1))
    assert "Done!" not in outcome.stdout
    disk.resize(80_000)
    project.run(file, "--size", "1").ended_with(0)


def test_a_store_that_is_read_only(project, mount):
    file = project.write("big.py", BIG)
    run = project.run(file, "--size", "0").ended_with(0).run_id
    before = contents(project.store)
    mount(Mount.read_only)
    assert "some" in project.flow(file, "dump", f"{run}/each").ended_with(0).stdout
    assert run in project.engine("runs").ended_with(0).stdout
    assert project.ask("Run(run).data.total", run=f"Big/{run}") == 60_000
    for words in (["run"], ["resume"], ["spin", "start"], ["tag", "add", "--run-id", run, "x"], ["logs", "scrub", f"{run}/start"]):
        one_error(project.flow(file, *words).ended_with(1), str(project.store))
    assert contents(project.store) == before


def contents(store):
    return {path: path.stat().st_size for path in store.rglob("*") if path.is_file() and path.suffix != ".sqlite-shm"}


def test_a_folder_without_permission(project):
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root may do everything, and there is no setpriv to take that away")
        project.before = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"]
    file = project.write("big.py", BIG)
    project.store.chmod(0o500)
    one_error(project.run(file).ended_with(1), str(project.store), "Permission denied")
    assert list(project.store.iterdir()) == []
    project.store.chmod(0o700)
    run = project.run(file, "--size", "0").ended_with(0).run_id
    (project.store / ".penstock" / "logs").chmod(0)
    one_error(project.flow(file, "logs", f"{run}/start").ended_with(1), "logs", "Permission denied")
    one_error(project.run(file).ended_with(1), "logs", "Permission denied")
    (project.store / ".penstock" / "logs").chmod(0o700)
    (project.store / ".penstock" / "ledger.sqlite").chmod(0)
    one_error(project.run(file).ended_with(1), "ledger.sqlite")
    one_error(project.engine("runs").ended_with(1), "ledger.sqlite")


@pytest.mark.parametrize("place", ["root", "folder", "ledger", "rubbish"])
def test_a_store_that_is_none(project, place):
    file = project.write("big.py", BIG)
    where = project.store / {"root": "x", "folder": ".penstock", "ledger": ".penstock/ledger.sqlite"}.get(place, ".penstock/ledger.sqlite")
    where.parent.mkdir(exist_ok=True)
    if place == "ledger":
        where.mkdir()
    else:
        where.write_bytes(b"rubbish\n" * 2_000)
    env = {"PENSTOCK_ROOT": where} if place == "root" else None
    outcome = one_error(project.run(file, env=env).ended_with(1), str(where))
    assert not outcome.started_a_run
    assert where.is_dir() or where.read_bytes() == b"rubbish\n" * 2_000


# Artifacts

VANISHING = '''
import sys, types
from metaflow import FlowSpec, step


class Vanishing(FlowSpec):
    @step
    def start(self):
        module = types.ModuleType("vanishing")
        exec("class Thing:\\n    pass", module.__dict__)
        sys.modules["vanishing"] = module
        self.thing = module.Thing()
        self.plain = 1
        self.next(self.middle)

    @step
    def middle(self):
        self.twice = self.plain * 2
        self.next(self.end)

    @step
    def end(self):
        print(self.thing)


if __name__ == "__main__":
    Vanishing()
'''


def test_a_class_that_cannot_be_imported_any_more(project):
    file = project.write("vanishing_flow.py", VANISHING)
    outcome = project.run(file).ended_with(1)
    assert "self.thing" in outcome.stdout and "No module named 'vanishing'" in outcome.stdout
    assert ", in end" in outcome.stdout and "/penstock/_" not in outcome.stdout
    path = f"Vanishing/{outcome.run_id}"
    assert project.ask("[Run(run)['middle'].task.successful, Run(run)['middle'].task.data.twice]", run=path) == [True, 2]
    told = project.python("-c", f"from metaflow import *; namespace(None); Task({path + '/start/1'!r}).data.thing")
    assert told.code == 1 and "thing" in told.stderr.splitlines()[-1] and "vanishing" in told.stderr.splitlines()[-1], told
    dumped = project.flow(file, "dump", f"{outcome.run_id}/start").ended_with(0)
    assert "plain [size" in dumped.stdout and "thing [size" in dumped.stdout and "vanishing" in dumped.stdout
    target = project.folder / "values.pickle"
    one_error(project.flow(file, "dump", "--file", target, f"{outcome.run_id}/start").ended_with(1), "thing", "vanishing")
    assert not target.exists()


# Tasks

HOG = '''
import ctypes, os, signal, subprocess, sys, time
from metaflow import FlowSpec, Parameter, step, timeout


class Hog(FlowSpec):
    how = Parameter("how", default="print")

    @timeout(seconds=int(os.environ.get("SECONDS", "100")))
    @step
    def start(self):
        self.before = 1
        getattr(self, self.how)()
        self.next(self.end)

    def printing(self):
        for number in range(100_000):
            sys.stdout.write("%-999d\\n" % number)

    def children(self):
        subprocess.Popen(["sh", "-c", "sleep 1000 & sleep 1000; true"])
        time.sleep(1000)

    def native(self):
        subprocess.Popen(["sleep", "1000"])
        # With the lock of the interpreter held, and without hearing the alarm: no handler of Python can run.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
        ctypes.PyDLL(None).sleep(1000)

    def stubborn(self):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        subprocess.Popen(["sleep", "1000"])
        print("stubborn", flush=True)
        while True:
            ctypes.PyDLL(None).sleep(1000)

    def hungry(self):
        kept = []
        while True:
            kept.append(os.urandom(1 << 20))

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Hog()
'''


@pytest.fixture
def hog(project):
    return project.write("hog.py", HOG)


def test_a_task_that_prints_a_hundred_megabytes(project, hog):
    outcome = project.run(hog, "--how", "printing", "--max-log-size", "2").ended_with(0)
    assert outcome.stdout.count("/start/1 ") == 100_002 and "] 99999" in outcome.stdout, "what is shown is not cut"
    kept = project.flow(hog, "--quiet", "logs", f"{outcome.run_id}/start").ended_with(0).stdout
    assert 2_000_000 <= len(kept) < 2_000_200 and "reached its limit of 2000000 bytes" in kept[-200:]
    assert sum(path.stat().st_size for path in (project.store / ".penstock" / "logs").rglob("*.log")) < 2_100_000


@pytest.mark.parametrize("how, said", [("children", "timed out"), ("native", "did not react and was killed")])
def test_a_time_out_ends_the_whole_process_tree(project, hog, how, said):
    outcome = project.run(hog, "--how", how, env={"SECONDS": 1}).ended_with(1)
    assert said in outcome.stdout and "Task failed." in outcome.stdout
    wait_until_gone(project)
    assert project.ask("Run(run)['start'].task.successful", run=f"Hog/{outcome.run_id}") is False


@pytest.mark.parametrize("times", [1, 2])
def test_control_c_ends_tasks_that_do_not_listen(project, hog, times):
    process = project.start(hog, "--how", "stubborn")
    wait_until(lambda: "] stubborn" in project.said(), 30, project.said)
    os.kill(process.pid, signal.SIGINT)
    wait_until(lambda: "Ctrl-C again" in project.said(), 30, project.said)
    if times == 2:
        os.kill(process.pid, signal.SIGINT)
    assert process.wait(30) == 1, project.said()
    assert "Aborted!" in project.said() and "Traceback" not in project.said()
    wait_until_gone(project)
    run = project.said().split("run-id ")[1].split(")")[0]
    assert project.ask("[Run(run).successful, Run(run).finished]", run=f"Hog/{run}") == [False, False]


def test_a_task_that_is_killed_for_its_memory(project, hog):
    group = memory_group(200 << 20)
    try:
        outcome = project.command(
            "sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh", project.tools.python, hog, "run", "--how", "hungry")
        outcome.ended_with(1)
        assert "out of memory" in outcome.stdout.lower(), outcome
        wait_until_gone(project)
    finally:
        os.rmdir(group)


def memory_group(limit):
    """A control group whose processes may use that much."""
    group = f"/sys/fs/cgroup/penstock-test-{os.getpid()}"
    try:
        os.mkdir(group)
        # Without O_CREAT: where these are ordinary folders, nothing may seem to work.
        with open(f"{group}/memory.max", "r+") as file:
            file.write(str(limit))
    except OSError as error:
        if os.path.isdir(group):
            os.rmdir(group)
        pytest.skip(f"control groups cannot be used here: {error}")
    return group
