"""The code package: what is in it, and that a run keeps it."""

import json
import os
import shutil
import subprocess
import time

import pytest


@pytest.fixture
def packaged(project):
    """A flow with modules, links and files that do not belong to it."""
    project.add("packaged")
    folder = project.folder / "packaged"
    shared = project.folder / "shared" / "linked"
    project.write("shared/linked/__init__.py", "")
    project.write("shared/linked/reached.py", "VALUE = 'through a link'\n")
    (folder / "linked").symlink_to(shared)
    for name in (".hidden/secret.py", ".git/config.py", "__pycache__/old.py", "notes.txt", "query.sql", ".env"):
        project.write(f"packaged/{name}", "x = 1\n")
    return folder / "flow.py"


def listed(outcome):
    """Paths that `package list` names. It lists on standard error, as it always did."""
    return {word for line in outcome.ended_with(0).all.splitlines() for word in line.split()}


OWN = {"flow.py", "helpers/__init__.py", "helpers/words.py", "linked/__init__.py", "linked/reached.py"}
FOREIGN = {".hidden/secret.py", ".git/config.py", "__pycache__/old.py", "notes.txt", "query.sql", ".env"}


def test_package_list(project, packaged):
    names = listed(project.flow(packaged, "package", "list", "--archive"))
    assert OWN <= names, names
    assert not FOREIGN & names


def test_suffixes_add_files(project, packaged):
    names = listed(project.flow(packaged, "--package-suffixes", ".txt,.SQL,.env", "package", "list", "--archive"))
    assert OWN | {"notes.txt", "query.sql", ".env"} <= names
    assert not (FOREIGN - {"notes.txt", "query.sql", ".env"}) & names


@pytest.mark.peer
def test_modules_and_their_classes_travel_with_the_flow(project, packaged):
    outcome = project.run(packaged).ended_with(0)
    assert "hello from start through a link" in outcome.stdout


def test_a_run_keeps_its_code(project, packaged):
    run = f"Packaged/{project.run(packaged).ended_with(0).run_id}"
    assert project.ask("Run(run).code.script_name", run=run) == "flow.py"
    assert "class Packaged(FlowSpec)" in project.ask("str(Run(run).code.flowspec)", run=run)
    names = set(project.ask("Run(run).code.tarball.getnames()", run=run))
    assert OWN <= names and not FOREIGN & names
    info = project.ask("Run(run).code.info", run=run)
    assert info["script"] == "flow.py"
    content = project.ask(
        "Run(run).code.tarball.extractfile('linked/reached.py').read().decode()", run=run)
    assert content == "VALUE = 'through a link'\n"
    extracted = project.ask(
        "(lambda d: sorted(__import__('os').listdir(d.name)))(Run(run).code.extract())", run=run)
    assert "flow.py" in extracted and "helpers" in extracted
    kinds = project.ask(
        "(lambda c: [type(getattr(c, n)).__name__ for n in 'path info flowspec script_name tarball'.split()]"
        " + [type(c.extract()).__name__])(Run(run).code)", run=run)
    assert kinds == ["str", "dict", "bytes", "str", "TarFile", "TemporaryDirectory"]
    assert project.ask("Run(run)['start'].task.code.path == Run(run).code.path", run=run)


def test_an_unchanged_folder_gives_the_same_bytes(project, packaged):
    """Also when the files were made in another order and at another time."""
    first = project.run(packaged).ended_with(0).run_id
    for path in sorted(packaged.parent.rglob("*.py"), reverse=True):
        text = path.read_text()
        if not path.is_symlink():
            path.unlink()
            path.write_text(text)
    second = project.run(packaged).ended_with(0).run_id
    (packaged.parent / "helpers" / "words.py").write_text(
        (packaged.parent / "helpers" / "words.py").read_text() + "\nMORE = 1\n")
    third = project.run(packaged).ended_with(0).run_id
    digests = [project.ask("Run(run).code.path", run=f"Packaged/{run}") for run in (first, second, third)]
    assert digests[0] == digests[1] != digests[2]


