"""`--environment=uv`: steps run in the environment of the uv project that the flow belongs to, without uv."""

import shutil
import tarfile

import pytest

from .harness.index import LoopbackIndex
from .harness.uv_projects import lock_text, write_package
from .harness.wheels import wheel

UV = "--environment=uv"

PROJECT = """
dependencies = ["flour>=1"]
[project.optional-dependencies]
fine = ["salt"]
[dependency-groups]
dev = ["yeast"]
oven = ["oats"]
"""

APP = """
[[package]]
name = "app"
version = "0.1.0"
source = { editable = "." }
dependencies = [{ name = "flour" }]

[package.optional-dependencies]
fine = [{ name = "salt" }]

[package.dev-dependencies]
dev = [{ name = "yeast" }]
oven = [{ name = "oats" }]

[package.metadata]
requires-dist = [
    { name = "flour", specifier = ">=1" },
    { name = "salt", marker = "extra == 'fine'" },
]
provides-extras = ["fine"]

[package.metadata.requires-dev]
dev = [{ name = "yeast" }]
oven = [{ name = "oats" }]
"""


@pytest.fixture
def index():
    with LoopbackIndex(
            wheel("flour", "1.0", requires=["water>=1"]), wheel("flour", "2.0", requires=["water>=1"]),
            wheel("water", "1.0"), wheel("water", "1.5"), wheel("salt", "1.0"), wheel("yeast", "1.0"), wheel("oats", "1.0"),
            wheel("metaflow", "2.0")) as index:
        yield index


class Bakery:
    """A uv project with a package of its own and a flow; the older flour and water are locked."""

    def __init__(self, project, index):
        self.project, self.index, self.folder = project, index, project.folder
        write_package(self.folder, "app", "VERSION = 'first'\n", PROJECT)
        self.lock(["flour 1.0", "water 1.0", "salt 1.0", "yeast 1.0", "oats 1.0", APP])
        self.flow = project.add("uv_steps.py")

    def lock(self, entries, heading=""):
        (self.folder / "uv.lock").write_text(lock_text(self.index, entries, heading))

    def edit(self, old, new, name="pyproject.toml"):
        text = (self.folder / name).read_text()
        assert old in text
        (self.folder / name).write_text(text.replace(old, new, 1))

    def run(self, *top, file=None, **env):
        return self.project.run(file or self.flow, top=top or [UV], env=self.variables(**env))

    def variables(self, **more):
        """No uv is on the path, and nothing may be resolved."""
        return {"PATH": "/usr/bin:/bin", "PENSTOCK_INDEX_URL": "http://127.0.0.1:9/simple/", **more}

    def data(self, outcome, step, name="sees"):
        return self.project.ask(
            "getattr(Run(run)[step].task.data, name)", run=f"UvSteps/{outcome.run_id}", step=step, name=name)


@pytest.fixture
def bakery(project, index):
    return Bakery(project, index)


BASIC = {"flour": "1.0", "water": "1.0", "salt": None, "yeast": "1.0", "oats": None, "pytest": None, "app": "first", "other": None}


def test_each_step_has_what_it_takes_of_the_project(bakery):
    outcome = bakery.run().ended_with(0)
    assert bakery.data(outcome, "start") == BASIC
    assert bakery.data(outcome, "fine") == {**BASIC, "salt": "1.0", "oats": "1.0"}
    assert bakery.data(outcome, "bare") == {**BASIC, "yeast": None}
    assert bakery.data(outcome, "off") == {"flour": None}
    prefixes = {step: bakery.data(outcome, step, "prefix") for step in ("start", "fine", "bare", "off", "end")}
    assert prefixes["start"] == prefixes["end"]
    assert len(set(prefixes.values())) == 4
    known = bakery.project.ask("Run(run)['fine'].environment_info", run=f"UvSteps/{outcome.run_id}")
    assert known["type"] == "uv"
    assert {"name": "salt", "version": "1.0"} in known["packages"] and {"name": "app", "version": None} in [
        {"name": each["name"], "version": each.get("version")} for each in known["packages"]]


def test_decorated_steps_need_no_option(bakery):
    outcome = bakery.project.run(bakery.flow, env=bakery.variables()).ended_with(0)
    assert bakery.data(outcome, "fine")["salt"] == "1.0"
    assert bakery.data(outcome, "start")["flour"] is None, "undecorated steps stay with the launching interpreter"


