"""The client on runs with branches, loops and retries."""

import json

import pytest

pytestmark = pytest.mark.peer

PATHS = "lambda tasks: sorted(task.path_components[-2] + '/' + str(task.index) for task in tasks)"


class Seen:
    """A finished run of a flow, and expressions about it."""

    def __init__(self, project, flow):
        self.project = project
        self.file = project.add(flow + ".py")
        self.path = "%s/%s" % (flow.capitalize(), project.run(self.file).ended_with(0).run_id)

    def ask(self, expression):
        return self.project.ask(expression, run=self.path)


@pytest.fixture(scope="module")
def shapes(shared_project):
    return Seen(shared_project, "shapes")


@pytest.fixture(scope="module")
def retrying(shared_project):
    return Seen(shared_project, "retrying")


@pytest.mark.parametrize("expression, value", [
    ("[t.id for t in Run(run)['start'].task.child_tasks] == [Run(run)[s].task.id for s in ('left', 'right')]", True),
    (f"({PATHS})(Run(run)['meet'].task.parent_tasks)", ["left/None", "right/None"]),
    (f"({PATHS})(Run(run)['spread'].task.child_tasks)", ["letter/0", "letter/1", "letter/2"]),
    ("[len(list(t.child_tasks)) for t in Run(run)['letter']]", [4, 4, 4]),
    ("[sorted(p.index for p in t.parent_tasks) for t in Run(run)['numbers_together']]", [[0, 1, 2, 3]] * 3),
    ("all(t in [c for p in t.parent_tasks for c in p.child_tasks] or t.pathspec in"
     " [c.pathspec for p in t.parent_tasks for c in p.child_tasks] for s in Run(run) for t in s if s.id != 'start')", True),
    ("list(Run(run)['start'].task.parent_tasks) + list(Run(run)['end'].task.child_tasks)", []),
    ("sorted(s.id for s in Run(run)['meet'].parent_steps)", ["left", "right"]),
    ("sorted(s.id for s in Run(run)['start'].child_steps)", ["left", "right"]),
    ("list(Run(run)['start'].parent_steps) + list(Run(run)['end'].child_steps)", []),
    ("sorted(t.data.pair for t in Run(run)['number'])[:5]", ["a0", "a1", "a2", "a3", "b0"]),
    ("sorted(a.id for a in Run(run)['meet'].task)", ["by_name", "common", "name", "only_left", "only_right", "order"]),
    ("Run(run)['number'].finished_at >= Run(run)['number'].created_at", True),
    ("Run(run)['meet'].task.index", None),
    ("[s.id for s in Run(run)][:2]", ["end", "letters_together"]),
    ("[t.created_at for t in Run(run)['number']] == sorted((t.created_at for t in Run(run)['number']), reverse=True)", True),
    ("Run(run).trigger", None),
    ("Run(run)['start'].control_task", None),
    ("Run(run)._graph_endpoints == ('start', 'end')", True),
    ("Task(Run(run).end_task.pathspec).parent.parent.parent.id", "Shapes"),
])
def test_shapes(shapes, expression, value):
    assert shapes.ask(expression) == value


def test_a_task_read_twice_is_the_same(shapes):
    """Whatever a property says, it says again, however the object was come by."""
    script = (
        "from metaflow import *\nimport json, types\nnamespace(None)\n"
        f"run = Run({shapes.path!r})\n"
        "names = [n for n, v in vars(Task).items() if isinstance(v, property)]\n"
        "names = [n for n in names if n not in 'data artifacts metadata code parent_tasks child_tasks'.split()]\n"
        "def facts(task):\n"
        "    read = {n: getattr(task, n) for n in names}\n"
        "    return {n: list(v) if isinstance(v, types.GeneratorType) else v for n, v in read.items()}\n"
        "different = [(t.pathspec, n) for s in run for t in s for u in [Task(t.pathspec)]\n"
        "             for n in names if facts(t)[n] != facts(u)[n]]\n"
        "print(json.dumps([len(names) > 10, different]))\n")
    assert json.loads(shapes.project.python("-c", script).ended_with(0).stdout) == [True, []]


@pytest.mark.parametrize("expression, value", [
    ("Run(run)['start'].task.data.attempt", 2),
    ("[Task(run + '/start/1', attempt=n).data.half_done for n in range(3)]", ["by attempt %d" % n for n in range(3)]),
    ("[Task(run + '/start/1', attempt=n).successful for n in range(3)]", [False, False, True]),
    ("[Task(run + '/start/1', attempt=n).stdout for n in range(3)]", ["attempt %d\n" % n for n in range(3)]),
    ("[Task(run + '/start/1', attempt=n).current_attempt for n in range(3)]", [0, 1, 2]),
    ("Task(run + '/start/1', attempt=0).exception.type", "builtins.ValueError"),
    ("Task(run + '/start/1').exception", None),
    ("Task(run + '/start/1').current_attempt", 2),
    ("sorted(m.value for m in Task(run + '/start/1').metadata if m.type == 'attempt')", ["0", "1", "2"]),
    ("[m.value for m in Task(run + '/start/1', attempt=1).metadata if m.type == 'attempt']", ["1"]),
    ("DataArtifact(run + '/start/1/attempt', attempt=1).data", 1),
    ("DataArtifact(run + '/start/1/attempt', attempt=1).parent.data.attempt", 1),
    ("Task(run + '/killed/2', attempt=0).successful", False),
    ("'survived' in Task(run + '/killed/2', attempt=0)", False),
    ("Run(run).data.survived", 1),
])
def test_attempts(retrying, expression, value):
    assert retrying.ask(expression) == value


def test_pickled_objects(shapes):
    """They come back in another namespace, and know their store."""
    folder = shapes.project.folder / "elsewhere"
    folder.mkdir()
    script = (
        "from metaflow import *\nimport pickle, sys\nnamespace(None)\nrun = Run(%r)\n"
        "pickle.dump([run, run['start'].task, run['start'].task['common']], open(sys.argv[1], 'wb'))\n" % shapes.path)
    shapes.project.python("-c", script, folder / "objects").ended_with(0)
    script = (
        "from metaflow import *\nimport pickle, sys\nnamespace('user:nobody')\n"
        "run, task, artifact = pickle.load(open(sys.argv[1], 'rb'))\n"
        "print(run['end'].task.data.common, task.parent.parent.id == run.id, artifact.data)\n")
    said = shapes.project.python("-c", script, folder / "objects").ended_with(0).stdout
    assert said.split() == ["common", "True", "common"]
