"""Snapshots: what a run's environments are made of is in its datastore, and is enough to make them again."""

import hashlib
import json
import sqlite3

import pytest

from .harness.index import LoopbackIndex
from .harness.sources import built_source_distribution
from .harness.wheels import wheel

SNAPSHOT = {"PENSTOCK_SNAPSHOT": "always"}


@pytest.fixture
def kitchen(project):
    with LoopbackIndex(
            wheel("flour", "1.0", requires=["water>=1"]), wheel("water", "1.0"),
            built_source_distribution("clay", "1.0", requires=["water>=1"])) as index:
        project.variables.update({"PENSTOCK_INDEX_URL": index.url, "TEST_PACKAGES": json.dumps({"flour": "1.0"})})
        yield Kitchen(project, index)


class Kitchen:
    def __init__(self, project, index):
        self.project = project
        self.index = index
        self.file = project.add("with_packages.py")

    @property
    def store(self):
        return self.project.store / ".penstock"

    def run(self, *words, env=SNAPSHOT):
        return self.project.run(self.file, *words, env=env)

    def kept(self):
        """The files that are kept by themselves, by their digests."""
        return {path.name: path for path in (self.store / "blobs").glob("??/*")}

    def snapshot(self, run):
        with sqlite3.connect(self.store / "ledger.sqlite") as ledger:
            return sorted(ledger.execute(
                "SELECT snapshot.kind, snapshot.name, lower(hex(digest)) FROM snapshot JOIN run ON run.id = snapshot.run"
                " WHERE run.name = ? AND snapshot.kind <> 'engine'", [run]))

    def close_index(self):
        """Nobody answers any more, and nothing of what was fetched is left."""
        self.index.distributions.clear()
        self.index.forget_requests()
        self.project.engine("cache", "clean").ended_with(0)

    def create(self, step, *words, env=None):
        return self.project.engine("env", "create", "--run", step, *words, env=env)

    def imports(self, python, name):
        code = f"import {name}; print({name}.VERSION)"
        return self.project.command(python, "-c", code, cwd=self.project.home).ended_with(0).stdout.strip()


def test_packages_are_in_the_datastore_before_the_run_starts(kitchen):
    kitchen.project.write("with_packages.py", (kitchen.project.folder / "with_packages.py").read_text().replace(
        'self.prefixes = {"start": sys.prefix}',
        'self.prefixes = {"start": sys.prefix}; import pathlib\n'
        '        self.there = sorted(p.name for p in pathlib.Path(os.environ["PENSTOCK_ROOT"], ".penstock", "blobs").glob("??/*"))'))
    run = kitchen.run().ended_with(0).run_id
    wheels = {each.filename: each.sha256 for each in kitchen.index.distributions if each.filename.endswith(".whl")}
    assert kitchen.snapshot(run) == [("wheel", name, digest) for name, digest in sorted(wheels.items())]
    there = kitchen.project.ask("Run('WithPackages/' + run)['start'].task.data.there", run=run)
    assert set(wheels.values()) <= set(there)
    for digest in wheels.values():
        assert hashlib.sha256(kitchen.kept()[digest].read_bytes()).hexdigest() == digest
    # The second time all is there, and nothing is asked of anybody.
    kitchen.index.forget_requests()
    again = kitchen.run().ended_with(0).run_id
    assert kitchen.snapshot(again) == kitchen.snapshot(run) and kitchen.index.requests == []


@pytest.mark.parametrize("words, env", [([], {}), (["--snapshot", "never"], SNAPSHOT), (["--snapshot", "remote"], SNAPSHOT)])
def test_local_runs_keep_none_unless_told(kitchen, words, env):
    run = kitchen.run(*words, env=env).ended_with(0).run_id
    assert kitchen.snapshot(run) == [] and not set(kitchen.kept()) & {each.sha256 for each in kitchen.index.distributions}


def test_the_option_wins(kitchen):
    assert kitchen.snapshot(kitchen.run("--snapshot", "always", env={"PENSTOCK_SNAPSHOT": "never"}).ended_with(0).run_id)
    outcome = kitchen.run("--snapshot", "sometimes")
    assert outcome.code == 2 and "sometimes" in outcome.stderr and "always" in outcome.stderr


