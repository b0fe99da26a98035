"""What befalls whole runs on a Slurm cluster, twenty times each: afterwards every task is once in the record as done. See --help.

A run that ends with an error has to go on by `penstock attach` or `resume`. Each row ends with a count; what is not right is told, and
the exit code is 1.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from Tests.EndToEnd.harness.slurm import SlurmCluster  # noqa: E402

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
FLOW = ROOT / "Tests/Soak/cluster_flow.py"
QUICK = "SchedulerParameters=batch_sched_delay=0,sched_interval=2"
FACTS = """
import json
from metaflow import Flow, namespace
namespace(None)
run = [run for run in Flow("ClusterFlow")][0]
print(json.dumps(dict(good=run.successful, tasks={step.id: [(task.id, task.successful) for task in step] for step in run},
    outs=run.data.outs if run.successful else None)))
"""


class Run:
    """A run in a folder of its own."""

    def __init__(self, cluster, engine, **variables):
        self.cluster, self.folder = cluster, Path(tempfile.mkdtemp(prefix="soak-"))
        self.store = self.folder / "store"
        self.said = []
        self.variables = {
            **os.environ, **cluster.variables, "PENSTOCK_ENGINE": str(engine), "PYTHONPATH": str(ROOT / "python"), "USER": "soak",
            "SOAK_FOLDER": str(self.folder), "PENSTOCK_SLURM_EXPORT": "SOAK_FOLDER", "PENSTOCK_CLUSTER_SETTLING": "2",
            "PENSTOCK_CLUSTER_PATIENCE": "40", "PENSTOCK_NODE_CACHE": str(self.folder / "node"), **variables}
        self.engine = engine

    def begin(self):
        return self._start([sys.executable, str(FLOW), *self.where, "run", "--with", "slurm:memory=20"])

    @property
    def address(self):
        return self.variables.get("SOAK_ADDRESS") or f"file://{self.store}"

    @property
    def where(self):
        return ["--datastore-root", self.address]

    def attach(self):
        return self._start([str(self.engine), "attach", "ClusterFlow", "--root", self.address])

    def resume(self):
        return self._start([sys.executable, str(FLOW), *self.where, "resume"])

    def _start(self, words):
        self.said.append(tempfile.NamedTemporaryFile(dir=self.folder, prefix="said-", delete=False))
        return subprocess.Popen(words, env=self.variables, cwd=self.folder, stdout=self.said[-1], stderr=subprocess.STDOUT)

    def text(self):
        return "\n".join(Path(file.name).read_text(errors="replace") for file in self.said)

    def until_works(self):
        """Until tasks of the foreach have begun."""
        end = time.monotonic() + 60
        while time.monotonic() < end and len(list(self.folder.glob("ran-*"))) < 3:
            time.sleep(0.05)

    def right(self):
        """What is wrong with the record; nothing if all is as it has to be."""
        done = subprocess.run(
            [sys.executable, "-c", FACTS], env={**self.variables, "METAFLOW_DATASTORE_ROOT": self.address}, cwd=self.folder,
            capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            return done.stderr[-400:]
        facts = json.loads(done.stdout)
        counts = {step: len(tasks) for step, tasks in facts["tasks"].items()}
        if not facts["good"] or facts["outs"] != list(range(6)) or counts != {"start": 1, "work": 6, "join": 1, "end": 1}:
            return f"{facts}"
        return "" if all(good for tasks in facts["tasks"].values() for _, good in tasks) else f"{facts}"

    def remove(self):
        subprocess.run(["mount", "-o", "remount,rw,bind", str(self.store)], capture_output=True)
        subprocess.run(["umount", "-l", str(self.store)], capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)


class Bucket:
    """A bucket of moto's on loopback, in a process that can be stopped for a while."""

    def __enter__(self):
        from Tests.EndToEnd.harness.object_servers import free_port

        port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{port}"
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(urllib.request.Request(self.url + "/soak", method="PUT"), timeout=5).read()
                return self
            except OSError:
                time.sleep(0.1)
        raise SystemExit("moto does not start")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    @property
    def variables(self):
        return {
            "AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": "soak", "AWS_SECRET_ACCESS_KEY": "soak", "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true", "SOAK_ADDRESS": "s3://soak/store"}

    def pause(self, seconds):
        self.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.process.send_signal(signal.SIGCONT)


