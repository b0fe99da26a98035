"""Steps with packages from an index, against one on the loopback interface."""

import json
import re
import shutil
import sys

import pytest

from .harness.index import LoopbackIndex
from .harness.wheels import source_distribution, wheel


def bakery():
    """What the index holds. The newest flour is for no Python that exists, and a younger one is not final."""
    yanked = wheel("salt", "2.0")
    yanked.yanked = True
    return [
        wheel("flour", "1.0", requires=["water>=1"], scripts={"mill": "flour:main"}),
        wheel("flour", "2.0", requires=["water>=1"], extras={"fine": ["salt"]}),
        wheel("flour", "3.0b1"),
        wheel("flour", "4.0", requires_python=">=3.99"),
        wheel("water", "1.0"), wheel("water", "1.5"),
        wheel("salt", "1.0"), yanked,
        wheel("bread", "1.0", requires=["flour<2"]), wheel("cake", "1.0", requires=["flour>=2"]),
        source_distribution("clay", "1.0"),
    ]


@pytest.fixture
def index():
    with LoopbackIndex(*bakery()) as index:
        yield index


class Kitchen:
    """Runs with_packages.py with packages of a test."""

    def __init__(self, project):
        self.project = project
        self.file = project.add("with_packages.py")

    def bake(self, index, packages, python=None, options=("--environment=pypi",), **variables):
        return self.project.run(self.file, top=options, env={
            "PENSTOCK_INDEX_URL": index if isinstance(index, str) else index.url,
            "TEST_PACKAGES": json.dumps(packages), "TEST_STEP_PYTHON": python, **variables})

    def data(self, outcome, step, name):
        return self.project.ask(
            "getattr(Run(run)[step].task.data, name)", run=f"WithPackages/{outcome.run_id}", step=step, name=name)

    def environments(self):
        """Names of finished and unfinished environments in the cache."""
        folder = self.project.cache / "environments"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def kitchen(project):
    return Kitchen(project)


def test_each_step_sees_its_own_packages_and_nothing_else(kitchen, index):
    outcome = kitchen.bake(index, {"flour": ">=1", "salt": ""}).ended_with(0)
    seen = kitchen.data(outcome, "bake", "sees")
    assert seen == {"flour": "2.0", "water": "1.5", "salt": "1.0", "pytest": None, "pip": None}
    assert kitchen.data(outcome, "bake", "distributions") == ["flour 2.0", "salt 1.0", "water 1.5"]
    # An undecorated step is isolated as well: not even what is installed beside the SDK.
    assert kitchen.data(outcome, "start", "sees") == {"flour": None, "water": None, "salt": None, "pytest": None}
    prefixes = kitchen.data(outcome, "end", "prefixes")
    assert prefixes["bake"] == prefixes["eat"], "the same set, named in another order, is the same environment"
    assert prefixes["bake"] not in (prefixes["start"], prefixes["end"])
    assert kitchen.data(outcome, "bake", "first_of_path").startswith(prefixes["bake"])
    known = kitchen.project.ask("Run(run)['bake'].environment_info", run=f"WithPackages/{outcome.run_id}")
    assert [known["type"], known["packages"]] == ["pypi", [
        {"name": "flour", "version": "2.0"}, {"name": "salt", "version": "1.0"}, {"name": "water", "version": "1.5"}]]


def test_a_second_run_asks_nobody(kitchen, index):
    first = kitchen.bake(index, {"flour": ">=1"}).ended_with(0)
    assert index.requests
    index.forget_requests()
    second = kitchen.bake(index, {"flour": ">=1"}).ended_with(0)
    assert index.requests == []
    assert kitchen.data(first, "bake", "prefixes") == kitchen.data(second, "bake", "prefixes")


def test_an_environment_that_was_removed_is_made_again_without_the_index(project, kitchen, index):
    kitchen.bake(index, {"flour": ">=1"}).ended_with(0)
    shutil.rmtree(project.cache / "environments")
    index.forget_requests()
    outcome = kitchen.bake(index, {"flour": ">=1"}).ended_with(0)
    assert index.requests == []
    assert kitchen.data(outcome, "bake", "sees")["flour"] == "2.0"


