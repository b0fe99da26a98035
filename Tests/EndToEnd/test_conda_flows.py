"""Flows whose steps ask for conda packages: alone, beside those of an index in one solve, and beside steps with neither."""

import json
import sys

import pytest

from .harness.conda_channel import CondaChannel, conda_package, conda_project
from .harness.index import LoopbackIndex
from .harness.wheels import wheel

CONDA = ["--environment=conda"]

FLOW = """
import importlib.util
import sys

from penstock import FlowSpec, conda, conda_base, pypi, pypi_base, step


def sees():
    if importlib.util.find_spec("pytest"):
        return None
    from importlib.metadata import distributions

    found = {each.metadata["Name"].lower(): each for each in distributions() if each.metadata["Name"]}
    return {name: each.version + " " + (each.read_text("INSTALLER") or "").strip() for name, each in sorted(found.items())}


%s
class Pantry(FlowSpec):
    %s
    @step
    def start(self):
        self.seen, self.prefix = [sees()], sys.prefix
        self.next(self.end)

    @step
    def end(self):
        self.seen = [*self.seen, sees()]


if __name__ == "__main__":
    Pantry()
"""

FOUR_STEPS = """
from penstock import FlowSpec, conda, pypi, step


class FourSteps(FlowSpec):
    @pypi(packages={"salt": ""})
    @step
    def start(self):
        import salt
        self.start_salt = getattr(salt, "SOURCE", "pypi")
        self.next(self.bake)

    @conda(packages={"flour": ">=1"})
    @step
    def bake(self):
        import flour
        self.flour = [flour.VERSION, flour.SOURCE]
        self.next(self.both)

    @conda(packages={"flour": ">=1"})
    @pypi(packages={"bread": ""})
    @step
    def both(self):
        import bread
        import flour
        self.bread = [bread.VERSION, flour.VERSION, flour.SOURCE]
        self.next(self.end)

    @step
    def end(self):
        import importlib.util
        self.left = [name for name in ("salt", "flour", "bread", "pytest") if importlib.util.find_spec(name)]


if __name__ == "__main__":
    FourSteps()
"""


@pytest.fixture(scope="module")
def channel(python):
    with CondaChannel(
            python, conda_project("flour", "1.0"), conda_project("flour", "2.0"), conda_project("salt", "1.0"),
            conda_package("oven", "1.0", depends=["__cuda >=12"]), conda_package("old-oven", "1.0", depends=["python <3"]), conda_project("stew", "1.0", extras={"spiced": ["pepper"]}),
            conda_package("yeast", "3.0", "h1_1", files={"share/yeast.txt": "alive\n"}, suffix=".tar.bz2")) as channel:
        yield channel


@pytest.fixture(scope="module")
def index():
    with LoopbackIndex(
            wheel("flour", "1.0"), wheel("flour", "3.0"), wheel("salt", "1.0"), wheel("bread", "1.0", requires=["flour"]),
            wheel("pepper", "1.0")) as index:
        yield index


def variables(channel, index):
    return {"CONDA_CHANNELS": channel.url, "PENSTOCK_INDEX_URL": index.url}


def run(project, channel, index, base, own, options=CONDA, code=0, words=(), **env):
    flow = project.write("flow.py", FLOW % (base, own))
    return project.run(flow, *words, top=options, env={**variables(channel, index), **env}).ended_with(code)


