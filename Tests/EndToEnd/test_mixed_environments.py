"""Which steps are isolated, and with what: decorators of steps and flows, switched off, merged and mixed."""

import pytest

from .harness.index import LoopbackIndex
from .harness.wheels import wheel

PYPI, LOCAL = ["--environment=pypi"], ["--environment=local"]

#: Decorators of the flow, of `start`, options, and what `start` and `end` see: versions of flour and salt by name; None is
#: the interpreter that started the run, which has pytest.
ROWS = {
    "nothing": ("", "", [], None, None),
    "pypi without the option": ("", "@pypi(packages={'flour': '1.0'})", [], {"flour": "1.0"}, None),
    "the option isolates all steps": ("", "", PYPI, {}, {}),
    "no packages": ("", "@pypi", [], {}, None),
    "no packages, by name": ("", "@pypi(packages={})", PYPI, {}, {}),
    "local switches all off": ("", "@pypi(packages={'flour': '1.0'})", LOCAL, None, None),
    "local and a base": ("@pypi_base(packages={'nonsense': '1'})", "", LOCAL, None, None),
    "base alone": ("@pypi_base(packages={'flour': '2.0'})", "", [], {"flour": "2.0"}, {"flour": "2.0"}),
    "base and step": ("@pypi_base(packages={'flour': '2.0', 'salt': '1.0'})", "@pypi(packages={'flour': '1.0'})", PYPI,
                      {"flour": "1.0", "salt": "1.0"}, {"flour": "2.0", "salt": "1.0"}),
    "keys are not normalised": ("@pypi_base(packages={'Flour': '<3'})", "@pypi(packages={'flour': '>=2'})", PYPI,
                                {"flour": "2.0"}, {"flour": "2.0"}),
    "a step of a base without packages": ("@pypi_base(packages={'salt': '1.0'})", "@pypi", PYPI, {"salt": "1.0"}, {"salt": "1.0"}),
    "off on the step": ("", "@pypi(packages={'flour': '1.0'}, disabled=True)", PYPI, None, {}),
    "off on the step, as text": ("", "@pypi(disabled='true')", PYPI, None, {}),
    "off on the step of a base": ("@pypi_base(packages={'flour': '1.0'})", "@pypi(disabled=True)", [], None, {"flour": "1.0"}),
    "off on the base": ("@pypi_base(packages={'flour': '1.0'}, disabled=True)", "", PYPI, None, None),
    "off on the base, as text": ("@pypi_base(packages={'flour': '1.0'}, disabled='True')", "", [], None, None),
    "off on the base, on for the step": ("@pypi_base(packages={'flour': '1.0'}, disabled=True)", "@pypi(disabled=False)", PYPI,
                                         {"flour": "1.0"}, None),
    "the same as texts": ("@pypi_base(packages={'flour': '1.0'}, disabled='true')", "@pypi(disabled='false')", PYPI,
                          {"flour": "1.0"}, None),
    "conda off beats pypi": ("", "@conda(disabled=True)\n    @pypi(packages={'flour': '1.0'})", PYPI, None, {}),
    "conda off": ("", "@conda(disabled=True)", PYPI, None, {}),
    "conda off on the base": ("@conda_base(disabled=True)", "@pypi(packages={'flour': '1.0'})", PYPI, None, None),
    "conda off and a base": ("@pypi_base(packages={'flour': '1.0'})", "@conda(disabled=True)", [], None, {"flour": "1.0"}),
    "conda is not looked at locally": ("@conda_base(packages={'x': '1'})", "@conda(packages={'y': '1'})", LOCAL, None, None),
    "with": ("", "@pypi(packages={'flour': '1.0'})", ["--with", "pypi:packages={\"salt\": \"1.0\"}"], {"flour": "1.0"},
             {"salt": "1.0"}),
    "with, switched off": ("", "", [*PYPI, "--with", "pypi:disabled=True"], None, None),
}

FLOW = """
import importlib.util
import sys

from penstock import FlowSpec, conda, conda_base, pypi, pypi_base, step


def sees():
    if importlib.util.find_spec("pytest"):
        return None
    from importlib.metadata import distributions

    return {each.metadata["Name"].lower(): each.version for each in distributions() if each.metadata["Name"] != "water"}


%s
class Mixed(FlowSpec):
    %s
    @step
    def start(self):
        self.seen, self.version = [sees()], "%%d.%%d" %% sys.version_info[:2]
        self.next(self.end)

    @step
    def end(self):
        self.seen = [*self.seen, sees()]


if __name__ == "__main__":
    Mixed()
"""


@pytest.fixture(scope="module")
def index():
    with LoopbackIndex(wheel("flour", "1.0"), wheel("flour", "2.0"), wheel("salt", "1.0")) as index:
        yield index


def run(project, index, base, own, options, code=0, **env):
    flow = project.write("flow.py", FLOW % (base, own))
    return project.run(flow, top=options, env={"PENSTOCK_INDEX_URL": index.url, **env}).ended_with(code)


@pytest.mark.parametrize("name", ROWS)
def test_what_steps_see(shared_project, index, name):
    base, own, options, start, end = ROWS[name]
    outcome = run(shared_project, index, base, own, options)
    assert shared_project.ask("Run(run).data.seen", run=f"Mixed/{outcome.run_id}") == [start, end]


@pytest.mark.parametrize("base, own, options, told", [
    ("", "@pypi(disabled='perhaps')", PYPI, "disabled="),
    ("", "@conda(packages={'x': '1'})", PYPI, "conda"),
    ("@conda_base(packages={'x': '1'})", "", PYPI, "conda"),
    ("@conda_base(disabled=True, packages={'x': '1'})", "@conda(disabled=False)", PYPI, "conda"),
    ("", "@pypi(packages={'flour': '1.0'})\n    @conda(packages={'x': '1'})", PYPI, "conda"),
])
def test_what_is_refused(shared_project, index, base, own, options, told):
    outcome = run(shared_project, index, base, own, options, code=1)
    assert told in outcome.stderr and not outcome.started_a_run and "Traceback" not in outcome.all


@pytest.mark.parametrize("base, own, wanted", [
    ("", "@pypi(python='{other}')", "other"),
    ("@pypi_base(python='{other}')", "", "other"),
    ("@pypi_base(python='{other}')", "@pypi(python='{here}')", "here"),
    ("@pypi_base(python='{other}')", "@pypi(packages={{'flour': '1.0'}})", "other"),
    ("@pypi_base(python='{other}')", "@pypi(disabled=True)", "here"),
])
def test_pythons_of_steps(shared_project, index, base, own, wanted):
    """A step's Python goes before the base's, which goes before the one that started the run."""
    project = shared_project
    versions = {"here": project.python("-c", "import sys; print('%d.%d' % sys.version_info[:2])").stdout.strip()}
    listed = run(project, index, "", "@pypi(python='3.99')", PYPI, code=1).stderr
    import re

    others = [each for each in re.findall(r"^\s+(3\.\d+)\.\d+  ", listed, re.MULTILINE) if each != versions["here"]]
    if not others:
        pytest.skip("this machine has one Python only")
    versions["other"] = others[0]
    outcome = run(project, index, base.format(**versions), own.format(**versions), PYPI)
    assert project.ask("Run(run)['start'].task.data.version", run=f"Mixed/{outcome.run_id}") == versions[wanted]
