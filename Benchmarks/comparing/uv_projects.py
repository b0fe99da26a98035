"""Locks real projects with uv and compares what uv and Penstock install of each lock, file by file.

    .venv/bin/python Benchmarks/comparing/uv_projects.py
    … --uv /path/to/uv --only web --keep

Each project has a package of its own, extras and groups, built by another backend. uv makes the lock and syncs a virtual
environment (`uv sync --frozen`); Penstock runs a flow whose step lists what it sees. Compared are the distributions with their
versions, all installed files by name and digest, and whether an edit of the package is seen by both. The exit code is 1 where
they differ. Uses the index that pip is configured for.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: Requirements, extras, groups, backend, and what the step takes: options of uv and attributes of `@uv`.
PROJECTS = {
    "web": (["fastapi>=0.110", "httpx"], {"server": ["uvicorn>=0.29"]}, {"dev": ["pytest"]}, "hatchling",
            ["--extra", "server"], 'extras=["server"]'),
    "data": (["pandas>=2", "pyarrow>=15 ; python_version < '3.14'"], {"plots": ["seaborn"]}, {"checks": ["hypothesis"]}, "setuptools",
             ["--group", "checks"], 'groups=["checks"]'),
    "tools": (["rich", "click>=8", "pydantic>=2"], {"all": ["tools[yaml]"], "yaml": ["pyyaml"]}, {"dev": ["pytest", "mypy"]}, "flit_core",
              ["--extra", "all", "--no-dev"], 'extras=["all"], default_groups=False'),
    "built": (["docopt==0.6.2", "sgmllib3k==1.0.0"], {}, {}, "poetry-core", [], ""),
    "learning": (["scikit-learn>=1.4", "joblib"], {}, {"notebook": ["ipykernel"]}, "pdm-backend", ["--group", "notebook"],
                 'groups=["notebook"]'),
    "virtual": (["requests[socks]>=2.31", "attrs"], {"fast": ["orjson"]}, {"dev": ["ruff"]}, None, ["--extra", "fast"], 'extras=["fast"]'),
}

BACKENDS = {
    "hatchling": ("hatchling", "hatchling.build", ""), "setuptools": ("setuptools>=77", "setuptools.build_meta", ""),
    "flit_core": ("flit_core>=3.9", "flit_core.buildapi", ""), "poetry-core": ("poetry-core>=2", "poetry.core.masonry.api", ""),
    "pdm-backend": ("pdm-backend", "pdm.backend", ""),
}

LISTING = '''
import hashlib, importlib, json, os, sys, sysconfig
from importlib.metadata import distributions

folder = sysconfig.get_path("purelib")
files = {}
for parent, _, names in os.walk(folder):
    for name in names:
        path = os.path.join(parent, name)
        if "__pycache__" in path or name.endswith((".pyc", ".lock")):
            continue
        files[os.path.relpath(path, folder)] = hashlib.sha256(open(path, "rb").read()).hexdigest()
own = getattr(importlib.import_module(NAME), "VALUE", None) if IS_PACKAGE else None
found = {"packages": sorted("%s==%s" % (each.metadata["Name"].lower().replace("_", "-"), each.version) for each in distributions(path=[folder])),
         "files": files, "own": own, "scripts": sorted(os.listdir(os.path.join(sys.prefix, "bin")))}
'''

FLOW = '''from penstock import FlowSpec, step, uv


class Listing(FlowSpec):
    @uv({attributes})
    @step
    def start(self):
        self.next(self.end)

    @uv({attributes})
    @step
    def end(self):
        scope = {{"NAME": {name!r}, "IS_PACKAGE": {is_package}}}
        exec({listing!r}, scope)
        json = scope["json"]
        open({result!r}, "w").write(json.dumps(scope["found"]))


if __name__ == "__main__":
    Listing()
'''

#: Written by one tool only, about its own work.
OWN_FILES = ("_virtualenv.py", "_virtualenv.pth")
OWN_ENDINGS = ("/INSTALLER", "/RECORD", "/uv_cache.json", "/uv_build.json", "/REQUESTED", "/direct_url.json")


def write(folder, name):
    dependencies, extras, groups, backend, _, attributes = PROJECTS[name]
    package = f"{name}_project"
    extras = {extra: [text.replace(f"{name}[", f"{package}[") for text in texts] for extra, texts in extras.items()}
    lines = ["[project]", f'name = "{package}"', 'version = "1.0"', 'description = "x"', 'requires-python = ">=3.10"',
             f"dependencies = {json.dumps(dependencies)}", "[project.optional-dependencies]"]
    lines += [f"{extra} = {json.dumps(texts)}" for extra, texts in extras.items()]
    lines += ["[dependency-groups]", *(f"{group} = {json.dumps(texts)}" for group, texts in groups.items())]
    if backend:
        requires, entry, more = BACKENDS[backend]
        lines += ["[build-system]", f'requires = ["{requires}"]', f'build-backend = "{entry}"', more]
    (folder / "src" / package).mkdir(parents=True)
    (folder / "src" / package / "__init__.py").write_text('"""x"""\nVALUE = 1\n')
    (folder / "pyproject.toml").write_text("\n".join(lines) + "\n")
    (folder / "flow.py").write_text(FLOW.format(
        attributes=attributes, name=package, is_package=backend is not None, listing=LISTING, result=str(folder / "penstock.json")))
    return package


class Comparison:
    def __init__(self, uv, keep):
        self.uv, self.work = uv, Path(tempfile.mkdtemp(prefix="uv-projects-"))
        self.keep = keep
        self.variables = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PIP_FIND_LINKS")}
        self.variables.update(UV_PYTHON_DOWNLOADS="never", UV_CACHE_DIR=str(self.work / "uv-cache"), UV_PYTHON=sys.executable)

    def run(self, *words, folder, **variables):
        done = subprocess.run([str(word) for word in words], cwd=folder, env={**self.variables, **variables}, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(map(str, words))} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def uvs(self, folder, name, package):
        options = PROJECTS[name][4]
        self.run(self.uv, "sync", "--frozen", *options, folder=folder)
        return self.uvs_listing(folder, package, PROJECTS[name][3] is not None)

    def uvs_listing(self, folder, package, is_package):
        script = f"NAME, IS_PACKAGE = {package!r}, {is_package}\n{LISTING}\nprint(json.dumps(found))"
        return json.loads(self.run(folder / ".venv" / "bin" / "python", "-c", script, folder=folder))

    def penstocks(self, folder):
        self.run(sys.executable, "flow.py", "--environment=uv", "run", folder=folder, PATH="/usr/bin:/bin",
                 PENSTOCK_CACHE_DIR=str(self.work / "cache"), PENSTOCK_ROOT=str(folder), PENSTOCK_USER="tester")
        return json.loads((folder / "penstock.json").read_text())

    def compare(self, name):
        """Differences in words."""
        folder = self.work / name
        folder.mkdir()
        package = write(folder, name)
        self.run(self.uv, "lock", folder=folder)
        theirs, ours = self.uvs(folder, name, package), self.penstocks(folder)
        differences = [f"only {side}: {each}" for side, one, other in (("uv", theirs, ours), ("Penstock", ours, theirs))
                       for each in one["packages"] if each not in other["packages"]]
        for path in sorted(set(theirs["files"]) | set(ours["files"])):
            if path in OWN_FILES or path.endswith(OWN_ENDINGS):
                continue
            one, other = theirs["files"].get(path), ours["files"].get(path)
            if one != other:
                differences.append(f"{path}: " + ("not with Penstock" if other is None else "not with uv" if one is None else "differs"))
        if PROJECTS[name][3]:
            (folder / "src" / package / "__init__.py").write_text('"""x"""\nVALUE = 2\n')
            edited = self.uvs_listing(folder, package, True)["own"], self.penstocks(folder)["own"]
            if edited != (2, 2):
                differences.append(f"after an edit uv sees {edited[0]}, and Penstock {edited[1]}")
        print(f"{name:10} {PROJECTS[name][3] or 'no backend':12} {len(ours['packages']):3} packages, {len(ours['files']):5} files: "
              + ("the same" if not differences else f"{len(differences)} differences"), flush=True)
        for difference in differences[:20]:
            print("  ", difference)
        if not self.keep:
            shutil.rmtree(folder / ".venv", ignore_errors=True)
        return differences


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--uv", default=shutil.which("uv"))
    parser.add_argument("--only", nargs="*", default=list(PROJECTS))
    parser.add_argument("--keep", action="store_true", help="leave the projects where they are")
    options = parser.parse_args()
    if not options.uv:
        raise SystemExit("there is no uv: name one with --uv")
    comparison = Comparison(options.uv, options.keep)
    try:
        differences = [each for name in options.only for each in comparison.compare(name)]
    finally:
        if options.keep:
            print(comparison.work)
        else:
            shutil.rmtree(comparison.work, ignore_errors=True)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
