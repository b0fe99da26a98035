"""Extension packages: decorators, options, names and modules that another package adds."""

import pytest

pytestmark = pytest.mark.peer


@pytest.fixture
def flow(project):
    project.add("extension")
    project.variables["PYTHONPATH"] = project.folder / "extension"
    return project.add("extended.py")


def test_what_an_extension_brings(project, flow):
    outcome = project.run(flow, env={"ACME": "told"}).ended_with(0)
    run = f"Extended/{outcome.run_id}"
    assert project.ask("Run(run)['start'].task.data.values", run=run) == [7, 42, 9, "told"]
    assert project.ask("Run(run)['start'].task.data.from_plugin", run=run) == ["start", "given", "start", 0]
    assert project.ask("Run(run)['again'].task.data.from_plugin", run=run) == ["again", "again", "linear", 1]
    assert "from_plugin" in project.ask("[each.id for each in Run(run)['end'].task]", run=run)


def test_an_option_of_a_plug_in(project, flow):
    assert "--acme" in project.flow(flow, "--help").ended_with(0).stdout
    outcome = project.run(flow, top=["--acme", "said"], env={"ACME": "told"}).ended_with(0)
    if not project.tools.peer:  # where the plug-in itself has to see to it that tasks know the option
        assert project.ask("Run(run)['start'].task.data.values[3]", run=f"Extended/{outcome.run_id}") == "said"


def test_a_plug_in_of_the_command_line(project, flow):
    outcome = project.run(flow, "--with", "acme_step:word=w").ended_with(0)
    assert project.ask("Run(run)['end'].task.data.from_plugin[:2]", run=f"Extended/{outcome.run_id}") == ["end", "w"]


def test_a_plug_in_that_takes_an_exception(project, flow):
    text = flow.read_text().replace('acme_step(word="again")', "acme_step(take=True)").replace(
        "        if current.retry_count == 0:\n    ", "")
    outcome = project.run(project.write("extended.py", text))
    if project.tools.peer:
        outcome.ended_with(1)  # it then has no transition, unless the plug-in makes one
        return
    run = f"Extended/{outcome.ended_with(0).run_id}"
    assert project.ask("Run(run)['again'].task.data.taken", run=run) == "once"


def test_a_broken_extension_does_no_harm(project, flow):
    project.write("extension/metaflow_extensions/broken/plugins/cards/bad/__init__.py", "raise RuntimeError('on purpose')\n")
    project.run(flow).ended_with(0)
