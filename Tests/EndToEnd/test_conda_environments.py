"""Environments whose Python is a conda package: created of lists and locks that need no solving, used, verified, pruned."""

import json
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from .harness.conda_channel import CondaChannel, conda_package, conda_project, conda_python
from .harness.environments import differences, flip, leftovers, tree
from .harness.index import LoopbackIndex
from .harness.processes import wait_until
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


def create(project, lock, *words, env=None):
    return project.engine("env", "create", "--lock", lock, *words, env=env)


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


def test_two_are_compared(project, channel, packages):
    first = create(project, explicit(project, channel, packages)).ended_with(0).stdout.strip()
    second = create(project, explicit(project, channel, packages[:2], "fewer.txt")).ended_with(0).stdout.strip()
    told = project.engine("env", "diff", Path(first).name, Path(second).name).ended_with(1)
    assert "salt" in told.stdout and "flour" not in told.stdout and "0 added, 1 removed, 0 changed" in told.stdout
    project.engine("env", "diff", Path(first).name, Path(first).name).ended_with(0)


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


# Scripts that packages run when they are installed

SCRIPT = """
echo "$PREFIX|$PKG_NAME|$PKG_VERSION|$PKG_BUILDNUM" > "$PREFIX/share/linked.txt"
"$PREFIX/bin/mill" >> "$PREFIX/share/linked.txt"
echo "season with care" >> "$PREFIX/.messages.txt"
"""


def with_script(packages, script):
    salt = conda_package("salt", "2.0", depends=["flour"], files={
        "share/salt.txt": "salt\n", "bin/.salt-post-link.sh": (script.encode(), 0o755)})
    return [*packages[:2], salt]


@pytest.fixture
def scripted(packages):
    with CondaChannel(*with_script(packages, SCRIPT)) as channel:
        yield channel


def test_scripts_are_not_run_unless_it_is_said(project, scripted):
    lock = explicit(project, scripted, scripted.packages)
    refused = create(project, lock).ended_with(0)
    assert "salt-2.0-0" in refused.stderr and "were not run" in refused.stderr and "PENSTOCK_CONDA_LINK_SCRIPTS=run" in refused.stderr
    root = Path(refused.stdout.strip())
    assert not (root / "share/linked.txt").exists()
    assert "those of salt-2.0-0 were not run" in project.engine("env", "show", root.name).ended_with(0).stdout
    # With them it is another environment, beside that one.
    ran = create(project, lock, "--conda-link-scripts", "run").ended_with(0)
    other = Path(ran.stdout.strip())
    assert other != root and "were not run" not in ran.stderr and "season with care" in ran.stderr
    assert (other / "share/linked.txt").read_text() == f"{other}|salt|2.0|0\nflour 1.0\n"
    assert not (root / "share/linked.txt").exists()
    again = create(project, lock, env={"PENSTOCK_CONDA_LINK_SCRIPTS": "run"}).ended_with(0)
    assert again.stdout.strip() == str(other)
    project.engine("env", "verify").ended_with(0)
    assert "those of salt-2.0-0 were run" in project.engine("env", "show", other.name).ended_with(0).stdout
    shown = {each["path"]: each for each in json.loads(project.engine("env", "list", "--json").ended_with(0).stdout)}
    assert shown[str(other)]["link_scripts"] == {"policy": "run", "packages": ["salt-2.0-0"]}
    # Mending runs them again.
    (other / "share/salt.txt").unlink()
    project.engine("env", "verify", "--mend").ended_with(0)
    assert (other / "share/linked.txt").exists() and (other / "share/salt.txt").exists()


def test_a_word_that_is_no_policy(project, scripted):
    lock = explicit(project, scripted, scripted.packages)
    told = create(project, lock, env={"PENSTOCK_CONDA_LINK_SCRIPTS": "perhaps"}).ended_with(1)
    assert "PENSTOCK_CONDA_LINK_SCRIPTS is 'perhaps'" in told.stderr and "run" in told.stderr
    assert not (Path(project.cache) / "conda-packages").exists()
    create(project, lock, "--conda-link-scripts", "perhaps").ended_with(2)


