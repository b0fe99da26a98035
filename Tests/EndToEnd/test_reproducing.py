"""`penstock reproduce`: a recorded run again, from its record alone, and what is the same."""

import json
import shutil

import pytest

from .harness.index import LoopbackIndex
from .harness.wheels import wheel


@pytest.fixture
def bakery(project):
    with LoopbackIndex(wheel("flour", "1.0"), wheel("flour", "2.0")) as index:
        project.variables["PENSTOCK_INDEX_URL"] = index.url
        yield project


def run(project, *words, **options):
    """A run whose flow is gone afterwards: nothing of the folder may count."""
    file = project.add("reproducible.py")
    outcome = project.run(file, *words, **options).ended_with(0)
    file.unlink()
    return f"Reproducible/{outcome.run_id}"


def reproduce(project, *words, code=0, **options):
    """The report of a reproduction, begun in another folder."""
    outcome = project.command(
        project.tools.engine.resolve(), "reproduce", *words, "--python", project.tools.python, "--json", cwd=project.home,
        **options).ended_with(code)
    assert not (project.store / ".penstock" / "reproductions").exists(), "the unpacked code was left"
    return json.loads(outcome.stdout)


def results(report):
    return {f"{step['name']}.{artifact['name']}": artifact["result"] for step in report["steps"] for artifact in step["artifacts"]}


def artifact(report, name):
    step, _, name = name.partition(".")
    [found] = [each for one in report["steps"] if one["name"] == step for each in one["artifacts"] if each["name"] == name]
    return found


def reasons(report, name):
    return [(each["kind"], each["text"]) for each in artifact(report, name)["reasons"]]


def test_everything_is_the_same(bakery):
    """Two environments, a foreach, a retry, and random numbers of which no step has set the seed."""
    recorded = run(bakery, "--grams", "7", "--tag", "mine")
    report = reproduce(bakery, recorded)
    assert report["verdict"] == "same" and report["recorded"] == recorded
    assert set(results(report).values()) == {"identical"}
    assert {"start.unseeded", "mix.drawn", "mix.order", "join.luck", "join.total", "end.summary"} <= set(results(report))
    assert [(step["name"], step["tasks"], step["taken_over"]) for step in report["steps"]] \
        == [("start", 1, 0), ("mix", 3, 0), ("join", 1, 0), ("end", 1, 0)]
    assert all(each["is_same"] for each in report["circumstances"])
    new = report["repeated"]
    assert bakery.ask("[sorted(Run(new).user_tags), Run(new).successful, Run(new).code.path == Run(old).code.path]",
                      new=new, old=recorded) == [[], True, True]
    assert f"reproduces:{recorded.split('/')[1]}" in bakery.ask("list(Run(new).system_tags)", new=new)
    assert bakery.ask("Run(new)['end'].task.data.grams", new=new) == 7
    assert f"reproduces   {recorded}" in bakery.engine("show", new).ended_with(0).stdout
    # A reproduction can be reproduced.
    assert reproduce(bakery, new)["verdict"] == "same"


def test_a_value_called_name_is_the_persons(project):
    """Without one, `name` is the flow's, which nobody wants to read about."""
    project.write("named.py", "import uuid\nfrom penstock import FlowSpec, step\n\n\nclass Named(FlowSpec):\n"
                  "    @step\n    def start(self):\n        self.name = str(uuid.uuid4())\n        self.next(self.end)\n\n"
                  "    @step\n    def end(self):\n        self.told = self.name\n\n\nNamed()\n")
    outcome = project.run("named.py").ended_with(0)
    report = reproduce(project, f"Named/{outcome.run_id}", code=3)
    assert results(report) == {"start.name": "different", "end.told": "different"}
    assert "a UUID" in str(reasons(report, "start.name")) and "name of step start" in str(reasons(report, "end.told"))


def test_other_runs_draw_other_numbers(bakery):
    first, second = run(bakery), run(bakery)
    values = [bakery.ask("[Run(r)['start'].task.data.unseeded, sorted(t.data.drawn for t in Run(r)['mix'])]", r=each)
              for each in (first, second)]
    assert values[0] != values[1] and len(set(values[0][1])) == 3


