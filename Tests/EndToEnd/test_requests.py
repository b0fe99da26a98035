"""What `penstock resolve` is asked with: files of every kind, groups, extras, folders and URLs."""

import functools
import http.server
import json
import threading

import pytest

from .harness.index import LoopbackIndex
from .harness.wheels import wheel


@pytest.fixture
def index(project):
    wheels = [wheel(name, version) for name in ("flour", "water", "salt", "yeast", "oven") for version in ("1.0", "2.0")]
    with LoopbackIndex(*wheels) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        yield index


def write(project, **files):
    for name, text in files.items():
        path = project.folder / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def resolve(project, *words):
    outcome = project.engine("resolve", *words, "--python", "3.11", "--json").ended_with(0)
    return {each["name"]: each["version"] for each in json.loads(outcome.stdout)["packages"]}


PROJECT = """
[project]
name = "bread"
version = "3.0"
dependencies = ["flour<2", "water"]
[project.optional-dependencies]
tasty = ["salt"]
full = ["bread[tasty]", "yeast"]
[dependency-groups]
tools = ["oven<2"]
all = [{include-group = "tools"}, "yeast"]
[tool.uv]
constraint-dependencies = ["water<2"]
"""


@pytest.mark.parametrize("words, more", [
    ([], {}), (["--extra", "full"], {"salt": "2.0", "yeast": "2.0"}), (["--group", "all"], {"oven": "1.0", "yeast": "2.0"}),
    (["--all-extras", "--group", "tools"], {"salt": "2.0", "yeast": "2.0", "oven": "1.0"}),
])
def test_projects(project, index, words, more):
    write(project, pyproject_DOT_toml=PROJECT)
    assert resolve(project, "-r", "pyproject.toml", *words) == {"flour": "1.0", "water": "1.0", **more}


def test_a_group_alone(project, index):
    write(project, pyproject_DOT_toml=PROJECT)
    assert resolve(project, "--group", "tools") == {"oven": "1.0"}


def test_requirements_files_name_others(project, index):
    write(
        project, requirements_DOT_txt="-r more/list.in\nflour \\\n  >=1  # enough\n-c limits.txt\n",
        more__list_DOT_in="salt\n-c ../limits.txt\n", limits_DOT_txt="flour<2\noven<2\n")
    assert resolve(project, "-r", "requirements.txt") == {"flour": "1.0", "salt": "2.0"}


def test_scripts_and_environment_files(project, index):
    write(
        project, script_DOT_py="# /// script\n# dependencies = ['flour<2']\n# ///\n",
        environment_DOT_yml="dependencies:\n- pip:\n  - yeast<2  # old\n  - -r list.txt\n",
        list_DOT_txt="salt")
    assert resolve(project, "-r", "script.py", "-r", "environment.yml") == {"flour": "1.0", "yeast": "1.0", "salt": "2.0"}


def test_folders_are_projects(project, index):
    write(project, bread__pyproject_DOT_toml=PROJECT)
    assert resolve(project, "-e", "./bread[tasty]") == {"bread": "3.0", "flour": "1.0", "water": "2.0", "salt": "2.0"}


def test_files_at_urls(project, index, tmp_path):
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "list.txt").write_text("flour\n-c ../limits.txt\n")
    (tmp_path / "limits.txt").write_text("flour<2\n")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = "http://127.0.0.1:%d" % server.server_address[1]
        assert resolve(project, "-r", address + "/lists/list.txt") == {"flour": "1.0"}
        outcome = project.engine("resolve", "-r", address + "/none.txt").ended_with(1)
        assert "/none.txt" in outcome.stderr and "404" in outcome.stderr
        server.shutdown()


@pytest.mark.parametrize("words, text, place, said", [
    (["-r", "r.txt"], "flour\n\n  salt ==\n", "r.txt:3", "salt == cannot be read as a requirement"),
    (["-r", "r.txt"], "flour\n--nonsense\n", "r.txt:2", "--nonsense is not an option"),
    (["-r", "r.txt"], "-r none.txt", "r.txt:1", "there is no file none.txt"),
    (["-r", "r.txt"], "flour @ https://me:hush@files.invalid/salt-1.0-py3-none-any.whl", "r.txt:1", "another package, salt"),
    (["--group", "none"], "", "pyproject.toml", "there are all, tools"),
    (["git@git.invalid:a/flour.git"], "", "git+ssh://git@git.invalid/a/flour.git", "not its URL"),
])
def test_what_is_wrong_is_said_with_its_place(project, index, words, text, place, said):
    write(project, r_DOT_txt=text, pyproject_DOT_toml=PROJECT)
    outcome = project.engine("resolve", *words).ended_with(1)
    assert place in outcome.stderr and said in outcome.stderr and "hush" not in outcome.stderr


def test_hashes_are_for_all_packages_or_none(project):
    """Who writes hashes down wants nothing that was not looked at, what a package brings in included."""
    bread, salt = wheel("bread", "1.0", requires=["salt"]), wheel("salt", "1.0")
    lines = [f"{each.project}==1.0 --hash=sha256:{each.sha256}\n" for each in (bread, salt)]
    with LoopbackIndex(bread, salt) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        write(project, whole_DOT_txt="".join(lines), part_DOT_txt=lines[0])
        assert resolve(project, "-r", "whole.txt") == {"bread": "1.0", "salt": "1.0"}
        for command in (["resolve"], ["lock", "-o", "pylock.toml"]):
            refused = project.engine(*command, "-r", "part.txt", "--python", "3.11").ended_with(1)
            assert "salt is needed, but no requirement gives a hash for it" in refused.stderr
        assert not (project.folder / "pylock.toml").exists()
