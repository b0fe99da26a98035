import subprocess

import pytest

from .harness.conda_channel import conda_python
from .harness.object_servers import Moto
from .harness.project import Project
from .harness.tools import Tools


def pytest_configure(config):
    config.addinivalue_line("markers", "peer: holds for the official Metaflow as well (PENSTOCK_PEER=/path/to/its/python)")
    config.addinivalue_line("markers", "network: talks to the package index that this machine is configured for")


def pytest_collection_modifyitems(items):
    if Tools().peer:
        skip = pytest.mark.skip(reason="says something about Penstock only")
        for item in items:
            if "EndToEnd" in str(item.path) and not item.get_closest_marker("peer"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def tools():
    return Tools()


@pytest.fixture
def project(tmp_path, tools):
    """An empty project. Whatever a test leaves running is ended, and nothing may be left in the temporary folder."""
    tools.require()
    project = Project(tmp_path, tools)
    yield project
    project.end_all()


@pytest.fixture(scope="module")
def shared_project(tmp_path_factory, tools):
    """One project for the tests of a module that only look at what was run once."""
    tools.require()
    project = Project(tmp_path_factory.mktemp("shared"), tools)
    yield project
    project.end_all()


@pytest.fixture(scope="session")
def python():
    """The tests' own conda package of Python, which takes its standard library from this machine's."""
    package = conda_python()
    if package is None:
        pytest.skip("the tests' own conda Python is made on Linux only")
    return package


@pytest.fixture(scope="session")
def moto():
    """An S3 server that lets everybody in. `moto.variables` is what clients need; `moto.new_bucket()` makes a bucket."""
    with Moto() as server:
        yield server


@pytest.fixture
def disk(project):
    """Mounts a file system in the place of a folder, for this test alone."""
    holders = []

    def mount(folder, script):
        folder.mkdir(parents=True, exist_ok=True)
        holder = subprocess.Popen(
            ["unshare", "-m", "sh", "-c", script + " && echo mounted && exec cat", "sh", str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        holders.append(holder)
        if holder.stdout.readline() != "mounted\n":
            pytest.skip("mounting is not allowed here")
        enter = ["nsenter", "-t", str(holder.pid), "-m"]
        project.before = [*enter, "sh", "-c", 'cd "$0" && exec "$@"', str(project.folder)]
        return enter

    yield mount
    project.before = []
    for holder in holders:
        holder.communicate("")
