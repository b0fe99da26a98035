"""A folder with a flow in it, and what a person does there."""

import json
import os
import re
import shutil
import signal
import subprocess
import uuid
from pathlib import Path

from .processes import marked

FLOWS = Path(__file__).resolve().parent.parent / "flows"

#: Nothing of the person's own settings may reach a test.
FOREIGN = ("METAFLOW_", "PENSTOCK_", "UV_", "PIP_", "CONDA_", "PYTHON", "VIRTUAL_ENV", "XDG_", "AWS_", "USERNAME", "SUDO_USER")

RUN_ID = re.compile(r"\(run-id ([^)]+)\)")


class Outcome:
    """How a command ended and what it said."""

    def __init__(self, code, stdout, stderr):
        self.code = code
        self.stdout = stdout
        self.stderr = stderr

    @property
    def all(self):
        return self.stdout + self.stderr

    @property
    def run_id(self):
        found = RUN_ID.search(self.stdout)
        assert found, f"no run started\n{self}"
        return found.group(1)

    @property
    def started_a_run(self):
        return RUN_ID.search(self.stdout) is not None

    def ended_with(self, code):
        """The outcome itself, when the exit code is `code`; otherwise everything that was said is shown."""
        assert self.code == code, f"exit code {self.code} instead of {code}\n{self}"
        return self

    def __str__(self):
        return f"--- exit code {self.code}\n--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"


class Project:
    """Each has a store, a cache, a home and a temporary folder of its own, and a mark that its processes carry."""

    def __init__(self, folder, tools):
        self.tools = tools
        self.folder = folder / "project"
        self.store = folder / "store"
        self.cache = folder / "cache"
        self.temporary = folder / "tmp"
        self.home = folder / "home"
        for path in (self.folder, self.store, self.temporary, self.home):
            path.mkdir(parents=True)
        self.mark = uuid.uuid4().hex
        self.variables = {}
        #: Words before every command that `command` runs: for another namespace, or fewer rights.
        self.before = []

    # Files

    def add(self, *names):
        """Copy flows (files or folders) from `flows/`; returns the path of the first."""
        for name in names:
            source, target = FLOWS / name, self.folder / Path(name).name
            shutil.copytree(source, target, dirs_exist_ok=True) if source.is_dir() else shutil.copy(source, target)
        return self.folder / Path(names[0]).name

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    # Commands

    def environment(self, extra=None):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        kept.update({
            "HOME": str(self.home), "TMPDIR": str(self.temporary), "USER": "tester", "METAFLOW_HOME": str(self.home),
            "METAFLOW_USER": "tester", "PENSTOCK_TEST_MARK": self.mark, "PYTHONIOENCODING": "utf-8",
            "PENSTOCK_PYTHON_FETCH": "never", "no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1", "PIP_CONFIG_FILE": os.devnull})
        if self.tools.peer:
            kept["METAFLOW_DATASTORE_SYSROOT_LOCAL"] = str(self.store)
        else:
            kept["PENSTOCK_ROOT"] = str(self.store)
            kept["PENSTOCK_CACHE_DIR"] = str(self.cache)
            kept["PENSTOCK_ENGINE"] = str(self.tools.engine.resolve())
        kept.update(self.variables)
        kept.update(extra or {})
        return {name: str(value) for name, value in kept.items() if value is not None}

    def python(self, *words, env=None, timeout=120, cwd=None, input=None):
        """Run the Python that has the SDK to its end."""
        return self.command(self.tools.python, *words, env=env, timeout=timeout, cwd=cwd, input=input)

    def engine(self, *words, env=None, timeout=120):
        return self.command(self.tools.engine.resolve(), *words, env=env, timeout=timeout)

    def command(self, *words, env=None, timeout=120, cwd=None, input=None):
        process = subprocess.Popen(
            [str(word) for word in (*self.before, *words)], cwd=cwd or self.folder, env=self.environment(env), text=True, encoding="utf-8",
            stdin=subprocess.PIPE if input is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        try:
            stdout, stderr = process.communicate(input, timeout=timeout)
        except subprocess.TimeoutExpired:
            self.end_all()
            stdout, stderr = process.communicate()
            raise AssertionError(
                f"{' '.join(map(str, words))} did not end within {timeout} s\n{Outcome(None, stdout, stderr)}") from None
        return Outcome(process.returncode, stdout, stderr)

    def flow(self, file, *words, **options):
        return self.python(file, *words, **options)

    def run(self, file, *words, top=(), **options):
        """`python FILE TOP run WORDS`."""
        return self.python(file, *top, "run", *words, **options)

    def start(self, file, *words, top=(), env=None):
        """The same without waiting; the output goes to a file that is read with `said`."""
        log = open(self.temporary.parent / "output", "wb")
        process = subprocess.Popen(
            [str(word) for word in (self.tools.python, file, *top, "run", *words)], cwd=self.folder,
            env=self.environment(env), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            start_new_session=True)
        log.close()
        return process

    def said(self):
        """What the command of `start` has printed so far."""
        return (self.temporary.parent / "output").read_text(errors="replace")

    # Results

    def ask(self, expression, **names):
        """The value of a Python expression in the client, by way of JSON. `names` are strings to be used in it.

        The script stands beside the flow, so that classes of the person's own modules can be loaded.
        """
        script = (
            "import json, sys\n"
            "import metaflow\n"
            "from metaflow import *\n"
            "metaflow.namespace(None)\n"
            f"globals().update({names!r})\n"
            f"print(json.dumps({expression}))\n")
        outcome = self.python("-c", script).ended_with(0)
        return json.loads(outcome.stdout.splitlines()[-1])

    def processes(self):
        """Process ids that carry this project's mark."""
        return marked(self.mark)

    def end_all(self):
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
