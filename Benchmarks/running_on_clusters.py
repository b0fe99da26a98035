"""Tasks on a Slurm cluster of this machine (the one of the tests). The peer is Slurm itself, with scripts that do nothing."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from pathlib import Path

from measuring import CommandFailed, in_turn, median, remove, run
from rebuilding_environments import BUCKET, LoopbackS3
from rows import Row
from setting import FLOWS

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from Tests.EndToEnd.harness.node_orders import RecordedRun  # noqa: E402
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

    kind = "a shared folder"

    def __init__(self, setting, cluster):
        self.setting, self.cluster = setting, cluster
        self.store = setting.fresh("cluster-store")
        self.address = f"file://{self.store}"
        self.project = setting.fresh("cluster-project")
        self.node = self.store.parent / "cluster-node"
        self.cache = setting.fresh("cluster-cache")
        remove(self.node)

    def environment(self, **variables):
        return {
            **self.setting.penstock_environment(self.project, self.cache), **self.cluster.variables, "PENSTOCK_NODE_CACHE": str(self.node),
            **self.access, **variables}

    def command(self, flow, *words):
        return [
            str(word) for word in [self.setting.python, FLOWS / flow, "--datastore-root", self.address, "run", "--max-num-splits", "1000000", *words]]

    def run(self, flow, *words, **more):
        return run(self.command(flow, *words), env=self.environment(), cwd=self.project, **more)

    # The datastore

    #: What one needs to reach it.
    access = {}
    access_of_nodes = {}

    def keys(self, prefix):
        return [str(path.relative_to(self.store)) for path in (self.store / prefix).rglob("*") if path.is_file()]

    def delete(self, key):
        (self.store / key).unlink()

    def download(self, keys, folder):
        for key in keys:
            shutil.copyfile(self.store / key, folder / Path(key).name)


class Line:
    """Brings bytes to a port of this machine and back, no more of them in a second than a line has room for, whatever the number of
    connections. Use it as a context."""

    def __init__(self, port, rate):
        self.port, self.rate = port, rate
        self.lock, self.free = threading.Lock(), 0.0

    def __enter__(self):
        self.door = socket.create_server(("127.0.0.1", 0), backlog=128)
        threading.Thread(target=self._serve, daemon=True).start()
        return f"http://127.0.0.1:{self.door.getsockname()[1]}"

    def __exit__(self, *_):
        self.door.close()

    def _serve(self):
        while True:
            try:
                here, _ = self.door.accept()
            except OSError:
                return
            there = socket.create_connection(("127.0.0.1", self.port))
            for source, target in ((here, there), (there, here)):
                threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source, target):
        buffer = memoryview(bytearray(1 << 18))
        try:
            while count := source.recv_into(buffer):
                with self.lock:
                    self.free = max(self.free, time.monotonic()) + count / self.rate
                    wait = self.free - time.monotonic()
                if wait > 0.001:
                    time.sleep(wait)
                target.sendall(buffer[:count])
            target.shutdown(socket.SHUT_WR)
        except OSError:
            source.close()


class BucketSite(Site):
    """The same with a bucket of `moto_server`."""

    #: In bytes a second: a gigabit Ethernet.
    RATE = 125_000_000
    kind = "S3 at 1 Gbit/s"

    def __init__(self, setting, cluster, server, line):
        super().__init__(setting, cluster)
        self.server, self.line = server, line
        self.address = f"s3://{BUCKET}/{self.store.name}"
        self.access = {name: value for name, value in server.variables.items() if name != "PENSTOCK_DATASTORE_ROOT"}

    @property
    def access_of_nodes(self):
        return {**self.access, "AWS_ENDPOINT_URL_S3": self.line}

    def url(self, key):
        return f"{self.line}/{BUCKET}/{self.store.name}/{urllib.parse.quote(key)}"

    def keys(self, prefix):
        start = f"{self.store.name}/"
        query = urllib.parse.urlencode({"list-type": "2", "prefix": start + prefix})
        return [key[len(start):] for key in re.findall("<Key>(.*?)</Key>", self._curl(f"{self.server.url}/{BUCKET}?{query}"))]

    def delete(self, key):
        self._curl("--request", "DELETE", self.url(key))

    def download(self, keys, folder):
        self._curl(*(word for key in keys for word in ("-o", folder / Path(key).name, self.url(key))))

    @staticmethod
    def _curl(*words):
        signed = ["--aws-sigv4", "aws:amz:us-east-1:s3", "--user", "bench:bench"]
        done = subprocess.run(["curl", "--noproxy", "*", "--fail", "--silent", *signed, *map(str, words)], capture_output=True, text=True)
        if done.returncode:
            raise CommandFailed(f"curl ended with {done.returncode}")
        return done.stdout


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
        yield from Bootstrap(setting, Site(setting, cluster)).rows(rounds, is_filled=True)
    with SlurmCluster() as cluster, LoopbackS3(setting) as server, Line(server.port, BucketSite.RATE) as line:
        yield from Bootstrap(setting, BucketSite(setting, cluster, server, line)).rows(rounds)


class Bootstrap:
    """A job that is done again and again on a node whose cache is empty, or filled."""

    def __init__(self, setting, site):
        self.setting, self.site, self.cluster = setting, site, site.cluster
        site.run("packages_on_cluster.py")
        orders = keep_orders(site)
        self.folder = setting.fresh("cluster-job")
        exports = " ".join(f"{name}='{value}'" for name, value in {**site.access_of_nodes, "PENSTOCK_NODE_CACHE": site.node, "PENSTOCK_JOB_INDEX": 0}.items())
        self.program = f"export {exports}\n{setting.engine} node-task --datastore {site.address} --orders {orders}"
        self.there = site.keys("blobs/")

    def again(self):
        for key in self.site.keys("attempts/"):
            if "/said/" in key:
                self.site.delete(key)
        return one_job(self.cluster, self.folder, self.program)

    def cold(self):
        remove(self.site.node)
        os.makedirs(self.site.node, mode=0o700)
        return self.again()

    def plain(self):
        fetched = self.folder / "fetched"
        remove(fetched)
        fetched.mkdir()
        began = time.perf_counter()
        self.site.download(self.there, fetched)
        seconds = time.perf_counter() - began
        self.size = sum(path.stat().st_size for path in fetched.iterdir())
        return seconds

    def rows(self, rounds, is_filled=False):
        colds, plains = in_turn(rounds, self.cold, self.plain)
        install = median([install_warm(self.setting, self.site) for _ in range(rounds)])
        yield Row(
            f"node, empty cache: five packages, {self.site.kind}", "s", median(colds), peer=median(plains) + install,
            peer_name="download + local warm install", target=1.2, samples={"penstock": colds, "peer": [each + install for each in plains]},
            how=f"a job from its first line to its last, the task itself included, with an empty node cache; against a plain copy or `curl` of the "
                f"same bytes ({self.size / 1e6:.0f} MB, {median(plains):.2f} s) and `penstock env create` of the same lock with a warm cache "
                f"({install:.2f} s), which unpacks nothing; median of {rounds}")
        if is_filled:
            yield self.beside_uv(colds, plains)
            warms, bares = in_turn(rounds * 2, self.again, lambda: one_job(self.cluster, self.folder, f"{self.setting.python} -c pass"))
            yield Row(
                "node, filled cache: more than a bare job", "s", median(warms) - median(bares), limit=0.3,
                samples={"penstock": warms, "peer": bares},
                how=f"the same with the node's cache filled, less a job that runs `python -c pass` ({median(bares):.3f} s); median of {rounds * 2}")


    def beside_uv(self, colds, plains):
        """The peer unpacks the same wheels, as a node with an empty cache has to."""
        uv, wheels, target, cache = self.setting.peer / "uv", self.folder / "wheels", self.folder / "target", self.folder / "uv-cache"
        wheels.mkdir()
        run_id = next((self.site.store / "records" / "PackagesOnCluster").iterdir()).name
        for entry in RecordedRun(self.site.store, "PackagesOnCluster", run_id).snapshot:
            if entry["name"].endswith(".whl"):
                digest = entry["blob"]["digest"]
                (wheels / entry["name"]).symlink_to(self.site.store / "blobs" / digest[:2] / digest)
        environment = self.setting.environment(UV_CACHE_DIR=cache)
        times = []
        for _ in colds:
            remove(target)
            remove(cache)
            began = time.perf_counter()
            run([uv, "--quiet", "venv", "--python", self.setting.interpreter, target], env=environment, cwd=self.folder)
            run([uv, "--quiet", "pip", "install", "--python", target / "bin" / "python", "--no-index", "--no-deps", *sorted(wheels.iterdir())],
                env=environment, cwd=self.folder)
            times.append(time.perf_counter() - began)
        install = median(times)
        return Row(
            "node, empty cache: five packages, beside uv", "s", median(colds), peer=median(plains) + install, peer_name="copy + uv from the wheels",
            samples={"penstock": colds, "peer": [each + install for each in plains]},
            how=f"the same job, against the copy and `uv pip install` of the wheels that were copied, with an empty cache ({install:.2f} s)")


def keep_orders(site):
    """The orders of a run that is stopped before it can remove them; they are done by hand, again and again."""
    process = subprocess.Popen(
        site.command("packages_on_cluster.py"), env=site.environment(), cwd=site.project, stdout=subprocess.DEVNULL)
    found = []
    end = time.monotonic() + 120
    while not found and time.monotonic() < end:
        found = [key for key in site.keys("attempts/") if key.endswith("/orders")]
        time.sleep(0.01)
    process.kill()
    process.wait()
    site.cluster.run("scancel", "--user=root", check=False)
    if not found:
        raise CommandFailed("the run wrote no orders")
    time.sleep(2)
    return found[0]


def install_warm(setting, site):
    """Makes the same environment from packages that are all unpacked in the cache."""
    lock = site.project / "pylock.toml"
    environment = site.environment()
    engine = site.setting.engine
    if not lock.exists():
        run([engine, "lock", "pandas", "scikit-learn", "matplotlib", "jupyterlab", "fastapi", "-o", lock], env=environment, cwd=site.project)
        run([engine, "env", "create", "--lock", lock, "--at", site.project / "first"], env=environment, cwd=site.project)
    target = site.project / "again"
    remove(target)
    for path in (site.cache / "environments").glob("*"):
        remove(path)
    return run([engine, "env", "create", "--lock", lock, "--at", target], env=environment, cwd=site.project).seconds


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
        process = subprocess.Popen(
            site.command("on_cluster.py", "--width", count), env=site.environment(PENSTOCK_SLURM_BIN=str(folder)), cwd=site.project, stdout=subprocess.DEVNULL)
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
