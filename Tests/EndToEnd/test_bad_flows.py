"""Flows that cannot be run: one error with step, file and line, and nothing happens."""

import re

import pytest

#: The file in flows/bad and the step that the error has to name. The lines it may name end in `# named: STEP` there.
FLOWS = [
    ("cycle", ("first", "second")),
    ("missing_end", ("end",)),
    ("join_without_inputs", ("meet", "end")),
    ("unknown_step", ("middle",)),
    ("no_next", ("middle",)),
    ("unreachable", ("island",)),
    ("join_of_nothing", ("meet",)),
    ("foreach_into_join", ("start", "meet")),
    ("computed_next", ("start",)),
    ("two_clusters", ("start",)),
]


def lines_of(file, steps):
    pattern = re.compile(r"# named: (%s)$" % "|".join(steps))
    return {number for number, line in enumerate(file.read_text().splitlines(), 1) if pattern.search(line)}


@pytest.mark.parametrize("name, steps", FLOWS, ids=[name for name, _ in FLOWS])
@pytest.mark.parametrize("command", ["run", "check"])
def test_one_error_with_step_file_and_line(project, name, steps, command):
    file = project.add(f"bad/{name}.py")
    outcome = project.flow(file.name, command).ended_with(1)
    assert not outcome.started_a_run
    assert outcome.stdout == ""
    assert len(re.findall(r"^error", outcome.stderr, re.MULTILINE)) == 1, outcome
    assert any(re.search(rf"\b{step}\b", outcome.stderr) for step in steps), outcome
    named = {int(number) for number in re.findall(rf"{file.name}\D{{1,9}}(\d+)", outcome.stderr)}
    assert named & lines_of(file, steps), f"no line of {sorted(lines_of(file, steps))}\n{outcome}"
    assert "Traceback" not in outcome.stderr


@pytest.mark.peer
@pytest.mark.parametrize("name, steps", FLOWS[:9], ids=[name for name, _ in FLOWS[:9]])
def test_nothing_is_recorded(project, name, steps):
    file = project.add(f"bad/{name}.py")
    project.run(file).ended_with(1)
    assert project.ask("[run.id for flow in Metaflow().flows for run in flow]") == []


def test_a_flow_file_with_a_syntax_error_shows_pythons_own_words(project):
    file = project.write("flow.py", "from penstock import FlowSpec\n\nclass Broken(FlowSpec)\n    pass\n")
    outcome = project.run(file).ended_with(1)
    assert "SyntaxError" in outcome.stderr and "line 3" in outcome.stderr
    assert project.processes() == []


def test_an_import_that_fails_shows_pythons_own_words(project):
    file = project.write("flow.py", "import not_to_be_found\n")
    outcome = project.run(file).ended_with(1)
    assert "not_to_be_found" in outcome.stderr


@pytest.mark.peer
def test_unknown_decorator_by_option(project):
    outcome = project.run(project.add("linear.py"), "--with", "nonsense:a=1")
    assert outcome.code == 1 and "nonsense" in outcome.stderr and not outcome.started_a_run
