"""Making the processes of task attempts, and waiting for them."""

from __future__ import annotations

import os
import sys

import _signal

# What every task needs is imported here once, and not in each fork.
from . import _card_runtime, _forksafety, _lifeline, _merge, _randomness, _task, _transition  # noqa: F401
from ._attempt import flush_output
from ._frames import Channel, Frame, ProtocolError
from ._lifeline import Lifeline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from ._origin import Origin


#: Modules that are imported late, since few flows have the decorator.
_PARTS = {"catch": "_catch", "timeout": "_timeout", "secrets": "_secrets", "parallel": "_unbounded"}


class Spawner:
    """Starts a process for each attempt: a fork where that is safe, otherwise a fresh interpreter."""

    def __init__(
        self, flow: Any, channel: Channel, hello: dict[str, Any], origin: Origin, signals: dict[int, Any]
    ) -> None:
        from ._flowspec import freeze_constants

        freeze_constants(type(flow))
        #: The keys of running attempts by process.
        self.running: dict[int, str] = {}
        self._flow = flow
        self._signals = signals
        self._safety = origin.safety
        self._threads = _forksafety.thread_count()
        self._script: str = hello["flow"]["file"]
        self._entry: str = hello["sdk"]["entry"]
        self._private = [channel.fileno()]
        self._keeps_seed = _randomness.seeds_at_import([self._script] + hello["flow"]["modules"])
        self._random_state = origin.random_state
        self._expects_cards = _card_runtime.are_likely(hello["flow"])
        self._expected = _parts_for(hello["flow"])
        _output_as_tasks_want_it()
        _freeze_memory()

    def renew(self, description: dict[str, Any]) -> None:
        """Takes the flow as the configure stage has left it, for the attempts that are launched from now on."""
        from ._flowspec import freeze_constants

        freeze_constants(type(self._flow))
        self._keeps_seed = _randomness.seeds_at_import([self._script] + description["modules"])
        _freeze_memory()

    def keep_from_children(self, *descriptors: int) -> None:
        """Descriptors that forks close."""
        self._private += descriptors

    def launch(self, frame: Frame) -> dict[str, Any]:
        """Starts a process for an attempt and says what became of it. Raises ProtocolError."""
        key, environment = frame.header.get("task"), frame.header.get("environment") or {}
        if not isinstance(key, str) or len(frame.descriptors) != 3 or not isinstance(environment, dict):
            raise ProtocolError("a launch message without a task, its environment or its three descriptors")
        reason = self._reason_for_fresh(frame.header.get("fork", "auto"))
        try:
            if reason is None:
                pid = self._fork(frame.descriptors, environment)
            else:
                pid = self._start(frame.descriptors, environment)
        except (OSError, ValueError) as error:
            return {"type": "spawn-failed", "task": key, "message": str(error)}
        self.running[pid] = key
        return {"type": "spawned", "task": key, "pid": pid, "fresh": reason is not None, "reason": reason}

    def use_pause(self) -> None:
        """While the first tasks run: imports what those that follow would import each for itself."""
        if self._expects_cards and self.running:
            self._expects_cards = False
            _card_runtime.prepare()
        if self._expected and self.running:
            for name in self._expected:
                __import__(name)
            self._expected = []

    def reap(self, wait: bool = False) -> list[dict[str, Any]]:
        """Waits for the processes that have ended (for all of them, if told) and reports on each."""
        reports = []
        for pid in list(self.running):
            try:
                ended, status, usage = os.wait4(pid, 0 if wait else os.WNOHANG)
            except ChildProcessError:  # somebody else waited for it
                ended, status, usage = pid, 0, None
            if ended:
                if os.WIFSIGNALED(status):  # what it has started was to end with it
                    _signal_group(pid, _signal.SIGKILL)
                reports.append(_exit_report(self.running.pop(pid), pid, status, usage))
        return reports

    def signal_all(self, number: int) -> None:
        """Signals the process groups of all running attempts."""
        for pid in self.running:
            _signal_group(pid, number)

    def _reason_for_fresh(self, policy: Any) -> str | None:
        if policy == "always":
            return None
        if policy == "never":
            return "fresh processes were asked for"
        if self._safety["safe"] and _forksafety.thread_count() != self._threads:
            self._threads = _forksafety.thread_count()
            self._safety = _forksafety.verdict(tuple(self._private))
        return None if self._safety["safe"] else self._safety["reason"]

    def _fork(self, descriptors: Any, environment: dict[str, str]) -> int:
        pid = os.fork()
        if pid == 0:
            try:
                self._become_task(list(descriptors), environment)
            finally:
                os._exit(1)
        return pid

    def _become_task(self, descriptors: list[int], environment: dict[str, str]) -> NoReturn:
        os.setsid()
        _signal.set_wakeup_fd(-1)
        _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)
        for number, handler in self._signals.items():
            _signal.signal(number, handler)
        for descriptor in self._private:
            os.close(descriptor)
        task, out, error = descriptors
        os.dup2(out, 1)
        os.dup2(error, 2)
        os.close(out)
        os.close(error)
        for name, value in environment.items():  # "update" asks abstract classes and costs each fork some pages
            os.environ[name] = value
        self.running.clear()
        if self._keeps_seed:
            _randomness.kept = True
            _randomness.restore(self._random_state)
        elif "numpy" in sys.modules:
            _randomness.reseed()
        leave(_task.attend(Channel(task), Lifeline(), self._flow))

    def _start(self, descriptors: Any, environment: dict[str, str]) -> int:
        """Starts a fresh interpreter that loads the flow and runs the attempt."""
        task, out, error = descriptors
        words = [sys.executable] + _interpreter_options()
        words += [self._entry, "--task-fd", "3", "--flow", self._script]
        moved = [os.dup(each) for each in (task, out, error)]  # away from the numbers they go to
        if _lifeline.pipe is not None:
            words += ["--lifeline-fd", "4"]
            moved.append(os.dup(_lifeline.pipe))
        if self._keeps_seed:
            words += ["--random", "kept"]
        words += ["--"] + sys.argv[1:]
        variables = dict(os.environ)
        variables.update(environment)
        while min(moved) <= 4:
            moved = [os.dup(each) for each in moved]
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, moved[1], 1),
            (os.POSIX_SPAWN_DUP2, moved[2], 2),
            (os.POSIX_SPAWN_DUP2, moved[0], 3),
        ] + [(os.POSIX_SPAWN_DUP2, each, 4) for each in moved[3:]]
        try:
            return os.posix_spawn(
                sys.executable,
                words,
                variables,
                file_actions=actions,
                setsid=True,
                setsigdef=[*self._signals, _signal.SIGPIPE, _signal.SIGCHLD],
            )
        finally:
            for each in moved:
                os.close(each)