def test_a_host_that_was_started_for_the_wrong_environment(project, index):
    """The first step's host is started where that step ran the last time. Here another environment stands there."""
    file = project.write("flow.py", (
        "import importlib.metadata, json, os, sys\nfrom penstock import FlowSpec, pypi, step\n\n\nclass Mill(FlowSpec):\n"
        "    @pypi(packages=json.loads(os.environ['TEST_PACKAGES']))\n    @step\n    def start(self):\n"
        "        self.seen = [sys.prefix, importlib.metadata.version('flour')]\n        self.next(self.end)\n\n"
        "    @step\n    def end(self):\n        pass\n\n\nif __name__ == '__main__':\n    Mill()\n"))

    def mill(version):
        outcome = project.run(file, env={
            "PENSTOCK_INDEX_URL": index.url, "TEST_PACKAGES": json.dumps({"flour": version})}).ended_with(0)
        return project.ask("Run(run).data.seen", run=f"Mill/{outcome.run_id}")

    folder = project.store / ".penstock" / "guesses"
    old = mill("1.0")
    (first,) = folder.iterdir()
    new = mill("2.0")
    (second,) = set(folder.iterdir()) - {first}
    assert [old[1], new[1]] == ["1.0", "2.0"] and old[0] != new[0]
    right, wrong = first.read_text(), second.read_text()
    first.write_text(wrong)
    assert mill("1.0") == old and first.read_text() == right
    for text in ("", right[:40], right.replace(old[0], "/nowhere")):
        first.write_text(text)
        assert mill("1.0") == old and first.read_text() == right
    shutil.rmtree(old[0])
    assert mill("1.0") == old
    assert project.processes() == []


def test_packages_do_not_need_the_option(kitchen, index):
    """A step that names packages gets them; the others then stay with the interpreter that started the run."""
    outcome = kitchen.bake(index, {"flour": "1.0"}, options=()).ended_with(0)
    assert kitchen.data(outcome, "bake", "sees")["flour"] == "1.0"


def test_base_packages_are_merged_with_those_of_a_step(project, index):
    outcome = project.run(project.add("with_base.py"), top=["--environment=pypi"], env={"PENSTOCK_INDEX_URL": index.url})
    run = f"WithBase/{outcome.ended_with(0).run_id}"
    assert project.ask("Run(run).data.versions", run=run) == [["1.0", "1.0"], ["2.0", "1.0"]]


@pytest.mark.parametrize("packages, got", [
    ({"flour": "1.0"}, "1.0"),
    ({"flour": "==1.0"}, "1.0"),
    ({"flour": "<2"}, "1.0"),
    ({"flour": "1.*"}, "1.0"),
    ({"flour": "~=2.0"}, "2.0"),
    ({"flour": "!=2.0"}, "1.0"),
    ({"Flour": ""}, "2.0"),
    ({"flour[fine]": "2.0"}, "2.0"),
    ({"flour": "3.0b1"}, "3.0b1"),
], ids=lambda value: json.dumps(value) if isinstance(value, dict) else "gives")
def test_forms_of_versions(kitchen, index, packages, got):
    outcome = kitchen.bake(index, packages).ended_with(0)
    seen = kitchen.data(outcome, "bake", "sees")
    assert seen["flour"] == got
    assert seen["salt"] == ("1.0" if "flour[fine]" in packages else None)


@pytest.mark.parametrize("form, metadata_files, ranges", [
    ("json", True, True), ("json", False, True), ("json", False, False), ("html", True, True), ("html", False, False)])
def test_kinds_of_indexes(project, kitchen, form, metadata_files, ranges):
    with LoopbackIndex(*bakery(), form=form, metadata_files=metadata_files, ranges=ranges) as index:
        outcome = kitchen.bake(index, {"flour": ">=1", "salt": ""}).ended_with(0)
        assert kitchen.data(outcome, "bake", "distributions") == ["flour 2.0", "salt 1.0", "water 1.5"]


