"""`penstock lock` and `penstock env create`, without a flow."""

import base64
import csv
import hashlib

import pytest

from .harness.index import LoopbackIndex
from .harness.wheels import wheel


@pytest.fixture
def index(project):
    with LoopbackIndex(
            wheel("flour", "1.0", requires=["water>=1"], scripts={"mill": "flour:main"}, files={"flour/data/grain.txt": "g\n"}),
            wheel("water", "1.0"), wheel("salt", "1.0")) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        yield index


def lock(project, *names, output="pylock.toml"):
    return project.engine("lock", *names, "--output", output, "--python", project.tools.python)


def test_a_lock_is_written_and_is_the_same_each_time(project, index):
    lock(project, "flour", "salt").ended_with(0)
    text = (project.folder / "pylock.toml").read_text()
    for piece in ('lock-version = "1.0"', 'name = "flour"', 'name = "water"', 'name = "salt"', "sha256"):
        assert piece in text
    lock(project, "salt", "flour", output="pylock.again.toml").ended_with(0)
    assert (project.folder / "pylock.again.toml").read_text() == text


def test_an_environment_from_a_lock(project, index):
    lock(project, "flour").ended_with(0)
    project.engine("env", "create", "--lock", "pylock.toml", "made").ended_with(0)
    python = project.folder / "made" / "bin" / "python"
    said = project.command(python, "-c", (
        "import flour, water, os, sys, importlib.metadata as m; print(flour.VERSION, water.VERSION, os.path.realpath(sys.prefix));"
        "print(sorted(d.metadata['Name'] for d in m.distributions()), m.distribution('flour').read_text('INSTALLER').strip())"))
    first, second = said.ended_with(0).stdout.splitlines()
    assert first == f"1.0 1.0 {(project.folder / 'made').resolve()}"
    assert second == "['flour', 'water'] penstock"
    assert project.command(project.folder / "made" / "bin" / "mill").ended_with(0).stdout == "flour 1.0\n"


def test_the_record_tells_the_truth(project, index):
    """Every file that RECORD names is there with its digest, and every installed file is named."""
    lock(project, "flour").ended_with(0)
    project.engine("env", "create", "--lock", "pylock.toml", "made").ended_with(0)
    packages, = (project.folder / "made").glob("lib/python*/site-packages")
    named = set()
    for record in packages.glob("*.dist-info/RECORD"):
        for path, digest, size in csv.reader(record.read_text().splitlines()):
            file = (packages / path).resolve()
            named.add(file)
            assert file.exists(), path
            if digest:
                content = file.read_bytes()
                expected = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
                assert (digest, int(size)) == (f"sha256={expected}", len(content)), path
    present = {path.resolve() for path in packages.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert {path for path in present if "flour" in str(path) or "water" in str(path)} <= named


def test_an_environment_needs_no_index_once_its_wheels_are_there(project, index):
    lock(project, "flour").ended_with(0)
    project.engine("env", "create", "--lock", "pylock.toml", "one").ended_with(0)
    index.forget_requests()
    project.engine("env", "create", "--lock", "pylock.toml", "two").ended_with(0)
    assert index.requests == []


def test_a_lock_that_was_tampered_with(project, index):
    lock(project, "flour").ended_with(0)
    file = project.folder / "pylock.toml"
    flour = next(each for each in index.distributions if each.project == "flour")
    assert flour.sha256 in file.read_text()
    file.write_text(file.read_text().replace(flour.sha256, "f" * 64))
    outcome = project.engine("env", "create", "--lock", "pylock.toml", "made").ended_with(1)
    assert "flour-1.0" in outcome.stderr and not (project.folder / "made").exists()


@pytest.mark.parametrize("text", ["", "lock-version = \"9.0\"\n", "not toml at all [[["])
def test_a_file_that_is_no_lock(project, index, text):
    project.write("pylock.toml", text)
    outcome = project.engine("env", "create", "--lock", "pylock.toml", "made").ended_with(1)
    assert "pylock.toml" in outcome.stderr and not (project.folder / "made").exists()


def test_a_lock_that_is_not_there(project, index):
    outcome = project.engine("env", "create", "--lock", "nowhere.toml", "made")
    assert outcome.code in (1, 2) and "nowhere.toml" in outcome.stderr


@pytest.mark.parametrize("words, code", [
    (["--version"], 0), (["--help"], 0), (["nonsense"], 2), (["lock", "--nonsense"], 2), (["env", "create"], 2)],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_the_engine_on_its_own(project, words, code):
    outcome = project.engine(*words).ended_with(code)
    assert outcome.all.strip() and "Traceback" not in outcome.all
