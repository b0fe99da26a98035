"""Tasks are processes of their own: randomness, threads, variables, output, working folder."""

import pytest

pytestmark = pytest.mark.peer


@pytest.mark.parametrize("thread", [None, "1"], ids=["plain", "thread at import"])
def test_tasks_share_nothing(project, thread):
    """Also when the flow starts a thread while it is imported, which no fork would survive."""
    outcome = project.run(project.add("forked.py"), env={"THREAD_AT_IMPORT": thread}).ended_with(0)
    run = f"Forked/{outcome.run_id}"
    assert project.ask(
        "[getattr(Run(run)['join'].task.data, name) for name in ('counts', 'distinct', 'leaks', 'on_main_thread')]",
        run=run) == [[1, 1, 1], [3, 3, 3, 3], False, True]


def test_output_is_complete_and_in_order(project):
    lines = 300 if project.tools.peer else 2000
    outcome = project.run(project.add("loud.py"), "--lines", lines).ended_with(0)
    run = f"Loud/{outcome.run_id}"
    for task in project.ask("[t.pathspec for t in Run(run)['shout']]", run=run):
        stdout = project.ask("Task(path).stdout", path=task)
        who = stdout[0]
        expected = "".join(f"{who} says ü {n}\n" for n in range(lines)) + "x" * 100_000 + "\nno line break"
        assert stdout.rstrip("\n") == expected
        warned = "".join(f"{who} warns {n}\n" for n in range(0, lines, 10))
        assert project.ask("Task(path).stderr", path=task) == warned
        shown = [line.partition("] ")[2] for line in outcome.stdout.splitlines() if f"] {who} says" in line]
        assert shown == expected.split("\n")[:lines]


def test_a_step_runs_where_the_flow_was_started(project):
    file = project.write("folder/flow.py", (
        "import os\nfrom metaflow import FlowSpec, step\n\n\nclass Where(FlowSpec):\n    @step\n    def start(self):\n"
        "        self.folder = os.getcwd()\n        self.next(self.end)\n\n    @step\n    def end(self):\n        pass\n\n\n"
        "if __name__ == '__main__':\n    Where()\n"))
    outcome = project.run(file).ended_with(0)
    assert project.ask("Run(run).data.folder", run=f"Where/{outcome.run_id}") == str(project.folder.resolve())


def test_a_folder_with_an_unusual_name(project):
    file = project.write("ein Ördner's \"name\"/flow.py", (project.add("linear.py")).read_text())
    project.python("flow.py", "run", cwd=file.parent).ended_with(0)


def test_a_fork_does_not_print_what_the_step_has_printed(project):
    file = project.write("flow.py", (
        "import os\nimport sys\nfrom metaflow import FlowSpec, current, step\n\n\nclass Forks(FlowSpec):\n    @step\n"
        "    def start(self):\n        self.told = os.environ['METAFLOW_RUN_ID'] == current.run_id\n"
        "        self.unbuffered = bool(os.environ['PYTHONUNBUFFERED'])\n        print('half', end='')\n"
        "        child = os.fork()\n        if child == 0:\n            sys.stdout.flush()\n            os._exit(0)\n"
        "        os.waitpid(child, 0)\n        self.next(self.end)\n\n    @step\n    def end(self):\n        pass\n\n\n"
        "if __name__ == '__main__':\n    Forks()\n"))
    outcome = project.run(file).ended_with(0)
    run = f"Forks/{outcome.run_id}"
    assert project.ask("Run(run)['start'].task.stdout", run=run).rstrip("\n") == "half"
    assert project.ask("[Run(run).data.told, Run(run).data.unbuffered]", run=run) == [True, True]
