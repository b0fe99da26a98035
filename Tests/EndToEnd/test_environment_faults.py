"""Faults while environments are made: each ends in a right environment or one clear error, and hinders nobody afterwards.

`make soak` does the same many more times (Tests/Soak/environment_faults.py).
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from .harness.environments import bulky_wheel, differences, flip, leftovers, tree
from .harness.index import LoopbackIndex
from .harness.processes import wait_until

NAMES = ("flour", "water", "salt", "yeast")


@pytest.fixture(scope="module")
def wheels():
    return [bulky_wheel(name) for name in NAMES]


@pytest.fixture
def index(project, wheels):
    with LoopbackIndex(*wheels) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        yield index


@pytest.fixture
def lock(project, index):
    def make(*names, output="pylock.toml"):
        project.engine("lock", *names, "--output", output, "--python", project.tools.python).ended_with(0)
        return output

    make(*NAMES)
    return make


CREATE = ("env", "create", "--lock")


def made(outcome):
    return Path(outcome.ended_with(0).stdout.strip())


def begin(project, *words, env=None):
    return subprocess.Popen(
        [project.tools.engine.resolve(), *words], cwd=project.folder, env=project.environment(env), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def one_error(outcome, *words):
    assert outcome.code == 1 and outcome.stderr.count("error: ") == 1 and "Fatal" not in outcome.stderr, str(outcome)
    assert all(word in outcome.stderr for word in words), str(outcome)
    return outcome


@pytest.fixture
def reference(project, lock):
    """The environment as it has to be, from a cache of its own."""
    path = made(project.engine(*CREATE, "pylock.toml", env={"PENSTOCK_CACHE_DIR": project.home / "reference"}))
    return tree(path)


# Builders that end

@pytest.mark.parametrize("kind", ["cold", "warm"])
def test_killed_at_some_moment(project, reference, kind):
    path = made(project.engine(*CREATE, "pylock.toml"))
    for moment in (0.005, 0.02, 0.04, 0.06, 0.1, 0.15):
        shutil.rmtree(project.cache / "environments")
        if kind == "cold":
            shutil.rmtree(project.cache / "wheels")
        process = begin(project, *CREATE, "pylock.toml")
        time.sleep(moment)
        process.kill()
        process.communicate()
        assert made(project.engine(*CREATE, "pylock.toml")) == path
        assert differences(tree(path), reference) == []
        assert leftovers(project.cache) == []


@pytest.mark.parametrize("sign, code", [(signal.SIGINT, 1), (signal.SIGTERM, 128 + signal.SIGTERM)])
def test_ctrl_c_leaves_nothing(project, lock, index, sign, code):
    index.delay = 0.3
    process = begin(project, *CREATE, "pylock.toml")
    wait_until(lambda: list((project.cache / "wheels").glob(".*")), 20, "a download")
    process.send_signal(sign)
    said = process.communicate(timeout=20)
    assert process.returncode == code and "Aborted!" in said[1] and said[0] == ""
    assert leftovers(project.cache) == [] and not list((project.cache / "wheels").iterdir())
    index.delay = 0
    made(project.engine(*CREATE, "pylock.toml"))


# Several at once

def test_several_want_the_same_and_overlapping_environments(project, lock, reference, index):
    other = lock(*NAMES[:3], output="pylock.some.toml")
    index.forget_requests()
    index.delay = 0.1
    processes = [begin(project, *CREATE, "pylock.toml" if number % 2 else other) for number in range(6)]
    said = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * 6, said
    assert len({output for output, _ in said}) == 2
    assert sorted(index.downloads()) == sorted(each.filename for each in index.distributions)
    assert sum("another process" in errors for _, errors in said) >= 4, said
    whole, = {Path(output.strip()) for number, (output, _) in enumerate(said) if number % 2}
    assert differences(tree(whole), reference) == [] and leftovers(project.cache) == []


def test_who_waits_for_one_that_is_killed_builds(project, lock, reference, index):
    index.delay = 1
    first = begin(project, *CREATE, "pylock.toml")
    wait_until(lambda: list((project.cache / "wheels").glob(".*")), 20, "a download")
    index.delay = 0
    second = begin(project, *CREATE, "pylock.toml")
    time.sleep(0.2)
    first.kill()
    first.communicate()
    output, errors = second.communicate(timeout=30)
    assert second.returncode == 0 and "waiting" in errors
    assert differences(tree(Path(output.strip())), reference) == []
    assert leftovers(project.cache) == []


# Disks

@pytest.mark.parametrize("limit", ["size=8k", "size=700k", "size=2500k", "nr_inodes=100", "nr_inodes=540"])
def test_a_full_disk(project, lock, reference, disk, limit):
    shutil.rmtree(project.cache)
    enter = disk(project.cache, f'mount -t tmpfs -o {limit} tmpfs "$1"')
    one_error(project.engine(*CREATE, "pylock.toml"), "No space left on device", "help: ")
    inside = subprocess.check_output([*enter, "find", project.cache, "-name", ".[0-9a-f]*"], text=True)
    assert inside == ""
    subprocess.run([*enter, "mount", "-o", "remount,size=60m,nr_inodes=5000", project.cache], check=True)
    path = made(project.engine(*CREATE, "pylock.toml"))
    copied = project.home / "copied"
    subprocess.run([*enter, "cp", "-a", path, copied], check=True)
    assert set(tree(copied)) == set(reference)


def test_a_read_only_cache(project, lock, reference, disk, index):
    path = made(project.engine(*CREATE, "pylock.toml"))
    lock("flour", output="pylock.flour.toml")
    index.forget_requests()
    disk(project.cache, 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"')
    assert made(project.engine(*CREATE, "pylock.toml")) == path
    made(project.engine(*CREATE, "pylock.toml", "elsewhere"))
    assert differences(tree(project.folder / "elsewhere"), reference) == []
    assert index.downloads() == []
    one_error(project.engine(*CREATE, "pylock.flour.toml"), "Read-only file system", "help: ")


def test_cache_and_environment_on_different_disks(project, lock, reference, disk):
    place = project.folder / "other"
    enter = disk(place, 'mount -t tmpfs -o size=60m tmpfs "$1"')
    project.engine(*CREATE, "pylock.toml", "other/here").ended_with(0)
    copied = project.home / "copied"
    subprocess.run([*enter, "cp", "-a", place / "here", copied], check=True)
    assert set(tree(copied)) == set(reference)
    links = subprocess.check_output(
        [*enter, "find", place / "here", "-type", "f", "-links", "+1"], text=True)
    assert links == "", "copies are files of their own"


# Damage

FLOW = '''
from metaflow import FlowSpec, pypi, step


class Baking(FlowSpec):
    @pypi(packages={"flour": "1.0", "salt": "1.0"})
    @step
    def start(self):
        import flour, salt
        self.seen = [flour.VERSION, salt.VERSION]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Baking()
'''


def in_cache(project, name):
    found, = project.cache.glob(f"wheels/*/files/{name}")
    return found


def test_a_flipped_byte_is_mended_before_a_run(project, index):
    file = project.write("baking.py", FLOW)
    first = project.run(file).ended_with(0)
    module = in_cache(project, "flour/__init__.py")
    right = module.read_bytes()
    flip(module, 11)
    inside, = project.cache.glob("environments/*/lib/python*/site-packages/flour/__init__.py")
    told = project.run(file, "--verify").ended_with(0)
    assert str(module) in told.stderr and "mended" in told.stderr and "Verified" in told.stderr
    assert module.read_bytes() == right == inside.read_bytes()
    assert project.ask("Run(run)['start'].task.data.seen", run=f"Baking/{told.run_id}") == ["1.0", "1.0"]
    again = project.run(file, env={"PENSTOCK_VERIFY": "1"}).ended_with(0)
    assert "Verified" in again.stderr and "mended" not in again.stderr
    assert "Verified" not in first.stderr


def test_a_flipped_byte_that_cannot_be_mended(project, index):
    file = project.write("baking.py", FLOW)
    project.run(file).ended_with(0)
    module = in_cache(project, "salt/large.bin")
    flip(module, 200_000)
    outcome = one_error(project.run(file, "--verify", env={"PENSTOCK_OFFLINE": "1"}), str(module), "offline", "help: ")
    assert not outcome.started_a_run
    project.run(file, "--verify").ended_with(0)


# Clocks

def test_times_in_the_future_mean_nothing(project, lock, reference, index):
    """A clock that has jumped back: all that was written before comes from the future."""
    process = begin(project, *CREATE, "pylock.toml")
    time.sleep(0.03)
    process.kill()
    process.communicate()
    future = time.time() + 1e8
    for folder, folders, files in os.walk(project.cache):
        for name in folders + files:
            os.utime(os.path.join(folder, name), (future, future), follow_symlinks=False)
    path = made(project.engine(*CREATE, "pylock.toml"))
    assert differences(tree(path), reference) == [] and leftovers(project.cache) == []
    for folder, folders, files in os.walk(project.cache):
        for name in folders + files:
            os.utime(os.path.join(folder, name), (future, future), follow_symlinks=False)
    assert made(project.engine(*CREATE, "pylock.toml")) == path


@pytest.mark.parametrize("harm", ["flip", "remove"])
@pytest.mark.parametrize("words", [[], ["{path}"]], ids=["all", "one"])
def test_a_damaged_listing_is_made_anew_from_the_lock(project, index, harm, words):
    """The list that tells what an environment is made of is not needed to make it again: its record has the lock."""
    project.engine("lock", "flour", "--output", "pylock.toml", "--python", project.tools.python).ended_with(0)
    path = project.engine("env", "create", "--lock", "pylock.toml", "--name", "ds").ended_with(0).stdout.strip()
    listing = Path(path) / "penstock.wheels"
    before = listing.read_bytes()
    listing.unlink()
    if harm == "flip":
        listing.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    words = [word.format(path=path) for word in words]
    told = project.engine("env", "verify", *words).ended_with(1)
    assert str(listing) in told.stdout and "penstock env verify --mend" in told.stderr
    told = project.engine("env", "verify", "--mend", *words).ended_with(0)
    assert str(listing) in told.stdout and "mended" in told.stdout
    assert "All is as it was installed" in project.engine("env", "verify", *words).ended_with(0).stdout
    assert listing.read_bytes()[:60] == before[:60]
    assert project.command(f"{path}/bin/python", "-c", "import flour; print(flour.VERSION)").ended_with(0).stdout == "1.0\n"
