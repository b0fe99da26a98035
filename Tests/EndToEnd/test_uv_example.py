"""examples/uv-project, run from a lock while no uv is on the path."""

import os
import shutil
import subprocess

import pytest

from .harness.index import LoopbackIndex
from .harness.tools import ROOT
from .harness.uv_projects import BACKEND, lock_text
from .harness.wheels import wheel

EXAMPLE = ROOT / "examples" / "uv-project"
UV = os.environ.get("PENSTOCK_TEST_UV") or shutil.which("uv")

#: Stand-ins for the packages of the example, and for the backend that builds it.
STAND_INS = {
    "humanize": {"humanize/__init__.py": "def apnumber(count):\n    return {5: 'five'}.get(count, str(count))\n"},
    "tabulate": {"tabulate/__init__.py": "def tabulate(rows, headers):\n    return '\\n'.join([str(headers), *map(str, rows)])\n"},
    "more-itertools": {"more_itertools/__init__.py": "def pairwise(values):\n    return zip(values, values[1:])\n"},
    "hatchling": {
        "hatchling/__init__.py": "",
        "hatchling/build.py": BACKEND.replace("os.path.dirname(os.path.abspath(__file__))", "os.getcwd()")},
}

TIDES = """
[[package]]
name = "tides"
version = "0.1.0"
source = { editable = "." }
dependencies = [{ name = "humanize" }]

[package.optional-dependencies]
tables = [{ name = "tabulate" }]

[package.dev-dependencies]
dev = [{ name = "pytest" }]
checks = [{ name = "more-itertools" }]

[package.metadata]
requires-dist = [
    { name = "humanize", specifier = ">=4" },
    { name = "tabulate", marker = "extra == 'tables'", specifier = ">=0.9" },
]
provides-extras = ["tables"]

[package.metadata.requires-dev]
checks = [{ name = "more-itertools", specifier = ">=10" }]
dev = [{ name = "pytest", specifier = ">=8" }]
"""


def copy(project):
    shutil.copytree(EXAMPLE, project.folder / "tides", ignore=shutil.ignore_patterns("uv.lock", ".venv", ".penstock", "__pycache__"))
    return project.folder / "tides"


def looks_right(project, outcome):
    run = f"TidesFlow/{outcome.ended_with(0).run_id}"
    assert project.ask("Run(run).data.summary", run=run).startswith("five high waters, the highest ")
    assert "12.4" in project.ask("Run(run).data.table", run=run)
    packages = {step: project.ask("[each['name'] for each in Run(run)[step].environment_info['packages']]", run=run, step=step)
                for step in ("start", "tabulate", "check")}
    assert {name: [each for each in found if each in ("humanize", "tabulate", "more-itertools", "tides", "pytest")]
            for name, found in packages.items()} == {
        "start": ["humanize", "tides"], "tabulate": ["humanize", "tabulate", "tides"],
        "check": ["humanize", "more-itertools", "tides"]}


def test_with_stand_ins(project):
    """The lock is written here; the index has stand-ins for all packages."""
    folder = copy(project)
    with LoopbackIndex(*(wheel(name, "10.0", files=files) for name, files in STAND_INS.items()), wheel("pytest", "10.0")) as index:
        lock = lock_text(index, ["humanize 10.0", "more_itertools 10.0", "pytest 10.0", "tabulate 10.0", TIDES])
        (folder / "uv.lock").write_text(
            lock.replace('requires-python = ">=3.8"', 'requires-python = ">=3.9"').replace('"more_itertools"', '"more-itertools"'))
        looks_right(project, project.run(folder / "flow.py", top=["--environment=uv"], env={
            "PENSTOCK_INDEX_URL": index.url, "PATH": "/usr/bin:/bin"}))


@pytest.mark.network
@pytest.mark.skipif(UV is None, reason="there is no uv to make the lock with")
def test_with_a_lock_of_uv(project):
    """As a person does it, with the configured index."""
    folder = copy(project)
    variables = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PIP_FIND_LINKS")}
    made = subprocess.run(
        [UV, "lock"], cwd=folder, env={**variables, "UV_PYTHON_DOWNLOADS": "never"}, capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"uv cannot lock here: {made.stderr[-300:]}")
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_") and name != "PIP_FIND_LINKS"}
    looks_right(project, project.run(
        folder / "flow.py", top=["--environment=uv"], env={**kept, "PATH": "/usr/bin:/bin"}, timeout=300))
