"""Conda packages by the commands that need no flow: resolve, lock, tree, why, export, import."""

import json

import pytest

from .harness.conda_channel import SUBDIR, CondaChannel, conda_package, conda_project


@pytest.fixture
def channel(project):
    with CondaChannel(
            conda_package("python", "3.11.7", depends=["zlib"]), conda_package("python", "3.12.1", build="h_1", depends=["zlib"]),
            conda_package("zlib", "1.3", suffix=".tar.bz2"), conda_package("_odd", "1.0"),
            conda_project("flour", "1.0", depends=["python >=3.11", "_odd"]), conda_project("flour", "2.0", depends=["python >=3.12"]),
            conda_project("cake", "1.0", depends=["flour >=2", "python"])) as channel:
        yield channel


def names(outcome):
    return {each["name"]: each["version"] for each in json.loads(outcome.ended_with(0).stdout)["packages"]}


def test_resolve_shows_what_goes_together(project, channel):
    outcome = project.engine("resolve", "--conda", "flour", "--channel", channel.url, "--json")
    assert names(outcome) == {"flour": "2.0", "python": "3.12.1", "zlib": "1.3"}
    packages = {each["name"]: each for each in json.loads(outcome.stdout)["packages"]}
    assert packages["flour"]["requested"] and packages["zlib"]["needed_by"] == ["python"]
    assert packages["zlib"]["subdir"] == SUBDIR and len(packages["zlib"]["sha256"]) == 64
    assert names(project.engine("resolve", "--conda", "flour", "--python", "3.11", "--channel", channel.url, "--json"))["flour"] == "1.0"
    heading, *rows = project.engine("resolve", "--conda", "flour", "--channel", channel.url).ended_with(0).stdout.splitlines()
    assert heading.split()[:3] == ["PACKAGE", "VERSION", "BUILD"] and len(rows) == 3


def test_no_solution_is_an_answer(project, channel):
    outcome = project.engine("resolve", "--conda", "cake", "--conda", "python=3.11", "--channel", channel.url).ended_with(1)
    for piece in ("cake", "flour", "python"):
        assert piece in outcome.stderr
    assert "1." in outcome.stderr


def lock(project, channel, *words):
    return project.engine("lock", *words, "--channel", channel.url, "-o", "pylock.toml")


def test_lock_is_kept_and_checked(project, channel):
    lock(project, channel, "--conda", "flour<2").ended_with(0)
    text = (project.folder / "pylock.toml").read_text()
    assert "[tool.penstock.conda]" in text and "flour" in text
    assert "Nothing changes" in lock(project, channel, "--conda", "flour<2").ended_with(0).stderr
    assert (project.folder / "pylock.toml").read_text() == text
    lock(project, channel, "--conda", "flour<2", "--check").ended_with(0)
    stale = lock(project, channel, "--conda", "flour>=2", "--check").ended_with(1)
    assert "flour >=2" in stale.stdout + stale.stderr
    # What the lock has is kept where it will do.
    channel.packages.append(conda_package("zlib", "1.4"))
    lock(project, channel, "--conda", "flour<2").ended_with(0)
    assert (project.folder / "pylock.toml").read_text() == text
    told = lock(project, channel, "--conda", "flour<2", "--upgrade", "--refresh").ended_with(0).stderr
    assert "zlib (conda) 1.3" in told and "1.4" in told


def test_passwords_stay_out_of_the_lock(project, channel):
    secret = channel.url.replace("http://", "http://someone:hushhush@")
    project.engine("lock", "--conda", "zlib", "--channel", secret, "-o", "pylock.toml").ended_with(0)
    text = (project.folder / "pylock.toml").read_text()
    assert "hushhush" not in text and "someone" not in text and channel.url in text


def test_tree_and_why(project, channel):
    lock(project, channel, "--conda", "cake").ended_with(0)
    tree = project.engine("tree").ended_with(0).stdout
    assert "cake 1.0 py_0" in tree and "flour 2.0 py_0 (>=2)" in tree
    why = project.engine("why", "zlib").ended_with(0).stdout
    assert "you ask for cake" in why and "python 3.12.1 needs zlib" in why


def test_names_that_only_conda_has(project, channel):
    lock(project, channel, "--conda", "flour<2").ended_with(0)
    why = project.engine("why", "_odd").ended_with(0).stdout
    assert "_odd 1.0" in why and "flour 1.0 needs _odd" in why
    assert "flour 1.0" in project.engine("tree", "--invert", "_odd").ended_with(0).stdout
    assert "is not in" in project.engine("why", "_other").ended_with(1).stderr


