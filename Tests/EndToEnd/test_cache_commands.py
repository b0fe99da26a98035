"""`penstock cache info|prune|clean`."""

import json
import os
import signal
import subprocess
import threading
import time

import pytest

from .harness.index import LoopbackIndex
from .harness.wheels import wheel

DAY = 86_400


@pytest.fixture
def index(project):
    with LoopbackIndex(*(wheel(f"p{number}", "1.0", files={f"p{number}/data.txt": "x" * 40_000}) for number in range(6))) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        yield index


def create(project, *packages):
    return project.engine("env", "create", *packages, "--python", project.tools.python).ended_with(0).stdout.strip()


def info(project):
    found = json.loads(project.engine("cache", "info", "--json").ended_with(0).stdout)
    return {each["kind"]: each for each in found["kinds"]}


def prune(project, *words):
    return json.loads(project.engine("cache", "prune", *words, "--json").ended_with(0).stdout)


def age(path, days, name="penstock.json"):
    then = time.time() - days * DAY
    os.utime(os.path.join(path, name), (then, then))


def age_wheels(project, days):
    for path in (project.cache / "wheels").iterdir():
        age(path, days, "manifest")


def names(project, kind):
    return sorted(path.name for path in (project.cache / kind).iterdir())


def test_info_by_kind(project, index):
    assert info(project)["wheels"]["items"] == 0
    create(project, "p0", "p1")
    kinds = info(project)
    assert kinds["wheels"]["items"] == 2 and kinds["environments"]["items"] == 1 and kinds["pages"]["items"] >= 2
    assert 80_000 < kinds["wheels"]["bytes"] < 400_000 and kinds["wheels"]["unused"] == 0
    text = project.engine("cache", "info").ended_with(0).stdout
    assert str(project.cache) in text and "wheels" in text


def test_what_was_not_used_for_long_goes(project, index):
    old, new = create(project, "p0", "p1"), create(project, "p1", "p2")
    age(old, 40)
    age_wheels(project, 40)
    rehearsal = prune(project, "--dry-run")
    assert os.path.exists(old) and rehearsal["dry_run"]
    done = prune(project)
    assert [each["path"] for each in done["removed"] if each["kind"] == "environments"] == [old]
    assert not os.path.exists(old) and os.path.exists(new)
    # p0 is in no environment any more; the wheels of the other one stay, however old they are.
    assert len(names(project, "wheels")) == 2
    assert {each["path"] for each in done["removed"]} == {each["path"] for each in rehearsal["removed"]}
    assert create(project, "p1", "p2") == new and prune(project)["removed"] == []


def test_a_size_that_the_cache_may_have(project, index):
    paths = [create(project, f"p{number}") for number in range(5)]
    for days, path in enumerate(paths):
        age(path, days)
    before = sum(each["bytes"] for each in info(project).values())
    done = prune(project, "--max-size", str(before - 60_000))
    gone = [path for path in paths if not os.path.exists(path)]
    # What was used longest ago went first, with its wheel, and no more than was needed.
    assert gone and gone == paths[-len(gone):] and len(gone) < 5
    assert sum(each["bytes"] for each in info(project).values()) <= before - 60_000
    assert done["freed"] >= 60_000
    prune(project, "--max-size", "0")
    assert names(project, "environments") == [] and names(project, "wheels") == []


def test_a_clock_that_was_wrong(project, index):
    """What is said to be in the future counts as used now, and gets old from then on."""
    future, old = create(project, "p0"), create(project, "p1")
    age(future, -4000)
    age(old, 40)
    prune(project)
    assert os.path.exists(future) and not os.path.exists(old)
    assert os.stat(os.path.join(future, "penstock.json")).st_mtime <= time.time() + 1
    listed = json.loads(project.engine("env", "list", "--json").ended_with(0).stdout)
    assert listed[0]["last_used"].startswith(time.strftime("%Y-", time.gmtime()))


def test_leftovers_of_killed_processes(project, index):
    create(project, "p0")
    for place in ("environments/." + "ab" * 16 + ".1.x", "wheels/." + "cd" * 32 + ".1.x", "temporary/y"):
        folder = project.cache / place
        folder.mkdir(parents=True)
        (folder / "file").write_text("x" * 5000)
    done = prune(project)
    assert len(done["leftovers"]) == 3 and done["freed"] >= 15_000
    assert not [name for kind in ("environments", "wheels") for name in names(project, kind) if name.startswith(".")]
    assert names(project, "temporary") == []


def test_clean_by_kind(project, index):
    path = create(project, "p0")
    project.engine("cache", "clean", "pages", "metadata").ended_with(0)
    kinds = info(project)
    assert kinds["pages"]["items"] == 0 and kinds["wheels"]["items"] == 1 and os.path.exists(path)
    project.engine("cache", "clean", "locks").ended_with(2)
    project.engine("cache", "clean", "nonsense").ended_with(2)
    project.engine("cache", "clean").ended_with(0)
    assert all(each["items"] == 0 for each in info(project).values())
    assert create(project, "p0") == path


@pytest.mark.parametrize("words", [["--max-size", "much"], ["--keep-days", "-1"], ["--max-size", "10XB"]], ids=" ".join)
def test_what_prune_cannot_be_asked(project, index, words):
    project.engine("cache", "prune", *words).ended_with(2)


def test_builders_and_pruning_at_once(project, index):
    """Whoever builds gets a whole environment, whatever is removed meanwhile."""
    failures = []

    def build(worker):
        for turn in range(6):
            packages = [f"p{(worker + turn + offset) % 6}" for offset in range(3)]
            outcome = project.engine(
                "env", "run", create(project, *packages), "--", "python", "-c",
                "import sys; [__import__(name) for name in sys.argv[1:]]", *packages)
            if outcome.code:
                failures.append(str(outcome))

    workers = [threading.Thread(target=build, args=(number,)) for number in range(3)]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        project.engine("cache", "prune", "--max-size", "0").ended_with(0)
        project.engine("cache", "clean", "wheels").ended_with(0)
    for worker in workers:
        worker.join()
    # Between env create and env run an environment may be pruned: that is told as such, and nothing else may fail.
    assert [each for each in failures if "no environment is called" not in each] == []
    project.engine("cache", "prune", "--max-size", "0").ended_with(0)
    assert names(project, "environments") == [] and names(project, "wheels") == []


def test_pruning_that_is_killed(project, index):
    path = create(project, "p0", "p1")
    for _ in range(10):
        command = subprocess.Popen(
            [str(project.tools.engine.resolve()), "cache", "prune", "--max-size", "0"], env=project.environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.004)
        command.send_signal(signal.SIGKILL)
        command.wait()
        assert create(project, "p0", "p1") == path
        project.engine("env", "run", path, "--", "python", "-c", "import p0, p1").ended_with(0)
    prune(project, "--max-size", "0")
    assert names(project, "environments") == [] and names(project, "wheels") == []
