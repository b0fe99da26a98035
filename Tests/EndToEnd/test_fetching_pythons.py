"""Pythons that the machine does not have, fetched from a mirror on the loopback interface.

The mirror is filled from interpreters of this machine, which the commands cannot see otherwise.
"""

import hashlib
import io
import json
import os
import signal
import subprocess
import tarfile
import threading
import time
from pathlib import Path

import pytest

from .harness.python_mirror import Mirror, archive_name, facts, interpreters, pack, triple

FLOW = '''
import os, sys, sysconfig
from metaflow import FlowSpec, pypi, step

class Fetching(FlowSpec):
    @step
    def start(self):
        self.next(self.work)

    @pypi(python=os.environ["TEST_PYTHON"], packages={})
    @step
    def work(self):
        self.version = "%d.%d.%d" % sys.version_info[:3]
        self.prefix, self.base, self.binary = sys.prefix, sys.base_prefix, os.path.realpath(sys.executable)
        self.library = sysconfig.get_config_var("LIBDIR")
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    Fetching()
'''


@pytest.fixture(scope="module")
def packed(tools):
    """(series, version, archive) of a Python that is on this machine in pyenv only."""
    tools.require()
    own = facts(tools.python)[2]
    outside = {path.name[6:] for folder in ("/usr/bin", "/usr/local/bin") for path in Path(folder).glob("python3.*")}
    for series, binary in reversed(interpreters().items()):
        if series != own and series not in outside and tuple(map(int, series.split("."))) >= (3, 8):
            return (series, *pack(binary))
    pytest.skip("this machine has no Python in pyenv that can be hidden")


@pytest.fixture
def mirror(packed):
    series, version, archive = packed
    with Mirror() as mirror:
        mirror.add(f"20241016/{archive_name(version)}", archive)
        mirror.add_sums("20241016/")
        yield mirror


@pytest.fixture
def machine(project, mirror):
    """A project on a machine that has the Python of the flow, those of the distribution, and a mirror."""
    project.pythons = project.home.parent / "pythons"
    project.variables.update({
        "PATH": "/usr/bin:/bin", "PYENV_ROOT": None, "PENSTOCK_PYTHON_FETCH": None, "PENSTOCK_PYTHON_DIR": project.pythons,
        "PENSTOCK_PYTHON_MIRROR": f"{mirror.url}/20241016/"})
    project.flow_file = project.write("fetching.py", FLOW)
    return project


def left(project):
    """What lies in the folder of fetched Pythons, without locks."""
    if not project.pythons.exists():
        return []
    return sorted(path.name for path in project.pythons.iterdir() if not path.name.endswith(".lock"))


def name_of(version, prefix="cpython-"):
    machine, _, system, library = triple().split("-")
    return f"{prefix}{version}-{system}-{machine}-{library}"


def test_a_flow_asks_for_a_python_that_is_not_there(machine, mirror, packed):
    series, version, archive = packed
    assert machine.engine("python", "find", series).ended_with(1).stderr.startswith(f"error: no Python {series} was found")
    outcome = machine.run(machine.flow_file, env={"TEST_PYTHON": series}, timeout=180).ended_with(0)
    place = machine.pythons / name_of(version)
    assert f"fetching CPython {version} from {mirror.url}/20241016/" in outcome.stderr
    assert "Fetched 1 Python" in outcome.stderr
    seen = machine.ask("[getattr(Run(run)['work'].task.data, name) for name in ('version', 'base', 'binary', 'library')]",
                       run=f"Fetching/{outcome.run_id}")
    assert seen == [version, str(place), str(place / "bin" / f"python{series}"), str(place / "lib")], \
        "it runs from its own place, and sysconfig knows that"
    assert (place / "bin" / "pip").read_text().startswith(f"#!{place}/bin/python{series}\n")
    assert left(machine) == [place.name]
    # What is there is not fetched again, nor is the list asked for.
    mirror.requests.clear()
    again = machine.run(machine.flow_file, env={"TEST_PYTHON": series}).ended_with(0)
    assert mirror.requests == [] and "fetching" not in again.stderr
    # A request that the machine answers never fetches.
    own = facts(machine.tools.python)[2]
    machine.run(machine.flow_file, env={"TEST_PYTHON": own}).ended_with(0)
    assert mirror.requests == []


