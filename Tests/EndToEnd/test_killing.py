"""`kill -9` at random moments, of the engine, of a worker host and of a task.

A handful of rounds each; PENSTOCK_KILL_ROUNDS=50 gives the full show, PENSTOCK_KILL_SEED=N the same moments again.
"""

import json
import os
import random
import re
import signal
import time

import pytest

from .harness.debris import leftovers
from .harness.processes import parent, wait_until, wait_until_gone

ROUNDS = int(os.environ.get("PENSTOCK_KILL_ROUNDS", "3"))
SEED = int(os.environ.get("PENSTOCK_KILL_SEED", "20"))

#: Reads every finished artifact of a run back and compares it with the digests that the task stored beside it.
CHECK = """
import hashlib, json
from penstock import Run, namespace
namespace(None)
run = Run({path!r})
intact = 0
for step in run:
    for task in step:
        if step.id != 'work' or not task.successful:
            for artifact in task.artifacts:
                artifact.data
            continue
        data = task.data
        found = [hashlib.sha256(value).hexdigest() for value in (data.small, data.large)]
        assert found == data.digests, task.pathspec
        intact += 1
print(json.dumps([run.successful, run.finished, intact]))
"""


class Victim:
    """A run of survivors.py, and the processes that belong to it."""

    def __init__(self, project, *words):
        self.project = project
        self.process = project.start(project.folder / "survivors.py", *(words or ("--max-workers", "4")))
        self.engine = self.process.pid

    def hosts(self):
        return [pid for pid in self.project.processes() if parent(pid) == self.engine and pid != self.engine]

    def tasks(self):
        hosts = self.hosts()
        return [pid for pid in self.project.processes() if parent(pid) in hosts]

    def find(self, kind):
        """A process of the kind, or None when there is none at the moment."""
        found = {"engine": lambda: [self.engine], "host": self.hosts, "task": self.tasks}[kind]()
        return random.choice(found) if found else None

    def wait_for(self, kind):
        """The next process of the kind, or None when the run ends without another."""
        while self.process.poll() is None:
            pid = self.find(kind)
            if pid is not None:
                return pid
        return None

    def run_path(self):
        found = re.search(r"run-id ([^)]+)\)", self.project.said())
        return f"Survivors/{found.group(1)}" if found else None


@pytest.mark.parametrize("kind", ["engine", "host", "task"])
def test_nothing_is_lost_and_nothing_is_left(project, kind):
    project.add("survivors.py")
    whole = duration(project)
    random.seed(f"{SEED} {kind}")
    struck = 0
    for number in range(ROUNDS):
        moment = random.uniform(0.05, whole)
        victim = Victim(project)
        time.sleep(moment)
        pid = victim.wait_for(kind)
        if pid is not None:
            try:
                os.kill(pid, signal.SIGKILL)
                struck += 1
            except ProcessLookupError:
                pass
        told = f"round {number}, {kind} {pid} after {moment:.3f} s\n"
        code = victim.process.wait(30)
        assert code in ((0, 1, -signal.SIGKILL) if kind == "engine" else (0, 1)), told + project.said()
        wait_until_gone(project)
        path = victim.run_path()
        if path:
            said = project.python("-c", CHECK.format(path=path))
            assert said.code == 0, told + str(said) + project.said()
            successful, _, _ = json.loads(said.stdout)
            assert successful or code != 0, told + "a run that ended well is not recorded as such\n" + project.said()
        assert leftovers(project) == [], told + project.said()
    assert struck, "every round missed"
    project.run(project.folder / "survivors.py", "--tasks", "4").ended_with(0)


@pytest.mark.parametrize("kind", ["host", "task"])
def test_a_death_is_a_failed_attempt_that_can_be_retried(project, kind):
    """Without retry the run fails and says so; with it, the run succeeds."""
    project.add("survivors.py")
    for words, expected in ((), 1), (("--with", "retry:times=3"), 0):
        victim = Victim(project, "--max-workers", "2", "--pause", "0.3", "--tasks", "6", *words)
        wait_until(lambda: "work/" in project.said() and len(victim.tasks()) == 2, 30, project.said)
        os.kill(victim.find(kind), signal.SIGKILL)
        assert victim.process.wait(60) == expected, project.said()
        wait_until_gone(project)
        assert "Task failed." in project.said()
    assert "Task is starting (retry)." in project.said()


def duration(project):
    """How long the run takes when nobody disturbs it."""
    began = time.monotonic()
    project.run(project.folder / "survivors.py", "--max-workers", "4").ended_with(0)
    return time.monotonic() - began