def test_the_variable_stands_for_the_option(bakery):
    outcome = bakery.project.run(bakery.flow, env=bakery.variables(METAFLOW_ENVIRONMENT="uv")).ended_with(0)
    assert bakery.data(outcome, "start") == BASIC
    outcome = bakery.project.run(bakery.flow, env=bakery.variables(METAFLOW_DEFAULT_ENVIRONMENT="uv")).ended_with(0)
    assert bakery.data(outcome, "start") == BASIC


def test_local_means_the_launching_interpreter(bakery):
    outcome = bakery.run("--environment=local").ended_with(0)
    assert bakery.data(outcome, "fine")["salt"] is None


def test_edits_of_the_project_take_effect(bakery):
    first = bakery.run().ended_with(0)
    (bakery.folder / "src" / "app" / "__init__.py").write_text("VERSION = 'second'\n")
    bakery.index.forget_requests()
    second = bakery.run().ended_with(0)
    assert bakery.data(second, "start")["app"] == "second"
    assert bakery.data(first, "start", "prefix") == bakery.data(second, "start", "prefix"), "the environment is the same"
    assert bakery.index.requests == []


def test_a_copy_of_the_project_has_an_environment_of_its_own(bakery, project):
    bakery.run().ended_with(0)
    other = project.folder.parent / "copy"
    shutil.copytree(project.folder, other)
    (other / "src" / "app" / "__init__.py").write_text("VERSION = 'copy'\n")
    outcome = bakery.run(file=other / "uv_steps.py").ended_with(0)
    assert bakery.data(outcome, "start")["app"] == "copy"


def test_the_code_package_holds_lock_and_project(bakery, project):
    outcome = bakery.run().ended_with(0)
    names = project.ask("Run(run).code.tarball.getnames()", run=f"UvSteps/{outcome.run_id}")
    assert {".mf_meta/uv.lock", ".mf_meta/pyproject.toml", ".mf_meta/wheels/app-0.1.0-py3-none-any.whl"} <= set(names)
    locks = project.ask(
        "[tar.extractfile(name).read().decode() for tar in [Run(run).code.tarball]"
        " for name in tar.getnames() if 'pylock' in name]", run=f"UvSteps/{outcome.run_id}")
    assert len(locks) == 3
    for lock in locks:
        assert "../wheels/app-0.1.0-py3-none-any.whl" in lock and "editable" not in lock
        assert str(project.folder) not in lock
    listed = project.flow(bakery.flow, UV, "package", "list", env=bakery.variables()).ended_with(0)
    assert "uv.lock" in listed.all and "app-0.1.0-py3-none-any.whl" in listed.all


def test_the_lock_of_the_code_package_makes_the_environment_elsewhere(bakery, project, tmp_path):
    """The project as it was, from the code package alone."""
    bakery.run().ended_with(0)
    saved = tmp_path / "code.tgz"
    project.flow(bakery.flow, UV, "package", "save", saved, env=bakery.variables()).ended_with(0)
    with tarfile.open(saved) as archive:
        archive.extractall(tmp_path / "code")
    shutil.rmtree(project.folder / "src")
    lock = sorted((tmp_path / "code" / ".mf_meta" / "locks").iterdir())[0]
    project.engine("env", "create", "--lock", lock, tmp_path / "env", env=bakery.variables()).ended_with(0)
    seen = project.command(tmp_path / "env" / "bin" / "python", "-c", "import app; print(app.VERSION, app.__file__)")
    assert seen.ended_with(0).stdout.startswith(f"first {tmp_path}/env/")


def test_a_past_environment_has_the_project_as_it_was(bakery, project, tmp_path):
    run = f"UvSteps/{bakery.run().ended_with(0).run_id}"
    (bakery.folder / "src" / "app" / "__init__.py").write_text("VERSION = 'second'\n")
    project.engine("env", "create", "--run", f"{run}/fine", "--at", tmp_path / "env", env=bakery.variables()).ended_with(0)
    seen = project.command(tmp_path / "env" / "bin" / "python", "-c", "import app, oats, salt; print(app.VERSION)")
    assert seen.ended_with(0).stdout == "first\n"


