"""Source distributions, repositories, archives and folders: from `penstock lock` to an environment."""

import json
import shutil
import subprocess

import pytest

from .harness.index import LoopbackIndex
from .harness.sources import built_source_distribution, write_project
from .harness.wheels import wheel

BROKEN = """
def prepare_metadata_for_build_wheel(folder, config_settings=None):
    print("x.c:1: fatal error: kiln.h: No such file or directory")
    raise SystemExit(3)
"""


@pytest.fixture
def index(project):
    with LoopbackIndex(
            wheel("water", "1.0"), built_source_distribution("clay", "1.0", requires=["water>=1"]),
            built_source_distribution("kiln", "1.0", twist=BROKEN)) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        yield index


def locked(project, *requirements):
    project.engine("lock", *requirements, "--output", "pylock.toml", "--python", project.tools.python).ended_with(0)
    return (project.folder / "pylock.toml").read_text()


def installed(project, program):
    project.engine("env", "create", "--lock", "pylock.toml", "made").ended_with(0)
    return project.command(project.folder / "made" / "bin" / "python", "-c", program).ended_with(0).stdout.strip()


ORIGIN = "import importlib.metadata as m; print(m.distribution('clay').read_text('direct_url.json'))"


def test_a_source_distribution_of_an_index(project, index):
    text = locked(project, "clay")
    assert "clay-1.0.tar.gz" in text and 'name = "water"' in text
    assert installed(project, "import clay, water; print(clay.VERSION, water.VERSION)") == "1.0 1.0"
    assert project.command(project.folder / "made" / "bin" / "python", "-c", ORIGIN).stdout.strip() == "None"


def test_what_was_built_is_not_built_again(project, index):
    locked(project, "clay")
    installed(project, "import clay")
    shutil.rmtree(project.folder / "made")
    index.forget_requests()
    assert installed(project, "import clay; print(clay.VERSION)") == "1.0"
    assert index.requests == []


def test_a_build_that_fails_is_told(project, index):
    outcome = project.engine("lock", "kiln", "--output", "pylock.toml", "--python", project.tools.python).ended_with(1)
    for piece in ("kiln 1.0", "prepare_metadata_for_build_wheel", "SystemExit: 3", "kiln.h", "log"):
        assert piece in outcome.stderr, outcome.stderr
    assert not (project.folder / "pylock.toml").exists()


def test_builds_can_be_switched_off(project, index):
    outcome = project.engine("resolve", "clay", "--only-binary", ":all:", "--json", "--python", project.tools.python)
    assert outcome.ended_with(1) and json.loads(outcome.stdout)["error"]["kind"] == "unsatisfiable"


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_a_commit_of_a_repository(project, index):
    folder = write_project(project.folder / "repository", "clay", "2.0")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "one"], ["tag", "v2"]):
        subprocess.run(git + command, cwd=folder, check=True)
    commit = subprocess.run(git + ["rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()
    text = locked(project, f"clay @ git+file://{folder}@v2")
    assert f'commit-id = "{commit}"' in text and 'requested-revision = "v2"' in text
    assert installed(project, "import clay; print(clay.VERSION)") == "2.0"
    told = json.loads(project.command(project.folder / "made" / "bin" / "python", "-c", ORIGIN).stdout)
    assert told["vcs_info"] == {"vcs": "git", "requested_revision": "v2", "commit_id": commit}


def test_a_folder(project, index):
    folder = write_project(project.folder / "somewhere", "clay", "3.0")
    assert "directory = " in locked(project, f"clay @ file://{folder}")
    assert installed(project, "import clay; print(clay.VERSION)") == "3.0"
    told = json.loads(project.command(project.folder / "made" / "bin" / "python", "-c", ORIGIN).stdout)
    assert told["dir_info"] == {} and told["url"].endswith("/somewhere")