def test_a_link_that_leads_nowhere_is_named(project, packaged):
    (packaged.parent / "lost.py").symlink_to("nowhere.py")
    outcome = project.flow(packaged, "package", "list").ended_with(1)
    assert "lost.py" in outcome.stderr and "Traceback" not in outcome.stderr


def test_an_ignore_file_leaves_files_out(project, packaged):
    project.write("packaged/.penstockignore", "# notes\nhelpers/w*.py\n/linked/\n")
    names = listed(project.flow(packaged, "package", "list", "--archive"))
    assert {"flow.py", "helpers/__init__.py"} <= names
    assert not {"helpers/words.py", "linked/reached.py", ".penstockignore"} & names


DATA = '''
from penstock import FlowSpec, package_data, step


@package_data(files=[%s])
class Data(FlowSpec):
    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Data()
'''


def test_data_that_a_flow_declares(project):
    file = project.write("flow.py", DATA % "'data/*.csv', 'model/'")
    for name in ("data/a.csv", "data/b.txt", "model/weights/w.bin", "other/c.csv"):
        project.write(name, "1")
    run = project.run(file).ended_with(0).run_id
    names = project.ask("sorted(n for n in Run(run).code.tarball.getnames() if not n.startswith('.mf_'))", run=f"Data/{run}")
    assert names == ["data/a.csv", "flow.py", "model/weights/w.bin"]


def test_data_that_is_not_there_is_told(project):
    file = project.write("flow.py", DATA % "'data/*.csv'")
    outcome = project.flow(file, "package", "list").ended_with(1)
    assert "'data/*.csv'" in outcome.stderr and "Traceback" not in outcome.stderr
    # A run on this machine does without.
    assert "'data/*.csv'" in project.run(file).ended_with(0).all
    for wrong in ("", "5", "'../x'", "'#'"):
        file.write_text(DATA % wrong)
        outcome = project.flow(file, "package", "list").ended_with(1)
        assert "package_data" in outcome.stderr and "Traceback" not in outcome.stderr, wrong


def test_a_large_package_is_told_with_its_largest_files(project, packaged):
    project.write("packaged/large.py", "x = 1\n" * 1000)
    for command in (("package", "info"), ("package", "save", "p.tgz"), ("run",)):
        outcome = project.flow(packaged, *command, env={"PENSTOCK_PACKAGE_WARNING": "5kB"}).ended_with(0)
        assert "The code package is large" in outcome.all and "large.py (6.0 kB)" in outcome.all, outcome
    for quiet in ("never", "1GB", None):
        assert "is large" not in project.flow(packaged, "package", "info", env={"PENSTOCK_PACKAGE_WARNING": quiet}).ended_with(0).all
    outcome = project.flow(packaged, "package", "info", env={"PENSTOCK_PACKAGE_WARNING": "much"})
    assert outcome.code == 2 and "PENSTOCK_PACKAGE_WARNING is 'much'" in outcome.stderr


def test_two_machines_make_the_same_package(project, packaged, tools):
    """Another folder, another person, other times, another order of making, another mask; and what differs is still told."""
    other = project.folder / "elsewhere" / "deep"
    shutil.copytree(packaged.parent, other)
    for target in other.rglob("*"):
        target.chmod(0o700 if target.is_dir() else 0o600)
        os.utime(target, (1_000_000_000, 1_000_000_000))
    first = project.run(packaged).ended_with(0).run_id
    person = {"METAFLOW_USER": "somebody", "USER": "else", "HOME": str(project.folder / "elsewhere"), "TZ": "Asia/Tokyo", "LANG": "C"}
    person["PENSTOCK_CACHE_DIR"] = str(project.folder / "elsewhere" / "cache")
    second = project.run(other / "flow.py", env=person).ended_with(0).run_id
    infos = [json.loads(project.flow(file, "package", "info", "--json", env=env).ended_with(0).stdout)
             for file, env in ((packaged, None), (other / "flow.py", person))]
    assert infos[0]["sha256"] == infos[1]["sha256"]
    assert [info["info"]["username"] for info in infos] == ["tester", "somebody"]
    paths = [project.ask("Run(run).code.path", run=f"Packaged/{run}") for run in (first, second)]
    assert paths == [infos[0]["sha256"]] * 2
    assert project.ask("Run(run).code.info['username']", run=f"Packaged/{second}") == "somebody"


