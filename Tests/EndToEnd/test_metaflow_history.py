"""Runs in a local datastore of Metaflow's, made by the official package, are seen by our client and commands as they are."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPORT = Path(__file__).parent / "harness" / "client_report.py"


@pytest.fixture(scope="session")
def official(tmp_path_factory):
    """A Python that has the official package: of PENSTOCK_METAFLOW, or made here where an index can be reached."""
    named = os.environ.get("PENSTOCK_METAFLOW")
    if named:
        return named
    folder = tmp_path_factory.mktemp("official")
    try:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True, timeout=120)
        python = folder / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "-q", "metaflow"], check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError):
        pytest.skip("the official package cannot be installed here")
    return str(python)


class Old:
    """A project with runs of the official package."""

    def __init__(self, project, official):
        self.project = project
        self.official = official
        self.file = project.add("of_metaflow.py")
        self.folder = project.store / ".metaflow"
        self.runs = [self.command(self.file, "--no-pylint", "run", "--tag", "first", "--tag", "schön").ended_with(0)]
        self.runs.append(self.command(self.file, "--no-pylint", "run", "--alpha", "2", env={"FAIL": "1"}).ended_with(1))
        self.runs.append(self.command(self.file, "--no-pylint", "resume").ended_with(0))
        self.runs.append(
            self.command(
                self.file, "--no-pylint", "run", env={"METAFLOW_FEAT_ALWAYS_UPLOAD_CODE_PACKAGE": "1"}).ended_with(0))

    def command(self, *words, env=None):
        path = os.path.dirname(self.official) + os.pathsep + os.environ["PATH"]
        more = {"METAFLOW_DATASTORE_SYSROOT_LOCAL": self.project.store, "PATH": path, **(env or {})}
        return self.project.command(self.official, *words, env=more)

    def id(self, position):
        """The run ids, oldest first."""
        return sorted(path.name for path in (self.folder / "OldFlow").iterdir() if path.name.isdigit())[position]

    def json(self, *words, code=0):
        return json.loads(self.project.engine(*words, "--json").ended_with(code).stdout)


@pytest.fixture(scope="module")
def old(shared_project, official):
    return Old(shared_project, official)


def test_both_clients_say_the_same(old, tmp_path):
    old.command(REPORT, tmp_path / "theirs.json").ended_with(0)
    old.project.python(REPORT, tmp_path / "ours.json").ended_with(0)
    theirs, ours = (json.loads((tmp_path / f"{whose}.json").read_text()) for whose in ("theirs", "ours"))
    assert theirs.keys() == ours.keys() and len(theirs) > 500
    different = [
        (path, member, theirs[path][member], ours[path][member])
        for path in theirs for member in theirs[path]
        if theirs[path][member] != ours[path][member] and theirs[path][member] != "MetaflowNotFound"]
    assert different == []


def test_runs_show_beside_our_own(old):
    flow = old.project.write("own.py", "from penstock import FlowSpec, step\n"
                             "class OldFlow(FlowSpec):\n"
                             "    @step\n    def start(self):\n        self.new = 1\n        self.next(self.end)\n"
                             "    @step\n    def end(self):\n        pass\n"
                             "if __name__ == '__main__':\n    OldFlow()\n")
    own = old.project.run(flow).ended_with(0).run_id
    listed = old.json("runs", "OldFlow")
    assert [run["run"] for run in listed] == [own] + [old.id(each) for each in (3, 2, 1, 0)]
    assert [run["status"] for run in listed] == ["succeeded"] * 3 + ["failed", "succeeded"]
    assert old.project.ask("[run.id for run in Flow('OldFlow')]") == [run["run"] for run in listed]
    assert old.project.ask("Flow('OldFlow').latest_run.data.new") == 1
    assert [run["run"] for run in old.json("runs", "--tag", "first")] == [old.id(0)]
    assert listed[2]["origin_run"] == old.id(1)


def test_commands_show_runs_tasks_artifacts_and_logs(old):
    run = f"OldFlow/{old.id(0)}"
    shown = old.json("show", run)
    assert {step["step"]: step["task_count"] for step in shown["steps"]}["inner"] == 4
    [failed] = [task for task in old.json("show", f"{run}/work")["tasks"] if task["attempt"] == 1]
    task = old.json("show", failed["path"])
    assert [each["status"] for each in task["attempts"]] == ["failed", "succeeded"]
    assert task["attempts"][0]["exception"]["message"] == "green fails at first"
    assert [frame["value"] for frame in task["foreach"]] == ["green"]
    assert task["inputs"] == [f"{run}/start/1"]
    names = {artifact["name"]: artifact for artifact in old.json("artifacts", failed["path"])}
    assert names["colour"]["size"] > 0 and len(names["colour"]["digest"]) == 40
    said = old.project.engine("logs", f"{run}/right").ended_with(0).stdout.splitlines()
    assert [line.split("] ", 1)[-1] for line in said] == [f"line {number}" for number in range(200)]
    assert "of_metaflow.py" in old.project.engine("show", run).ended_with(0).stdout
    assert "asked to fail" in old.project.engine("show", f"OldFlow/{old.id(1)}").ended_with(0).stdout


def test_tags_are_changed_where_metaflow_keeps_them(old):
    run = f"OldFlow/{old.id(0)}"
    assert "good" in old.project.engine("tags", run, "add", "good").ended_with(0).stdout
    script = f"from metaflow import Run, namespace; namespace(None); print(sorted(Run('{run}').user_tags))"
    assert old.command("-c", script).ended_with(0).stdout.splitlines()[-1] == "['first', 'good', 'schön']"
    old.project.ask(f"Run('{run}').remove_tag('good')")
    assert "good" not in old.command("-c", script).ended_with(0).stdout


def test_what_only_metaflow_may_touch_is_refused(old):
    refused = old.project.engine("runs", "delete", f"OldFlow/{old.id(0)}", "--yes")
    assert refused.code != 0 and "Metaflow" in refused.stderr + refused.stdout
    assert old.id(0)


def test_a_damaged_value_is_told(old):
    run, sha = old.id(0), old.project.ask(f"Run('OldFlow/{old.id(0)}')['gather'].task['large'].sha")
    path = old.folder / "OldFlow" / "data" / sha[:2] / sha
    content = path.read_bytes()
    path.write_bytes(content[:-100])
    outcome = old.project.python("-c", f"from metaflow import Run, namespace; namespace(None); Run('OldFlow/{run}')['gather'].task['large'].data")
    path.write_bytes(content)
    assert outcome.code != 0 and sha in outcome.stderr and "damaged" in outcome.stderr


def test_a_project_that_has_only_old_runs(old, tmp_path):
    project = old.project
    said = project.engine("runs", "--root", project.store).ended_with(0).stdout
    assert old.id(0) in said
    only = tmp_path / "only"
    only.mkdir()
    (only / ".metaflow").symlink_to(old.folder)
    assert old.id(3) in project.engine("runs", "--root", only).ended_with(0).stdout
    place = f"local@{only}"
    found = project.ask("[metaflow.metadata(place), Flow('OldFlow').latest_run.id]", place=place)
    assert found == [place, old.id(3)]
