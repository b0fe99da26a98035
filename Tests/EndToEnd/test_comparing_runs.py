"""`penstock diff`: what a second run has otherwise than a first; `package diff`: what was changed since a run."""

import json
import shutil
import subprocess

import pytest

from .harness.index import LoopbackIndex
from .harness.wheels import wheel

FLOW = '''
from penstock import Config, FlowSpec, Parameter, environment, step


class Compared(FlowSpec):
    alpha = Parameter("alpha", default=0.1)
    names = Parameter("names", default="a,b", separator=",")
    settings = Config("settings", default_value={"depth": 3, "deep": {"x": 1}})
    constant = 7

    @environment(vars={"PLAIN": "one", "TOKEN": "hush-hush-1"})
    @step
    def start(self):
        self.items = [1, 2, 3]
        self.total = self.alpha * 10
        self.next(self.each, foreach="items")

    @step
    def each(self):
        self.value = self.input * FACTOR
        self.next(self.join)

    @step
    def join(self, inputs):
        self.values = [each.value for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


FACTOR = 2

if __name__ == "__main__":
    Compared()
'''


@pytest.fixture(scope="module")
def compared(shared_project):
    """Three runs: the second is like the first, the third is not."""
    project = shared_project
    file = project.write("flow.py", FLOW)
    project.write("old.py", "x = 1\n")
    runs = [project.run(file).ended_with(0).run_id for _ in range(2)]
    project.write("flow.py", FLOW.replace("input * FACTOR", "input * FACTOR if self.input < 3 else 0").replace("hush-hush-1", "hush-hush-2"))
    (project.folder / "old.py").unlink()
    project.write("new.py", "y = 1\n")
    top = ("--config-value", "settings", '{"depth": 4, "deep": {"x": 1}}')
    runs.append(project.run(file, "--alpha", "0.2", "--names", "c", top=top).ended_with(0).run_id)
    return project, [f"Compared/{run}" for run in runs]


def difference(project, first, second, code):
    outcome = project.engine("diff", first, second, "--json", "--root", project.store).ended_with(code)
    return json.loads(outcome.stdout)


def test_runs_that_are_the_same(compared):
    project, runs = compared
    found = difference(project, runs[0], runs[1], 0)
    assert found["same"] and found["code"]["same"] and found["code"]["before"] == found["code"]["after"]
    assert [found[part] for part in ("parameters", "configuration", "variables", "artifacts", "environments")] == [[]] * 5
    assert {time["step"]: time["tasks_after"] for time in found["durations"]} == {"start": 1, "each": 3, "join": 1, "end": 1}
    text = project.engine("diff", *runs[:2], "--root", project.store).ended_with(0).stdout
    assert "The same: code, packages, parameters, configuration, environment variables, artifacts." in text


def test_everything_that_differs(compared):
    project, runs = compared
    found = difference(project, runs[0], runs[2], 1)
    assert not found["same"]
    assert {file["path"]: file["change"] for file in found["code"]["files"]} == {
        "flow.py": "changed", "new.py": "added", "old.py": "removed"}
    assert found["parameters"] == [
        {"name": "alpha", "before": "0.1", "after": "0.2"}, {"name": "names", "before": "['a', 'b']", "after": "['c']"}]
    assert found["configuration"] == [{"name": "settings.depth", "before": "3", "after": "4"}]
    [variable] = found["variables"]
    assert (variable["step"], variable["name"]) == ("start", "TOKEN") and variable["before"] != variable["after"]
    artifacts = {(each["step"], each["name"]): each for each in found["artifacts"]}
    assert set(artifacts) == {("start", "total"), ("each", "value"), ("join", "values")}
    assert artifacts["start", "total"]["before"] == "1.0" and artifacts["start", "total"]["after"] == "2.0"
    each = artifacts["each", "value"]
    assert (each["tasks"], each["different"], each["before"], each["after"]) == (3, 1, "6", "0")
    text = project.engine("diff", runs[0], runs[2], "--root", project.store).ended_with(1).stdout
    for words in ("-        self.value = self.input * FACTOR", "alpha", "settings.depth", "1 of 3 differ", "has another value"):
        assert words in text, text


