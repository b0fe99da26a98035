"""`penstock env …`: environments that are listed, looked at, used and removed."""

import json
import os
import signal
import subprocess
import time

import pytest

from .harness.index import LoopbackIndex
from .harness.wheels import wheel


@pytest.fixture
def index(project):
    with LoopbackIndex(
            wheel("flour", "1.0", requires=["water>=1"], scripts={"mill": "flour:main"}), wheel("flour", "2.0", requires=["water>=1"]),
            wheel("water", "1.0"), wheel("salt", "1.0")) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        yield index


def create(project, *words):
    return project.engine("env", "create", *words, "--python", project.tools.python)


def listed(project):
    return json.loads(project.engine("env", "list", "--json").ended_with(0).stdout)


def test_packages_become_an_environment_with_a_name(project, index):
    path = create(project, "--name", "ds", "flour<2", "salt").ended_with(0).stdout.strip()
    assert path.startswith(str(project.cache))
    one, = listed(project)
    assert one["path"] == path and one["names"] == ["ds"] and one["packages"] == 3 and not one["in_use"]
    assert one["size"]["own"] > 0 and one["size"]["files"] > 10
    assert project.engine("env", "path", "ds").ended_with(0).stdout.strip() == path
    python = project.engine("env", "path", one["digest"][:4], "--python").ended_with(0).stdout.strip()
    assert project.command(python, "-c", "import flour; print(flour.VERSION)").ended_with(0).stdout == "1.0\n"
    text = project.engine("env", "list").ended_with(0).stdout
    assert "ds" in text and one["environment"][:8] in text


def test_nothing_to_list(project, index):
    assert listed(project) == []
    assert "no environments yet" in project.engine("env", "list").ended_with(0).stderr


def test_show_tells_packages_and_where_they_come_from(project, index):
    create(project, "--name", "ds", "flour").ended_with(0)
    shown = json.loads(project.engine("env", "show", "ds", "--json").ended_with(0).stdout)
    assert [(each["name"], each["version"], each["source"]) for each in shown["packages"]] == [
        ("flour", "2.0", "index"), ("water", "1.0", "index")]
    assert shown["is_built"] and shown["environment"]["names"] == ["ds"] and "lock-version" in shown["lock"]
    text = project.engine("env", "show", "ds").ended_with(0).stdout
    assert "flour" in text and "2.0" in text and str(project.cache) in text


def test_a_program_in_an_environment(project, index):
    """Its exit code and its signals are the program's own; nothing of the person's Python comes in."""
    create(project, "--name", "ds", "flour<2").ended_with(0)
    project.write("elsewhere/flour.py", "VERSION = 'wrong'")
    said = project.engine(
        "env", "run", "ds", "--", "python", "-c",
        "import flour, os, sys; print(flour.VERSION, os.environ['VIRTUAL_ENV'], 'PYTHONPATH' in os.environ); sys.exit(7)",
        env={"PYTHONPATH": str(project.folder / "elsewhere")}).ended_with(7)
    path = project.engine("env", "path", "ds").stdout.strip()
    assert said.stdout == f"1.0 {path} False\n"
    assert project.engine("env", "run", "ds", "--", "mill").ended_with(0).stdout == "flour 1.0\n"
    assert project.engine("env", "run", "ds", "--", "python", "-c", "import os; os.kill(os.getpid(), 15)").code == -signal.SIGTERM
    project.engine("env", "run", "ds", "--", "no-such-program").ended_with(127)
    project.engine("env", "run", "ds").ended_with(2)
    # Options after -- are the program's.
    assert project.engine("env", "run", "ds", "--", "python", "--version").ended_with(0).all.startswith("Python 3")


