"""Worker hosts: those that the engine starts, fork safety, fresh processes, and hostile engines."""

import os
import signal
import socket
import struct
import subprocess
import sys

import pytest

from conftest import SDK, processes_with, wait_for
from fake_engine import Engine, Peer

FLOW = """
from penstock import FlowSpec, step

class F(FlowSpec):
    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    F()
"""


class Host:
    """A worker host as the engine starts one for an environment."""

    def __init__(self, folder, file, *words, python=(), environment=None):
        ours, theirs = socket.socketpair()
        life, self.life = os.pipe()
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        self.process = subprocess.Popen(
            [sys.executable, *python, str(SDK / "penstock" / "_worker.py"), "--fd", str(theirs.fileno()),
             "--lifeline-fd", str(life), "--flow", str(file), "--", *words],
            pass_fds=[theirs.fileno(), life], cwd=str(folder), env=dict(kept, **(environment or {})), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        theirs.close()
        os.close(life)
        self.engine = Engine(ours, folder)

    def lose_engine(self):
        """What a host and its tasks see of an engine that dies."""
        self.engine.host.sock.close()
        if self.life is not None:
            os.close(self.life)
            self.life = None

    def end(self):
        self.lose_engine()
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out.decode(), err.decode()


@pytest.fixture
def host(bench):
    started = []

    def start(text, *words, **how):
        file = text if isinstance(text, os.PathLike) else bench.write("flows/flow.py", text)
        started.append(Host(bench.folder, file, *words, **how))
        return started[-1]

    yield start
    for each in started:
        each.lose_engine()
        each.process.kill()
        each.process.communicate()


def test_a_host_that_the_engine_starts(host, bench):
    bench.write("flows/beside.py", "x = 'beside'")
    text = FLOW.replace("class F", "import sys, beside\nprint('loading', sys.argv[1:])\n\nclass F").replace(
        "self.next(self.end)",
        """
        import importlib.util
        self.seen = [__name__, sys.path[0], beside.x, sys.argv[0], __file__, sys.modules['__main__'].F.__name__,
                     [name for name in ('penstock', 'metaflow', 'tests', '_build', 'conftest', '_worker')
                      if importlib.util.find_spec(name)], len([p for p in sys.path if %r in p])]
        self.next(self.end)""" % str(SDK),
    )
    started = host(text, "run", "--x", "1", python=["-S"])
    hello = started.engine.greet()
    file = str(bench.folder / "flows" / "flow.py")
    assert (hello["type"], hello["pid"], hello["flow"]["file"]) == ("hello", started.process.pid, file)
    started.engine.run()
    start = started.engine.order[1]
    assert start.done["ok"], start.output
    value = started.engine.value(start, "seen")
    assert value == ["__main__", os.path.dirname(file), "beside", file, file, "F", ["penstock", "metaflow"], 0]
    started.engine.shutdown()
    assert started.end() == (0, "loading ['run', '--x', '1']\n", "")


@pytest.mark.parametrize(
    "text, headline, line",
    [
        ("x = (\n", "flow.py cannot be loaded: SyntaxError", 1),
        ("import math\nimport nothing_like_it\n", "flow.py cannot be loaded: ModuleNotFoundError", 2),
        ("import sys\n\nsys.exit(4)\n", "flow.py has ended itself (4) before its flow was made", 3),
        ("x = 1\n", "flow.py does not start a flow: it has to end with", None),
        (FLOW.replace("__main__", "nobody"), "flow.py does not start a flow", None),
        (FLOW.replace("F()", "1/0"), "flow.py cannot be loaded: ZeroDivisionError: division by zero", 14),
        (FLOW.replace("    @step\n    def start", "    from penstock import retry\n    @step\n    @retry\n    def start"),
         "flow.py cannot be loaded: BadStepDecoratorException", 7 if sys.version_info >= (3, 9) else 8),
    ],
    ids=lambda value: None if not isinstance(value, str) or "\n" in value else value[:40],
)
def test_flows_that_cannot_be_loaded(host, text, headline, line):
    started = host(text)
    refusal = started.engine.greet()
    assert refusal["type"] == "refused" and refusal["headline"].startswith(headline), refusal
    assert refusal["line"] == line
    assert "penstock/_" not in refusal["traceback"]
    wait_for(lambda: started.process.poll() is not None, "the host to leave")
    assert started.process.returncode == 1


def test_a_host_that_is_loading_ends_with_its_engine(host, tmp_path):
    mark = str(tmp_path / "mark")
    started = host(
        "import time, os, subprocess\nsubprocess.Popen(['sleep', '600'])\nopen(os.environ['MARK'], 'w').close()\n"
        "time.sleep(600)",
        environment={"MARK": mark},
    )
    wait_for(lambda: os.path.exists(mark), "the flow to load")
    started.lose_engine()
    started.process.wait(timeout=10)
    wait_for(lambda: not processes_with(b"MARK=" + mark.encode()), "everything to end", 5)


def test_the_engine_notices_a_host_that_was_killed_and_its_tasks_go(host, tmp_path):
    mark = str(tmp_path / "mark")
    text = FLOW.replace("self.next(self.end)", "import os, time; open(os.environ['MARK'], 'w').close(); time.sleep(600)")
    started = host(text, environment={"MARK": mark})
    started.engine.greet()
    attempt = started.engine.launch("start", 1)
    wait_for(lambda: started.engine.poll() or os.path.exists(mark), "the step to begin")
    started.process.kill()
    wait_for(lambda: started.engine.poll() or started.engine.host_gone, "the end of the host channel")
    os.killpg(attempt.frames[0]["pid"], signal.SIGKILL)
    wait_for(lambda: not processes_with(b"MARK=" + mark.encode()), "everything to end", 5)


UNSAFE = [
    ("import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True, name='ticker').start()",
     "the flow's modules have started the thread 'ticker'"),
    ("import socket\nkept = socket.socketpair()", "the flow's modules have opened a connection"),
    ("import sys, types\nsys.modules['torch.cuda'] = m = types.ModuleType('m'); m.is_initialized = lambda: True",
     "the flow's modules use CUDA through torch"),
]


@pytest.mark.parametrize("code, reason", UNSAFE, ids=["thread", "connection", "accelerator"])
def test_where_a_fork_is_not_safe_tasks_get_fresh_processes(bench, code, reason):
    text = FLOW.replace("class F", "import os\n%s\nloaded_in = os.getpid()\n\nclass F" % code)
    text = text.replace("self.next(self.end)", "self.pids = loaded_in, os.getpid(); self.next(self.end)")
    outcome = bench.run(text, "run", "--x")
    fork = outcome["hello"]["fork"]
    assert not fork["safe"] and fork["reason"].startswith(reason)
    for task in outcome.tasks:
        assert task.ok and task["spawned"]["fresh"] and task["spawned"]["reason"] == fork["reason"]
    loaded_in, pid = outcome.one("start").value("pids")
    assert loaded_in == pid == outcome.one("start")["spawned"]["pid"]
    forced = bench.run(text, plan={"launch": {"fork": "always"}})
    assert forced.one("start").value("pids")[0] != forced.one("start")["spawned"]["pid"]


def test_a_connection_that_the_process_was_started_with_is_no_reason(bench):
    ours, theirs = socket.socketpair()
    outcome = bench.run(FLOW, pass_fds=[theirs.fileno()])
    assert outcome["hello"]["fork"] == {"safe": True, "reason": None}


FRESH = FLOW.replace("class F", "import sys, os\nprint('loaded')\n\nclass F").replace(
    "self.next(self.end)",
    "self.x = [sys.argv[1:], __name__, os.getpid() == os.getsid(0), sys.stdin.read(), sys.flags.dont_write_bytecode]\n"
    "        self.next(self.end)",
)


def test_fresh_processes(bench):
    outcome = bench.run(FRESH, "run", "--x", python=["-B"], plan={"launch": {"fork": "never"}})
    start = outcome.one("start")
    assert start.ok and start["spawned"]["fresh"] and start["frames"][0] == "ready"
    assert start.value("x") == [["run", "--x"], "__main__", True, "", 1]
    assert start.out == "loaded\n" and outcome.one("end").out == "loaded\n"


def test_a_fresh_process_whose_flow_does_not_load_any_more(bench):
    text = FRESH.replace("print('loaded')", "import os\nif 'BROKEN' in os.environ: import nothing_like_it")
    outcome = bench.run(text, plan={"launch": {"fork": "never"}, "environment": {"BROKEN": "1"}})
    first = outcome.one("_parameters")
    assert first["done"]["exception"]["type"] == "builtins.ModuleNotFoundError"
    assert first["exit"]["code"] == 1 and "nothing_like_it" in first.err


RANDOM = """
import random
%s
from penstock import FlowSpec, step

class F(FlowSpec):
    @step
    def start(self):
        self.n = [1, 2, 3]
        self.next(self.body, foreach="n")

    @step
    def body(self):
        self.drawn = random.random()
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    F()
"""


def test_random_numbers_differ_between_tasks(bench):
    outcome = bench.run(RANDOM % "")
    assert len({task.value("drawn") for task in outcome.of("body")}) == 3


@pytest.mark.parametrize("seeding", ["random.seed(5)", "def fix_seeds(): random.seed(5)\nfix_seeds()"])
def test_a_seed_that_was_set_while_importing_holds_in_every_task(bench, seeding):
    import random

    outcome = bench.run(RANDOM % seeding)
    assert {task.value("drawn") for task in outcome.of("body")} == {random.Random(5).random()}


def test_a_seed_in_a_function_is_not_one_at_import(bench):
    outcome = bench.run(RANDOM % "def later(): random.seed(5)")
    assert len({task.value("drawn") for task in outcome.of("body")}) == 3


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0\0\1x",
        b"\xff\xff\xff\xff",
        struct.pack(">II", 6, 2) + b"{}",
        struct.pack(">II", 20, 16) + b'{"type":"what?"}',
        struct.pack(">II", 21, 17) + b'{"type":"launch"}',
        struct.pack(">II", 31, 27) + b'{"type":"launch","task":1 }',
    ],
    ids=["short", "long", "typeless", "unknown", "bare launch", "odd launch"],
)
def test_a_host_leaves_an_engine_that_talks_nonsense(host, data):
    started = host(FLOW)
    started.engine.greet()
    started.engine.host.sock.sendall(data)
    started.process.wait(timeout=20)
    assert started.process.returncode == 1


