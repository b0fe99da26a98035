"""Runners on a file that behaves like a flow."""

import asyncio
import json
import os
import sys
import time

import pytest

from client_world import world  # noqa: F401
from conftest import wait_for
from penstock.exception import MetaflowException
from penstock.runner import DeployedFlow, Deployer, NBRunner, NBRunnerInitializationError, Runner, _notebook

FLOW = """
import json, os, sys, time
words = sys.argv[1:]
if "describe" in words:
    print(json.dumps({"name": "F", "parameters": [
        {"name": "alpha", "type": "float", "required": os.environ.get("NEEDY") == "1"}], "decorators": [], "steps": []}))
    raise SystemExit(0)
file = next(word.split("=", 1)[1] for word in words if word.startswith("--runner-attribute-file="))
print("words", json.dumps(words[:-1]), os.getcwd(), os.environ.get("COLOUR"), flush=True)
if os.environ.get("SLOW"):
    time.sleep(float(os.environ["SLOW"]))
if os.environ.get("EARLY"):
    sys.stderr.write("no such thing\\n")
    raise SystemExit(int(os.environ["EARLY"]))
facts = {"flow_name": "F", "run_id": "2", "metadata": "local@" + os.getcwd()}
if "spin" in words:
    facts.update(step_name="start", task_id="1")
with open(file, "w") as stream:
    json.dump(facts, stream)
sys.stdout.write("gr\\u00fc\\u00dfe\\nsecond")
sys.stdout.flush()
time.sleep(float(os.environ.get("LONG", "0")))
sys.stderr.write("warned\\n")
raise SystemExit(int(os.environ.get("LATE", "0")))
"""