def test_why_the_rest_differs(bakery):
    recorded = run(bakery, "--restless", "True")
    report = reproduce(bakery, recorded, code=3)
    found = results(report)
    differing = {name for name, result in found.items() if result != "identical"}
    assert differing == {"start.when", "mix.label", "join.labels", "end.tiny", "end.summary"}
    assert report["verdict"] == "different"
    [(kind, text)] = reasons(report, "start.when")
    assert kind == "chance" and "the clock" in text and "time.time()" in text
    assert artifact(report, "start.when")["reasons"][0]["code"] == "stamp()"
    assert artifact(report, "mix.label")["counts"] == {"different": 1, "identical": 2}
    assert artifact(report, "mix.label")["cases"][0]["task"] == "mix (start[1]=oat)"
    assert [kind for kind, _ in reasons(report, "mix.label")] == ["chance"] and "UUID" in reasons(report, "mix.label")[0][1]
    assert reasons(report, "join.labels") == [("input", "comes from label of step mix, which differs")]
    assert reasons(report, "end.summary") == [("input", "comes from labels of step join, which differs")]
    assert "facts of the run" in reasons(report, "end.tiny")[0][1]


def test_what_a_person_reads(bakery):
    recorded = run(bakery, "--restless", "True")
    outcome = bakery.command(
        bakery.tools.engine.resolve(), "reproduce", recorded, "--python", bakery.tools.python, cwd=bakery.home).ended_with(3)
    lines = [line.strip() for line in outcome.stdout.splitlines()]
    assert lines[0].startswith(f"{recorded} was reproduced as Reproducible/")
    assert any(line.split() == ["mix", "3", "drawn", "identical"] for line in lines)
    assert any("1 different, 2 identical" in line and " | " in line for line in lines)
    assert "comes from label of step mix, which differs" in lines
    assert any(line.startswith("comes from the clock, by way of time.time() in reproducible.py:") and line.endswith(": stamp())")
               for line in lines)
    assert lines[-1].startswith("DIFFERENT") and "step start (when)" in lines[-1] and "join" not in lines[-1]
    # What the steps print is no result.
    assert "Task is starting" in outcome.stderr and "Task is starting" not in outcome.stdout


def test_a_tolerance(bakery):
    recorded = run(bakery, "--restless", "True")
    report = reproduce(bakery, recorded, "--tolerance", "1e-8", code=3)
    tiny = artifact(report, "end.tiny")
    assert tiny["result"] == "equal" and "within the tolerance" in tiny["cases"][0]["how"]


def test_a_beginning_in_the_middle(bakery):
    recorded = run(bakery, "--restless", "True")
    report = reproduce(bakery, recorded, "--from", "join", code=3)
    steps = {step["name"]: step for step in report["steps"]}
    assert (steps["mix"]["tasks"], steps["mix"]["taken_over"], steps["mix"]["artifacts"]) == (0, 3, [])
    # With the recorded inputs, only the run's own id is left that differs.
    assert {name for name, result in results(report).items() if result != "identical"} == {"end.tiny"}
    assert reproduce(bakery, run(bakery), "--from", "end")["verdict"] == "same"


def test_what_the_command_line_said(project):
    """Decorators, an environment for every step, and configs are no part of the code."""
    project.variables["PENSTOCK_INDEX_URL"] = "http://127.0.0.1:9/"
    file = project.write("said.py", """
from metaflow import Config, FlowSpec, config_expr, current, step

class Said(FlowSpec):
    settings = Config("settings", default_value="{}")

    @step
    def start(self):
        import sys
        self.prefix = "environments" in sys.prefix
        self.deep = self.settings.get("deep")
        if current.retry_count == 0:
            raise ValueError("not today")
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    Said()
""")
    outcome = project.run(
        file, "--with", "retry:times=1", top=["--environment=pypi", "--config-value", "settings", '{"deep": [1]}']).ended_with(0)
    file.unlink()
    report = reproduce(project, f"Said/{outcome.run_id}")
    assert results(report) == {"start.prefix": "identical", "start.deep": "identical"} and report["verdict"] == "same"
    assert project.ask("[Run(r)['start'].task.data.prefix, Run(r)['start'].task.data.deep]", r=report["repeated"]) == [True, [1]]


