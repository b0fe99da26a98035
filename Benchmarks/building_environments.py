"""Building environments from locks. The peer is uv, on the same interpreter, lock and index.

Nothing is removed between the rounds: a file system that has just forgotten many files is slow to make new ones, and
would be measured in place of the tools. What is in the way is moved aside, and everything goes at the end.
"""

import itertools
import os
import platform
import random
import shlex
from pathlib import Path

from measuring import count_files, in_turn, median, run
from rows import Row

PACKAGES = ("pandas", "scikit-learn", "matplotlib", "jupyterlab", "fastapi")

#: Small packages that need no others; the many environments are made of five each.
POOL = (
    "attrs", "certifi", "charset-normalizer", "click", "colorama", "decorator", "defusedxml", "distlib", "docutils", "filelock",
    "frozenlist", "idna", "iniconfig", "markupsafe", "mdurl", "more-itertools", "multidict", "packaging", "pathspec", "platformdirs",
    "pluggy", "propcache", "psutil", "pyasn1", "pycparser", "pyparsing", "pytz", "pyyaml", "six", "sortedcontainers", "tabulate",
    "toolz", "typing-extensions", "tzdata", "urllib3", "wcwidth", "webencodings", "wrapt", "xmltodict", "zipp",
)
MANY = 100
FIVE_EACH = 5


class Builder:
    """Builds with either tool from the same lock, out of a cache folder of its own."""

    def __init__(self, setting, name):
        self.setting = setting
        self.folder = setting.fresh(name)
        self.target = self.folder / "environment"
        self._numbers = itertools.count()

    def cache(self, tool):
        return self.folder / f"{tool}-cache"

    def aside(self, path):
        """Moves a file, folder or link (and not what it leads to) out of the way."""
        if path.is_symlink() or path.exists():
            (self.folder / "aside").mkdir(exist_ok=True)
            path.rename(self.folder / "aside" / str(next(self._numbers)))

    def lock(self, name, *words):
        """A lock of what is asked for; both tools install from it."""
        path = self.folder / f"pylock.{name}.toml"
        self._run("penstock", self.setting.engine, "lock", *words, "--output", path, "--python", self.setting.interpreter)
        return path

    def install(self, tool, lock, *, cold=False):
        """Makes an environment where there is none.

        What Penstock has built before is moved aside: one that the cache already has would be no work at all.
        """
        self.aside(self.target)
        self.aside(self.cache(tool) if cold else self.cache(tool) / "environments")
        os.sync()
        return [self._run(tool, *command) for command in self.commands(tool, lock, self.target)]

    def commands(self, tool, lock, target):
        if tool == "penstock":
            return [[self.setting.engine, "env", "create", "--lock", lock, target]]
        uv = self.setting.peer / "uv"
        return [
            [uv, "--quiet", "venv", "--python", self.setting.interpreter, target],
            [uv, "--quiet", "pip", "sync", "--preview-features", "pylock", "--python", target / "bin" / "python", lock]]

    def script(self, tool, locks, targets):
        """One script that makes all environments, one after the other."""
        path = self.folder / f"{tool}.sh"
        commands = itertools.chain.from_iterable(
            self.commands(tool, lock, targets / lock.name.split(".")[1]) for lock in locks)
        path.write_text("set -e\n" + "".join(shlex.join(map(str, command)) + "\n" for command in commands))
        return path

    def run_script(self, tool, script, targets):
        self.aside(targets)
        self.aside(self.cache("penstock") / "environments")
        targets.mkdir()
        os.sync()
        return self._run(tool, "sh", script).seconds

    def _run(self, tool, *command):
        if tool == "penstock":
            env = self.setting.penstock_environment(self.folder, self.cache(tool))
        else:
            env = self.setting.environment(UV_CACHE_DIR=self.cache(tool), UV_LINK_MODE="hardlink", UV_NO_CONFIG="1")
        return run(command, env=env, cwd=self.folder)


def seconds(takens):
    return sum(taken.seconds for taken in takens)


def peak(takens):
    return max(taken.peak for taken in takens) / 1e6


