"""Parameters: where values come from, their types, and what is wrong with some."""

import re

import pytest

pytestmark = pytest.mark.peer

NAMES = ("a_text", "a_number", "a_fraction", "a_flag", "a_json", "a_list", "without", "a_required", "a_made")


@pytest.fixture
def given(project):
    """Runs with command line words and variables; returns the values that the steps saw."""
    file = project.add("parameters.py")
    calls = project.folder / "calls"

    def run(*words, env=None):
        calls.write_text("")
        outcome = project.run(file, *words, env={"CALLS": calls, **(env or {})}).ended_with(0)
        values = project.ask(
            "{name: getattr(Run(run).data, name) for name in names.split()}",
            run=f"Parameters/{outcome.run_id}", names=" ".join(NAMES))
        return {**values, "calls": len(calls.read_text().splitlines())}

    return run


def test_defaults(given):
    assert given("--needed", "n") == {
        "a_text": "t", "a_number": 3, "a_fraction": 0.5, "a_flag": True, "a_json": {"a": [1, None]}, "a_list": ["x"],
        "without": None, "a_required": "n", "a_made": "made for made of Parameters", "calls": 1}


def test_values_from_the_command_line(given):
    values = given(
        "--needed", "ä ö", "--text", "", "--number=-7", "--fraction", "1e3", "--flag", "False", "--json-value", "[1, {}]",
        "--list", "a,b,c", "--without", "5", "--made", "given")
    assert values == {
        "a_text": "", "a_number": -7, "a_fraction": 1000.0, "a_flag": False, "a_json": [1, {}], "a_list": ["a", "b", "c"],
        "without": 5, "a_required": "ä ö", "a_made": "given", "calls": 0}


def test_values_from_the_environment_yield_to_the_command_line(given):
    values = given("--number", "1", env={
        "METAFLOW_RUN_NUMBER": "2", "METAFLOW_RUN_NEEDED": "from outside", "METAFLOW_RUN_JSON_VALUE": "[2]"})
    assert (values["a_number"], values["a_required"], values["a_json"]) == (1, "from outside", [2])


def test_a_variable_of_a_multiple_parameter_has_words(project):
    file = project.write("flow.py", (
        "from metaflow import FlowSpec, Parameter, step\n\n\nclass Many(FlowSpec):\n"
        "    sizes = Parameter('sizes', multiple=True, type=int)\n\n    @step\n    def start(self):\n"
        "        self.next(self.end)\n\n    @step\n    def end(self):\n        pass\n\n\n"
        "if __name__ == '__main__':\n    Many()\n"))
    outcome = project.run(file, env={"METAFLOW_RUN_SIZES": " 1 22"}).ended_with(0)
    assert project.ask("Run(run).data.sizes", run=f"Many/{outcome.run_id}") == [1, 22]


@pytest.mark.parametrize("words, named", [
    ([], "needed"),
    (["--needed", "n", "--number", "three"], "number"),
    (["--needed", "n", "--fraction", "half"], "fraction"),
    (["--needed", "n", "--flag", "perhaps"], "flag"),
    (["--needed", "n", "--json-value", "{"], "json-value"),
    (["--needed", "n", "--unknown", "1"], "unknown"),
    (["--needed"], "needed"),
    (["--needed", "n", "--max-workers", "many"], "max-workers"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_usage_errors_run_nothing(project, words, named):
    calls = project.folder / "calls"
    outcome = project.run(project.add("parameters.py"), *words, env={"CALLS": calls}).ended_with(2)
    assert named in outcome.stderr
    assert "Traceback" not in outcome.stderr and not outcome.started_a_run


def test_parameters_cannot_be_assigned(project):
    outcome = project.run(project.add("parameters.py"), "--needed", "n", env={"CALLS": project.folder / "calls"})
    run = f"Parameters/{outcome.ended_with(0).run_id}"
    assert re.search("modifi|changed", project.ask("Run(run).data.refusal", run=run))
    assert project.ask("Run(run).data.a_number", run=run) == 3


PIECES = {
    "reserved": "    p = Parameter('run-id', default=1)\n",
    "twice": "    p = Parameter('size', default=1)\n    q = Parameter('Size', default=2)\n",
}


@pytest.mark.parametrize("piece", PIECES)
def test_names_that_cannot_be(project, piece):
    file = project.write("flow.py", (
        "from metaflow import FlowSpec, Parameter, step\n\n\nclass Named(FlowSpec):\n" + PIECES[piece] +
        "\n    @step\n    def start(self):\n        self.next(self.end)\n\n    @step\n    def end(self):\n        pass\n\n\n"
        "if __name__ == '__main__':\n    Named()\n"))
    outcome = project.run(file)
    assert outcome.code != 0 and not outcome.started_a_run
    assert ("run-id" if piece == "reserved" else "ize") in outcome.stderr
