"""Locks of flows with conda packages: for several platforms, the same bytes everywhere, and out of date when the flow changes."""

import platform
import re
import shutil
import sys

import pytest

from .harness.conda_channel import CondaChannel, SUBDIR, conda_package, conda_project
from .harness.index import LoopbackIndex
from .harness.wheels import wheel

FLOW = """
from penstock import FlowSpec, conda, conda_base, pypi, step


%s
class Pantry(FlowSpec):
    %s
    @step
    def start(self):
        import flour, sys
        self.flour, self.series = [flour.VERSION, flour.SOURCE], list(sys.version_info[:2])
        self.next(self.end)

    %s
    @step
    def end(self):
        pass


if __name__ == "__main__":
    Pantry()
"""

PLATFORMS = ["linux-x86_64", "linux-aarch64", "macos-arm64"]
SUBDIRS = ["linux-64", "linux-aarch64", "osx-arm64"]


@pytest.fixture(scope="module")
def python(python):
    if SUBDIR not in SUBDIRS:
        pytest.skip(f"the channel of these tests has nothing for {SUBDIR}")
    return python


def others(python):
    """Pythons of other platforms, of which nothing runs here, and a package that each platform has in its own build."""
    made = [conda_package("mill", "1.0", f"h{subdir.replace('-', '')}_0", subdir=subdir) for subdir in SUBDIRS]
    made += [conda_package("python", python.record["version"], "0_cpython", subdir=each) for each in SUBDIRS if each != SUBDIR]
    return made + [conda_package("gasket", "1.0", "0", subdir="osx-arm64"),
                   conda_package("mill", "2.0", "h_0", depends=["gasket"], subdir="osx-arm64")]


@pytest.fixture
def channel(python):
    with CondaChannel(python, *others(python), conda_project("flour", "1.0"), conda_project("flour", "2.0")) as channel:
        yield channel


@pytest.fixture
def index():
    with LoopbackIndex(
            wheel("flour", "3.0"), wheel("bread", "1.0", requires=["flour"]),
            wheel("oven", "1.0", tag="py3-none-macosx_11_0_arm64"), wheel("oven", "1.0", tag="py3-none-manylinux_2_17_x86_64"),
            wheel("oven", "1.0", tag="py3-none-manylinux_2_17_aarch64")) as index:
        yield index


class Pantry:
    def __init__(self, project, channel, index):
        self.project = project
        self.env = {"CONDA_CHANNELS": channel.url, "PENSTOCK_INDEX_URL": index.url}

    def asks(self, start="", end="", base=""):
        self.file = self.project.write("flow.py", FLOW % (base, start, end))
        return self

    def lock(self, *words, env=None):
        return self.project.engine(
            "lock", "flow.py", "--python", self.project.tools.python, *words,
            env={**self.env, "METAFLOW_ENVIRONMENT": "conda", **(env or {})})

    def locks(self):
        return {path.name: path.read_text() for path in sorted(self.project.folder.glob("pylock.*"))}

    def run(self, *words):
        return self.project.run(self.file, *words, top=["--environment=conda"], env=self.env)


@pytest.fixture
def pantry(project, channel, index):
    return Pantry(project, channel, index)


BOTH = "@conda(packages={'flour': '1.*', 'mill': ''})\n    @pypi(packages={'bread': '', 'oven': ''})"


def for_all():
    return [word for platform in PLATFORMS for word in ("--platform", platform)]


def test_three_platforms(pantry, channel, index):
    pantry.asks(BOTH, "@conda(packages={'mill': ''})").lock(*for_all()).ended_with(0)
    locks = pantry.locks()
    assert list(locks) == ["pylock.Pantry-end.toml", "pylock.Pantry-start.toml"]
    for text in locks.values():
        for subdir in SUBDIRS:
            assert f"/{subdir}/python-" in text
        assert "/osx-arm64/mill-2.0-h_0.conda" in text and "gasket" in text and "/linux-64/mill-1.0-hlinux64_0.conda" in text
        assert "/linux-64/mill-2.0" not in text
    start = locks["pylock.Pantry-start.toml"]
    assert start.count("flour-1.0-py_0.conda") == 1 and "flour-3.0" not in start and "macosx_11_0_arm64" in start
    # Nothing of the packages themselves is fetched for it, but for what says which Python projects they are.
    assert not any(name.startswith(("python-", "mill-", "gasket-", "bread-", "oven-")) for name in
                   [*(each for each in channel.downloads() if "osx" in each), *index.downloads()])
    # The same bytes once more, on a machine that has nothing yet.
    shutil.rmtree(pantry.project.cache)
    shutil.rmtree(pantry.project.store)
    for path in pantry.project.folder.glob("pylock.*"):
        path.unlink()
    pantry.lock(*for_all()).ended_with(0)
    assert pantry.locks() == locks
    pantry.lock("--check", *for_all()).ended_with(0)
    # Without words the platforms stay.
    again = pantry.lock().ended_with(0)
    assert pantry.locks() == locks and "Nothing changes" in again.stderr
    outcome = pantry.run("--locked").ended_with(0)
    assert pantry.project.ask("Run(run).data.flour", run=f"Pantry/{outcome.run_id}") == ["1.0", "conda"]


