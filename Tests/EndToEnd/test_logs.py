"""`logs show` in its forms, and `logs scrub`, which takes what was printed out of the records."""

import re

import pytest

FLOW = '''
import sys
from metaflow import FlowSpec, current, retry, step


class Printing(FlowSpec):
    @step
    def start(self):
        print("out of start")
        print("  set in  ")
        print("err of start", file=sys.stderr)
        self.items = ["a", "b"]
        self.next(self.each, foreach="items")

    @retry(times=1, minutes_between_retries=0)
    @step
    def each(self):
        print("attempt", current.retry_count, "of", self.input)
        if current.retry_count == 0:
            raise ValueError("once more")
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        print("the password is swordfish")


if __name__ == "__main__":
    Printing()
'''


class Printed:
    def __init__(self, project):
        self.project = project
        self.file = project.write("printing.py", FLOW)
        self.run = project.run(self.file).ended_with(0).run_id

    def logs(self, *words, top=("--quiet",)):
        return self.project.flow(self.file, *top, "logs", *(word.replace("RUN", self.run) for word in words))


@pytest.fixture
def printed(project):
    return Printed(project)


@pytest.mark.peer
def test_logs_of_streams_and_attempts(printed):
    assert printed.logs("RUN/start").ended_with(0).stdout == "out of start\n  set in  \nerr of start\n"
    assert printed.logs("show", "--stderr", "RUN/start/1").ended_with(0).stdout == "err of start\n"
    assert printed.logs("--stdout", "--no-stderr", "RUN/start").ended_with(0).stdout == "out of start\n  set in  \n"
    newest = printed.logs("--stdout", "RUN/each").ended_with(0).stdout
    assert sorted(newest.splitlines()) == ["attempt 1 of a", "attempt 1 of b"]
    first = printed.logs("--stdout", "--attempt", "0", "RUN/each").ended_with(0).stdout
    assert sorted(first.splitlines()) == ["attempt 0 of a", "attempt 0 of b"]
    assert printed.logs("--attempt", "5", "RUN/each").ended_with(0).stdout == ""
    assert printed.logs("RUN/end").ended_with(0).stderr == ""


@pytest.mark.peer
@pytest.mark.parametrize("words, code", [
    (["RUN/nowhere"], 1), (["RUN/start/99"], 1), (["12345/start"], 1), (["RUN"], 1), (["RUN/start/1/x/y"], 1),
    (["--attempt", "x", "RUN/start"], 2), (["--nonsense", "RUN/start"], 2), ([], 2),
    (["scrub", "RUN/nowhere"], 1), (["scrub", "RUN"], 1), (["scrub"], 2),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_what_names_no_logs(printed, words, code):
    if printed.project.tools.peer and words == ["RUN/start/99"]:
        pytest.skip("the official one shows headings of a task that never was")
    outcome = printed.logs(*words, top=()).ended_with(code)
    assert "Traceback" not in outcome.all and outcome.stdout == ""


@pytest.mark.peer
def test_scrubbed_output_is_gone(printed):
    assert "swordfish" in printed.logs("RUN/end").ended_with(0).stdout
    told = printed.logs("scrub", "RUN/end", top=()).ended_with(0)
    assert f"{printed.run}/end/" in told.stderr and "attempt 0" in told.stderr
    shown = printed.logs("RUN/end").ended_with(0).stdout
    assert "swordfish" not in shown and "[REDACTED" in shown and "stdout]" in shown
    stored = [file for file in printed.project.store.rglob("*") if file.is_file()]
    assert not any(b"swordfish" in file.read_bytes() for file in stored if "log" in file.name)
    assert "REDACTED" in printed.project.ask(f"Run('Printing/{printed.run}')['end'].task.stdout")
    # The run itself is what it was.
    assert printed.project.ask(f"Run('Printing/{printed.run}').successful") is True


@pytest.mark.peer
def test_scrubbing_chooses_streams_and_attempts(printed):
    printed.logs("scrub", "--stderr", "RUN/start").ended_with(0)
    shown = printed.logs("RUN/start").ended_with(0).stdout
    assert "out of start" in shown and "err of start" not in shown
    printed.logs("scrub", "RUN/each").ended_with(0)
    assert "attempt 1" not in printed.logs("RUN/each").ended_with(0).stdout
    assert "attempt 0 of a" in printed.logs("--attempt", "0", "RUN/each").ended_with(0).stdout
    printed.logs("scrub", "--all", "RUN/each").ended_with(0)
    assert "attempt 0" not in printed.logs("--attempt", "0", "RUN/each").ended_with(0).stdout
    # Once more is no harm.
    printed.logs("scrub", "--all", "RUN/each").ended_with(0)


def test_options_from_the_environment(printed):
    shown = printed.project.flow(printed.file, "logs", f"{printed.run}/start", env={"METAFLOW_LOGS_SHOW_STDERR": "1"})
    assert shown.ended_with(0).stdout == "err of start\n"


def test_logs_as_json(printed):
    import json
    lines = [json.loads(line) for line in printed.logs("--json", "RUN/start").ended_with(0).stdout.splitlines()]
    assert [(line["stream"], line["text"]) for line in lines] == [
        ("stdout", "out of start"), ("stdout", "  set in  "), ("stderr", "err of start")]
    assert lines[0]["path"] == f"Printing/{printed.run}/start/1" and lines[0]["attempt"] == 0
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", lines[0]["at"])
