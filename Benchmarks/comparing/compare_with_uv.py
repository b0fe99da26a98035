"""Resolves real requirement sets with Penstock and with uv and compares what they choose.

    .venv/bin/python Benchmarks/comparing/compare_with_uv.py
    … --only flask airflow --all-targets
    … --limit 20 --json > result.json

Both ask the same recorded index (recorded_index.py): what is not in it yet is fetched once. Where the choices differ,
both are checked with the `packaging` library (validity.py), and the table says in what they differ. The exit code is 1
when an answer is not valid, or when uv has one and Penstock has none.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from recorded_index import RecordedIndex, upstream_index  # noqa: E402
from setting import Setting, SettingError  # noqa: E402

PYTHONS = ("3.9.18", "3.10.13", "3.11.7", "3.12.1", "3.13.0")
PLATFORMS = ("linux-x86_64", "linux-aarch64", "macos-arm64")


@dataclass
class Answer:
    """What one side says: versions by name, or the words of its error."""

    choice: dict = None
    error: str = None
    kind: str = None
    seconds: float = 0
    problems: list = field(default_factory=list)


@dataclass
class Comparison:
    name: str
    roots: list
    target: str
    penstock: Answer
    uv: Answer
    verdict: str = ""
    note: str = ""


class Sides:
    """Asks either tool, with caches that are kept from set to set."""

    def __init__(self, setting, index, builds):
        self.setting, self.index, self.builds = setting, index, builds
        self.folder = setting.folder / "comparing"
        self.folder.mkdir(parents=True, exist_ok=True)

    def penstock(self, roots, target):
        env = self.setting.penstock_environment(self.folder, self.folder / "penstock-cache")
        env["PENSTOCK_INDEX_URL"] = self.index.url
        command = [
            self.setting.engine, "resolve", *roots, "--python", target.python, "--platform", target.platform, "--json",
            "--prerelease", "if-necessary-or-explicit"] + ([] if self.builds else ["--no-build"])
        code, out, err, seconds = self._run(command, env)
        try:
            answer = json.loads(out)
        except ValueError:
            return Answer(error=(err or out)[-2000:], kind=f"exit {code}", seconds=seconds)
        if "error" in answer:
            return Answer(error=answer["error"].get("explanation"), kind=answer["error"].get("kind"), seconds=seconds)
        return Answer(choice={p["name"]: p["version"] for p in answer["packages"]}, seconds=seconds)

    def uv(self, roots, target):
        requirements = self.folder / "requirements.in"
        requirements.write_text("".join(f"{root}\n" for root in roots))
        env = self.setting.environment(
            UV_CACHE_DIR=self.folder / "uv-cache", UV_NO_CONFIG="1", UV_DEFAULT_INDEX=self.index.url)
        command = [
            self.setting.peer / "uv", "pip", "compile", requirements, "--python", self.setting.interpreter,
            "--python-version", target.python, "--python-platform", target.UV[target.platform], "--no-header",
            "--no-annotate", "--color", "never"] + ([] if self.builds else ["--only-binary", ":all:"])
        code, out, err, seconds = self._run(command, env)
        if code:
            return Answer(error=err[-2000:], kind="unsatisfiable" if "No solution" in err else "other", seconds=seconds)
        lines = [line.split(";")[0].strip() for line in out.splitlines() if "==" in line]
        return Answer(choice=dict(line.split("==", 1) for line in lines), seconds=seconds)

    def _run(self, command, env):
        began = time.perf_counter()
        try:
            done = subprocess.run(
                [str(word) for word in command], env=env, cwd=self.folder, capture_output=True, text=True, timeout=300)
        except subprocess.TimeoutExpired:
            return 1, "", "no answer in 300 seconds", 300
        return done.returncode, done.stdout, done.stderr, time.perf_counter() - began


def judged(comparison, checker, target):
    """Fills in verdict and note."""
    from packaging.version import Version
    ours, theirs = comparison.penstock, comparison.uv
    for answer in (ours, theirs):
        if answer.choice is not None:
            versions = {name: Version(version) for name, version in answer.choice.items()}
            answer.problems = checker.problems(comparison.roots, versions, target)
    if ours.choice is None and theirs.choice is None:
        agree = ours.kind == "unsatisfiable" and theirs.kind == "unsatisfiable"
        comparison.verdict = "both without" if agree else "both failed"
        comparison.note = "" if agree else f"{ours.kind}: {first_line(ours.error)} | {theirs.kind}: {first_line(theirs.error)}"
    elif ours.choice is None:
        comparison.verdict, comparison.note = "ONLY UV", f"{ours.kind}: {first_line(ours.error)}"
    elif theirs.choice is None:
        comparison.verdict, comparison.note = "only penstock", first_line(theirs.error)
    elif ours.choice == theirs.choice:
        comparison.verdict = "same"
    else:
        comparison.verdict, comparison.note = "differ", difference(comparison)
    if ours.problems:
        comparison.verdict = "INVALID"
        comparison.note = "; ".join(ours.problems[:3])
    elif theirs.problems and comparison.verdict != "same":
        comparison.note += f" (uv's: {'; '.join(theirs.problems[:2])})"
    return comparison


def difference(comparison):
    """In words: who has what newer, roots first."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name
    from packaging.version import Version
    ours, theirs = comparison.penstock.choice, comparison.uv.choice
    roots = {canonicalize_name(Requirement(root).name) for root in comparison.roots}
    both = [name for name in sorted(set(ours) & set(theirs)) if ours[name] != theirs[name]]
    newer = [name for name in both if Version(ours[name]) > Version(theirs[name])]
    older = [name for name in both if name not in newer]
    more, fewer = sorted(set(ours) - set(theirs)), sorted(set(theirs) - set(ours))

    def told(names):
        names = sorted(names, key=lambda name: name not in roots)
        shown = [f"{name}{'*' if name in roots else ''} {ours.get(name, '-')}|{theirs.get(name, '-')}" for name in names[:4]]
        return f"{len(names)} ({', '.join(shown)}{' …' if len(names) > 4 else ''})"

    if newer and not older:
        kind = "newer throughout"
    elif older and not newer:
        kind = "older throughout"
    elif newer:
        kind = "another trade-off"
    else:
        kind = "other packages"
    parts = [f"newer {told(newer)}"] * bool(newer) + [f"older {told(older)}"] * bool(older)
    parts += [f"only penstock {told(more)}"] * bool(more) + [f"only uv {told(fewer)}"] * bool(fewer)
    return f"{kind}: {'; '.join(parts)}"


