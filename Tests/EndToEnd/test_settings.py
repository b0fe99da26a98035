"""Settings: variables of the environment and Metaflow's configuration files, read by the engine and by Python alike."""

import json
import os

import pytest

FLOW = '''
import os
from metaflow import FlowSpec, current, step


class Settled(FlowSpec):
    @step
    def start(self):
        self.seen = {name: value for name, value in os.environ.items() if name.startswith("METAFLOW_DEFAULT")}
        self.user = current.username
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Settled()
'''


@pytest.fixture
def flow(project):
    project.variables.update(METAFLOW_USER=None)
    return project.write("settled.py", FLOW)


def settle(path, **settings):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({f"METAFLOW_{name}": value for name, value in settings.items()}))


@pytest.mark.peer
def test_the_nearest_place_wins(project, flow):
    home, near = project.home / "config.json", project.folder / ".metaflow" / "config.json"

    def user(**variables):
        banner = project.flow(flow, "check", env=variables).ended_with(0).stderr
        return banner.split("for user:")[1].split("\n")[0].strip()

    assert user() == "tester"
    settle(home, USER="home")
    assert user() == "home"
    settle(near, USER="near")
    assert user() == "near" and user(METAFLOW_USER="variable") == "variable"
    near.unlink()
    assert user() == "home"


def test_an_empty_folder_that_is_nearer_hides_those_above(project, flow):
    settle(project.folder.parent / ".metaflow" / "config.json", USER="above")
    assert "for user:above\n" in project.flow(flow, "check").stderr
    (project.folder / ".metaflow").mkdir()
    assert "for user:tester\n" in project.flow(flow, "check").stderr


@pytest.mark.peer
def test_profiles(project, flow):
    settle(project.home / "config.json", USER="plain")
    settle(project.home / "config_work.json", USER="profiled")
    assert "user:profiled" in project.flow(flow, "check", env={"METAFLOW_PROFILE": "work"}).ended_with(0).stderr
    outcome = project.run(flow, env={"METAFLOW_PROFILE": "nosuch"}).ended_with(1)
    assert "nosuch" in outcome.stderr and not outcome.started_a_run


def test_settings_reach_commands_and_steps_but_no_environment(project, flow):
    project.variables["PENSTOCK_ROOT"] = None
    elsewhere = project.store / "elsewhere"
    settle(project.folder / ".metaflow" / "config.json", DATASTORE_SYSROOT_LOCAL=str(elsewhere), USER="settled",
           DEFAULT_DATASTORE="local", DEFAULT_DECOSPECS=None)
    run = project.run(flow).ended_with(0).run_id
    assert [path.name for path in elsewhere.iterdir()] == [".penstock"]
    assert project.ask("[Run(run)['start'].task.data.seen, Run(run)['start'].task.data.user]", run=f"Settled/{run}") == [
        {}, "settled"]
    assert f"{run}" in project.engine("runs").ended_with(0).stdout


@pytest.mark.parametrize("content, told", [
    ("{", "not valid JSON"), ("[]", "not a JSON object"), ("\xff", "not valid JSON"), (None, "it is a folder")])
@pytest.mark.parametrize("place", ["home", "project"])
def test_a_file_that_cannot_be_used(project, flow, content, told, place):
    file = (project.home if place == "home" else project.folder / ".metaflow") / "config.json"
    file.parent.mkdir(exist_ok=True)
    file.mkdir() if content is None else file.write_text(content, encoding="latin-1")
    for outcome in (project.flow(flow, "run"), project.engine("runs")):
        outcome.ended_with(1)
        assert told in outcome.stderr and str(file) in outcome.stderr and "help: " in outcome.stderr, outcome
        assert outcome.stderr.count("error: ") == 1 and "Traceback" not in outcome.stderr and not outcome.started_a_run


def test_a_setting_that_this_version_cannot_follow_is_named_with_its_file(project, flow):
    file = project.home / "config.json"
    settle(file, DEFAULT_METADATA="service")
    outcome = project.run(flow).ended_with(1)
    assert "METAFLOW_DEFAULT_METADATA is 'service'" in outcome.stderr and str(file) in outcome.stderr
    assert "--metadata local" in outcome.stderr and not outcome.started_a_run
    project.run(flow, top=["--metadata", "local"]).ended_with(0)
    settle(file, DEFAULT_DATASTORE="nosuch")
    assert "which is unknown" in project.run(flow).ended_with(2).stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is hidden from root")
def test_a_file_that_may_not_be_read(project, flow):
    file = project.home / "config.json"
    settle(file, USER="hidden")
    file.chmod(0)
    assert "may not be read" in project.run(flow).ended_with(1).stderr
