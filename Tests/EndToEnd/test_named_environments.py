"""`@named_env`: steps that take an environment by its name."""

import json

import pytest

from .harness.index import LoopbackIndex
from .harness.wheels import wheel

FLOW = """
from {module} import FlowSpec, {imports}step


{base}class Named(FlowSpec):
    {decorator}
    @step
    def start(self):
        import flour
        self.version = flour.VERSION
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Named()
"""


def flow(project, decorator='@named_env(name="ds")', module="penstock", base="", imports="named_env, named_env_base, pypi, "):
    return project.write("flow.py", FLOW.format(decorator=decorator, module=module, base=base, imports=imports))


@pytest.fixture
def index(project):
    with LoopbackIndex(wheel("flour", "1.0", requires=["water>=1"]), wheel("flour", "2.0"), wheel("water", "1.0")) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        yield index


def create(project, name, *packages):
    project.engine("env", "create", "--name", name, *packages, "--python", project.tools.python).ended_with(0)


def version(project, outcome):
    return project.ask("Run(run)['start'].task.data.version", run=f"Named/{outcome.run_id}")


@pytest.mark.parametrize("module", ["penstock", "metaflow"])
def test_a_step_takes_an_environment_by_its_name(project, index, module):
    create(project, "ds", "flour<2")
    file = flow(project, module=module)
    index.forget_requests()
    run = project.run(file).ended_with(0)
    assert version(project, run) == "1.0" and index.requests == []
    # The lock is kept with the run; what the name stands for later does not matter to it.
    create(project, "ds", "flour>=2")
    assert version(project, project.run(file).ended_with(0)) == "2.0"
    shown = json.loads(project.engine("env", "show", f"Named/{run.run_id}/start", "--json").ended_with(0).stdout)
    assert [(each["name"], each["version"]) for each in shown["packages"]] == [("flour", "1.0"), ("water", "1.0")]


def test_a_lock_beside_the_flow_comes_first(project, index):
    create(project, "ds", "flour<2")
    file = flow(project)
    assert "pylock.ds.toml" in project.run(file, "--locked").ended_with(1).stderr
    project.engine("lock", "flour>=2", "--output", "pylock.ds.toml", "--python", project.tools.python).ended_with(0)
    assert version(project, project.run(file, "--locked").ended_with(0)) == "2.0"


def test_a_name_of_the_whole_flow(project, index):
    create(project, "team/ds:v1", "flour<2")
    file = flow(project, decorator="", base='@named_env_base(name="team/ds:v1", fetch_at_exec=True)\n')
    run = project.run(file).ended_with(0)
    assert version(project, run) == "1.0"
    state, = json.loads(project.flow(file, "--quiet", "environment", "list", "--json").ended_with(0).stdout)
    assert state["steps"] == ["start", "end"] and state["is_resolved"] and state["environment"]


def test_a_name_that_nobody_knows(project, index):
    create(project, "dataset", "flour")
    outcome = project.run(flow(project, decorator='@named_env(name="dataseet")')).ended_with(1)
    assert "no environment is called 'dataseet'" in outcome.stderr and "dataset" in outcome.stderr and "flow.py:" in outcome.stderr
    assert not outcome.started_a_run


@pytest.mark.parametrize("decorator", [
    '@named_env()', '@named_env(name=3)', '@named_env(name="ds")\n    @pypi(packages={"flour": "1.0"})', '@named_env(name="ds", nonsense=1)'])
def test_what_cannot_be_meant(project, index, decorator):
    create(project, "ds", "flour<2")
    outcome = project.run(flow(project, decorator=decorator)).ended_with(1)
    assert "named_env" in outcome.stderr and not outcome.started_a_run


def test_nothing_for_the_lock_beside_the_flow(project, index):
    create(project, "ds", "flour<2")
    file = flow(project)
    project.flow(file, "lock").ended_with(0)
    assert not list(project.folder.glob("pylock*"))
    assert "flour" in project.flow(file, "tree").ended_with(0).all
