"""`penstock tree`, `why`, `outdated`, `export` and `import` on locks and requirements."""

import json

import pytest

from .harness.index import LoopbackIndex
from .harness.wheels import wheel


@pytest.fixture
def index(project):
    with LoopbackIndex(
            wheel("bread", "1.0", requires=["flour>=1", "salt"]), wheel("flour", "1.0", requires=["water>=1"]),
            wheel("soup", "1.0", requires=["salt", "water"]), wheel("water", "1.0"), wheel("salt", "1.0", requires=["salt-mine"]),
            wheel("salt-mine", "1.0", requires=["salt"])) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        yield index


@pytest.fixture
def locked(project, index):
    project.engine("lock", "bread", "soup", "-o", "pylock.toml", "--python", project.tools.python).ended_with(0)
    return project


def words(outcome):
    return [line.split() for line in outcome.ended_with(0).stdout.splitlines()]


def test_a_tree_from_what_was_asked_for(locked):
    said = locked.engine("tree", env={"LC_ALL": "C"}).ended_with(0)
    lines = [line.partition(" (")[0] for line in said.stdout.splitlines()]
    assert lines == [
        "bread 1.0", "|-- flour 1.0", "|   `-- water 1.0", "`-- salt 1.0", "    `-- salt-mine 1.0", "        `-- salt 1.0",
        "soup 1.0", "|-- salt 1.0", "`-- water 1.0"]
    assert said.stdout.count("(*)") == 2 and "(*)" in said.stderr
    shallow = locked.engine("tree", "--depth", "0").ended_with(0)
    assert [line.split()[0] for line in shallow.stdout.splitlines()] == ["bread", "soup"]


def test_a_tree_upside_down(locked):
    said = locked.engine("tree", "--invert", "water", env={"LC_ALL": "C"}).ended_with(0).stdout.splitlines()
    assert [line.partition(" (")[0] for line in said] == ["water 1.0", "|-- flour 1.0", "|   `-- bread 1.0", "`-- soup 1.0"]


def test_a_tree_as_data(locked):
    report, = json.loads(locked.engine("tree", "--json").ended_with(0).stdout)
    assert report["lock"] == "pylock.toml"
    bread, soup = report["tree"]
    assert (bread["name"], bread["version"], bread["requirement"]) == ("bread", "1.0", "bread")
    assert [each["name"] for each in bread["packages"]] == ["flour", "salt"]
    assert soup["packages"][0].get("is_repeated") is True


def test_why_shows_the_shortest_ways(locked):
    said = locked.engine("why", "water").ended_with(0).stdout.splitlines()
    assert said[0] == "water 1.0"
    assert "  you ask for bread" in said and "  you ask for soup" in said
    assert any(line.strip().startswith("flour 1.0 needs water") for line in said)
    report, = json.loads(locked.engine("why", "Salt_Mine", "--json").ended_with(0).stdout)
    assert [len(chain["links"]) for chain in report["chains"]] == [2, 2]
    assert report["chains"][0]["links"][-1]["name"] == "salt"


def test_why_of_requirements(project, index):
    said = project.engine("why", "water", "soup", "--python", project.tools.python).ended_with(0)
    assert said.stdout.splitlines()[1:] and "  you ask for soup" in said.stdout
    assert not (project.folder / "pylock.toml").exists()


@pytest.mark.parametrize("command", [
    ["tree", "--depth", "-1"], ["tree", "--depth=-1"], ["why"], ["why", "a b"], ["why", "water", "--limit", "0"],
    ["tree", "--invert", "-"], ["export", "--format", "nonsense"], ["tree"], ["why", "water"], ["outdated"], ["export"], ["import"],
], ids=" ".join)
def test_what_makes_no_sense(project, index, command):
    outcome = project.engine(*command).ended_with(2)
    assert outcome.stderr.count("error: ") == 1 and "Traceback" not in outcome.all


@pytest.mark.parametrize("command", [
    ["tree", "nowhere.toml"], ["why", "butter"], ["tree", "--invert", "butter"], ["outdated", "nowhere.toml"],
    ["export", "nowhere.toml"], ["import", "nowhere.lock"], ["tree", "broken.toml"], ["export", "broken.toml"]], ids=" ".join)
def test_what_is_not_there(locked, command):
    locked.write("broken.toml", "nonsense [[")
    outcome = locked.engine(*command).ended_with(1)
    assert outcome.stderr.count("error: ") == 1 and command[-1] in outcome.stderr and "help: " in outcome.stderr


def test_outdated_tells_what_is_newer(locked, index):
    assert "up to date" in locked.engine("outdated", "--refresh").ended_with(0).stderr
    index.add(wheel("flour", "1.5", requires=["water>=1"]), wheel("flour", "2.0", requires=["water>=2"]), wheel("flour", "3.0a1"),
              wheel("water", "1.1"), wheel("soup", "1.1", requires=["salt", "water"]))
    next(each for each in index.distributions if each.project == "soup").yanked = True
    found = {each["name"]: each for each in json.loads(locked.engine("outdated", "--json", "--refresh").ended_with(0).stdout)[0]["packages"]}
    assert (found["flour"]["locked"], found["flour"]["allowed"], found["flour"]["newest"]) == ("1.0", "1.5", "2.0")
    assert found["water"]["newest"] == "1.1" and found["soup"]["yanked"] is True and "salt" not in found
    table = locked.engine("outdated", "--refresh").ended_with(0).stdout
    assert table.splitlines()[0].split() == ["PACKAGE", "LOCKED", "ALLOWED", "NEWEST", "NOTE"] and "yanked" in table


def test_export_and_import(locked):
    exported = locked.engine("export", "--format", "requirements.txt").ended_with(0).stdout
    assert "flour==1.0" in exported and "--hash=sha256:" in exported
    locked.write("requirements.txt", exported)
    again = locked.engine("import", "requirements.txt", "-o", "pylock.again.toml").ended_with(0)
    assert "pylock.again.toml" in again.stderr
    assert locked.engine("tree", "pylock.again.toml", "--depth", "0").ended_with(0).stdout.count("flour 1.0") == 1