def _parts_for(flow: dict[str, Any]) -> list[str]:
    """The modules that tasks of a flow with such decorators use."""
    names = {decorator["name"] for step in flow["steps"] for decorator in step["decorators"]}
    return ["penstock." + module for name, module in _PARTS.items() if name in names]


def leave(code: int) -> NoReturn:
    """Ends a process as Python would: waits for its threads, runs its exit handlers, flushes."""
    threading = sys.modules.get("threading")
    try:
        if threading is not None:
            threading._shutdown()
        atexit = sys.modules.get("atexit")
        if atexit is not None:
            atexit._run_exitfuncs()
    except BaseException:
        pass
    flush_output()
    os._exit(code)


def _signal_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def _exit_report(key: str, pid: int, status: int, usage: Any) -> dict[str, Any]:
    report: dict[str, Any] = {"type": "exited", "task": key, "pid": pid}
    if os.WIFSIGNALED(status):
        report["signal"] = os.WTERMSIG(status)
    else:
        report["code"] = os.WEXITSTATUS(status)
    if usage is not None:
        kilobyte = 1 if sys.platform == "darwin" else 1024
        report.update(user=usage.ru_utime, system=usage.ru_stime, peak=usage.ru_maxrss * kilobyte)
    return report


def _output_as_tasks_want_it() -> None:
    """Text output as UTF-8, passed on line by line."""
    for stream, raw in ((sys.stdout, 1), (sys.stderr, 2)):
        try:
            if stream.fileno() == raw:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)  # type: ignore
        except (AttributeError, OSError, ValueError):
            continue  # the person has put something else there


def _freeze_memory() -> None:
    """Keeps the collector of the forks away from what they share with this process."""
    import gc

    gc.freeze()


def _interpreter_options() -> list[str]:
    """The options this interpreter was started with, for another one."""
    try:
        import subprocess

        options: list[str] = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
        return options
    except (ImportError, AttributeError):
        return []
