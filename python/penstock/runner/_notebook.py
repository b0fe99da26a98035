"""``NBRunner``: a flow that was defined in a notebook."""

from __future__ import annotations

import ast
import linecache
import os
import sys
import tempfile

from ._runner import Runner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

    from ..client import Run
    from ._executing import ExecutingRun


class NBRunnerInitializationError(Exception):
    """There is no notebook, or none of its cells defines the flow."""


class NBRunner:
    """Runs a flow that a notebook cell defines, from a file that holds the cell up to the end of the flow's class.

    ``run = NBRunner(MyFlow).nbrun()`` on the last line of that cell runs it and gives the run. The file is made in
    ``base_dir``, by default the working directory, and goes away with ``cleanup``. The other arguments are the Runner's.
    """

    def __init__(
        self,
        flow: Any,
        show_output: bool = True,
        profile: str | None = None,
        env: Mapping[str, str] | None = None,
        base_dir: str | None = None,
        file_read_timeout: float = 3600,
        **top_options: Any,
    ) -> None:
        self.flow = flow
        self.base_dir = base_dir if base_dir is not None else os.getcwd()
        self._file = cell_file(flow, self.base_dir)
        # Jupyter's servers look at this variable; the flow's process is none of theirs.
        variables = dict(env or {}, JPY_PARENT_PID="")
        try:
            self.runner = Runner(self._file, show_output, profile, variables, self.base_dir, file_read_timeout, **top_options)
        except BaseException:
            os.remove(self._file)
            raise

    def nbrun(self, **kwargs: Any) -> Run:
        """Runs the flow, waits for the end, cleans up, and gives the run."""
        try:
            return self.runner.run(**kwargs).run
        finally:
            self.cleanup()

    def nbresume(self, **kwargs: Any) -> Run:
        """Resumes a run, waits for the end, cleans up, and gives the new run."""
        try:
            return self.runner.resume(**kwargs).run
        finally:
            self.cleanup()

    def run(self, **kwargs: Any) -> ExecutingRun:
        """As ``Runner.run``."""
        return self.runner.run(**kwargs)

    def resume(self, **kwargs: Any) -> ExecutingRun:
        """As ``Runner.resume``."""
        return self.runner.resume(**kwargs)

    async def async_run(self, **kwargs: Any) -> ExecutingRun:
        """As ``Runner.async_run``; ``cleanup`` is for later."""
        return await self.runner.async_run(**kwargs)

    async def async_resume(self, **kwargs: Any) -> ExecutingRun:
        """As ``Runner.async_resume``; ``cleanup`` is for later."""
        return await self.runner.async_resume(**kwargs)

    def cleanup(self) -> None:
        """Removes the file of the flow, and the runner's."""
        if os.path.exists(self._file):
            os.remove(self._file)
        self.runner.cleanup()


def cell_file(flow: Any, folder: str) -> str:
    """Writes a file that runs a flow of the notebook. Raises NBRunnerInitializationError."""
    text = _source(flow)
    descriptor, path = tempfile.mkstemp(prefix=flow.__name__, suffix=".py", dir=folder)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def _source(flow: Any) -> str:
    for cell in _cells(flow):
        text = _up_to(flow.__name__, cell)
        if text is not None:
            return text
    raise NBRunnerInitializationError(
        "No notebook cell that defines the class %s was found. Call this on the last line of that cell, or write the "
        "flow to a file and use Runner." % flow.__name__
    )


def _cells(flow: Any) -> list[str]:
    """The cells that may define the flow: the one that runs now, and those that its steps were compiled from."""
    module = sys.modules.get("IPython")
    shell = None if module is None else module.get_ipython()
    if shell is None:
        raise NBRunnerInitializationError("This is for notebooks, and no IPython is running here. Use Runner with a file.")
    functions = [value for value in vars(flow).values() if hasattr(value, "__code__")]
    files = dict.fromkeys(function.__code__.co_filename for function in functions)
    return list(shell.history_manager.input_hist_raw[-1:]) + ["".join(linecache.getlines(file)) for file in files]


def _up_to(name: str, cell: str) -> str | None:
    """The cell up to the end of a class, and a last line that runs it; None where the cell has no such class."""
    lines = cell.splitlines()
    # Magics and commands of a shell are no Python; they keep their line, so that line numbers agree.
    lines = ["pass  # " + line if line.startswith(("%", "!")) else line for line in lines]
    try:
        parts = ast.parse("\n".join(lines)).body
    except SyntaxError:
        return None
    for part in parts:
        if isinstance(part, ast.ClassDef) and part.name == name:
            return "\n".join(lines[: part.end_lineno] + ["", 'if __name__ == "__main__":', "    %s()" % name, ""])
    return None