def test_a_script_that_fails_leaves_nothing(project, packages):
    with CondaChannel(*with_script(packages, "echo no salt today >&2; exit 7\n")) as channel:
        lock = explicit(project, channel, channel.packages)
        for words in ([], ["--at", "made"]):
            told = create(project, lock, *words, env={"PENSTOCK_CONDA_LINK_SCRIPTS": "run"}).ended_with(1)
            assert told.stderr.count("error: ") == 1 and "no salt today" in told.stderr and "salt-2.0" in told.stderr
        assert not (project.folder / "made").exists()
        assert list((Path(project.cache) / "environments").glob("[0-9a-f]*")) == []
        create(project, lock).ended_with(0)


def test_who_is_killed_in_a_script_hinders_nobody(project, packages):
    with CondaChannel(*with_script(packages, 'touch "$PREFIX/began"; [ -e "%s" ] || sleep 600\n' % (project.folder / "go"))) as channel:
        lock = explicit(project, channel, channel.packages)
        variables = {"PENSTOCK_CONDA_LINK_SCRIPTS": "run"}
        process = subprocess.Popen(
            [project.tools.engine.resolve(), "env", "create", "--lock", lock], cwd=project.folder, env=project.environment(variables),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        wait_until(lambda: list(Path(project.cache).glob("environments/*/began")), 60, "the script")
        process.kill()
        process.communicate()
        project.end_all()
        (project.folder / "go").write_text("")
        root = create(project, lock, env=variables).ended_with(0).stdout.strip()
        project.engine("env", "verify").ended_with(0)
        assert Path(root, "share/salt.txt").exists() and leftovers(project.cache) == []


# The machine

@pytest.mark.parametrize("need, words", [
    ("__cuda >=11", "has no __cuda"), ("__glibc >=99", "this machine has 2."), ("__win", "has no __win"),
    ("__archspec * imaginary9", "this machine is ")])
def test_what_the_machine_does_not_have(project, packages, need, words):
    picky = conda_package("picky", "1.0", depends=["python", need], files={"share/picky.txt": "picky\n"})
    with CondaChannel(*packages, picky) as channel:
        lock = explicit(project, channel, channel.packages)
        told = create(project, lock, env={"CONDA_OVERRIDE_CUDA": ""}).ended_with(1)
        assert told.stderr.count("error: ") == 1 and "not for this machine" in told.stderr
        assert f"picky-1.0-0.conda needs '{need}'" in told.stderr and words in told.stderr
        assert list((Path(project.cache) / "environments").glob("[0-9a-f]*")) == []


def test_what_the_person_says_that_the_machine_has(project, packages):
    picky = conda_package("picky", "1.0", depends=["python", "__glibc >=99"], files={"share/picky.txt": "picky\n"})
    with CondaChannel(*packages, picky) as channel:
        lock = explicit(project, channel, channel.packages)
        told = create(project, lock, env={"CONDA_OVERRIDE_GLIBC": "99"}).ended_with(0)
        assert "picky-1.0-0.conda needs '__glibc >=99'" in told.stderr and "installed all the same" in told.stderr
        shutil.rmtree(told.stdout.strip())
        create(project, lock, env={"CONDA_OVERRIDE_GLIBC": "newest!"}).ended_with(1)


# Faults

@pytest.mark.parametrize("name", ["penstock.wheels", "penstock.json", ".penstock.json", "bin/python", "conda-meta/salt-2.0-0.json"])
@pytest.mark.parametrize("harm", ["flip", "remove"])
def test_any_file_that_is_damaged_is_mended(project, channel, packages, name, harm):
    root = Path(create(project, explicit(project, channel, packages)).ended_with(0).stdout.strip())
    before = tree(root)
    file = root / name
    if harm == "remove":
        file.unlink()
    else:
        flip(file, file.stat().st_size // 2)
    assert str(file) in project.engine("env", "verify").ended_with(1).stdout
    assert str(file) in project.engine("env", "verify", "--mend").ended_with(0).stdout
    assert "All is as it was installed" in project.engine("env", "verify").ended_with(0).stdout
    assert differences(tree(root), before) == []
    assert project.command(str(root / "bin/mill")).ended_with(0).stdout == "flour 1.0\n"


@pytest.mark.parametrize("moment", [0.01, 0.03, 0.06, 0.1, 0.2])
def test_killed_at_some_moment(project, channel, packages, moment):
    lock = explicit(project, channel, packages)
    process = subprocess.Popen(
        [project.tools.engine.resolve(), "env", "create", "--lock", lock], cwd=project.folder, env=project.environment(),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(moment)
    process.kill()
    process.communicate()
    root = Path(create(project, lock).ended_with(0).stdout.strip())
    assert "All is as it was installed" in project.engine("env", "verify").ended_with(0).stdout
    assert project.command(str(root / "bin/mill")).ended_with(0).stdout == "flour 1.0\n"
    assert leftovers(project.cache) == [] and not list(Path(project.cache).glob("conda-packages/.*"))


def test_many_want_it_at_once(project, channel, packages):
    lock = explicit(project, channel, packages)
    processes = [subprocess.Popen(
        [project.tools.engine.resolve(), "env", "create", "--lock", lock], cwd=project.folder, env=project.environment(), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(6)]
    said = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0] * 6, said
    assert len({output for output, _ in said}) == 1
    assert sorted(channel.downloads()) == sorted(each.filename for each in packages), "each is fetched once"


def test_a_channel_that_is_gone_before_anything_is_fetched(project, packages):
    with CondaChannel(*packages) as channel:
        lock = explicit(project, channel, packages)
    told = create(project, lock).ended_with(1)
    assert told.stderr.count("error: ") == 1 and "could not be fetched" in told.stderr and "help: " in told.stderr
    assert list((Path(project.cache) / "environments").glob("*")) == []


def test_ctrl_c(project, packages):
    with CondaChannel(*with_script(packages, 'touch "$PREFIX/began"; sleep 600\n')) as channel:
        lock = explicit(project, channel, channel.packages)
        process = subprocess.Popen(
            [project.tools.engine.resolve(), "env", "create", "--lock", lock], cwd=project.folder, text=True,
            env=project.environment({"PENSTOCK_CONDA_LINK_SCRIPTS": "run"}), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        wait_until(lambda: list(Path(project.cache).glob("environments/*/began")), 60, "the script")
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)
        assert process.returncode == 1 and "Aborted!" in said[1] and said[0] == ""
        assert list((Path(project.cache) / "environments").glob("*")) == []


FLOW = """
from metaflow import FlowSpec, conda, step


class Seasoning(FlowSpec):
    @conda(packages={"salt": "2.0"})
    @step
    def start(self):
        import os
        self.salt = open(os.environ["CONDA_PREFIX"] + "/share/salt.txt").read()
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Seasoning()
"""


def test_a_channel_that_has_changed_a_file(project, channel, packages):
    """Nothing that is not what the lock says is installed; once the channel says so, too, the next run takes the new one."""
    file = project.write("seasoning.py", FLOW)
    known = {"CONDA_CHANNELS": channel.url}
    project.run(file, env=known).ended_with(0)
    # Here is a copy of the lock, but of nothing that it names.
    for part in ("environments", "conda-packages", "archives"):
        shutil.rmtree(Path(project.cache) / part, ignore_errors=True)
    other = conda_package("salt", "2.0", files={"share/salt.txt": "sea salt\n"})
    packages[2].content, record = other.content, packages[2].record
    told = project.run(file, env=known).ended_with(1)
    assert told.stderr.count("error: ") == 1 and not told.started_a_run
    assert "salt-2.0-0.conda could not be fetched" in told.stderr and "SHA-256" in told.stderr
    channel.packages = [*packages[:2], other]
    again = project.run(file, env=known).ended_with(0)
    assert project.ask("Run(run)['start'].task.data.salt", run=f"Seasoning/{again.run_id}") == "sea salt\n"


# Disks

@pytest.mark.parametrize("limit", ["size=8k", "size=100k", "nr_inodes=20"])
def test_a_full_disk(project, channel, packages, disk, limit):
    lock = explicit(project, channel, packages)
    enter = disk(Path(project.cache), f'mount -t tmpfs -o {limit} tmpfs "$1"')
    told = create(project, lock).ended_with(1)
    assert told.stderr.count("error: ") == 1 and "No space left on device" in told.stderr
    subprocess.run([*enter, "mount", "-o", "remount,size=90m,nr_inodes=5000", str(project.cache)], check=True)
    create(project, lock).ended_with(0)
    project.engine("env", "verify").ended_with(0)


def test_a_read_only_cache(project, channel, packages, disk):
    root = create(project, explicit(project, channel, packages)).ended_with(0).stdout.strip()
    fewer = explicit(project, channel, packages[:1], "fewer.txt")
    disk(Path(project.cache), 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"')
    assert create(project, explicit(project, channel, packages)).ended_with(0).stdout.strip() == root
    told = create(project, fewer).ended_with(1)
    assert told.stderr.count("error: ") == 1 and "Read-only" in told.stderr
