"""Ending a run from outside, as a person or a system does."""

import os
import pty
import re
import select
import signal
import subprocess
import time

import pytest

from .harness.debris import leftovers
from .harness.processes import wait_until, wait_until_gone

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def both_wait(project):
    return project.said().count("] waiting") == 2


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 1), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_run_and_all_its_processes(project, number, code):
    process = project.start(project.add("waiting.py"))
    wait_until(lambda: both_wait(project), 30, project.said)
    os.kill(process.pid, number)
    assert process.wait(15) in (code, -number if number == signal.SIGTERM else code), project.said()
    wait_until_gone(project)
    assert leftovers(project) == []
    run = re.search(r"run-id ([^)]+)", project.said()).group(1)
    assert project.ask("[Run(run).successful, Run(run).finished, Run(run)['start'].task.data.done_before]",
                       run=f"Waiting/{run}") == [False, False, "kept"]
    project.run(project.add("linear.py")).ended_with(0)


def test_control_c_in_a_terminal(project):
    terminal = Terminal(project, project.add("waiting.py"), "run")
    terminal.wait_for(lambda text: text.count("] waiting") == 2)
    terminal.type(b"\x03")
    assert terminal.end() == 1, terminal.text
    assert "Aborted!" in terminal.text
    assert "Traceback" not in terminal.text
    wait_until_gone(project)
    assert leftovers(project) == []


def test_a_terminal_gets_colour(project):
    terminal = Terminal(project, project.add("linear.py"), "run", TERM="xterm-256color")
    assert terminal.end() == 0, terminal.text
    assert "\x1b[" in terminal.text


def test_a_terminal_without_colour(project):
    terminal = Terminal(project, project.add("linear.py"), "run", NO_COLOR="1", TERM="xterm-256color")
    assert terminal.end() == 0, terminal.text
    assert not re.search(r"\x1b\[[0-9;]*[1-9][0-9;]*m", terminal.text)


def test_a_reader_that_goes_away(project):
    """`python flow.py run | head -1` ends without a complaint, and without processes."""
    outcome = project.command(
        "/bin/sh", "-c", f"'{project.tools.python}' '{project.add('linear.py')}' run | head -1", timeout=60)
    assert "Workflow starting" in outcome.stdout
    assert "Traceback" not in outcome.stderr
    wait_until_gone(project)


class Terminal:
    """A command that runs in a pseudo-terminal, as its session's leader."""

    def __init__(self, project, *words, **variables):
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [str(project.tools.python), *map(str, words)], cwd=project.folder, env=project.environment(variables),
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True, preexec_fn=_take_terminal)
        os.close(slave)
        self.text = ""

    def type(self, data):
        os.write(self.master, data)

    def wait_for(self, condition, seconds=30):
        deadline = time.monotonic() + seconds
        while not condition(ESCAPES.sub("", self.text)):
            assert time.monotonic() < deadline and self._read(), self.text

    def end(self, seconds=30):
        """Read to the end; the exit code."""
        deadline = time.monotonic() + seconds
        while self._read():
            assert time.monotonic() < deadline, self.text
        code = self.process.wait(5)
        os.close(self.master)
        return code

    def _read(self):
        """More output, or False when nobody holds the terminal any more."""
        ready, _, _ = select.select([self.master], [], [], 0.2)
        if not ready:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.text += data.decode(errors="replace")
        return bool(data)


def _take_terminal():
    import fcntl
    import termios
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
