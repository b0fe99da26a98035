"""`penstock env diff`: what is different in a second environment or lock."""

import json

import pytest

from .harness.index import LoopbackIndex
from .harness.wheels import wheel


@pytest.fixture
def index(project):
    with LoopbackIndex(
            wheel("flour", "1.0", requires=["water>=1"]), wheel("flour", "2.0"), wheel("water", "1.0"), wheel("salt", "1.0")) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        yield index


def lock(project, output, *words, python=None):
    project.engine("lock", *words, "--output", output, "--python", python or project.tools.python).ended_with(0)


def test_added_removed_and_changed(project, index):
    lock(project, "pylock.a.toml", "flour<2")
    lock(project, "pylock.b.toml", "flour", "salt")
    found = json.loads(project.engine("env", "diff", "pylock.a.toml", "b", "--json").ended_with(1).stdout)
    assert not found["same"]
    assert [each["name"] for each in found["added"]] == ["salt"]
    assert [each["name"] for each in found["removed"]] == ["water"]
    change, = found["changed"]
    assert (change["name"], change["before"]["version"], change["after"]["version"], change["parts"]) == ("flour", "1.0", "2.0", ["version"])
    text = project.engine("env", "diff", "a", "b").ended_with(1).stdout
    assert "1 added, 1 removed, 1 changed" in text


def test_an_environment_and_its_lock_are_the_same(project, index):
    lock(project, "pylock.a.toml", "flour<2")
    path = project.engine("env", "create", "--lock", "pylock.a.toml", "--python", project.tools.python).ended_with(0).stdout.strip()
    project.engine("env", "create", "--lock", "pylock.a.toml", "--at", "made", "--python", project.tools.python).ended_with(0)
    assert "The same: 2 packages" in project.engine("env", "diff", path, "made").ended_with(0).stdout
    found = json.loads(project.engine("env", "diff", path, "pylock.a.toml", "--json").ended_with(0).stdout)
    assert found["same"] and found["added"] == found["removed"] == found["changed"] == []


def test_another_file_of_the_same_version(project, index):
    lock(project, "pylock.a.toml", "salt")
    text = (project.folder / "pylock.a.toml").read_text()
    salt = next(each for each in index.distributions if each.project == "salt")
    (project.folder / "pylock.b.toml").write_text(text.replace(salt.sha256, "ab" * 32))
    found = json.loads(project.engine("env", "diff", "a", "b", "--json").ended_with(1).stdout)
    assert found["changed"][0]["parts"] == ["files"]


def test_a_folder_in_place_of_the_index(project, index):
    project.write("salt/pyproject.toml", '[project]\nname = "salt"\nversion = "1.0"\n')
    project.write("salt/salt.py", "")
    lock(project, "pylock.a.toml", "salt")
    lock(project, "pylock.b.toml", "salt")
    text = (project.folder / "pylock.b.toml").read_text()
    start = text.index("wheels")
    end = text.find("\n\n", start)
    (project.folder / "pylock.b.toml").write_text(
        text[:start] + "directory = {path = \"salt\"}\n" + (text[end:] if end > 0 else ""))
    outcome = project.engine("env", "diff", "a", "b", "--json").ended_with(1)
    change, = json.loads(outcome.stdout)["changed"]
    assert "source" in change["parts"] and change["after"]["source"] == "folder salt"
