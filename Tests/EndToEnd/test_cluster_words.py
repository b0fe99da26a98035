"""What a person types to run steps on clusters: decorators, --with, settings and commands. Nothing here has a cluster."""

import json
import os
import re
import stat

import pytest

CLUSTERS = ("slurm", "kubernetes", "batch")

#: A Slurm whose commands answer as a controller that is not there does.
AWAY = "#!/bin/sh\necho 'slurm_load_jobs error: Unable to contact slurm controller' >&2\nexit 1\n"


def flow_with(text, more=""):
    return f"""
from penstock import FlowSpec, batch, catch, kubernetes, parallel, resources, retry, secrets, slurm, step, timeout, environment
import os

class Words(FlowSpec):
    @step
    def start(self):
        self.items = [1, 2]
        self.next(self.work, foreach="items")

    {text}
    @step
    def work(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass
{more}
if __name__ == "__main__":
    Words()
"""


@pytest.mark.parametrize("name", CLUSTERS)
def test_every_attribute_that_python_knows_is_known_to_the_engine(project, name):
    """And has no value: None is as good as nothing."""
    file = project.write("words.py", flow_with(f"@{name}(**{{each: None for each in {name}.known}})"))
    project.flow(file, "check").ended_with(0)
    wrong = project.write("words.py", flow_with(f"@{name}(nothing=1)"))
    assert "does not support the attribute 'nothing'" in project.flow(wrong, "check").ended_with(1).stderr


@pytest.mark.parametrize("words, part", [
    (["--with", "slurm:gpus=1"], "has no attribute 'gpus'"),
    (["--with", "kubernetes:cpu=0"], "has cpu=0"),
    (["--with", "batch:memory=much"], "has memory='much'"),
    (["--with", "slurm", "--with", "kubernetes"], "--with 'kubernetes' stands beside --with 'slurm'"),
    (["--with", "slurm", "--with", "timeout:seconds=30"], "a @timeout of 60 seconds at least, not with 30"),
], ids=" ".join)
def test_what_is_wrong_with_options_is_one_error(project, words, part):
    file = project.write("words.py", flow_with(""))
    outcome = project.flow(file, *words, "check").ended_with(1)
    assert part in outcome.stderr and "help: " in outcome.stderr or part in outcome.all
    assert len(re.findall(r"^error", outcome.stderr, re.MULTILINE)) == 1


def test_show_and_graph_tell_of_decorators_and_options(project):
    file = project.write("words.py", flow_with("@resources(cpu=2)\n    @slurm(partition='gpu')"))
    told = json.loads(project.flow(file, "--quiet", "--with", "kubernetes:node_selector={\"disk\": \"ssd\"}",
                                   "output-raw", "--json").stdout or "{}")
    # Two places for one step are refused, and told with their names.
    assert told == {}
    raw = json.loads(project.flow(file, "--quiet", "output-raw", "--json").ended_with(0).stdout)
    assert {each["name"]: each["attributes"] for each in raw["graph"]["work"]["decorators"]} == {
        "slurm": {"partition": "gpu"}, "resources": {"cpu": 2}}
    plain = project.write("words.py", flow_with(""))
    added = json.loads(project.flow(
        plain, "--quiet", "--with", 'kubernetes:node_selector={"disk": "ssd"},tolerations=[{"key": "a,b"}],cpu=2',
        "output-raw", "--json").ended_with(0).stdout)
    for name in ("start", "work", "join", "end"):
        assert added["graph"][name]["decorators"][0]["attributes"] == {
            "node_selector": {"disk": "ssd"}, "tolerations": [{"key": "a,b"}], "cpu": 2}
    assert "@kubernetes(cpu=2)\nStep work" in project.flow(plain, "--with", "kubernetes:cpu=2", "show").ended_with(0).stdout


@pytest.mark.parametrize("name", ["METAFLOW_DECOSPECS", "METAFLOW_DEFAULT_DECOSPECS", "PENSTOCK_DECOSPECS", "METAFLOW_RUN_DECOSPECS"])
def test_settings_stand_for_options(project, name):
    file = project.write("words.py", flow_with(""))
    outcome = project.run(file, env={name: "slurm:partition=a retry:times=1"}).ended_with(1)
    assert "step 'start' is to run on slurm" in outcome.stderr and not outcome.started_a_run


@pytest.mark.parametrize("name", CLUSTERS)
@pytest.mark.parametrize("way", ["decorator", "option"])
def test_a_datastore_that_nodes_cannot_reach_is_one_error(project, name, way):
    file = project.write("words.py", flow_with(f"@{name}" if way == "decorator" else ""))
    outcome = project.run(file, *(["--with", name] if way == "option" else [])).ended_with(1)
    step = "work" if way == "decorator" else "start"
    assert f"step '{step}' is to run on {name}" in outcome.stderr and "--datastore s3" in outcome.stderr
    assert not outcome.started_a_run and project.ask("[run.id for flow in Metaflow().flows for run in flow]") == []


