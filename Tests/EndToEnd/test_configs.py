"""Configs and mutators: where values come from, and what they do to a flow."""

import json

import pytest

pytestmark = pytest.mark.peer

MAIN = {
    "rate": 5, "project": "first_project", "way": "x", "limits": {"seconds": 60}, "parameters": {"added": "by a mutator"},
    "more": {"vars": {"MORE": "from the config"}},
}


@pytest.fixture
def flow(project):
    (project.folder / "main.json").write_text(json.dumps(MAIN))
    return project.add("configured.py")


def data(project, outcome, name, step="end"):
    return project.ask(
        "[t.data.__getattr__(name) for t in Step(path)]", name=name,
        path=f"Configured/{outcome.ended_with(0).run_id}/{step}")


def test_a_flow_becomes_what_its_configs_say(project, flow):
    outcome = project.run(flow)
    seen = data(project, outcome, "seen")[0]
    assert seen == {
        "rate": 5, "total": 8, "added": "by a mutator", "words": ["a", "b", "c"], "computed": "a function", "nothing": None,
        "plain": "as {it} is", "variables": ["first_project", "FIRST_PROJECT"], "project": "first_project", "nested": 60}
    assert data(project, outcome, "label") == ["one 0"]
    assert sorted(data(project, outcome, "more")[0]) == [["from the config", 60, 1], ["from the config", 60, 2]]
    assert data(project, outcome, "in_join") == ["first_project"]
    assert data(project, outcome, "refusals") == [["TypeError", "TypeError", "AttributeError"]]
    run = f"Configured/{outcome.run_id}"
    assert project.ask("[type(Run(run).data.main).__name__, Run(run).data.main['limits']]", run=run) == ["dict", {"seconds": 60}]
    assert project.ask("'project:first_project' in Run(run).tags", run=run)


def test_functions_are_called_once(project, flow):
    if project.tools.peer:
        pytest.skip("the official Metaflow calls them in several processes")
    project.run(flow).ended_with(0)
    assert (project.folder / "calls").read_text() == "computed of Configured\n"


@pytest.mark.parametrize("top, env", [
    (["--config", "main", "other.json", "--config-value", "listed", "d e", "--config-value", "plain", "[1]"], {}),
    ([], {"METAFLOW_FLOW_CONFIG": '{"main": "other.json"}', "METAFLOW_FLOW_CONFIG_VALUE": '{"listed": "d e", "plain": [1]}'}),
    (["--config-value", "main", json.dumps({**MAIN, "rate": 70}), "--config-value", "listed", "d e", "--config-value",
      "plain", "[1]"], {}),
], ids=["words", "variables", "values"])
def test_other_values(project, flow, top, env):
    project.write("other.json", json.dumps({**MAIN, "rate": 70}))
    seen = data(project, project.run(flow, "--added", "given", top=top, env=env), "seen")[0]
    assert (seen["rate"], seen["total"], seen["words"], seen["plain"], seen["added"]) == (70, 72, ["d", "e"], "[1]", "given")


@pytest.mark.parametrize("top", [
    ["--config", "main", "nowhere.json"],
    ["--config-value", "main", "{bad"],
    ["--config-value", "nope", "{}"],
    ["--config", "main", "main.json", "--config-value", "main", "{}"],
], ids=" ".join)
def test_configs_that_cannot_be_used(project, flow, top):
    outcome = project.run(flow, top=top).ended_with(2)
    assert not outcome.started_a_run and "Traceback" not in outcome.stderr
    assert top[1] in outcome.stderr


def test_a_default_that_cannot_be_read(project, flow):
    (project.folder / "main.json").unlink()
    outcome = project.run(flow).ended_with(2)
    assert "main.json" in outcome.stderr and not outcome.started_a_run


def test_what_is_missing(project):
    file = project.write("needing.py", (
        "from metaflow import Config, FlowSpec, step\n"
        "class Needing(FlowSpec):\n"
        "    needed = Config('needed', required=True)\n"
        "    @step\n    def start(self):\n        self.next(self.end)\n"
        "    @step\n    def end(self):\n        pass\n"
        "if __name__ == '__main__':\n    Needing()\n"))
    outcome = project.run(file).ended_with(2)
    assert "needed" in outcome.stderr and not outcome.started_a_run
    project.run(file, top=["--config-value", "needed", "{}"]).ended_with(0)


def test_a_resumed_run_keeps_its_configs(project, flow):
    first = project.run(flow, top=["--config-value", "main", json.dumps({**MAIN, "rate": 6})])
    assert data(project, first, "seen")[0]["rate"] == 6
    refused = project.flow(flow, "--config-value", "main", "{}", "resume", "--origin-run-id", first.run_id)
    refused.ended_with(2)
    (project.folder / "main.json").write_text(json.dumps({**MAIN, "rate": 7}))
    resumed = project.flow(flow, "resume", "start", "--origin-run-id", first.run_id)
    seen = data(project, resumed, "seen")[0]
    assert (seen["rate"], seen["nested"], seen["added"]) == (6, 60, "by a mutator")


def test_an_expression_that_has_no_value(project, flow):
    outcome = project.run(flow, top=["--config-value", "main", json.dumps({key: MAIN[key] for key in MAIN if key != "more"})])
    outcome.ended_with(1)
    assert "more" in outcome.all and not outcome.started_a_run


def test_a_mutator_that_fails(project, flow):
    file = project.write("failing.py", flow.read_text().replace("        found = dict", "        1 / 0\n        found = dict"))
    outcome = project.run(file).ended_with(1)
    assert "ZeroDivisionError" in outcome.stderr and "pre_mutate" in outcome.stderr and not outcome.started_a_run
