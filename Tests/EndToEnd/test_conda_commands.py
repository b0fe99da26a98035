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
    (("resolve", "--conda", "flour>=>2"), "flour>=>2"), (("resolve", "--conda", "flour", "flour"), "cannot be given together"),
    (("export", "--format", "explicit", "--platform", "mars-64"), "is no platform of conda")])
def test_what_has_no_meaning_is_refused(project, channel, words, said):
    outcome = project.engine(*words)
    assert outcome.code != 0 and said in outcome.stderr
