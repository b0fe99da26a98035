"""Environments whose Python is a conda package: created of lists and locks that need no solving, used, verified, pruned."""

import json
import shutil
from pathlib import Path

import pytest

from .harness.conda_channel import CondaChannel, conda_package, conda_project, conda_python
from .harness.index import LoopbackIndex
from .harness.wheels import wheel


@pytest.fixture
def packages(project):
    python = conda_python(project.tools.python)
    if python is None:
        pytest.skip("the Python of this machine cannot be made a conda package")
    return [
        python, conda_project("flour", "1.0", scripts={"mill": "flour:main"}),
        conda_package("salt", "2.0", files={
            "share/salt.txt": "salt\n", "etc/conda/activate.d/salt.sh": "export SALTED=yes\n"})]


@pytest.fixture
def channel(packages):
    with CondaChannel(*packages) as channel:
        yield channel


def explicit(project, channel, packages, name="packages.txt"):
    lines = [f"{channel.url}/{each.subdir}/{each.filename}#sha256:{each.record['sha256']}" for each in packages]
    path = project.folder / name
    path.write_text("\n".join(["@EXPLICIT", *lines, ""]))
    return str(path)


def create(project, lock, *words):
    return project.engine("env", "create", "--lock", lock, *words)


def test_a_list_of_archives_becomes_an_environment(project, channel, packages):
    lock = explicit(project, channel, packages)
    root = Path(create(project, lock).ended_with(0).stdout.strip())
    assert root.parent.parent == Path(project.cache)
    script = "import flour, sys; print(flour.VERSION, flour.SOURCE, sys.prefix)"
    assert project.command(str(root / "bin/python"), "-c", script).ended_with(0).stdout == f"1.0 conda {root}\n"
    assert project.command(str(root / "bin/mill")).ended_with(0).stdout == "flour 1.0\n"
    assert sorted(each.name for each in (root / "conda-meta").iterdir() if each.suffix == ".json") == sorted(
        each.filename.replace(".conda", ".json") for each in packages)
    # Once more, and the channel is not asked; nor is it where there is no network.
    asked = len(channel.requests)
    assert create(project, lock).ended_with(0).stdout.strip() == str(root)
    shutil.rmtree(root)
    assert create(project, lock, "--offline").ended_with(0).stdout.strip() == str(root)
    assert len(channel.requests) == asked


def test_it_is_listed_shown_and_used(project, channel, packages):
    create(project, explicit(project, channel, packages)).ended_with(0)
    one, = json.loads(project.engine("env", "list", "--json").ended_with(0).stdout)
    assert one["packages"] == 3
    shown = json.loads(project.engine("env", "show", one["environment"][:8], "--json").ended_with(0).stdout)
    assert [each["name"] for each in shown["packages"]] == ["flour", "python", "salt"]
    assert all(each["source"].startswith("conda ") and each["sha256"] for each in shown["packages"])
    ran = project.engine("env", "run", one["environment"][:8], "--", "sh", "-c", "echo $CONDA_PREFIX $SALTED").ended_with(0)
    assert ran.stdout == f"{one['path']} yes\n"


def test_a_damaged_file_is_found_and_mended(project, channel, packages):
    root = Path(create(project, explicit(project, channel, packages)).ended_with(0).stdout.strip())
    assert "All is as it was installed" in project.engine("env", "verify").ended_with(0).stdout
    (root / "share/salt.txt").write_text("pepp\n")
    told = project.engine("env", "verify").ended_with(1)
    assert f"{root}/share/salt.txt has another content" in told.stdout
    assert "; mended" in project.engine("env", "verify", "--mend").ended_with(0).stdout
    assert (root / "share/salt.txt").read_text() == "salt\n"
    project.engine("env", "verify").ended_with(0)


def test_an_archive_that_is_another_one_is_refused(project, channel, packages):
    lock = explicit(project, channel, packages)
    packages[2].content = packages[2].content + b"more"
    told = create(project, lock).ended_with(1)
    assert "salt-2.0-0.conda could not be fetched" in told.stderr
    assert json.loads(project.engine("env", "list", "--json").ended_with(0).stdout) == []


def test_without_a_python_it_is_told(project, channel, packages):
    told = create(project, explicit(project, channel, packages[2:])).ended_with(1)
    assert "python" in told.stderr and "conda packages" in told.stderr


def test_packages_that_no_environment_has_are_pruned(project, channel, packages):
    one = create(project, explicit(project, channel, packages)).ended_with(0).stdout.strip()
    create(project, explicit(project, channel, packages[:2], "fewer.txt")).ended_with(0)
    for environment in json.loads(project.engine("env", "list", "--json").ended_with(0).stdout):
        if environment["path"] == one:
            project.engine("env", "remove", environment["environment"]).ended_with(0)
    kept = Path(project.cache) / "conda-packages"
    assert len(list(kept.iterdir())) == 3
    project.engine("cache", "clean", "conda-packages").ended_with(0)
    assert list(kept.iterdir()) == []


def test_wheels_stand_beside_conda_packages(project, channel, packages):
    with LoopbackIndex(wheel("butter", "1.0")) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        project.engine("lock", "butter", "--python", project.tools.python, "--output", "pylock.toml").ended_with(0)
        path = project.folder / "pylock.toml"
        python = packages[0].record["version"]
        tables = [f'\n[tool.penstock.conda]\nchannels = ["{channel.url}"]\n']
        for each in packages:
            record = each.record
            tables.append("\n[[tool.penstock.conda.packages]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in {
                "name": record["name"], "version": record["version"], "build": record["build"], "build-number": record["build_number"],
                "subdir": record["subdir"], "channel": channel.url, "url": f"{channel.url}/{each.subdir}/{each.filename}"}.items())
                + (f'noarch = "{record["noarch"]}"\n' if "noarch" in record else "")
                + f'hashes = {{ sha256 = "{record["sha256"]}" }}\nsize = {record["size"]}\ndepends = {json.dumps(record["depends"])}\n')
        path.write_text(path.read_text() + "".join(tables))
        root = create(project, str(path)).ended_with(0).stdout.strip()
        script = "import butter, flour, sys; print(butter.VERSION, flour.SOURCE, sys.version.split()[0])"
        assert project.command(f"{root}/bin/python", "-c", script).ended_with(0).stdout == f"1.0 conda {python}\n"
        project.engine("env", "verify").ended_with(0)
