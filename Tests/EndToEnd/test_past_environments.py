"""`penstock env create --run`: the environment of a step of a past run, with its code, for a notebook."""

import json
import os
import subprocess
import sys

import pytest

from .harness.index import LoopbackIndex
from .harness.wheels import wheel


@pytest.fixture
def run(project):
    """A run whose step had flour 1.0 and a module of the project; afterwards both have changed."""
    with LoopbackIndex(
            wheel("flour", "1.0", requires=["water>=1"]), wheel("water", "1.0"), wheel("water", "1.5"),
            wheel("ipykernel", "1.0", requires=["water>=1"]), wheel(
                "ipykernel_launcher", "1.0", files={"ipykernel_launcher/__main__.py": "import sys; print('started', sys.argv[1:])\n"})) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        file = project.add("with_packages.py")
        project.write("recipe.py", "STEPS = 3\n")
        outcome = project.run(
            file, top=["--environment=pypi"],
            env={"TEST_PACKAGES": json.dumps({"flour": "1.0", "water": "1.0"})}).ended_with(0)
        project.write("recipe.py", "STEPS = 4\n")
        yield f"WithPackages/{outcome.run_id}"


def sees(project, python, code):
    return project.command(python, "-c", code, cwd=project.home).ended_with(0).stdout.strip()


def test_the_environment_of_a_step(project, run):
    path = project.engine("env", "create", "--run", f"{run}/bake").ended_with(0).stdout.strip()
    # It is the very one that the run had.
    assert path == project.ask("Run(run)['bake'].task.data.prefixes['bake']", run=run)
    shown = json.loads(project.engine("env", "show", f"{run}/bake", "--json").ended_with(0).stdout)
    assert [(each["name"], each["version"]) for each in shown["packages"]] == [("flour", "1.0"), ("water", "1.0")]
    project.engine("cache", "clean").ended_with(0)
    assert project.engine("env", "run", f"{run}/bake", "--", "python", "-c", "import water; print(water.VERSION)").ended_with(0).stdout == "1.0\n"


def test_with_its_code(project, run):
    made = project.engine("env", "create", "--run", f"{run}/bake", "--code", "--at", "past").ended_with(0).stdout.strip()
    python = project.folder / made / "bin" / "python"
    assert sees(project, python, "import recipe, flour; print(recipe.STEPS, flour.VERSION)") == "3 1.0"
    assert sees(project, python, "from metaflow import FlowSpec, Run; import with_packages; print(with_packages.WithPackages.__name__)") \
        == "WithPackages"
    # An environment with code is not one that runs share.
    assert not (project.cache / "environments" / "code").exists()


def test_the_default_place(project, run):
    made = project.engine("env", "create", "--run", f"{run}/bake", "--code").ended_with(0).stdout.strip()
    assert made == f"{run}/bake".replace("/", "-") and (project.folder / made / "code" / "with_packages.py").exists()
    outcome = project.engine("env", "create", "--run", f"{run}/bake", "--code").ended_with(1)
    assert "not empty" in outcome.stderr


def test_a_kernel(project, run):
    """The kernel's own command line starts, and imports what the step had, though a notebook server has other variables."""
    data = project.home / "jupyter"
    said = project.engine(
        "env", "create", "--run", f"{run}/bake", "--code", "--kernel", "--with", "ipykernel", "--with", "ipykernel-launcher", "--at",
        "past", "--json", env={"JUPYTER_DATA_DIR": data}).ended_with(0)
    made = json.loads(said.stdout)
    assert made["kernel"].startswith(str(data))
    kernel = json.loads((data / "kernels" / os.path.basename(made["kernel"]) / "kernel.json").read_text())
    assert kernel["display_name"] == f"{run}/bake" and kernel["language"] == "python"
    assert kernel["argv"][1:] == ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
    variables = dict(project.environment(), PYTHONPATH=str(project.folder))
    variables.update({name: value.replace("${PATH}", variables["PATH"]) for name, value in kernel["env"].items()})
    code = "import flour, recipe, ipykernel, water, shutil; print(flour.VERSION, recipe.STEPS, water.VERSION, shutil.which('python'))"
    ran = subprocess.run(
        [kernel["argv"][0], "-c", code], env=variables, cwd="/", stdout=subprocess.PIPE, check=True, text=True)
    assert ran.stdout == f"1.0 3 1.0 {project.folder / 'past' / 'bin' / 'python'}\n"
    subprocess.run([kernel["argv"][0], "-m", "ipykernel_launcher", "-f", "x"], env=variables, check=True)
    # The lock of the run stays as it was: what was added lies beside it.
    found = json.loads(project.engine("env", "diff", f"{run}/bake", "past", "--json").stdout)
    assert found["added"] == found["removed"] == found["changed"] == []


def test_a_kernel_without_the_package_that_it_needs(project, run):
    outcome = project.engine("env", "create", "--run", f"{run}/bake", "--kernel").ended_with(1)
    assert "ipykernel" in outcome.stderr and "--with ipykernel" in outcome.stderr
    assert sorted(path.name for path in project.folder.iterdir() if path.is_dir()) in ([], ["__pycache__"])


def test_what_does_not_go_with_the_lock_leaves_nothing(project, run):
    """What is added may not change the versions of the run."""
    with LoopbackIndex(wheel("yeast", "1.0", requires=["water>=1.5"]), wheel("water", "1.5")) as index:
        outcome = project.engine(
            "env", "create", "--run", f"{run}/bake", "--with", "yeast", "--name", "mixed", "--at", "past",
            env={"PENSTOCK_INDEX_URL": index.url}).ended_with(1)
    assert "yeast" in outcome.stderr and "water" in outcome.stderr and "The lock" in outcome.stderr
    assert not (project.folder / "past").exists()
    assert json.loads(project.engine("env", "name", "--json").ended_with(0).stdout) == []


@pytest.mark.parametrize("path, words", [
    ("WithPackages", "FLOW/RUN/STEP"), ("{run}", "FLOW/RUN/STEP"), ("{run}/bak", "did you mean 'bake'"), ("WithPackages/1/bake", "no run"),
    ("{run}/end", "no environment of its own"), ("Nothing/1/x", "Nothing")], ids=lambda value: value.replace("{run}", "run"))
def test_what_is_no_step_with_an_environment(project, run, path, words):
    outcome = project.engine("env", "create", "--run", path.format(run=run))
    assert outcome.code in (1, 2) and words in outcome.stderr
