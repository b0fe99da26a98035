"""dump, logs and the client, all on one run."""

import io
import json
import pickle
import re
import tarfile

import pytest

pytestmark = pytest.mark.peer


class Seen:
    """A finished run and how to ask about it."""

    def __init__(self, project):
        self.project = project
        self.file = project.add("linear.py")
        self.run = project.run(self.file, "--alpha", "0.5").ended_with(0).run_id

    def flow(self, *words):
        return self.project.flow(self.file, *words)

    def ask(self, expression, **names):
        return self.project.ask(expression, run=f"Linear/{self.run}", **names)


@pytest.fixture(scope="module")
def seen(shared_project):
    return Seen(shared_project)


DUMPED = re.compile(r"(\S+) \[size: (\d+) type: (.+?)\](?: = (.*))?$")


def dumped(outcome):
    """Name to (type, value) of each line of a dump."""
    found = {}
    for line in outcome.ended_with(0).stdout.splitlines():
        match = DUMPED.match(line.strip())
        if match:
            found[match.group(1)] = (match.group(3), match.group(4))
    return found


def test_dump_shows_artifacts(seen):
    found = dumped(seen.flow("dump", f"{seen.run}/start/1"))
    assert found["number"][1] == "17" and "int" in found["number"][0]
    assert "grüße, 世界" in found["text"][1]
    assert found["doubled"][1] == "1.0"
    assert "_hidden" not in found and "point" in found


def test_dump_of_a_step_and_of_the_private_ones(seen):
    assert dumped(seen.flow("dump", f"{seen.run}/end"))["number"][1] == "18"
    assert "not shown" in dumped(seen.flow("dump", "--private", f"{seen.run}/start"))["_hidden"][1]


def test_dump_selects_and_shortens(seen):
    found = dumped(seen.flow("dump", "--include", "number,text", f"{seen.run}/start"))
    assert set(found) == {"number", "text"}
    keys = dumped(seen.flow("dump", "--max-value-size", "0", f"{seen.run}/start"))
    assert "number" in keys and "17" not in (keys["number"][1] or "")


def test_dump_to_a_file(seen):
    file = seen.project.folder / "dumped"
    seen.flow("dump", "--include", "number,text", "--file", file, f"{seen.run}/end").ended_with(0)
    content = pickle.loads(file.read_bytes())
    values = content[f"{seen.run}/end/3"] if f"{seen.run}/end/3" in content else content
    assert values["number"] == 18 and values["text"] == "grüße, 世界"


def test_dump_of_nothing_is_no_failure(seen):
    assert dumped(seen.flow("dump", f"{seen.run}/start", "--include", "absent")) == {}


@pytest.mark.parametrize("options, wanted, unwanted", [
    ((), ["start says: grüße, 世界", "start warns"], []),
    (("--stdout",), ["start says: grüße, 世界"], ["start warns"]),
    (("--stderr",), ["start warns"], ["start says"]),
    (("--both",), ["start says: grüße, 世界", "start warns"], []),
], ids=["default", "stdout", "stderr", "both"])
def test_logs(seen, options, wanted, unwanted):
    outcome = seen.flow("logs", *options, f"{seen.run}/start").ended_with(0)
    assert all(text in outcome.stdout for text in wanted), outcome
    assert not any(text in outcome.stdout for text in unwanted), outcome


def test_logs_keep_lines_as_they_were_printed(seen):
    outcome = seen.flow("logs", "--stdout", f"{seen.run}/end/3").ended_with(0)
    assert "first line" in outcome.stdout and "second line" in outcome.stdout
    assert outcome.stdout.index("first line") < outcome.stdout.index("second line")


def test_logs_with_times(seen):
    outcome = seen.flow("logs", "--timestamps", "--stdout", f"{seen.run}/end").ended_with(0)
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d.*first line", outcome.stdout), outcome