#: Decorators of the flow, of `start`, and what the steps see: versions and who installed them.
ROWS = {
    "conda alone": ("", "@conda(packages={'flour': '1.0'})", {"flour": "1.0 conda"}, {}),
    "the newest": ("", "@conda(packages={'flour': '*'})", {"flour": "2.0 conda"}, {}),
    "a range": ("", "@conda(packages={'flour': '>=1,<2'})", {"flour": "1.0 conda"}, {}),
    "libraries": ("", "@conda(libraries={'flour': '1.0', 'salt': ''}, packages={'flour': '2.*'})", {"flour": "2.0 conda", "salt": "1.0 conda"}, {}),
    "a build": ("", "@conda(packages={'flour': '1.0=py_0'})", {"flour": "1.0 conda"}, {}),
    "only the Python": ("", "@conda", {}, {}),
    "the base": ("@conda_base(packages={'flour': '1.0'})", "", {"flour": "1.0 conda"}, {"flour": "1.0 conda"}),
    "base and step": ("@conda_base(packages={'flour': '1.0', 'salt': '1.0'})", "@conda(packages={'flour': '2.0'})",
                      {"flour": "2.0 conda", "salt": "1.0 conda"}, {"flour": "1.0 conda", "salt": "1.0 conda"}),
    "off on the step": ("@conda_base(packages={'flour': '1.0'})", "@conda(disabled=True)", None, {"flour": "1.0 conda"}),
    "off on the base, on for the step": ("@conda_base(packages={'flour': '1.0'}, disabled='true')", "@conda(disabled=False)", {"flour": "1.0 conda"}, None),
    "one solve": ("", "@conda(packages={'flour': '*'})\n    @pypi(packages={'bread': ''})", {"bread": "1.0 penstock", "flour": "2.0 conda"}, {}),
    "conda first": ("", "@conda(packages={'yeast': ''}, prefer='conda')\n    @pypi(packages={'bread': ''})",
                    {"bread": "1.0 penstock", "flour": "2.0 conda"}, {}),
    "the index first": ("", "@conda(packages={'yeast': ''}, prefer='pypi')\n    @pypi(packages={'bread': ''})",
                        {"bread": "1.0 penstock", "flour": "3.0 penstock"}, {}),
    "one project of conda": ("", "@conda(packages={'yeast': ''}, prefer={'flour': 'conda', '*': 'pypi'})\n    @pypi(packages={'bread': '', 'salt': ''})",
                             {"bread": "1.0 penstock", "flour": "2.0 conda", "salt": "1.0 penstock"}, {}),
    "one project of the index": ("", "@conda(packages={'yeast': ''}, prefer={'flour': 'pypi', '*': 'conda'})\n    @pypi(packages={'bread': '', 'salt': ''})",
                                 {"bread": "1.0 penstock", "flour": "3.0 penstock", "salt": "1.0 conda"}, {}),
    "the base prefers, the step says otherwise": (
        "@conda_base(prefer='pypi', packages={'yeast': ''})\n@pypi_base(packages={'bread': ''})", "@conda(prefer={'flour': 'conda'})",
        {"bread": "1.0 penstock", "flour": "2.0 conda"}, {"bread": "1.0 penstock", "flour": "3.0 penstock"}),
    "what is asked of conda comes from there": ("", "@conda(packages={'flour': '1.0'}, prefer='pypi')\n    @pypi(packages={'bread': ''})",
                                                {"bread": "1.0 penstock", "flour": "1.0 conda"}, {}),
    "what only the index has": ("", "@conda(packages={'yeast': ''}, prefer='conda')\n    @pypi(packages={'flour': '3.0'})", {"flour": "3.0 penstock"}, {}),
    "both bases": ("@conda_base(packages={'flour': '1.0'})\n@pypi_base(packages={'bread': ''})", "@pypi(packages={'salt': ''})",
                   {"bread": "1.0 penstock", "flour": "1.0 conda", "salt": "1.0 penstock"}, {"bread": "1.0 penstock", "flour": "1.0 conda"}),
    "the index's base and the step's own": ("@pypi_base(packages={'bread': ''})", "@conda(packages={'flour': '1.0'})",
                                            {"bread": "1.0 penstock", "flour": "1.0 conda"}, {"bread": "1.0 penstock", "flour": "3.0 penstock"}),
    "the index's base is off": ("@pypi_base(packages={'bread': ''}, disabled=True)", "@conda(packages={'flour': '1.0'})", {"flour": "1.0 conda"}, None),
    "the step's own of the index is off": ("@conda_base(packages={'flour': '1.0'})", "@pypi(packages={'bread': ''}, disabled=True)", None, {"flour": "1.0 conda"}),
    "an extra of what conda has": ("", "@conda(packages={'stew': ''})\n    @pypi(packages={'stew[spiced]': ''})", {"stew": "1.0 conda", "pepper": "1.0 penstock"}, {}),
    "a wheel by its address": ("", "@conda(packages={'flour': '1.0'})\n    @pypi(packages={'bread': '@ INDEX/files/bread-1.0-py3-none-any.whl'})",
                               {"bread": "1.0 penstock", "flour": "1.0 conda"}, {}),
    "another channel for one package": ("", "@conda(packages={'CHANNEL::flour': '1.0'})", {"flour": "1.0 conda"}, {}),
    "conda's base and the step's own": ("@conda_base(packages={'flour': '1.0'})", "@pypi(packages={'bread': ''})",
                                        {"bread": "1.0 penstock", "flour": "1.0 conda"}, {"flour": "1.0 conda"}),
}


