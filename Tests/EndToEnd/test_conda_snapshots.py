"""Conda packages of a run years later: channel and index are gone, home, store and cache are empty; there is the datastore."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from .harness.conda_channel import CondaChannel, conda_package, conda_project
from .harness.index import LoopbackIndex
from .harness.project import Project
from .harness.wheels import wheel

FLOW = """
import os
import random

from penstock import FlowSpec, conda, pypi, step


class Larder(FlowSpec):
    @conda(packages={"flour": ">=1", "yeast": ""})
    @step
    def start(self):
        import flour
        self.flour = [flour.VERSION, flour.SOURCE]
        self.drawn = random.random()
        self.next(self.both)

    @conda(packages={"flour": "1.0"})
    @pypi(packages={"bread": ""})
    @step
    def both(self):
        import bread
        import flour
        if os.environ.get("TEST_FAIL"):
            raise ValueError("not today")
        self.bread = [bread.VERSION, flour.VERSION, flour.SOURCE]
        self.next(self.end)

    @pypi(packages={"salt": ""})
    @step
    def end(self):
        import salt
        self.salt = salt.VERSION


if __name__ == "__main__":
    Larder()
"""


@pytest.fixture
def sources(python):
    """A channel and an index. Of `yeast` the channel tells no SHA-256, as old channels do."""
    yeast = conda_package("yeast", "3.0", "h1_1", files={"share/yeast.txt": "alive\n"}, suffix=".tar.bz2")
    del yeast.record["sha256"]
    with CondaChannel(python, conda_project("flour", "1.0"), yeast) as channel, LoopbackIndex(
            wheel("salt", "1.0"), wheel("flour", "3.0"), wheel("bread", "1.0", requires=["flour"])) as index:
        yield Sources(channel, index)


class Sources:
    def __init__(self, channel, index):
        self.channel = channel
        self.index = index
        self.variables = {"CONDA_CHANNELS": channel.url, "PENSTOCK_INDEX_URL": index.url}

    def vanish(self):
        self.channel.packages.clear()
        self.channel.requests.clear()
        self.index.distributions.clear()
        self.index.forget_requests()

    @property
    def requests(self):
        return [*self.channel.requests, *self.index.requests]


@pytest.fixture(params=["local", "file", "s3"])
def datastore(request, tmp_path):
    """`local` is the store of the machine and nothing else; the others are remote."""
    if request.param == "local":
        return Datastore({"PENSTOCK_SNAPSHOT": "always"}, None)
    if request.param == "file":
        return Datastore({}, f"file://{tmp_path}/remote")
    moto = request.getfixturevalue("moto")
    return Datastore(dict(moto.variables), f"s3://{moto.new_bucket()}/flows")


class Datastore:
    def __init__(self, variables, root):
        self.variables = variables
        self.root = root
        self.words = ["--root", root] if root else []


class Larder:
    """A run, and then a machine on which nothing is left but its datastore."""

    def __init__(self, project, sources, datastore, tmp_path):
        self.first = project
        self.sources = sources
        self.datastore = datastore
        self.other = project if datastore.root is None else Project(tmp_path / "elsewhere", project.tools)
        for each in (project, self.other):
            each.variables.update({**sources.variables, **datastore.variables, "PENSTOCK_DATASTORE_ROOT": datastore.root})
        self.file = project.write("larder.py", FLOW)

    def run(self, code=0, env=None):
        outcome = self.first.run(self.file, top=["--environment=conda"], env=env).ended_with(code)
        return outcome.run_id

    def move(self, with_flow=False):
        """Nothing answers any more; nothing is left of caches and homes, nor of the store where there is a remote one."""
        self.sources.vanish()
        left = [self.first.cache, self.first.home]
        if self.datastore.root:
            left += [self.first.store, self.first.folder]
        for folder in left:
            shutil.rmtree(folder)
        if self.datastore.root and with_flow:
            self.file = self.other.write("larder.py", FLOW)

    def imports(self, python, *names):
        code = f"import sys, {', '.join(names)}; print(sys.prefix, {', '.join(f'{name}.VERSION' for name in names)})"
        return self.other.command(python, "-c", code, cwd=self.other.folder).ended_with(0).stdout.split()

    def snapshot(self, run):
        with sqlite3.connect(self.other.store / ".penstock" / "ledger.sqlite") as ledger:
            return sorted(ledger.execute(
                "SELECT snapshot.kind, snapshot.name FROM snapshot JOIN run ON run.id = snapshot.run"
                " WHERE run.name = ? AND snapshot.kind <> 'engine'", [run]))


@pytest.fixture
def larder(project, sources, datastore, tmp_path):
    larder = Larder(project, sources, datastore, tmp_path)
    yield larder
    larder.other.end_all()


def kept(python):
    return sorted([
        ("conda-package", python.filename), ("conda-package", "flour-1.0-py_0.conda"), ("conda-package", "yeast-3.0-h1_1.tar.bz2"),
        ("wheel", "bread-1.0-py3-none-any.whl"), ("wheel", "salt-1.0-py3-none-any.whl")])


def test_an_environment_of_a_step(larder):
    run = larder.run()
    larder.move()
    for step, names in {"start": ["flour"], "both": ["bread", "flour"], "end": ["salt"]}.items():
        made = larder.other.engine("env", "create", "--run", f"Larder/{run}/{step}", "--offline", *larder.datastore.words).ended_with(0)
        path = made.stdout.strip()
        assert larder.imports(f"{path}/bin/python", *names) == [path, *["1.0"] * len(names)]
        assert Path(path, "conda-meta").exists() == (step != "end")
    assert larder.sources.requests == []


def test_the_whole_run_again(larder, python):
    run = larder.run()
    larder.move()
    words = ["--python", larder.other.tools.python, "--json", "--offline", *larder.datastore.words]
    report = json.loads(larder.other.engine("reproduce", f"Larder/{run}", *words).ended_with(0).stdout)
    found = {f"{step['name']}.{artifact['name']}": artifact["result"] for step in report["steps"] for artifact in step["artifacts"]}
    assert report["verdict"] == "same" and set(found.values()) == {"identical"} and "start.drawn" in found
    assert all(each["is_same"] for each in report["circumstances"]), report["circumstances"]
    assert larder.sources.requests == []
    # The new run has a snapshot of its own.
    assert larder.snapshot(report["repeated"].partition("/")[2]) == kept(python)


def test_the_rest_of_a_run(larder, python):
    run = larder.run(code=1, env={"TEST_FAIL": "1"})
    larder.move(with_flow=True)
    outcome = larder.other.flow(
        larder.file, "--environment=conda", "resume", "--origin-run-id", run,
        env={"PENSTOCK_OFFLINE": "1"}).ended_with(0)
    assert larder.sources.requests == []
    data = larder.other.ask("[Run(run).data.flour, Run(run).data.bread, Run(run).data.salt]", run=f"Larder/{outcome.run_id}")
    assert data == [["1.0", "conda"], ["1.0", "1.0", "conda"], "1.0"]
    assert larder.snapshot(outcome.run_id) == kept(python)


def test_what_a_run_keeps(larder, python):
    run = larder.run()
    larder.other = larder.first
    assert larder.snapshot(run) == kept(python)
    before = list(larder.sources.requests)
    again = larder.run()
    assert larder.snapshot(again) == kept(python) and larder.sources.requests == before