def test_an_environment_of_the_project_without_a_flow(bakery, project, tmp_path):
    words = ["env", "create", "--project", bakery.folder, "--extra", "fine", "--group", "oven", "--no-default-groups", "--at"]
    project.engine(*words, tmp_path / "env", env=bakery.variables()).ended_with(0)
    script = "import importlib.util, app, oats, salt, flour; print(app.VERSION, importlib.util.find_spec('yeast'))"
    python = tmp_path / "env" / "bin" / "python"
    assert project.command(python, "-c", script).ended_with(0).stdout == "first None\n"
    (bakery.folder / "src" / "app" / "__init__.py").write_text("VERSION = 'second'\n")
    assert project.command(python, "-c", script).ended_with(0).stdout == "second None\n"
    bakery.edit('"flour>=1"', '"flour>=1", "milk"')
    outcome = project.engine(*words, tmp_path / "other", env=bakery.variables()).ended_with(1)
    assert "uv.lock is out of date" in outcome.stderr and not (tmp_path / "other").exists()


@pytest.mark.parametrize("words, told", [
    (["tree"], "flour"), (["why", "water"], "flour"), (["lock"], "uv.lock"), (["lock", "--check"], "up to date"),
    (["environment", "show"], "app"), (["environment", "resolve"], "3 locks"), (["check"], ""), (["package", "info"], "size"),
])
def test_other_commands(bakery, project, words, told):
    outcome = project.flow(bakery.flow, UV, *words, env=bakery.variables()).ended_with(0)
    assert told in outcome.all and "Traceback" not in outcome.all


def test_what_is_newer_is_known_to_uv(bakery, project):
    outcome = project.flow(bakery.flow, UV, "outdated", env=bakery.variables()).ended_with(1)
    assert "uv lock --upgrade --dry-run" in outcome.stderr


def test_metaflow_of_the_project_does_not_replace_the_engines(bakery):
    bakery.edit('"flour>=1"', '"flour>=1", "metaflow"')
    bakery.lock(["flour 1.0", "water 1.0", "salt 1.0", "yeast 1.0", "oats 1.0", "metaflow 2.0",
                 APP.replace('[{ name = "flour" }]', '[{ name = "flour" }, { name = "metaflow" }]').replace(
                     "requires-dist = [", 'requires-dist = [\n    { name = "metaflow" },')])
    outcome = bakery.run().ended_with(0)
    assert bakery.data(outcome, "start") == BASIC


@pytest.mark.parametrize("old, new, told", [
    ('"flour>=1"', '"flour>=1", "milk>=2"', "'milk>=2' was added to the dependencies of app"),
    ('"flour>=1"', '"flour>=2"', "'flour>=1' became 'flour>=2'"),
    ('"flour>=1"', "", "'flour>=1' was taken out"),
    ('fine = ["salt"]', 'fine = ["salt"]\ncoarse = []', "extra 'coarse'"),
    ('oven = ["oats"]', "", "no dependency group 'oven'"),
    ('dev = ["yeast"]', 'dev = ["yeast", "salt"]', "'salt' was added to the group 'dev' of app"),
    ('>=3.8"', '>=3.9"', "requires-python was '>=3.8', and is '>=3.9'"),
    ('version = "0.1.0"', 'version = "0.2.0"', "the version of app was 0.1.0, and is 0.2.0"),
    ("[dependency-groups]", '[tool.uv]\nconstraint-dependencies = ["water<9"]\n[dependency-groups]', "'water<9'"),
    ("[dependency-groups]", "[tool.uv]\npackage = false\n[dependency-groups]", "no package any more"),
])
def test_a_lock_that_is_out_of_date(bakery, old, new, told):
    bakery.edit(old, new)
    outcome = bakery.run().ended_with(1)
    assert "uv.lock is out of date" in outcome.stderr and told in outcome.stderr, outcome
    assert "type: uv lock" in outcome.stderr
    assert not outcome.started_a_run and "Traceback" not in outcome.all
    assert not (bakery.project.cache / "environments").exists()


