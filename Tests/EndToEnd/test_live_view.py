"""What a person sees of a run on a terminal, and what a pipe gets instead."""

import re

import pytest

from .harness import screen

FLOW = '''
import sys, time
from metaflow import FlowSpec, Parameter, step


class Live(FlowSpec):
    bad = Parameter("bad", default=-1, type=int)

    @step
    def start(self):
        self.items = list(range(12))
        self.next(self.train, foreach="items")

    @step
    def train(self):
        for number in range(5):
            print("line %d of %d " % (number, self.input) + "x" * (self.input * 15))
            time.sleep(0.02)
        sys.stdout.write("unfinished %d" % self.input)
        print("\\x1b[2Kprogress 1%\\rprogress 100%\\x1b[31m red\\x1b[0m\\x1b[5A", file=sys.stderr)
        if self.input == self.bad:
            raise ValueError("no luck with %d" % self.input)
        # Long enough for the steps to be shown after a failure: they appear a quarter of a second after the beginning.
        time.sleep(0.15 if self.bad < 0 else 0.6)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        time.sleep(0.4)


if __name__ == "__main__":
    Live()
'''

#: Lines of a run begin so.
STAMPED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} ")


@pytest.fixture
def live(project):
    if project.tools.peer:
        pytest.skip("Penstock only")
    return project.write("live.py", FLOW)


def watch(project, live, *words, columns=100, rows=30, env=None, **options):
    environment = project.environment({"TERM": "xterm-256color", "LANG": "C.UTF-8", **(env or {})})
    return screen.run(
        [project.tools.python, live, "run", "--max-workers", "4", *words], project.folder, environment, columns=columns,
        rows=rows, **options)


def drawn(shown):
    """All lines that were drawn and taken away again."""
    return [line for lines in shown.snapshots for line in lines]


@pytest.mark.parametrize("columns, rows", [(100, 30), (140, 50), (43, 12), (20, 6)])
def test_no_line_is_lost_and_nothing_stays_of_the_view(project, live, columns, rows):
    code, shown, _ = watch(project, live, columns=columns, rows=rows)
    lines = [line for line in shown.text() if line]
    assert code == 0
    body = [line for line in lines if not line.startswith("Penstock ")]
    assert all(STAMPED.match(line) for line in body), "\n".join(lines)
    for item in range(12):
        for number in range(5):
            expected = ("] line %d of %d " % (number, item) + "x" * (item * 15)).rstrip()
            assert sum(line.endswith(expected) for line in body) == 1, expected
        assert sum(line.endswith("] unfinished %d" % item) for line in body) == 1
    # What would move the cursor is not passed on.
    assert sum(line.endswith("] progress 100% red") for line in body) == 12
    assert shown.drawings > 3
    assert "Done!" in body[-1]


def test_steps_with_counts_and_a_bar(project, live):
    _, shown, _ = watch(project, live)
    lines = drawn(shown)
    assert any(re.match(r"  start  +0:0\d  done$", line) for line in lines), lines
    assert any(re.match(r"  train  +0:0\d  [█▒░]{20}  \d+/12 done, [1-4] running, \d+ waiting", line) for line in lines), lines
    assert any(re.match(r"  end +0:00  running$", line) for line in lines), lines
    assert any(re.match(r"  0:0\d  \d+ tasks done, \d running", line) for line in lines), lines


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"LANG": "C", "LC_ALL": "C", "LC_CTYPE": "C"}], ids=["no colour", "no unicode"])
def test_plainer_terminals(project, live, env):
    _, shown, raw = watch(project, live, env=env)
    train = [line for line in drawn(shown) if line.startswith("  train")]
    assert train
    if "NO_COLOR" in env:
        assert b"\x1b[36m" not in raw and b"\x1b[2m" not in raw
    else:
        assert any(re.search(r"[#=-]{20}", line) for line in train)


def test_a_dumb_terminal_gets_lines_only(project, live):
    code, _, raw = watch(project, live, env={"TERM": "dumb"}, draws=False)
    # Colours that the task itself prints are its own.
    assert code == 0 and b"\x1b[J" not in raw and b"\x1b[2m" not in raw and b"Done!" in raw


def test_a_failed_run_ends_with_how_to_go_on(project, live):
    code, shown, _ = watch(project, live, "--bad", "3")
    lines = [line for line in shown.text() if line]
    assert code == 1
    run = re.search(r"run-id (\d+)", "\n".join(lines)).group(1)
    assert lines[-1] == f"help: to go on where it stopped: python {live} resume --origin-run-id {run}"
    assert "Workflow failed." in lines[-2]
    assert any("ValueError: no luck with 3" in line for line in lines)
    assert any("1 failed" in line for line in drawn(shown))


def test_ctrl_c(project, live):
    code, shown, _ = watch(project, live, keys=[("line 1 of 2", "\x03")])
    lines = [line for line in shown.text() if line]
    assert code == 1 and lines[-1] == "Aborted!" and "help: to go on where it stopped" in lines[-2]
    assert "Workflow stopped." in lines[-3]


def test_a_pipe_gets_plain_lines(project, live):
    outcome = project.run(live, "--bad", "3").ended_with(1)
    # What a task prints is not touched, except at the end of a line; reading it as text makes two lines of this one.
    text = outcome.stdout.replace("\x1b[2Kprogress 1%\nprogress 100%\x1b[31m red\x1b[0m\x1b[5A", "whole")
    assert text.count("] whole\n") >= 4
    assert all(STAMPED.match(line) for line in text.splitlines())
    assert f"help: to go on where it stopped: python {live} resume --origin-run-id {outcome.run_id}" in outcome.stderr
    assert "Workflow failed." in outcome.stdout.splitlines()[-1]


def test_a_long_run_says_how_it_stands(project, live):
    outcome = project.run(live, "--max-workers", "2", env={"PENSTOCK_SUMMARY_SECONDS": "0.2"}).ended_with(0)
    assert re.search(r"[12] tasks? (is|are) running: train \(\d running; \d+ done\)", outcome.stdout)
    assert "2 steps have not started: join, end." in outcome.stdout
    assert re.search(r"\d+ tasks are waiting to start", outcome.stdout)
