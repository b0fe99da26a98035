"""Tasks on a Slurm cluster of this machine (the one of the tests). The peer is Slurm itself, with scripts that do nothing."""

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

from measuring import CommandFailed, in_turn, median, remove, run
from rows import Row
from setting import FLOWS

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from Tests.EndToEnd.harness.slurm import SlurmCluster  # noqa: E402

#: Every line of squeue, sbatch and their kin that the engine calls, with the time.
COUNTING = '#!/bin/sh\necho "$(date +%s.%N) {name}" >> {calls}\nexec {path} "$@"\n'
NOOP = "#!/bin/sh\nexit 0\n"


def missing():
    reason = SlurmCluster.missing()
    if reason:
        raise CommandFailed(reason)


class Site:
    """A run's folders, with a folder that is the datastore."""

    def __init__(self, setting, cluster):
        self.setting, self.cluster = setting, cluster
        self.store = setting.fresh("cluster-store")
        self.project = setting.fresh("cluster-project")
        self.node = self.store.parent / "cluster-node"
        self.cache = setting.fresh("cluster-cache")
        remove(self.node)

    def environment(self, **variables):
        return {
            **self.setting.penstock_environment(self.project, self.cache), **self.cluster.variables, "PENSTOCK_NODE_CACHE": str(self.node),
            **variables}

    def run(self, flow, *words, **more):
        command = [self.setting.python, FLOWS / flow, "--datastore-root", f"file://{self.store}", "run", "--max-num-splits", "1000000", *words]
        return run(command, env=self.environment(), cwd=self.project, **more)


def bare_array(cluster, folder, count):
    """Seconds from the submission of an array to the end of its last job."""
    script = folder / "noop.sh"
    script.write_text(NOOP)
    began = time.perf_counter()
    number = cluster.run("sbatch", "--parsable", f"--array=0-{count - 1}", "--mem=20", "--output=/dev/null", str(script)).strip()
    while cluster.run("squeue", "--noheader", "--jobs", number, check=False).strip():
        time.sleep(0.2)
    return time.perf_counter() - began


def wide(setting, rounds, sizes):
    """A foreach of 500 tasks that do nothing."""
    missing()
    count = 500
    with SlurmCluster() as cluster:
        site = Site(setting, cluster)
        site.run("on_cluster.py", "--width", 4)
        folder = setting.fresh("cluster-bare")
        ours, theirs = in_turn(
            rounds, lambda: site.run("on_cluster.py", "--width", count).seconds, lambda: bare_array(cluster, folder, count))
    yield Row(
        f"{count} tasks on Slurm", "s", median(ours), peer=median(theirs), peer_name="sbatch --array", target=1.3,
        samples={"penstock": ours, "peer": theirs},
        how=f"wall time of a whole run whose foreach of {count} is on the cluster, against an array of {count} scripts that do nothing, from "
            f"sbatch until squeue knows them no more; two nodes of eight processors on this machine; median of {rounds} each")


def one_job(cluster, folder, script):
    """Seconds from the start to the end of a job, as its own process sees it."""
    path = folder / "job.sh"
    path.write_text(f"#!/bin/sh\ndate +%s.%N > {folder}/began\n{script}\ndate +%s.%N > {folder}/ended\n")
    cluster.run("sbatch", "--wait", "--mem=2000", "--output=/dev/null", str(path))
    return float((folder / "ended").read_text()) - float((folder / "began").read_text())


def bootstrap(setting, rounds, sizes):
    """What a node does before the person's code: engine, code, environment of five packages."""
    missing()
    with SlurmCluster() as cluster:
        site = Site(setting, cluster)
        site.run("packages_on_cluster.py")
        orders = keep_orders(site)
        folder = setting.fresh("cluster-job")
        program = (f'export PENSTOCK_NODE_CACHE={site.node} PENSTOCK_JOB_INDEX=0\n{site.setting.engine} node-task --datastore file://{site.store} '
                   f'--orders {orders}')
        bytes_there = [path for path in (site.store / "blobs").glob("*/*") if path.is_file()]
        fetched = folder / "fetched"

        def forget_report():
            for path in (site.store / "attempts").glob("*/*/*/said/*"):
                path.unlink()

        def cold():
            forget_report()
            remove(site.node)
            os.makedirs(site.node, mode=0o700)
            return one_job(cluster, folder, program)

        def warm():
            forget_report()
            return one_job(cluster, folder, program)

        def plain():
            remove(fetched)
            fetched.mkdir()
            began = time.perf_counter()
            for path in bytes_there:
                shutil.copyfile(path, fetched / path.name)
            return time.perf_counter() - began

        colds, plains = in_turn(rounds, cold, plain)
        warms, bares = in_turn(rounds * 2, warm, lambda: one_job(cluster, folder, f"{setting.python} -c pass"))
        install = median(in_turn(rounds, lambda: install_warm(setting, site))[0])
    yield Row(
        "node, empty cache: five packages", "s", median(colds), peer=median(plains) + install, peer_name="copy + local warm install", target=1.2,
        samples={"penstock": colds, "peer": [each + install for each in plains]},
        how=f"a job from its first line to its last, the task itself included, with an empty node cache; against a plain copy of the same bytes "
            f"({sum(path.stat().st_size for path in bytes_there) / 1e6:.0f} MB, {median(plains):.2f} s) and `penstock env create` of the same lock "
            f"with a warm cache ({install:.2f} s); median of {rounds}")
    yield Row(
        "node, filled cache: more than a bare job", "s", median(warms) - median(bares), limit=0.3, samples={"penstock": warms, "peer": bares},
        how=f"the same with the node's cache filled, less a job that runs `python -c pass` ({median(bares):.3f} s); median of {rounds * 2}")


