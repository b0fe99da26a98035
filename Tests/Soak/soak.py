"""Many runs with `kill -9` of tasks, worker hosts and the engine, each resumed until it is whole.

    make soak                                  200 runs of 100 tasks
    .venv/bin/python Tests/Soak/soak.py --runs 20 --seed 7

Checked after every run: each place of the graph is done exactly once, every artifact has the bytes that its task wrote, nothing
that was done is done again, and no process is left. Checked at the end: the ledger passes SQLite's own check, and every
artifact of every run can be read.
"""

import argparse
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MARK = "PENSTOCK_SOAK_MARK"
KINDS = ("task", "host", "engine")

CHECK = """
import hashlib, json
from penstock import Run, namespace
namespace(None)
run = Run({path!r})
done = []
for step in run:
    for task in step:
        assert task.successful, task.pathspec + ' is in a run that succeeded and did not succeed'
        done.append('%s %s %s' % (step.id, task.index, task._record.get('iteration')))
        if step.id == 'work':
            data = task.data
            found = [hashlib.sha256(value).hexdigest() for value in (data.small, data.large)]
            assert found == data.digests, task.pathspec + ' has other bytes than it wrote'
print(json.dumps(done))
"""


class Soak:
    def __init__(self, options):
        self.options = options
        self.folder = Path(tempfile.mkdtemp(prefix="penstock-soak-"))
        self.mark = uuid.uuid4().hex
        self.ran = self.folder / "ran"
        self.random = random.Random(options.seed)
        self.killed = Counter()
        self.resumes = 0
        self.tasks = 0
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PENSTOCK_", "METAFLOW_"))}
        self.environment.update({
            "PENSTOCK_ROOT": str(self.folder), "PENSTOCK_CACHE_DIR": str(self.folder / "cache"), MARK: self.mark,
            "SOAK_RAN": str(self.ran), "USER": "soak", "PENSTOCK_ENGINE": str(options.engine)})

    def run_all(self):
        began = time.monotonic()
        for number in range(self.options.runs):
            self.one_run(number)
            if number % 10 == 9:
                print(f"{number + 1} runs, {self.tasks} tasks, {dict(self.killed)} killed, {self.resumes} resumed, "
                      f"{time.monotonic() - began:.0f} s", flush=True)
        self.check_ledger()
        print(f"{self.options.runs} runs whole, {self.tasks} tasks, killed: {dict(self.killed)}, {self.resumes} times resumed; "
              "the ledger passes SQLite's check")
        shutil.rmtree(self.folder)

    def one_run(self, number):
        self.ran.write_text("")
        words, kills = ["run"], self.random.randint(1, 3)
        origin = None
        for attempt in range(12):
            code, said = self.attempt(words, kills if attempt < 3 else 0)
            found = re.search(r"\(run-id (\d+)\)", said)
            if code == 0:
                break
            if "before its parameters were stored" in said:  # killed so early that there is nothing to take over
                origin = None
            elif found:
                origin = found.group(1)
            words = ["resume", "--origin-run-id", origin] if origin else ["run"]
            self.resumes += 1
        else:
            raise SystemExit(f"run {number} did not come to its end\n{said}")
        self.wait_until_gone()
        self.check_run(found.group(1))

    def attempt(self, words, kills):
        """One command, with some of its processes killed at random moments."""
        with open(self.folder / "said", "wb") as output:
            process = subprocess.Popen(
                [str(self.options.python), str(HERE / "flow.py"), "--quiet", *words, "--max-workers", "4", "--max-num-splits", "1000"],
                env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        killer = threading.Thread(target=self.strike, args=(process, kills), daemon=True)
        killer.start()
        code = process.wait()
        killer.join()
        return code, (self.folder / "said").read_text(errors="replace")

    def strike(self, process, kills):
        for _ in range(kills):
            deadline = time.monotonic() + self.random.random() * 0.5
            while time.monotonic() < deadline and process.poll() is None:
                time.sleep(0.002)
            kind = self.random.choice(KINDS)
            victim = self.find(kind, process.pid) if process.poll() is None else None
            if victim is None:
                continue
            try:
                os.kill(victim, signal.SIGKILL)
                self.killed[kind] += 1
            except ProcessLookupError:
                pass

    def find(self, kind, engine):
        if kind == "engine":
            return engine
        parents = {pid: parent for pid, parent in self.processes()}
        hosts = [pid for pid, parent in parents.items() if parent == engine]
        if kind == "host":
            return self.random.choice(hosts) if hosts else None
        tasks = [pid for pid, parent in parents.items() if parent in hosts]
        return self.random.choice(tasks) if tasks else None

    def processes(self):
        """Process id and parent of every process of this soak."""
        mark = f"{MARK}={self.mark}".encode()
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    if mark in Path(f"/proc/{name}/environ").read_bytes():
                        yield int(name), int(Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[1])
                except (OSError, ValueError, IndexError):
                    continue

    def wait_until_gone(self):
        deadline = time.monotonic() + 10
        while list(self.processes()):
            if time.monotonic() > deadline:
                raise SystemExit(f"processes are left: {list(self.processes())}")
            time.sleep(0.01)

    def check_run(self, run):
        script = CHECK.format(path=f"Soak/{run}")
        done = json.loads(subprocess.check_output([str(self.options.python), "-c", script], env=self.environment, cwd=self.folder))
        counts = Counter(done)
        twice = [place for place, count in counts.items() if count > 1]
        if twice or len(done) != self.options.tasks + 5:
            raise SystemExit(f"run {run}: {len(done)} tasks are done, and these more than once: {twice}")
        self.tasks += len(done)
        ran = Counter(self.ran.read_text().split())
        if set(ran) != {str(number) for number in range(self.options.tasks)}:
            raise SystemExit(f"run {run}: not every task has run")

    def check_ledger(self):
        with sqlite3.connect(self.folder / ".penstock" / "ledger.sqlite") as ledger:
            found = ledger.execute("PRAGMA integrity_check").fetchall()
            if found != [("ok",)]:
                raise SystemExit(f"the ledger is damaged: {found[:5]}")
            twice = ledger.execute(
                "SELECT task.run, task.step, task.frames, task.iteration FROM task JOIN attempt ON attempt.run = task.run AND "
                "attempt.task = task.id WHERE attempt.succeeded GROUP BY 1, 2, 3, 4 HAVING count(*) > 1").fetchall()
            if twice:
                raise SystemExit(f"tasks are recorded twice as done: {twice[:5]}")
            again = ledger.execute(
                "SELECT run.name, task.id FROM run JOIN task ON task.run = run.id JOIN attempt ON attempt.run = task.run AND "
                "attempt.task = task.id JOIN run AS origin ON origin.flow = run.flow AND origin.name = run.origin_run "
                "JOIN task AS other ON other.run = origin.id AND other.step = task.step AND other.frames = task.frames "
                "JOIN attempt AS done ON done.run = other.run AND done.task = other.id "
                "WHERE task.step = 'work' AND attempt.succeeded AND NOT attempt.is_clone AND done.succeeded").fetchall()
            if again:
                raise SystemExit(f"tasks that were done are done again: {again[:5]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--tasks", type=int, default=95, help="width of the foreach; a run has five tasks more (default 95)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--python", type=Path, default=Path(sys.executable))
    parser.add_argument("--engine", type=Path, default=ROOT / ".build" / "release" / "penstock")
    Soak(parser.parse_args()).run_all()


if __name__ == "__main__":
    main()
