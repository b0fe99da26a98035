"""What people install: the wheels of a release, put into bare environments of each CPython of this machine."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .harness.index import LoopbackIndex
from .harness.pythons import find_python
from .harness.tools import ROOT
from .harness.wheels import wheel

VERSIONS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13")

#: Nothing but the system's folders: no environment is active, and no engine but the installed one can be found.
BARE = {"PENSTOCK_ENGINE": None, "PATH": "/usr/bin:/bin", "VIRTUAL_ENV": None}


class Installation:
    """An environment without pip, and how the wheels got into it and out of it."""

    def __init__(self, version, folder, wheels):
        self.version = version
        self.base = find_python(version)
        self.folder = folder
        self.wheels = wheels
        self.python = folder / "bin" / "python"
        self.failure = None

    def prepare(self):
        """Keeps what goes wrong for the test that wants this environment."""
        try:
            if self.base:
                self._call(self.base, "-I", "-m", "venv", "--without-pip", self.folder)
                self.before = files(self.folder)
                self.has_pip = subprocess.run([self.base, "-I", "-c", "import pip"], stderr=subprocess.DEVNULL).returncode == 0
                self.pip("install", "--no-index", "--no-cache-dir", *self.wheels)
        except subprocess.CalledProcessError as error:
            self.failure = error.output

    def pip(self, *words):
        """The pip of the Python that the environment is made from, or else that of the tests, on behalf of the environment."""
        return self._call(self.base if self.has_pip else sys.executable, "-I", "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", self.python, *words)

    def _call(self, *words):
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON", "VIRTUAL_ENV"))}
        environment["PIP_CONFIG_FILE"] = os.devnull
        return subprocess.run(
            [str(word) for word in words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True).stdout

    def require(self):
        if not self.base:
            pytest.skip(f"there is no CPython {self.version} on this machine")
        assert self.failure is None, self.failure


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture(scope="module")
def wheels(tools, tmp_path_factory):
    """Those that `make wheel` builds."""
    tools.require()
    folder = tmp_path_factory.mktemp("wheels")
    subprocess.run(
        [sys.executable, str(ROOT / "python" / "_build" / "penstock_build.py"), "--engine", str(tools.engine.resolve()), "--into", str(folder)],
        check=True)
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def installations(wheels, tmp_path_factory):
    """An environment for each Python, made two at a time."""
    folder = tmp_path_factory.mktemp("environments")
    found = {version: Installation(version, folder / version, wheels) for version in VERSIONS}
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Installation.prepare, found.values()))
    return found


def test_there_is_one_for_this_platform_and_one_for_all(wheels):
    whole, names = wheels
    assert whole.name.startswith("penstock-") and names.name.startswith("penstock_metaflow-")
    assert "-py3-none-" in whole.name and "-any" not in whole.name and names.name.endswith("-py3-none-any.whl")
    assert whole.stat().st_size < 33e6


@pytest.mark.parametrize("version", VERSIONS)
def test_flows_run_where_both_are_installed(project, installations, version):
    installation = installations[version]
    installation.require()
    told = project.command(installation.folder / "bin" / "penstock", "--version", env=BARE).ended_with(0)
    for spelling in ("penstock", "metaflow"):
        flow = project.add("installed.py")
        flow.write_text(flow.read_text().replace("SPELLING", spelling))
        outcome = project.command(installation.python, flow, "run", env=BARE).ended_with(0)
        assert f"python {version} sum 14 Installed" in outcome.stdout
        assert outcome.stderr.startswith(told.stdout.strip().capitalize())
    code = "from metaflow import Run, namespace; namespace(None); import sys; print(Run(sys.argv[1]).data.sum)"
    run = f"Installed/{outcome.run_id}"
    assert project.command(installation.python, "-I", "-c", code, run, env=BARE).ended_with(0).stdout == "14\n"


def test_the_command_runs_flows_with_the_python_of_its_environment(project, installations):
    """Nothing is active, and the Python that is first on the PATH does not have the SDK."""
    installation = some(installations)
    flow = project.add("installed.py")
    flow.write_text(flow.read_text().replace("SPELLING", "penstock"))
    outcome = project.command(installation.folder / "bin" / "penstock", "run", flow, env=BARE).ended_with(0)
    assert f"python {installation.version} sum 14" in outcome.stdout


def test_an_environment_that_is_reached_through_a_link(project, installations):
    installation = some(installations)
    link = project.folder / "link"
    link.symlink_to(installation.folder)
    flow = project.add("installed.py")
    flow.write_text(flow.read_text().replace("SPELLING", "penstock"))
    outcome = project.command(link / "bin" / "python", flow, "run", env=BARE).ended_with(0)
    assert "sum 14" in outcome.stdout and "code package could not" not in outcome.all


def test_a_folder_beside_the_code(project, installations, wheels):
    """`pip install --target`, without the names of Metaflow: what is packed of the SDK is what there is."""
    installation = some(installations)
    target = project.folder / "vendored"
    installation.pip("install", "--no-index", "--no-cache-dir", "--target", target, wheels[0])
    flow = project.add("installed.py")
    flow.write_text(flow.read_text().replace("SPELLING", "penstock"))
    outcome = project.command(installation.base, flow, "run", env={**BARE, "PYTHONPATH": target}).ended_with(0)
    assert "sum 14" in outcome.stdout and "code package could not" not in outcome.all


def test_four_steps_on_four_pythons(project, installations):
    """Each step has a Python of its own and packages of its own; only the first environment knows the SDK."""
    versions = [version for version in VERSIONS if find_python(version) and version != "3.8"]
    if len(versions) < 4:
        pytest.skip(f"four CPythons from 3.9 on are wanted, and this machine has {', '.join(versions) or 'none'}")
    chosen = [versions[0], *versions[-3:]]
    flow = project.add("four_pythons.py")
    text = flow.read_text()
    for place, version in zip(("FIRST", "SECOND", "THIRD", "FOURTH"), chosen):
        text = text.replace(place, version)
    flow.write_text(text)
    folders = os.pathsep.join(str(Path(find_python(version)).parent) for version in chosen)
    with LoopbackIndex(*(wheel("flour", f"1.{minor}") for minor in range(5))) as index:
        outcome = project.command(
            some(installations).python, flow, "--environment=pypi", "run",
            env={**BARE, "PENSTOCK_INDEX_URL": index.url, "PENSTOCK_PYTHON_PATH": folders}).ended_with(0)
    assert str([(version, f"1.{minor}") for minor, version in enumerate(chosen)]) in outcome.stdout


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_is_left_when_they_go(installations, version):
    """Runs last: it takes away what the tests above use."""
    installation = installations[version]
    installation.require()
    installed = files(installation.folder)
    assert {"bin/penstock", f"lib/python{version}/site-packages/metaflow/__init__.py"} <= set(installed)
    installation.pip("uninstall", "--yes", "penstock", "penstock-metaflow")
    assert without_bytecode(files(installation.folder)) == without_bytecode(installation.before)


def without_bytecode(names):
    """Steps on other Pythons compile the SDK for themselves where it lies; what they write is not the installer's."""
    return [name for name in names if not name.endswith((".pyc", "__pycache__", "site-packages/penstock"))]


def some(installations):
    """One that is there, the newest."""
    found = [each for each in installations.values() if each.base]
    if not found:
        pytest.skip("none of the CPythons is on this machine")
    found[-1].require()
    return found[-1]