def test_an_environment_out_of_the_datastore_alone(kitchen):
    run = kitchen.run().ended_with(0).run_id
    kitchen.close_index()
    path = kitchen.create(f"WithPackages/{run}/bake").ended_with(0).stdout.strip()
    assert kitchen.imports(f"{path}/bin/python", "flour") == "1.0" and kitchen.index.requests == []
    # It is the very one that the run had.
    assert path == kitchen.project.ask("Run('WithPackages/' + run)['bake'].task.data.prefixes['bake']", run=run)


def test_a_run_out_of_the_datastore_alone(kitchen):
    kitchen.run().ended_with(0)
    kitchen.close_index()
    kitchen.run(env=dict(SNAPSHOT, PENSTOCK_OFFLINE="1")).ended_with(0)
    assert kitchen.index.requests == []


def test_the_index_comes_first_for_what_is_elsewhere(kitchen):
    """Without a snapshot there is only the index, and its fault is told in its own words."""
    run = kitchen.run(env={}).ended_with(0).run_id
    kitchen.close_index()
    outcome = kitchen.create(f"WithPackages/{run}/bake").ended_with(1)
    assert "-1.0-py3-none-any.whl" in outcome.stderr and "404" in outcome.stderr


def test_an_environment_from_before_gets_its_snapshot(kitchen):
    kitchen.run(env={}).ended_with(0)
    run = kitchen.run().ended_with(0).run_id
    assert len(kitchen.snapshot(run)) == 2
    kitchen.close_index()
    kitchen.create(f"WithPackages/{run}/bake").ended_with(0)


def test_what_cannot_be_kept_ends_the_run_before_it_starts(kitchen):
    kitchen.run(env={}).ended_with(0)
    kitchen.index.distributions.clear()
    before = kitchen.project.ask("len(list(Flow('WithPackages')))")
    outcome = kitchen.run()
    assert outcome.code == 1
    for piece in ("snapshot", "-1.0-py3-none-any.whl", "404", "nothing was run", "--snapshot never"):
        assert piece in outcome.stderr
    assert kitchen.project.ask("len(list(Flow('WithPackages')))") == before
    kitchen.run("--snapshot", "never").ended_with(0)


def test_a_damaged_file_of_the_datastore_is_not_used(kitchen):
    run = kitchen.run().ended_with(0).run_id
    digest = dict((name, digest) for _, name, digest in kitchen.snapshot(run))["flour-1.0-py3-none-any.whl"]
    file = kitchen.kept()[digest]
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.chmod(0o644)
    file.unlink()
    file.write_bytes(content)
    kitchen.project.engine("cache", "clean").ended_with(0)
    # With the index there it does not matter.
    path = kitchen.create(f"WithPackages/{run}/bake").ended_with(0).stdout.strip()
    assert kitchen.imports(f"{path}/bin/python", "flour") == "1.0"
    kitchen.close_index()
    outcome = kitchen.create(f"WithPackages/{run}/bake").ended_with(1)
    assert digest in outcome.stderr and "SHA-256" in outcome.stderr


def test_what_was_built_of_sources_is_kept_with_its_sources(kitchen):
    packages = {"TEST_PACKAGES": json.dumps({"clay": "1.0"})}
    run = kitchen.run(env=dict(SNAPSHOT, **packages)).ended_with(0).run_id
    kinds = {(kind, name) for kind, name, _ in kitchen.snapshot(run)}
    assert kinds == {
        ("built-wheel", "clay-1.0-py3-none-any.whl"), ("sources", "clay-1.0.tar.gz"), ("wheel", "water-1.0-py3-none-any.whl")}
    kitchen.close_index()
    made = kitchen.create(f"WithPackages/{run}/bake").ended_with(0)
    assert kitchen.imports(f"{made.stdout.strip()}/bin/python", "clay") == "1.0"
    assert "building" not in made.stderr and kitchen.index.requests == []
    kitchen.close_index()
    kitchen.run(env=dict(SNAPSHOT, PENSTOCK_OFFLINE="1", PENSTOCK_ARCHIVES="datastore", **packages)).ended_with(0)
    assert kitchen.index.requests == []


def test_a_file_that_the_index_has_replaced(kitchen):
    """A file of that name with other content: the lock's comes from the datastore."""
    run = kitchen.run().ended_with(0).run_id
    kitchen.close_index()
    kitchen.index.add(wheel("flour", "1.0", files={"flour/more.py": ""}), wheel("water", "1.0"))
    path = kitchen.create(f"WithPackages/{run}/bake").ended_with(0).stdout.strip()
    assert kitchen.imports(f"{path}/bin/python", "flour") == "1.0"
