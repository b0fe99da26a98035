"""`lock flow.py`: locks beside the flow, for version control, and runs that use them."""

import json
import os
import re

import pytest

from .harness.index import LoopbackIndex
from .harness.wheels import wheel


@pytest.fixture
def index(project):
    with LoopbackIndex(
            wheel("flour", "1.0", requires=["water>=1"]), wheel("water", "1.0"), wheel("salt", "1.0"),
            wheel("mill", "1.0", tag="py3-none-macosx_11_0_arm64")) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        yield index


class Bakery:
    """A flow whose steps `bake` and `eat` ask for what a test says."""

    def __init__(self, project):
        self.project = project
        self.file = project.add("two_environments.py")

    def asks(self, bake, eat=None):
        self.project.variables["TEST_BAKE"] = json.dumps(bake)
        self.project.variables["TEST_EAT"] = json.dumps(eat or {})

    def lock(self, *words):
        return self.project.engine("lock", "two_environments.py", "--python", self.project.tools.python, *words)

    def locks(self):
        return {path.name: path.read_text() for path in sorted(self.project.folder.glob("pylock.*"))}

    def run(self, *words):
        return self.project.run(self.file, *words)

    def seen(self, outcome, step):
        return self.project.ask("Run(run)[step].task.data.sees", run=f"TwoEnvironments/{outcome.run_id}", step=step)


@pytest.fixture
def bakery(project, index):
    return Bakery(project)


def test_one_lock_for_each_environment(bakery):
    bakery.asks({"flour": ">=1"}, {"salt": ""})
    outcome = bakery.lock().ended_with(0)
    assert list(bakery.locks()) == ["pylock.TwoEnvironments-bake.toml", "pylock.TwoEnvironments-eat.toml"]
    assert "2 packages" in outcome.stderr and 'name = "water"' in bakery.locks()["pylock.TwoEnvironments-bake.toml"]
    before = bakery.locks()
    assert "Nothing changes" in bakery.lock().ended_with(0).stderr and bakery.locks() == before


def test_steps_that_ask_for_the_same_share_a_lock_named_after_the_flow(bakery):
    bakery.asks({"salt": "1.0"}, {"salt": "1.0"})
    bakery.lock().ended_with(0)
    assert list(bakery.locks()) == ["pylock.TwoEnvironments.toml"]


def test_a_lock_that_no_step_has_any_more_goes_away(bakery):
    bakery.asks({"flour": ""}, {"salt": ""})
    bakery.lock().ended_with(0)
    bakery.asks({"salt": ""}, {"salt": ""})
    assert bakery.lock("--check").ended_with(1).stdout.count("no step has it any more") == 2
    assert "Removed pylock.TwoEnvironments-bake.toml" in bakery.lock().ended_with(0).stderr
    assert list(bakery.locks()) == ["pylock.TwoEnvironments.toml"]
    bakery.lock("--check").ended_with(0)


def test_a_run_takes_the_lock_and_asks_nobody(bakery, index):
    bakery.asks({"flour": ">=1"})
    bakery.lock().ended_with(0)
    index.add(wheel("flour", "2.0"))
    outcome = bakery.run("--locked").ended_with(0)
    assert bakery.seen(outcome, "bake") == {"flour": "1.0", "water": "1.0", "salt": None}
    assert "Resolved" not in outcome.stderr
    assert not list(bakery.project.store.rglob("locks/*.toml")), "what is in Git is not resolved a second time"


def test_locked_refuses_what_has_no_lock(bakery, index):
    bakery.asks({"flour": ">=1"})
    outcome = bakery.run("--locked").ended_with(1)
    assert "there is no pylock.TwoEnvironments.toml" in outcome.stderr and "help: type: penstock lock " in outcome.stderr
    assert not outcome.started_a_run or "Task is starting" not in outcome.stdout
    assert index.requests == []


def test_what_is_out_of_date_is_said_with_who_asks(bakery, index):
    bakery.asks({"flour": ">=1"})
    bakery.lock().ended_with(0)
    bakery.lock("--check").ended_with(0)
    bakery.asks({"flour": "==1.0"})
    index.forget_requests()
    checked = bakery.lock("--check").ended_with(1)
    assert "step 'bake' (@pypi) asks for flour==1.0; the lock answers flour>=1" in checked.stdout
    assert "penstock lock two_environments.py" in checked.stderr and index.requests == []
    refused = bakery.run("--locked").ended_with(1)
    assert "step 'bake' (@pypi) asks for flour==1.0" in refused.stderr
    went_on = bakery.run().ended_with(0)
    assert "is not used" in went_on.stderr and bakery.seen(went_on, "bake")["flour"] == "1.0"
    found = json.loads(bakery.lock("--check", "--json").ended_with(1).stdout)
    assert [each["lock"] for each in found] == ["pylock.TwoEnvironments.toml"] and len(found[0]["reasons"]) == 1


