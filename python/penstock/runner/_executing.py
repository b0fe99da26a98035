"""What a runner gives back: a process, and the run or task that it is about."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, AsyncIterator

    from ..client import Run, Task
    from ._process import FlowProcess
    from ._runner import Runner

_BLINK = 0.02


class ExecutingProcess:
    """A process of a flow file, running or ended. As a context manager it cleans up like its runner."""

    def __init__(self, runner: Runner, process: FlowProcess, facts: dict[str, Any]) -> None:
        self.runner = runner
        self.command_obj = process
        self._facts = facts
        self._object: Any = None

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.runner.cleanup()

    async def __aenter__(self) -> Any:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.runner.cleanup()

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self.command_obj.returncode

    @property
    def status(self) -> str:
        """``running``, ``successful``, ``failed``, or ``timeout`` after ``wait(timeout=…)`` has ended it."""
        if self.command_obj.timed_out:
            return "timeout"
        code = self.returncode
        return "running" if code is None else "failed" if code else "successful"

    @property
    def stdout(self) -> str:
        """What it has printed until now."""
        return self.command_obj.text("stdout")

    @property
    def stderr(self) -> str:
        """What it has printed on standard error until now."""
        return self.command_obj.text("stderr")

    async def wait(self, timeout: float | None = None, stream: str | None = None) -> Any:
        """Waits for the end, and prints the lines of a stream meanwhile. After ``timeout`` seconds the process is ended."""
        import asyncio

        waiting = self._ended() if stream is None else self._print(stream)
        try:
            await asyncio.wait_for(waiting, timeout)
        except asyncio.TimeoutError:
            self.command_obj.timed_out = True
            await asyncio.get_running_loop().run_in_executor(None, self.command_obj.stop)
        return self

    async def stream_log(self, stream: str, position: int | None = None) -> AsyncIterator[tuple[int, str]]:
        """The lines of ``stdout`` or ``stderr`` as they come, each with the position to go on from later."""
        import asyncio

        at = position or 0
        while True:
            ended = self.returncode is not None
            for at, line in self.command_obj.lines(stream, at):
                yield at, line
            if ended:
                return
            await asyncio.sleep(_BLINK)

    async def _ended(self) -> None:
        import asyncio

        while self.returncode is None:
            await asyncio.sleep(_BLINK)

    async def _print(self, stream: str) -> None:
        async for _, line in self.stream_log(stream):
            print(line)


class ExecutingRun(ExecutingProcess):
    """A run and the process that drives it."""

    @property
    def run(self) -> Run:
        """The client's object of the run."""
        if self._object is None:
            from ..client import Run

            path = "%(flow_name)s/%(run_id)s" % self._facts
            self._object = Run(path, _namespace_check=False, _current_metadata=self._facts.get("metadata"))
        found: Run = self._object
        return found


class ExecutingTask(ExecutingProcess):
    """A task that was spun and its process."""

    @property
    def task(self) -> Task:
        """The client's object of the task."""
        if self._object is None:
            from ..client import Task

            path = "%(flow_name)s/%(run_id)s/%(step_name)s/%(task_id)s" % self._facts
            self._object = Task(path, _namespace_check=False, _current_metadata=self._facts.get("metadata"))
        found: Task = self._object
        return found