@pytest.mark.parametrize("name", ROWS)
def test_what_steps_see(shared_project, channel, index, name):
    base, own, start, end = ROWS[name]
    own = own.replace("CHANNEL", channel.url).replace("INDEX", index.url.rpartition("/simple")[0])
    outcome = run(shared_project, channel, index, base, own)
    assert shared_project.ask("Run(run).data.seen", run=f"Pantry/{outcome.run_id}") == [start, end]


@pytest.mark.parametrize("own, parts", [
    ("@conda(packages={'sugar': '1'})", ["sugar", "step 'start'"]),
    ("@conda(packages={'flour': '9'})", ["flour"]),
    ("@conda(packages={'flour': '>='})", ["'flour': '>='", "flow.py"]),
    ("@conda(packages={'flour': ['1']})", ["flour", "flow.py:19"]),
    ("@conda(packages={'flour': None})", ["'flour'", "'flour': ''", "flow.py:19"]),
    ("@conda(packages={7: '1'})", ["packages=", "flow.py:19"]),
    ("@conda(packages=['flour'])", ["packages=['flour']", "flow.py:19"]),
    ("@conda(packages={'flour': '1..2'})", ["step 'start' (@conda)", "'1..2'", "flow.py:19"]),
    ("@conda(packages={'flo ur': '1'})", ["'flo ur'", "flow.py:19"]),
    ("@conda(packages={'a::b::flour': '1'})", ["'a::b'", "flow.py:19"]),
    ("@conda(packages={'flour': '@ https://host/x.whl'})", ["x.whl", "flow.py:19"]),
    ("@conda(packages={'flour': '9'}, python='3.1x')", ["python='3.1x'", "flow.py:19"]),
    ("@conda(python='3.99')", ["tep 'start' (@conda)", "python='3.99'", "flow.py:19"]),
    ("@pypi(packages={'bread': ''})\n    @conda(python='2.7')", ["2.7", "3.", "flow.py:"]),
    ("@conda(packages={'old-oven': ''})", ["old-oven 1.0 needs python <3", "only 3.", "flow.py:19"]),
    ("@conda(prefer={'not a name!': 'pypi'})", ["prefer=", "'not a name!'"]),
    ("@conda(prefer='both')", ["prefer='both'", "flow.py:19"]),
    ("@conda(packages={'oven': ''})", ["oven 1.0 needs __cuda >=12", "CONDA_OVERRIDE_CUDA", "flow.py:19"]),
    ("@conda(packages={'flour': ''}, channels=['./none'])", ["channel 'none'", "flow.py:19"]),
    ("@conda(packages={'flour': '2.0'})\n    @pypi(packages={'flour': '1.0'})", ["flour"]),
    ("@conda(channels=['nowhere-at-all'], packages={'flour': '1'})", ["nowhere-at-all"]),
])
def test_what_is_refused(shared_project, channel, index, own, parts):
    outcome = run(shared_project, channel, index, "", own, code=1)
    assert not outcome.started_a_run and "Traceback" not in outcome.all
    assert all(part in outcome.stderr for part in parts), str(outcome)