def test_what_is_outdated(project, channel):
    lock(project, channel, "--conda", "flour<2").ended_with(0)
    channel.packages.append(conda_package("zlib", "1.4"))
    channel.packages.append(conda_package("_odd", "1.0", build="1"))
    told = project.engine("outdated", "--refresh").ended_with(0).stdout.splitlines()
    rows = {line.split()[0]: line.split() for line in told[1:]}
    assert rows["flour"][1:5] == ["(conda)", "1.0", "1.0", "2.0"]
    assert rows["zlib"][1:5] == ["(conda)", "1.3", "1.4", "1.4"]
    assert rows["_odd"][1:6] == ["(conda)", "1.0", "0", "1.0", "1"]
    assert "python" not in rows
    found = json.loads(project.engine("outdated", "--json").ended_with(0).stdout)[0]["conda_packages"]
    assert {each["name"]: each["newest"] for each in found} == {"flour": "2.0", "zlib": "1.4", "_odd": "1.0"}
    channel.packages = [each for each in channel.packages if each.record["version"] != "1.3"]
    assert "no longer in its channel" in project.engine("outdated", "--refresh").ended_with(0).stdout


def test_options_count_for_conda_packages_too(project, channel):
    def versions(*words):
        return names(project.engine("resolve", *words, "--channel", channel.url, "--json"))

    assert versions("--conda", "flour", "--conda", "zlib", "--resolution", "lowest")["flour"] == "1.0"
    lowest = versions("--conda", "flour", "--conda", "python", "--resolution", "lowest-direct")
    assert lowest["flour"] == "1.0" and lowest["python"] == "3.11.7"
    channel.packages.append(conda_package("zlib", "1.9", timestamp=1893456000000))
    assert versions("--conda", "zlib", "--refresh")["zlib"] == "1.9"
    assert versions("--conda", "zlib", "--exclude-newer", "2029-01-01")["zlib"] == "1.3"
    assert versions("--conda", "flour", "--python", ">=3.11,<3.12")["python"] == "3.11.7"


def test_several_pythons_in_one_lock(project, channel):
    words = ("--conda", "flour", "--python", "3.11", "--python", "3.12")
    lock(project, channel, *words).ended_with(0)
    text = (project.folder / "pylock.toml").read_text()
    assert 'version = "1.0"' in text and 'version = "2.0"' in text and text.count('name = "flour"') == 2
    assert "Nothing changes" in lock(project, channel, "--conda", "flour").ended_with(0).stderr
    lock(project, channel, *words, "--check").ended_with(0)
    stale = lock(project, channel, "--conda", "flour", "--python", "3.12", "--check").ended_with(1)
    assert "for which nobody wants it any more" in stale.stdout + stale.stderr


def test_single_conda_packages_are_upgraded(project, channel):
    lock(project, channel, "--conda", "flour<2").ended_with(0)
    channel.packages += [conda_package("zlib", "1.4"), conda_package("_odd", "1.1")]
    told = lock(project, channel, "--conda", "flour<2", "--refresh", "-P", "_odd").ended_with(0).stderr
    assert "_odd (conda) 1.0" in told and "zlib" not in told


ENVIRONMENT = """\
name: bakery
channels:
  - {url}
  - nodefaults
platforms: [{subdir}]
dependencies:
  - flour<2
  - cake  # [not {system}]
  - sel(unix): zlib
variables:
  OVEN: hot
"""


def test_an_environment_file_is_a_request(project, channel):
    file = project.folder / "environment.yml"
    file.write_text(ENVIRONMENT.format(url=channel.url, subdir=SUBDIR, system=SUBDIR.partition("-")[0]))
    outcome = project.engine("resolve", "environment.yml", "--json")
    assert names(outcome) == {"flour": "1.0", "python": "3.12.1", "zlib": "1.3", "_odd": "1.0"}
    assert "variables of an environment are not set: OVEN" in outcome.stderr
    project.engine("lock", "environment.yml", "-o", "pylock.toml").ended_with(0)
    text = (project.folder / "pylock.toml").read_text()
    assert "environment.yml" in text and channel.url in text and "bakery" not in text
    project.engine("lock", "environment.yml", "-o", "pylock.toml", "--check").ended_with(0)
    file.write_text(file.read_text().replace("  - flour<2", "  - flour<2  # [win]"))
    stale = project.engine("lock", "environment.yml", "-o", "pylock.toml", "--check").ended_with(1)
    assert "flour <2" in stale.stdout + stale.stderr
    assert "zlib 1.3" in project.engine("tree", "-r", "environment.yml").ended_with(0).stdout


