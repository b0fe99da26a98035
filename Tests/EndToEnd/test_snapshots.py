"""Snapshots: what a run's environments are made of is in its datastore, and is enough to make them again."""

import hashlib
import json
import os
import re
import signal
import sqlite3

import pytest

from .harness.environments import bulky_wheel
from .harness.index import LoopbackIndex
from .harness.processes import wait_until
from .harness.sources import built_source_distribution
from .harness.trouble import Between
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


@pytest.mark.parametrize("name", ["PENSTOCK_SNAPSHOT", "PENSTOCK_ARCHIVES", "PENSTOCK_SNAPSHOT_TARGETS"])
def test_a_setting_that_is_unknown(kitchen, name):
    outcome = kitchen.run(env={name: "perhaps"})
    assert outcome.code == 2 and name in outcome.stderr and "perhaps" in outcome.stderr and not outcome.started_a_run


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
    made = kitchen.create(f"WithPackages/{run}/bake").ended_with(0)
    assert kitchen.imports(f"{made.stdout.strip()}/bin/python", "flour") == "1.0" and digest in made.stderr
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


@pytest.fixture
def remote(kitchen):
    """A remote datastore, and a second machine that has nothing but its address."""
    return Remote(kitchen)


class Remote:
    def __init__(self, kitchen):
        self.kitchen = kitchen
        self.folder = kitchen.project.folder.parent / "remote"
        self.root = f"file://{self.folder}"

    def run(self, *words, env=()):
        return self.kitchen.run(*words, env=dict({"PENSTOCK_DATASTORE_ROOT": self.root}, **dict(env)))

    def objects(self):
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}

    def second_machine(self):
        """A store and a cache with nothing in them, and no index."""
        self.kitchen.index.distributions.clear()
        self.kitchen.index.forget_requests()
        place = self.kitchen.project.folder.parent / "second"
        place.mkdir()
        return {"PENSTOCK_ROOT": place / "store", "PENSTOCK_CACHE_DIR": place / "cache", "PENSTOCK_DATASTORE_ROOT": self.root}


def object_of(digest):
    return f"blobs/{digest[:2]}/{digest}"


def test_a_remote_has_the_packages_before_the_run_starts(kitchen, remote):
    kitchen.project.write("with_packages.py", (kitchen.project.folder / "with_packages.py").read_text().replace(
        'self.prefixes = {"start": sys.prefix}',
        'self.prefixes = {"start": sys.prefix}; import pathlib\n'
        f'        self.there = sorted(p.name for p in pathlib.Path({str(remote.folder)!r}).glob("blobs/??/*"))'))
    outcome = remote.run().ended_with(0)
    wheels = {each.sha256 for each in kitchen.index.distributions if each.filename.endswith(".whl")}
    assert {digest for _, _, digest in kitchen.snapshot(outcome.run_id)} == wheels and "Stored" in outcome.stderr
    assert wheels <= set(kitchen.project.ask(
        "Run('WithPackages/' + run)['start'].task.data.there", run=outcome.run_id))
    # What is there is not sent again.
    times = {path: path.stat().st_mtime_ns for path in remote.folder.glob("blobs/??/*")}
    again = remote.run().ended_with(0)
    assert "Stored" not in again.stderr and kitchen.snapshot(again.run_id) == kitchen.snapshot(outcome.run_id)
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_an_environment_out_of_a_remote_alone(kitchen, remote):
    run = remote.run(env={"TEST_PACKAGES": json.dumps({"flour": "1.0", "clay": "1.0"})}).ended_with(0).run_id
    elsewhere = remote.second_machine()
    made = kitchen.create(f"WithPackages/{run}/bake", env=elsewhere).ended_with(0)
    path = made.stdout.strip()
    assert path.startswith(str(elsewhere["PENSTOCK_CACHE_DIR"])) and kitchen.index.requests == []
    assert kitchen.imports(f"{path}/bin/python", "flour") == kitchen.imports(f"{path}/bin/python", "clay") == "1.0"
    # The switch for the network is about indexes.
    kitchen.project.engine("cache", "clean", env=elsewhere).ended_with(0)
    kitchen.create(f"WithPackages/{run}/bake", "--offline", env=elsewhere).ended_with(0)