def test_no_value_of_a_variable_is_recorded(compared):
    project, runs = compared
    text = project.engine("diff", runs[0], runs[2], "--json", "--root", project.store).stdout
    found = json.loads(text)
    assert all(len(variable[side]) == 6 for variable in found["variables"] for side in ("before", "after"))
    for path in project.store.rglob("ledger.sqlite*"):
        assert b"hush-hush" not in path.read_bytes()


@pytest.mark.skipif(not shutil.which("patch"), reason="there is no patch")
def test_patch_takes_the_difference(compared, tmp_path):
    project, runs = compared
    project.ask("[each.extractall(d) for each, d in ((Run(run).code.tarball, folder),)] and 1", run=runs[0], folder=str(tmp_path))
    found = difference(project, runs[0], runs[2], 1)
    subprocess.run(
        ["patch", "-p1", "-s"], input="".join(file["diff"] for file in found["code"]["files"]), text=True, cwd=tmp_path, check=True)
    assert (tmp_path / "flow.py").read_text() == (project.folder / "flow.py").read_text()
    assert (tmp_path / "new.py").read_text() == "y = 1\n" and not (tmp_path / "old.py").exists()


def test_what_was_changed_since_a_run(compared):
    project, runs = compared
    same = project.flow("flow.py", "package", "diff").ended_with(0)
    assert runs[2] in same.stderr
    outcome = project.flow("flow.py", "package", "diff", runs[0].split("/")[1]).ended_with(1)
    assert "+++ b/new.py" in outcome.stdout and "--- a/old.py" in outcome.stdout
    found = json.loads(project.flow("flow.py", "package", "diff", runs[0], "--json").ended_with(1).stdout)
    assert [file["path"] for file in found] == ["flow.py", "new.py", "old.py"]
    missing = project.flow("flow.py", "package", "diff", "17").ended_with(1)
    assert "there is no run Compared/17" in missing.stderr


@pytest.mark.parametrize("words", [("Compared/1", "Compared/2"), ("Nothing/1", "Nothing/2"), ("Compared", "Compared"), ("", "")])
def test_what_is_not_there_is_told(compared, words):
    project, _ = compared
    outcome = project.engine("diff", *words, "--root", project.store)
    assert outcome.code in (1, 2) and "error:" in outcome.stderr and not outcome.stdout


@pytest.fixture
def index(project):
    with LoopbackIndex(wheel("flour", "1.0", requires=["water>=1"]), wheel("water", "1.0"), wheel("water", "1.5")) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        yield index


def baked(project, file, packages, env=None):
    """A run whose step `bake` has these packages."""
    outcome = project.run(file, top=["--environment=pypi"], env={"TEST_PACKAGES": json.dumps(packages), **(env or {})})
    return f"WithPackages/{outcome.ended_with(0).run_id}"


def test_packages_by_step(project, index):
    file = project.add("with_packages.py")
    runs = [baked(project, file, packages) for packages in ({"flour": "1.0", "water": "1.0"}, {"water": "1.5"})]
    found = difference(project, *runs, 1)
    steps = {each["step"]: each for each in found["environments"]}
    assert {step for step, each in steps.items() if not each["difference"]["same"]} == {"bake", "eat"}
    bake = steps["bake"]
    assert [each["name"] for each in bake["difference"]["removed"]] == ["flour"]
    assert [(each["before"]["version"], each["after"]["version"]) for each in bake["difference"]["changed"]] == [("1.0", "1.5")]
    assert found["code"]["same"]
    text = project.engine("diff", *runs, "--root", project.store).ended_with(1).stdout
    assert "bake:" in text and "flour" in text and "The same: code" in text