def test_commands(machine, mirror, packed):
    series, version, archive = packed
    offered = json.loads(machine.engine("python", "list", "--available", "--json").ended_with(0).stdout)
    assert [(each["python"], each["release"], each["fetched"]) for each in offered] == [(version, "20241016", False)]
    assert offered[0]["sha256"] == hashlib.sha256(archive).hexdigest()
    fetched = json.loads(machine.engine("python", "fetch", series, "--json").ended_with(0).stdout)
    python = machine.pythons / name_of(version) / "bin" / "python3"
    assert fetched == [{"name": name_of(version), "path": str(python), "fetched": True}]
    assert json.loads(machine.engine("python", "fetch", f"=={version}", "--json").stdout)[0]["fetched"] is False
    assert len(mirror.downloads()) == 1
    machine.engine("python", "fetch", series, "--again").ended_with(0)
    assert len(mirror.downloads()) == 2
    found = json.loads(machine.engine("python", "find", series, "--json").ended_with(0).stdout)
    assert found["python"] == version and found["fetched"] is True and found["free_threaded"] is False
    listed = json.loads(machine.engine("python", "list", "--json").ended_with(0).stdout)
    assert [each["python"] for each in listed if each["fetched"]] == [version]
    assert "fetched" in machine.engine("python", "list").ended_with(0).stdout
    table = machine.engine("python", "list", "--available").ended_with(0).stdout
    assert f"CPython {version}" in table and "fetched" in table
    # What runs is not removed.
    running = subprocess.Popen([found["path"], "-c", "import time; time.sleep(600)"])
    try:
        deadline = time.monotonic() + 20
        while not os.path.realpath(f"/proc/{running.pid}/exe").startswith(str(machine.pythons)) and time.monotonic() < deadline:
            time.sleep(0.01)
        refused = machine.engine("python", "remove", series).ended_with(1)
        assert f"in use by process {running.pid}" in refused.stderr
    finally:
        running.kill()
        running.wait()
    assert machine.engine("python", "remove", series).ended_with(0).stdout.strip() == str(machine.pythons / name_of(version))
    assert left(machine) == []
    assert "has fetched" in machine.engine("python", "remove", series).ended_with(1).stderr


def test_a_list_in_version_control(machine, mirror, packed):
    series, version, archive = packed
    text = machine.engine("python", "manifest", series).ended_with(0).stdout
    pinned = machine.write("pythons.json", text)
    variables = {"PENSTOCK_PYTHON_MIRROR": None, "PENSTOCK_PYTHON_MANIFEST": "pythons.json"}
    machine.engine("python", "fetch", series, env=variables).ended_with(0)
    assert left(machine) == [name_of(version)]
    machine.engine("python", "remove", series).ended_with(0)
    # What is not in the list, or is another file than it says, is not fetched.
    other = machine.engine("python", "fetch", "3.99", env=variables).ended_with(1)
    assert "no Python 3.99 for this machine is offered" in other.stderr and version in other.stderr
    entries = json.loads(text)
    entries["pythons"][0]["size"] = 17
    pinned.write_text(json.dumps(entries))
    assert "promised size" in machine.engine("python", "fetch", series, env=variables).ended_with(1).stderr
    entries["pythons"][0].update(size=None, sha256="0" * 64)
    pinned.write_text(json.dumps(entries))
    assert "promised SHA-256" in machine.engine("python", "fetch", series, env=variables).ended_with(1).stderr
    pinned.write_text("{")
    assert "is not JSON" in machine.engine("python", "fetch", series, env=variables).ended_with(1).stderr
    assert left(machine) == []


