"""A run from start to end: what is printed, and what is kept."""

import re

import pytest

LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (.*)$")
TASK_LINE = re.compile(r"^\[([^/\]]+)/([^/]+)/([^/ ]+) \(pid (\d+)\)\] (.*)$")


def texts(outcome):
    """The runtime lines without their time."""
    found = []
    for line in outcome.stdout.splitlines():
        match = LINE.match(line)
        assert match, f"not a runtime line: {line!r}\n{outcome}"
        found.append(match.group(1))
    return found


def task_lines(outcome):
    """(step, task, text) of each line that belongs to a task."""
    matches = (TASK_LINE.match(text) for text in texts(outcome))
    return [(m.group(2), m.group(3), m.group(5).strip()) for m in matches if m]


@pytest.mark.peer
def test_progress_is_told_line_by_line(project):
    outcome = project.run(project.add("linear.py")).ended_with(0)
    run = outcome.run_id
    assert texts(outcome)[0] == f"Workflow starting (run-id {run}):"
    assert texts(outcome)[-1] == "Done!"
    assert ("start", "1", "start says: grüße, 世界") in task_lines(outcome)
    for step, task in (("start", "1"), ("middle", "2"), ("end", "3")):
        told = [text for s, t, text in task_lines(outcome) if (s, t) == (step, task)]
        assert told[0] == "Task is starting." and told[-1] == "Task finished successfully."
    # Both streams of a task go to the launcher's standard output.
    assert ("start", "1", "start warns") in task_lines(outcome)
    assert ("end", "3", "second line") in task_lines(outcome)
    assert f"[{run}/" in outcome.stdout
    assert "for user:tester" in outcome.stderr
    assert "\x1b" not in outcome.all, "no colour and no progress line without a terminal"


@pytest.mark.peer
def test_quiet_leaves_out_the_banner(project):
    outcome = project.run(project.add("linear.py"), top=["--quiet"]).ended_with(0)
    assert "executing" not in outcome.stderr
    assert outcome.run_id


@pytest.mark.peer
@pytest.mark.parametrize("words", [(), ("check",), ("show",), ("--help",), ("run", "--help"), ("version",)],
                         ids=lambda words: " ".join(words) or "nothing")
def test_commands_that_run_nothing(project, words):
    outcome = project.flow(project.add("linear.py"), *words).ended_with(0)
    assert not outcome.started_a_run


@pytest.mark.peer
def test_show_names_steps_with_their_texts_and_ways(project):
    outcome = project.flow(project.add("linear.py"), "show").ended_with(0)
    for text in ("Step start", "Make things.", "=> middle", "Step middle", "=> end", "Step end", "?"):
        assert text in outcome.all, outcome
    assert outcome.stdout.index("Step start") < outcome.stdout.index("Step middle") < outcome.stdout.index("Step end")


@pytest.mark.peer
def test_help_of_run_lists_the_parameters(project):
    outcome = project.flow(project.add("linear.py"), "run", "--help").ended_with(0)
    assert "--alpha" in outcome.stdout and "--max-workers" in outcome.stdout


@pytest.mark.peer
def test_run_id_file_and_tags(project):
    outcome = project.run(
        project.add("linear.py"), "--run-id-file", "id.txt", "--tag", "one", "--tag", "zwei ü").ended_with(0)
    assert (project.folder / "id.txt").read_text() == outcome.run_id
    assert project.ask("sorted(Run(run).user_tags)", run=f"Linear/{outcome.run_id}") == ["one", "zwei ü"]
    assert "user:tester" in project.ask("sorted(Run(run).system_tags)", run=f"Linear/{outcome.run_id}")


def test_both_spellings_give_the_same_artifacts(project):
    file = project.add("linear.py")
    compatible = project.run(file, "--alpha", "0.5").ended_with(0)
    source = file.read_text()
    assert source.count("from metaflow import") == 1
    file.write_text(source.replace("from metaflow import", "from penstock import"))
    native = project.run(file, "--alpha", "0.5").ended_with(0)

    def artifacts(outcome):
        return project.ask(
            "{task.pathspec.split('/', 2)[2]: {a.id: a.sha for a in task.artifacts} for step in Run(run) for task in step}",
            run=f"Linear/{outcome.run_id}")

    first, second = artifacts(compatible), artifacts(native)
    for task in first.values(), second.values():
        for found in task:
            found.pop("where", None)  # holds the run's own id
    assert first == second
    assert len(first["end/3"]) > 10


def test_runs_under_other_interpreters_settings(project):
    """Flags of the interpreter and a flow that is given by another path change nothing."""
    project.add("linear.py")
    for words in (["-B", "linear.py"], ["-u", "./linear.py"], [str(project.folder / "linear.py")]):
        project.python(*words, "run").ended_with(0)


def test_the_store_is_found_from_a_folder_below(project):
    file = project.add("linear.py")
    below = project.folder / "below" / "further"
    below.mkdir(parents=True)
    (project.folder / ".penstock").mkdir()
    here = {"PENSTOCK_ROOT": None}
    outcome = project.python(file, "run", cwd=below, env=here).ended_with(0)
    assert not (below / ".penstock").exists()
    listed = project.python(
        "-c", "from penstock import Flow, namespace; namespace(None); print(Flow('Linear').latest_run.id)", env=here)
    assert listed.ended_with(0).stdout.strip() == outcome.run_id


def test_somebody_without_a_name(project):
    """In containers no variable says who runs there."""
    nobody = {"USER": None, "METAFLOW_USER": None, "LOGNAME": None}
    outcome = project.run(project.add("linear.py"), env=nobody).ended_with(0)
    assert re.search(r"for user:\S+", outcome.stderr)


def test_an_engine_that_is_not_there_is_named(project):
    outcome = project.run(project.add("linear.py"), env={"PENSTOCK_ENGINE": "/nowhere/penstock"}).ended_with(1)
    assert "/nowhere/penstock" in outcome.stderr and "PENSTOCK_ENGINE" in outcome.stderr


@pytest.mark.parametrize("words", [
    ["--datastore=azure", "run"], ["kubernetes", "step", "start"], ["batch", "step", "start"], ["airflow", "create", "x"],
    ["resume", "--reentrant"], ["resume", "--resume-identifier", "a"]],
    ids=" ".join)
def test_what_is_not_built_yet_is_refused_in_words(project, words):
    outcome = project.flow(project.add("linear.py"), *words).ended_with(1)
    assert "not part of this version" in outcome.stderr and "help: " in outcome.stderr
    assert "Traceback" not in outcome.all and not outcome.started_a_run


def test_a_class_of_the_flow_file_is_itself_everywhere(project):
    """Pickled as __main__.Point, it loads in the next task, in dump, and in a client that never saw the flow file."""
    file = project.add("own_class.py")
    run = project.run(file).ended_with(0)
    assert "Point(x=1, y=2)" in run.stdout
    assert "Point(x=1, y=2)" in project.flow(file, "dump", f"{run.run_id}/end").ended_with(0).stdout
    assert project.ask("[Run(run).data.point.x, str(Run(run).data.point)]", run=f"OwnClass/{run.run_id}") == [
        1, "Point(x=1, y=2)"]