ODD = """
import os
from metaflow import FlowSpec, step

class Mute:
    def __init__(self):
        self.value = os.urandom(4)
    def __setstate__(self, state):
        raise RuntimeError("not again")

class Deadly:
    def __init__(self):
        self.value = os.urandom(4)
    def __setstate__(self, state):
        os.kill(os.getpid(), 11)

class Odd(FlowSpec):
    @step
    def start(self):
        self.a_deadly = Deadly()
        self.b_mute = Mute()
        self.c_order = {"b": 1, "a": 2} if os.getpid() % 2 else {"a": 2, "b": 1}
        self.d_plain = 3
        self.next(self.end)

    @step
    def end(self):
        FAILS

if __name__ == "__main__":
    Odd()
"""


def test_values_that_cannot_be_loaded(project):
    outcome = project.run(project.write("odd.py", ODD.replace("FAILS", "pass")))
    report = reproduce(project, f"Odd/{outcome.run_id}", code=4)
    found = results(report)
    assert found.pop("start.c_order") in ("identical", "equal")
    assert found == {"start.a_deadly": "not comparable", "start.b_mute": "not comparable", "start.d_plain": "identical"}
    assert report["verdict"] == "unclear"
    assert "signal 11" in artifact(report, "start.a_deadly")["cases"][0]["how"]
    assert "RuntimeError: not again" in artifact(report, "start.b_mute")["cases"][0]["how"]


def test_a_run_that_failed_fails_alike(project):
    outcome = project.run(project.write("odd.py", ODD.replace("FAILS", "raise KeyError('x')").replace("Deadly()", "1").replace("Mute()", "2")))
    outcome.ended_with(1)
    report = reproduce(project, f"Odd/{outcome.run_id}")
    assert report["verdict"] == "same" and [step["problems"] for step in report["steps"]] == [[], []]


def test_a_run_that_fails_where_it_did_not(project):
    project.variables["MOOD"] = "good"
    outcome = project.run(project.write("odd.py", ODD.replace("FAILS", "assert os.environ.get('MOOD')")
                                        .replace("Deadly()", "1").replace("Mute()", "2"))).ended_with(0)
    project.variables["MOOD"] = None
    report = reproduce(project, f"Odd/{outcome.run_id}", code=1)
    assert report["verdict"] == "failed"
    assert report["steps"][1]["problems"] == ["1 task failed that had succeeded: end"]


def test_a_resumed_run(bakery):
    """What it had taken over draws the numbers of the run that it was taken from."""
    file = bakery.add("reproducible.py")
    first = bakery.run(file).ended_with(0).run_id
    second = bakery.flow(file, "resume", "join", "--origin-run-id", first).ended_with(0).run_id
    report = reproduce(bakery, f"Reproducible/{second}", code=3)
    # The order of sets is the one thing that belongs to a process of the earlier run.
    assert {name for name, result in results(report).items() if result != "identical"} <= {"mix.order", "mix.grains"}
    assert results(report)["mix.drawn"] == "identical" and "the order of a set" in reasons(report, "mix.order")[0][1]


@pytest.mark.parametrize("words, code, said", [
    (["Reproducible/1"], 1, "there is no run Reproducible/1"),
    (["Nothing/1"], 1, "no flow 'Nothing'"),
    (["{run}/start"], 2, "FLOW/RUN"),
    (["{run}", "--from", "knead"], 2, "--from names the step 'knead'"),
    (["{run}", "--tolerance", "2"], 2, "--tolerance is 2.0"),
    (["{run}", "--tolerance", "much"], 2, "--tolerance"),
    (["{run}", "--python", "/nowhere/python"], 1, "/nowhere/python"),
], ids=lambda value: value[0] if isinstance(value, list) and len(value) == 1 else None)
def test_what_cannot_be_done(bakery, words, code, said):
    recorded = run(bakery)
    outcome = bakery.engine("reproduce", *(word.format(run=recorded) for word in words))
    assert outcome.code == code and said in outcome.stderr, outcome
    assert "Traceback" not in outcome.stderr
    assert bakery.ask("len(list(Flow('Reproducible')))") == 1
    assert not (bakery.store / ".penstock" / "reproductions").exists()


def test_code_that_was_not_kept(bakery):
    recorded = run(bakery)
    shutil.rmtree(bakery.store / ".penstock" / "blobs", ignore_errors=True)
    shutil.rmtree(bakery.store / ".penstock" / "packs", ignore_errors=True)
    outcome = bakery.engine("reproduce", recorded)
    assert outcome.code == 1 and "does not hold the blob" in outcome.stderr and not outcome.stdout, outcome