@pytest.mark.parametrize(
    "assignment",
    [None, {"type": "task", "protocol": 2}, {"type": "blob"}, {"type": "task", "protocol": 1, "kind": "what?", "step": "x"}],
    ids=["nothing", "other version", "another message", "unknown kind"],
)
def test_a_task_leaves_an_engine_that_talks_nonsense(host, assignment):
    started = host(FLOW)
    engine = started.engine
    engine.greet()
    engine._answer = lambda attempt, header, *_: None
    attempt = engine.launch("start", 1)
    wait_for(lambda: engine.poll() or attempt.frames, "the process to be ready")
    if assignment is None:
        engine.selector.unregister(attempt.peer.sock)
        attempt.peer.sock.close()
        attempt.open -= 1
    else:
        attempt.peer.send(assignment)
    engine.finish(attempt)
    assert attempt.exit["code"] == 1
    if assignment and assignment.get("kind"):
        assert not attempt.frames[-1]["ok"] and "unknown kind" in attempt.frames[-1]["exception"]["message"]
    engine.shutdown()
    assert started.end()[0] == 0


def test_requests_that_the_engine_refuses_fail_the_step_with_its_words(host):
    started = host(FLOW.replace("self.next(self.end)", "self.gone\n        self.next(self.end)"))
    engine = started.engine
    engine.greet()
    attempt = engine.finish(engine.launch("start", 1, artifacts={"gone": {"digest": "0" * 64, "size": 1, "type": "int"}}))
    assert "The engine cannot give the artifact 'gone': no such blob" in attempt.done["exception"]["message"]
    assert attempt.output["stderr"].decode().endswith(attempt.done["exception"]["message"] + "\n")