@pytest.mark.parametrize("own, parts", [
    ("@conda(packages={'flour': '>='})", ["step 'start'", "'flour': '>='", "flow.py:19"]),
    ("@pypi(packages={'bread': '>='})", ["step 'start'", "'bread'", "flow.py:19"]),
    ("@conda(packages={'flour': '9', 'sugar': '1'})", []),
])
def test_check_looks_at_what_is_asked_for(shared_project, own, parts):
    """Whether the channels have it is another question, which is not asked here."""
    file = shared_project.write("flow.py", FLOW % ("", own))
    outcome = shared_project.flow(file, *CONDA, "check").ended_with(1 if parts else 0)
    assert all(part in outcome.stderr for part in parts) and ("looks good" in outcome.stderr) == (not parts), outcome


def test_four_steps_and_again_offline(project, python):
    """PyPI only, conda only, both in one solve, neither: from an empty cache, and when index and channel are gone."""
    flow = project.write("flow.py", FOUR_STEPS)
    with CondaChannel(python, conda_project("flour", "1.0")) as channel, LoopbackIndex(
            wheel("salt", "1.0"), wheel("flour", "3.0"), wheel("bread", "1.0", requires=["flour"])) as index:
        known = variables(channel, index)
        first = project.run(flow, top=CONDA, env=known).ended_with(0)
        assert not any(name.startswith("flour") for name in index.downloads())
    again = project.run(flow, top=CONDA, env={**known, "PENSTOCK_OFFLINE": "1"}).ended_with(0)
    for outcome in (first, again):
        data = project.ask(
            "[Run(run).data.start_salt, Run(run).data.flour, Run(run).data.bread, Run(run).data.left]", run=f"FourSteps/{outcome.run_id}")
        assert data == ["pypi", ["1.0", "conda"], ["1.0", "1.0", "conda"], []]


def test_locks_beside_the_flow(project, channel, index):
    env = variables(channel, index)
    flow = project.write("flow.py", FLOW % ("", "@conda(packages={'flour': '1.*'})\n    @pypi(packages={'bread': ''})"))
    refused = project.run(flow, "--locked", top=CONDA, env=env).ended_with(1)
    assert "pylock.Pantry.toml" in refused.stderr
    project.flow(flow, *CONDA, "lock", env=env).ended_with(0)
    text = (project.folder / "pylock.Pantry.toml").read_text()
    assert "flour-1.0-py_0.conda" in text and "bread-1.0-py3-none-any.whl" in text and "[tool.penstock" in text
    project.flow(flow, *CONDA, "lock", env=env).ended_with(0)
    assert (project.folder / "pylock.Pantry.toml").read_text() == text
    project.flow(flow, *CONDA, "lock", "--check", env=env).ended_with(0)
    project.run(flow, "--locked", top=CONDA, env=env).ended_with(0)
    project.write("flow.py", FLOW % ("", "@conda(packages={'flour': '2.*'})\n    @pypi(packages={'bread': ''})"))
    changed = project.run(flow, "--locked", top=CONDA, env=env).ended_with(1)
    assert "out of date" in changed.stderr and "flour" in changed.stderr


