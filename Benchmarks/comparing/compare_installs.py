"""Installs a hundred well-known projects with Penstock and with uv, one by one, and compares the environments file by file.

    .venv/bin/python Benchmarks/comparing/compare_installs.py
    … --only numpy scipy
    … --count 20 --json > result.json

Each project is locked once; both tools install that lock into an empty environment of the same interpreter. Then the trees are
compared (paths, links, executable bits, contents; trees.py names what may differ and why), and the project's modules are imported in
both by a Python that sees nothing else. The exit code is 1 when a difference has no explanation, or an import ends differently.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from setting import Setting, SettingError  # noqa: E402
from trees import EXPLANATIONS, IMPORT, compare_trees, normal, parse_outcome, top_modules  # noqa: E402


@dataclass
class Result:
    name: str
    version: str = ""
    packages: int = 0
    files: int = 0
    explained: dict = field(default_factory=dict)
    findings: list = field(default_factory=list)
    modules: dict = field(default_factory=dict)
    failure: str = ""

    @property
    def is_good(self):
        return not self.failure and not self.findings


class Installing:
    """Installs with either tool, out of caches that are kept from project to project."""

    def __init__(self, setting):
        self.setting = setting
        self.folder = setting.fresh("installing")
        self.caches = setting.folder / "installing-caches"

    def compare(self, name):
        result = Result(name)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        lock, ours, theirs = (self.folder / each for each in ("pylock.toml", "ours", "theirs"))
        try:
            self._call([self.setting.engine, "lock", name, "--output", lock, "--python", self.setting.interpreter, "--no-build"])
            self._call([self.setting.engine, "env", "create", "--lock", lock, "--python", self.setting.interpreter, ours])
            uv = [self.setting.peer / "uv", "--quiet"]
            self._call([*uv, "venv", "--python", self.setting.interpreter, theirs])
            self._call([*uv, "pip", "sync", "--preview-features", "pylock", "--python", theirs / "bin" / "python", lock])
        except subprocess.CalledProcessError as error:
            result.failure = (error.stderr or "").strip().replace("\n", " ")[:300]
            return result
        self._describe(result, ours)
        trees = compare_trees(ours, theirs)
        result.files, result.explained = trees.files, dict(trees.explained)
        result.findings = [f"{each.path}: {each.kind} ({each.detail})" for each in trees.findings]
        self._import(result, ours, theirs)
        return result

    def _describe(self, result, root):
        infos = list(root.glob("lib/python*/site-packages/*.dist-info"))
        result.packages = len(infos)
        for info in infos:
            stem, _, version = info.name[: -len(".dist-info")].rpartition("-")
            if normal(stem) == normal(result.name):
                result.version = version

    def _import(self, result, ours, theirs):
        modules = top_modules(ours, result.name)
        outcomes = []
        for root in (ours, theirs):
            done = subprocess.run(
                [str(root / "bin" / "python"), "-I", "-B", "-c", IMPORT, *modules], env=self._environment(), cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=300)
            outcomes.append(parse_outcome(done.stdout) or {"": f"exit code {done.returncode}"})
        result.modules = outcomes[0]
        if outcomes[0] != outcomes[1]:
            result.findings.append(f"imports: {outcomes[0]} and {outcomes[1]}")
        elif not modules:
            result.findings.append("imports: nothing to import was found")

    def _environment(self):
        return self.setting.environment(
            PENSTOCK_CACHE_DIR=self.caches / "penstock", PENSTOCK_ROOT=self.folder / "store",
            UV_CACHE_DIR=self.caches / "uv", UV_NO_CONFIG="1", UV_CONCURRENT_DOWNLOADS="4", UV_LINK_MODE="hardlink")

    def _call(self, words):
        subprocess.run(
            [str(word) for word in words], env=self._environment(), cwd=self.folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, check=True)


def names():
    lines = (HERE / "project_list.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def line(result):
    """A row of the table."""
    if result.failure:
        return f"{result.name:26} {'':14} FAILED: {result.failure}"
    good = sum(1 for outcome in result.modules.values() if outcome == "ok")
    explained = ", ".join(f"{count} {kind}" for kind, count in sorted(result.explained.items()) if kind != "of the tools")
    verdict = "same" if result.is_good else "DIFFERENT"
    return (
        f"{result.name:26} {result.version:14} {result.packages:4} {result.files:6}  {verdict:9} "
        f"{good}/{len(result.modules)} imported  {explained}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these projects alone; any of the index")
    parser.add_argument("--count", type=int, default=100, help="that many projects (default 100)")
    parser.add_argument("--json", action="store_true", help="print JSON with everything")
    parser.add_argument("--engine", type=Path, help="the penstock to ask (default .build/release/penstock)")
    parser.add_argument("--folder", help="where to work (default .build/benchmarks)")
    parser.add_argument("--keep-caches", action="store_true", help="keep what was downloaded for the next time")
    options = parser.parse_args()
    try:
        setting = Setting(options.folder)
        setting.prepare()
    except SettingError as error:
        sys.exit(f"error: {error}")
    setting.engine = (options.engine or setting.engine).resolve()
    installing, done = Installing(setting), []
    for name in options.only or names():
        result = installing.compare(name)
        if result.failure and not options.only:
            print(f"{name} is passed over: {result.failure}", file=sys.stderr)
            continue
        done.append(result)
        if not options.json:
            print(line(result), flush=True)
            for finding in result.findings:
                print(f"    {finding}")
            for module, outcome in result.modules.items():
                if outcome != "ok":
                    print(f"    in both, import {module}: {outcome}")
        if len(done) == options.count:
            break
    setting.clean()
    if not options.keep_caches:
        shutil.rmtree(installing.caches, ignore_errors=True)
    print(json.dumps([asdict(result) for result in done], indent=1) if options.json else summary(done))
    sys.exit(0 if all(result.is_good for result in done) else 1)


def summary(done):
    kinds = Counter()
    for result in done:
        kinds.update(result.explained)
    lines = [
        "", f"{len(done)} projects, {sum(r.files for r in done)} files, {sum(r.packages for r in done)} packages;",
        f"{sum(r.is_good for r in done)} the same but for what is explained, {sum(not r.is_good for r in done)} not", ""]
    lines += [f"{count:6} {kind}: {EXPLANATIONS[kind]}" for kind, count in kinds.most_common()]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
