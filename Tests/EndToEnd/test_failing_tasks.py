"""Tasks that fail: retries, the end of a run, and what is told about it."""

import pytest

pytestmark = pytest.mark.peer


def test_retry_until_it_works(project):
    outcome = project.run(project.add("retrying.py")).ended_with(0)
    run = f"Retrying/{outcome.run_id}"
    assert outcome.stdout.count("Task is starting (retry).") == 3
    assert outcome.stdout.count("Task failed.") == 3
    assert outcome.stdout.count("ValueError: not yet") == 2
    assert project.ask("Run(run).successful", run=run) is True
    assert project.ask("Run(run)['start'].task.current_attempt", run=run) == 2
    assert project.ask("Run(run)['start'].task.data.attempt", run=run) == 2
    assert project.ask("Run(run)['killed'].task.data.survived", run=run) == 1
    assert project.ask("Run(run)['start'].task.stdout", run=run) == "attempt 2\n"
    assert project.ask("Task(run + '/start/1', attempt=0).data.half_done", run=run) == "by attempt 0"


def test_retry_is_added_from_the_command_line(project):
    project.run(project.add("failing.py"), "--with", "retry:times=2", "--max-workers", "1", env={
        "TRACES": _folder(project, began=[1])}).ended_with(1)
    output = project.run(
        project.folder / "failing.py", "--with", "retry:times=1", "--max-workers", "1",
        env={"TRACES": _folder(project, began=[1])}).ended_with(1).stdout
    assert output.count("Task is starting (retry).") == 1
    assert output.count("ZeroDivisionError") >= 2


def test_a_failing_task_ends_the_run_after_the_running_ones(project):
    traces = _folder(project)
    outcome = project.run(project.add("failing.py"), "--max-workers", "2", env={"TRACES": traces}).ended_with(1)
    run = outcome.run_id
    began = {path.name for path in traces.iterdir()}
    assert {"began-0", "began-1", "ended-1"} <= began, "the running task finishes"
    assert not {"began-4", "began-5"} & began, "nothing new starts"
    assert "Workflow failed." in outcome.stdout
    assert f"[{run}/join/" not in outcome.stdout
    # Which task, and the person's own traceback without lines of ours.
    assert f"{run}/work/2" in outcome.all
    assert "ZeroDivisionError: division by zero" in outcome.stdout
    assert "return 1 / number  # the culprit" in outcome.stdout
    line = 1 + next(n for n, text in enumerate(
        (project.folder / "failing.py").read_text().splitlines()) if "culprit" in text)
    assert f'failing.py", line {line}, in divide' in outcome.stdout
    if not project.tools.peer:
        assert "/penstock/_" not in outcome.stdout
    # What is recorded.
    path = f"Failing/{run}"
    assert project.ask("[Run(run).successful, Run(run).finished]", run=path) == [False, False]
    assert project.ask("[Task(run + '/work/2').successful, Task(run + '/work/3').successful]", run=path) == [False, True]
    assert "division by zero" in project.ask("str(Task(run + '/work/2').exception)", run=path)
    assert project.ask("Flow('Failing').latest_successful_run is None", run=path) is True
    assert project.ask("Flow('Failing').latest_run.pathspec", run=path) == path
    assert "division by zero" in project.ask("Task(run + '/work/2').stderr", run=path)


@pytest.mark.parametrize("mistake, words", [
    ("unpicklable", ["lock"]),
    ("empty foreach", ["items", "start"]),
    ("exit", ["start"]),
    ("twice", ["next", "start"]),
])
def test_mistakes_at_run_time(project, mistake, words):
    outcome = project.run(project.add("mistaken.py"), "--mistake", mistake).ended_with(1)
    assert f"{outcome.run_id}/each" not in outcome.stdout
    assert all(word in outcome.all for word in words), outcome
    assert project.ask("Run(run).successful", run=f"Mistaken/{outcome.run_id}") is False


def test_a_task_that_kills_itself_is_told_by_its_signal(project):
    file = project.write("flow.py", (project.add("retrying.py")).read_text().replace("@retry(times=1, minutes_between_retries=0)", ""))
    outcome = project.run(file).ended_with(1)
    assert "Task failed." in outcome.stdout
    if not project.tools.peer:
        assert "signal 9" in outcome.stdout


def _folder(project, began=()):
    folder = project.folder / "traces"
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for number in began:
        (folder / f"began-{number}").touch()
    return folder
