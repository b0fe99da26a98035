"""Whether a uv.lock is out of date, and what it installs: Penstock and uv say the same. Skipped where there is no uv.

PENSTOCK_TEST_UV names the uv to ask; otherwise the one on the path is taken.
"""

import json
import os
import shutil
import subprocess

import pytest

from .harness.index import LoopbackIndex
from .harness.uv_projects import write_package
from .harness.wheels import wheel

UV = os.environ.get("PENSTOCK_TEST_UV") or shutil.which("uv")

pytestmark = pytest.mark.skipif(UV is None, reason="there is no uv to agree with")


class DatedIndex(LoopbackIndex):
    """Says when each file was uploaded, which uv asks for where files have to be old enough."""

    def _json(self, project, distributions):
        page = json.loads(super()._json(project, distributions))
        page["meta"]["api-version"] = "1.1"
        for entry in page["files"]:
            entry["upload-time"] = "2024-05-01T12:00:00Z"
        return json.dumps(page).encode()


@pytest.fixture(scope="module")
def index():
    with DatedIndex(
            *(wheel(name, version) for name in ("water", "salt", "yeast", "oats", "milk", "rye") for version in ("1.0", "1.5", "2.0")),
            wheel("flour", "1.0", requires=["water>=1"], extras={"fine": ["salt"]}),
            wheel("flour", "2.0", requires=["water>=1.2"], extras={"fine": ["salt"]}),
            wheel("hatchling", "1.0")) as index:
        yield index