def sides(rounds, builder, lock, *, cold):
    """What either tool took each time: lists of lists of commands."""
    return in_turn(
        rounds, lambda: builder.install("penstock", lock, cold=cold), lambda: builder.install("uv", lock, cold=cold))


HOW = ("`penstock env create --lock` beside `uv venv` and `uv pip sync` (hard links), from the same lock, into a folder that does "
       "not exist yet; median of {} each in turn, ")
COLD = "each into a cache folder that does not exist yet, so with the downloads"
WARM = "with everything unpacked in the cache, but no environment in it"


def install(setting, rounds, sizes):
    builder = Builder(setting, "packages")
    lock = builder.lock("five", *PACKAGES)
    yield from rows("five packages, cold", sides(rounds, builder, lock, cold=True), 1.0, HOW.format(rounds) + COLD)
    many = 3 * rounds
    warm = sides(many, builder, lock, cold=False)
    yield from rows("five packages, warm", warm, 0.6, HOW.format(many) + WARM)
    builder.install("penstock", lock)
    ours = count_files(builder.target.resolve())
    builder.install("uv", lock)
    theirs = count_files(builder.target)
    yield Row("files installed", "files", ours, peer=theirs, peer_name="uv",
              how="files in the finished environment: a check that both did the same work")


def rows(name, sides, target, how):
    a, b = ([seconds(takens) for takens in side] for side in sides)
    yield Row(f"install {name}", "s", median(a), peer=median(b), peer_name="uv", target=target,
              samples={"penstock": a, "peer": b}, how="wall time of " + how)
    a, b = ([peak(takens) for takens in side] for side in sides)
    yield Row(f"install {name}, memory", "MB", median(a), peer=median(b), peer_name="uv",
              samples={"penstock": a, "peer": b}, how="largest resident size in " + how)


def torch(setting, rounds, sizes):
    """One very large wheel among small ones. The wheel of the processor's build lies in the folder of PIP_FIND_LINKS."""
    wheel = torch_wheel()
    if wheel is None:
        print("There is no wheel of torch in the folder of PIP_FIND_LINKS: nothing is measured.")
        return
    builder = Builder(setting, "torch")
    version = wheel.name.split("-")[1].replace("%2B", "+")
    lock = builder.lock("torch", f"torch=={version}", "transformers", "--find-links", wheel.parent)
    yield from rows("torch and transformers, cold", sides(rounds, builder, lock, cold=True), 1.0, HOW.format(rounds) + COLD)


def torch_wheel():
    """For the oldest Python that is measured with; `None` if there is none."""
    folders = [Path(word) for word in os.environ.get("PIP_FIND_LINKS", "").split() if Path(word).is_dir()]
    machine = platform.machine()
    found = [path for folder in folders for path in sorted(folder.glob(f"torch-*{machine}.whl"))]
    return found[-1] if found else None


def many(setting, rounds, sizes):
    """Environments of five packages each, every one another five, over one cache that has them all."""
    builder = Builder(setting, "many")
    chance = random.Random(5)
    chosen = [sorted(chance.sample(POOL, FIVE_EACH)) for _ in range(MANY)]
    locks = [builder.lock(f"n{number}", *names) for number, names in enumerate(chosen)]
    targets = builder.folder / "environments"
    scripts = {tool: builder.script(tool, locks, targets) for tool in ("penstock", "uv")}
    works = [lambda tool=tool: builder.run_script(tool, scripts[tool], targets) for tool in scripts]
    for work in works:
        work()
    a, b = in_turn(rounds, *works)
    yield Row(
        f"{MANY} environments of {FIVE_EACH} packages", "s", median(a), peer=median(b), peer_name="uv", target=0.6,
        samples={"penstock": a, "peer": b},
        how=f"wall time of one shell script that makes {MANY} environments one after the other, each of {FIVE_EACH} of {len(POOL)} "
            "small packages that the cache has unpacked; `penstock env create --lock` beside `uv venv` and `uv pip sync` (hard links), "
            f"from the same locks; median of {rounds} each in turn")