def test_two_machines_lock_the_same_package(project, index):
    """Locks are resolved twice, at other times and in other folders, and still the packages are the same bytes."""
    first = project.add("with_packages.py")
    second = project.write("elsewhere/deep/with_packages.py", first.read_text())
    elsewhere = {"METAFLOW_USER": "somebody", "PENSTOCK_CACHE_DIR": project.folder / "elsewhere" / "cache",
                 "PENSTOCK_ROOT": project.folder / "elsewhere" / "store"}
    packages = {"flour": "1.0", "water": "1.0"}
    run, other = baked(project, first, packages), baked(project, second, packages, elsewhere)
    script = ("import metaflow, sys; metaflow.namespace(None); code = metaflow.Run(sys.argv[1]).code; "
              "print(code.path, sum('/locks/' in name for name in code.tarball.getnames()))")
    said = [project.python("-c", script, path, env=env).ended_with(0).stdout for path, env in ((run, None), (other, elsewhere))]
    # The first folder holds the second, and so does its package.
    assert said[0].split()[1] == said[1].split()[1] != "0"
    shutil.move(str(project.folder / "elsewhere"), str(project.temporary / "elsewhere"))
    again = baked(project, first, packages)
    assert project.python("-c", script, again).ended_with(0).stdout == said[1]


PLAIN = '''
import os
from penstock import FlowSpec, step

inner = [1]
VALUES = [
    0, -1, 255, 256, 65535, 65536, 2**31 - 1, -2**31, 2**40, -2**40, 2**63 - 1, -2**63, 0.1, -0.0, 1e15, 1e16, 1e22, 1e-5, 2.5e-300,
    float("inf"), float("nan"), "", "it's", 'a"b', "both ' and \\"", "\\u00fcn\\u00ef\\n\\t\\\\", "\\x01", b"", b"ab'c", b"\\x00\\xff\\n", True,
    False, None, [], [1, [2, "x"]], (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), {}, {"a": 1, "b": [2]}, {1: {2: 3}}, set(), {5},
    frozenset({7}), [inner, inner], list(range(30)), [("k", 1.5)] * 3,
]


class Plain(FlowSpec):
    @step
    def start(self):
        for number, value in enumerate(VALUES):
            setattr(self, "v%d" % number, value if os.environ.get("FIRST") else "other")
        self.texts = [repr(value) for value in VALUES]
        self.thing = Thing() if os.environ.get("FIRST") else 1
        self.next(self.end)

    @step
    def end(self):
        pass


class Thing:
    pass


if __name__ == "__main__":
    Plain()
'''


def test_plain_values_are_shown_as_python_writes_them(project):
    file = project.write("plain.py", PLAIN)
    runs = ["Plain/" + project.run(file, env=env).ended_with(0).run_id for env in ({"FIRST": "1"}, {})]
    found = {each["name"]: each for each in difference(project, *runs, 1)["artifacts"]}
    texts = project.ask("Run(run)['start'].task.data.texts", run=runs[0])
    shown = [found[f"v{number}"]["before"] for number in range(len(texts))]
    assert shown == texts
    # Nothing is loaded to show a value: of a class only what was recorded is told.
    assert found["thing"]["before"].startswith("__main__.Thing, ") and found["thing"]["after"] == "1"


def test_runs_of_a_remote_datastore(project):
    """Two runs that were made elsewhere are compared with nothing but the datastore."""
    file = project.write("flow.py", FLOW)
    remote = f"file://{project.folder}/remote"
    runs = [f"Compared/{project.run(file, '--alpha', alpha, top=('--datastore-root', remote)).ended_with(0).run_id}"
            for alpha in ("0.1", "0.3")]
    here = {"PENSTOCK_ROOT": project.temporary / "here", "PENSTOCK_CACHE_DIR": project.temporary / "cache"}
    outcome = project.engine("diff", *runs, "--json", "--root", remote, env=here).ended_with(1)
    found = json.loads(outcome.stdout)
    assert found["code"]["same"] and found["parameters"] == [{"name": "alpha", "before": "0.1", "after": "0.3"}]
    assert [(each["step"], each["name"]) for each in found["artifacts"]] == [("start", "total")]
