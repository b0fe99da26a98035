"""Resolving known sets of packages. The peer is uv, on the same interpreter and the same index."""

import os
import re
import subprocess

from measuring import in_turn, median, remove, run
from recorded_index import RecordedIndexProcess, upstream_index
from rows import Row
from setting import ROOT

SETS = {
    "five": ("pandas", "scikit-learn", "matplotlib", "jupyterlab", "fastapi"),
    "airflow": ("apache-airflow[amazon,google,postgres]",),
    "transformers": ("transformers[torch]", "datasets", "accelerate"),
    "backtracking": ("boto3", "botocore", "urllib3<2", "s3fs"),
}


class Resolving:
    """Locks one set with either tool: wheels only, no earlier lock to go by."""

    def __init__(self, setting, name, index=None):
        self.setting = setting
        self.packages = SETS[name]
        self.index = index
        self.folder = setting.fresh(f"resolve-{name}-{'recorded' if index else 'index'}")
        self.requirements = self.folder / "requirements.in"
        self.requirements.write_text("".join(f"{package}\n" for package in self.packages))
        self.lock = self.folder / "pylock.toml"
        self.compiled = self.folder / "requirements.txt"

    def cache(self, tool):
        return self.folder / f"{tool}-cache"

    def penstock(self):
        self.lock.unlink(missing_ok=True)
        env = self.setting.penstock_environment(self.folder, self.cache("penstock"))
        if self.index:
            env["PENSTOCK_INDEX_URL"] = self.index.url
        return run([
            self.setting.engine, "lock", *self.packages, "--output", self.lock, "--python", self.setting.interpreter,
            "--no-build"], env=env, cwd=self.folder)

    def uv(self):
        self.compiled.unlink(missing_ok=True)
        env = self.setting.environment(UV_CACHE_DIR=self.cache("uv"), UV_NO_CONFIG="1")
        if self.index:
            env["UV_DEFAULT_INDEX"] = self.index.url
        return run([
            self.setting.peer / "uv", "pip", "compile", self.requirements, "--output-file", self.compiled,
            "--python", self.setting.interpreter, "--only-binary", ":all:"], env=env, cwd=self.folder)

    def cold(self, tool):
        """The tool's work after its cache was removed; removing it is not counted."""
        work = getattr(self, tool)

        def measured():
            remove(self.cache(tool))
            return work()
        return measured


def resolve(setting, rounds, sizes):
    upstream = upstream_index(setting.peer / "python")
    with RecordedIndexProcess(setting.folder / "recorded-index", upstream) as index:
        for name in SETS:
            yield from cold(setting, name, rounds)
            yield from warm(setting, name, index, 3 * rounds)


def cold(setting, name, rounds):
    resolving = Resolving(setting, name)
    sides = in_turn(rounds, resolving.cold("penstock"), resolving.cold("uv"))
    how = f"the cache folder removed before each; from the index, over the network; median of {rounds} each in turn"
    yield from rows(name, "cold", sides, 1.0, how)


def warm(setting, name, index, rounds):
    # Twice: the first one records what the index does not have yet.
    resolving = Resolving(setting, name, index)
    for work in (resolving.penstock, resolving.uv) * 2:
        work()
    sides = in_turn(rounds, resolving.penstock, resolving.uv)
    how = ("with the cache of the one before, all of it fresh; from a recorded copy of the index, since mirrors often send no "
           f"caching headers and uv then asks again for everything; median of {rounds} each in turn")
    yield from rows(name, "warm", sides, 0.5, how)


def rows(name, heat, sides, target, how):
    what = f"`penstock lock {' '.join(SETS[name])}` beside `uv pip compile`, wheels only, "
    a, b = ([taken.seconds for taken in side] for side in sides)
    yield Row(f"resolve {name}, {heat}", "s", median(a), peer=median(b), peer_name="uv", target=target,
              samples={"penstock": a, "peer": b}, how=f"{what}wall time; {how}")
    a, b = ([taken.peak / 1e6 for taken in side] for side in sides)
    yield Row(f"resolve {name}, {heat}, memory", "MB", median(a), peer=median(b), peer_name="uv", target=1.0,
              samples={"penstock": a, "peer": b}, how=f"{what}largest resident size; {how}")


def solver_alone(setting, rounds, sizes):
    """The solver without network, cache and parsers, on generated universes of 5,000 packages."""
    program = ROOT / ".build" / "release" / "solver-benchmark"
    if not program.exists():
        subprocess.check_call(
            ["swift", "build", "-c", "release", "--product", "solver-benchmark"], cwd=ROOT, env=dict(os.environ),
            stdout=subprocess.DEVNULL)
    text = subprocess.check_output([str(program)], text=True)
    found = re.findall(r"seed (\d+), ([^:]+): (.*): median ([\d.]+) ms", text)
    for title in dict.fromkeys(title for _, title, _, _ in found):
        times = [float(time) for _, other, _, time in found if other == title]
        work = "; ".join(work for _, other, work, _ in found if other == title)
        yield Row(f"solver alone, {title}", "ms", max(times), limit=50 if title == "forty roots" else None,
                  samples={"penstock": times}, how=f"the slowest of three generated universes of 5,000 packages: {work}")
