"""What surrounds a step's code: decorators, `current`, unbounded foreaches, hooks, and the ways in which it can end."""

import pytest


@pytest.mark.peer
def test_decorators_and_current(project):
    outcome = project.run(project.add("around.py")).ended_with(0)
    run = f"Around/{outcome.run_id}"
    facts = project.ask("Run(run)['start'].task.data.facts", run=run)
    task = facts.pop("task_id")
    assert facts == {
        "flow_name": "Around", "run_id": outcome.run_id, "step_name": "start", "retry_count": 0, "origin_run_id": None,
        "pathspec": f"{run}/start/{task}", "namespace": "user:tester", "username": "tester", "project_name": "around",
        "branch_name": "user.tester", "project_flow_name": "around.user.tester.Around", "is_user_branch": True,
        "is_production": False, "is_running_flow": True,
    }
    assert project.ask("[Run(run)['start'].task.data.absent, Run(run)['start'].task.data.parameter_names]", run=run) == [
        [], ["size"]]
    assert project.ask("[Run(run)[step].task.data.variables for step in ('start', 'join')]", run=run) == [
        ["hush", "from the flow"], [None, None]]
    assert project.ask("Run(run)['join'].task.data.types", run=run) == [
        "metaflow.plugins.timeout_decorator.TimeoutException", "builtins.OSError", None]
    assert project.ask("[Run(run)['join'].task.data.kept, Run(run)['join'].task.data.shown]", run=run) == [
        [1, "kept"], ["the disk is gone", True]]
    assert project.ask("[Run(run)['end'].task.data.me.id, Run(run)['end'].task.data.whole.id]", run=run) == [
        task, outcome.run_id]
    caught = project.ask("[Run(run)['stubborn'].task.exception, Run(run)['stubborn'].task.finished]", run=run)
    assert caught == [None, True]
    assert "OSError: the disk is gone" in outcome.stdout, "@catch prints what it takes"
    assert project.ask("Run(run)['slow'].task['_catch_exception'].data.type.split('.')[-1]", run=run) == "TimeoutException"


def test_tracebacks_of_caught_exceptions_are_the_persons(project):
    outcome = project.run(project.add("around.py")).ended_with(0)
    assert "/penstock/_" not in outcome.stdout
    trace = project.ask("Run(run)['slow'].task.data.error.stacktrace", run=f"Around/{outcome.run_id}")
    assert "time.sleep(60)" in trace and "penstock" not in trace
    assert trace.strip().endswith("TimeoutException: Step *slow* timed out: it may take 1 second.")


@pytest.mark.peer
def test_unbounded_foreach(project):
    outcome = project.run(project.add("unbounded.py")).ended_with(0)
    run = f"Unbounded/{outcome.run_id}"
    seen = project.ask("Run(run)['end'].task.data.seen", run=run)
    assert [inner for _, inner in seen] == [
        [[i, item, [[at, 2, place], [i, None, item]]] for i, item in enumerate((10, 20, 30))]
        for at, place in enumerate("xy")
    ]
    # What the outer foreach goes over is no artifact of the inner one's join, and still known there.
    assert [place for place, _ in seen] == ([None, None] if project.tools.peer else ["x", "y"])
    assert project.ask("[len(list(Run(run)['work'].tasks())), len(list(Run(run)['work'].control_tasks()))]", run=run) == [8, 2]


@pytest.mark.peer
@pytest.mark.parametrize("fail, code, told, sorry", [("False", 0, True, False), ("True", 1, True, True)])
def test_exit_hooks(project, fail, code, told, sorry):
    outcome = project.run(project.add("hooked.py"), "--fail", fail).ended_with(code)
    assert (f"told of Hooked/{outcome.run_id} {code == 0}" in outcome.all) is told
    assert ("sorry" in outcome.all) is sorry
    if not project.tools.peer:
        assert ("a hook that fails" in outcome.all) is (code == 0)


def test_what_cannot_be_stored_is_named(project):
    outcome = project.run(project.add("endings.py"), "--how", "unpicklable").ended_with(1)
    assert "self.holder (of type dict) cannot be stored" in outcome.all
    assert "The part at fault is self.holder['first'].handles['log'][0] (of type _io.TextIOWrapper)." in outcome.all
    assert outcome.all.count("Task is starting (retry).") == 1
    again = project.run(project.folder / "endings.py", "--how", "itself").ended_with(1)
    assert "self.holder is the flow itself" in again.all


@pytest.mark.parametrize(
    "how, attempts, said",
    [
        ("exit", 2, "Task failed."),
        ("no-retry", 1, "Task failed."),
        ("no-retry-at-once", 1, "code 202"),
        ("at-once", 2, "without a result"),
        ("interrupt", 2, "KeyboardInterrupt"),
        ("second-next", 2, "second time"),
        ("parameter", 2, "'how' is a parameter of the flow and cannot be changed"),
    ],
)
def test_endings(project, how, attempts, said):
    outcome = project.run(project.add("endings.py"), "--how", how).ended_with(1)
    assert said in outcome.all
    run = f"Endings/{outcome.run_id}"
    assert project.ask("Run(run)['start'].task.current_attempt", run=run) == attempts - 1
    assert project.ask("[Run(run).successful, Run(run)['start'].task.successful]", run=run) == [False, False]
    if how in ("exit", "interrupt", "second-next", "parameter"):
        assert project.ask("Run(run)['start'].task.data.attempt", run=run) == 1, "artifacts of failures are kept"
