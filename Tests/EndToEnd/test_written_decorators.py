"""Decorators that a person writes: around steps, in modules, and on the command line."""

import pytest

pytestmark = pytest.mark.peer


@pytest.fixture
def flow(project):
    project.add("beside")
    return project.add("wrapped.py")


def data(project, outcome, *names):
    run = f"Wrapped/{outcome.ended_with(0).run_id}"
    return project.ask("{name: getattr(Run(run).data, name) for name in names.split()}", run=run, names=" ".join(names))


def test_steps_with_decorators_around_them(project, flow):
    outcome = project.run(flow)
    # a first attempt of every task of step one fails, on purpose
    assert data(project, outcome, "letters", "names") == {"letters": ["a", "b", "c"], "names": ["one"]}
    run = f"Wrapped/{outcome.run_id}"
    start = project.ask(
        "[getattr(Run(run)['start'].task.data, name) for name in ('before', 'after', 'swallowed', 'timed')]", run=run)
    assert start == [3, [True, "start"], "division by zero in start, first", "start"]
    assert project.ask("Run(run)['skipped'].task.data.left_out", run=run) == "skipped"
    assert project.ask("len(list(Run(run)['one']))", run=run) == 3
    assert project.ask("Run(run)['end'].task.data.timed", run=run) == "end"


@pytest.mark.parametrize("name", ["marked", "decorators.marked", "beside.decorators.marked"])
def test_decorators_of_the_command_line(project, flow, name):
    outcome = project.run(flow, "--with", f"{name}:words=a b,number=3")
    assert data(project, outcome, "marked") == {"marked": ["end", {"words": "a b", "number": 3}]}


def test_decorators_that_there_are_not(project, flow):
    outcome = project.run(flow, "--with", "nothing_of_the_kind").ended_with(1)
    assert "nothing_of_the_kind" in outcome.all and not outcome.started_a_run


def test_what_a_decorator_raises_fails_the_task(project, flow):
    text = flow.read_text().replace("        flow.swallowed =", "        raise KeyError('again')\n        flow.swallowed =")
    outcome = project.run(project.write("wrapped.py", text)).ended_with(1)
    assert "KeyError: 'again'" in outcome.all