@pytest.fixture
def flow(tmp_path, monkeypatch):
    file = tmp_path / "flow.py"
    file.write_text(FLOW, encoding="utf-8")
    for name in ("SLOW", "EARLY", "LONG", "LATE", "NEEDY", "PYTHONIOENCODING"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONUTF8", "1")
    monkeypatch.chdir(tmp_path)
    return file


def words_of(result):
    return json.JSONDecoder().raw_decode(result.stdout[len("words "):])[0]


def test_a_run(flow, tmp_path, world):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with Runner("flow.py", show_output=False, env={"COLOUR": "red"}, cwd=str(elsewhere), pylint=False) as runner:
        result = runner.run(alpha=0.5, tags=["t"])
        assert (result.status, result.returncode) == ("successful", 0)
        assert result.run.pathspec == "F/2" and result.run.data.result == 42
    assert words_of(result) == ["--no-pylint", "run", "--alpha=0.5", "--tag=t"]
    assert "%s red\n" % elsewhere in result.stdout and result.stdout.endswith("gr\u00fc\u00dfe\nsecond")
    assert result.stderr == "warned\n"


def test_output_is_shown(flow, capsys):
    Runner("flow.py").run()
    shown = capsys.readouterr()
    assert shown.out.startswith("words") and shown.out.endswith("gr\u00fc\u00dfe\nsecond") and shown.err == "warned\n"
    Runner("flow.py", show_output=False).run()
    assert capsys.readouterr() == ("", "")


def test_a_run_that_fails_is_given_back(flow):
    result = Runner("flow.py", show_output=False, env={"LATE": "1"}).run()
    assert (result.status, result.returncode) == ("failed", 1)


def test_what_ends_before_there_is_a_run(flow):
    with pytest.raises(RuntimeError, match=r"flow.py run.*exit code 1:\n(.|\n)*words(.|\n)*no such thing"):
        Runner("flow.py", show_output=False, env={"EARLY": "1"}).run()
    with pytest.raises(RuntimeError, match="exit code 2"):
        Runner("flow.py", show_output=False, env={"EARLY": "2"}).run()
    with pytest.raises(ValueError, match="Missing argument: .*'alpha'"):
        Runner("flow.py", show_output=False, env={"EARLY": "2", "NEEDY": "1"}).run()
    with pytest.raises(RuntimeError, match="exit code 2"):
        Runner("flow.py", show_output=False, env={"EARLY": "2", "NEEDY": "1"}).run(alpha=1)


def test_what_takes_too_long_to_begin(flow):
    began = time.monotonic()
    with pytest.raises(RuntimeError, match="exit code -15"):
        Runner("flow.py", show_output=False, env={"SLOW": "60"}, file_read_timeout=0.2).run()
    assert time.monotonic() - began < 30
    # The limit is for the beginning only.
    assert Runner("flow.py", show_output=False, env={"LONG": "0.6"}, file_read_timeout=0.3).run().returncode == 0


def test_resume_and_spin(flow, world):
    runner = Runner("flow.py", show_output=False)
    assert words_of(runner.resume(step_to_rerun="train", origin_run_id="1")) == ["resume", "train", "--origin-run-id=1"]
    result = runner.spin("F/1/start/1", persist=True)
    assert words_of(result) == ["spin", "--persist", "F/1/start/1"] and result.task.pathspec == "F/2/start/1"
    with pytest.raises(RuntimeError, match="warned"):
        Runner("flow.py", show_output=False, env={"LATE": "1"}).spin("start")
    with pytest.raises(ValueError, match="Unknown argument: 'alpha'"):
        runner.spin("start", alpha=1.0)


def test_arguments_are_judged_before_anything_runs(flow, tmp_path):
    runner = Runner("flow.py", show_output=False)
    for wrong, error in (({"beta": 1}, ValueError), ({"alpha": "x"}, TypeError), ({"max_workers": 1.5}, TypeError)):
        with pytest.raises(error):
            runner.run(**wrong)
    with pytest.raises(ValueError, match="Unknown argument: 'nonsense'"):
        Runner("flow.py", nonsense=1).run()
    assert not runner._processes
    with pytest.raises(FileNotFoundError, match="nowhere.py"):
        Runner("nowhere.py")


def test_a_profile(flow):
    runner = Runner("flow.py", profile="p")
    assert runner.env_vars["METAFLOW_PROFILE"] == "p" and os.environ.get("METAFLOW_PROFILE") != "p"


def test_an_asynchronous_run(flow, world, capsys):
    async def main():
        async with Runner("flow.py", env={"LONG": "0.3"}) as runner:
            result = await runner.async_run()
            assert (result.status, result.returncode) == ("running", None) and result.run.id == "2"
            lines = [line async for line in result.stream_log("stdout")]
            assert [line for _, line in lines][1:] == ["gr\u00fc\u00dfe", "second"]
            assert [line async for _, line in result.stream_log("stdout", lines[1][0])] == ["second"]
            assert await (await runner.async_resume()).wait(stream="stderr")
            assert result.status == "successful"
            with pytest.raises(ValueError, match="stdout and stderr"):
                [line async for line in result.stream_log("output")]
        assert result.stderr == "warned\n"

    asyncio.run(main())
    assert capsys.readouterr().out == "warned\n"


def test_an_asynchronous_run_that_takes_too_long(flow):
    async def main():
        result = await Runner("flow.py", env={"LONG": "60"}).async_run()
        await result.wait(timeout=0.1)
        assert (result.status, result.returncode) == ("timeout", -15)
        with pytest.raises(RuntimeError):
            await Runner("flow.py", env={"SLOW": "60"}, file_read_timeout=0.1).async_run()

    asyncio.run(main())


def test_interrupted(flow, tmp_path):
    import signal
    import subprocess

    script = "from penstock.runner import Runner\nRunner('flow.py', env={'LONG': '60'}).run()\n"
    process = subprocess.Popen(
        [sys.executable, "-c", script], env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    (child,) = open("/proc/%d/task/%d/children" % (process.pid, process.pid)).read().split()
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert b"KeyboardInterrupt" in error
    wait_for(lambda: not os.path.exists("/proc/" + child), "the flow's process to end")


class Shell:
    def __init__(self, cell):
        self.history_manager = type("History", (), {"input_hist_raw": ["", cell]})


@pytest.fixture
def notebook(monkeypatch):
    def make(cell):
        monkeypatch.setitem(sys.modules, "IPython", type("IPython", (), {"get_ipython": staticmethod(lambda: Shell(cell))}))

    return make


def test_a_flow_of_a_notebook(flow, notebook, world, tmp_path):
    cell = "%matplotlib inline\n" + FLOW.replace("raise SystemExit(int(os.environ.get(\"LATE\", \"0\")))", "") + (
        "class MyFlow(dict):\n    pass\nrun = NBRunner(MyFlow).nbrun()\n")
    notebook(cell)
    run = NBRunner(type("MyFlow", (), {}), show_output=False).nbrun(tags=["t"])
    assert run.pathspec == "F/2" and [name for name in os.listdir(tmp_path) if name.startswith("MyFlow")] == []
    other = NBRunner(type("MyFlow", (), {}), show_output=False)
    assert open(other.runner.flow_file).read().endswith('class MyFlow(dict):\n    pass\n\nif __name__ == "__main__":\n    MyFlow()\n')
    other.cleanup()
    assert not os.path.exists(other.runner.flow_file)


def test_no_notebook(flow, notebook, monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", None)
    with pytest.raises(NBRunnerInitializationError, match="no IPython is running"):
        NBRunner(type("MyFlow", (), {}))
    notebook("x = (\n")
    with pytest.raises(NBRunnerInitializationError, match="class MyFlow was found"):
        NBRunner(type("MyFlow", (), {}))


def test_an_earlier_cell(notebook):
    import linecache

    cell = "class MyFlow:\n    def start(self):\n        pass\n"
    linecache.cache["<cell 1>"] = (len(cell), None, cell.splitlines(True), "<cell 1>")
    names = {}
    exec(compile(cell, "<cell 1>", "exec"), names)
    notebook("run = NBRunner(MyFlow).nbrun()")
    assert _notebook._source(names["MyFlow"]).startswith(cell)


def test_deployers(flow):
    deployer = Deployer("flow.py", pylint=False)
    for name in ("argo_workflows", "step_functions"):
        with pytest.raises(MetaflowException, match="cannot deploy to " + name.replace("_", "-")):
            getattr(deployer, name)(name="x")
    assert not hasattr(deployer, "airflow")
    with pytest.raises(MetaflowException, match="argo-workflows"):
        DeployedFlow.from_deployment("x")
    with pytest.raises(ValueError, match="No deployer is called 'airflow'; there are: argo_workflows, step_functions"):
        DeployedFlow.list_deployed_flows(impl="airflow")
