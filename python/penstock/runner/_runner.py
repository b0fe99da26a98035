"""``Runner``: commands of a flow file as methods."""

from __future__ import annotations

import os
import subprocess
import sys

from . import _options
from ._executing import ExecutingRun, ExecutingTask
from ._process import FlowProcess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

    from ._options import Option

_BLINK = 0.02
_USAGE = 2


class Runner:
    """Runs a flow file in a process of its own.

    ``top_options`` are the options before the command by their names in Python: ``environment="pypi"``, ``pylint=False``,
    ``decospecs=["retry"]``, ``config_value=[("name", {…})]``. As a context manager it removes its temporary files at the end.

    ``show_output`` shows what the process prints, while ``run``, ``resume`` and ``spin`` wait for it. ``profile`` is a
    METAFLOW_PROFILE, ``env`` adds variables to those of this process, ``cwd`` is where the process runs.
    ``file_read_timeout`` says how many seconds it may take until there is a run.
    """

    def __init__(
        self,
        flow_file: str,
        show_output: bool = True,
        profile: str | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        file_read_timeout: float = 3600,
        **top_options: Any,
    ) -> None:
        self.flow_file = os.path.abspath(flow_file)
        if not os.path.isfile(self.flow_file):
            raise FileNotFoundError("There is no flow file %s." % self.flow_file)
        self.show_output = show_output
        self.cwd = cwd or os.getcwd()
        self.file_read_timeout = file_read_timeout
        self.top_level_kwargs = top_options
        self.env_vars = dict(os.environ, **(env or {}))
        if profile:
            self.env_vars["METAFLOW_PROFILE"] = profile
        _lend_sdk(self.env_vars)
        self._description: dict[str, Any] | None = None
        self._processes: list[FlowProcess] = []

    def run(self, **kwargs: Any) -> ExecutingRun:
        """Runs the flow and waits for the end.

        Keyword arguments are the options of ``run`` and the flow's parameters. Raises ValueError for one that is neither,
        TypeError for a value of another type, and RuntimeError when the process ends before there is a run. A run that
        fails is given back like any other.
        """
        return ExecutingRun(self, *self._finish("run", self._start("run", kwargs), kwargs))

    def resume(self, **kwargs: Any) -> ExecutingRun:
        """Resumes a run and waits for the end. Keyword arguments are the options of ``resume``, with ``step_to_rerun``."""
        return ExecutingRun(self, *self._finish("resume", self._start("resume", kwargs), kwargs))

    def spin(self, pathspec: str, **kwargs: Any) -> ExecutingTask:
        """Runs one task anew on the inputs it had. Raises RuntimeError when it fails."""
        return ExecutingTask(self, *self._finish("spin", self._start("spin", kwargs, pathspec), kwargs))

    async def async_run(self, **kwargs: Any) -> ExecutingRun:
        """As ``run``, but comes back as soon as there is a run."""
        return ExecutingRun(self, *await self._begin("run", self._start("run", kwargs), kwargs))

    async def async_resume(self, **kwargs: Any) -> ExecutingRun:
        """As ``resume``, but comes back as soon as there is a run."""
        return ExecutingRun(self, *await self._begin("resume", self._start("resume", kwargs), kwargs))

    async def async_spin(self, pathspec: str, **kwargs: Any) -> ExecutingTask:
        """As ``spin``, without blocking the event loop."""
        return ExecutingTask(self, *await self._begin("spin", self._start("spin", kwargs, pathspec), kwargs))

    def cleanup(self) -> None:
        """Removes temporary files. Output and runs stay readable."""
        for process in self._processes:
            process.cleanup()
        self._processes.clear()

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        self.cleanup()

    async def __aenter__(self) -> Runner:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.cleanup()

    # The command line

    def _start(self, command: str, kwargs: dict[str, Any], *words: str) -> FlowProcess:
        line = self._program() + self._top() + [command] + self._words(command, kwargs) + list(words)
        process = FlowProcess(line, self.env_vars, self.cwd)
        self._processes.append(process)
        return process

    def _program(self) -> list[str]:
        return [sys.executable or "python3", self.flow_file]

    def _top(self) -> list[str]:
        known = dict(_options.TOP)
        if not self.top_level_kwargs.keys() <= known.keys():
            known.update(_options.of_flow(self._described()))
        return _line("the runner", known, self.top_level_kwargs)

    def _words(self, command: str, kwargs: dict[str, Any]) -> list[str]:
        known = dict(_options.COMMANDS[command])
        if command == "run" and not kwargs.keys() <= known.keys():
            known.update(_options.parameters_of(self._described()))
        return _line(command, known, kwargs)

    def _described(self) -> dict[str, Any]:
        """What the flow file describes: its parameters and decorators, with the configurations in force."""
        if self._description is None:
            import json

            plain = {name: value for name, value in self.top_level_kwargs.items() if name in _options.TOP}
            line = self._program() + _line("the runner", _options.TOP, plain) + ["describe"]
            asked = subprocess.run(
                line, env=self.env_vars, cwd=self.cwd, stdin=subprocess.DEVNULL, capture_output=True, check=False
            )
            if asked.returncode:
                raise RuntimeError(_failure(line, asked.returncode, asked.stderr.decode("utf-8", "replace")))
            self._description = json.loads(asked.stdout)
        return self._description

    # The process

    def _finish(self, command: str, process: FlowProcess, kwargs: dict[str, Any]) -> tuple[FlowProcess, dict[str, Any]]:
        try:
            process.wait(self.show_output, self.file_read_timeout)
        except TimeoutError:
            pass
        return process, self._facts(command, process, kwargs)

    async def _begin(self, command: str, process: FlowProcess, kwargs: dict[str, Any]) -> tuple[FlowProcess, dict[str, Any]]:
        import asyncio
        import time

        deadline = time.monotonic() + self.file_read_timeout
        while process.returncode is None and process.facts() is None:
            if time.monotonic() >= deadline:
                await asyncio.get_running_loop().run_in_executor(None, process.stop)
            await asyncio.sleep(_BLINK)
        return process, self._facts(command, process, kwargs)

    def _facts(self, command: str, process: FlowProcess, kwargs: dict[str, Any]) -> dict[str, Any]:
        """What the process says about its run. Raises RuntimeError when there is none."""
        facts, code = process.facts(), process.returncode
        if facts is not None and not (command == "spin" and code):
            return facts
        if code == _USAGE and command == "run":
            self._check_required(kwargs)
        output = "".join(process.text(stream) for stream in ("stdout", "stderr"))
        raise RuntimeError(_failure(process.words, code, output))

    def _check_required(self, kwargs: dict[str, Any]) -> None:
        for each in self._described().get("parameters") or ():
            variable = "METAFLOW_RUN_" + each["name"].upper().replace("-", "_")
            if each.get("required") and _options.argument(each["name"]) not in kwargs and variable not in self.env_vars:
                raise ValueError("Missing argument: the flow's parameter '%s' needs a value." % each["name"])


def _line(subject: str, known: Mapping[str, Option], values: Mapping[str, Any]) -> list[str]:
    """The words for some values. Raises ValueError for what nobody knows, and TypeError."""
    words = []
    for name, value in values.items():
        if name not in known:
            raise ValueError("Unknown argument: '%s'. What %s takes is: %s." % (name, subject, ", ".join(sorted(known))))
        words += known[name].words(name, value)
    return words


def _failure(words: list[str], code: int | None, output: str) -> str:
    ending = "was given up" if code is None else "ended with exit code %d" % code
    return "'%s' %s:\n%s" % (" ".join(words), ending, output.strip() or "It has printed nothing.")


def _lend_sdk(variables: dict[str, str]) -> None:
    """Lets the process find this SDK where this one was only told of its folder, as by a change of ``sys.path``."""
    from os.path import abspath, basename, dirname

    folder = dirname(dirname(dirname(abspath(__file__))))
    before = variables.get("PYTHONPATH") or ""
    if folder in sys.path and basename(folder) not in ("site-packages", "dist-packages"):
        if folder not in before.split(os.pathsep):
            variables["PYTHONPATH"] = os.pathsep.join([folder] + ([before] if before else []))
