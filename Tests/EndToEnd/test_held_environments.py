"""What a run uses is not removed while it goes on."""

import json
import os
import signal
import time

import pytest

from .harness.index import LoopbackIndex
from .harness.wheels import wheel

FLOW = """
import os, sys, time
from penstock import FlowSpec, pypi, step


class Long(FlowSpec):
    @pypi(packages={"flour": "1.0"})
    @step
    def start(self):
        open("started", "w").write(sys.prefix)
        while not os.path.exists("go"):
            time.sleep(0.02)
        import flour
        self.version = flour.VERSION
        self.next(self.end)

    @pypi(packages={"flour": "1.0"})
    @step
    def end(self):
        import water


if __name__ == "__main__":
    Long()
"""


def wait_for(path, seconds=60):
    until = time.time() + seconds
    while not (path.exists() and path.read_text()):
        assert time.time() < until, f"{path} did not appear"
        time.sleep(0.02)
    return path.read_text()


@pytest.fixture
def run(project):
    with LoopbackIndex(wheel("flour", "1.0", requires=["water"]), wheel("water", "1.0")) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        process = project.start(project.write("flow.py", FLOW))
        prefix = wait_for(project.folder / "started")
        yield process, prefix
        process.kill()
        process.wait()


def test_a_run_under_way(project, run):
    process, prefix = run
    for words in (["clean"], ["prune", "--max-size", "0"], ["prune", "--keep-days", "0"]):
        project.engine("cache", *words).ended_with(0)
    name = os.path.basename(prefix)
    assert "in use" in project.engine("env", "remove", name).ended_with(1).stderr
    assert json.loads(project.engine("env", "list", "--json").stdout)[0]["in_use"]
    (project.folder / "go").write_text("")
    assert process.wait(60) == 0, project.said()
    assert not json.loads(project.engine("env", "list", "--json").stdout)[0]["in_use"]
    project.engine("env", "remove", name).ended_with(0)
    assert not os.path.exists(prefix)


def test_a_killed_run_holds_nothing(project, run):
    process, prefix = run
    process.send_signal(signal.SIGKILL)
    process.wait()
    until = time.time() + 20
    while project.engine("env", "remove", os.path.basename(prefix)).code:
        assert time.time() < until
        time.sleep(0.1)
    assert not os.path.exists(prefix)