def test_values_that_do_not_load_are_named(host):
    started = host(FLOW.replace("self.next(self.end)", "self.bad\n        self.next(self.end)"))
    engine = started.engine
    engine.greet()
    reference = {"digest": engine.keep(b"\x80\x04cnothing_like_it\nX\n."), "size": 5, "type": "nothing_like_it.X"}
    attempt = engine.finish(engine.launch("start", 1, artifacts={"bad": reference}))
    message = attempt.done["exception"]["message"]
    assert "'bad' (of type nothing_like_it.X) cannot be loaded in this process: ModuleNotFoundError" in message


def dumped(host, **more):
    import pickle

    started = host(FLOW.replace("class F", "class X:\n    def __str__(self): return 'an X'\n\nclass F"))
    engine = started.engine
    engine.greet()
    values = {"a": [1, "\u00fc"], "long": "y" * 50}
    artifacts = [
        {"name": name, "digest": engine.keep(pickle.dumps(value, 4)), "size": len(pickle.dumps(value, 4)),
         "type": type(value).__name__}
        for name, value in values.items()
    ]
    artifacts.append({"name": "x", "digest": engine.keep(b"\x80\x04c__main__\nX\n)\x81."), "size": 9, "type": "X"})
    attempt = Engine.launch(engine, "dump", 1)
    attempt.assignment = dict(
        {"type": "task", "protocol": 1, "kind": "dump", "flow": "F", "max_value_size": None, "file": None,
         "tasks": [{"path": "1/start/1", "artifacts": artifacts}]},
        **more
    )
    return engine.finish(attempt)


