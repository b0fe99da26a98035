"""Opening the repodata of conda channels. The peer is py-rattler, with the same files."""

import os
import shutil
import subprocess
import sys

from measuring import median, remove, run
from rows import Row
from setting import ROOT

NAMES = ("python", "numpy", "pandas", "scipy", "openssl")
CHANNEL, SUBDIR = "cf-sample", "linux-64"

#: Asks py-rattler for the records of the same packages, and prints the milliseconds that it took.
PEER = """
import asyncio, os, sys, time
import rattler
channel, subdir, cache, *names = sys.argv[1:]
async def ask():
    gateway = rattler.Gateway(cache_dir=cache)
    began = time.perf_counter()
    found = await gateway.query(
        sources=[rattler.Channel("file://" + channel)], platforms=[subdir, "noarch"],
        specs=names, recursive=False)
    print("took", (time.perf_counter() - began) * 1e3, "records", sum(map(len, found)), flush=True)
    os._exit(0)  # its threads end the process with a fault now and then
asyncio.run(ask())
"""


def fixtures():
    return os.environ.get("PENSTOCK_FIXTURES", str(ROOT.parent / "shared" / "fixtures"))


def program():
    path = ROOT / ".build" / "release" / "conda-open"
    subprocess.check_call(
        ["swift", "build", "-c", "release", "--product", "conda-open"], cwd=ROOT, env=dict(os.environ), stdout=subprocess.DEVNULL)
    return path


def peer_python(setting):
    """A Python that has py-rattler: the one that is named, or one that is made here."""
    named = os.environ.get("PENSTOCK_BENCH_RATTLER")
    if named:
        return named
    folder = setting.folder / "rattler"
    if not (folder / "bin" / "python").exists():
        subprocess.check_call([str(setting.interpreter), "-m", "venv", str(folder)])
        subprocess.check_call([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "py-rattler"])
    return str(folder / "bin" / "python")


def unpacked(setting):
    """The channel with its repodata as plain JSON, which both read."""
    source = f"{fixtures()}/conda/repodata/{CHANNEL}"
    target = setting.fresh("conda-channel")
    for subdir in (SUBDIR, "noarch"):
        (target / subdir).mkdir(parents=True)
        subprocess.check_call(["zstd", "-dq", f"{source}/{subdir}/repodata.json.zst", "-o", str(target / subdir / "repodata.json")])
    return target


def opening(setting, rounds, sizes):
    if not os.path.isdir(f"{fixtures()}/conda/repodata/{CHANNEL}") or not shutil.which("zstd"):
        print("conda-open needs the shared fixtures and the command zstd, and is left out", file=sys.stderr)
        return
    channel, ours, python = unpacked(setting), program(), peer_python(setting)
    environment = setting.environment()
    caches = {"penstock": setting.fresh("conda-cache-penstock"), "peer": setting.fresh("conda-cache-peer")}
    commands = {
        "penstock": [ours, channel, SUBDIR, caches["penstock"], *NAMES],
        "peer": [python, "-c", PEER, channel, SUBDIR, caches["peer"], *NAMES],
    }
    taken = {(heat, side): [] for heat in ("cold", "warm") for side in commands}
    for _ in range(3 * rounds):
        for heat in ("cold", "warm"):
            for side, command in commands.items():
                def prepare():
                    if heat == "cold":
                        remove(caches[side])
                prepare()
                words = subprocess.check_output([str(word) for word in command], env=environment, text=True).split()
                times = sum(float(words[words.index(word) + 1]) for word in ("opened", "read", "took") if word in words)
                prepare()
                taken[heat, side].append((times, run(command, env=environment, cwd=setting.folder).peak / 1e6))
    what = f"the records of {', '.join(NAMES)} out of {CHANNEL} ({SUBDIR} and noarch), plain JSON of one folder"
    for heat in ("cold", "warm"):
        a, b = taken[heat, "penstock"], taken[heat, "peer"]
        how = f"{what}; {heat} cache; time inside of the process, without its start; median of {3 * rounds} each in turn"
        yield Row(f"conda open, {heat}", "ms", median([t for t, _ in a]), peer=median([t for t, _ in b]), peer_name="py-rattler",
                  target=1.0, samples={"penstock": [t for t, _ in a], "peer": [t for t, _ in b]}, how=how)
    a, b = ([m for heat in ("cold", "warm") for _, m in taken[heat, side]] for side in commands)
    yield Row("conda open, memory", "MB", median(a), peer=median(b), peer_name="py-rattler and its Python", target=1.0,
              samples={"penstock": a, "peer": b}, how=f"{what}; largest resident size")
