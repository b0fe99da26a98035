"""`penstock resolve`: what scripts drive it by, and what a person sees."""

import json
import signal
import socket
import subprocess
import threading
import time

import pytest

from .harness.index import LoopbackIndex
from .harness.wheels import wheel


@pytest.fixture
def index(project):
    with LoopbackIndex(
            wheel("flour", "1.0", requires=["water>=1"]), wheel("flour", "2.0", requires=["water>=1"]),
            wheel("flour", "3.0b1"), wheel("water", "1.0"), wheel("water", "1.5"), wheel("water", "2.0", requires_python=">=3.12"),
            wheel("mill", "1.0", tag="cp311-cp311-manylinux_2_17_x86_64"), wheel("mill", "1.0", tag="cp311-cp311-macosx_11_0_arm64"),
            wheel("bread", "1.0", requires=["flour<2"]), wheel("cake", "1.0", requires=["flour>=2"])) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        yield index


def resolve(project, *words, python="3.11"):
    return project.engine("resolve", *words, "--python", python)


def versions(outcome):
    return {each["name"]: each["version"] for each in json.loads(outcome.ended_with(0).stdout)["packages"]}


def test_json_names_each_package_once(project, index):
    outcome = resolve(project, "flour>=1", "--json")
    assert versions(outcome) == {"flour": "2.0", "water": "1.5"}
    flour, water = json.loads(outcome.stdout)["packages"]
    assert flour["requested"] and flour["dependencies"] == ["water"] and water["needed_by"] == ["flour"]
    assert flour["filename"] == "flour-2.0-py3-none-any.whl" and len(flour["sha256"]) == 64
    assert not (project.folder / "pylock.toml").exists()


def test_a_table_for_a_person(project, index):
    outcome = resolve(project, "flour").ended_with(0)
    heading, *rows = outcome.stdout.splitlines()
    assert heading.split() == ["PACKAGE", "VERSION", "SIZE", "NEEDED", "BY"]
    assert [row.split()[:2] for row in rows] == [["flour", "2.0"], ["water", "1.5"]]
    assert rows[0].endswith("you") and rows[1].endswith("flour")
    assert "Resolved 2 packages" in outcome.stderr
    assert "Resolved" not in resolve(project, "flour", "--quiet").ended_with(0).stderr


def test_no_solution_is_an_answer(project, index):
    outcome = resolve(project, "bread", "cake", "--json").ended_with(1)
    error = json.loads(outcome.stdout)["error"]
    assert error["kind"] == "unsatisfiable"
    for piece in ("bread", "cake", "flour"):
        assert piece in error["explanation"]
    told = resolve(project, "bread", "cake").ended_with(1)
    assert told.stdout == "" and told.stderr.startswith("error: ") or "\nerror: " in told.stderr
    assert "Traceback" not in told.all


@pytest.mark.parametrize("words, expected", [
    (["flour", "--resolution", "lowest"], {"flour": "1.0", "water": "1.0"}),
    (["flour", "--resolution", "lowest-direct"], {"flour": "1.0", "water": "1.5"}),
    (["flour", "--prerelease", "allow"], {"flour": "3.0b1"}),
    (["flour>2", "--prerelease", "if-necessary"], {"flour": "3.0b1"}),
    (["flour==1.*"], {"flour": "1.0", "water": "1.5"}),
    (["mill", "--platform", "macos-arm64"], {"mill": "1.0"}),
    (["mill", "--platform", "linux-x86_64"], {"mill": "1.0"}),
], ids=" ".join)
def test_options_decide_what_is_taken(project, index, words, expected):
    assert versions(resolve(project, *words, "--json")) == expected


def test_the_python_need_not_be_here(project, index):
    """A version is enough: no interpreter of it is looked for, not even for another platform."""
    assert versions(resolve(project, "water", "--json", python="3.99.0")) == {"water": "2.0"}
    outcome = resolve(project, "water", "--platform", "macos-arm64", "--json", python="3.99")
    assert versions(outcome) == {"water": "2.0"}
    assert json.loads(outcome.stdout)["platform"].startswith("macos-arm64")
    assert json.loads(resolve(project, "water", "--json", python="3.8.0").stdout)["python"] == "3.8.0"


def test_files_and_constraints(project, index):
    project.write("requirements.txt", "flour>=1  # the best\n-c limits.txt\n")
    project.write("limits.txt", "flour<2\n")
    assert versions(resolve(project, "-r", "requirements.txt", "--json")) == {"flour": "1.0", "water": "1.5"}
    project.write("overrides.txt", "flour==2.0\n")
    assert versions(resolve(project, "bread", "--override", "overrides.txt", "--json"))["flour"] == "2.0"
    project.write("pyproject.toml", (
        '[project]\nname = "shop"\nversion = "1"\ndependencies = ["water"]\n'
        '[project.optional-dependencies]\nsweet = ["cake"]\n[dependency-groups]\ntest = ["flour<2"]\n'))
    assert versions(resolve(project, "-r", "pyproject.toml", "--extra", "sweet", "--json")) == {
        "cake": "1.0", "flour": "2.0", "water": "1.5"}
    assert versions(resolve(project, "--group", "test", "--json")) == {"flour": "1.0", "water": "1.5"}


@pytest.mark.parametrize("words, piece, code", [
    ([], "nothing is asked for", 2),
    (["flour", "--resolution", "best"], "best", 2),
    (["flour", "--prerelease", "perhaps"], "perhaps", 2),
    (["flour", "--exclude-newer", "yesterday"], "yesterday", 2),
    (["flour", "--no-binary", "a b"], "a b", 2),
    (["flour", "--nonsense"], "--nonsense", 2),
    (["flour", "--platform", "amiga"], "amiga", 1),
    (["flour>"], "flour>", 1),
    (["-r", "nowhere.txt"], "nowhere.txt", 1),
    (["flour", "-c", "nowhere.txt"], "nowhere.txt", 1),
    (["--group", "test"], "pyproject.toml", 1),
    (["flour", "--index-url", "ftp://files.example"], "ftp://files.example", 1),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_what_is_wrong_is_said_once(project, index, words, piece, code):
    outcome = resolve(project, *words).ended_with(code)
    assert outcome.stdout == "" and piece in outcome.stderr
    assert outcome.stderr.count("error: ") == 1 and "Traceback" not in outcome.stderr


def test_a_python_that_is_none(project, index):
    outcome = resolve(project, "flour", python="snake").ended_with(1)
    assert "snake" in outcome.stderr and "help: " in outcome.stderr


def test_an_index_out_of_reach_is_not_called_a_conflict(project):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/simple/"
    outcome = resolve(project, "flour", "--index-url", address, "--json").ended_with(1)
    error = json.loads(outcome.stdout)["error"]
    assert error["kind"] == "network" and "127.0.0.1" in error["explanation"]
    offline = resolve(project, "flour", "--index-url", address, "--offline", "--json").ended_with(1)
    assert json.loads(offline.stdout)["error"]["kind"] == "offline"


def test_ctrl_c_ends_it_at_once(project):
    """An index that never answers."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(8)
        process = subprocess.Popen(
            [str(project.tools.engine), "resolve", "flour", "--python", project.tools.python, "--index-url",
             f"http://127.0.0.1:{deaf.getsockname()[1]}/simple/"],
            cwd=project.folder, env=project.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        deaf.settimeout(20)
        connection, _ = deaf.accept()
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=10)
        connection.close()
    assert time.monotonic() - began < 5
    assert process.returncode in (1, 130, -signal.SIGINT) and "Traceback" not in said
