"""`penstock …`: running a flow file, and looking at what was run, without one."""

import json
import os
import re
import signal
import subprocess
import time

import pytest


class Recorded:
    """Runs of two flows: one that succeeded, and one with a failed task in a foreach."""

    def __init__(self, project):
        self.project = project
        self.linear = project.run(project.add("linear.py"), "--tag", "good").ended_with(0).run_id
        traces = project.folder / "traces"
        traces.mkdir()
        (traces / "began-1").touch()
        self.failing = project.run(
            project.add("failing.py"), "--max-workers", "2", "--tag", "bad", env={"TRACES": traces}).ended_with(1).run_id

    def words(self, words):
        return [word.replace("LINEAR", f"Linear/{self.linear}").replace("FAILING", f"Failing/{self.failing}") for word in words]

    def penstock(self, *words, **options):
        return self.project.engine(*self.words(words), **options)

    def json(self, *words):
        return json.loads(self.penstock(*words, "--json").ended_with(0).stdout)


@pytest.fixture(scope="module")
def recorded(shared_project):
    if shared_project.tools.peer:
        pytest.skip("Penstock only")
    return Recorded(shared_project)


TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")


# Looking at runs

def test_runs(recorded):
    lines = recorded.penstock("runs").ended_with(0).stdout.splitlines()
    assert lines[0].split() == ["RUN", "STATUS", "STARTED", "DURATION", "USER", "TAGS"]
    assert lines[1].startswith(f"Failing/{recorded.failing}") and "failed" in lines[1] and lines[1].endswith("bad")
    assert lines[2].startswith(f"Linear/{recorded.linear}") and "succeeded" in lines[2]


@pytest.mark.parametrize("words, flows", [
    ([], ["Failing", "Linear"]), (["Linear"], ["Linear"]), (["--tag", "bad"], ["Failing"]),
    (["--tag", "bad", "--tag", "good"], []), (["--status", "succeeded"], ["Linear"]),
    (["--status", "failed", "--status", "succeeded"], ["Failing", "Linear"]), (["--status", "running"], []),
    (["--limit", "1"], ["Failing"]), (["--limit", "0"], ["Failing", "Linear"]), (["--user", "tester"], ["Failing", "Linear"]),
    (["--user", "nobody"], []), (["Linear", "--status", "failed"], []), (["--tag", "user:tester", "--limit", "5"], ["Failing", "Linear"]),
], ids=" ".join)
def test_choosing_runs(recorded, words, flows):
    assert [run["flow"] for run in recorded.json("runs", *words)] == flows


def test_the_members_of_json(recorded):
    """Programs rely on these; more may come."""
    run = recorded.json("runs", "Linear")[0]
    assert set(run) == {
        "flow", "run", "path", "status", "created_at", "finished_at", "duration", "user", "tags", "system_tags"}
    assert run["path"] == f"Linear/{recorded.linear}" and run["tags"] == ["good"] and TIME.match(run["created_at"])
    run = recorded.json("show", "FAILING")
    assert run["status"] == "failed" and [step["step"] for step in run["steps"]] == ["start", "work"]
    work = run["steps"][1]
    assert set(work) == {
        "step", "path", "status", "task_count", "succeeded", "failed", "running", "abandoned", "started_at", "finished_at",
        "duration"}
    assert (work["status"], work["failed"], work["running"]) == ("failed", 1, 0)
    step = recorded.json("show", "FAILING/work")
    assert [task["status"] for task in step["tasks"]][:1] == ["failed"]
    task = recorded.json("show", "FAILING/work/2")
    assert set(task) >= {"task", "step", "path", "status", "created_at", "duration", "attempt", "foreach", "inputs", "attempts",
                         "artifacts"}
    assert task["foreach"] == [{"step": "start", "variable": "items", "index": 0, "value": "0"}]
    assert task["inputs"] == [f"Failing/{recorded.failing}/start/1"]
    assert task["attempts"][0]["exception"]["type"].endswith("ZeroDivisionError")
    artifact = recorded.json("show", "LINEAR/start/1/number")
    assert set(artifact) == {"name", "path", "type", "size", "digest", "encoding", "inherited", "created_at"}
    assert (artifact["name"], artifact["type"], artifact["inherited"]) == ("number", "int", False)
    flow = recorded.json("show", "Linear")
    assert flow["flow"] == "Linear" and [run["run"] for run in flow["runs"]] == [recorded.linear]
    tags = recorded.json("tags", "LINEAR")
    assert tags["tags"] == ["good"] and "user:tester" in tags["system_tags"]


