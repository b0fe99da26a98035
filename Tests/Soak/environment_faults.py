"""Environments under faults: builders killed at random moments, many processes at once, full disks, flipped bytes, jumping clocks.

    make soak                                                       with 200 kills
    .venv/bin/python Tests/Soak/environment_faults.py --kills 20 --seed 7

Each fault has to end in a right environment or one clear error, and the next build in a right one: compared file by file with an
environment of a cache that nothing happened to. Wheels come from an index on the loopback interface.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))

from EndToEnd.harness.conda_channel import CondaChannel, conda_package, conda_python  # noqa: E402
from EndToEnd.harness.environments import bulky_wheel, differences, flip, leftovers, tree  # noqa: E402
from EndToEnd.harness.index import LoopbackIndex  # noqa: E402

NAMES = ("flour", "water", "salt", "yeast", "sugar")
FOREIGN = ("PENSTOCK_", "METAFLOW_", "UV_", "PIP_", "PYTHON", "VIRTUAL_ENV", "XDG_")


class Wrong(Exception):
    """Something is not as it has to be."""


def check(condition, *words):
    if not condition:
        raise Wrong(" ".join(str(word) for word in words))


class Bench:
    """A cache, an index and a lock, and what is done with them."""

    def __init__(self, options):
        self.options = options
        self.random = random.Random(options.seed)
        self.folder = Path(tempfile.mkdtemp(prefix="penstock-faults-"))
        self.cache = self.folder / "cache"
        # One is large enough to be unpacked while it arrives.
        self.index = LoopbackIndex(
            *(bulky_wheel(name, options.files, 3_000_000 if name == NAMES[0] else 150_000) for name in NAMES))
        self.before = []
        self.table = []

    def environment(self, **more):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        kept.update({
            "PENSTOCK_CACHE_DIR": str(self.cache), "PENSTOCK_INDEX_URL": self.index.url, "PIP_CONFIG_FILE": os.devnull,
            "HOME": str(self.folder), "no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"})
        kept.update({name: str(value) for name, value in more.items()})
        return kept

    def begin(self, *words, before=None, **more):
        return subprocess.Popen(
            [*(self.before if before is None else before), str(self.options.engine), *map(str, words)], cwd=self.folder,
            env=self.environment(**more), text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def engine(self, *words, **more):
        process = self.begin(*words, **more)
        stdout, stderr = process.communicate(timeout=300)
        return process.returncode, stdout, stderr

    def lock(self, *names):
        path = self.folder / f"pylock.{'-'.join(names)}.toml"
        code, _, stderr = self.engine("lock", *names, "--output", path.name, "--python", self.options.python)
        check(code == 0, stderr)
        return path.name

    def create(self, lock, *place, **more):
        code, stdout, stderr = self.engine("env", "create", "--lock", lock, *place, **more)
        check(code == 0, "a build fails:", stderr)
        return Path(stdout.strip())

    def prepare(self):
        self.all = self.lock(*NAMES)
        self.some = self.lock(*NAMES[:3])
        elsewhere = self.folder / "reference"
        began = time.monotonic()
        self.reference = tree(self.create(self.all, PENSTOCK_CACHE_DIR=elsewhere))
        self.cold = time.monotonic() - began
        self.reference_of_some = tree(self.create(self.some, PENSTOCK_CACHE_DIR=elsewhere))
        shutil.rmtree(elsewhere / "environments")
        began = time.monotonic()
        self.create(self.all, PENSTOCK_CACHE_DIR=elsewhere)
        self.warm = time.monotonic() - began

    def check_right(self, path, reference=None):
        found = differences(tree(path), reference or self.reference)
        check(not found, "another environment than the reference:", *found[:5])
        left = leftovers(self.cache)
        check(not left, "left behind:", *left[:5])

    def clear(self, *parts):
        for part in parts or ("environments", "wheels"):
            shutil.rmtree(self.cache / part, ignore_errors=True)

    def state(self):
        """How far a build got that was cut short."""
        if any((self.cache / "environments").glob("[0-9a-f]*")):
            return "finished"
        if any((self.cache / "environments").glob(".*")):
            return "half built"
        return "not begun"

    def note(self, fault, times, outcome):
        self.table.append((fault, times, outcome))
        print(f"{fault}: {times}, {outcome}", flush=True)

    # Faults

    def kills(self):
        for kind, length in (("cold", self.cold), ("warm", self.warm)):
            states = Counter()
            self.create(self.all)
            for _ in range(self.options.kills // 2):
                self.clear(*(["environments"] if kind == "warm" else []))
                process = self.begin("env", "create", "--lock", self.all)
                time.sleep(self.random.random() * length * 1.1)
                process.kill()
                process.communicate()
                states[self.state()] += 1
                self.check_right(self.create(self.all))
            self.note(f"kill -9 of a {kind} build", self.options.kills // 2, f"then right: {dict(states)}")

    def interruptions(self):
        codes = Counter()
        for number in range(self.options.kills // 10):
            self.clear()
            process = self.begin("env", "create", "--lock", self.all)
            time.sleep(self.random.random() * self.cold)
            process.send_signal(signal.SIGINT)
            stdout, stderr = process.communicate(timeout=30)
            codes[process.returncode] += 1
            check(process.returncode in (0, 1, -2), process.returncode, stderr)
            if process.returncode == 1:
                check("Aborted!" in stderr and not stdout, stderr)
                check(not leftovers(self.cache), "left behind:", *leftovers(self.cache))
            self.check_right(self.create(self.all))
        self.note("Ctrl-C", self.options.kills // 10, f"exit codes {dict(codes)}, nothing left behind")

    def crowds(self):
        waited = 0
        for _ in range(self.options.rounds):
            self.clear()
            self.index.forget_requests()
            self.index.delay = 0.05
            crowd = [self.begin("env", "create", "--lock", self.some if number % 3 == 0 else self.all) for number in range(16)]
            said = [process.communicate(timeout=120) for process in crowd]
            self.index.delay = 0
            check(all(process.returncode == 0 for process in crowd), *(errors for _, errors in said if "error" in errors))
            check(len({output for output, _ in said}) == 2, "more than two environments")
            fetched = Counter(self.index.downloads())
            check(len(fetched) == len(NAMES) and set(fetched.values()) == {1}, "fetched more than once:", fetched)
            waited += sum("another process" in errors for _, errors in said)
            self.check_right(Path(said[1][0].strip()))
            self.check_right(Path(said[0][0].strip()), self.reference_of_some)
        self.note("16 processes, two overlapping environments", self.options.rounds,
                  f"each wheel fetched and unpacked once; {waited} of {16 * self.options.rounds} told that they wait")

    def dying_builders(self):
        for _ in range(self.options.rounds):
            self.clear()
            self.index.delay = 0.3
            first = self.begin("env", "create", "--lock", self.all)
            time.sleep(0.05 + self.random.random() * 0.2)
            waiting = [self.begin("env", "create", "--lock", self.all) for _ in range(3)]
            time.sleep(0.1)
            first.kill()
            first.communicate()
            self.index.delay = 0
            for process in waiting:
                stdout, stderr = process.communicate(timeout=60)
                check(process.returncode == 0, stderr)
            self.check_right(Path(stdout.strip()))
        self.note("the builder dies while three wait", self.options.rounds, "one of them builds; right")

    def full_disks(self):
        self.clear()
        used = self.room_needed()
        outcomes = Counter()
        limits = [f"size={max(4, used * step // self.options.disks)}k" for step in range(1, self.options.disks)]
        inodes = len(NAMES) * (self.options.files + 30) * 2
        limits += [f"nr_inodes={max(5, inodes * step // self.options.disks)}" for step in range(1, self.options.disks)]
        for limit in limits:
            with Mount(self, f'mount -t tmpfs -o {limit} tmpfs "$1"') as mount:
                code, _, stderr = self.engine("env", "create", "--lock", self.all)
                if code != 0:
                    check(code == 1 and stderr.count("error: ") == 1 and "help: " in stderr, limit, stderr)
                    check("No space left on device" in stderr, limit, stderr)
                    outcomes[stderr.split("error: ")[1].split(" ")[1]] += 1
                    left = mount.run("find", self.cache / "environments", self.cache / "wheels", "-name", ".[0-9a-f]*")
                    check(not left, "left behind on the full disk:", left)
                    mount.run("mount", "-o", "remount,size=200m,nr_inodes=50000", self.cache)
                else:
                    outcomes["fits"] += 1
                path = self.create(self.all)
                mount.run("cp", "-a", path, self.folder / "copied")
                found = tree(self.folder / "copied")
                check(set(found) == set(self.reference), limit, "another environment than the reference")
                shutil.rmtree(self.folder / "copied")
        self.note("a full disk (bytes, inodes)", len(limits), f"one error each, then right: cannot {dict(outcomes)}")

    def room_needed(self):
        self.create(self.all)
        blocks = sum(path.lstat().st_blocks for path in self.cache.rglob("*"))
        self.clear()
        return blocks // 2 * 11 // 10

    def read_only(self):
        self.clear()
        path = self.create(self.all)
        small = self.lock(NAMES[-1])
        with Mount(self, 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"'):
            check(self.create(self.all) == path, "another place")
            place = self.folder / "made"
            self.create(self.all, place)
            code, _, stderr = self.engine("env", "create", "--lock", small)
            check(code == 1 and stderr.count("error: ") == 1 and "Read-only" in stderr and "help: " in stderr, stderr)
        self.check_right(place)
        shutil.rmtree(place)
        self.note("a read-only cache", 3, "what is there is used, what is missing is one error")

    def other_disk(self):
        self.clear()
        place = self.folder / "disk"
        place.mkdir()
        with Mount(self, 'mount -t tmpfs -o size=300m tmpfs "$1"', place) as mount:
            self.create(self.all, place / "here")
            linked = mount.run("find", place / "here", "-type", "f", "-links", "+1")
            check(not linked, "hard links across disks?")
            mount.run("cp", "-a", place / "here", self.folder / "copied")
        check(set(tree(self.folder / "copied")) == set(self.reference), "another environment than the reference")
        shutil.rmtree(self.folder / "copied")
        self.note("cache and environment on two disks", 1, "copied; right")

    def few_files(self):
        outcomes = Counter()
        limits = ("16:16", "32:32", "63:63", "64:64", "65:65", "80:80", "96:96", "16:1024", "64:256")
        for limit in limits:
            self.clear()
            code, _, stderr = self.engine("env", "create", "--lock", self.all, before=["prlimit", f"--nofile={limit}"])
            if code == 0:
                outcomes["enough"] += 1
            else:
                check(code == 1 and stderr.count("error: ") == 1, limit, code, stderr)
                check(not leftovers(self.cache), limit, *leftovers(self.cache))
                outcomes["one error"] += 1
            self.check_right(self.create(self.all))
        self.note("few open files allowed (16 to 256)", len(limits), dict(outcomes))

    def flipped_bytes(self):
        self.clear()
        path = self.create(self.all)
        self.create(self.some)
        found = Counter()
        for _ in range(self.options.flips):
            files = sorted(
                each for root in (self.cache / "wheels", path) for each in root.rglob("*")
                if each.is_file() and not each.is_symlink() and "__pycache__" not in each.parts and each.stat().st_size > 0)
            victim = self.random.choice(files)
            kind = self.random.choice(("flip", "cut", "remove"))
            if kind == "flip":
                flip(victim, self.random.randrange(victim.stat().st_size))
            elif kind == "cut":
                os.truncate(victim, victim.stat().st_size // 2)
            else:
                victim.unlink()
            code, stdout, stderr = self.engine("env", "verify", "--mend")
            check(str(victim) in stdout + stderr, f"{kind} of {victim} is not found", stdout, stderr)
            found[kind] += 1
            self.check_right(path)
            code, stdout, stderr = self.engine("env", "verify")
            check(code == 0, "not mended:", stdout, stderr)
        self.note("a file of the cache or an environment is damaged", self.options.flips, f"found and mended: {dict(found)}")

    # Environments of conda packages

    def conda(self):
        """Kills, and damage: the same with a Python that is a conda package."""
        python = conda_python(self.options.python)
        if python is None:
            raise Unavailable("the Python of this machine cannot be made a conda package")
        modules = {f"share/part{number % 9}/file{number}.txt": f"{number}\n" * 40 for number in range(self.options.files)}
        packages = [python, *(conda_package(name, "1.0", files={path.replace("share", f"share/{name}"): text for path, text in modules.items()})
                              for name in NAMES)]
        with CondaChannel(*packages) as channel:
            lines = [f"{channel.url}/{each.subdir}/{each.filename}#sha256:{each.record['sha256']}" for each in packages]
            lock = self.folder / "packages.txt"
            lock.write_text("\n".join(["@EXPLICIT", *lines, ""]))
            self.clear("environments", "conda-packages", "archives")
            began = time.monotonic()
            path = self.create(lock)
            cold = time.monotonic() - began
            reference, states = tree(path), Counter()
            for number in range(self.options.kills // 4):
                self.clear(*(["environments"] if number % 2 else ["environments", "conda-packages", "archives"]))
                process = self.begin("env", "create", "--lock", lock)
                time.sleep(self.random.random() * cold * 1.1)
                process.kill()
                process.communicate()
                states[self.state()] += 1
                self.check_right(self.create(lock), reference)
            self.note("kill -9 of a build of conda packages", self.options.kills // 4, f"then right: {dict(states)}")
            found = Counter()
            for _ in range(self.options.flips):
                files = sorted(each for each in path.rglob("*") if each.is_file() and not each.is_symlink() and each.stat().st_size > 0
                               and "__pycache__" not in each.parts)
                victim, kind = self.random.choice(files), self.random.choice(("flip", "cut", "remove"))
                if kind == "flip":
                    flip(victim, self.random.randrange(victim.stat().st_size))
                elif kind == "cut":
                    os.truncate(victim, victim.stat().st_size // 2)
                else:
                    victim.unlink()
                code, stdout, stderr = self.engine("env", "verify", "--mend")
                check(f"{path}/" in stdout and code == 0, f"{kind} of {victim} is not mended", stdout, stderr)
                found[kind] += 1
                self.check_right(path, reference)
                code, stdout, stderr = self.engine("env", "verify")
                check(code == 0, "not mended:", stdout, stderr)
            self.note("a file of an environment of conda packages is damaged", self.options.flips, f"found and mended: {dict(found)}")

    def clocks(self):
        for number in range(self.options.rounds):
            self.clear(*(["environments"] if number % 2 else []))
            process = self.begin("env", "create", "--lock", self.all)
            time.sleep(self.random.random() * self.warm)
            process.kill()
            process.communicate()
            self.jump()
            self.check_right(self.create(self.all))
            self.jump()
            self.check_right(self.create(self.all))
        self.note("times of files before, behind and far ahead of the clock", self.options.rounds, "right")

    def jump(self):
        for folder, folders, files in os.walk(self.cache):
            for name in folders + files:
                moment = time.time() + self.random.choice((-1e9, -3600, 3600, 1e9))
                os.utime(os.path.join(folder, name), (moment, moment), follow_symlinks=False)

    def run_all(self):
        with self.index:
            self.prepare()
            print(f"a cold build takes {self.cold * 1000:.0f} ms, a warm one {self.warm * 1000:.0f} ms, of {len(self.reference)} files", flush=True)
            faults = (self.kills, self.interruptions, self.crowds, self.dying_builders, self.full_disks, self.read_only,
                      self.other_disk, self.few_files, self.flipped_bytes, self.conda, self.clocks)
            for fault in faults:
                if self.options.only and fault.__name__ not in self.options.only:
                    continue
                try:
                    fault()
                except Unavailable as error:
                    self.note(fault.__name__.replace("_", " "), 0, f"skipped: {error}")
        print()
        width = max(len(fault) for fault, _, _ in self.table)
        for fault, times, outcome in self.table:
            print(f"{fault:{width}}  {times:4}  {outcome}")
        shutil.rmtree(self.folder)


class Unavailable(Exception):
    """The machine does not allow it."""


class Mount:
    """A mount in a namespace of its own, in which the commands of a bench then run."""

    def __init__(self, bench, script, place=None):
        self.bench, self.script, self.place = bench, script, place or bench.cache

    def __enter__(self):
        self.place.mkdir(exist_ok=True)
        try:
            self.holder = subprocess.Popen(
                ["unshare", "-m", "sh", "-c", self.script + " && echo mounted && exec cat", "sh", str(self.place)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        except FileNotFoundError:
            raise Unavailable("there is no unshare") from None
        if self.holder.stdout.readline() != "mounted\n":
            raise Unavailable("mounting is not allowed: " + self.holder.communicate("")[1].strip())
        self.enter = ["nsenter", "-t", str(self.holder.pid), "-m"]
        self.bench.before = [*self.enter, "sh", "-c", 'cd "$0" && exec "$@"', str(self.bench.folder)]
        return self

    def run(self, *words):
        result = subprocess.run([*self.enter, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return result.stdout.strip()

    def __exit__(self, *_):
        self.bench.before = []
        self.holder.communicate("")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200, help="builds that are killed, half of them cold (default 200)")
    parser.add_argument("--rounds", type=int, default=10, help="rounds of the other faults (default 10)")
    parser.add_argument("--flips", type=int, default=40, help="files that are damaged (default 40)")
    parser.add_argument("--disks", type=int, default=20, help="sizes of full disks (default 20)")
    parser.add_argument("--files", type=int, default=120, help="modules in each of the five wheels (default 120)")
    parser.add_argument("--only", action="append", help="one fault by its name; may be given several times")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--python", type=Path, default=Path(sys.executable))
    parser.add_argument("--engine", type=Path, default=ROOT / ".build" / "release" / "penstock")
    options = parser.parse_args()
    options.engine = options.engine.resolve()
    options.python = options.python.absolute()
    try:
        Bench(options).run_all()
    except Wrong as error:
        raise SystemExit(f"wrong: {error}") from None


if __name__ == "__main__":
    main()