def test_scripts_are_on_the_path(project, index):
    file = project.write("flow.py", (
        "import subprocess\nfrom penstock import FlowSpec, pypi, step\n\n\nclass Mill(FlowSpec):\n"
        "    @pypi(packages={'flour': '1.0'})\n    @step\n    def start(self):\n"
        "        self.said = subprocess.check_output(['mill'], text=True)\n        self.next(self.end)\n\n"
        "    @step\n    def end(self):\n        pass\n\n\nif __name__ == '__main__':\n    Mill()\n"))
    outcome = project.run(file, top=["--environment=pypi"], env={"PENSTOCK_INDEX_URL": index.url}).ended_with(0)
    assert project.ask("Run(run).data.said", run=f"Mill/{outcome.run_id}") == "flour 1.0\n"


def test_the_lock_is_kept_with_the_code_of_the_run(project, kitchen, index):
    outcome = kitchen.bake(index, {"flour": "1.0"}).ended_with(0)
    locks = project.ask(
        "[tar.extractfile(name).read().decode() for tar in [Run(run).code.tarball]"
        " for name in tar.getnames() if 'pylock' in name]", run=f"WithPackages/{outcome.run_id}")
    assert any('name = "flour"' in lock and 'version = "1.0"' in lock and "sha256" in lock for lock in locks), locks
    listed = project.flow(kitchen.file, "--environment=pypi", "package", "list", env={
        "PENSTOCK_INDEX_URL": index.url, "TEST_PACKAGES": '{"flour": "1.0"}'}).ended_with(0)
    assert "pylock" in listed.all


def test_an_unknown_package(kitchen, index):
    outcome = kitchen.bake(index, {"flour": ">=1", "flower": "1"}).ended_with(1)
    assert "flower" in outcome.stderr and "bake" in outcome.stderr
    assert not outcome.started_a_run or "Task is starting" not in outcome.stdout
    assert "Traceback" not in outcome.all and kitchen.environments() == []


def test_a_version_that_does_not_exist(kitchen, index):
    outcome = kitchen.bake(index, {"flour": "9.9"}).ended_with(1)
    assert "flour" in outcome.stderr and "9.9" in outcome.stderr


def test_an_impossible_pair_is_explained(kitchen, index):
    outcome = kitchen.bake(index, {"bread": "1.0", "cake": "1.0"}).ended_with(1)
    for text in ("bread", "cake", "flour", "<2", ">=2"):
        assert text in outcome.stderr.replace(" ", ""), outcome
    assert "Task is starting" not in outcome.stdout and kitchen.environments() == []
    assert index.downloads() == []


def test_a_source_distribution_that_cannot_be_built(kitchen, index):
    """It has neither a pyproject.toml nor a setup.py."""
    outcome = kitchen.bake(index, {"clay": ""}).ended_with(1)
    assert "clay" in outcome.stderr and "Traceback" not in outcome.stderr
    assert "Task is starting" not in outcome.stdout