def test_what_a_program_uses_is_not_removed(project, index):
    path = create(project, "--name", "ds", "flour").ended_with(0).stdout.strip()
    program = subprocess.Popen(
        [str(project.tools.engine.resolve()), "env", "run", "ds", "--", "python", "-c", "print('on', flush=True); input()"],
        cwd=project.folder, env=project.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert program.stdout.readline() == b"on\n"
        assert listed(project)[0]["in_use"]
        assert "in use" in project.engine("env", "remove", "ds").ended_with(1).stderr
        project.engine("cache", "clean").ended_with(0)
        project.engine("cache", "prune", "--max-size", "1").ended_with(0)
        assert os.path.exists(os.path.join(path, "bin", "python"))
    finally:
        program.communicate(b"\n")
    assert "freed" in project.engine("env", "remove", "ds").ended_with(0).stderr
    assert listed(project) == [] and not os.path.exists(path)
    assert "nothing to remove" in project.engine("env", "remove", "ds").ended_with(1).stderr
    # The name still stands for its lock.
    assert project.engine("env", "run", "ds", "--", "python", "-c", "import flour; print(flour.VERSION)").ended_with(0).stdout == "2.0\n"


def test_a_shell_with_an_environment(project, index):
    create(project, "--name", "team/ds", "flour").ended_with(0)
    project.write("../home/.bashrc", "export PATH=/usr/bin:$PATH\nPS1='mine> '\n")
    said = project.command(
        project.tools.engine.resolve(), "env", "shell", "team/ds", env={"SHELL": "/bin/bash"},
        input='echo "prompt:$PS1"; python -c "import flour; print(flour.VERSION)"; exit 3\n')
    assert said.code == 3 and "2.0\n" in said.stdout and "prompt:(ds) mine> " in said.stdout
    said = project.command(
        project.tools.engine.resolve(), "env", "shell", "team/ds", env={"SHELL": "/bin/sh"},
        input='python -c "import flour; print(flour.VERSION)"\n')
    assert said.code == 0 and said.stdout == "2.0\n"


def test_names(project, index):
    create(project, "--name", "one", "flour<2").ended_with(0)
    create(project, "--at", "made", "salt").ended_with(0)
    project.engine("env", "name", "two", "made").ended_with(0)
    project.engine("env", "name", "team/three:v1", "one").ended_with(0)
    named = json.loads(project.engine("env", "name", "--json").ended_with(0).stdout)
    assert [(each["name"], each["packages"]) for each in named] == [("one", 2), ("team/three:v1", 2), ("two", 1)]
    assert listed(project)[0]["names"] == ["one", "team/three:v1"]
    project.engine("env", "name", "--remove", "one").ended_with(0)
    assert project.engine("env", "show", "one").ended_with(1)
    project.engine("env", "name", "--remove", "one").ended_with(1)
    for bad in ("", "../x", "a b", ".hidden", "a//b", "x:y:z"):
        assert project.engine("env", "name", bad, "two").code in (1, 2)


def test_a_lock_in_the_folder_is_a_name(project, index):
    create(project, "--name", "ds", "salt").ended_with(0)
    project.engine("lock", "flour<2", "--output", "pylock.ds.toml", "--python", project.tools.python).ended_with(0)
    shown = json.loads(project.engine("env", "show", "ds", "--json").ended_with(0).stdout)
    assert not shown["is_built"] and [each["name"] for each in shown["packages"]] == ["flour", "water"]
    outcome = create(project, "--name", "ds", "salt").ended_with(1)
    assert "pylock.ds.toml" in outcome.stderr


def test_a_name_that_nobody_knows(project, index):
    create(project, "--name", "dataset", "salt").ended_with(0)
    said = project.engine("env", "show", "datset").ended_with(1).stderr
    assert "no environment is called 'datset'" in said and "did you mean 'dataset'?" in said
    assert "does not exist" in project.engine("env", "show", "gone.toml").ended_with(1).stderr


def test_digits_of_several(project, index):
    for version in ("1.0", "2.0"):
        create(project, f"flour=={version}").ended_with(0)
    folder = project.cache / "environments"
    first, second = sorted(folder.iterdir())
    second.rename(folder / (first.name[:8] + second.name[8:]))
    said = project.engine("env", "path", first.name[:4]).ended_with(1).stderr
    assert "several" in said and first.name in said
    project.engine("env", "path", first.name).ended_with(0)


@pytest.mark.parametrize("words", [
    [], ["flour", "--lock", "pylock.toml", "--run", "X/1/a"], ["flour", "--code"], ["flour", "--kernel"], ["flour", "--with", "salt"],
    ["a", "b", "--lock", "pylock.toml"], ["--lock", "pylock.toml", "-r", "requirements.txt"]], ids=" ".join)
def test_what_create_cannot_be_asked(project, index, words):
    create(project, *words).ended_with(2)
    assert listed(project) == []


def test_an_environment_whose_python_is_gone_is_made_again(project, index):
    path = create(project, "--name", "ds", "flour").ended_with(0).stdout.strip()
    os.unlink(os.path.join(path, "bin", "python"))
    digits = os.path.basename(path)[:6]
    assert project.engine("env", "run", digits, "--", "python", "-c", "import flour; print(flour.VERSION)").ended_with(0).stdout == "2.0\n"


def test_a_run_notes_the_use(project, index):
    path = create(project, "--name", "ds", "flour").ended_with(0).stdout.strip()
    os.utime(os.path.join(path, "penstock.json"), (1_000_000_000, 1_000_000_000))
    assert listed(project)[0]["last_used"].startswith("2001-")
    project.engine("env", "run", "ds", "--", "python", "-c", "").ended_with(0)
    assert listed(project)[0]["last_used"].startswith(time.strftime("%Y-", time.gmtime()))
