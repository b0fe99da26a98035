"""Modules that are compiled when an environment is made (`--compile-bytecode`, PENSTOCK_COMPILE_BYTECODE)."""

import importlib.util
import os
import struct
from pathlib import Path

import pytest

from .harness.environments import flip, leftovers
from .harness.index import LoopbackIndex
from .harness.wheels import wheel

FILES = {f"flour/kinds/k{number}.py": f"NUMBER = {number}\n" for number in range(120)}
FILES["flour/broken.py"] = "def (:\n"
FILES["flour/old.py"] = "print 'hello'\n"
FILES["flour/empty.py"] = ""
CREATE = ("env", "create", "--lock", "pylock.toml")


@pytest.fixture
def index(project):
    with LoopbackIndex(wheel("flour", "1.0", requires=["water"], files=FILES), wheel("water", "1.0")) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        project.engine("lock", "flour", "--output", "pylock.toml", "--python", project.tools.python).ended_with(0)
        yield index


def modules(environment):
    packages, = Path(environment).glob("lib/python*/site-packages")
    return sorted(path for path in packages.rglob("*.py"))


def compiled(source):
    return Path(importlib.util.cache_from_source(str(source)))


def is_valid(source):
    """Whether Python will take what was compiled of a module: by the time and size that stand in it."""
    content = compiled(source).read_bytes()
    flags, time, size = struct.unpack("<III", content[4:16])
    status = source.stat()
    return flags == 0 and time == int(status.st_mtime) & 0xFFFFFFFF and size == status.st_size


def test_all_modules_are_compiled(project, index):
    outcome = project.engine(*CREATE, "made", "--compile-bytecode").ended_with(0)
    assert "Compiled 123 modules" in outcome.stderr
    for source in modules(project.folder / "made"):
        if source.name in ("broken.py", "old.py"):
            assert not compiled(source).exists()
        else:
            assert is_valid(source), source
    assert leftovers(project.cache) == []
    # Nothing is compiled once more, and the code tells where it really stands.
    said = project.command(project.folder / "made" / "bin" / "python", "-B", "-v", "-c", (
        "import flour.kinds.k7 as k; from flour import main; print(main.__code__.co_filename)")).ended_with(0)
    assert not [line for line in said.stderr.splitlines() if "code object from" in line and "flour" in line and line.endswith(".py'")]
    package = next(path.parent for path in modules(project.folder / "made") if path.name == "k7.py").parent
    assert said.stdout.strip() == str(package / "__init__.py")


def test_compiled_once_for_all_environments(project, index):
    project.engine(*CREATE, "one", "--compile-bytecode").ended_with(0)
    project.engine(*CREATE, "two", env={"PENSTOCK_COMPILE_BYTECODE": "1"}).ended_with(0)
    project.engine(*CREATE, "three").ended_with(0)
    one, two = modules(project.folder / "one"), modules(project.folder / "two")
    for first, second in zip(one, two):
        if compiled(first).exists():
            assert is_valid(second)
            assert os.stat(compiled(first)).st_mtime == os.stat(compiled(second)).st_mtime
    assert not list((project.folder / "three").rglob("*.pyc"))
    assert len(list(project.cache.glob("wheels/*/compiled-*"))) == 2


def test_a_damaged_compiled_module_is_mended(project, index):
    environment = Path(project.engine(*CREATE, "--compile-bytecode").ended_with(0).stdout.strip())
    source = next(path for path in modules(environment) if path.name == "k7.py")
    cached, = project.cache.glob("wheels/*/compiled-*/files/flour/kinds/__pycache__/k7.*")
    right = cached.read_bytes()
    flip(cached, len(right) - 3)
    outcome = project.engine("env", "verify", "--mend").ended_with(0)
    assert str(cached) in outcome.stdout and "mended" in outcome.stdout
    assert compiled(source).read_bytes() == right and is_valid(source)
    assert "All is as it was" in project.engine("env", "verify").ended_with(0).stdout


def test_steps_run_with_compiled_modules(project, index):
    file = project.write("baking.py", '''
from metaflow import FlowSpec, pypi, step


class Baking(FlowSpec):
    @pypi(packages={"flour": "1.0"})
    @step
    def start(self):
        import flour.kinds.k3
        self.seen = [flour.kinds.k3.NUMBER, flour.kinds.k3.__cached__]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Baking()
''')
    outcome = project.run(file, env={"PENSTOCK_COMPILE_BYTECODE": "1"}).ended_with(0)
    assert "Compiled 123 modules" in outcome.stderr
    number, cached = project.ask("Run(run)['start'].task.data.seen", run=f"Baking/{outcome.run_id}")
    assert number == 3 and Path(cached).exists()