def first_line(text):
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return (lines[0] if lines else "")[:240]


def requirement_sets():
    for line in (HERE / "requirement_sets.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, roots = line.partition(": ")
            yield name, roots.split()


def targets(number, all_targets, count):
    """All fifteen, or some that differ from set to set so that all of them come."""
    from validity import Target
    every = [Target(python, platform) for python in PYTHONS for platform in PLATFORMS]
    if all_targets:
        return every
    return [every[(number + 4 * step) % len(every)] for step in range(count)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these sets alone")
    parser.add_argument("--limit", type=int, help="that many sets")
    parser.add_argument("--targets", type=int, default=2, help="targets for each set (default 2 of the 15, in turn)")
    parser.add_argument("--all-targets", action="store_true", help="every set for all 15 targets")
    parser.add_argument("--builds", action="store_true", help="source distributions count, too")
    parser.add_argument("--json", action="store_true", help="print JSON with everything")
    parser.add_argument("--engine", type=Path, help="the penstock to ask (default .build/release/penstock)")
    parser.add_argument("--folder", help="where to work (default .build/benchmarks)")
    options = parser.parse_args()
    try:
        setting = Setting(options.folder)
        setting.prepare()
    except SettingError as error:
        sys.exit(f"error: {error}")
    setting.engine = options.engine or setting.engine
    ensure_packaging(setting)
    from validity import Checker
    sets = [(n, s) for n, s in requirement_sets() if not options.only or n in options.only][:options.limit]
    done = []
    # A port of its own, always the same: the address is part of what both tools keep pages under.
    with RecordedIndex(setting.folder / "recorded-index", upstream_index(setting.peer / "python"), port=18765) as index:
        sides, checker = Sides(setting, index, options.builds), Checker(index.recording, options.builds)
        for number, (name, roots) in enumerate(sets):
            for target in targets(number, options.all_targets, options.targets):
                comparison = Comparison(name, roots, str(target), sides.penstock(roots, target), sides.uv(roots, target))
                done.append(judged(comparison, checker, target))
                if not options.json:
                    print(line(comparison), flush=True)
    if options.json:
        print(json.dumps([asdict(comparison) for comparison in done], indent=1))
    else:
        print("\n" + summary(done))
    sys.exit(1 if any(comparison.verdict in ("INVALID", "ONLY UV") for comparison in done) else 0)


def line(comparison):
    times = f"{comparison.penstock.seconds:6.2f} {comparison.uv.seconds:6.2f}"
    return f"{comparison.name:18} {comparison.target:22} {times}  {comparison.verdict:14} {comparison.note}".rstrip()


def summary(done):
    """Counts of verdicts, and of the kinds of differences."""
    counts = {}
    for comparison in done:
        kind = comparison.note.split(":")[0] if comparison.verdict == "differ" else ""
        key = f"{comparison.verdict}{', ' + kind if kind else ''}"
        counts[key] = counts.get(key, 0) + 1
    valid = sum(1 for c in done if c.penstock.choice is not None and not c.penstock.problems)
    valid_uv = sum(1 for c in done if c.uv.choice is not None and not c.uv.problems)
    lines = [f"{len(done)} comparisons of {len({c.name for c in done})} sets"]
    lines += [f"  {count:4} {key}" for key, count in sorted(counts.items(), key=lambda item: -item[1])]
    lines.append(f"  valid answers: Penstock {valid}, uv {valid_uv}")
    return "\n".join(lines)


def ensure_packaging(setting):
    """The checker runs in this Python; `packaging` comes from the peers' environment where this one has none."""
    try:
        import packaging  # noqa: F401
    except ImportError:
        version = "python{}.{}".format(*sys.version_info[:2])
        sys.path.append(str(setting.peer.parent / "lib" / version / "site-packages"))
        try:
            import packaging  # noqa: F401
        except ImportError:
            subprocess.check_call([str(setting.peer / "python"), "-m", "pip", "install", "--quiet", "packaging"])


if __name__ == "__main__":
    main()
