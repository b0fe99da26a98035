"""The build backend: wheels that hold the packages and nothing else, always the same bytes."""

import base64
import csv
import hashlib
import io
import os
import subprocess
import sys
import zipfile

import pytest

from conftest import SDK

if not (SDK / "_build").exists():
    pytest.skip("the build backend is in the repository, not in the package", allow_module_level=True)

sys.path.insert(0, str(SDK / "_build"))

import penstock_build  # noqa: E402


def built(folder, editable=False):
    folder.mkdir()
    name = (penstock_build.build_editable if editable else penstock_build.build_wheel)(str(folder))
    return folder / name


def test_a_wheel_is_complete_and_repeatable(tmp_path):
    wheel = built(tmp_path / "a")
    assert wheel.name == "penstock-%s-py3-none-any.whl" % penstock_build.version()
    assert wheel.read_bytes() == built(tmp_path / "b").read_bytes()
    with zipfile.ZipFile(str(wheel)) as archive:
        names = archive.namelist()
        record = names[-1]
        rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(archive.read(record).decode()))}
        assert set(rows) == set(names) and rows.pop(record) == ["", ""]
        for name, (digest, size) in rows.items():
            data = archive.read(name)
            expected = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
            assert (digest, int(size)) == ("sha256=" + expected, len(data))
    assert {name.split("/")[0] for name in names} == {"penstock", "metaflow", record.split("/")[0]}
    assert {"penstock/_worker.py", "penstock/client/__init__.py", "penstock/py.typed", "metaflow/exception.py"} <= set(names)


def test_a_wheel_works_from_where_it_lies(tmp_path):
    wheel = built(tmp_path / "a")
    code = "import sys; sys.path.insert(0, %r); from metaflow import FlowSpec, Run; print(FlowSpec.__module__)" % str(wheel)
    out = subprocess.run([sys.executable, "-I", "-S", "-c", code], stdout=subprocess.PIPE, check=True).stdout
    assert out.decode() == "penstock._flowspec\n"


def test_an_editable_wheel_names_the_packages_here_and_nothing_else(tmp_path):
    wheel = built(tmp_path / "a", editable=True)
    site = tmp_path / "site"
    with zipfile.ZipFile(str(wheel)) as archive:
        archive.extractall(str(site))
    code = (
        "import site, importlib.util as u; site.addsitedir(%r)\n"
        "print(u.find_spec('penstock').origin, u.find_spec('metaflow').origin, u.find_spec('conftest'))" % str(site)
    )
    out = subprocess.run([sys.executable, "-I", "-S", "-c", code], stdout=subprocess.PIPE, check=True).stdout.decode()
    assert out.split() == [str(SDK / "penstock" / "__init__.py"), str(SDK / "metaflow" / "__init__.py"), "None"]


def test_an_sdist_builds_the_same_wheel(tmp_path):
    import tarfile

    name = penstock_build.build_sdist(str(tmp_path))
    with tarfile.open(str(tmp_path / name)) as archive:
        names = archive.getnames()
        archive.extractall(str(tmp_path / "out"))
    base = name[: -len(".tar.gz")]
    assert base + "/PKG-INFO" in names and base + "/_build/penstock_build.py" in names
    code = "import sys; sys.path.insert(0, '_build'); import penstock_build; penstock_build.build_wheel('.')"
    subprocess.run([sys.executable, "-c", code], cwd=str(tmp_path / "out" / base), check=True)
    (wheel,) = [each for each in os.listdir(str(tmp_path / "out" / base)) if each.endswith(".whl")]
    assert (tmp_path / "out" / base / wheel).read_bytes() == built(tmp_path / "a").read_bytes()
