"""`tag`: listing and changing the tags of runs."""

import json

import pytest

pytestmark = pytest.mark.peer


class Tagged:
    """A flow with a finished run."""

    def __init__(self, project, *tags):
        self.project = project
        self.file = project.add("linear.py")
        words = [word for tag in tags for word in ("--tag", tag)]
        self.run = project.run(self.file, *words).ended_with(0).run_id

    def tag(self, *words, top=()):
        return self.project.flow(self.file, *top, "tag", *words)

    def tags(self):
        """User tags and system tags, as `--quiet tag list` tells them."""
        line = self.tag("list", "--run-id", self.run, top=["--quiet"]).ended_with(0).stderr.strip()
        path, system, user = line.split(" ; ") if not line.endswith(" ;") else (*line[:-2].split(" ; "), "")
        assert path == f"Linear/{self.run}"
        return set(user.split(",")) - {""}, set(system.split(","))


@pytest.fixture
def tagged(project):
    return Tagged(project, "first", "zweite Überschrift")


def test_adding_and_removing(tagged):
    user, system = tagged.tags()
    assert user == {"first", "zweite Überschrift"} and {"user:tester", "runtime:dev"} <= system
    outcome = tagged.tag("add", "--run-id", tagged.run, "a", "b", "first").ended_with(0)
    assert "Operation successful" in outcome.stdout and "zweite Überschrift" in outcome.stdout
    assert tagged.tags()[0] == {"first", "zweite Überschrift", "a", "b"}
    outcome = tagged.tag("remove", "--run-id", tagged.run, "a", "never there").ended_with(0)
    assert "Operation successful" in outcome.stderr
    assert tagged.tags()[0] == {"first", "zweite Überschrift", "b"}
    tagged.tag("replace", "--run-id", tagged.run, "--remove", "b", "--remove", "first", "--add", "c").ended_with(0)
    assert tagged.tags()[0] == {"zweite Überschrift", "c"}
    # What is both removed and added is there.
    tagged.tag("replace", "--run-id", tagged.run, "--remove", "c", "--add", "c").ended_with(0)
    assert tagged.tags()[0] == {"zweite Überschrift", "c"}
    assert set(tagged.project.ask("sorted(Run(run).user_tags)", run=f"Linear/{tagged.run}")) == {"zweite Überschrift", "c"}


@pytest.mark.parametrize("words, code", [
    (["add", "--run-id", "RUN", "new", "x" * 501], 1),
    (["add", "--run-id", "RUN", "new", ""], 1),
    (["add", "--run-id", "RUN", *(f"tag {n}" for n in range(50))], 1),
    (["remove", "--run-id", "RUN", "first", "user:tester"], 1),
    (["replace", "--run-id", "RUN", "--add", "new", "--remove", "first", "--remove", "runtime:dev"], 1),
    (["replace", "--run-id", "RUN", "--add", "new"], 1),
    (["replace", "--run-id", "RUN", "--remove", "first"], 1),
    (["replace", "--run-id", "RUN"], 1),
    (["add", "new"], 1),
    (["add", "--run-id", "12345", "new"], 1),
    (["add", "--run-id", "Linear/RUN", "new"], 1),
    (["add", "--run-id", "RUN", "--namespace", "user:nobody", "new"], 1),
    (["add", "--run-id", "RUN"], 2),
    (["add", "--nonsense", "new"], 2),
    (["nonsense"], 2),
    (["list", "--all", "--my-runs"], 1),
    (["list", "--group-by-tag", "--group-by-run"], 1),
    (["list", "--flat", "--group-by-run"], 1),
    (["list", "--run-id", "12345"], 1),
    (["list", "--run-id", "RUN", "RUN"], 1),
], ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else str(value))
def test_what_cannot_be_done_changes_nothing(tagged, words, code):
    before = tagged.tags()
    outcome = tagged.tag(*(word.replace("RUN", tagged.run) for word in words)).ended_with(code)
    assert "Traceback" not in outcome.all
    if not tagged.project.tools.peer:
        assert outcome.stderr.count("error:") == 1 and "help:" in outcome.stderr, outcome
    assert tagged.tags() == before


def test_adding_a_system_tag_changes_nothing(tagged):
    before = tagged.tags()
    tagged.tag("add", "--run-id", tagged.run, "user:tester").ended_with(0)
    assert tagged.tags() == before


def test_a_flow_that_never_ran(project):
    if project.tools.peer:
        pytest.skip("the official one shows a traceback")
    file = project.add("linear.py")
    for words in (["list"], ["add", "--run-id", "1", "x"]):
        outcome = project.flow(file, "tag", *words).ended_with(1)
        assert "Linear" in outcome.stderr and "Traceback" not in outcome.stderr
    assert list(project.store.iterdir()) == []


def test_listings(tagged):
    second = tagged.project.run(tagged.file, "--tag", "only here").ended_with(0).run_id
    paths = {f"Linear/{tagged.run}", f"Linear/{second}"}
    # A tag a line on standard error, behind a heading.
    flat = tagged.tag("list", "--flat", "--hide-system-tags", "--run-id", second).ended_with(0)
    assert flat.stderr.splitlines()[1:] == ["only here"] and flat.stdout == ""
    everything = tagged.tag("list").ended_with(0).stdout
    assert "only here" in everything and "first" in everything and "runtime:dev" in everything
    assert "runtime:dev" not in tagged.tag("list", "--hide-system-tags").ended_with(0).stdout
    by_run = tagged.tag("list", "--group-by-run", "--my-runs", top=["--quiet"]).ended_with(0).stderr.splitlines()
    assert {line.split(" ; ")[0] for line in by_run} == paths
    by_tag = tagged.tag("list", "--group-by-tag", top=["--quiet"]).ended_with(0).stderr.splitlines()
    told = {line.split(" ; ")[0]: set(line.split(" ; ")[1].split(",")) for line in by_tag}
    assert told["user:only here"] == {f"Linear/{second}"} and told["system:runtime:dev"] == paths


def test_options_from_the_environment(tagged):
    listed = tagged.project.flow(
        tagged.file, "--quiet", "tag", "list", env={
            "METAFLOW_TAG_LIST_HIDE_SYSTEM_TAGS": "1", "METAFLOW_TAG_LIST_RUN_ID": tagged.run}).ended_with(0)
    assert "runtime:dev" not in listed.stderr and "first" in listed.stderr


def test_tags_as_json(tagged):
    if tagged.project.tools.peer:
        pytest.skip("Penstock only")
    listed = json.loads(tagged.tag("list", "--json").ended_with(0).stdout)
    assert [entry["path"] for entry in listed] == [f"Linear/{tagged.run}"]
    assert listed[0]["tags"] == ["first", "zweite Überschrift"] and "user:tester" in listed[0]["system_tags"]