@pytest.mark.parametrize("name", ["kubernetes", "batch"])
def test_containers_do_not_see_folders(project, tmp_path, name):
    file = project.write("words.py", flow_with(f"@{name}"))
    folder = tmp_path / "shared"
    outcome = project.run(file, top=["--datastore-root", f"file://{folder}"]).ended_with(1)
    assert "do not see the datastore" in outcome.stderr and not outcome.started_a_run


def test_a_wrong_setting_is_named(project, tmp_path):
    file = project.write("words.py", flow_with("@batch"))
    top = ["--datastore-root", f"file://{tmp_path}/shared"]
    outcome = project.run(file, top=top, env={"METAFLOW_DEFAULT_RUNTIME_LIMIT": "soon"}).ended_with(1)
    assert "METAFLOW_DEFAULT_RUNTIME_LIMIT is 'soon'" in outcome.stderr
    file = project.write("words.py", flow_with("@kubernetes"))
    outcome = project.run(file, top=top, env={"METAFLOW_KUBERNETES_CPU": "many"}).ended_with(1)
    assert "METAFLOW_KUBERNETES_CPU is 'many'" in outcome.stderr


def test_nodes_of_another_platform_are_refused_for_environments_only(project, tmp_path):
    file = project.write("words.py", flow_with("@kubernetes(persistent_volume_claims={'x': '/'})").replace(
        "kubernetes, parallel", "kubernetes, parallel, pypi").replace("@kubernetes(", "@pypi(packages={})\n    @kubernetes("))
    machine = "linux-64" if os.uname().machine == "aarch64" else "linux-aarch64"
    top = ["--datastore-root", f"file://{tmp_path}/shared"]
    outcome = project.run(file, top=top, env={"METAFLOW_KUBERNETES_CONDA_ARCH": machine}).ended_with(1)
    assert "step 'work' has an environment for" in outcome.stderr and not outcome.started_a_run
    outcome = project.run(file, top=top, env={"METAFLOW_KUBERNETES_CONDA_ARCH": "win-64"}).ended_with(1)
    assert "METAFLOW_KUBERNETES_CONDA_ARCH is 'win-64'" in outcome.stderr


# Commands

@pytest.mark.parametrize("name", CLUSTERS)
@pytest.mark.parametrize("word", ["list", "kill"])
def test_commands_need_the_datastore_of_the_run(project, name, word):
    file = project.write("words.py", flow_with(""))
    project.run(file).ended_with(0)
    outcome = project.flow(file, name, word).ended_with(1)
    assert "kept in a datastore that their nodes reach" in outcome.stderr


@pytest.mark.parametrize("name", CLUSTERS)
def test_a_command_alone_tells_what_it_has(project, name):
    said = project.flow(project.write("words.py", flow_with("")), name).ended_with(0)
    assert all(re.search(rf"^  {word} ", said.all, re.MULTILINE) for word in ("list", "kill"))


@pytest.fixture
def remote(project, tmp_path):
    """A flow that was run with a shared folder, and the words before its commands."""
    file = project.write("words.py", flow_with(""))
    top = ["--datastore-root", f"file://{tmp_path}/shared"]
    run = project.run(file, top=top).ended_with(0).run_id
    tools = tmp_path / "slurm"
    tools.mkdir()
    for name in ("sbatch", "squeue", "sacct", "scancel", "scontrol"):
        path = tools / name
        path.write_text(AWAY)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    project.variables["PATH"] = f"{tools}:{os.environ['PATH']}"
    return file, top, run


@pytest.mark.parametrize("words", [[], ["--my-runs"], ["--user", "tester"], ["--user", "nobody"], ["--run-id", "RUN"]], ids=" ".join)
@pytest.mark.parametrize("name", ["slurm"])
def test_runs_without_jobs(project, remote, name, words):
    file, top, run = remote
    words = [run if word == "RUN" else word for word in words]
    for command in ("list", "kill"):
        outcome = project.flow(file, *top, name, command, *words).ended_with(0)
        assert "No tasks are on Slurm." in outcome.stderr and outcome.stdout == ""
    assert project.flow(file, *top, name, "list", "--json", *words).ended_with(0).stdout.strip() == "[\n\n]"


@pytest.mark.parametrize("words, code, part", [
    (["slurm", "list", "--my-runs", "--user", "a"], 1, "--user and --my-runs exclude each other"),
    (["slurm", "list", "--my-runs", "--run-id", "1"], 1, "--run-id and --my-runs exclude each other"),
    (["batch", "kill", "--run-id", "77"], 1, "there is no run Words/77"),
    (["slurm", "stop"], 2, "stop"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else None)
def test_wrong_words(project, remote, words, code, part):
    file, top, _ = remote
    assert part in project.flow(file, *top, *words).ended_with(code).stderr


def test_jobs_of_a_run_without_any(project, remote, tmp_path):
    _, _, run = remote
    root = ["--root", f"file://{tmp_path}/shared"]
    outcome = project.engine("jobs", f"Words/{run}", *root).ended_with(0)
    assert f"No tasks of Words/{run} are on a cluster." in outcome.stderr
    assert json.loads(project.engine("jobs", f"Words/{run}", "--json", *root).ended_with(0).stdout) == []
    project.engine("jobs", "Words", *root).ended_with(2)
    assert "kept in a datastore" in project.engine("jobs", f"Words/{run}").ended_with(1).stderr
