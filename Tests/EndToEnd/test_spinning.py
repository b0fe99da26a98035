"""`spin`: one task of an earlier run, run again by itself."""

import json

import pytest

FLOW = '''
import time
from metaflow import FlowSpec, Parameter, current, step, timeout

class Spun(FlowSpec):
    alpha = Parameter("alpha", default=2)

    @step
    def start(self):
        self.base = 10
        self.items = ["x", "y"]
        self.next(self.outer, foreach="items")

    @step
    def outer(self):
        self.letter = self.input
        self.numbers = [1, 2, 3]
        self.next(self.inner, foreach="numbers")

    @step
    def inner(self):
        self.value = "%s%d" % (self.letter, self.input * self.alpha * FACTOR)
        self.stack = [(i, n, v) for i, n, v in self.foreach_stack()]
        self.next(self.inner_join)

    @step
    def inner_join(self, inputs):
        self.values = [each.value for each in inputs]
        self.next(self.outer_join)

    @step
    def outer_join(self, inputs):
        self.values = [value for each in inputs for value in each.values]
        self.next(self.end)

    @timeout(seconds=1)
    @step
    def end(self):
        if SLOW:
            time.sleep(3)
        self.count = len(self.values)

if __name__ == "__main__":
    Spun()
'''


class Spun:
    def __init__(self, project):
        self.project = project
        self.write()
        self.run = project.run(self.file).ended_with(0).run_id

    def write(self, factor=1, slow=False):
        self.file = self.project.write("spun.py", FLOW.replace("FACTOR", str(factor)).replace("SLOW", str(slow)))

    def spin(self, *words):
        """The outcome, and the path of the task that was spun."""
        told = self.project.folder / "told.json"
        outcome = self.project.flow(self.file, "spin", *words, "--runner-attribute-file", told)
        if outcome.code:
            return outcome, None
        facts = json.loads(told.read_text())
        assert facts["metadata"].startswith("spin@")
        return outcome, "/".join(facts[name] for name in ("flow_name", "run_id", "step_name", "task_id"))

    def ask(self, expression, task):
        return self.project.ask(expression, task=task)


@pytest.fixture
def spun(project):
    return Spun(project)


@pytest.mark.parametrize("form", ["{step}", "{run}/{step}", "{run}/{step}/{task}", "Spun/{run}/{step}/{task}"])
def test_a_task_runs_again_with_new_code(spun, form):
    task = spun.project.ask("Run(run)['inner'].task.id", run="Spun/" + spun.run)
    before = spun.project.ask("Task(task).data.value", task=f"Spun/{spun.run}/inner/{task}")
    spun.write(factor=100)
    outcome, path = spun.spin(form.format(run=spun.run, step="inner", task=task))
    outcome.ended_with(0)
    value, stack = spun.ask("[Task(task).data.value, Task(task).data.stack]", path)
    assert value == before[0] + str(int(before[1:]) * 100)
    assert stack[0][1] == 2 and stack[1][1] == 3 and stack[0][2] == value[0]


def test_a_join_has_the_inputs_that_it_had(spun):
    outcome, path = spun.spin("outer_join")
    outcome.ended_with(0)
    assert spun.ask("Task(task).data.values", path) == ["x2", "x4", "x6", "y2", "y4", "y6"]


def test_artifacts_take_the_place_of_inherited_ones(spun):
    module = spun.project.write("other.py", "ARTIFACTS = {'values': ['only']}")
    outcome, path = spun.spin("end", "--artifacts-module", module)
    outcome.ended_with(0)
    assert spun.ask("Task(task).data.count", path) == 1


def test_decorators_count_unless_they_are_skipped(spun):
    spun.write(slow=True)
    outcome, _ = spun.spin("end")
    outcome.ended_with(1)
    assert "timed out" in outcome.all
    outcome, path = spun.spin("end", "--skip-decorators")
    outcome.ended_with(0)
    assert spun.ask("Task(task).data.count", path) == 6


def test_spun_tasks_are_no_runs(spun):
    spun.spin("start")[0].ended_with(0)
    assert spun.project.ask("[run.id for run in Flow('Spun')]") == [spun.run]
    assert spun.project.ask("Flow('Spun').latest_run.id") == spun.run
    found = spun.project.ask("[inspect_spin(root), len(list(Flow('Spun')))][1]", root=str(spun.project.store))
    assert found == 1


@pytest.mark.parametrize(
    "words, code, said",
    [
        (["nosuch"], 1, "no step 'nosuch'"),
        (["12345/end"], 1, "no run"),
        (["end/999"], 1, "no task"),
        (["a//b"], 1, "does not name a task"),
        (["end", "--artifacts-module", "missing.py"], 1, "does not exist"),
    ],
)
def test_what_cannot_be_spun_is_refused(spun, words, code, said):
    outcome, _ = spun.spin(*words)
    outcome.ended_with(code)
    assert said in outcome.stderr