def test_a_package_that_the_remote_lacks(kitchen, remote):
    run = remote.run().ended_with(0).run_id
    digest = dict((name, digest) for _, name, digest in kitchen.snapshot(run))["flour-1.0-py3-none-any.whl"]
    (remote.folder / object_of(digest)).unlink()
    # The next run sends it again: what is believed to be there is looked at.
    remote.run().ended_with(0)
    assert object_of(digest) in remote.objects()
    (remote.folder / object_of(digest)).unlink()
    elsewhere = remote.second_machine()
    outcome = kitchen.create(f"WithPackages/{run}/bake", env=elsewhere).ended_with(1)
    assert "flour-1.0-py3-none-any.whl" in outcome.stderr


def test_a_package_that_the_remote_has_damaged(kitchen, remote):
    run = remote.run().ended_with(0).run_id
    digest = dict((name, digest) for _, name, digest in kitchen.snapshot(run))["flour-1.0-py3-none-any.whl"]
    file = remote.folder / object_of(digest)
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.unlink()
    file.write_bytes(content)
    elsewhere = remote.second_machine()
    outcome = kitchen.create(f"WithPackages/{run}/bake", env=elsewhere).ended_with(1)
    assert "SHA-256" in outcome.stderr and digest in outcome.stderr and "flour-1.0" in outcome.stderr


def test_a_remote_that_cannot_be_written_to(kitchen, remote):
    remote.folder.write_text("a file")
    outcome = remote.run()
    assert outcome.code != 0 and "nothing was run" in outcome.stderr and str(remote.folder) in outcome.stderr
    remote.folder.unlink()
    remote.run().ended_with(0)


def test_an_unreachable_index_falls_back_to_the_remote(kitchen, remote):
    """A run on another machine whose index has lost the files."""
    remote.run().ended_with(0)
    (kitchen.project.folder / "pylock.WithPackages.toml").write_text("")
    (kitchen.project.folder / "pylock.WithPackages.toml").unlink()
    kitchen.project.flow(kitchen.file, "lock").ended_with(0)
    elsewhere = remote.second_machine()
    outcome = kitchen.project.run(kitchen.file, env=dict(elsewhere)).ended_with(0)
    assert "comes from the datastore" in outcome.stderr


def test_all_targets_of_a_lock(kitchen):
    """A lock for several platforms: by default the wheels of this machine are kept, and all of them on demand."""
    kitchen.index.add(
        wheel("salt", "1.0", tag="cp311-cp311-macosx_11_0_arm64"), wheel("salt", "1.0", tag="py3-none-manylinux_2_17_x86_64"),
        wheel("salt", "1.0", tag="py3-none-manylinux_2_17_aarch64"))
    packages = {"TEST_PACKAGES": json.dumps({"salt": "1.0"})}
    kitchen.project.flow(
        kitchen.file, "lock", "--platform", "linux-x86_64", "--platform", "linux-aarch64", env=packages).ended_with(0)
    names = lambda env: [name for _, name, _ in kitchen.snapshot(kitchen.run(env=dict(SNAPSHOT, **packages, **env)).ended_with(0).run_id)]
    ours, = names({})
    assert sorted(names({"PENSTOCK_SNAPSHOT_TARGETS": "all"})) == [
        "salt-1.0-py3-none-manylinux_2_17_aarch64.whl", "salt-1.0-py3-none-manylinux_2_17_x86_64.whl"]
    assert ours in names({"PENSTOCK_SNAPSHOT_TARGETS": "all"})


def test_the_engine_is_kept_once(kitchen):
    kitchen.project.variables.update(SNAPSHOT)
    other = kitchen.project.folder / "engines"
    other.mkdir()
    (other / "penstock-linux-riscv64").write_bytes(b"another engine" * 10000)
    (other / "notes.txt").write_text("no engine")
    run = kitchen.run(env={"PENSTOCK_ENGINES": other}).ended_with(0).run_id

    def engines(run):
        with sqlite3.connect(kitchen.store / "ledger.sqlite") as ledger:
            return dict(ledger.execute(
                "SELECT snapshot.name, lower(hex(digest)) FROM snapshot JOIN run ON run.id = snapshot.run"
                " WHERE run.name = ? AND snapshot.kind = 'engine'", [run]))

    kept = engines(run)
    assert len(kept) == 2 and "linux-riscv64" in kept
    engine = kitchen.project.tools.engine.read_bytes()
    assert hashlib.sha256(engine).hexdigest() in kept.values()
    again = kitchen.run(env={"PENSTOCK_ENGINES": other}).ended_with(0).run_id
    assert engines(again) == kept
    outcome = kitchen.run(env={"PENSTOCK_ENGINES": other / "missing"})
    assert outcome.code == 1 and "PENSTOCK_ENGINES" in outcome.stderr and not outcome.started_a_run


