"""Faults while conda packages are unpacked and linked: each ends in a right environment or one clear error."""

import json
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from .harness.conda_channel import CondaChannel, conda_package, conda_project, conda_python
from .harness.environments import differences, flip, tree
from .harness.processes import wait_until
from .test_environment_faults import begin, made, one_error

SHARED = Path(__file__).parents[2] / "../shared/fixtures/conda/packages"


def bulky(name, files=300, large=3_000_000):
    """A package of that many small files and a large one."""
    content = {f"share/{name}/{number % 7}/file{number}": f"{name} {number}\n" * 40 for number in range(files)}
    content[f"share/{name}/large"] = random.Random(name).getrandbits(8 * large).to_bytes(large, "big")
    return conda_package(name, "1.0", files=content)


@pytest.fixture(scope="module")
def packages():
    python = conda_python()
    if python is None:
        pytest.skip("the Python of this machine cannot be made a conda package")
    return [python, bulky("oats"), bulky("rye"), conda_project("flour", "1.0", scripts={"mill": "flour:main"})]


@pytest.fixture
def channel(packages):
    with CondaChannel(*packages) as channel:
        yield channel


@pytest.fixture
def lock(project, channel):
    def make(packages, name="packages.txt"):
        lines = [f"{channel.url}/{each.subdir}/{each.filename}#sha256:{each.record['sha256']}" for each in packages]
        (project.folder / name).write_text("\n".join(["@EXPLICIT", *lines, ""]))
        return name

    make(channel.packages)
    return make


CREATE = ("env", "create", "--lock", "packages.txt")


@pytest.fixture
def reference(project, lock):
    path = made(project.engine(*CREATE, env={"PENSTOCK_CACHE_DIR": project.home / "reference"}))
    return plain(path)


def plain(root):
    """The tree of an environment, without what names its place."""
    return {path: what for path, what in tree(root).items() if not path.startswith(("conda-meta/", ".penstock"))}


def unpacked(project, package):
    return project.cache / "conda-packages" / package.record["sha256"]


def leftovers(project):
    return [str(path) for part in ("environments", "conda-packages", "temporary") for path in (project.cache / part).glob(".*")]


# Builders that end

@pytest.mark.parametrize("kind", ["cold", "warm"])
def test_killed_at_some_moment(project, reference, packages, kind):
    path = made(project.engine(*CREATE))
    for moment in (0.01, 0.03, 0.05, 0.08, 0.12, 0.2):
        shutil.rmtree(project.cache / "environments")
        if kind == "cold":
            shutil.rmtree(project.cache / "conda-packages")
        process = begin(project, *CREATE)
        time.sleep(moment)
        process.kill()
        process.communicate()
        assert made(project.engine(*CREATE)) == path
        assert differences(plain(path), reference) == []
        assert leftovers(project) == []


def test_killed_while_it_unpacks(project, lock, reference, channel):
    for _ in range(3):
        process = begin(project, *CREATE)
        wait_until(lambda: list((project.cache / "conda-packages").glob(".*")), 20, "a package that is unpacked")
        process.kill()
        process.communicate()
        path = made(project.engine(*CREATE))
        assert differences(plain(path), reference) == [] and leftovers(project) == []
        shutil.rmtree(project.cache / "environments")
        shutil.rmtree(project.cache / "conda-packages")


# Several at once

def test_several_want_the_same_packages(project, lock, reference, packages):
    other = lock(packages[:3], "some.txt")
    processes = [begin(project, *CREATE[:-1], "packages.txt" if number % 2 else other) for number in range(6)]
    said = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0] * 6, said
    whole, = {Path(output.strip()) for number, (output, _) in enumerate(said) if number % 2}
    assert differences(plain(whole), reference) == [] and leftovers(project) == []
    assert sorted(path.name for path in (project.cache / "conda-packages").iterdir()) == sorted(
        each.record["sha256"] for each in packages)


# Disks

@pytest.mark.parametrize("limit", ["size=700k", "size=6m", "size=30m", "nr_inodes=60", "nr_inodes=400"])
def test_a_full_disk(project, lock, reference, disk, limit):
    enter = disk(project.cache, f'mount -t tmpfs -o {limit} tmpfs "$1"')
    outcome = project.engine(*CREATE)
    if limit != "size=30m" or outcome.code:  # a large Python does not fit
        one_error(outcome, "No space left on device")
    assert subprocess.check_output([*enter, "find", project.cache, "-name", ".[0-9a-f]*"], text=True) == ""
    subprocess.run([*enter, "mount", "-o", "remount,size=400m,nr_inodes=20000", project.cache], check=True)
    path = made(project.engine(*CREATE))
    copied = project.home / "copied"
    subprocess.run([*enter, "cp", "-a", path, copied], check=True)
    assert set(plain(copied)) == set(reference)


