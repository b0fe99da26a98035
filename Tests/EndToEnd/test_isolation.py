"""A step with an environment of its own sees its lock and its code, whatever surrounds the command that started the run."""

import json

import pytest

from .harness.index import LoopbackIndex
from .harness.wheels import wheel

FLOW = '''
import importlib.util
import os
import site
import sys

from metaflow import FlowSpec, pypi, step


class Alone(FlowSpec):
    @pypi(packages={"flour": "1.0"})
    @step
    def start(self):
        import colorsys
        import flour
        import beside
        self.colorsys = colorsys.__file__
        self.flour = flour.__file__
        self.beside = beside.__file__
        self.found = {name: importlib.util.find_spec(name) is not None for name in (
            "sneaked", "of_the_user", "pip", "setuptools", "sitecustomize", "usercustomize", "of_another")}
        self.path = sys.path
        self.prefix = sys.prefix
        self.variables = {name: value for name, value in os.environ.items() if "PYTHON" in name or name.startswith("VIRTUAL")
                          or "PYVENV" in name}
        self.user_site = site.ENABLE_USER_SITE
        self.command = __import__("shutil").which("mill")
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Alone()
'''


@pytest.fixture
def seen(project):
    """What a step sees in hostile surroundings."""
    with LoopbackIndex(wheel("flour", "1.0", scripts={"mill": "flour:main"})) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        file = project.write("alone.py", FLOW)
        project.write("beside.py", "")
        # A module that shadows one of the standard library, and one that is run at every start of a Python.
        project.write("shadows/colorsys.py", "SHADOW = True\n")
        project.write("shadows/sneaked.py", "")
        project.write("shadows/sitecustomize.py", "import os; os.environ['SNEAKED_IN'] = '1'\n")
        # Packages of the user, one of which is imported by a .pth file at every start.
        version = project.python("-c", "import sys; print('%d.%d' % sys.version_info[:2])").stdout.strip()
        user = f"home/.local/lib/python{version}/site-packages"
        project.write(f"{user}/of_the_user.py", "")
        project.write(f"{user}/usercustomize.py", "")
        project.write(f"{user}/always.pth", "import of_the_user\n")
        # Another virtual environment that is active.
        project.command(project.tools.python, "-m", "venv", "--without-pip", "another").ended_with(0)
        project.write(f"another/lib/python{version}/site-packages/of_another.py", "")
        hostile = {
            "PYTHONPATH": f"{project.folder}/elsewhere:{project.folder}/shadows", "PYTHONSTARTUP": project.folder / "shadows" / "sneaked.py",
            "PYTHONUSERBASE": project.folder / "home" / ".local", "HOME": project.folder / "home",
            "PYTHONWARNINGS": "ignore", "PYTHONOPTIMIZE": "1", "PYTHONDONTWRITEBYTECODE": "1",
            "_PYTHON_HOST_PLATFORM": "linux-nowhere", "__PYVENV_LAUNCHER__": project.tools.python,
            "VIRTUAL_ENV": project.folder / "another",
        }
        outcome = project.run(file, env=hostile).ended_with(0)
        names = ("colorsys", "flour", "beside", "found", "path", "prefix", "variables", "user_site", "command")
        values = project.ask(
            "{name: getattr(Run(run)['start'].task.data, name) for name in json.loads(names)}",
            run=f"Alone/{outcome.run_id}", names=json.dumps(names))
        yield values, project


def test_a_step_sees_its_lock_and_its_code_alone(seen):
    values, project = seen
    assert values["found"] == dict.fromkeys(values["found"], False)
    assert "shadows" not in values["colorsys"] and values["flour"].startswith(values["prefix"])
    assert values["beside"].startswith(str(project.folder))
    assert str(project.cache) in values["prefix"] and values["user_site"] is False
    assert values["command"] == values["prefix"] + "/bin/mill"
    assert not [path for path in values["path"] if "shadows" in path or "home" in path.split("/") or "another" in path]
    # What tasks print is passed on at once.
    assert values["variables"].pop("PYTHONUNBUFFERED")
    assert 0 <= int(values["variables"].pop("PYTHONHASHSEED")) < 2 ** 32
    # Settings of ours may well have the word in their names.
    values["variables"] = {name: value for name, value in values["variables"].items() if not name.startswith("PENSTOCK_")}
    assert values["variables"] == {"PYTHONNOUSERSITE": "1", "VIRTUAL_ENV": values["prefix"]}