class OnS3(Remote):
    def __init__(self, kitchen, moto):
        super().__init__(kitchen)
        self.moto = moto
        self.bucket = moto.new_bucket()
        self.root = f"s3://{self.bucket}/flows"
        kitchen.project.variables.update(moto.variables)

    def objects(self):
        listed = self.moto.boto().list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return {each["Key"].partition("/")[2] for each in listed}


@pytest.fixture
def s3(kitchen, moto):
    return OnS3(kitchen, moto)


def test_a_run_on_s3_and_its_environment_from_there(kitchen, s3):
    run = s3.run(env={"PENSTOCK_SNAPSHOT": "", "TEST_PACKAGES": json.dumps({"flour": "1.0", "clay": "1.0"})}).ended_with(0).run_id
    snapshot = kitchen.snapshot(run)
    assert [(kind, name) for kind, name, _ in snapshot] == [
        ("built-wheel", "clay-1.0-py3-none-any.whl"), ("sources", "clay-1.0.tar.gz"), ("wheel", "flour-1.0-py3-none-any.whl"),
        ("wheel", "water-1.0-py3-none-any.whl")]
    assert {object_of(digest) for _, _, digest in snapshot} <= s3.objects()
    elsewhere = s3.second_machine()
    made = kitchen.create(f"WithPackages/{run}/bake", "--offline", env=elsewhere).ended_with(0)
    python = made.stdout.strip() + "/bin/python"
    assert kitchen.index.requests == []
    assert kitchen.imports(python, "flour") == kitchen.imports(python, "clay") == "1.0"
    # The address that a package is fetched from carries a signature; it is nobody's business.
    for path in (elsewhere["PENSTOCK_CACHE_DIR"], elsewhere["PENSTOCK_ROOT"]):
        for file in path.rglob("*"):
            if file.is_file() and not file.is_symlink() and file.stat().st_size < 1 << 20:
                assert b"X-Amz-Signature" not in file.read_bytes(), file


def test_what_s3_lacks_is_named_without_its_address(kitchen, s3):
    run = s3.run().ended_with(0).run_id
    digest = dict((name, digest) for _, name, digest in kitchen.snapshot(run))["flour-1.0-py3-none-any.whl"]
    s3.moto.boto().put_object(Bucket=s3.bucket, Key=f"flows/{object_of(digest)}", Body=b"something else")
    elsewhere = s3.second_machine()
    outcome = kitchen.create(f"WithPackages/{run}/bake", env=elsewhere).ended_with(1)
    assert "flour-1.0-py3-none-any.whl" in outcome.stderr and "Signature" not in outcome.all
    # Told as the last that could have had it: the index, when the datastore has none at all.
    s3.moto.boto().delete_object(Bucket=s3.bucket, Key=f"flows/{object_of(digest)}")
    outcome = kitchen.create(f"WithPackages/{run}/bake", env=elsewhere).ended_with(1)
    assert "flour-1.0-py3-none-any.whl" in outcome.stderr and "404" in outcome.stderr and "Signature" not in outcome.all