def test_a_read_only_cache(project, lock, reference, disk, channel, packages):
    path = made(project.engine(*CREATE))
    lock([*packages, channel.packages[0]][:3], "some.txt")
    asked = len(channel.requests)
    disk(project.cache, 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"')
    assert made(project.engine(*CREATE)) == path
    made(project.engine(*CREATE, "elsewhere"))
    assert differences(plain(project.folder / "elsewhere"), reference) == []
    assert len(channel.requests) == asked
    one_error(project.engine("env", "create", "--lock", "some.txt"), "Read-only file system")


# Damage

@pytest.mark.parametrize("harm", ["missing", "flipped", "cut", "folder"])
def test_what_is_unpacked_is_damaged(project, lock, reference, packages, harm):
    path = made(project.engine(*CREATE))
    oats = unpacked(project, packages[1])
    file = oats / "share/oats/3/file3"
    if harm == "missing":
        file.unlink()
    elif harm == "flipped":
        flip(file, 7)
    elif harm == "cut":
        os.truncate(file, 10)
    else:
        shutil.rmtree(oats / "share")
    shutil.rmtree(path)
    assert made(project.engine(*CREATE)) == path
    if harm in ("flipped", "cut"):
        # The same file under two names: seen when somebody looks.
        told = project.engine("env", "verify").ended_with(1)
        assert "share/oats/3/file3" in told.stdout
        project.engine("env", "verify", "--mend").ended_with(0)
        project.engine("env", "verify").ended_with(0)
    assert differences(plain(path), reference) == [] and leftovers(project) == []


def test_what_describes_a_package_is_damaged(project, lock, reference, packages):
    path = made(project.engine(*CREATE))
    for text in ("", "{", '{"paths": 3}'):
        shutil.rmtree(path)
        (unpacked(project, packages[1]) / "info/paths.json").write_text(text)
        assert made(project.engine(*CREATE)) == path
        assert differences(plain(path), reference) == []


# What packages say

def test_packages_that_are_not_sound(project, lock, packages, channel):
    """Each is one error that names the package, and nothing is left."""
    def listed(path, **more):
        return json.dumps({"paths": [{"_path": path, "path_type": "hardlink", **more}], "paths_version": 1})

    rows = {
        "nowhere": listed("not/there"), "outside": listed("../out"), "absolute": listed("/etc/passwd"), "record": listed("conda-meta/history"),
        "folder": listed("share"), "kind": listed("share/x", path_type="door"), "none": "{", "program": listed(
            "share/x", prefix_placeholder="/x", file_mode="binary")}
    for name, text in rows.items():
        channel.packages = [*packages, conda_package("bad", "1.0", files={"share/x": "/x\0"}, listed=text)]
        lock(channel.packages)
        outcome = one_error(project.engine(*CREATE), "bad-1.0-0")
        assert leftovers(project) == [] and not list((project.cache / "environments").glob("[0-9a-f]*")), name
        assert not (project.cache / "out").exists() and not (project.cache / "environments/out").exists()
        if name == "program":
            assert "PENSTOCK_CACHE_DIR" in outcome.stderr


@pytest.mark.skipif(not SHARED.exists(), reason="the shared fixtures are not here")
def test_packages_that_their_owners_packed_badly(project, lock, packages, channel):
    """Links without a target, and empty files in their place: told, and no crash."""
    for file in sorted((SHARED / "odd" / "linux-64").glob("zlib*")):
        channel.packages = [*packages]
        (project.folder / "odd.txt").write_text("\n".join(["@EXPLICIT", *(
            f"{channel.url}/{each.subdir}/{each.filename}#sha256:{each.record['sha256']}" for each in packages), file.resolve().as_uri(), ""]))
        outcome = project.engine("env", "create", "--lock", "odd.txt")
        if outcome.code:
            one_error(outcome, "zlib")
        else:
            assert not Path(made(outcome), "lib/libz.so").is_symlink()


# Compiling

def test_modules_are_compiled_when_asked(project, lock, packages):
    plainly = made(project.engine(*CREATE))
    assert not list(plainly.glob("lib/python*/site-packages/flour/__pycache__/*"))
    shutil.rmtree(plainly)
    path = made(project.engine(*CREATE, "--compile-bytecode"))
    compiled, = path.glob("lib/python*/site-packages/flour/__pycache__/*.pyc")
    record = json.loads((path / "conda-meta/flour-1.0-py_0.json").read_text())
    kinds = {each["_path"]: each["path_type"] for each in record["paths_data"]["paths"]}
    assert kinds[str(compiled.relative_to(path))] == "pyc_file" and str(compiled.relative_to(path)) in record["files"]
    before = compiled.stat().st_mtime_ns, compiled.stat().st_ino
    project.command(str(path / "bin/python"), "-c", "import flour").ended_with(0)
    assert (compiled.stat().st_mtime_ns, compiled.stat().st_ino) == before, "Python takes what was compiled"
    project.engine("env", "verify").ended_with(0)


def test_ctrl_c_leaves_nothing(project, lock, channel):
    process = begin(project, *CREATE)
    wait_until(lambda: list((project.cache / "conda-packages").glob(".*")), 20, "a package that is unpacked")
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert leftovers(project) == []
    assert process.returncode == 1 and output == "" or process.returncode == 0, "or it was ready before"


def test_a_hash_that_the_package_has_wrong(project, lock, packages, channel):
    """The archive is the right one; that it contradicts itself is seen when somebody looks."""
    listed = {"paths": [{"_path": "share/x", "path_type": "hardlink", "sha256": "0" * 64, "size_in_bytes": 1}], "paths_version": 1}
    lock([*packages, bad := conda_package("bad", "1.0", files={"share/x": "y"}, listed=json.dumps(listed))])
    channel.packages = [*packages, bad]
    path = made(project.engine(*CREATE))
    assert (path / "share/x").read_text() == "y"
    told = project.engine("env", "verify").ended_with(1)
    assert f"{path}/share/x has another content" in told.stdout
    one_error(project.engine("env", "verify", "--mend"), "could not be mended", f"{path}/share/x", "help: ")
    assert (path / "share/x").read_text() == "y"