@pytest.mark.parametrize("command", ["dump", "logs"])
def test_a_run_that_does_not_exist(seen, command):
    outcome = seen.flow(command, "12345/start")
    assert outcome.code in ((0, 1) if command == "dump" else (1,))
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize("expression, value", [
    ("Run(run).successful", True),
    ("Run(run).finished", True),
    ("Run(run).data.number", 18),
    ("Run(run).data.text", "grüße, 世界"),
    ("Run(run)['start'].task.data.number", 17),
    ("Run(run)['start'].task.stdout", "start says: grüße, 世界\n"),
    ("Run(run)['start'].task.stderr", "start warns\n"),
    ("Run(run)['end'].task.stdout", "first line\n  second line  \n"),
    ("[step.id for step in Run(run)]", ["end", "middle", "start"]),
    ("['middle' in Run(run), 'nowhere' in Run(run)]", [True, False]),
    ("Run(run)['middle'].task.pathspec == run + '/middle/2'", True),
    ("Flow('Linear').latest_run.pathspec == run", True),
    ("Flow('Linear').latest_successful_run.pathspec == run", True),
    ("[r.pathspec for r in Flow('Linear')] == [run]", True),
    ("[f.id for f in Metaflow().flows]", ["Linear"]),
    ("Run(run).end_task.id", "3"),
    ("list(Run(run).user_tags)", []),
    ("Task(run + '/start/1').artifacts.number.data", 17),
    ("DataArtifact(run + '/end/3/number').data", 18),
    ("['number' in Task(run + '/start/1').data, 'nope' in Task(run + '/start/1').data]", [True, False]),
    ("[Task(run + '/start/1').successful, Task(run + '/start/1').finished]", [True, True]),
    ("Task(run + '/start/1').current_attempt", 0),
    ("Run(run).finished_at >= Run(run).created_at", True),
    ("any(a.id.startswith('_') for a in Task(run + '/start/1'))", False),
    ("Task(run + '/start/1').metadata_dict['attempt_ok']", "True"),
    ("Task(run + '/start/1')['_hidden'].data", "not shown"),
    ("[m.type for m in Task(run + '/start/1').metadata if m.name == 'attempt_ok']", ["internal_attempt_status"]),
    ("[Run(run)['_parameters'].task.metadata_dict[name] for name in ('start_step', 'end_step')]", ["start", "end"]),
    ("json.loads(Task(run + '/start/1').metadata_dict['code-package'])['sha'] == Run(run).code.path", True),
    ("Task(run + '/start/1').environment_info", None),
], ids=lambda value: value if isinstance(value, str) and "(" in value else "gives")
def test_client(seen, expression, value):
    assert seen.ask(expression) == value


@pytest.mark.parametrize("expression, error", [
    ("Flow('Nowhere')", "MetaflowNotFound"),
    ("Run('Linear/1')", "MetaflowNotFound"),
    ("Run(run)['nowhere']", "KeyError"),
    ("Run('Linear')", "MetaflowInvalidPathspec"),
    ("Task(run + '/start/1').data.nope", "AttributeError"),
])
def test_client_says_what_is_not_there(seen, expression, error):
    script = (
        "from metaflow import *\nnamespace(None)\nrun = %r\n"
        "try:\n    print('gave', %s)\nexcept Exception as error:\n    print(type(error).__name__)\n"
        % (f"Linear/{seen.run}", expression))
    assert seen.project.python("-c", script).ended_with(0).stdout.strip() == error


def test_objects_of_the_flow_file_load_in_the_client(seen):
    """The class was pickled as `__main__.Point`; a client that has such a class gets it back."""
    script = (
        "from metaflow import Run, namespace\nnamespace(None)\n"
        "class Point: pass\n"
        f"point = Run('Linear/{seen.run}').data.point\n"
        "print(type(point) is Point, point.x, point.y)\n")
    assert seen.project.python("-c", script).ended_with(0).stdout.split() == ["True", "1", "2"]


def test_another_namespace_hides_the_run(seen):
    script = (
        "from metaflow import Run, namespace\nnamespace('user:somebody-else')\n"
        f"try:\n    Run('Linear/{seen.run}')\nexcept Exception as error:\n    print(type(error).__name__)\n")
    assert seen.project.python("-c", script).ended_with(0).stdout.strip() == "MetaflowNamespaceMismatch"
