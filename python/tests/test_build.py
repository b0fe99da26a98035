"""The build backend: wheels that hold the packages and nothing else, always the same bytes."""

import base64
import csv
import email
import hashlib
import io
import os
import subprocess
import sys
import zipfile

import pytest

from conftest import SDK
from executables import elf

if not (SDK / "_build").exists():
    pytest.skip("the build backend is in the repository, not in the package", allow_module_level=True)

sys.path.insert(0, str(SDK / "_build"))

import penstock_build  # noqa: E402


def built(folder, editable=False):
    folder.mkdir()
    name = (penstock_build.build_editable if editable else penstock_build.build_wheel)(str(folder))
    return folder / name


def contents(wheel):
    """The files of a wheel by name, after its RECORD was compared with them."""
    with zipfile.ZipFile(str(wheel)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    (record,) = [name for name in files if name.endswith(".dist-info/RECORD")]
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(files[record].decode()))}
    assert set(rows) == set(files) and rows.pop(record) == ["", ""]
    for name, (digest, size) in rows.items():
        expected = base64.urlsafe_b64encode(hashlib.sha256(files[name]).digest()).decode().rstrip("=")
        assert (digest, int(size)) == ("sha256=" + expected, len(files[name]))
    return files


def metadata(wheel):
    (text,) = [data for name, data in contents(wheel).items() if name.endswith("/METADATA")]
    return email.message_from_bytes(text)


def test_a_wheel_is_complete_and_repeatable(tmp_path):
    wheel = built(tmp_path / "a")
    assert wheel.name == "penstock-%s-py3-none-any.whl" % penstock_build.version()
    assert wheel.read_bytes() == built(tmp_path / "b").read_bytes()
    files = contents(wheel)
    info = "penstock-%s.dist-info" % penstock_build.version()
    assert {name.split("/")[0] for name in files} == {"penstock", info}
    assert {"penstock/_worker.py", "penstock/client/__init__.py", "penstock/py.typed", info + "/licenses/LICENSE"} <= set(files)
    assert metadata(wheel)["Requires-Python"] == ">=3.8" and metadata(wheel)["License-Expression"] == "Apache-2.0"


def released(folder, engine=elf(symbols=[("stat", "libc.so.6", "GLIBC_2.33")])):
    """The two wheels of a release, by way of the program."""
    folder.mkdir()
    (folder / "engine").write_bytes(engine)
    words = [sys.executable, str(SDK / "_build" / "penstock_build.py"), "--engine", str(folder / "engine"), "--into", str(folder / "dist")]
    outcome = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    return outcome, sorted(folder.glob("dist/*"))


def test_a_release_has_the_engine_and_the_names_of_metaflow(tmp_path):
    outcome, (whole, names) = released(tmp_path / "a")
    version = penstock_build.version()
    assert outcome.returncode == 0 and "glibc 2.33 and newer" in outcome.stdout
    assert whole.name == "penstock-%s-py3-none-manylinux_2_33_x86_64.whl" % version
    assert names.name == "penstock_metaflow-%s-py3-none-any.whl" % version
    files, program = contents(whole), "penstock-%s.data/scripts/penstock" % version
    assert files[program] == (tmp_path / "a" / "engine").read_bytes()
    with zipfile.ZipFile(str(whole)) as archive:
        assert archive.getinfo(program).external_attr >> 16 == 0o100755
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert not any(name.startswith("metaflow/") for name in files)
    assert "metaflow/exception.py" in contents(names) and not any(name.startswith("penstock/") for name in contents(names))
    assert metadata(names).get_all("Requires-Dist") == ["penstock ==" + version]
    assert metadata(whole).get_all("Requires-Dist") == ['penstock-metaflow ==%s; extra == "metaflow"' % version]
    again = released(tmp_path / "b")[1]
    assert [each.read_bytes() for each in again] == [whole.read_bytes(), names.read_bytes()]


def test_the_terms_of_what_the_engine_holds_are_told_once_each(tmp_path):
    for name, text in (("zlib", "do as you like"), ("nio", "the same"), ("crypto", "the same"), ("zstd", "näher bestimmt")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "LICENSE").write_text(text + "\n", encoding="utf-8")
    engine = tmp_path / "engine"
    engine.write_bytes(elf())
    name, _ = penstock_build.engine_wheel(str(engine), str(tmp_path), [str(each) for each in tmp_path.glob("*/LICENSE")])
    (notices,) = [data.decode() for path, data in contents(tmp_path / name).items() if path.endswith("/licenses/THIRD-PARTY-NOTICES")]
    assert notices == "# crypto, nio\n\nthe same\n\n# zlib\n\ndo as you like\n\n# zstd\n\nnäher bestimmt\n"
    assert metadata(tmp_path / name).get_all("License-File") == ["LICENSE", "THIRD-PARTY-NOTICES"]


@pytest.mark.parametrize(
    "engine, reason",
    [(elf(["libc.so.6", "libz.so.1"]), "libz.so.1"), (elf(with_symbol_table=True), "strip it"), (b"#!/bin/sh\necho 9.9.9\n", "neither")],
)
def test_an_engine_that_runs_on_this_machine_only_is_not_released(tmp_path, engine, reason):
    outcome, wheels = released(tmp_path / "a", engine)
    assert outcome.returncode == 1 and outcome.stderr.startswith("error: no wheel can be made") and reason in outcome.stderr
    assert "Traceback" not in outcome.stderr and wheels == []


def test_the_engine_of_another_version_is_not_released(tmp_path):
    engine = tmp_path / "engine"
    engine.write_text("#!/bin/sh\necho penstock 9.9.9\n")
    engine.chmod(0o755)
    with pytest.raises(SystemExit, match="it is version 9.9.9, and the SDK is"):
        penstock_build.main(["--engine", str(engine), "--into", str(tmp_path / "dist")])


def test_the_project_file_says_the_same():
    text = (SDK / "pyproject.toml").read_text(encoding="utf-8")
    for line in ('version = "%s"' % penstock_build.version(), 'description = "%s"' % penstock_build.SUMMARIES["penstock"]):
        assert line in text.splitlines()


def test_a_wheel_works_from_where_it_lies(tmp_path):
    wheels = [built(tmp_path / "a"), tmp_path / "a" / penstock_build.metaflow_wheel(str(tmp_path / "a"))]
    code = "import sys; sys.path[:0] = %r; from metaflow import FlowSpec, Run; print(FlowSpec.__module__)" % [str(each) for each in wheels]
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