def test_an_engine_that_is_killed_while_it_sends(kitchen, s3):
    """Whatever of its packages has arrived is whole, no record speaks of the run, and the next run sends the rest only."""
    names = [f"sack{number}" for number in range(12)]
    sacks = [bulky_wheel(name, files=3, large=1_500_000) for name in names]
    kitchen.index.add(*sacks)
    env = dict({"TEST_PACKAGES": json.dumps(dict.fromkeys(names, "1.0"))}, PENSTOCK_DATASTORE_ROOT=s3.root)
    process = kitchen.project.start(kitchen.file, env=env)
    wait_until(lambda: any(name.startswith("blobs/") for name in s3.objects()), 60, kitchen.project.said)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    arrived = {name for name in s3.objects() if name.startswith("blobs/")}
    wanted = {each.sha256: each.content for each in sacks}

    def content(name):
        return s3.moto.boto().get_object(Bucket=s3.bucket, Key=f"flows/{name}")["Body"].read()

    for digest in (name.rpartition("/")[2] for name in arrived):
        if digest in wanted:
            assert content(object_of(digest)) == wanted[digest]
    assert not any(name.startswith("records/") for name in s3.objects())
    outcome = s3.run(env=env).ended_with(0)
    snapshot = {digest for _, _, digest in kitchen.snapshot(outcome.run_id)}
    assert snapshot == set(wanted) and {object_of(digest) for digest in snapshot} <= s3.objects()
    for digest in snapshot:
        assert content(object_of(digest)) == wanted[digest]
    sent = int(re.search(r"Stored (\d+) file", outcome.stderr).group(1))
    assert sent <= len(wanted) + 1 - len(arrived)  # with the engine


def once(trouble, wanted):
    """That trouble, the first time that something is asked of each blob."""
    seen = set()

    def decide(method, path, _):
        place = path.partition("?")[0]
        if method != wanted or "/blobs/" not in place or place in seen:
            return None
        seen.add(place)
        return trouble
    return decide


@pytest.mark.parametrize("trouble", ["500", "503", "reset", "lost", "truncate", "slow"])
def test_a_datastore_in_passing_trouble(kitchen, s3, trouble):
    """What passes is outlasted, on the way there and on the way back."""
    with Between(s3.moto.url, once(trouble, "PUT")) as between:
        run = s3.run(env={"AWS_ENDPOINT_URL_S3": between.url}).ended_with(0).run_id
        assert between.counts[trouble] >= 2
    for _, _, digest in kitchen.snapshot(run):
        assert hashlib.sha256(s3.moto.boto().get_object(
            Bucket=s3.bucket, Key=f"flows/{object_of(digest)}")["Body"].read()).hexdigest() == digest
    elsewhere = s3.second_machine()
    with Between(s3.moto.url, once(trouble, "GET")) as between:
        path = kitchen.create(
            f"WithPackages/{run}/bake", env=dict(elsewhere, AWS_ENDPOINT_URL_S3=between.url)).ended_with(0).stdout.strip()
        assert between.counts[trouble] >= 2
    assert kitchen.imports(f"{path}/bin/python", "flour") == "1.0"


@pytest.mark.parametrize("trouble", ["denied", "expired", "missing"])
def test_a_datastore_that_refuses(kitchen, s3, trouble):
    """One error that tells no secret; nothing was run, and nothing half made is left."""
    refuse = lambda wanted: lambda method, path, _: trouble if method == wanted and "/blobs/" in path else None
    if trouble != "missing":
        with Between(s3.moto.url, refuse("PUT")) as between:
            outcome = s3.run(env={"AWS_ENDPOINT_URL_S3": between.url})
        assert outcome.code != 0 and not outcome.started_a_run and "nothing was run" in outcome.stderr
        assert s3.moto.variables["AWS_SECRET_ACCESS_KEY"] not in outcome.all and "Signature" not in outcome.all
    run = s3.run().ended_with(0).run_id
    wheels = {digest for _, _, digest in kitchen.snapshot(run)}
    elsewhere = s3.second_machine()
    only_wheels = lambda method, path, _: trouble if method == "GET" and any(digest in path for digest in wheels) else None
    with Between(s3.moto.url, only_wheels) as between:
        outcome = kitchen.create(f"WithPackages/{run}/bake", env=dict(elsewhere, AWS_ENDPOINT_URL_S3=between.url)).ended_with(1)
        assert between.counts[trouble] >= 1
    assert outcome.stderr.count("error: ") == 1 and "-1.0-py3-none-any.whl" in outcome.stderr
    assert s3.moto.variables["AWS_SECRET_ACCESS_KEY"] not in outcome.all and "Signature" not in outcome.all
    assert list((elsewhere["PENSTOCK_CACHE_DIR"] / "environments").glob("*")) == []
    kitchen.create(f"WithPackages/{run}/bake", env=elsewhere).ended_with(0)