class Faults:
    def __init__(self, times, seed, engine, cpus):
        self.times, self.random, self.engine, self.cpus = times, random.Random(seed), engine, cpus
        self.rows = []

    def row(self, name, befall, settings=QUICK, times=None, **variables):
        """`befall(run, process)` does the harm and gives the process to wait for."""
        good, went_on, times = 0, 0, times or self.times
        for number in range(times):
            with SlurmCluster(cpus=self.cpus, requeue=number % 2, settings=settings) as cluster:
                run = Run(cluster, self.engine, **variables)
                try:
                    process = befall(run, run.begin())
                    code = self.wait(process)
                    if code != 0:
                        went_on += 1
                        self.heal(run)
                        code = self.wait(run.attach())
                    if code != 0:
                        code = self.wait(run.resume())
                    wrong = run.right() if code == 0 else f"exit code {code}"
                    if wrong:
                        jobs = cluster.run("scontrol", "--oneliner", "show", "jobs", check=False)
                        print(f"  {name} {number}: {wrong}\n{run.text()[-3000:]}\n{jobs}\n{cluster.words(6000)}", flush=True)
                    good += not wrong
                finally:
                    run.remove()
        self.rows.append((name, good, times))
        print(f"{name}: {good} of {times} ({went_on} ended with an error and went on)", flush=True)

    def wait(self, process):
        try:
            return process.wait(150)
        except subprocess.TimeoutExpired:
            process.kill()
            return "it hangs"

    def heal(self, run):
        subprocess.run(["mount", "-o", "remount,rw,bind", str(run.store)], capture_output=True)

    def pause(self, least=0.0, most=2.0):
        time.sleep(self.random.uniform(least, most))

    # What befalls

    def node(self, run, process):
        run.until_works()
        run.cluster.kill("n1")
        self.pause(0.5, 1.5)
        run.cluster.start("n1")
        return process

    def controller(self, run, process):
        """Within two seconds of a submission."""
        end = time.monotonic() + 30
        while "are submitted" not in run.text() and time.monotonic() < end:
            time.sleep(0.02)
        self.pause()
        run.cluster.kill("slurmctld")
        self.pause(0.5, 3)
        run.cluster.start("slurmctld")
        # A controller that has lost a submission gives its numbers away again; it then drains nodes on which the first job of a number
        # still ran, until somebody resumes them.
        end = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < end:
            for node in run.cluster.nodes:
                if "Duplicate jobid" in run.cluster.run("sinfo", "--noheader", "--nodes", node, "--format", "%E", check=False):
                    run.cluster.run("scontrol", "update", f"NodeName={node}", "State=resume", check=False)
            time.sleep(1)
        return process

    def engine_dies(self, run, process):
        end = time.monotonic() + 30
        while "is submitted" not in run.text() and time.monotonic() < end:
            time.sleep(0.02)
        self.pause(0, 6)
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.pause(0, 1)
        return run.attach()

    def processes(self, run, process):
        run.until_works()
        for _ in range(2):
            mine = [pid for pid in run.cluster.processes() if self.is_of_task(pid)]
            if mine:
                try:
                    os.kill(self.random.choice(mine), signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.pause(0.1, 0.6)
        return process

    @staticmethod
    def is_of_task(pid):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return b"node-task" in words or b"cluster_flow.py" in words and b"flow --host-fd" not in words

    def drain(self, run, process):
        run.until_works()
        run.cluster.run("scontrol", "update", "NodeName=n1", "State=drain", "Reason=soak")
        self.pause(2, 4)
        run.cluster.run("scontrol", "update", "NodeName=n1", "State=resume", check=False)
        return process

    def read_only(self, run, process):
        run.store.mkdir(exist_ok=True)
        subprocess.run(["mount", "--bind", str(run.store), str(run.store)], check=True)
        self.pause(1, 6)
        # Not while a file is open for writing.
        while subprocess.run(["mount", "-o", "remount,ro,bind", str(run.store)], capture_output=True).returncode != 0:
            time.sleep(0.02)
        self.pause(2, 6)
        subprocess.run(["mount", "-o", "remount,rw,bind", str(run.store)], check=True)
        return process

    def slow(self, name):
        """The bucket answers nothing for some seconds, several times."""
        with Bucket() as bucket:
            def befall(run, process):
                for _ in range(3):
                    self.pause(0.5, 2.5)
                    bucket.pause(self.random.uniform(1, 4))
                return process

            self.row(name, befall, **bucket.variables)

    def clock(self, name):
        """Nodes whose clocks are ten minutes off, either way, with a bucket as datastore."""
        if not FAKETIME.exists():
            raise SystemExit(f"there is no {FAKETIME}: apt install faketime")
        with Bucket() as bucket, tempfile.TemporaryDirectory() as folder:
            prolog = Path(folder) / "prolog"
            Path(folder).chmod(0o755)
            for offset in ("+600", "-600"):
                prolog.write_text(f"#!/bin/sh\necho export LD_PRELOAD={FAKETIME}\necho export FAKETIME={offset}\n")
                prolog.chmod(0o755)
                self.row(
                    f"{name} {offset} s", lambda run, process: process, f"{QUICK}\nTaskProlog={prolog}", times=self.times // 2,
                    **bucket.variables)

    def truncated(self, run, process):
        """The engine in the datastore is cut off while nodes fetch it."""
        end = time.monotonic() + 30
        big = []
        while not big and time.monotonic() < end:
            big = [path for path in run.store.glob("blobs/*/*") if path.name[0] != "." and path.is_file() and path.stat().st_size > 20 << 20]
            time.sleep(0.01)
        whole = run.folder / "whole"
        shutil.copy(big[0], whole)
        part = run.folder / "part"
        part.write_bytes(whole.read_bytes()[: self.random.randrange(1, 20 << 20)])
        part.replace(big[0])
        self.pause(1, 4)
        copy = run.folder / "copy"
        shutil.copy(whole, copy)
        copy.replace(big[0])
        return process

    def two_attach(self, run, process):
        run.until_works()
        process.send_signal(signal.SIGKILL)
        process.wait()
        first, second = run.attach(), run.attach()
        codes = sorted([self.wait(first), self.wait(second)], key=str)
        if codes != [0, 1]:
            print(f"  two engines ended with {codes}\n{run.text()[-1500:]}", flush=True)
        return first if first.returncode == 0 else second


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", type=Path, default=ROOT / ".build/release/penstock")
    parser.add_argument("--cpus", type=int, default=1, help="of each of the two nodes; where tasks have to wait, jobs share them (default: 1)")
    parser.add_argument("rows", nargs="*", help="node, controller, engine, processes, drain, read-only, slow, truncated, clock, two; all without any")
    options = parser.parse_args()
    faults = Faults(options.times, options.seed, options.engine, options.cpus)
    rows = {
        "node": lambda: faults.row("kill -9 of slurmd", faults.node),
        "controller": lambda: faults.row("kill -9 of slurmctld", faults.controller),
        "engine": lambda: faults.row("kill -9 of the engine", faults.engine_dies),
        "processes": lambda: faults.row("kill -9 of a job's processes", faults.processes),
        "drain": lambda: faults.row("a node drained", faults.drain),
        "read-only": lambda: faults.row("the datastore read-only", faults.read_only),
        "truncated": lambda: faults.row("a truncated engine", faults.truncated),
        "slow": lambda: faults.slow("a slow datastore"),
        "clock": lambda: faults.clock("the clock of nodes"),
        "two": lambda: faults.row("two engines attach", faults.two_attach),
    }
    for name in options.rows or rows:
        rows[name]()
    sys.exit(any(good != times for _, good, times in faults.rows))


if __name__ == "__main__":
    main()
