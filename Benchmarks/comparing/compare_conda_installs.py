"""Installs conda packages with Penstock and with py-rattler at one place, in turn, and compares the environments file by file.

    .venv/bin/python Benchmarks/comparing/compare_conda_installs.py
    … --channel FOLDER --python 3.12
    … --fixtures-only --json > result.json

Of a channel with a working Python (`make_conda_channel.py` of the shared tools makes one; without --channel that of the benchmarks is
taken) everything is installed that goes with each of its Pythons: by `penstock env create` from a lock and from an @EXPLICIT list, and
by py-rattler's `install`. What is installed is imported in both, and its commands are run. The packages of the shared fixtures have no
Python that works; the engine's installer alone (`conda-benchmark install`) puts them at their place, each by itself and in the sets of
`installs.json`. conda_prefixes.py names what may differ and why. At the end py-rattler takes over what Penstock made: it reads every
record, finds nothing to do, and removes a package. The exit code is 1 when a difference has no explanation.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from conda_packages import SHARED, Conda  # noqa: E402
from conda_prefixes import EXPLANATIONS, compare_prefixes, entries  # noqa: E402
from measuring import CommandFailed  # noqa: E402
from setting import Setting, SettingError  # noqa: E402
from trees import IMPORT, parse_outcome  # noqa: E402

FIXTURES = SHARED / "fixtures" / "conda"
#: Packages that have one path and do not need each other: which of them keeps it has no reason.
UNSETTLED = ("clobber-symlinks",)


@dataclass
class Result:
    name: str
    packages: int = 0
    counts: dict = field(default_factory=dict)
    explained: dict = field(default_factory=dict)
    findings: list = field(default_factory=list)
    modules: dict = field(default_factory=dict)
    commands: int = 0
    refused: str = ""

    def take(self, comparison):
        self.counts = {name: getattr(comparison, name) for name in ("files", "links", "folders", "records")}
        self.explained = dict(comparison.explained)
        self.findings += [f"{each.path}: {each.kind} {each.detail}".strip() for each in comparison.findings]


class Comparing:
    def __init__(self, setting):
        self.setting = setting
        self.conda = Conda(setting)
        self.folder = setting.fresh("conda-comparing")
        #: Where both install; what was installed is moved aside.
        self.place = self.folder / "environment"

    def both(self, name, archives, penstock):
        """Installs archives with both, and looks at the difference. `penstock` installs into a folder."""
        result = Result(name, packages=len(archives))
        refusals = []
        for side, install in (("ours", lambda: penstock(self.place)), ("theirs", lambda: self._theirs(archives))):
            kept = self.folder / side
            for folder in (self.place, kept):
                shutil.rmtree(folder, ignore_errors=True)
            try:
                install()
                refusals.append("")
            except CommandFailed as error:
                refusals.append(str(error).strip().splitlines()[-1][:300])
            if not any(refusals):
                self._use(result, side)
            if self.place.exists():
                self.place.rename(kept)
        if all(refusals):
            result.refused = f"{refusals[0]} / {refusals[1]}"
        elif any(refusals):
            result.findings.append(f"refused by {'Penstock' if refusals[0] else 'py-rattler'} alone: {''.join(refusals)}")
        else:
            result.take(compare_prefixes(self.folder / "ours", self.folder / "theirs"))
        return result

    def _theirs(self, archives):
        self.conda.rattler("install", self.place, self.folder / "rattler-cache", *archives)

    def engine(self, *words):
        done = subprocess.run(
            [str(self.setting.engine), *map(str, words)], env=self._environment(), cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            raise CommandFailed(done.stderr)
        return done.stdout

    def _environment(self):
        return self.setting.environment(PENSTOCK_CACHE_DIR=self.folder / "cache", PENSTOCK_ROOT=self.folder / "store")

    def _use(self, result, side):
        """Imports what is installed, and runs its commands; both have to do the same."""
        python = self.place / "bin" / "python"
        if not python.exists() or python.read_bytes()[:4] != b"\x7fELF":
            return  # the fixtures' own is no program
        modules = sorted(_modules(self.place))
        told = {"modules": parse_outcome(self._run(python, "-I", "-B", "-c", IMPORT, *modules)[1])}
        records = [json.loads(path.read_text()) for path in (self.place / "conda-meta").glob("*.json")]
        commands = sorted(
            entry["_path"] for record in records for entry in record["paths_data"]["paths"]
            if entry["path_type"] == "unix_python_entry_point")
        told["commands"] = {command: self._run(self.place / command, "--version") for command in commands}
        if side == "ours":
            result.modules, result.commands, self.told = told["modules"], len(commands), told
        elif told != self.told:
            result.findings.append(f"used: {self.told} and {told}")

    def _run(self, *words):
        done = subprocess.run(
            [str(word) for word in words], env=self.setting.environment(PYTHONDONTWRITEBYTECODE="1"), cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=300)
        return done.returncode, done.stdout

    # The channel with a Python.

    def channel(self, channel, python):
        """Everything that goes with one Python of a channel: by a lock, then by a list."""
        archives = [each for each in sorted(channel.glob("*/*.conda")) if _goes_with(each.name, python)]
        specs = ["=".join(each.name[:-len(".conda")].rsplit("-", 2)) for each in archives]
        lock, listing = self.folder / "pylock.toml", self.folder / "archives.txt"
        self.engine("lock", *(word for spec in specs for word in ("--conda", spec)), "--channel", channel.as_uri(), "-o", lock)
        create = lambda folder: self.engine("env", "create", "--lock", lock, "--at", folder)  # noqa: E731
        yield self.both(f"Python {python}, from a lock", archives, create)
        yield self._taken_over(f"Python {python}, taken over by py-rattler", archives)
        listing.write_text("@EXPLICIT\n" + "".join(
            f"{each.as_uri()}#{hashlib.sha256(each.read_bytes()).hexdigest()}\n" for each in archives))
        self.engine("import", listing, "-o", lock)
        yield self.both(f"Python {python}, from a list", archives, create)

    def _taken_over(self, name, archives):
        """What Penstock made, in py-rattler's hands: nothing is to do; without a package nothing of it is left."""
        result = Result(name, packages=len(archives))
        ours = self.folder / "ours"
        ours.rename(self.place)
        told = self.conda.rattler("read", self.place)["records"]
        for path in sorted((self.place / "conda-meta").glob("*.json")):
            record = json.loads(path.read_text())
            lost = sorted(member for member, value in record.items() if value and told[path.stem].get(member) != value)
            result.findings += [f"{path.name}: py-rattler reads another {member}" for member in lost]
        before = entries(self.place)
        self._theirs(archives)
        after = entries(self.place)
        changed = sorted(path for path in before.keys() | after.keys() if _facts(before.get(path)) != _facts(after.get(path)))
        result.findings += [f"{path}: changed by py-rattler, which should have had nothing to do" for path in changed
                            if path not in ("CACHEDIR.TAG", "conda-meta")]
        victim = next(each for each in archives if each.parent.name == "noarch" and "pip" in each.name)
        record = json.loads((self.place / "conda-meta" / f"{victim.name[:-len('.conda')]}.json").read_text())
        self._theirs([each for each in archives if each != victim])
        result.findings += [f"{entry['_path']}: left by py-rattler" for entry in record["paths_data"]["paths"]
                            if (self.place / entry["_path"]).exists()]
        result.counts = {"files": len(after), "records": len(told)}
        return result

    # The fixtures.

    def fixtures(self):
        groups = FIXTURES / "packages"
        python = next((groups / "demo" / "linux-64").glob("python-*.conda"))
        for archive in sorted([*groups.glob("*/*/*.conda"), *groups.glob("*/*/*.tar.bz2")]):
            name = archive.relative_to(groups)
            for archives in ([archive], [archive, python]) if archive.parent.name == "noarch" and not archive.name.startswith("python-") else ([archive],):
                yield self.both(f"{name}{' with a Python' if len(archives) > 1 else ''}", archives, self._installer(archives))
        for case in json.loads((FIXTURES / "installs.json").read_text())["cases"]:
            packages = case["steps"][0].get("packages")
            if packages and len(packages) > 1:
                archives = [self._archive(case["groups"], package) for package in packages]
                result = self.both(f"set {case['name']}", archives, self._installer(archives))
                if result.findings and (not case["stable"] or case["name"] in UNSETTLED):
                    result.explained, result.findings = {"no single answer": len(result.findings)}, []
                yield result

    def _archive(self, groups, package):
        stem = package.replace("=", "-")
        found = [path for group in groups for path in sorted((FIXTURES / "packages" / group).glob(f"*/{stem}.*"))]
        return found[0]

    def _installer(self, archives):
        def install(folder):
            self.conda.penstock("install", folder, self.folder / "unpacked", *archives)
        return install