def tar(*entries):
    """A tar.gz of (name, content, mode) and of (name, link target)."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for entry in entries:
            info = tarfile.TarInfo(entry[0])
            if isinstance(entry[1], str):
                info.type, info.linkname = tarfile.SYMTYPE, entry[1]
                archive.addfile(info)
            else:
                info.size, info.mode = len(entry[1]), entry[2]
                archive.addfile(info, io.BytesIO(entry[1]))
    return packed.getvalue()


HOSTILE = {
    "no archive": (b"hello", "is no tar archive"),
    "another system's": (tar(("python/bin/python3", b"\x7fELF\x02\x01\x01" + b"\0" * 100, 0o755)), "does not start"),
    "one that fails": (tar(("python/bin/python3", b"#!/bin/sh\necho broken >&2\nexit 3\n", 0o755)), "does not start: it failed: broken"),
    "no Python in it": (tar(("python/share/doc", b"hello", 0o644)), "has no Python in bin"),
    "outside": (tar(("python/bin/python3", b"x", 0o755), ("../evil", b"x", 0o644)), "leads out of the folder"),
    "absolute": (tar(("/evil", b"x", 0o644)), "leads out of the folder"),
    "link outside": (tar(("python/bin/python3", "../../../bin/sh")), "a link that is not allowed"),
    "absolute link": (tar(("python/bin/python3", "/bin/sh")), "a link that is not allowed"),
    "through a link": (tar(("python/bin", "lib"), ("python/bin/python3", b"x", 0o755)), "other entries need it to be a directory"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_archives(machine, mirror, packed, case):
    content, words = HOSTILE[case]
    mirror.files.clear()
    mirror.add("20241016/" + archive_name("3.12.99"), content)
    mirror.add_sums("20241016/")
    outcome = machine.engine("python", "fetch", "3.12.99").ended_with(1)
    assert words in outcome.stderr
    assert left(machine) == [] and not (machine.pythons.parent / "evil").exists()


def test_an_archive_of_another_version(machine, mirror, packed):
    series, version, archive = packed
    mirror.files.clear()
    mirror.add("20241016/" + archive_name(f"{series}.99"), archive)
    mirror.add_sums("20241016/")
    outcome = machine.engine("python", "fetch", series).ended_with(1)
    assert f"the archive of CPython {series}.99 was not taken: it is Python {version}" in outcome.stderr
    assert left(machine) == []


def test_a_changed_archive(machine, mirror, packed):
    series, version, archive = packed
    name = "20241016/" + archive_name(version)
    mirror.files[name] = archive[:5000] + b"x" + archive[5001:]
    outcome = machine.run(machine.flow_file, env={"TEST_PYTHON": series}).ended_with(1)
    assert "promised SHA-256" in outcome.stderr and f"no Python {series} was found" in outcome.stderr
    assert not outcome.started_a_run and left(machine) == []


def test_a_download_that_breaks_off_goes_on_where_it_stopped(machine, mirror, packed):
    series, version, archive = packed
    mirror.broken = 2
    machine.engine("python", "fetch", series).ended_with(0)
    assert len(mirror.downloads()) == 3
    assert left(machine) == [name_of(version)]


def begin(machine, *words):
    """An engine's command without waiting for it."""
    return subprocess.Popen(
        [str(machine.tools.engine.resolve()), *words], cwd=machine.folder, env=machine.environment(), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def test_many_want_the_same_at_once(machine, mirror, packed):
    series, version, archive = packed
    mirror.gate = threading.Event()
    processes = [begin(machine, "python", "fetch", series) for _ in range(5)]
    assert mirror.asked.wait(60)
    time.sleep(0.5)
    mirror.gate.set()
    said = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0] * 5, said
    assert len(mirror.downloads()) == 1
    assert sum("another process fetches CPython" in stderr for _, stderr in said) == 4
    assert left(machine) == [name_of(version)]


def test_a_killed_fetcher_blocks_nobody(machine, mirror, packed):
    series, version, archive = packed
    mirror.gate = threading.Event()
    first = begin(machine, "python", "fetch", series)
    assert mirror.asked.wait(60)
    second = begin(machine, "python", "fetch", series)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    assert any(name.startswith(".") for name in left(machine)), "it left a draft"
    mirror.gate.set()
    stdout, stderr = second.communicate(timeout=120)
    assert second.returncode == 0, stderr
    assert left(machine) == [name_of(version)]


def test_interrupted(machine, mirror, packed):
    mirror.gate = threading.Event()
    process = begin(machine, "python", "fetch", packed[0])
    assert mirror.asked.wait(60)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert left(machine) == []


def test_offline_and_switched_off(machine, mirror, packed):
    series, version, archive = packed
    offline = machine.run(machine.flow_file, env={"TEST_PYTHON": series, "PENSTOCK_OFFLINE": "1"}).ended_with(1)
    assert f"no Python {series} was found, and none was fetched" in offline.stderr and "works offline" in offline.stderr
    off = machine.run(machine.flow_file, env={"TEST_PYTHON": series, "PENSTOCK_PYTHON_FETCH": "never"}).ended_with(1)
    assert f"no Python {series} was found\n" in off.stderr
    assert "switched off" in machine.engine("python", "fetch", series, env={"PENSTOCK_PYTHON_FETCH": "never"}).ended_with(1).stderr
    by_hand = machine.run(machine.flow_file, env={"TEST_PYTHON": series, "UV_PYTHON_DOWNLOADS": "manual"}).ended_with(1)
    assert f"no Python {series} was found\n" in by_hand.stderr
    wrong = machine.run(machine.flow_file, env={"TEST_PYTHON": series, "PENSTOCK_PYTHON_FETCH": "perhaps"}).ended_with(1)
    assert "PENSTOCK_PYTHON_FETCH is 'perhaps'" in wrong.stderr
    assert mirror.requests == []
    # A mirror in a folder needs no network; the newest release in it is taken.
    for folder in ("20230101", "20241016"):
        for name, content in mirror.files.items():
            target = machine.folder / "mirror" / folder / name.rpartition("/")[2]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    outcome = machine.run(machine.flow_file, env={
        "TEST_PYTHON": series, "PENSTOCK_OFFLINE": "1", "PENSTOCK_PYTHON_MIRROR": machine.folder / "mirror"}).ended_with(0)
    assert f"fetching CPython {version} from file://" in outcome.stderr and "/20241016/" in outcome.stderr


