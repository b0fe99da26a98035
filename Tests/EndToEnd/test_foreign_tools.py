"""pip, uv and the `packaging` library accept the locks that Penstock writes, and install from them."""

import io
import json
import shutil
import sys
import tarfile

import pytest

from .harness.foreign import ForeignTools
from .harness.index import LoopbackIndex
from .harness.wheels import Distribution, wheel

THIS = f"{sys.version_info.major}.{sys.version_info.minor}"

# A backend of its own, so that building needs no package.
BACKEND = '''
import os, zipfile

NAME, VERSION = {name!r}, {version!r}


def build_wheel(folder, config_settings=None, metadata_directory=None):
    filename = f"{{NAME}}-{{VERSION}}-py3-none-any.whl"
    info = f"{{NAME}}-{{VERSION}}.dist-info"
    with zipfile.ZipFile(os.path.join(folder, filename), "w") as archive:
        archive.writestr(f"{{NAME}}/__init__.py", f"VERSION = {{VERSION!r}}\\n")
        archive.writestr(f"{{info}}/METADATA", f"Metadata-Version: 2.1\\nName: {{NAME}}\\nVersion: {{VERSION}}\\n")
        archive.writestr(f"{{info}}/WHEEL", "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(f"{{info}}/RECORD", "")
    return filename
'''
PROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "{name}"\nversion = "{version}"\n'


def buildable_sdist(name, version):
    """A source distribution that can be built without an index."""
    files = {
        "PKG-INFO": "Metadata-Version: 2.2\nName: %s\nVersion: %s\n" % (name, version),
        "pyproject.toml": PROJECT.format(name=name, version=version), "backend.py": BACKEND.format(name=name, version=version)}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, text in sorted(files.items()):
            entry = tarfile.TarInfo(f"{name}-{version}/{path}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return Distribution(f"{name}-{version}.tar.gz", buffer.getvalue(), files["PKG-INFO"].encode())


def project_folder(folder, name, version):
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PROJECT.format(name=name, version=version))
    (folder / "backend.py").write_text(BACKEND.format(name=name, version=version))
    return folder


@pytest.fixture(scope="module")
def foreign():
    tools = ForeignTools()
    yield tools
    shutil.rmtree(tools.folder, ignore_errors=True)


@pytest.fixture
def index(project, foreign):
    foreign.require()
    with LoopbackIndex(
            wheel("flour", "1.0", requires=["water>=1", 'salt; sys_platform == "win32"', 'yeast; python_version < "3.9"']),
            wheel("water", "1.0"), wheel("water", "1.1"), wheel("salt", "1.0"), wheel("yeast", "1.0"),
            wheel("grain", "1.0", tag="cp311-cp311-manylinux_2_17_x86_64"), wheel("grain", "1.0", tag="cp311-cp311-macosx_11_0_arm64"),
            wheel("grain", "1.0", tag="cp312-cp312-manylinux_2_17_x86_64"), wheel("grain", "1.0", tag="cp38-cp38-win_amd64"),
            wheel("grain", "2.0", tag="cp312-cp312-manylinux_2_17_x86_64"),
            buildable_sdist("butter", "1.0")) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        project.variables["PIP_FIND_LINKS"] = ""
        yield index


def lock(project, *arguments, python=THIS):
    """A lock by the engine."""
    project.engine("lock", *arguments, "--output", "pylock.toml", "--python", python).ended_with(0)
    return project.folder / "pylock.toml"


def installed(foreign, python):
    listing = foreign.run(foreign.python, "-m", "pip", "--python", python, "list", "--format", "json", folder=foreign.folder)
    return {each["name"]: each["version"] for each in json.loads(listing.stdout)}


INSTALLERS = {
    "pip": lambda tools, python: [tools.python, "-m", "pip", "--python", python, "install", "--no-index", "-r", "pylock.toml"],
    "uv pip install": lambda tools, python: [tools.folder / "bin" / "uv", "pip", "install", "--python", python, "-r", "pylock.toml"],
    "uv pip sync": lambda tools, python: [tools.folder / "bin" / "uv", "pip", "sync", "--python", python, "pylock.toml"],
}