def test_versions_stay_until_they_are_upgraded(bakery, index):
    bakery.asks({"flour": ">=1", "salt": ""})
    bakery.lock().ended_with(0)
    index.add(wheel("flour", "1.5", requires=["water>=1"]), wheel("water", "1.5"), wheel("salt", "1.5"))
    assert "Nothing changes" in bakery.lock("--refresh").ended_with(0).stderr
    said = bakery.lock("--refresh", "--upgrade-package", "flour").ended_with(0).stderr
    assert re.search(r"flour 1\.0 (→|->) 1\.5", said) and "salt" not in said
    said = bakery.lock("--refresh", "--upgrade").ended_with(0).stderr
    assert "salt 1.0" in said and "water 1.0" in said


def test_a_lock_for_other_platforms_than_this_one(bakery):
    bakery.asks({"mill": ""})
    told = bakery.lock().ended_with(1)
    assert "mill" in told.stderr and bakery.locks() == {}
    made = json.loads(bakery.lock("--platform", "macos-arm64", "--json").ended_with(0).stdout)
    assert [each["platform"] for each in made[0]["targets"]] == ["macos-arm64-13.0"]
    # This machine is none of those that it is for.
    assert "which the lock is not for" in bakery.run("--locked").ended_with(1).stderr


@pytest.mark.parametrize("text, piece", [
    ("not toml [[[", "TOML"),
    ("", "lock-version"),
    ('lock-version = "9.0"\ncreated-by = "else"\npackages = []\n', "9.0"),
    ('lock-version = "1.0"\ncreated-by = "else"\npackages = []\n', "else"),
], ids=["no TOML", "empty", "newer", "foreign"])
def test_a_lock_that_is_damaged_or_of_others_is_one_error(bakery, text, piece):
    bakery.asks({"flour": ""})
    bakery.project.write("pylock.TwoEnvironments.toml", text)
    for outcome in (bakery.run(), bakery.run("--locked"), bakery.lock(), bakery.lock("--check")):
        outcome.ended_with(1)
        assert piece in outcome.stderr and "pylock.TwoEnvironments.toml" in outcome.stderr
        assert outcome.stderr.count("error: ") == 1 and "Traceback" not in outcome.all
    assert (bakery.project.folder / "pylock.TwoEnvironments.toml").read_text() == text


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written_to(bakery):
    bakery.asks({"flour": ""})
    bakery.project.folder.chmod(0o555)
    try:
        outcome = bakery.lock().ended_with(1)
    finally:
        bakery.project.folder.chmod(0o755)
    assert "cannot write" in outcome.stderr and bakery.locks() == {}


def test_why_and_tree_name_the_step(bakery):
    bakery.asks({"flour": ">=1"}, {"salt": ""})
    bakery.lock().ended_with(0)
    said = bakery.project.engine("why", "water", "two_environments.py", "--python", bakery.project.tools.python)
    assert "step 'bake' (@pypi) asks for 'flour': '>=1'" in said.ended_with(0).stdout
    assert "two_environments.py:" in said.stdout and "flour 1.0 needs water" in said.stdout
    tree = bakery.project.flow(bakery.file, "tree").ended_with(0).stdout
    assert "bake (pylock.TwoEnvironments-bake.toml):" in tree and "eat (pylock.TwoEnvironments-eat.toml):" in tree
    only = bakery.project.flow(bakery.file, "tree", "--step", "eat", "--json").ended_with(0).stdout
    assert [each["steps"] for each in json.loads(only)] == [["eat"]]
    missing = bakery.project.flow(bakery.file, "why", "floor").ended_with(1)
    assert "floor is not in" in missing.stderr and "did you mean 'flour'?" in missing.stderr


def test_nothing_to_lock(bakery):
    bakery.asks({})
    assert "nothing to lock" in bakery.lock().ended_with(0).stderr
    assert bakery.locks() == {}
