"""Conda's rooms beside py-rattler: opening repodata, solving, installing. Needs the shared fixtures and tools."""

import json
import os
import subprocess

from measuring import CommandFailed, in_turn, median
from rows import Row
from setting import ROOT

SHARED = ROOT.parent / "shared"
REQUESTS = {
    "scientific": ("python 3.12.*", "numpy", "pandas"),
    "notebooks": ("jupyterlab", "python=3.12"),
    "maps": ("gdal", "python=3.12"),
    "films": ("ffmpeg",),
    "plots": ("matplotlib", "python=3.12", "numpy<2"),
}
WHEELS = ("numpy", "pandas", "six", "python-dateutil", "pytz", "tzdata", "packaging")


class Conda:
    def __init__(self, setting):
        if not (SHARED / "fixtures" / "conda").is_dir():
            raise CommandFailed("the shared fixtures of conda are not here")
        self.setting = setting
        self.folder = setting.fresh("conda")
        self.program = ROOT / ".build" / "release" / "conda-benchmark"
        if not self.program.exists():
            subprocess.check_call(["swift", "build", "-c", "release", "--product", "conda-benchmark"], cwd=ROOT,
                                  stdout=subprocess.DEVNULL)
        self.python = setting.folder / "rattler" / "bin" / "python"
        if not self.python.exists():
            subprocess.check_call([str(setting.interpreter), "-m", "venv", str(self.python.parent.parent)])
            subprocess.check_call([str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                                   "py-rattler", "zstandard"])
        self.round = 0

    def tell(self, *command):
        result = subprocess.run([str(word) for word in command], capture_output=True, text=True, env=dict(os.environ))
        if result.returncode:
            raise CommandFailed(f"{command[0]} {command[1]}: {result.stderr[-2000:]}")
        return json.loads(result.stdout)

    def penstock(self, *words):
        return self.tell(self.program, *words)

    def rattler(self, *words):
        return self.tell(self.python, ROOT / "Benchmarks" / "comparing" / "rattler_peer.py", *words)

    def repodata(self, platform="linux-64"):
        """The largest repodata of the fixtures, unpacked."""
        source = SHARED / "fixtures" / "conda" / "repodata" / "cf-sample"
        script = ("import sys, zstandard; open(sys.argv[2], 'wb').write("
                  "zstandard.ZstdDecompressor().decompressobj().decompress(open(sys.argv[1], 'rb').read()))")
        paths = []
        for subdir in (platform, "noarch"):
            path = self.folder / f"{subdir}.json"
            subprocess.check_call([str(self.python), "-c", script, str(source / subdir / "repodata.json.zst"), str(path)])
            paths.append(path)
        return paths

    def channel(self):
        """A channel with this machine's Python and some wheels; kept for the next time."""
        channel = self.setting.folder / "conda-channel"
        if not (channel / "noarch" / "repodata.json").exists():
            wheels = self.setting.fresh("conda-wheels")
            tool = SHARED / "tools" / "make_conda_channel.py"
            prefix = subprocess.check_output(
                [str(self.setting.interpreter), "-c", "import sys; print(sys.base_prefix)"], text=True).strip()
            subprocess.check_call([str(self.setting.interpreter), "-m", "pip", "download", "--quiet", "--no-deps",
                                   "--only-binary", ":all:", "-d", str(wheels), *WHEELS])
            for arguments in (["python", prefix], ["wheel", *map(str, sorted(wheels.glob("*.whl")))]):
                subprocess.check_call([str(self.python), str(tool), *arguments, "-o", str(channel)],
                                      stdout=subprocess.DEVNULL)
        return channel

    def next_folder(self, name):
        self.round += 1
        return self.folder / f"{name}-{self.round}"


def conda_solve(setting, rounds, sizes):
    conda = Conda(setting)
    paths = conda.repodata()
    rounds *= 3
    a, b = in_turn(rounds, lambda: conda.penstock("open", conda.folder, *paths)["scan"],
                   lambda: conda.rattler("open", *paths)["open"])
    yield Row("conda open, cold", "ms", median(a) * 1000, peer=median(b) * 1000, peer_name="rattler", target=1.0,
              samples={"penstock": a, "peer": b},
              how=f"finding all records in 9 MB of repodata (and writing the index) beside SparseRepoData; median of {rounds}")
    for name, specs in REQUESTS.items():
        sides = in_turn(rounds, lambda: conda.penstock("solve", conda.folder, *specs, "--", *paths),
                        lambda: conda.rattler("solve", *specs, "--", *paths))
        a, b = ([told["solve"] for told in side] for side in sides)
        same = set(sides[0][0]["packages"]) == set(sides[1][0]["packages"])
        how = f"{', '.join(specs)} on 17,540 records, repodata opened too, {'the same' if same else 'another'} answer; median of {rounds}"
        yield Row(f"conda solve {name}", "ms", median(a) * 1000, peer=median(b) * 1000, peer_name="rattler", target=1.0,
                  samples={"penstock": a, "peer": b}, how=how)
        a, b = ([told["memory"] / 1000 for told in side] for side in sides)
        yield Row(f"conda solve {name}, memory", "MB", median(a), peer=median(b), peer_name="rattler", target=1.0,
                  samples={"penstock": a, "peer": b}, how="largest resident size; the peer's has its Python in it")