def test_a_platform_that_cannot_be_had(pantry):
    refused = pantry.asks("@conda(packages={'flour': '', 'gasket': ''})").lock(*for_all()).ended_with(1)
    assert "gasket" in refused.stderr and "linux-" in refused.stderr and "step 'start'" in refused.stderr
    assert pantry.locks() == {}


#: What the flow asks, what it asks then, and what is told of it.
CHANGES = {
    "a version": ("@conda(packages={'flour': '1.*'})", "@conda(packages={'flour': '2.*'})", ["flour 1.*", "flour 2.*"]),
    "one more": ("@conda(packages={'flour': '1.*'})", "@conda(packages={'flour': '1.*', 'mill': ''})", ["mill"]),
    "one less": ("@conda(packages={'flour': '1.*', 'mill': ''})", "@conda(packages={'flour': '1.*'})", ["mill"]),
    "the other world": ("@conda(packages={'flour': '1.*'})", "@conda(packages={'flour': '1.*'})\n    @pypi(packages={'bread': ''})", ["bread"]),
    "the world": ("@conda(packages={'flour': ''})", "@pypi(packages={'flour': ''})", ["flour"]),
    "the Python": ("@conda(packages={'flour': ''}, python='>=3.8')", "@conda(packages={'flour': ''}, python='>=3.7')", ["python >=3.7"]),
    "the source": ("@conda(packages={'flour': ''})\n    @pypi(packages={'bread': ''})",
                   "@conda(packages={'flour': ''}, prefer='pypi')\n    @pypi(packages={'bread': ''})", ["prefer is pypi"]),
    "the source of one": ("@conda(packages={'flour': ''})\n    @pypi(packages={'bread': ''})",
                          "@conda(packages={'flour': ''}, prefer={'bread': 'conda'})\n    @pypi(packages={'bread': ''})", ["prefer of bread is conda"]),
    "the channels": ("@conda(packages={'flour': ''}, channels=['CHANNEL'])", "@conda(packages={'flour': ''}, channels=['CHANNEL/label/dev'])",
                     ["label/dev", "came from"]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_of_the_flow(pantry, channel, name):
    before, after, parts = (each.replace("CHANNEL", channel.url) if isinstance(each, str) else each for each in CHANGES[name])
    pantry.asks(before).lock().ended_with(0)
    pantry.lock("--check").ended_with(0)
    pantry.run("--locked").ended_with(0)
    pantry.asks(after)
    checked = pantry.lock("--check").ended_with(1)
    refused = pantry.run("--locked").ended_with(1)
    assert not refused.started_a_run and "out of date" in refused.stderr
    for part in parts:
        assert part in checked.all and part in refused.stderr, (checked, refused)


@pytest.mark.parametrize("before, after", [
    ("@conda(packages={'flour': '1.0', 'mill': ''})", "@conda(packages={'mill': '', 'flour': '==1.0'})"),
    ("@conda(packages={'flour': '1.0'})", "@conda(libraries={'flour': '1.0'})"),
    ("@conda(packages={'flour': ''})", "@conda(packages={'flour': '*'}, channels=[])"),
])
def test_changes_that_are_none(pantry, before, after):
    pantry.asks(before).lock().ended_with(0)
    pantry.asks(after)
    pantry.lock("--check").ended_with(0)
    pantry.run("--locked").ended_with(0)


def test_the_base_asks_for_the_same(pantry):
    pantry.asks("@conda(packages={'flour': '1.0'})", "@conda(packages={'flour': '1.0'})").lock().ended_with(0)
    pantry.asks(base="@conda_base(packages={'flour': '1.0'})").lock("--check").ended_with(0)
    assert list(pantry.locks()) == ["pylock.Pantry.toml"]


def test_versions_stay_until_they_are_to_move(pantry, channel, index):
    pantry.asks("@conda(packages={'flour': '<2', 'mill': '<2'})\n    @pypi(packages={'bread': ''})").lock().ended_with(0)
    first = pantry.locks()["pylock.Pantry.toml"]
    channel.packages += [conda_project("flour", "1.5"), conda_package("mill", "1.5", subdir=SUBDIR)]
    index.add(wheel("bread", "2.0", requires=["flour"]))
    shutil.rmtree(pantry.project.cache)
    fresh = ["--refresh"]
    assert "Nothing changes" in pantry.lock(*fresh).ended_with(0).stderr and pantry.locks()["pylock.Pantry.toml"] == first
    pantry.lock("--upgrade-package", "mill", *fresh).ended_with(0)
    moved = pantry.locks()["pylock.Pantry.toml"]
    assert "mill-1.5" in moved and "flour-1.0" in moved and "bread-1.0" in moved
    pantry.lock("--upgrade", *fresh).ended_with(0)
    moved = pantry.locks()["pylock.Pantry.toml"]
    assert "mill-1.5" in moved and "flour-1.5" in moved and "bread-2.0" in moved


def test_another_python_than_the_launching_one(pantry, channel):
    """The lock is for the Python of the solution, and the next lock is the same."""
    other = "3.8" if sys.version_info[:2] != (3, 8) else "3.9"
    channel.packages.append(conda_package("python", f"{other}.20", "0_cpython", subdir=SUBDIR))
    pantry.asks(f"@conda(packages={{'flour': ''}}, python='{other}')").lock().ended_with(0)
    text = pantry.locks()["pylock.Pantry.toml"]
    assert f'python = "{other}.20"' in text
    assert "Nothing changes" in pantry.lock().ended_with(0).stderr and pantry.locks()["pylock.Pantry.toml"] == text
    pantry.lock("--check").ended_with(0)


def test_a_token_is_in_no_file(pantry, python):
    """A private channel: its token is in the person's settings, and nowhere else."""
    with CondaChannel(python, *others(python), conda_project("flour", "1.0"), token="tk-8f3c91") as channel:
        pantry.env["CONDA_CHANNELS"] = channel.url
        pantry.asks("@conda(packages={'flour': ''})\n    @pypi(packages={'bread': ''})")
        said = [pantry.lock().ended_with(0), pantry.lock("--check").ended_with(0), pantry.run("--locked").ended_with(0)]
        pantry.asks("@conda(packages={'flour': '', 'nowhere-at-all': ''})")
        said += [pantry.run().ended_with(1)]
        pantry.asks("@conda(packages={'flour': '', 'mill': ''})")
        said += [pantry.run("--snapshot", "always").ended_with(0)]
    assert not any("tk-8f3c91" in each.all for each in said)
    left = [path for root in (pantry.project.folder, pantry.project.store, pantry.project.cache, pantry.project.home)
            for path in root.rglob("*") if path.is_file() and not path.is_symlink() and b"tk-8f3c91" in path.read_bytes()]
    assert left == []


def test_what_this_machine_has_counts_for_its_own_runs(pantry, channel):
    """A run looks at this machine; a lock for Git assumes what the name of a platform tells, the same everywhere."""
    kernel = re.match(r"\d+\.\d+", platform.release())
    if kernel is None or tuple(map(int, kernel.group().split("."))) <= (5, 10):
        pytest.skip("the kernel here is no newer than what is assumed of Linux")
    channel.packages.append(conda_package("oven", "1.0", depends=[f"__linux >={kernel.group()}"]))
    pantry.asks("@conda(packages={'flour': '', 'oven': ''})").run().ended_with(0)
    refused = pantry.lock("--platform", "linux-x86_64").ended_with(1)
    assert "__linux" in refused.stderr and "oven" in refused.stderr
    pantry.lock("--platform", "linux-x86_64", env={"CONDA_OVERRIDE_LINUX": kernel.group()}).ended_with(0)
    # What was assumed of a platform stays until it is named again.
    assert "Nothing changes" in pantry.lock().ended_with(0).stderr