def uv(folder, index, *words):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_", "VIRTUAL_ENV"))}
    environment.update(
        UV_PYTHON_DOWNLOADS="never", UV_NO_CONFIG="0", UV_CACHE_DIR=str(folder.parent / "uv-cache"),
        NO_PROXY="127.0.0.1", no_proxy="127.0.0.1", HOME=str(folder.parent), TZ="UTC")
    return subprocess.run([UV, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def write_workspace(folder, index):
    """A project with nearly all that a lock can tell, a member, a folder beside it and another index."""
    write_package(folder, "app", "", """
        dependencies = ["flour>=1", "member", "plain", "salt ; sys_platform == 'linux'"]
        [project.optional-dependencies]
        fine = ["flour[fine]", "yeast>=1"]
        all = ["app[fine]"]
        other = ["milk<2"]
        [dependency-groups]
        dev = ["oats", { include-group = "test" }]
        test = ["rye>=1"]
        older = ["milk>=2"]
        [tool.uv]
        constraint-dependencies = ["water<9"]
        override-dependencies = ["rye>=1,<9"]
        build-constraint-dependencies = ["hatchling<2"]
        conflicts = [[{ extra = "other" }, { group = "older" }]]
        environments = ["sys_platform == 'linux'", "sys_platform == 'darwin'"]
        [[tool.uv.index]]
        url = "INDEX"
        default = true
        [tool.uv.sources]
        member = { workspace = true }
        plain = { path = "plain", editable = true }
        [tool.uv.workspace]
        members = ["members/*"]
        """.replace("INDEX", index.url))
    write_package(folder / "members" / "member", "member", "", 'dependencies = ["water"]\n')
    write_package(folder / "plain", "plain", "", 'dependencies = ["salt>=1"]\n')
    (folder / "flow.py").write_text(FLOW)


FLOW = """
from penstock import FlowSpec, step


class Agreed(FlowSpec):
    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Agreed()
"""

APP, MEMBER, PLAIN = "pyproject.toml", "members/member/pyproject.toml", "plain/pyproject.toml"

#: What is replaced by what, in which file. The name begins with `same` where the lock stays right.
EDITS = {
    "a dependency": (APP, '"flour>=1"', '"flour>=1", "milk"'),
    "a dependency less": (APP, '"flour>=1", ', ""),
    "another lower bound": (APP, "flour>=1", "flour>=1.0.1"),
    "same version with a zero": (APP, "flour>=1", "flour>=1.0"),
    "same with blanks": (APP, "flour>=1", "flour  >= 1"),
    "same in another case": (APP, "flour>=1", "Flour>=1"),
    "an upper bound": (APP, "flour>=1", "flour>=1,<9"),
    "an exclusion": (APP, "flour>=1", "flour>=1,!=1.7"),
    "an extra of a dependency": (APP, "flour>=1", "flour[fine]>=1"),
    "a marker": (APP, '"flour>=1"', "\"flour>=1 ; python_version >= '3.10'\""),
    "same with a marker of all Pythons": (APP, '"flour>=1"', "\"flour>=1 ; python_version >= '3.6'\""),
    "a marker of another value": (APP, "sys_platform == 'linux'\"", "sys_platform == 'darwin'\""),
    "same marker reversed": (APP, "salt ; sys_platform == 'linux'\"", "salt ; 'linux' == sys_platform\""),
    "same marker in parentheses": (APP, "salt ; sys_platform == 'linux'\"", "salt ; (sys_platform == 'linux')\""),
    "a dependency twice": (APP, '"flour>=1"', '"flour>=1", "flour<9"'),
    "same dependency twice": (APP, '"flour>=1"', '"flour>=1", "flour>=1"'),
    "same in another order": (APP, '"flour>=1", "member", "plain"', '"plain", "member", "flour>=1"'),
    "an extra": (APP, 'other = ["milk<2"]', 'other = ["milk<2"]\nnew = []'),
    "an extra less": (APP, 'all = ["app[fine]"]', ""),
    "a requirement of an extra": (APP, "yeast>=1", "yeast>=1.2"),
    "an extra of itself": (APP, "app[fine]", "app[fine,other]"),
    "a group": (APP, 'test = ["rye>=1"]', 'test = ["rye>=1"]\nnew = ["milk<2"]'),
    "an empty group": (APP, 'test = ["rye>=1"]', 'test = ["rye>=1"]\nnew = []'),
    "a group less": (APP, 'older = ["milk>=2"]', 'older2 = ["milk>=2"]'),
    "a requirement of a group that is included": (APP, "rye>=1\"]", 'rye>=1", "salt"]'),
    "an inclusion less": (APP, ', { include-group = "test" }', ""),
    "same without an inclusion": (APP, '{ include-group = "test" }', '"rye>=1"'),
    "old development dependencies": (APP, "[tool.uv]\n", '[tool.uv]\ndev-dependencies = ["milk<2"]\n'),
    "requires-python": (APP, 'requires-python = ">=3.8"', 'requires-python = ">=3.9"'),
    "requires-python with an end": (APP, 'requires-python = ">=3.8"', 'requires-python = ">=3.8,<3.14"'),
    "same requires-python": (APP, 'requires-python = ">=3.8"', 'requires-python = ">=3.8.0"'),
    "same requires-python with a gap": (APP, 'requires-python = ">=3.8"', 'requires-python = ">=3.8,!=3.9.1"'),
    "requires-python of a member": (MEMBER, 'requires-python = ">=3.8"', 'requires-python = ">=3.10"'),
    "same requires-python of a member": (MEMBER, 'requires-python = ">=3.8"', 'requires-python = ">=3.7"'),
    "a version": (APP, 'version = "0.1.0"', 'version = "0.1.1"'),
    "a name": (APP, 'name = "app"', 'name = "application"'),
    "a version of a member": (MEMBER, 'version = "0.1.0"', 'version = "0.1.1"'),
    "a dependency of a member": (MEMBER, '"water"', '"water>=1"'),
    "a dependency of a folder": (PLAIN, '"salt>=1"', '"salt>=1.1"'),
    "a version of a folder": (PLAIN, 'version = "0.1.0"', 'version = "0.1.1"'),
    "a constraint": (APP, '"water<9"', '"water<8"'),
    "a constraint more": (APP, '"water<9"', '"water<9", "salt<9"'),
    "an override": (APP, "rye>=1,<9", "rye>=1,<8"),
    "a build constraint": (APP, "hatchling<2", "hatchling<3"),
    "an exclusion of a package": (APP, "[tool.uv]\n", '[tool.uv]\nexclude-dependencies = ["yeast"]\n'),
    "a conflict less": (APP, 'conflicts = [[{ extra = "other" }, { group = "older" }]]', ""),
    "an environment less": (APP, ", \"sys_platform == 'darwin'\"]", "]"),
    "same environments": (APP, "\"sys_platform == 'linux'\", ", "\"'linux' == sys_platform\", "),
    "required environments": (APP, "[tool.uv]\n", "[tool.uv]\nrequired-environments = [\"sys_platform == 'linux'\"]\n"),
    "a resolution": (APP, "[tool.uv]\n", '[tool.uv]\nresolution = "lowest"\n'),
    "same resolution": (APP, "[tool.uv]\n", '[tool.uv]\nresolution = "highest"\n'),
    "pre-releases": (APP, "[tool.uv]\n", '[tool.uv]\nprerelease = "allow"\n'),
    "a fork strategy": (APP, "[tool.uv]\n", '[tool.uv]\nfork-strategy = "fewest"\n'),
    "a newest day": (APP, "[tool.uv]\n", '[tool.uv]\nexclude-newer = "2025-01-01"\n'),
    "stated metadata": (APP, "[tool.uv]\n", '[tool.uv]\ndependency-metadata = [{ name = "flour", requires-dist = ["salt"] }]\n'),
    "stated metadata of what is not there": (
        APP, "[tool.uv]\n", '[tool.uv]\ndependency-metadata = [{ name = "x", version = "1", requires-dist = ["y"] }]\n'),
    "no package": (APP, "[tool.uv]\n", "[tool.uv]\npackage = false\n"),
    "same package": (APP, "[tool.uv]\n", "[tool.uv]\npackage = true\n"),
    "a folder that is not editable": (APP, ', editable = true }', " }"),
    "a member that is not editable": (APP, "{ workspace = true }", "{ workspace = true, editable = false }"),
    "default groups": (APP, "[tool.uv]\n", '[tool.uv]\ndefault-groups = ["test"]\n'),
    "all groups by default": (APP, "[tool.uv]\n", '[tool.uv]\ndefault-groups = "all"\n'),
    "no groups by default": (APP, "[tool.uv]\n", "[tool.uv]\ndefault-groups = []\n"),
    "same default groups": (APP, "[tool.uv]\n", '[tool.uv]\ndefault-groups = ["dev"]\n'),
    "same description": (APP, 'version = "0.1.0"', 'version = "0.1.0"\ndescription = "bread"'),
    "a member less": (APP, 'members = ["members/*"]', 'members = ["members/none*", "plain"]'),
    "another index": (APP, 'url = "{index}"', 'url = "{elsewhere}"'),
    "an index more": (APP, "[[tool.uv.index]]", '[[tool.uv.index]]\nurl = "{elsewhere}"\nexplicit = true\nname = "other"\n[[tool.uv.index]]'),
    "an index by another name": (APP, 'url = "{index}"', 'url = "{index}"\nname = "bakery"'),
    "a source": (APP, "[tool.uv.sources]\n", '[[tool.uv.index]]\nname = "named"\nurl = "{index}"\nexplicit = true\n'
                 '[tool.uv.sources]\nflour = {{ index = "named" }}\n'),
    "a source that is not used": (APP, "[tool.uv.sources]\n", '[tool.uv.sources]\nbread = {{ path = "bread" }}\n'),
}


#: Nothing of the lock depends on these.
HARMLESS = ("an index more", "an index by another name", "a source that is not used", "stated metadata of what is not there")


@pytest.fixture(scope="module")
def locked(tmp_path_factory, index):
    folder = tmp_path_factory.mktemp("agreement") / "project"
    folder.mkdir()
    write_workspace(folder, index)
    made = uv(folder, index, "lock")
    assert made.returncode == 0, made.stderr
    return folder


def verdict(project, folder):
    """Whether Penstock takes the lock, and what it says."""
    outcome = project.flow(folder / "flow.py", "--environment=uv", "lock", "--check")
    assert outcome.code in (0, 1) and "Traceback" not in outcome.all, outcome
    return outcome.code == 0, outcome.stderr


@pytest.mark.parametrize("name", EDITS)
def test_the_same_verdict_as_uv(shared_project, locked, index, tmp_path, name):
    file, old, new = EDITS[name]
    folder = tmp_path / "project"
    shutil.copytree(locked, folder)
    text = (folder / file).read_text()
    if "{index}" in new or "{elsewhere}" in new or "{{" in new:
        names = {"index": index.url, "elsewhere": index.url.replace("/simple/", "/other/simple/")}
        old, new = old.format(**names) if "{index}" in old else old, new.format(**names)
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    asked = uv(folder, index, "lock", "--check")
    is_right, said = verdict(shared_project, folder)
    assert is_right == (asked.returncode == 0), f"uv: {asked.returncode}\n{asked.stderr}\nPenstock: {said}"
    # Which groups are taken by default is in the locks of newer versions of uv only.
    assert "default" in name or is_right == (name.startswith("same") or name in HARMLESS), said


def test_another_member(shared_project, locked, index, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(locked, folder)
    write_package(folder / "members" / "second", "second", "")
    assert uv(folder, index, "lock", "--check").returncode != 0
    is_right, said = verdict(shared_project, folder)
    assert not is_right and "second is a member of the workspace now" in said


#: Options of `uv sync`, and what the step says.
CHOICES = {
    "default": ([], ""),
    "no groups": (["--no-default-groups"], "default_groups=False"),
    "an extra": (["--extra", "fine"], 'extras=["fine"]'),
    "an extra of extras": (["--extra", "all", "--no-dev"], 'extras=["all"], default_groups=False'),
    "one side of a conflict": (["--extra", "other"], 'extras=["other"]'),
    "the other side": (["--group", "older"], 'groups=["older"]'),
    "groups": (["--group", "test", "--no-dev"], 'groups=["test"], default_groups=False'),
}


@pytest.mark.parametrize("name", CHOICES)
def test_the_same_packages_as_uv(shared_project, locked, index, tmp_path, name):
    options, attributes = CHOICES[name]
    folder = tmp_path / "project"
    shutil.copytree(locked, folder)
    synced = uv(folder, index, "sync", "--frozen", *options)
    assert synced.returncode == 0, synced.stderr
    (folder / "flow.py").write_text(FLOW.replace("    @step\n    def end", f"    @uv({attributes})\n    @step\n    def end").replace(
        "FlowSpec, step", "FlowSpec, step, uv").replace("        pass", LISTING))
    outcome = shared_project.run(folder / "flow.py", env={"PENSTOCK_INDEX_URL": index.url}).ended_with(0)
    here = shared_project.ask("Run(run).data.files", run=f"Agreed/{outcome.run_id}")
    script = "import json\nself = type('S', (), {})()\n" + "\n".join(line[8:] for line in LISTING.splitlines()) + "\nprint(json.dumps(self.files))"
    there = json.loads(subprocess.run([folder / ".venv" / "bin" / "python", "-c", script], capture_output=True, text=True, check=True).stdout)
    own = ("/REQUESTED", "/uv_cache.json", "/uv_build.json")
    assert [each for each in there if not each.endswith(own) and "_virtualenv" not in each] == here


def git(folder, *words):
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *words],
        cwd=folder, check=True, capture_output=True)


def test_all_kinds_of_sources(shared_project, index, tmp_path):
    """A commit, a file on the web, a wheel and folders of this machine; edits of where they come from are told."""
    folder = tmp_path / "project"
    repository = write_package(tmp_path / "repository", "fromgit", "VERSION = 'first commit'\n")
    for words in (["init"], ["add", "."], ["commit", "-m", "first"], ["tag", "v1"]):
        git(repository, *words)
    write_package(tmp_path / "beside", "beside", "VERSION = 'beside'\n")
    write_package(tmp_path / "virtual", "notinstalled", "", 'dependencies = ["oats<2"]\n', is_package=False)
    folder.mkdir()
    file = wheel("bolted", "1.0")
    (folder / file.filename).write_bytes(file.content)
    milk = next(each for each in index.distributions if each.filename.startswith("milk-1.5"))
    write_package(folder, "app", "VERSION = 'app'\n", f"""
        dependencies = ["fromgit", "beside", "bolted", "milk", "notinstalled"]
        [[tool.uv.index]]
        url = "{index.url}"
        default = true
        [tool.uv.sources]
        fromgit = {{ git = "file://{repository}", tag = "v1" }}
        beside = {{ path = "../beside" }}
        bolted = {{ path = "{file.filename}" }}
        milk = {{ url = "{index.url.replace("/simple/", "/files/")}{milk.filename}" }}
        notinstalled = {{ path = "../virtual", package = false }}
        """)
    (folder / "flow.py").write_text(FLOW)
    made = uv(folder, index, "lock")
    assert made.returncode == 0, made.stderr
    assert verdict(shared_project, folder) == (True, verdict(shared_project, folder)[1])
    # What comes later to the branch is not what was locked.
    (repository / "src" / "fromgit" / "__init__.py").write_text("VERSION = 'second commit'\n")
    git(repository, "commit", "-am", "second")
    synced = uv(folder, index, "sync", "--frozen")
    assert synced.returncode == 0, synced.stderr
    script = "import app, beside, bolted, fromgit, milk, oats; print([m.VERSION for m in (app, beside, bolted, fromgit, milk, oats)])"
    theirs = subprocess.run([folder / ".venv" / "bin" / "python", "-c", script], capture_output=True, text=True, check=True).stdout
    shared_project.engine(
        "env", "create", "--project", folder, "--at", tmp_path / "env", env={"PENSTOCK_INDEX_URL": index.url}).ended_with(0)
    ours = shared_project.command(tmp_path / "env" / "bin" / "python", "-c", script).ended_with(0).stdout
    assert ours == theirs == "['app', 'beside', '1.0', 'first commit', '1.5', '1.5']\n"
    text = (folder / "pyproject.toml").read_text()
    for old, new, isSame in [
            ('tag = "v1"', 'branch = "main"', False), ('tag = "v1"', 'rev = "v1"', False), ('"../beside" }', '"../project/../beside" }', True),
            (', package = false', "", False), (milk.filename, milk.filename.replace("1.5", "2.0"), False)]:
        assert old in text
        (folder / "pyproject.toml").write_text(text.replace(old, new))
        asked = uv(folder, index, "lock", "--check")
        is_right, said = verdict(shared_project, folder)
        assert (is_right, asked.returncode == 0) == (isSame, isSame), f"{new}\n{asked.stderr}\n{said}"


def test_both_sides_of_a_conflict(shared_project, locked, index, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(locked, folder)
    assert uv(folder, index, "sync", "--frozen", "--extra", "other", "--group", "older").returncode != 0
    (folder / "flow.py").write_text(FLOW.replace("    @step\n    def end", '    @uv(extras=["other"], groups=["older"])\n    @step\n    def end')
                                    .replace("FlowSpec, step", "FlowSpec, step, uv"))
    outcome = shared_project.run(folder / "flow.py", env={"PENSTOCK_INDEX_URL": index.url}).ended_with(1)
    assert "the extra 'other' and the group 'older' exclude each other" in outcome.stderr


LISTING = """        import os
        import sysconfig

        folder = sysconfig.get_path("purelib")
        self.files = sorted(
            os.path.relpath(os.path.join(parent, name), folder) for parent, _, names in os.walk(folder) for name in names
            if "__pycache__" not in parent and not name.endswith((".lock", ".pyc")))"""