def test_a_folder_beside_the_flow(project, kitchen, index):
    """A project in a folder is built: its backend is in the folder itself, so that no index has to be asked for one."""
    project.write("kneader/pyproject.toml", (
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "flour"\nversion = "7.0"\n'))
    project.write("kneader/backend.py", BACKEND)
    outcome = kitchen.bake(index, {"flour": "@ ./kneader"}).ended_with(0)
    assert kitchen.data(outcome, "bake", "sees")["flour"] == "7.0"
    missing = kitchen.bake(index, {"flour": "@ ./nowhere"}).ended_with(1)
    assert "nowhere" in missing.stderr and "with_packages.py" in missing.stderr


BACKEND = """
import base64, hashlib, os, zipfile

FILES = {
    "flour/__init__.py": "VERSION = '7.0'\\n",
    "flour-7.0.dist-info/METADATA": "Metadata-Version: 2.1\\nName: flour\\nVersion: 7.0\\n",
    "flour-7.0.dist-info/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}


def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "flour-7.0-py3-none-any.whl"
    record = ""
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        for path, text in FILES.items():
            archive.writestr(path, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record += f"{path},sha256={digest},{len(text)}\\n"
        archive.writestr("flour-7.0.dist-info/RECORD", record + "flour-7.0.dist-info/RECORD,,\\n")
    return name
"""


@pytest.mark.parametrize("metadata_files", [True, False])
def test_a_wheel_with_another_hash_is_refused(project, kitchen, metadata_files):
    with LoopbackIndex(*bakery(), metadata_files=metadata_files) as index:
        index.wrong_hashes.add("flour-1.0-py3-none-any.whl")
        outcome = kitchen.bake(index, {"flour": "1.0"}).ended_with(1)
        assert "flour-1.0-py3-none-any.whl" in outcome.stderr
        assert "0" * 16 in outcome.stderr and ("sha256" in outcome.stderr.lower() or "hash" in outcome.stderr.lower())
        assert kitchen.environments() == []
        assert "Task is starting" not in outcome.stdout
        # Nothing of it is used later, and the right file is.
        index.wrong_hashes.clear()
        shutil.rmtree(project.cache / "pages")
        shutil.rmtree(project.store / ".penstock" / "locks")
        kitchen.bake(index, {"flour": "1.0"}).ended_with(0)


def test_an_index_that_is_down(kitchen):
    with LoopbackIndex() as index:
        url = index.url
    outcome = kitchen.bake(url, {"flour": ""}).ended_with(1)
    assert re.search(r"127\.0\.0\.1", outcome.stderr) and "flour" in outcome.stderr
    assert len(re.findall(r"^error", outcome.stderr, re.MULTILINE)) == 1
    assert "Traceback" not in outcome.all and "Task is starting" not in outcome.stdout


def test_an_index_that_comes_back(kitchen, index):
    index.failures = 2
    kitchen.bake(index, {"flour": "1.0"}).ended_with(0)
    assert index.failures == 0


def test_an_index_with_faults_only(kitchen, index):
    index.failures = 10_000
    outcome = kitchen.bake(index, {"flour": "1.0"}).ended_with(1)
    assert "503" in outcome.stderr
    assert index.failures < 9_999, "it was tried again"


def test_no_suitable_python(kitchen, index):
    outcome = kitchen.bake(index, {"flour": ""}, python="3.99").ended_with(1)
    here = ".".join(map(str, sys.version_info[:2]))
    assert "3.99" in outcome.stderr
    assert re.search(r"\b3\.\d+\.\d+", outcome.stderr), f"which were found, as {here}\n{outcome}"
    assert "PENSTOCK_PYTHON_PATH" in outcome.stderr, "how to name another"
    assert index.requests == []


def test_the_python_of_a_step(project, kitchen, index):
    """Another version than the one that runs the flow, when the machine has one."""
    own = project.python("-c", "import sys; print('%d.%d' % sys.version_info[:2])").stdout.strip()
    listed = kitchen.bake(index, {"flour": ""}, python="3.99").ended_with(1).stderr
    found = re.findall(r"^\s+(3\.\d+)\.\d+  ", listed, re.MULTILINE)
    wanted = next((version for version in found if version != own), None)
    if wanted is None:
        pytest.skip(f"this machine has no other Python than {own}")
    outcome = kitchen.bake(index, {"flour": "1.0"}, python=wanted).ended_with(0)
    assert kitchen.data(outcome, "bake", "version").startswith(wanted + ".")
    assert kitchen.data(outcome, "bake", "sees")["flour"] == "1.0"


def test_two_runs_at_once_build_one_environment(project, kitchen, index):
    variables = {"PENSTOCK_INDEX_URL": index.url, "TEST_PACKAGES": '{"flour": "1.0", "salt": "1.0"}'}
    first = project.start(kitchen.file, top=["--environment=pypi"], env=variables)
    second = project.run(kitchen.file, top=["--environment=pypi"], env=variables)
    assert first.wait(60) == 0, project.said()
    second.ended_with(0)
    whole = [name for name in index.downloads() if name.startswith("flour")]
    assert len(whole) == 1, "one downloads, the other waits"
    assert not [name for name in kitchen.environments() if "tmp" in name]
