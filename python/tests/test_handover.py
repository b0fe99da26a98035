"""From ``python flow.py`` to the engine, and what is left of both."""

import json
import os
import pickle
import shutil
import signal
import subprocess
import sys

import pytest

from conftest import SDK, processes_with, wait_for

FLOW = """
from penstock import FlowSpec, step

class F(FlowSpec):
    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        print("done")

if __name__ == "__main__":
    F()
    print("never")
"""

SLEEPER = """
import os, signal, sys, time
from penstock import FlowSpec, step

class F(FlowSpec):
    @step
    def start(self):
        if os.environ.get("STUBBORN"):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.fork() == 0:
            time.sleep(600)
        open(os.environ["MARK"], "w").close()
        time.sleep(600)
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    F()
"""


@pytest.fixture
def marker(tmp_path):
    return b"MARK=" + os.fsencode(str(tmp_path / "mark"))


def test_the_same_process_becomes_the_engine(bench):
    file = bench.write("flow.py", FLOW)
    process = bench.start(file, "--quiet", "run", "--alpha", "0.5", "\u00e4 b", plan={"exit": 7})
    out, err = process.communicate(timeout=60)
    report = pickle.loads(bench.result.read_bytes())
    assert process.returncode == 7 and err == b"" and out == b""
    assert report["pid"] == process.pid
    assert report["host_pid"] == report["hello"]["pid"] != process.pid
    assert report["words"] == ["--quiet", "run", "--alpha", "0.5", "\u00e4 b"]
    assert report["host_status"] == 0
    hello = report["hello"]
    assert hello["protocol"] == 1 and hello["fork"] == {"safe": True, "reason": None}
    assert hello["python"]["executable"] == sys.executable
    assert hello["python"]["version"] == "%d.%d.%d" % sys.version_info[:3]
    assert os.path.isfile(hello["sdk"]["entry"]) and os.path.isdir(os.path.join(hello["sdk"]["path"], "penstock"))
    assert hello["sdk"]["spelling"] == "penstock"


def test_output_from_before_the_hand_over_comes_once_and_first(bench):
    outcome = bench.run(FLOW.replace("class F", "print('imported', end='')\n\nclass F"))
    assert outcome.process.out == "imported"
    assert "imported" not in outcome.one("end").out


def test_a_flow_below_a_folder_and_typed_with_a_relative_path(bench):
    bench.write("deep/helper.py", "x = 1")
    bench.write("deep/flow.py", FLOW.replace("from penstock", "import helper\nfrom metaflow"))
    outcome = bench.run("deep/flow.py", "run")
    flow = outcome["hello"]["flow"]
    assert flow["file"] == str(bench.folder / "deep" / "flow.py") and flow["script"] == "deep/flow.py"
    assert flow["modules"] == [str(bench.folder / "deep" / "helper.py")]
    assert outcome["hello"]["sdk"]["spelling"] == "metaflow"
    assert outcome.one("end").out == "done\n"


def test_where_the_engine_is_looked_for(bench, tmp_path):
    # The environment that runs the tests may have an engine of its own beside the interpreter.
    file = bench.write("flow.py", "import sys\n\nsys.prefix = '/nowhere'\n" + FLOW)
    named = bench.start(file, environment={"PENSTOCK_ENGINE": str(tmp_path / "nothing")})
    out, err = named.communicate(timeout=60)
    assert named.returncode == 1
    assert err.decode().startswith("error: the engine %s cannot be started: No such file" % (tmp_path / "nothing"))
    unnamed = bench.start(file, environment={"PENSTOCK_ENGINE": None, "PATH": "/nowhere"})
    out, err = unnamed.communicate(timeout=60)
    assert unnamed.returncode == 1 and "PENSTOCK_ENGINE=" in err.decode() and "Traceback" not in err.decode()
    path = str(bench.engine.parent) + os.pathsep + os.environ["PATH"]
    found = bench.run(file, environment={"PENSTOCK_ENGINE": None, "PATH": path})
    assert found.one("end").ok


@pytest.mark.parametrize(
    "site, program",
    [
        ("env/lib/python3.11/site-packages", "env/bin/penstock"),
        ("usr/local/lib/python3.11/dist-packages", "usr/local/bin/penstock"),
        ("target", "target/bin/penstock"),
        ("layer/site-packages", "layer/site-packages/bin/penstock"),
    ],
)
def test_the_engine_that_was_installed_with_the_sdk(bench, tmp_path, site, program):
    """It is found without an active environment, and before another one on the PATH."""
    (tmp_path / site).mkdir(parents=True)
    shutil.copytree(str(SDK / "penstock"), str(tmp_path / site / "penstock"), ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / program).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / program).write_text("#!/bin/sh\n")
    (tmp_path / program).chmod(0o755)
    code = "import sys; sys.path.insert(0, %r); from penstock._handover import find_engine; print(find_engine())" % str(tmp_path / site)
    environment = {name: value for name, value in os.environ.items() if name != "PENSTOCK_ENGINE"}
    environment["PATH"] = str(bench.engine.parent) + os.pathsep + os.environ["PATH"]
    out = subprocess.run([sys.executable, "-S", "-c", code], env=environment, stdout=subprocess.PIPE, check=True).stdout.decode()
    assert out == "%s\n" % (tmp_path / program)


