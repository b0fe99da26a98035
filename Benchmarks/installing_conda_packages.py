"""Environments of conda packages from a channel, beside py-rattler's `install` of the same archives.

Like for like is the engine's part: the rooms that fetch, check, unpack and link, in one process (`conda-benchmark install`), beside the
peer's function in a Python that is running. Both know the records; neither the start of the process nor the peer's import counts. The
channel is served on the loopback, or lies in a folder; both sides have empty caches, or full ones, and link with hard links.

The whole command `penstock env create --lock` is measured, too, from the start of its process to the end. Besides the above it reads
the lock, asks the Python that it has installed what it is, and notes what it has made. There is no target for it, since the peer has no
such thing. Nothing is removed between the rounds.
"""

import contextlib
import hashlib
import re
import subprocess
import time
import urllib.request

from conda_packages import SHARED, Conda
from measuring import CommandFailed, in_turn, median, run
from rows import Row

#: With what they need, some hundred packages.
LARGE = ("pandas", "scikit-learn", "matplotlib", "jupyterlab", "sqlalchemy", "fastapi", "requests", "rich", "networkx")

#: Python's own server lets five connections wait; the others are tried again after a second, which is all that would be measured.
SERVER = """
import functools, http.server, sys

class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128

class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

server = Server(("127.0.0.1", 0), functools.partial(Handler, directory=sys.argv[1]))
print("port", server.server_address[1], flush=True)
server.serve_forever()
"""


class Installing(Conda):
    def __init__(self, setting):
        super().__init__(setting)
        self.kept = {}

    def large_channel(self):
        """A channel with this machine's Python and a hundred wheels; kept for the next time."""
        channel = self.setting.folder / "conda-channel-large"
        if not (channel / "noarch" / "repodata.json").exists():
            wheels = self.setting.fresh("conda-wheels")
            tool = SHARED / "tools" / "make_conda_channel.py"
            script = "import sys; print(sys.base_prefix)"
            prefix = subprocess.check_output([str(self.setting.interpreter), "-c", script], text=True).strip()
            subprocess.check_call([str(self.setting.interpreter), "-m", "pip", "download", "--quiet", "--only-binary", ":all:",
                                   "--disable-pip-version-check", "-d", str(wheels), *LARGE])
            for arguments in (["python", prefix], ["wheel", *map(str, sorted(wheels.glob("*.whl")))]):
                subprocess.check_call([str(self.python), str(tool), *arguments, "-o", str(channel)], stdout=subprocess.DEVNULL)
        return channel

    def archives(self, channel):
        return [path for path in sorted(channel.glob("*/*.conda")) if self._is_wanted(path)]

    def lock(self, archives, url):
        """A lock of archives, by a list with hashes: nothing is solved."""
        folder = self.next_folder("lock")
        folder.mkdir()
        (folder / "archives.txt").write_text("@EXPLICIT\n" + "".join(
            f"{url}/{path.parent.name}/{path.name}#{hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in archives))
        self._penstock("import", folder / "archives.txt", "-o", folder / "pylock.toml", cache=self.next_folder("lock-cache"))
        return folder / "pylock.toml"

    def _is_wanted(self, path):
        """Whether a package is for the channel's only Python or for any."""
        build = re.search(r"-py(3\d+)h", path.name)
        return build is None or build.group(1) == self._series()

    def _series(self):
        version = subprocess.check_output([str(self.setting.interpreter), "--version"], text=True)
        return "".join(re.search(r"(3)\.(\d+)", version).groups())

    def _penstock(self, *words, cache):
        environment = self.setting.environment(PENSTOCK_CACHE_DIR=cache, PENSTOCK_ROOT=self.folder / "store")
        return run([self.setting.engine, *words], env=environment, cwd=self.folder).seconds

    def command(self, lock, heat):
        return self._penstock(
            "env", "create", "--lock", lock, "--at", self.next_folder("prefix"), cache=self._cache("command", lock, heat))

    def engine(self, archives, url, heat):
        return self.penstock(
            "install", self.next_folder("prefix"), self._cache("penstock", url, heat), "--url", url, *archives)["seconds"]

    def peer(self, archives, url, heat):
        return self.rattler(
            "install", self.next_folder("prefix"), self._cache("rattler", url, heat), "--url", url, *archives)["seconds"]

    def _cache(self, side, what, heat):
        """Warm is what the side has filled the last time."""
        if heat == "warm":
            return self.kept[side, what]
        cache = self.kept[side, what] = self.next_folder(f"{side}-cache")
        return cache

    @contextlib.contextmanager
    def served(self, channel):
        """The address of a channel on the loopback."""
        server = subprocess.Popen(
            [str(self.setting.interpreter), "-u", "-c", SERVER, str(channel)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            port = re.search(r"port (\d+)", server.stdout.readline()).group(1)
            url = f"http://127.0.0.1:{port}"
            _wait_for(f"{url}/noarch/repodata.json")
            yield url
        finally:
            server.kill()
            server.wait()


def _wait_for(url):
    for _ in range(100):
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(url, timeout=5).close()
        time.sleep(0.05)
    raise CommandFailed(f"{url} cannot be had")


def conda_install(setting, rounds, sizes):
    installing = Installing(setting)
    yield from _rows(installing, "conda install", installing.channel(), rounds * 3)


def conda_install_large(setting, rounds, sizes):
    installing = Installing(setting)
    yield from _rows(installing, "conda install, many", installing.large_channel(), rounds)


def _rows(installing, name, channel, rounds):
    archives = installing.archives(channel)
    with installing.served(channel) as served:
        for place, url, heats in (("HTTP", served, ("cold", "warm")), ("file:", channel.as_uri(), ("cold",))):
            lock = installing.lock(archives, url)
            for heat in heats:
                a, b, whole = in_turn(
                    rounds, lambda: installing.engine(archives, url, heat), lambda: installing.peer(archives, url, heat),
                    lambda: installing.command(lock, heat))
                words = f"{name}, {heat}, {place}"
                how = (f"{len(archives)} packages of a local channel ({place}), {'empty caches' if heat == 'cold' else 'full caches'}; "
                       f"median of {rounds} in turn")
                yield Row(words, "ms", median(a) * 1000, peer=median(b) * 1000, peer_name="rattler", target=1.0 if heat == "cold" else 0.8,
                          samples={"penstock": a, "peer": b}, how=f"fetched, checked, unpacked, linked by the engine's rooms; {how}")
                yield Row(f"{words}, the command", "ms", median(whole) * 1000, peer=median(b) * 1000, peer_name="rattler",
                          samples={"penstock": whole, "peer": b}, how=f"penstock env create as a whole, beside the peer's function; {how}")