def _facts(status):
    return status and (status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns if not status.st_mode & 0o040000 else 0)


def _goes_with(name, python):
    """Whether an archive is for this Python, such as "3.12", or for any."""
    stem, version, build = name[:-len(".conda")].rsplit("-", 2)
    if stem in ("python", "python_abi"):
        return version == python or version.startswith(python + ".")
    return f"py{python.replace('.', '')}" in build or build.startswith("py") and not build.startswith("py3") or "py" not in build


def _modules(prefix):
    """What can be imported of what packages brought into site-packages."""
    for site in prefix.glob("lib/python3.*/site-packages"):
        for path in site.iterdir():
            if (path / "__init__.py").exists() or path.suffix in (".py", ".so"):
                yield path.name.split(".")[0]


def line(result):
    if result.refused:
        return f"{result.name:70} refused by both: {result.refused}"
    good = sum(outcome == "ok" for outcome in result.modules.values())
    used = f"  {good}/{len(result.modules)} imported, {result.commands} commands run" if result.modules else ""
    counts = " ".join(f"{count} {name}" for name, count in result.counts.items())
    return f"{result.name:70} {'DIFFERENT' if result.findings else 'same':9} {counts}{used}"


def summary(done):
    kinds, counts = Counter(), Counter()
    for result in done:
        kinds.update(result.explained)
        counts.update(result.counts)
    lines = [
        "", f"{len(done)} comparisons: {sum(not r.findings and not r.refused for r in done)} the same but for what is explained, "
        f"{sum(bool(r.refused) for r in done)} refused by both, {sum(bool(r.findings) for r in done)} different;",
        ", ".join(f"{count} {name}" for name, count in counts.items()), ""]
    lines += [f"{count:6} {kind}: {EXPLANATIONS[kind]}"
              for kind, count in kinds.most_common()]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--channel", type=Path, help="the folder of a channel with a working Python (default: that of the benchmarks)")
    parser.add_argument("--python", nargs="+", default=None, metavar="3.x", help="with these Pythons of the channel (default: all)")
    parser.add_argument("--fixtures-only", action="store_true", help="without the channel")
    parser.add_argument("--channel-only", action="store_true", help="without the shared fixtures")
    parser.add_argument("--only", metavar="WORD", help="comparisons whose name has this in it")
    parser.add_argument("--json", action="store_true", help="print JSON with everything")
    parser.add_argument("--folder", help="where to work (default .build/benchmarks)")
    options = parser.parse_args()
    try:
        setting = Setting(options.folder)
        comparing = Comparing(setting)
    except (SettingError, CommandFailed) as error:
        sys.exit(f"error: {error}")
    done = []

    def add(results):
        for result in results:
            if options.only and options.only not in result.name:
                continue
            done.append(result)
            if not options.json:
                print(line(result), flush=True)
                for finding in result.findings[:20]:
                    print(f"    {finding}")

    if not options.fixtures_only:
        channel = (options.channel or comparing.conda.channel()).resolve()
        versions = sorted({path.name.split("-")[1] for path in channel.glob("linux-64/python-3*.conda")})
        for python in options.python or [".".join(version.split(".")[:2]) for version in versions]:
            add(comparing.channel(channel, python))
    if not options.channel_only:
        add(comparing.fixtures())
    setting.clean()
    print(json.dumps([asdict(result) for result in done], indent=1) if options.json else summary(done))
    sys.exit(1 if any(result.findings for result in done) else 0)


if __name__ == "__main__":
    main()