@pytest.mark.parametrize("old, new", [
    ('"flour>=1"', '"flour >= 1"'),
    ('"flour>=1"', '"Flour>=1.0"'),
    ('"flour>=1"', "\"flour>=1 ; python_version >= '3.6'\""),
    ('fine = ["salt"]', 'Fine = ["salt"]'),
    ('>=3.8"', '>=3.8, !=3.10.1"'),
    ("[dependency-groups]", '[project.urls]\nhome = "http://127.0.0.1/"\n[dependency-groups]'),
])
def test_edits_that_change_nothing(bakery, old, new):
    bakery.edit(old, new)
    bakery.run().ended_with(0)


def test_no_project_and_no_lock(bakery, project):
    (bakery.folder / "uv.lock").unlink()
    outcome = bakery.run().ended_with(1)
    assert "the project has no uv.lock" in outcome.stderr and "type: uv lock" in outcome.stderr
    (bakery.folder / "pyproject.toml").unlink()
    outcome = bakery.run().ended_with(1)
    assert "no pyproject.toml" in outcome.stderr and not outcome.started_a_run


def test_a_lock_of_another_version(bakery):
    bakery.edit("version = 1\n", "version = 2\n", "uv.lock")
    outcome = bakery.run().ended_with(1)
    assert "version '2'" in outcome.stderr


@pytest.mark.parametrize("old, new, told", [
    ('extras=["fine"]', 'extras=["corse"]', "no extra 'corse'"),
    ('groups=["oven"]', 'groups=["ovens"]', "no dependency group 'ovens'"),
    ('extras=["fine"]', "extras=7", "extras=7"),
    ("@uv(default_groups=False)", '@uv(python="3.7")', "3.7"),
])
def test_what_a_step_asks_for_and_the_project_lacks(bakery, old, new, told):
    bakery.edit(old, new, "uv_steps.py")
    outcome = bakery.run().ended_with(1)
    assert told in outcome.stderr and not outcome.started_a_run, outcome


def test_a_wheel_with_another_hash_is_refused(bakery):
    flour = next(each for each in bakery.index.distributions if each.filename.startswith("flour-1.0"))
    bakery.edit(flour.sha256, "0" * 64, "uv.lock")
    outcome = bakery.run().ended_with(1)
    assert flour.filename in outcome.stderr and "0" * 16 in outcome.stderr


def test_a_flow_of_a_workspace_member(project, index):
    """The lock is the workspace's; the member gets what it needs, its sibling editable."""
    root = project.folder
    (root / "pyproject.toml").write_text('[tool.uv.workspace]\nmembers = ["packages/*"]\n')
    app = write_package(root / "packages" / "app", "app", "VERSION = 'app'\n", 'dependencies = ["other", "salt"]\n'
                        "[tool.uv.sources]\nother = { workspace = true }\n")
    write_package(root / "packages" / "other", "other", "VERSION = 'other'\n", 'dependencies = ["flour"]\n')
    write_package(root / "packages" / "third", "third", "", 'dependencies = ["oats"]\n')
    entry = """
        [[package]]
        name = "{0}"
        version = "0.1.0"
        source = {{ editable = "packages/{0}" }}
        dependencies = [{1}]
        [package.metadata]
        requires-dist = [{2}]
        """
    heading = '\n[manifest]\nmembers = ["app", "other", "third"]\n'
    (root / "uv.lock").write_text(lock_text(index, [
        "flour 2.0", "water 1.5", "salt 1.0", "oats 1.0",
        entry.format("app", '{ name = "other" }, { name = "salt" }', '{ name = "other", editable = "packages/other" }, { name = "salt" }'),
        entry.format("other", '{ name = "flour" }', '{ name = "flour" }'),
        entry.format("third", '{ name = "oats" }', '{ name = "oats" }')], heading))
    flow = app / "flow.py"
    flow.write_text((project.add("uv_steps.py")).read_text().replace('extras=["fine"], groups=["oven"]', ""))
    outcome = project.run(flow, top=[UV], env={"PATH": "/usr/bin:/bin"}).ended_with(0)
    seen = project.ask("Run(run)['start'].task.data.sees", run=f"UvSteps/{outcome.run_id}")
    assert seen == {**BASIC, "flour": "2.0", "water": "1.5", "salt": "1.0", "yeast": None, "app": "app", "other": "other"}
    # A member that was added since is told.
    write_package(root / "packages" / "fourth", "fourth", "")
    outcome = project.run(flow, top=[UV], env={"PATH": "/usr/bin:/bin"}).ended_with(1)
    assert "fourth is a member of the workspace now" in outcome.stderr