def test_commands_of_environments(project, channel, index):
    env = variables(channel, index)
    flow = project.write("flow.py", FLOW % ("", "@conda(packages={'flour': '1.0', 'yeast': ''})"))
    state, = json.loads(project.flow(flow, "--quiet", "environment", "list", "--json", env=env).ended_with(0).stdout)
    assert not state["is_resolved"]
    path = project.flow(flow, "--quiet", "environment", "create", "start", env=env).ended_with(0).stdout.split()[-1]
    said = project.flow(
        flow, "--quiet", "environment", "run", "start", "--", "python", "-c", "import flour, sys; print(flour.SOURCE, sys.prefix)", env=env)
    assert said.ended_with(0).stdout.split() == ["conda", path]
    state, = json.loads(project.flow(flow, "--quiet", "environment", "list", "--json", env=env).ended_with(0).stdout)
    assert state["is_resolved"] and state["path"] == path
    assert {"flour", "yeast", "python"} <= {each["name"] for each in state["packages"]}


def test_what_is_recorded_of_a_task(shared_project, channel, index):
    outcome = run(shared_project, channel, index, "", "@conda(packages={'flour': '1.0'})")
    info, prefix = shared_project.ask(
        "[Task(task).environment_info, Task(task).metadata_dict.get('conda_env_prefix')]",
        task=shared_project.ask("Run(run)['start'].task.pathspec", run=f"Pantry/{outcome.run_id}"))
    assert info["type"] == "conda" and {"name": "flour", "version": "1.0"} in info["packages"]
    assert prefix == shared_project.ask("Run(run).data.prefix", run=f"Pantry/{outcome.run_id}")


OF_A_FILE = """
import sys

from metaflow import Config, FlowSpec, conda_base, conda_environment_yml_parser, config_expr, step


@conda_base(packages=config_expr("env.packages"), python=config_expr("env.python"))
class Listed(FlowSpec):
    env = Config("env", default="environment.yml", parser=conda_environment_yml_parser)

    @step
    def start(self):
        import flour
        self.got, self.series = [flour.VERSION, flour.SOURCE], "%d.%d" % sys.version_info[:2]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Listed()
"""


def test_an_environment_file_as_config(project, channel, index):
    """`environment.yml` by way of a config, with the parser that comes for it."""
    series = "%d.%d" % sys.version_info[:2]
    project.write("environment.yml", f"name: kitchen\nchannels:\n  - conda-forge\ndependencies:\n  - python={series}\n  - flour=1\n")
    flow = project.write("flow.py", OF_A_FILE)
    outcome = project.run(flow, top=CONDA, env=variables(channel, index)).ended_with(0)
    assert project.ask("[Run(run).data.got, Run(run).data.series]", run=f"Listed/{outcome.run_id}") == [["1.0", "conda"], series]
    project.write("environment.yml", "dependencies:\n  - flour=1\n  - pip:\n    - bread\n")
    refused = project.run(flow, top=CONDA, env=variables(channel, index))
    assert refused.code != 0 and not refused.started_a_run and "'pip:'" in refused.stderr and "@pypi" in refused.stderr


def test_a_name_for_an_environment_of_both_worlds(project, channel, index):
    """A lock with conda packages gets a name, and another flow's step takes it by that."""
    env = variables(channel, index)
    flow = project.write("flow.py", FLOW % ("", "@conda(packages={'flour': '1.*'})\n    @pypi(packages={'bread': ''})"))
    project.flow(flow, *CONDA, "lock", env=env).ended_with(0)
    path = project.engine("env", "create", "--name", "kitchen", "--lock", "pylock.Pantry.toml", env=env).ended_with(0).stdout.strip()
    named = project.write("named.py", (FLOW % ("", "@named_env(name='kitchen')")).replace("import FlowSpec, ", "import FlowSpec, named_env, "))
    outcome = project.run(named, top=CONDA, env={"PENSTOCK_OFFLINE": "1"}).ended_with(0)
    seen, prefix = project.ask("[Run(run).data.seen, Run(run).data.prefix]", run=f"Pantry/{outcome.run_id}")
    assert seen == [{"bread": "1.0 penstock", "flour": "1.0 conda"}, {}] and prefix == path
    info = project.ask("Step(run + '/start').environment_info", run=f"Pantry/{outcome.run_id}")
    assert info["type"] == "conda" and {"flour", "bread", "python"} <= {each["name"] for each in info["packages"]}