def install(foreign, project, tmp_path, tool):
    """What a tool makes of the lock, by name and version."""
    if tool == "pip" and not foreign.pip_installs():
        pytest.skip("this pip does not install from locks: pip 26 is the first that does")
    python = foreign.new_environment(tmp_path / "other" / tool.replace(" ", "-"))
    done = foreign.run(*INSTALLERS[tool](foreign, python), folder=project.folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return installed(foreign, python)


CHECK = """
import json, sys, tomllib
from packaging.pylock import Pylock
from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

lock = Pylock.from_dict(tomllib.load(open(sys.argv[1], "rb")))
answers = []
for platform, python in json.loads(sys.argv[2]):
    system, machine, sys_platform, tag = {
        "linux-x86_64": ("Linux", "x86_64", "linux", "manylinux_2_17_x86_64"),
        "macos-arm64": ("Darwin", "arm64", "darwin", "macosx_11_0_arm64"),
        "windows-x86_64": ("Windows", "AMD64", "win32", "win_amd64")}[platform]
    version = tuple(int(part) for part in python.split("."))
    environment = {
        "implementation_name": "cpython", "implementation_version": python + ".0", "os_name": "nt" if system == "Windows" else "posix",
        "platform_machine": machine, "platform_release": "", "platform_system": system, "platform_version": "",
        "python_full_version": python + ".0", "platform_python_implementation": "CPython", "python_version": python,
        "sys_platform": sys_platform}
    tags = [*cpython_tags(version, platforms=[tag]), *compatible_tags(version, platforms=[tag])]
    answers.append({package.name: str(package.version) for package, _ in lock.select(environment=environment, tags=tags)})
print(json.dumps(answers))
"""


def selected(foreign, file, *targets):
    """What the `packaging` library selects from a lock for each (platform, Python)."""
    done = foreign.run(foreign.python, "-c", CHECK, file, json.dumps(targets), folder=file.parent)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("tool", INSTALLERS)
def test_a_lock_for_this_machine(project, index, foreign, tmp_path, tool):
    lock(project, "flour")
    assert install(foreign, project, tmp_path, tool) == {"flour": "1.0", "water": "1.1"}


@pytest.mark.parametrize("tool", INSTALLERS)
def test_a_lock_for_several_targets(project, index, foreign, tmp_path, tool):
    file = lock(
        project, "flour", "--platform", "linux-x86_64", "--platform", "macos-arm64", "--platform", "windows-x86_64")
    assert 'marker = \'sys_platform == "win32"\'' in file.read_text()
    assert install(foreign, project, tmp_path, tool) == {"flour": "1.0", "water": "1.1"}


def test_what_packaging_selects_for_each_target(project, index, foreign):
    file = lock(
        project, "flour", "--platform", "linux-x86_64", "--platform", "macos-arm64", "--platform", "windows-x86_64",
        "--python", "3.8", python="3.12")
    common = {"flour": "1.0", "water": "1.1"}
    assert selected(
        foreign, file, ("linux-x86_64", "3.12"), ("linux-x86_64", "3.8"), ("windows-x86_64", "3.12"), ("windows-x86_64", "3.8")
    ) == [common, {**common, "yeast": "1.0"}, {**common, "salt": "1.0"}, {**common, "salt": "1.0", "yeast": "1.0"}]


def test_versions_that_differ_by_target(project, index, foreign):
    file = lock(project, "grain", "--platform", "linux-x86_64", "--python", "3.11", python="3.12")
    lock_of_two = selected(foreign, file, ("linux-x86_64", "3.12"), ("linux-x86_64", "3.11"))
    assert lock_of_two in ([{"grain": "2.0"}, {"grain": "1.0"}], [{"grain": "1.0"}, {"grain": "1.0"}])


@pytest.mark.parametrize("tool", INSTALLERS)
def test_a_source_distribution(project, index, foreign, tmp_path, tool):
    file = lock(project, "butter", "flour")
    assert "sdist = {" in file.read_text()
    assert install(foreign, project, tmp_path, tool) == {"butter": "1.0", "flour": "1.0", "water": "1.1"}


@pytest.mark.parametrize("tool", INSTALLERS)
def test_a_directory(project, index, foreign, tmp_path, tool):
    """pip takes no directories together with files that have hashes, so nothing else is asked for."""
    project_folder(project.folder / "libs" / "dough", "dough", "0.3")
    text = lock(project, "./libs/dough").read_text()
    assert 'path = "libs/dough"' in text and str(project.folder) not in text
    assert install(foreign, project, tmp_path, tool) == {"dough": "0.3"}


@pytest.mark.parametrize("tool", ["uv pip install", "uv pip sync"])
def test_files_and_a_directory(project, index, foreign, tmp_path, tool):
    project_folder(project.folder / "libs" / "dough", "dough", "0.3")
    lock(project, "butter", "./libs/dough", "flour")
    expected = {"butter": "1.0", "dough": "0.3", "flour": "1.0", "water": "1.1"}
    assert install(foreign, project, tmp_path, tool) == expected