def test_dump_prints(host):
    attempt = dumped(host)
    assert attempt.done["ok"]
    assert attempt.output["stdout"].decode().splitlines() == [
        "a [size: %d type: list] = [1, '\u00fc']" % len(__import__("pickle").dumps([1, "\u00fc"], 4)),
        "long [size: 65 type: str] = " + "y" * 50,
        "x [size: 9 type: X] = an X",
    ]
    lines = dumped(host, max_value_size=30).output["stdout"].decode().splitlines()
    assert lines[1] == "long [size: 65 type: str] = < artifact too large >"
    lines = dumped(host, max_value_size=0).output["stdout"].decode().splitlines()
    assert lines[2] == "x [size: 9 type: X]"


def test_dump_writes_a_file(host, tmp_path):
    import pickle

    attempt = dumped(host, file=str(tmp_path / "out"), max_value_size=65)
    assert attempt.done["ok"], attempt.output
    assert attempt.output["stdout"] == b""
    assert [name for name in os.listdir(str(tmp_path)) if name.startswith("out")] == ["out"]

    class Loader(pickle.Unpickler):
        def find_class(self, module, name):
            return type(name, (), {}) if module == "__main__" else super().find_class(module, name)

    with open(str(tmp_path / "out"), "rb") as file:
        values = Loader(file).load()
    assert list(values) == ["1/start/1"]
    assert values["1/start/1"]["a"] == [1, "\u00fc"] and values["1/start/1"]["long"] == "y" * 50
    assert type(values["1/start/1"]["x"]).__name__ == "X"


def test_channels_of_the_fake_engine_are_its_own():
    one, other = socket.socketpair()
    Peer(one).send({"type": "x"}, b"12")
    assert Peer(other).next() == ({"type": "x"}, b"12", [])


def test_a_further_host_is_told_what_the_first_has_found_out(host):
    text = """
from metaflow import Config, FlowMutator, FlowSpec, Parameter, step

class Add(FlowMutator):
    def pre_mutate(self, flow):
        print("mutating")
        flow.add_parameter("added", Parameter("added", default=flow.config.x))

def never(ctx):
    raise AssertionError("asked again")

@Add
class F(FlowSpec):
    config = Config("config", default_value=never)
    plain = Config("plain", parser=never, plain=True)
    @step
    def start(self):
        self.seen = [self.config.x, self.plain, self.added]
        self.next(self.end)
    @step
    def end(self):
        pass

if __name__ == "__main__":
    F()
"""
    started = host(text, "run")
    assert started.engine.greet()["configure"]
    configs = {"config": {"value": {"x": 3}, "plain": False}, "plain": {"value": [1, 2], "plain": True}}
    answer = started.engine.configure({"configs": configs})
    assert answer["type"] == "flow" and answer["configs"] == configs
    started.engine.run()
    start = started.engine.order[1]
    assert start.done["ok"], start.output
    assert started.engine.value(start, "seen") == [3, [1, 2], 3]
    started.engine.shutdown()
    assert started.end() == (0, "mutating\n", "")


def test_a_host_that_is_configured_twice_gives_up(host):
    started = host(FLOW)
    started.engine.greet()
    assert started.engine.configure({})["type"] == "flow"
    started.engine.host.send({"type": "configure", "with": []})
    assert started.process.wait(timeout=20) == 1