def keep_orders(site):
    """The orders of a run that is stopped before it can remove them; they are done by hand, again and again."""
    project = site.project
    command = [site.setting.python, FLOWS / "packages_on_cluster.py", "--datastore-root", f"file://{site.store}", "run"]
    process = subprocess.Popen([str(word) for word in command], env=site.environment(), cwd=project, stdout=subprocess.DEVNULL)
    found = []
    end = time.monotonic() + 120
    while not found and time.monotonic() < end:
        found = list((site.store / "attempts").glob("*/*/*/orders"))
        time.sleep(0.01)
    process.kill()
    process.wait()
    site.cluster.run("scancel", "--user=root", check=False)
    if not found:
        raise CommandFailed("the run wrote no orders")
    time.sleep(2)
    return found[0].relative_to(site.store)


def install_warm(setting, site):
    """Makes the same environment from packages that are all unpacked in the cache."""
    lock = site.project / "pylock.toml"
    environment = site.environment()
    engine = site.setting.engine
    if not lock.exists():
        run([engine, "lock", "pandas", "scikit-learn", "matplotlib", "jupyterlab", "fastapi", "-o", lock], env=environment, cwd=site.project)
        run([engine, "env", "create", "-r", lock, site.project / "first"], env=environment, cwd=site.project)
    target = site.project / "again"
    remove(target)
    for path in (site.cache / "environments").glob("*"):
        remove(path)
    return run([engine, "env", "create", "-r", lock, target], env=environment, cwd=site.project).seconds


def queued(setting, rounds, sizes):
    """Ten thousand tasks that wait in the queue: memory of the engine, and how often it calls Slurm."""
    missing()
    count, seconds = 10_000, 60
    with SlurmCluster(settings="MaxJobCount=20000\nMaxArraySize=1001") as cluster:
        for node in cluster.nodes:
            cluster.run("scontrol", "update", f"NodeName={node}", "State=drain", "Reason=bench")
        site = Site(setting, cluster)
        folder, calls = setting.fresh("cluster-bin"), site.project / "calls"
        for name in ("sbatch", "squeue", "sacct", "scancel", "scontrol"):
            path = folder / name
            path.write_text(COUNTING.format(name=name, calls=calls, path=shutil.which(name)))
            path.chmod(0o755)
        command = [
            setting.python, FLOWS / "on_cluster.py", "--datastore-root", f"file://{site.store}", "run", "--max-num-splits", "1000000", "--width", count]
        process = subprocess.Popen(
            [str(word) for word in command], env=site.environment(PENSTOCK_SLURM_BIN=str(folder)), cwd=site.project, stdout=subprocess.DEVNULL)
        peak = [0]
        done = threading.Event()

        def watch():
            while not done.wait(0.1):
                try:
                    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
                        if line.startswith("VmHWM:"):
                            peak[0] = max(peak[0], int(line.split()[1]) * 1024)
                except OSError:
                    pass

        thread = threading.Thread(target=watch)
        thread.start()
        end = time.monotonic() + 300
        while time.monotonic() < end and calls_of(calls, "sbatch") < count / 1000:
            time.sleep(0.2)
        time.sleep(seconds)
        submitted = calls_of(calls, "sbatch")
        called = calls.read_text().splitlines()
        process.send_signal(2)
        time.sleep(1)
        process.send_signal(2)
        process.wait(60)
        done.set()
        thread.join()
        times = sorted(float(line.split()[0]) for line in called if "sbatch" not in line)
        most = max((sum(1 for other in times if at <= other < at + 1) for at in times), default=0)
    if submitted < count / 1000:
        raise CommandFailed(f"only {submitted} arrays were submitted")
    yield Row(
        f"engine with {count:,} queued tasks", "MB", peak[0] / 1e6, limit=200, how=f"the largest resident size of the engine until {seconds} s after the last submission")
    yield Row(
        f"calls of Slurm in one second, {count:,} queued tasks", "calls", most, limit=1,
        how=f"the most calls that began within one second, besides the {submitted} submissions; {len(times)} calls in all")


def calls_of(path, name):
    return path.read_text().count(f" {name}\n") if path.exists() else 0