@pytest.mark.parametrize("path, words", [
    ("Linear", ["newest run", "good"]),
    ("LINEAR", ["succeeded", "middle", "linear.py", "good"]),
    ("FAILING", ["failed", "ZeroDivisionError: division by zero", "resume --origin-run-id"]),
    ("FAILING/work", ["start[0]=0", "failed"]),
    ("FAILING/work/2", ["ZeroDivisionError", "start/1", "items", "list"]),
    ("LINEAR/start/1/text", ["str", "this task", "dump"]),
])
def test_show(recorded, path, words):
    told = recorded.penstock("show", path).ended_with(0).stdout
    assert all(word in told for word in words), told


def test_artifacts(recorded):
    own = recorded.json("artifacts", "LINEAR/middle", "--own")
    assert {artifact["name"] for artifact in own} == {"grown", "name_of_step", "number"}
    everything = recorded.json("artifacts", "LINEAR")
    assert {artifact["path"].split("/")[2] for artifact in everything} == {"start", "middle", "end"}
    assert [artifact["name"] for artifact in recorded.json("artifacts", "LINEAR", "--name", "_hidden")] == ["_hidden"] * 3
    assert "number" in recorded.penstock("artifacts", "LINEAR/start/1").ended_with(0).stdout


def test_logs(recorded):
    told = recorded.penstock("logs", "LINEAR").ended_with(0).stdout.splitlines()
    assert "[start/1] start says: grüße, 世界" in told and "[end/3]   second line  " in told
    assert told.index("[end/3] first line") < told.index("[end/3]   second line  ")
    assert recorded.penstock("logs", "Linear", "--stderr").ended_with(0).stdout == "[start/1] start warns\n"
    assert recorded.penstock("logs", "LINEAR/end/3").ended_with(0).stdout == "first line\n  second line  \n"
    assert recorded.penstock("logs", "LINEAR/end", "--attempt", "3").ended_with(0).stdout == ""
    line = json.loads(recorded.penstock("logs", "LINEAR", "--stderr", "--json").ended_with(0).stdout)
    assert set(line) == {"path", "attempt", "stream", "at", "text"} and line["text"] == "start warns"


def test_tags(recorded):
    told = recorded.penstock("tags", "LINEAR", "add", "one", "two words").ended_with(0).stdout.splitlines()
    assert told[:3] == ["good", "one", "two words"]
    recorded.penstock("tags", "LINEAR", "remove", "one", "two words").ended_with(0)
    assert recorded.json("tags", "LINEAR/start")["tags"] == ["good"]
    for words in (["remove", "good", "user:tester"], ["add", "more", "x" * 501], ["add", "more", ""]):
        recorded.penstock("tags", "LINEAR", *words).ended_with(1)
    assert recorded.json("tags", "LINEAR")["tags"] == ["good"]


