"""Pythons of a conda channel, for steps and commands that take their packages from an index: one stands in where the machine has none."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from .harness.conda_channel import CondaChannel, conda_package, whole_python
from .harness.index import LoopbackIndex
from .harness.processes import wait_until
from .harness.python_mirror import facts, interpreters
from .harness.wheels import wheel

FLOW = '''
import os, sys
from metaflow import FlowSpec, pypi, step

class StandingIn(FlowSpec):
    @step
    def start(self):
        self.next(self.work)

    @pypi(python=os.environ["TEST_PYTHON"], packages={"flour": "1.0"})
    @step
    def work(self):
        import flour
        self.seen = ["%d.%d.%d" % sys.version_info[:3], sys.base_prefix, flour.VERSION]
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    StandingIn()
'''


@pytest.fixture(scope="module")
def packages(tools):
    """A Python that is on this machine in pyenv only, and what it depends on."""
    tools.require()
    own = facts(tools.python)[2]
    outside = {path.name[6:] for folder in ("/usr/bin", "/usr/local/bin") for path in Path(folder).glob("python3.*")}
    for series, binary in reversed(interpreters().items()):
        if series != own and series not in outside and tuple(map(int, series.split("."))) >= (3, 8):
            return whole_python(binary), conda_package("tzdata", "2025a", noarch="generic", files={"share/zoneinfo/UTC": "UTC0"})
    pytest.skip("this machine has no Python in pyenv that can be hidden")


@pytest.fixture
def channel(packages):
    with CondaChannel(*packages) as channel:
        yield channel


@pytest.fixture
def machine(project, channel):
    """A project on a machine without that Python, with a channel that has it; nothing is fetched from elsewhere."""
    project.pythons = project.home.parent / "pythons"
    with LoopbackIndex(wheel("flour", "1.0")) as index:
        project.variables.update({
            "PATH": "/usr/bin:/bin", "PYENV_ROOT": None, "PENSTOCK_PYTHON_FETCH": None, "UV_PYTHON_DOWNLOADS": "never",
            "PENSTOCK_PYTHON_DIR": project.pythons, "CONDA_CHANNELS": channel.url, "PENSTOCK_INDEX_URL": index.url})
        project.flow_file = project.write("standing.py", FLOW)
        yield project


@pytest.fixture
def version(packages):
    return packages[0].record["version"]


@pytest.fixture
def series(version):
    return ".".join(version.split(".")[:2])


def there(machine):
    """What lies in the folder of fetched Pythons, without locks."""
    if not machine.pythons.exists():
        return []
    return sorted(path.name for path in machine.pythons.iterdir() if not path.name.endswith(".lock"))


def begin(machine, *words):
    return subprocess.Popen(
        [str(machine.tools.engine.resolve()), *words], cwd=machine.folder, env=machine.environment(), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def test_a_step_with_packages_of_an_index_has_a_python_of_a_channel(machine, channel, version, series):
    outcome = machine.run(machine.flow_file, env={"TEST_PYTHON": series}, timeout=180).ended_with(0)
    assert f"installing Python {version} of the conda channel tests, since there is no such Python" in outcome.stderr
    name, = there(machine)
    assert name.startswith(f"cpython-{version}-conda-")
    seen = machine.ask("Run(run)['work'].task.data.seen", run=f"StandingIn/{outcome.run_id}")
    assert seen == [version, str(machine.pythons / name), "1.0"]
    assert (machine.pythons / name / "share/zoneinfo/UTC").exists(), "what the Python depends on is there, too"
    # It is a Python of this machine from now on: nobody is asked, and other steps and commands have it.
    channel.requests.clear()
    again = machine.run(machine.flow_file, env={"TEST_PYTHON": version, "PENSTOCK_OFFLINE": "1"}).ended_with(0)
    assert "installing" not in again.stderr and channel.requests == []
    assert version in machine.engine("python", "find", series).ended_with(0).stdout
    # Gone with its environments, it is made again the same.
    machine.engine("python", "remove", name).ended_with(0)
    assert there(machine) == []
    machine.run(machine.flow_file, env={"TEST_PYTHON": series}, timeout=180).ended_with(0)
    assert there(machine) == [name]


def test_a_run_is_reproduced_with_the_same_python(machine, packages, channel, version, series):
    first = machine.run(machine.flow_file, env={"TEST_PYTHON": series}, timeout=180).ended_with(0)
    name, = there(machine)
    # The channel has a newer one by now, and this is another machine.
    newer = ".".join([series, str(int(version.split(".")[2]) + 90)])
    channel.packages.append(conda_package("python", newer, "0", files={"bin/python": ("#!/bin/sh\nexit 3\n".encode(), 0o755)}))
    shutil.rmtree(machine.pythons)
    shutil.rmtree(machine.cache)
    machine.engine("reproduce", f"StandingIn/{first.run_id}", "--python", machine.tools.python, timeout=240, env={"TEST_PYTHON": series}).ended_with(0)
    assert there(machine) == [name]


def test_several_want_it_at_once(machine, channel, version, series):
    processes = [begin(machine, "env", "create", "flour==1.0", "--python", series) for _ in range(4)]
    said = [process.communicate(timeout=240) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, said
    assert len({output for output, _ in said}) == 1
    assert len(there(machine)) == 1
    assert sorted(channel.downloads()) == sorted(each.filename for each in channel.packages)


def test_who_is_killed_while_installing_it_hinders_nobody(machine, series):
    first = begin(machine, "env", "create", "flour==1.0", "--python", series)
    wait_until(lambda: there(machine), 120, "a draft")
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    path = machine.engine("env", "create", "flour==1.0", "--python", series, timeout=240).ended_with(0).stdout.strip()
    name, = there(machine)
    assert not name.startswith(".")
    assert machine.command(f"{path}/bin/python", "-c", "import flour, sys; print(sys.base_prefix)").stdout == f"{machine.pythons / name}\n"


def test_what_the_channel_does_not_have(machine, channel):
    outcome = machine.run(machine.flow_file, env={"TEST_PYTHON": "3.99"}).ended_with(1)
    assert outcome.stderr.count("error: ") == 1 and not outcome.started_a_run
    assert "no Python 3.99 was found, and none could be had from a conda channel" in outcome.stderr
    assert "these were found:" in outcome.stderr and "asked for of conda (tests; named by CONDA_CHANNELS)" in outcome.stderr
    assert there(machine) == []


def test_switched_off_and_not_configured(machine, channel, series):
    for variables in ({"PENSTOCK_PYTHON_FETCH": "never"}, {"PENSTOCK_PYTHON_FETCH": "manual"}, {"CONDA_CHANNELS": None}):
        outcome = machine.run(machine.flow_file, env={"TEST_PYTHON": series, **variables}).ended_with(1)
        assert f"no Python {series} was found\n" in outcome.stderr
    assert channel.requests == [] and there(machine) == []


def test_a_channel_that_cannot_be_reached(machine, series):
    outcome = machine.run(
        machine.flow_file, env={"TEST_PYTHON": series, "CONDA_CHANNELS": "http://127.0.0.1:9/gone"}, timeout=180).ended_with(1)
    assert outcome.stderr.count("error: ") == 1 and "none could be had from a conda channel" in outcome.stderr
    assert "127.0.0.1:9" in outcome.stderr and "help: " in outcome.stderr