def test_what_differs_between_two_runs(project, channel, index):
    runs = []
    for version in ("1.0", "2.0"):
        outcome = run(project, channel, index, "", f"@conda(packages={{'flour': '{version}', 'yeast': ''}})\n    @pypi(packages={{'bread': ''}})")
        runs.append(f"Pantry/{outcome.run_id}")
    found = json.loads(project.engine("diff", *runs, "--json").ended_with(1).stdout)
    steps = {each["step"]: each["difference"] for each in found["environments"]}
    assert steps["end"]["same"] and not steps["start"]["added"] and not steps["start"]["removed"], steps
    change, = steps["start"]["changed"]
    assert (change["name"], change["before"]["version"], change["after"]["version"]) == ("flour", "1.0 py_0", "2.0 py_0")
    text = project.engine("env", "diff", *(f"{each}/start" for each in runs)).ended_with(1).stdout
    assert "flour" in text and "1 changed" in text and "yeast" not in text, text


def test_packages_of_conda_are_kept_as_long_as_a_run_needs_them(project, channel, index):
    first = run(project, channel, index, "", "@conda(packages={'flour': '1.0', 'yeast': ''})", PENSTOCK_SNAPSHOT="always")
    second = run(project, channel, index, "", "@conda(packages={'flour': '2.0'})", PENSTOCK_SNAPSHOT="always")
    kept = lambda: {path.name for path in (project.store / ".penstock" / "blobs").glob("??/*")}
    digests = {each.filename: each.record["sha256"] for each in channel.packages}
    project.engine("datastore", "gc", "--delete").ended_with(0)
    assert {digests[name] for name in digests if name.startswith(("flour", "yeast", "python"))} <= kept()
    project.engine("runs", "delete", f"Pantry/{first.run_id}", "--yes").ended_with(0)
    project.engine("datastore", "gc", "--delete").ended_with(0)
    assert digests["flour-1.0-py_0.conda"] not in kept() and digests["yeast-3.0-h1_1.tar.bz2"] not in kept()
    assert digests["flour-2.0-py_0.conda"] in kept() and any(digests[name] in kept() for name in digests if name.startswith("python"))
    project.engine("datastore", "verify").ended_with(0)
    project.engine("env", "create", "--run", f"Pantry/{second.run_id}/start", "--offline").ended_with(0)


def test_names_that_the_person_says(project, python, index):
    """A package without `dist-info` has the projects that the person's file names, for flows as well."""
    module = {"site-packages/flour/__init__.py": "VERSION, SOURCE = '2.0', 'conda'\n"}
    flow = project.write("flow.py", FLOW % ("", "@conda(packages={'py-flour': ''})\n    @pypi(packages={'bread': ''})"))
    names = project.write("names.toml", 'py-flour = ["flour"]\n')
    with CondaChannel(python, conda_package("py-flour", "2.0", "py_0", ["python"], module, noarch="python")) as channel:
        env = {**variables(channel, index), "PENSTOCK_CONDA_NAMES": names}
        outcome = project.run(flow, top=CONDA, env=env).ended_with(0)
        assert project.ask("Run(run).data.seen", run=f"Pantry/{outcome.run_id}") == [{"bread": "1.0 penstock"}, {}]
        # Without the file it is a package like any other, and the wheel is wanted.
        outcome = project.run(flow, top=CONDA, env=variables(channel, index)).ended_with(0)
        assert project.ask("Run(run).data.seen", run=f"Pantry/{outcome.run_id}") == [{"bread": "1.0 penstock", "flour": "3.0 penstock"}, {}]
        names.write_text('py-flour = "no name!"\n')
        refused = project.run(flow, top=CONDA, env=env).ended_with(1)
        assert "names.toml" in refused.stderr and "no name!" in refused.stderr