def test_a_mirror_for_uv(machine, mirror, packed):
    series, version, archive = packed
    none = machine.engine("python", "fetch", series, env={
        "PENSTOCK_PYTHON_MIRROR": None, "UV_PYTHON_INSTALL_MIRROR": mirror.url}).ended_with(1)
    assert "UV_PYTHON_INSTALL_MIRROR leads to" in none.stderr and "PENSTOCK_PYTHON_RELEASE" in none.stderr
    machine.engine("python", "fetch", series, env={
        "PENSTOCK_PYTHON_MIRROR": None, "UV_PYTHON_INSTALL_MIRROR": mirror.url, "PENSTOCK_PYTHON_RELEASE": "20241016"}).ended_with(0)
    assert left(machine) == [name_of(version)]


def test_only_fetched_ones_count(machine, mirror, packed):
    """With PENSTOCK_PYTHON_FETCH=always every machine has the same Python."""
    series, version, archive = packed
    other = tmp_python(machine, series)
    variables = {"TEST_PYTHON": series, "PENSTOCK_PYTHON_PATH": other.parent}
    machine.run(machine.flow_file, env=variables).ended_with(0)
    assert mirror.requests == [], "the machine has one"
    machine.run(machine.flow_file, env={**variables, "PENSTOCK_PYTHON_FETCH": "always"}).ended_with(0)
    assert left(machine) == [name_of(version)]


def tmp_python(machine, series):
    """A link to a Python of this machine in a folder of its own."""
    link = machine.folder / "own" / f"python{series}"
    link.parent.mkdir()
    link.symlink_to(interpreters()[series])
    return link


def unpack(archive, place):
    """An archive's Python at a place, as a person would do it."""
    place.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar_file:
        for member in tar_file.getmembers():
            member.name = member.name.partition("/")[2]
            if member.name:
                tar_file.extract(member, place)
    return place / "bin" / "python3"


def test_a_python_that_is_replaced_or_removed(machine, mirror, packed, tools):
    """Another Python in the same place, as a distribution's update puts it there, leads to another environment."""
    series, version, archive = packed
    own = facts(tools.python)[2]
    others = [binary for name, binary in interpreters().items()
              if name not in (series, own) and tuple(map(int, name.split("."))) >= (3, 8)]
    if not others:
        pytest.skip("this machine has no third Python in pyenv")
    before, before_archive = pack(others[0])
    place = machine.folder / "installed"
    unpack(before_archive, place)
    variables = {"TEST_PYTHON": f"=={before}", "PENSTOCK_PYTHON_PATH": place, "PENSTOCK_PYTHON_FETCH": "never"}
    environments = machine.cache / "environments"

    def ran(wanted):
        outcome = machine.run(machine.flow_file, env={**variables, "TEST_PYTHON": f"=={wanted}"}).ended_with(0)
        return machine.ask("[Run(run)['work'].task.data.version, Run(run)['work'].task.data.prefix]", run=f"Fetching/{outcome.run_id}")

    first = ran(before)
    assert first[0] == before
    # Replaced by another version: described anew, and the environment of the old one is not used.
    place.rename(machine.folder / "old")
    unpack(archive, place)
    second = ran(version)
    assert second[0] == version and second[1] != first[1]
    gone = machine.run(machine.flow_file, env=variables).ended_with(1)
    assert f"no Python =={before} was found" in gone.stderr and version in gone.stderr
    # Removed altogether: one clear error; put back: the same environment as at first.
    (machine.folder / "old").rename(machine.folder / "older")
    place.rename(machine.folder / "away")
    assert f"no Python =={version} was found" in machine.run(
        machine.flow_file, env={**variables, "TEST_PYTHON": f"=={version}"}).ended_with(1).stderr
    (machine.folder / "away").rename(place)
    assert ran(version) == second
    assert len([path for path in environments.iterdir() if not path.name.startswith(".")]) == 2


def test_a_fetched_python_that_was_removed_is_fetched_for_its_environment(machine, mirror, packed):
    series, version, archive = packed
    first = machine.run(machine.flow_file, env={"TEST_PYTHON": series}).ended_with(0)
    machine.engine("python", "remove", series).ended_with(0)
    second = machine.run(machine.flow_file, env={"TEST_PYTHON": series}).ended_with(0)
    assert len(mirror.downloads()) == 2
    prefixes = [machine.ask("Run(run)['work'].task.data.prefix", run=f"Fetching/{outcome.run_id}") for outcome in (first, second)]
    assert prefixes[0] == prefixes[1]


def test_folders_that_cannot_be_used(machine, mirror, packed):
    blocked = machine.write("file", "")
    outcome = machine.engine("python", "fetch", packed[0], env={"PENSTOCK_PYTHON_DIR": blocked}).ended_with(1)
    assert "could not make the folder" in outcome.stderr and "PENSTOCK_PYTHON_DIR" in outcome.stderr
