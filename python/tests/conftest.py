"""Fixtures that write flows, run them on the fake engine, and read what it saw."""

import os
import pathlib
import pickle
import subprocess
import sys
import textwrap
import time

import pytest

HERE = pathlib.Path(__file__).resolve().parent
SDK = HERE.parent
sys.path.insert(0, str(SDK))


def wait_for(condition, what, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain for " + what
        time.sleep(0.01)


def processes_with(marker):
    """The processes whose environment holds a text."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            try:
                with open("/proc/%s/environ" % name, "rb") as file:
                    if marker in file.read():
                        with open("/proc/%s/stat" % name) as stat:
                            if stat.read().rsplit(")", 1)[1].split()[0] != "Z":
                                found.append(int(name))
            except OSError:
                continue
    return found


class Task(dict):
    """What the fake engine saw of one attempt."""

    def __getattr__(self, name):
        return self[name]

    @property
    def ok(self):
        return self["done"]["ok"]

    @property
    def out(self):
        return self["stdout"].decode("utf-8")

    @property
    def err(self):
        return self["stderr"].decode("utf-8")

    def value(self, name):
        """An artifact's value. Its class has to be importable here."""
        return pickle.loads(self["raw"][name])


class Outcome(dict):
    """What came of ``python flow.py …`` with the fake engine."""

    def __init__(self, process, report):
        super().__init__(report or {})
        self.process = process
        self.tasks = [Task(each) for each in self.get("tasks", ())]

    def of(self, step):
        found = [task for task in self.tasks if task["step"] == step]
        assert found, "no task of step %s; there were %s\n%s" % (
            step, [task["step"] for task in self.tasks], self.process.err)
        return found

    def one(self, step):
        (task,) = self.of(step)
        return task

    @property
    def steps(self):
        return {step["name"]: step for step in self["hello"]["flow"]["steps"]}


class Bench:
    """Writes flows into a folder and runs them."""

    def __init__(self, folder):
        self.folder = folder
        self.plan = folder / "plan.json"
        self.result = folder / "result.pickle"
        self.engine = folder / "bin" / "penstock"
        self.engine.parent.mkdir()
        self.engine.write_text(
            "#!%s\nimport sys\nsys.path.insert(0, %r)\nimport fake_engine\nfake_engine.main(sys.argv[1:])\n"
            % (sys.executable, str(HERE))
        )
        self.engine.chmod(0o755)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def environment(self, plan, **more):
        import json

        self.plan.write_text(json.dumps(plan))
        if self.result.exists():
            self.result.unlink()
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PENSTOCK", "METAFLOW"))}
        kept.update(
            PYTHONPATH=str(SDK),
            PENSTOCK_ENGINE=str(self.engine),
            FAKE_ENGINE=str(self.plan),
            FAKE_ENGINE_RESULT=str(self.result),
        )
        kept.update(more)
        return {key: value for key, value in kept.items() if value is not None}

    def start(self, file, *words, plan=None, python=(), environment=None, **more):
        return subprocess.Popen(
            [sys.executable, *python, str(file), *words],
            env=self.environment(plan or {}, **(environment or {})),
            cwd=str(more.pop("cwd", self.folder)),
            stdin=more.pop("stdin", subprocess.DEVNULL),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **more
        )

    def run(self, file, *words, **how):
        """Runs a flow file, or the text of one, to its end."""
        if "\n" in str(file):
            file = self.write("flow.py", file)
        process = self.start(file, *words, **how)
        process.out, process.err = (text.decode("utf-8", "replace") for text in process.communicate(timeout=120))
        report = pickle.loads(self.result.read_bytes()) if self.result.exists() else None
        return Outcome(process, report)


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)