def test_a_session_without_a_file_is_not_handed_over(bench):
    code = FLOW.replace('if __name__ == "__main__":', "try:").replace(
        '    print("never")', "except Exception as error:\n    print(error)\nprint(F(use_cli=False).name)")
    process = subprocess.run([sys.executable, "-c", code], env=bench.environment({}), stdout=subprocess.PIPE, check=True)
    assert process.stdout.decode().splitlines() == [
        "A flow is run from a file, as in: python flow.py run. Here, F(use_cli=False) makes the object only.", "F",
    ]


def test_what_cannot_be_described_is_refused(bench):
    text = FLOW.replace("class F(FlowSpec):", "exec('@step\\ndef made(self): pass')\n\nclass F(FlowSpec):\n    other = made\n")
    outcome = bench.run(text)
    hello = outcome["hello"]
    assert hello["type"] == "refused"
    assert "step 'other' cannot be read from" in hello["headline"]


def test_signals_are_as_a_program_expects_them(bench):
    bench.engine.write_text(
        "#!/bin/sh\ngrep -E '^Sig(Ign|Blk)' /proc/self/status\n"
    )
    file = bench.write("flow.py", FLOW)
    expected = subprocess.run(
        ["sh", "-c", "grep -E '^Sig(Ign|Blk)' /proc/self/status"], stdout=subprocess.PIPE, check=True
    ).stdout
    out, _ = bench.start(file).communicate(timeout=60)
    assert out == expected


def test_the_host_holds_on_to_nothing_of_the_persons(bench, marker):
    """Whoever waits for the end of the output gets it with the end of the engine."""
    bench.engine.write_text("#!/bin/sh\nexit 3\n")
    process = bench.start(bench.write("flow.py", FLOW), environment={"MARK": marker[5:].decode()})
    process.communicate(timeout=20)
    assert process.returncode == 3
    wait_for(lambda: not processes_with(marker), "the host to leave")


@pytest.mark.parametrize("stubborn", ["", "1"], ids=["polite", "stubborn"])
@pytest.mark.parametrize("victim", ["engine", "engine and host"])
@pytest.mark.parametrize("fork", ["always", "never"])
def test_nothing_is_left_when_the_engine_is_killed(bench, marker, stubborn, victim, fork):
    if stubborn and victim != "engine":
        pytest.skip("a task that ignores SIGTERM needs one of the two")
    file = bench.write("flow.py", SLEEPER)
    mark = marker[5:].decode()
    process = bench.start(
        file, plan={"launch": {"fork": fork}}, environment={"MARK": mark, "STUBBORN": stubborn}, start_new_session=True
    )
    wait_for(lambda: os.path.exists(mark), "the step to begin")
    assert len(processes_with(marker)) == 4  # engine, host, task and the task's own child
    if victim != "engine":
        (host,) = [pid for pid in processes_with(marker) if is_child(pid, process.pid)]
        os.kill(host, signal.SIGSTOP)  # so that it can do nothing about it
        process.kill()
        os.kill(host, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()
    wait_for(lambda: not processes_with(marker), "everything to end", 5)


def test_what_a_killed_task_has_started_ends_with_it(bench, marker):
    mark = marker[5:].decode()
    process = bench.start(bench.write("flow.py", SLEEPER), environment={"MARK": mark})
    wait_for(lambda: os.path.exists(mark), "the step to begin")
    (host,) = [pid for pid in processes_with(marker) if is_child(pid, process.pid)]
    (leader,) = [pid for pid in processes_with(marker) if is_child(pid, host)]
    os.kill(leader, signal.SIGKILL)
    process.communicate(timeout=20)
    report = pickle.loads(bench.result.read_bytes())
    assert report["tasks"][-1]["exit"]["signal"] == signal.SIGKILL and report["tasks"][-1]["done"] is None
    wait_for(lambda: not processes_with(marker), "everything to end", 5)


def is_child(pid, parent):
    with open("/proc/%d/stat" % pid) as stat:
        return int(stat.read().rsplit(")", 1)[1].split()[1]) == parent


def test_ctrl_c_reaches_the_engine_alone(bench, marker):
    """The terminal's signals go to its foreground group, where the host and the tasks are not."""
    file = bench.write("flow.py", SLEEPER)
    mark = marker[5:].decode()
    process = bench.start(file, environment={"MARK": mark}, start_new_session=True)
    wait_for(lambda: os.path.exists(mark), "the step to begin")
    groups = {os.getpgid(pid) for pid in processes_with(marker)}
    assert process.pid in groups and len(groups) == 3
    for pid in processes_with(marker):
        if os.getpgid(pid) == process.pid:
            assert pid == process.pid
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == -signal.SIGINT
    wait_for(lambda: not processes_with(marker), "everything to end", 5)


def test_imports_stay_small():
    """The flow's file pays for what it uses; the SDK adds none of the heavy modules."""
    code = (
        "import sys; sys.path.insert(0, %r); before = set(sys.modules)\n"
        "from metaflow import FlowSpec, step, Parameter, pypi\n"
        "import json; print(json.dumps(sorted(set(sys.modules) - before)))" % os.path.dirname(os.path.dirname(__file__))
    )
    out = subprocess.run([sys.executable, "-I", "-S", "-c", code], stdout=subprocess.PIPE, check=True).stdout
    loaded = {name for name in json.loads(out) if not name.startswith(("json", "_json", "re", "enum", "sre", "_sre"))}
    heavy = {"typing", "inspect", "asyncio", "subprocess", "tempfile", "socket", "threading", "ast", "pickle", "logging"}
    assert not loaded & heavy
    assert {name for name in loaded if name.startswith("penstock.")} == {
        "penstock._decorators", "penstock._flowspec", "penstock._parameters", "penstock._steps", "penstock.exception",
    }