def test_an_unchanged_package_is_found_again(project, packaged):
    """Its archive is kept in the cache by the states of its files; a touched file makes a new one."""
    project.flow(packaged, "package", "save", "now.tgz").ended_with(0)
    assert not list((project.cache / "code").rglob("*.tgz")), "files that were just written are not trusted"
    time.sleep(2.3)
    project.flow(packaged, "package", "save", "first.tgz").ended_with(0)
    [kept] = (project.cache / "code").rglob("*.tgz")
    assert kept.read_bytes() == (project.folder / "first.tgz").read_bytes()
    before = kept.stat()
    project.flow(packaged, "package", "save", "second.tgz").ended_with(0)
    assert (project.folder / "second.tgz").read_bytes() == kept.read_bytes() and kept.stat().st_ino == before.st_ino
    run = project.run(packaged).ended_with(0).run_id
    assert project.ask("Run(run).code.path", run=f"Packaged/{run}") in kept.name
    # What was damaged in the cache is made again.
    kept.chmod(0o644)
    kept.write_bytes(b"damaged")
    project.flow(packaged, "package", "save", "third.tgz").ended_with(0)
    assert (project.folder / "third.tgz").read_bytes() == (project.folder / "first.tgz").read_bytes()
    project.write("packaged/spare.py", "changed = 1\n")
    project.flow(packaged, "package", "save", "fourth.tgz").ended_with(0)
    assert (project.folder / "fourth.tgz").read_bytes() != (project.folder / "first.tgz").read_bytes()


@pytest.mark.skipif(not shutil.which("git"), reason="there is no git")
def test_what_git_says_is_noted_without_secrets(project, packaged):
    def git(*words):
        subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e@example.invalid", *words], cwd=project.folder, check=True,
                       capture_output=True)

    def info(**env):
        return json.loads(project.flow(packaged, "package", "info", "--json", env=env).ended_with(0).stdout)["info"]

    shutil.rmtree(packaged.parent / ".git")
    # Git knows the link, not what is behind it.
    (packaged.parent / "linked").unlink()
    project.write("packaged/spare.py", "")
    git("init", "-q", "-b", "topic")
    git("remote", "add", "origin", "https://person:hush@git.example.invalid/a/b.git")
    assert info()["has_uncommitted_changes"] is True and "commit_sha" not in info()
    git("add", ".")
    git("commit", "-qm", "first")
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=project.folder, text=True, capture_output=True).stdout.strip()
    found = info()
    assert found["commit_sha"] == commit and found["branch_name"] == "topic"
    assert found["repo_url"] == "https://git.example.invalid/a/b.git"
    assert found["has_uncommitted_changes"] is False
    # Nothing of it needs git, as long as the files are those that it saw.
    empty = project.folder / "no-programs"
    empty.mkdir()
    time.sleep(1.1)
    git("update-index", "--refresh")
    git("add", ".")
    project.write("README", "not packed\n")
    assert info(PATH=str(empty))["has_uncommitted_changes"] is False
    words = packaged.parent / "helpers" / "words.py"
    text = words.read_text()
    words.write_text(text + "# more\n")
    assert info()["has_uncommitted_changes"] is True and info(PATH=str(empty))["has_uncommitted_changes"] is True
    git("add", ".")
    assert info()["has_uncommitted_changes"] is True
    words.write_text(text)
    assert info()["has_uncommitted_changes"] is True, "staged"
    git("reset", "-q", "--hard")
    assert info()["has_uncommitted_changes"] is False
    (packaged.parent / "spare.py").unlink()
    assert info()["has_uncommitted_changes"] is True
    git("reset", "-q", "--hard")
    git("gc", "-q")
    assert info()["commit_sha"] == commit and info()["has_uncommitted_changes"] is False
    project.write("packaged/untracked.py", "")
    assert info()["has_uncommitted_changes"] is True
    for path in [*project.store.rglob("*"), *project.cache.rglob("*")]:
        assert path.is_dir() or b"hush" not in path.read_bytes()