@pytest.mark.parametrize("words, code, told", [
    (["rns"], 2, "did you mean 'runs'?"), (["shwo", "x"], 2, "did you mean 'show'?"), (["nonsense"], 2, "nonsense"),
    (["runs", "--limt", "3"], 2, "--limt"), (["runs", "--limit", "many"], 2, "--limit"), (["runs", "--limit", "-1"], 2, "--limit"),
    (["runs", "--status", "done"], 2, "succeeded"), (["runs", "Liner"], 1, "did you mean 'Linear'?"), (["runs", "a/b"], 2, "a/b"),
    (["show"], 2, "pathspec"), (["show", "Linear//x"], 2, "Linear//x"), (["show", "a/b/c/d/e/f"], 2, "a/b/c/d/e/f"),
    (["show", "Linear/1"], 1, "Linear/1"), (["show", "LINEAR/midle"], 1, "did you mean 'middle'?"),
    (["show", "LINEAR/start/99"], 1, "start/99"), (["show", "LINEAR/start/3"], 1, "start/3"),
    (["show", "LINEAR/start/1/nmber"], 1, "did you mean 'number'?"), (["logs", "LINEAR/start/1/number"], 2, "FLOW/RUN/STEP"),
    (["logs", "LINEAR", "--attempt", "-1"], 2, "--attempt"), (["tags", "Linear"], 2, "FLOW/RUN"), (["tags", "LINEAR", "add"], 2, "add"),
    (["tags", "LINEAR", "ad", "x"], 2, "remove"), (["tags", "LINEAR/start", "add", "x"], 2, "tags belong to runs"),
    (["artifacts", "Linear"], 2, "FLOW/RUN"), (["completion", "tcsh"], 2, "fish"), (["run"], 2, "flow.py"),
    (["run", "nowhere.py"], 2, "nowhere.py"), (["run", "--python", "no-such-python", "linear.py"], 2, "no-such-python"),
    (["resume", "--quiet"], 2, "flow.py"), (["show", "nowhere.py"], 2, "nowhere.py"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_one_error_that_helps(recorded, words, code, told):
    before = sorted(path for path in recorded.project.store.rglob("*"))
    outcome = recorded.penstock(*words).ended_with(code)
    assert outcome.stdout == ""
    assert outcome.stderr.startswith("error: ") and outcome.stderr.count("error:") == 1
    assert told in outcome.stderr and "help: " in outcome.stderr, outcome
    assert ("usage: penstock " in outcome.stderr) == (code == 2), outcome
    assert sorted(path for path in recorded.project.store.rglob("*")) == before


def test_where_nothing_was_run(project):
    assert "Nothing was run here" in project.engine("runs").ended_with(0).stderr
    assert json.loads(project.engine("runs", "--json").ended_with(0).stdout) == []
    for words in (["runs", "Flow"], ["show", "Flow/1"], ["logs", "Flow/1"], ["tags", "Flow/1"], ["artifacts", "Flow/1"]):
        assert "nothing was run here" in project.engine(*words).ended_with(1).stderr
    assert list(project.store.iterdir()) == []


def test_another_folder_is_named(recorded, tmp_path):
    store = recorded.project.store
    for root in (store, store / ".penstock"):
        outcome = recorded.project.engine("runs", "Linear", "--root", root, env={"PENSTOCK_ROOT": tmp_path}).ended_with(0)
        assert recorded.linear in outcome.stdout


# Runs in progress

WAITING = '''
import os, sys, time
from metaflow import FlowSpec, step


class Slow(FlowSpec):
    @step
    def start(self):
        print("before", flush=True)
        print("half a", end="", flush=True)
        while not os.path.exists(os.environ["GO"]):
            time.sleep(0.02)
        print(" line")
        self.next(self.end)

    @step
    def end(self):
        print("last words")


if __name__ == "__main__":
    Slow()
'''


def test_a_run_in_progress_is_followed(project, tmp_path):
    if project.tools.peer:
        pytest.skip("Penstock only")
    go = tmp_path / "go"
    process = project.start(project.write("slow.py", WAITING), env={"GO": go})
    deadline = time.monotonic() + 30
    while "before" not in project.said() and time.monotonic() < deadline:
        time.sleep(0.02)
    run = json.loads(project.engine("runs", "--json", "--status", "running").ended_with(0).stdout)[0]
    assert run["status"] == "running" and "finished_at" not in run and run["duration"] >= 0
    # What a task says is shown at once; that it began is recorded with the next batch.
    shown = project.engine("show", f"{run['path']}/start/1", "--json")
    while shown.code != 0 and time.monotonic() < deadline:
        shown = project.engine("show", f"{run['path']}/start/1", "--json")
    task = json.loads(shown.ended_with(0).stdout)
    assert task["status"] == "running" and task["attempts"][0]["status"] == "running"
    assert project.engine("logs", run["path"]).ended_with(0).stdout.splitlines()[0] == "[start/1] before"
    follower = subprocess.Popen(
        [str(project.tools.engine.resolve()), "logs", run["path"], "--follow"], env=project.environment(), cwd=project.folder,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert follower.stdout.readline() == "[start/1] before\n"
    go.touch()
    rest, errors = follower.communicate(timeout=60)
    assert rest == "[start/1] half a line\n[end/2] last words\n" and errors == ""
    assert follower.returncode == 0 and process.wait(timeout=30) == 0


def test_a_run_whose_engine_died_is_abandoned(project, tmp_path):
    if project.tools.peer:
        pytest.skip("Penstock only")
    process = project.start(project.write("slow.py", WAITING), env={"GO": tmp_path / "go"})
    deadline = time.monotonic() + 30
    while "before" not in project.said() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    while time.monotonic() < deadline:
        runs = json.loads(project.engine("runs", "--json").ended_with(0).stdout)
        if runs[0]["status"] != "running":
            break
    assert runs[0]["status"] == "abandoned" and "duration" not in runs[0]
    assert project.engine("runs", "--status", "abandoned", "--limit", "1").ended_with(0).stdout.count("Slow/") == 1
    told = project.engine("show", runs[0]["path"]).ended_with(0).stdout
    assert "abandoned" in told and "resume --origin-run-id" in told
    # Following what does not go on ends at once.
    assert "before" in project.engine("logs", runs[0]["path"], "-f", timeout=20).ended_with(0).stdout


# Flow files

def test_flow_files_are_run(project):
    file = project.add("linear.py").name
    python = project.tools.python
    outcome = project.engine("run", "--python", python, file, "--alpha", "0.5", "--tag", "by penstock").ended_with(0)
    assert "Done!" in outcome.stdout
    run = json.loads(project.engine("runs", "--json").ended_with(0).stdout)[0]
    assert run["tags"] == ["by penstock"]
    # Options before the file are the flow's own.
    quiet = project.engine("run", "--quiet", file, "--alpha", "0.5", env={"VIRTUAL_ENV": python.parent.parent}).ended_with(0)
    assert quiet.stderr == ""
    assert "Step start" in project.engine("show", file, "--python", python).ended_with(0).stdout
    assert project.engine("check", "--python", python, file).ended_with(0).stdout == ""
    help = project.engine("run", "--python", python, file, "--help").ended_with(0).stdout
    assert "--alpha" in help and "--max-workers" in help
    assert "penstock run" in project.engine("run", "--help").ended_with(0).stdout


# Help

def test_help_for_someone_new(project):
    welcome = project.engine().ended_with(0)
    assert "penstock run flow.py" in welcome.stdout and welcome.stderr == "" and len(welcome.stdout.splitlines()) < 15
    help = project.engine("--help").ended_with(0).stdout
    for command in ("run", "resume", "spin", "check", "runs", "show", "logs", "artifacts", "tags", "lock", "env", "completion", "man"):
        assert re.search(rf"^  {command}  ", help, re.MULTILINE), command
        assert "SUBCOMMAND" not in project.engine(command, "--help").ended_with(0).stdout
    assert "serve" not in help and "SUBCOMMAND" not in help
    flow = project.flow(project.add("linear.py"), "help").ended_with(0).stdout
    for command in ("run", "resume", "spin", "dump", "logs", "card", "tag", "package", "output-dot"):
        assert re.search(rf"^  {command} ", flow, re.MULTILINE), command
    assert "describe" not in flow


@pytest.mark.parametrize("shell, check", [("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])])
def test_completions(project, shell, check):
    script = project.engine("completion", shell).ended_with(0).stdout
    assert "artifacts" in script and "--max-num-splits" not in script and "serve" not in script
    file = project.write("script", script)
    try:
        project.command(*check, file).ended_with(0)
    except FileNotFoundError:
        pass


def test_a_shell_completes_names_of_what_was_run(recorded):
    script = (
        'source <("$PENSTOCK_ENGINE" completion bash)\nPATH=$(dirname "$PENSTOCK_ENGINE"):$PATH\n'
        'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}\n'
        "$(complete -p penstock | sed 's/.*-F \\([^ ]*\\).*/\\1/') penstock \"${@: -1}\" \"${@: -2:1}\"\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n')

    def completed(*words):
        outcome = recorded.project.command("bash", "-c", script, "bash", "penstock", *recorded.words(words))
        return set(outcome.ended_with(0).stdout.split())

    assert completed("ru") == {"run", "runs"}
    assert {"list", "delete"} <= completed("runs", "")
    assert completed("runs", "list", "") == {"Failing", "Linear"}
    assert completed("show", "Lin") == {"Linear"} and completed("show", "Linear/") == {f"Linear/{recorded.linear}"}
    assert f"Linear/{recorded.linear}/middle" in completed("logs", "LINEAR/m")
    assert f"Linear/{recorded.linear}/start/1/number" in completed("show", "LINEAR/start/1/n")
    assert completed("tags", "Nothing/") == set() and completed("runs", "list", "--status", "s") == {"succeeded"}


def test_the_manual(project):
    page = project.engine("man").ended_with(0).stdout
    assert page.startswith(".TH PENSTOCK 1") and ".SH NAME" in page
    for text in ("penstock runs", "python flow.py tag replace", r"\-\-max\-num\-splits", r"\-\-follow"):
        assert text in page
    assert "describe" not in page and "serve" not in page
    try:
        shown = project.command("man", "--warnings", "-l", project.write("penstock.1", page))
    except FileNotFoundError:
        return
    assert shown.code != 0 or shown.stderr == ""


# Flow commands that list

def test_what_flows_list_as_json(recorded):
    def flow(*words):
        return json.loads(recorded.project.flow("linear.py", "--quiet", *words).ended_with(0).stdout)

    graph = flow("show", "--json")
    assert graph == flow("output-raw", "--json") and graph["graph"]["start"]["next"] == ["middle"]
    dumped = flow("dump", "--json", "--include", "number,text", f"{recorded.linear}/end")
    assert dumped[0]["path"] == f"Linear/{recorded.linear}/end/3"
    assert dumped[0]["artifacts"][0] == {"name": "number", "type": "int", "size": dumped[0]["artifacts"][0]["size"], "value": "18"}
    files = flow("package", "list", "--json")
    assert {"path", "role", "size"} <= set(files[0]) and any(file["path"] == "linear.py" for file in files)
    assert flow("package", "info", "--json")["script"] == "linear.py"
    description = flow("describe")
    assert description["name"] == "Linear" and description["parameters"][0]["name"] == "alpha"


@pytest.mark.peer
@pytest.mark.parametrize("words, code", [
    (["nonsense"], 2), (["--nonsense", "run"], 2), (["run", "--nonsense", "1"], 2), (["dump"], 2), (["dump", "12345/start"], 0),
    (["dump", "12345"], 1), (["dump", "--max-value-size", "x", "1/start"], 2), (["package", "nonsense"], 2), (["tag"], 0), (["package"], 0),
    (["card"], 0), (["show"], 0), (["output-dot"], 0), (["output-raw"], 0), (["output-raw", "--json"], 0), (["check", "--warnings"], 0),
    (["check", "--no-warnings"], 0), (["help"], 0), (["version"], 0), (["package", "--timeout", "30", "list", "--no-archive"], 0),
    (["package", "info"], 0), (["card", "list"], 1), (["card", "get"], 2),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_exit_codes_of_flow_commands(project, words, code):
    if project.tools.peer and words == ["card", "get"]:
        pytest.skip("the official one looks for a store first")
    outcome = project.flow(project.add("linear.py"), *words).ended_with(code)
    if project.tools.peer:
        return
    assert "Traceback" not in outcome.all and not outcome.started_a_run
    if code:
        assert outcome.stderr.count("error: ") == 1 and "help: " in outcome.stderr, outcome
    if code == 2:
        assert f"usage: python {project.folder}/linear.py" in outcome.stderr


@pytest.mark.peer
@pytest.mark.parametrize("words, code", [
    (["run", "--tag", ""], 1), (["run", "--tag", "x" * 501], 1), (["run", "--max-workers", "x"], 2),
    (["run", *(word for n in range(51) for word in ("--tag", f"t{n}"))], 1), (["run", "--alpha"], 2), (["run", "stray"], 2),
], ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else "")
def test_a_run_that_cannot_begin_is_not_recorded(project, words, code):
    outcome = project.flow(project.add("linear.py"), *words).ended_with(code)
    assert not outcome.started_a_run and "Traceback" not in outcome.all
    assert project.ask("[run.id for flow in Metaflow().flows for run in flow]") == []


@pytest.mark.parametrize("words", [
    ["package", "save", "nowhere/x.tgz"], ["run", "--run-id-file", "nowhere/id"], ["card", "get", "start", "nowhere/x.html"],
], ids=" ".join)
def test_a_file_that_cannot_be_written(project, words):
    file = project.add("linear.py")
    project.run(file, "--with", "card:type=blank").ended_with(0)
    outcome = project.flow(file, *words).ended_with(1)
    assert "No such file or directory" in outcome.stderr and words[-1] in outcome.stderr and "help: " in outcome.stderr
    assert not outcome.started_a_run and "NSCocoa" not in outcome.stderr
    assert len(list((project.store / ".penstock" / "logs").rglob("*.log"))) == 1, "nothing is left of a run that did not begin"


def test_help_tells_what_a_flow_brings(project):
    file = project.write("configured.py", '''
from metaflow import Config, FlowSpec, Parameter, project, step

@project(name="shop")
class Configured(FlowSpec):
    size = Parameter("size", default=3, help="How large.")
    settings = Config("settings", default_value={"a": 1}, help="All settings.")

    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    Configured()
''')
    top = project.flow(file, "--help").ended_with(0).stdout
    assert "--config settings" in top and "All settings." in top and "--branch" in top and "--size" not in top
    run = project.flow(file, "run", "--help").ended_with(0).stdout
    assert "--size" in run and "How large." in run and "--branch" not in run


@pytest.mark.peer
def test_options_of_runs_from_the_environment(project):
    outcome = project.run(project.add("linear.py"), env={
        "METAFLOW_RUN_RUN_ID_FILE": project.folder / "id", "METAFLOW_RUN_MAX_WORKERS": "2", "METAFLOW_RUN_ALPHA": "0.125",
        "METAFLOW_RUN_TAGS": "one two", "METAFLOW_QUIET": "1"}).ended_with(0)
    run = f"Linear/{outcome.run_id}"
    assert (project.folder / "id").read_text() == outcome.run_id and outcome.stderr == ""
    assert project.ask("sorted(Run(run).user_tags)", run=run) == ["one", "two"]
    assert project.ask("Run(run)['start'].task.data.doubled", run=run) == 0.25
