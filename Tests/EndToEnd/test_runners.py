"""``Runner`` on real flows, and the page about it."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "client.md"


def script(project, text, **options):
    return project.python(project.write("script.py", text), **options)


@pytest.mark.peer
def test_parameters_and_tags(project):
    file = project.write("parameters.py", (
        "from metaflow import FlowSpec, JSONType, Parameter, step\n\n\nclass Several(FlowSpec):\n"
        "    number = Parameter('number', type=int, required=True)\n    text = Parameter('some-text', default='x')\n"
        "    facts = Parameter('facts', type=JSONType, default='{}')\n    flag = Parameter('flag', default=True)\n\n"
        "    @step\n    def start(self):\n        self.next(self.end)\n\n    @step\n    def end(self):\n        pass\n\n\n"
        "if __name__ == '__main__':\n    Several()\n"))
    said = script(project, (
        "from metaflow import Runner, namespace\nnamespace(None)\n"
        f"with Runner({str(file)!r}, show_output=False, pylint=False) as runner:\n"
        "    result = runner.run(number=-7, some_text='two words', facts={'a': [1]}, flag=False, tags=['a', 'ü b'])\n"
        "print(result.status, result.returncode, sorted(result.run.user_tags), result.run.successful)\n"
        "print([getattr(result.run.data, name) for name in ('number', 'text', 'facts', 'flag')])\n"
        "for wrong in ({'number': 1, 'nonsense': 1}, {'number': 'seven'}, {'number': 1, 'max_workers': 'x'}, {}):\n"
        "    try:\n        runner.run(**wrong)\n"
        "    except (TypeError, ValueError) as error:\n        print(type(error).__name__)\n")).ended_with(0).stdout
    assert said.splitlines() == [
        "successful 0 ['a', 'ü b'] True", "[-7, 'two words', {'a': [1]}, False]", "ValueError", "TypeError", "TypeError",
        "ValueError"]


@pytest.mark.peer
def test_a_failing_run_and_its_resume(project):
    file = project.write("failing.py", (
        "import os\nfrom metaflow import FlowSpec, step\n\n\nclass Failing(FlowSpec):\n"
        "    @step\n    def start(self):\n        self.x = 1\n        self.next(self.end)\n\n"
        "    @step\n    def end(self):\n        assert os.environ.get('WELL'), 'not well'\n\n\n"
        "if __name__ == '__main__':\n    Failing()\n"))
    said = script(project, (
        "from metaflow import Runner, namespace\nnamespace(None)\n"
        f"result = Runner({str(file)!r}, show_output=False).run()\n"
        "print(result.status, result.run.successful, 'not well' in result.stdout + result.stderr)\n"
        f"again = Runner({str(file)!r}, show_output=False, env={{'WELL': '1'}}).resume(origin_run_id=result.run.id)\n"
        "print(again.status, again.run.successful, again.run.origin_pathspec == result.run.pathspec)\n"
        "print(again.run['start'].task.origin_pathspec == result.run['start'].task.pathspec)\n")).ended_with(0).stdout
    assert said.splitlines() == ["failed False True", "successful True True", "True"]


@pytest.mark.peer
def test_what_never_becomes_a_run(project):
    file = project.write("broken.py", (
        "from metaflow import FlowSpec\n\n\nclass Broken(FlowSpec):\n    pass\n\n\n"
        "if __name__ == '__main__':\n    Broken()\n"))
    said = script(project, (
        "from metaflow import Runner\n"
        f"try:\n    Runner({str(file)!r}, show_output=False).run()\n"
        "except Exception as error:\n    print(type(error).__name__)\n")).ended_with(0).stdout
    assert said.strip() == "RuntimeError"


@pytest.mark.peer
def test_spin(project):
    file = project.add("linear.py")
    said = script(project, (
        "from metaflow import Runner, inspect_spin, namespace, Task\nnamespace(None)\n"
        f"runner = Runner({str(file)!r}, show_output=False)\n"
        "run = runner.run().run\n"
        "spun = runner.spin(run['middle'].task.pathspec, persist=True)\n"
        "print(spun.status, spun.task.finished, spun.task.data.number == run['middle'].task.data.number)\n"
        "try:\n    runner.spin(run['middle'].task.pathspec, alpha=1.0)\n"
        "except ValueError as error:\n    print('Unknown argument' in str(error))\n"
        "print('_graph_info' in spun.task, Task(run['middle'].task.pathspec).id == run['middle'].task.id)\n")
    ).ended_with(0).stdout
    assert said.splitlines() == ["successful True True", "True", "True True"]


def test_the_page(project):
    """The examples of docs/client.md, one after the other, as it says."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    project.write("scores.py", blocks[0])
    said = script(project, "\n".join(blocks[1:])).ended_with(0).stdout
    assert said.splitlines() == [
        "successful 0", "30", "Done!", "successful", "['Scores']", "True 10", "1 10 fold 1", "0 0 fold 0", "0 True 5", "['scores.py', 'script.py']", "True",
        "b'\\x80\\x04'", "[0, 1]", "['join']", "['reviewed', 'v3']", "[True]", "None"]
