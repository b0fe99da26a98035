"""`penstock reproduce` years later: nothing is left but the datastore. No store, no cache, no flow, another home, and no index."""

import json
import shutil
import subprocess

import pytest

from .harness.index import LoopbackIndex
from .harness.project import Project
from .harness.wheels import wheel


@pytest.fixture
def index():
    with LoopbackIndex(wheel("flour", "1.0"), wheel("flour", "2.0")) as index:
        yield index


def recorded(project, index, remote, *words):
    """A run in that remote datastore. Afterwards nothing is left of the project, and the index has nothing to give."""
    file = project.add("reproducible.py")
    run = project.run(file, *words, env={"PENSTOCK_INDEX_URL": index.url}, top=["--datastore-root", remote]).ended_with(0).run_id
    for folder in (project.folder, project.store, project.cache, project.home):
        shutil.rmtree(folder)
    index.distributions.clear()
    index.forget_requests()
    return f"Reproducible/{run}"


@pytest.fixture
def elsewhere(project, tmp_path, index):
    """Another machine, as far as files go."""
    other = Project(tmp_path / "elsewhere", project.tools)
    other.variables["PENSTOCK_INDEX_URL"] = index.url
    yield other
    other.end_all()


def reproduce(elsewhere, run, remote, *words, code=0):
    outcome = elsewhere.engine("reproduce", run, "--root", remote, "--python", elsewhere.tools.python, "--json", *words).ended_with(code)
    return json.loads(outcome.stdout)


def results(report):
    return {f"{step['name']}.{artifact['name']}": artifact["result"] for step in report["steps"] for artifact in step["artifacts"]}


def check(report, index, run):
    """Two environments, random numbers that no step has seeded, and what differs by itself, with the reasons."""
    found = results(report)
    differing = {name for name, result in found.items() if result != "identical"}
    assert differing == {"start.when", "mix.label", "join.labels", "end.tiny", "end.summary"}
    for name in ("start.seeded", "start.unseeded", "mix.drawn", "mix.flour", "join.flour", "join.luck", "join.total"):
        assert found[name] == "identical"
    assert all(each["is_same"] for each in report["circumstances"]), report["circumstances"]
    said = {artifact["name"]: [each["text"] for each in artifact["reasons"]] for step in report["steps"] for artifact in step["artifacts"]}
    assert "the clock" in said["when"][0] and "UUID" in said["label"][0] and "label of step mix" in said["labels"][0]
    assert index.requests == []


def test_from_a_folder(project, elsewhere, index, tmp_path):
    remote = f"file://{tmp_path}/remote"
    run = recorded(project, index, remote, "--restless", "True")
    report = reproduce(elsewhere, run, remote, "--offline", code=3)
    check(report, index, run)
    # The new run is in the datastore as well, for whoever comes next.
    shutil.rmtree(elsewhere.store)
    shown = elsewhere.engine("show", report["repeated"], "--root", remote, "--json").ended_with(0)
    assert json.loads(shown.stdout)["status"] == "succeeded"


def test_without_any_network(project, elsewhere, index, tmp_path):
    """In a network of its own, in which there is nobody, not even the machine itself."""
    alone = ["unshare", "-rn"]
    if subprocess.run([*alone, "true"], stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("networks cannot be taken away here")
    remote = f"file://{tmp_path}/remote"
    run = recorded(project, index, remote)
    elsewhere.before = alone
    report = reproduce(elsewhere, run, remote, "--offline")
    assert report["verdict"] == "same" and set(results(report).values()) == {"identical"}


def test_from_s3(project, elsewhere, index, moto):
    remote = f"s3://{moto.new_bucket()}/flows"
    for each in (project, elsewhere):
        each.variables.update(moto.variables)
    run = recorded(project, index, remote, "--restless", "True")
    check(reproduce(elsewhere, run, remote, "--offline", code=3), index, run)


def test_what_was_not_kept(project, elsewhere, index, tmp_path):
    """Without a snapshot, the index has to have the packages still."""
    remote = f"file://{tmp_path}/remote"
    project.variables["PENSTOCK_SNAPSHOT"] = "never"
    run = recorded(project, index, remote)
    outcome = elsewhere.engine("reproduce", run, "--root", remote, "--python", elsewhere.tools.python, "--offline")
    assert outcome.code == 1 and "flour" in outcome.stderr and "the environment of step" in outcome.stderr, outcome
    assert index.requests == [] and not outcome.stdout
    # With them, it can.
    index.add(wheel("flour", "1.0"), wheel("flour", "2.0"))
    assert reproduce(elsewhere, run, remote)["verdict"] == "same"
    assert sorted(index.downloads()) == ["flour-1.0-py3-none-any.whl", "flour-2.0-py3-none-any.whl"]
