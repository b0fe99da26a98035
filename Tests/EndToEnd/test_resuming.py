"""`resume`: what an earlier run has done is taken over, the rest is done."""

import os
import re
import signal

import pytest

from .harness.processes import wait_until, wait_until_gone

WORDS = ["a5", "a10", "b5", "b10", "c5", "c10"]


class Flow:
    """resumable.py in a project, and what of it ran."""

    def __init__(self, project):
        self.project = project
        self.file = project.add("resumable.py")
        self.ran = project.folder / "ran"

    def run(self, fail="", *words, command=("run", "--alpha", "5"), env=None):
        """Runs with the places of `fail` failing; gives the outcome and what ran."""
        self.ran.write_text("")
        variables = dict(env or {}, FAIL=fail, RAN=self.ran)
        outcome = self.project.flow(self.file, *command, *words, env=variables)
        return outcome, sorted(self.ran.read_text().split())

    def resume(self, *words, fail="", **options):
        return self.run(fail, *words, command=("resume",), **options)

    def ask(self, expression, outcome):
        return self.project.ask(expression, run="Resumable/" + outcome.run_id)

    def is_whole(self, outcome):
        outcome.ended_with(0)
        assert self.ask("[Run(run).data.words, Run(run).data.nodes, Run(run).data.alpha]", outcome) == [WORDS, [0, 1, 2], 5]


@pytest.fixture
def flow(project):
    return Flow(project)


LAST = ["end", "many-0", "many-1", "many-2", "together"]


@pytest.mark.parametrize(
    "fail, runs, stays",
    [
        ("start", ["start", "split-a", "inner-c2", *LAST], []),
        ("inner-b2", ["inner-b2", "loop-b2-0", "inner_join-b", *LAST], ["start", "split-b"]),
        ("loop-a1-1", ["inner_join-a", "loop-a1-1", "loop-a1-2", *LAST], ["inner-a1", "loop-a1-0"]),
        ("loop-a1-1 inner_join-c", ["loop-a1-1", "inner_join-c", *LAST], ["loop-a1-0", "split-c"]),
        ("many-2", LAST, ["inner_join-a", "loop-c2-2"]),
        ("many-0", LAST, ["inner_join-a", "loop-c2-2"]),
        ("together", ["end", "together"], ["many-0", "many-1", "many-2"]),
        ("end", ["end"], ["together"]),
    ],
)
def test_a_run_that_failed_goes_on_where_it_failed(flow, fail, runs, stays):
    first, _ = flow.run(fail)
    first.ended_with(1)
    second, ran = flow.resume()
    flow.is_whole(second)
    assert flow.ask("Run(run).data.origin", second) == first.run_id
    assert set(runs) <= set(ran) and not set(stays) & set(ran), ran
    assert len(ran) == len(set(ran))


def test_a_step_and_what_follows_run_again(flow):
    first, _ = flow.run()
    first.ended_with(0)
    second, ran = flow.resume("inner_join")
    flow.is_whole(second)
    assert ran == ["end", "inner_join-a", "inner_join-b", "inner_join-c", "many-0", "many-1", "many-2", "together"]
    third, ran = flow.resume("--origin-run-id", second.run_id)
    flow.is_whole(third)
    assert ran == []


def test_a_run_that_was_resumed_is_not_the_next_origin(flow):
    first, _ = flow.run("end")
    flow.resume(fail="end")
    third, ran = flow.resume()
    assert ran == ["end"] and flow.ask("Run(run).data.origin", third) == first.run_id
    named, _ = flow.resume("--origin-run-id", third.run_id, "end")
    named.ended_with(0)
    assert flow.ask("Run(run).origin_pathspec", named) == "Resumable/" + third.run_id


def test_clones_point_at_what_they_stand_for(flow):
    first, _ = flow.run("end")
    second, _ = flow.resume()
    found = flow.ask(
        "[[task.origin_pathspec, task.stdout, task.metadata_dict['origin-run-id'], task.metadata_dict['origin-task-id'],"
        " task.data.word, task.finished] for task in Run(run)['leave']]", second)
    assert len(found) == 6
    for origin, printed, run, task, word, finished in found:
        assert origin == f"Resumable/{first.run_id}/leave/{task}" and run == first.run_id
        assert printed == "" and word in WORDS and finished
    assert flow.ask("'origin-task-id' in Run(run)['end'].task.metadata_dict", second) is False
    # By reference: nothing of it is stored again.
    assert flow.ask("sorted(t.artifacts.word.sha for t in Run(run)['leave'])", second) == flow.ask(
        "sorted(t.artifacts.word.sha for t in Run(run)['leave'])", first)


def test_a_run_whose_engine_was_killed_is_resumed(flow):
    project = flow.project
    flow.ran.write_text("")
    process = project.start(flow.file, "--alpha", "5", env={"RAN": flow.ran, "FAIL": ""})
    wait_until(lambda: "inner_join-" in flow.ran.read_text() or process.poll() is not None, 30, project.said)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_until_gone(project)
    second, ran = flow.resume()
    flow.is_whole(second)
    assert "start" not in ran


def test_changed_code_runs_from_where_it_differs(flow):
    flow.run("end")
    text = flow.file.read_text()
    flow.file.write_text(text.replace("self.next(self.end)", "self.next(self.late)").replace(
        "    @step\n    def end(self):", "    @step\n    def late(self):\n        mark('late')\n        self.next(self.end)\n\n"
        "    @step\n    def end(self):"))
    second, ran = flow.resume()
    flow.is_whole(second)
    assert ran == ["end", "late", "together"]


def test_only_clones(flow):
    flow.run("together")
    second, ran = flow.resume("--clone-only", "--run-id", "mine-1")
    assert ran == [] and second.run_id == "mine-1"
    assert flow.ask("sorted(step.id for step in Run(run))", second) == [
        "fan", "inner", "inner_join", "leave", "loop", "many", "outer_join", "split", "start"]


@pytest.mark.parametrize(
    "words, code, said",
    [
        (["--origin-run-id", "12345"], 1, "there is no run Resumable/12345"),
        (["nosuchstep"], 1, "no step 'nosuchstep'"),
        (["--run-id", "77"], 2, "ids that are numbers"),
        (["--alpha", "3"], 2, "--alpha"),
        (["--max-workers", "0"], 2, "max-workers"),
    ],
)
def test_what_cannot_be_resumed_is_refused_and_leaves_nothing(flow, words, code, said):
    flow.run("end")
    before = flow.project.ask("[run.id for run in Flow('Resumable')]")
    outcome, ran = flow.resume(*words)
    outcome.ended_with(code)
    assert said in outcome.stderr and ran == []
    assert flow.project.ask("[run.id for run in Flow('Resumable')]") == before


def test_nothing_to_resume(flow):
    outcome, _ = flow.resume()
    outcome.ended_with(1)
    assert re.search("there is no run of Resumable to resume", outcome.stderr) and not flow.project.store.joinpath(".penstock").exists()
