"""Making the environment of a past run again, from a datastore on a loopback S3 server and nothing else. The peer is uv, from the
index."""

import os
import signal
import socket
import subprocess
import time
import urllib.request

from building_environments import PACKAGES, Builder
from measuring import count_files, in_turn, median, run
from rows import Row
from setting import FLOWS, SettingError

BUCKET = "benchmark"


class LoopbackS3:
    """`moto_server`, a server of S3 in Python that keeps everything in memory."""

    def __init__(self, setting):
        if subprocess.call([str(setting.python), "-c", "import moto, flask"], stderr=subprocess.DEVNULL):
            raise SettingError("There is no moto. `make dev` and pip install 'moto[s3]' flask flask-cors bring it.")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.python = setting.python

    def __enter__(self):
        self.process = subprocess.Popen(
            [str(self.python), "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for _ in range(600):
            try:
                opener.open(self.url + "/moto-api/", timeout=5).read()
                break
            except OSError:
                time.sleep(0.1)
        opener.open(urllib.request.Request(f"{self.url}/{BUCKET}", method="PUT"), timeout=30).read()
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    @property
    def variables(self):
        return {
            "AWS_ENDPOINT_URL_S3": self.url, "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1",
            "PENSTOCK_DATASTORE_ROOT": f"s3://{BUCKET}/flows"}


class Rebuilder(Builder):
    """Has run the flow once, and makes its environment again on machines that have nothing."""

    def __init__(self, setting, server):
        super().__init__(setting, "rebuilding")
        self.server = server
        ids = self.folder / "run"
        env = dict(setting.penstock_environment(self.folder / "first", self.cache("first")), **server.variables)
        run([setting.python, FLOWS / "five_packages.py", "--quiet", "run", "--run-id-file", ids], env=env, cwd=self.folder)
        self.step = f"FivePackages/{ids.read_text().strip()}/start"

    def rebuild(self):
        """With a cache, a project and an index that do not exist."""
        self.aside(self.target)
        self.aside(self.cache("penstock"))
        store = self.folder / "second"
        self.aside(store)
        store.mkdir()
        os.sync()
        env = dict(
            self.setting.penstock_environment(store, self.cache("penstock")), **self.server.variables,
            PENSTOCK_INDEX_URL="http://127.0.0.1:9/simple/")
        return [run([self.setting.engine, "env", "create", "--run", self.step, "--at", self.target], env=env, cwd=self.folder)]


def rebuild(setting, rounds, sizes):
    with LoopbackS3(setting) as server:
        builder = Rebuilder(setting, server)
        lock = builder.lock("five", *PACKAGES)
        a, b = in_turn(rounds, builder.rebuild, lambda: builder.install("uv", lock, cold=True))
        a, b = ([sum(taken.seconds for taken in takens) for takens in side] for side in (a, b))
        yield Row(
            "rebuild five packages from S3, cold", "s", median(a), peer=median(b), peer_name="uv", target=1.0,
            samples={"penstock": a, "peer": b},
            how=f"wall time of `penstock env create --run FLOW/RUN/STEP`: records, lock and packages from a datastore on `moto_server`, no cache, "
                f"no project, no index; beside `uv venv` and `uv pip sync` from the index with no cache; median of {rounds} each in turn")
        builder.rebuild()
        ours = count_files(builder.target.resolve())
        builder.install("uv", lock)
        yield Row("files of the rebuilt environment", "files", ours, peer=count_files(builder.target), peer_name="uv",
                  how="files in the finished environment: a check that both did the same work")
