"""`python flow.py environment …`: the environments of the steps."""

import json
import signal

import pytest

from .harness.index import LoopbackIndex
from .harness.wheels import wheel


@pytest.fixture
def flow(project):
    with LoopbackIndex(wheel("flour", "1.0", requires=["water>=1"]), wheel("water", "1.0"), wheel("water", "1.5")) as index:
        project.variables.update({"PENSTOCK_INDEX_URL": index.url, "TEST_PACKAGES": json.dumps({"flour": "1.0"})})
        project.index = index
        yield Flow(project)


class Flow:
    def __init__(self, project):
        self.project = project
        self.file = project.add("with_packages.py")

    def environment(self, *words, top=(), **options):
        return self.project.flow(self.file, "--quiet", *top, "environment", *words, **options)

    def states(self, *top):
        return json.loads(self.environment("list", "--json", top=top).ended_with(0).stdout)


def test_list_makes_nothing(flow):
    state, = flow.states()
    assert state["steps"] == ["bake", "eat"] and not state["is_resolved"] and "environment" not in state
    assert flow.project.index.requests == []
    text = flow.environment("list").ended_with(0).stdout
    assert "not resolved" in text and "not built" in text and "that of the flow" in text
    assert [each["steps"] for each in flow.states("--environment=pypi")] == [["start"], ["bake", "eat"]]
    assert flow.states("--environment=local") == []


def test_resolve_then_create(flow):
    flow.environment("resolve").ended_with(0)
    state, = flow.states()
    assert state["is_resolved"] and "environment" not in state
    assert [(each["name"], each["version"]) for each in state["packages"]] == [("flour", "1.0"), ("water", "1.5")]
    said = flow.environment("create").ended_with(0).stdout
    state, = flow.states()
    assert state["path"] in said and said.split() == ["bake", state["path"], "eat", state["path"]]
    # A run takes what is there.
    flow.project.index.forget_requests()
    flow.project.run(flow.file).ended_with(0)
    assert flow.project.index.requests == []
    shown = flow.environment("show", "bake").ended_with(0).stdout
    assert "flour" in shown and state["path"] in shown


def test_a_lock_beside_the_flow(flow):
    flow.project.flow(flow.file, "lock").ended_with(0)
    state, = flow.states()
    assert state["lock_file"] == "pylock.WithPackages.toml" and state["is_resolved"]


def test_a_program_in_the_environment_of_a_step(flow):
    code = "import flour, sys; print(flour.VERSION); sys.exit(5)"
    assert flow.environment("run", "bake", "--", "python", "-c", code).ended_with(5).stdout == "1.0\n"
    path = flow.environment("path", "bake").ended_with(0).stdout.strip()
    assert flow.environment("path", "eat", "--python").ended_with(0).stdout.strip() == path + "/bin/python"
    assert flow.environment("run", "bake", "--", "python", "-c", "import os; os.kill(os.getpid(), 9)").code == -signal.SIGKILL
    # The same from the engine.
    engine = flow.project.engine("env", "run", "with_packages.py:bake", "--", "python", "-c", code, env={
        "PATH": f"{flow.project.tools.python.parent}:/usr/bin:/bin"})
    assert engine.ended_with(5).stdout == "1.0\n"


def test_no_child_is_left_to_the_program(flow):
    code = "import os; print(os.popen('ps -o pid= --ppid %d' % os.getpid()).read().split())"
    said = flow.environment("run", "bake", "--", "python", "-c", code).ended_with(0).stdout
    # ps itself, run by a shell or not.
    assert len(json.loads(said.replace("'", '"'))) <= 1


def test_steps_without_an_environment(flow):
    said = flow.environment("path", "start").ended_with(1).stderr
    assert "no environment of its own" in said and "@pypi" in said
    assert "no environment of its own" in flow.environment("path", "end", top=["--environment=pypi"]).ended_with(1).stderr
    unknown = flow.environment("path", "bak")
    assert unknown.code in (1, 2) and "bak" in unknown.stderr
