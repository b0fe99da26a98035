"""Commands that ask conda channels and package indexes at once: options, files, names of projects, environments."""

import json

import pytest

from .harness.conda_channel import SUBDIR, CondaChannel, conda_package, conda_project
from .harness.index import LoopbackIndex
from .harness.wheels import wheel


@pytest.fixture
def index(project):
    with LoopbackIndex(
            wheel("flour", "1.5"), wheel("flour", "3.0"), wheel("bread", "1.0", requires=["flour"]), wheel("bread", "2.0", requires=["flour>=3"]),
            wheel("torch", "2.5"), wheel("model", "1.0", requires=["torch"])) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        yield index


@pytest.fixture
def channel(project, index):
    python = [conda_package("python", version, "0_cpython") for version in ("3.11.7", "3.12.1")]
    with CondaChannel(
            *python, conda_project("flour", "1.0"), conda_project("flour", "2.0"), conda_package("zlib", "1.3"),
            conda_package("pytorch", "2.1", depends=["python"])) as channel:
        project.variables["PENSTOCK_CONDA_CHANNELS"] = channel.url
        yield channel


def answer(project, *words):
    """Conda packages and Python ones."""
    found = json.loads(project.engine("resolve", *words, "--json").ended_with(0).stdout)
    return tuple({each["name"]: each["version"] for each in found.get(key) or []} for key in ("packages", "python_packages"))


def test_one_solve_over_both(project, channel):
    conda, wheels = answer(project, "--conda", "flour", "bread")
    assert conda == {"flour": "2.0", "python": "3.12.1"} and wheels == {"bread": "1.0"}
    shown = project.engine("resolve", "--conda", "flour", "bread").ended_with(0).stdout
    assert "(pypi)" in shown and "bread" in shown
    refused = project.engine("resolve", "--conda", "flour", "bread>=2").ended_with(1)
    assert "flour" in refused.stderr and "bread" in refused.stderr


def test_which_world_comes_first_can_be_said(project, channel):
    assert answer(project, "--conda", "zlib", "bread<2")[1] == {"bread": "1.0", "flour": "3.0"}
    for words in (("--prefer", "conda"), ("--prefer", "flour=conda"), ("--prefer", "pypi", "--prefer", "flour=conda")):
        conda, wheels = answer(project, "--conda", "zlib", "bread<2", *words)
        assert conda["flour"] == "2.0" and wheels == {"bread": "1.0"}


def test_names_of_projects_can_be_said(project, channel):
    assert answer(project, "--conda", "pytorch", "model")[1] == {"model": "1.0", "torch": "2.5"}
    (project.folder / "names.toml").write_text("pytorch = ['torch']\n")
    assert answer(project, "--conda", "pytorch", "model", "--conda-names", "names.toml") == ({"pytorch": "2.1", "python": "3.12.1"}, {"model": "1.0"})
    project.variables["PENSTOCK_CONDA_NAMES"] = "names.toml"
    project.engine("lock", "--conda", "pytorch", "model", "-o", "pylock.toml").ended_with(0)
    text = (project.folder / "pylock.toml").read_text()
    assert 'pytorch = ["torch"]' in text and 'name = "torch"' in text.partition("[tool.penstock")[2]
    project.engine("lock", "--conda", "pytorch", "model", "-o", "pylock.toml", "--check").ended_with(0)
    del project.variables["PENSTOCK_CONDA_NAMES"]
    stale = project.engine("lock", "--conda", "pytorch", "model", "-o", "pylock.toml", "--check").ended_with(1)
    assert "what pytorch provides" in stale.stdout + stale.stderr


ENVIRONMENT = """\
dependencies:
  - python=3.11
  - flour<2
  - zlib  # [not linux and not osx]
  - pip:
    - -r more.txt
    - model; python_version > "4"
"""


def test_an_environment_file_with_a_pip_part(project, channel):
    (project.folder / "environment.yml").write_text(ENVIRONMENT)
    (project.folder / "more.txt").write_text("bread\n")
    assert answer(project, "environment.yml") == ({"flour": "1.0", "python": "3.11.7"}, {"bread": "1.0"})
    project.engine("lock", "environment.yml", "-o", "pylock.toml").ended_with(0)
    project.engine("lock", "environment.yml", "-o", "pylock.toml", "--check").ended_with(0)
    tree = project.engine("tree").ended_with(0).stdout
    assert "bread 1.0" in tree and "flour 1.0" in tree
    told = project.engine("outdated").ended_with(0).stdout
    rows = {line.split()[0]: line for line in told.splitlines()}
    assert "2.0" in rows["bread"] and "3.12.1" in rows["python"] and "2.0" in rows["flour"]


def test_a_project_with_a_table_of_conda(project, channel):
    (project.folder / "pyproject.toml").write_text(
        "[project]\nname = 'shop'\nversion = '1'\nrequires-python = '<3.12'\ndependencies = ['model', 'bread<2']\n"
        "[tool.penstock.conda]\ndependencies = ['pytorch']\nprefer = { flour = 'conda' }\nnames = { pytorch = ['torch'] }\n")
    assert answer(project, "-r", "pyproject.toml") == (
        {"pytorch": "2.1", "python": "3.11.7", "flour": "2.0"}, {"bread": "1.0", "model": "1.0"})


def test_several_targets_and_a_later_lock(project, channel):
    words = ("--conda", "flour", "bread", "--python", "3.11", "--python", "3.12", "-o", "pylock.toml")
    project.engine("lock", *words).ended_with(0)
    text = (project.folder / "pylock.toml").read_text()
    assert text.count('name = "python"') == 2 and text.count('name = "flour"') >= 1
    channel.packages.append(conda_project("flour", "2.5"))
    assert "Nothing changes" in project.engine("lock", *words, "--refresh").ended_with(0).stderr
    told = project.engine("lock", *words, "--refresh", "-P", "flour").ended_with(0).stderr
    assert "flour (conda) 2.0" in told and "2.5" in told


def test_an_environment_is_made_of_an_environment_file(project, index, python):
    with CondaChannel(python, conda_project("flour", "1.0")) as channel:
        (project.folder / "environment.yml").write_text(
            f"channels: ['{channel.url}', nodefaults]\nplatforms: [osx-arm64, {SUBDIR}]\ndependencies: [flour, pip: [bread]]\n")
        place = project.engine("env", "create", "environment.yml", "--at", "here").ended_with(0).stdout.strip()
        ran = project.command(str(project.folder / place / "bin" / "python"), "-c", "import bread, flour; print(bread.VERSION, flour.SOURCE)")
        assert ran.ended_with(0).stdout.split() == ["1.0", "conda"]
