"""Where things are: the engine and its Python, the peers in a virtual environment of their own, room to work."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOWS = Path(__file__).resolve().parent / "flows"

#: Set by people and machines for other reasons; they would change what is measured. (Without bytecode, for one,
#: every start of Python compiles its modules again.)
DISTURBING = ("METAFLOW_", "PENSTOCK_", "UV_", "PYTHON", "VIRTUAL_ENV", "PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL")


class SettingError(Exception):
    """Something that the benchmarks need is missing."""


class Setting:
    """Everything that a comparison needs to know about the machine."""

    def __init__(self, folder=None):
        self.engine = ROOT / ".build" / "release" / "penstock"
        self.python = ROOT / ".venv" / "bin" / "python"
        for path, make in ((self.engine, "make build"), (self.python, "make dev")):
            if not path.exists():
                raise SettingError(f"There is no {path}. `{make}` makes it.")
        self.folder = Path(folder or ROOT / ".build" / "benchmarks").resolve()
        self.peer = self.folder / "peer" / "bin"
        self.interpreter = self._interpreter()
        self.peer_versions = {}

    def _interpreter(self):
        """The real interpreter under the virtual environment: a shim would be measured along."""
        script = "import os, sys; print(os.path.realpath(getattr(sys, '_base_executable', sys.executable)))"
        return Path(subprocess.check_output([str(self.python), "-c", script], text=True).strip())

    def prepare(self):
        """Install the peers with pip, as a person would, on the same interpreter. Kept for the next time."""
        if not (self.peer / "metaflow").exists() or not (self.peer / "uv").exists():
            print("Installing the peers: metaflow and uv", file=sys.stderr)
            subprocess.check_call([str(self.interpreter), "-m", "venv", "--clear", str(self.peer.parent)])
            subprocess.check_call([
                str(self.peer / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                "metaflow", "uv", "numpy"])
        if subprocess.call([str(self.python), "-c", "import numpy"], stderr=subprocess.DEVNULL):
            subprocess.check_call([
                str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "numpy"])
        listing = subprocess.check_output(
            [str(self.peer / "python"), "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"], text=True)
        self.peer_versions = {
            item["name"]: item["version"] for item in json.loads(listing) if item["name"] in ("metaflow", "uv")}

    def fresh(self, name):
        """An empty folder, on the file system that all the others are on."""
        folder = self.folder / "work" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def clean(self):
        shutil.rmtree(self.folder / "work", ignore_errors=True)

    def environment(self, **variables):
        """The person's environment without what would disturb, and with `variables`."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(DISTURBING)}
        kept["USER"] = kept.get("USER") or "bench"
        kept["UV_PYTHON_DOWNLOADS"] = "never"
        kept.update({name: str(value) for name, value in variables.items()})
        return kept

    def penstock_environment(self, store, cache):
        path = f"{self.engine.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        return self.environment(PENSTOCK_ROOT=store, PENSTOCK_CACHE_DIR=cache, PATH=path)

    def metaflow_environment(self, store):
        return self.environment(METAFLOW_DATASTORE_SYSROOT_LOCAL=store, METAFLOW_HOME=store / "home", METAFLOW_USER="bench")