def test_a_project_asks_conda(project, channel):
    (project.folder / "pyproject.toml").write_text(
        f"[project]\nname = 'x'\nversion = '1'\nrequires-python = '<3.12'\n[tool.penstock.conda]\nchannels = ['{channel.url}']\n"
        "dependencies = ['flour']\n")
    assert names(project.engine("resolve", "-r", "pyproject.toml", "--json")) == {
        "flour": "1.0", "python": "3.11.7", "zlib": "1.3", "_odd": "1.0"}


@pytest.mark.parametrize("text, line, said", [
    ("dependencies:\n\t- a\n", 2, "it is not YAML"), ("dependencies:\n- a\n- npm: [b]\n", 3, "expected a package"),
    ("dependencies:\n- flour>=>2\n", 2, "is not a match spec"), ("dependencies:\n- a  # [mars]\n", 2, "'mars' is no platform"),
    ("a: &a [x, x]\n" + "".join(f"a{n}: &a{n} [*a, *a]\n" for n in range(30)) + "dependencies: [a]\n", 17, "more than 30 aliases")])
def test_environment_files_without_meaning(project, channel, text, line, said):
    (project.folder / "environment.yml").write_text(text)
    outcome = project.engine("lock", "environment.yml", "-o", "pylock.toml").ended_with(1)
    assert f"environment.yml:{line}" in outcome.stderr and said in outcome.stderr
    assert not (project.folder / "pylock.toml").exists() and channel.requests == []


def test_out_as_a_list_of_archives_and_back(project, channel):
    lock(project, channel, "--conda", "flour").ended_with(0)
    project.engine("export", "--format", "explicit", "-o", "archives.txt").ended_with(0)
    lines = (project.folder / "archives.txt").read_text().splitlines()
    assert lines[:2] == [f"# platform: {SUBDIR}", "@EXPLICIT"]
    assert [line.partition("#")[0].rpartition("/")[2] for line in lines[2:]] == [
        "zlib-1.3-0.tar.bz2", "python-3.12.1-h_1.conda", "flour-2.0-py_0.conda"]
    project.engine("import", "archives.txt", "-o", "pylock.again.toml").ended_with(0)
    again = (project.folder / "pylock.again.toml").read_text()
    for line in lines[2:]:
        assert line.rpartition("#")[2] in again
    environment = project.engine("export", "--format", "environment.yml").ended_with(0).stdout
    assert "  - flour=2.0=py_0\n" in environment and channel.url in environment


def test_conda_lock_comes_in_without_solving(project, channel):
    def entry(package, category):
        record = package.record
        return "\n".join([
            f"- name: {record['name']}", f"  version: '{record['version']}'", "  manager: conda", f"  platform: {SUBDIR}", "  dependencies: {}",
            f"  url: {channel.url}/{package.subdir}/{package.filename}", f"  hash: {{md5: {record['md5']}, sha256: {record['sha256']}}}",
            f"  category: {category}", "  optional: false", ""])

    python, zlib, cake = channel.packages[1], channel.packages[2], channel.packages[6]
    text = "version: 1\nmetadata: {}\npackage:\n" + entry(python, "main") + entry(zlib, "main") + entry(cake, "dev")
    (project.folder / "conda-lock.yml").write_text(text)
    first = project.engine("import", "conda-lock.yml", "--platform", SUBDIR).ended_with(0).stdout
    assert zlib.record["sha256"] in first and "cake" not in first
    assert "cake" in project.engine("import", "conda-lock.yml", "--platform", SUBDIR, "--group", "dev").ended_with(0).stdout
    assert channel.requests == []
    refused = project.engine("import", "conda-lock.yml", "--platform", "win-64").ended_with(1)
    assert "it has nothing for win-64" in refused.stderr


@pytest.mark.parametrize("words, said", [
    (("resolve", "--conda", "flour>=>2"), "flour>=>2"), (("resolve", "--conda", "*"), "names no package"),
    (("resolve", "--conda", "flour", "--channel", ".", "--python", "pypy3.10"), "named by its version"),
    (("resolve", "--conda", "flour", "--prefer", "flour=somewhere"), "write conda, pypi, or PROJECT=conda"),
    (("resolve", "--conda", "flour", "--conda-names", "none.toml"), "there is no file none.toml"),
    (("export", "--format", "explicit", "--platform", "mars-64"), "is no platform of conda")])
def test_what_has_no_meaning_is_refused(project, channel, words, said):
    outcome = project.engine(*words)
    assert outcome.code != 0 and said in outcome.stderr
