"""What an environment tells of its conda packages: read as conda, mamba and conda doctor read it, and by py-rattler itself."""

import hashlib
import importlib.util
import json
import subprocess
import sys

import pytest

from .harness.conda_channel import CondaChannel, conda_package, conda_project, conda_python
from .harness.tools import ROOT

#: What the models of conda and mamba want in every record; `link`, `extracted_package_dir` and `requested_spec` may be missing.
MEMBERS = {
    "name": str, "version": str, "build": str, "build_number": int, "channel": str, "subdir": str, "fn": str, "url": str, "depends": list,
    "constrains": list, "files": list, "paths_data": dict, "md5": str, "sha256": str, "size": int, "timestamp": int, "license": str}
KINDS = {"hardlink", "softlink", "directory", "unix_python_entry_point", "pyc_file"}

PEER = """
import asyncio, json, os, sys
from pathlib import Path
import rattler

prefix, gone = Path(sys.argv[1]), sys.argv[2]
records = [rattler.PrefixRecord.from_path(path) for path in sorted((prefix / "conda-meta").glob("*.json"))]
told = [{**json.loads(record.to_json()), "requested": record.requested_spec} for record in records]
# Nothing of what stays is fetched: it is there already.
kept = [rattler.RepoDataRecord(
    rattler.PackageRecord(
        record.name, record.version, record.build, record.build_number, record.subdir, noarch=record.noarch,
        depends=record.depends, sha256=record.sha256, md5=record.md5, size=record.size),
    record.file_name, record.url, record.channel) for record in records if record.name.normalized != gone]
asyncio.run(rattler.install(kept, prefix, cache_dir=prefix.parent / "rattler", show_progress=False))
print(json.dumps(told))
sys.stdout.flush()
os._exit(0)  # its threads may outlive the interpreter
"""


def peer():
    """A Python that has py-rattler; a skip where there is none."""
    if importlib.util.find_spec("rattler"):
        return sys.executable
    benchmarks = ROOT / ".build" / "benchmarks" / "rattler" / "bin" / "python"
    if benchmarks.exists():
        return benchmarks
    pytest.skip("py-rattler is not installed: `make test` installs it where there is a wheel")


@pytest.fixture
def environment(project):
    python = conda_python()
    if python is None:
        pytest.skip("the Python of this machine cannot be put into a conda package")
    with CondaChannel(
            python, conda_package("paths", "1.0", files={"etc/plain.txt": "plain\n"}, suffix=".tar.bz2"),
            conda_project("flour", "2.0", depends=["python", "paths"], scripts={"flour": "flour:main"})) as channel:
        project.engine("lock", "--conda", "flour", "--channel", channel.url, "-o", "pylock.toml").ended_with(0)
        place = project.folder / "environment"
        project.engine("env", "create", "--lock", "pylock.toml", "--at", place, timeout=300).ended_with(0)
    return place


def records(environment):
    return {path.stem: json.loads(path.read_text()) for path in (environment / "conda-meta").glob("*.json")}


def test_records_have_what_other_tools_want(environment):
    assert (environment / "conda-meta" / "history").is_file()
    found = records(environment)
    assert {stem.rsplit("-", 2)[0] for stem in found} == {"python", "paths", "flour"}
    for stem, record in found.items():
        assert stem == "{name}-{version}-{build}".format(**record) and record["fn"].startswith(stem)
        assert {member: type(record.get(member)) for member in MEMBERS} == MEMBERS, stem
        assert record["url"] == f"{record['channel']}/{record['subdir']}/{record['fn']}"
        assert record["subdir"] == "noarch" or {record["arch"], record["platform"]} <= {"x86_64", "aarch64", "arm64", "linux", "osx"}
        paths = record["paths_data"]["paths"]
        assert record["paths_data"]["paths_version"] == 1
        assert record["files"] == [path["_path"] for path in paths if path["path_type"] != "directory"]
        for path in paths:
            assert path["path_type"] in KINDS
            file = environment / path["_path"]
            # As `conda doctor` looks for files that are missing or altered.
            assert file.exists() or file.is_symlink(), path
            if path["path_type"] in ("hardlink", "unix_python_entry_point"):
                assert path["sha256_in_prefix"] == hashlib.sha256(file.read_bytes()).hexdigest(), path


def test_py_rattler_takes_an_environment_over(environment):
    before = records(environment)
    script = before["flour-2.0-py_0"]["files"]
    told = subprocess.run(
        [str(peer()), "-c", PEER, str(environment), "flour"], capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr
    read = {"{name}-{version}-{build}".format(**record): record for record in json.loads(told.stdout)}
    assert read.keys() == before.keys()
    for stem, record in before.items():
        for member, value in record.items():
            assert not value or read[stem][member] == value, f"{stem}: {member}"
    # And it has removed a package as if it had installed it.
    assert not any((environment / path).exists() for path in script)
    assert {path.stem for path in (environment / "conda-meta").glob("*.json")} == before.keys() - {"flour-2.0-py_0"}
    assert (environment / "etc" / "plain.txt").read_text() == "plain\n"
