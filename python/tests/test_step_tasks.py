"""What happens around a step's code: decorators in force, fallbacks, unbounded foreaches, hooks."""

import hashlib
import json
import pickle
import textwrap

import pytest

from penstock import _engine_artifacts
from test_flows import flow, linear


def settings(attempt=0, user_attempts=1, fallback=False, **decorators):
    """Members of an assignment, as the engine sends them."""
    more = {"fallback": True} if fallback else {}
    return dict(decorators=decorators, attempt=attempt, user_attempts=user_attempts, **more)


CATCH = {"var": "failure", "print_exception": True}


def test_the_known_pickles_are_what_they_say():
    for value, raw, digest in (
        _engine_artifacts.TRUE, _engine_artifacts.FALSE, _engine_artifacts.NONE, _engine_artifacts.EMPTY,
    ):
        assert pickle.dumps(value, 4) == raw and hashlib.sha256(raw).hexdigest() == digest


def test_catch_keeps_the_exception_and_goes_on(bench):
    text = flow(
        ("start", "self.before = 1\nself.failure = 'old'\nraise KeyError('no such thing')\nself.next(self.middle)"),
        ("middle", "self.seen = (self.before, self.failure.type, self.failure.exception)\nself.next(self.end)"),
        ("end", ""),
    )
    outcome = bench.run(text, plan={"assign": {"start": settings(catch=CATCH), "end": settings(catch=CATCH)}})
    start, middle, end = (outcome.one(name) for name in ("start", "middle", "end"))
    assert start.ok and start["done"]["caught"] is True and start["exit"]["code"] == 0
    assert start["done"]["transition"]["targets"] == ["middle"] and start["done"]["exception"] is None
    assert middle.value("seen") == (1, "builtins.KeyError", "'no such thing'")
    assert start.value("_task_ok") is True and start.value("_success") is False and start.value("_exception") is None
    assert start.value("_catch_exception").type == "builtins.KeyError"
    assert middle.value("_success") is True
    assert ">    raise" not in start.err and "KeyError: 'no such thing'" in start.out and "_step_task" not in start.out
    assert 'flow.py", line' in start.value("failure").stacktrace and "penstock" not in start.value("failure").stacktrace
    assert end.value("failure") is None and "caught" not in end["done"]


def test_catch_waits_for_the_last_attempt_and_can_be_quiet(bench):
    quiet = {"var": None, "print_exception": False}
    text = linear("raise ValueError('x')")
    first = bench.run(text, plan={"assign": {"start": settings(0, 2, catch=quiet)}}).one("start")
    assert not first.ok and first.value("_exception").type == "builtins.ValueError"
    last = bench.run(text, plan={"assign": {"start": settings(1, 2, catch=quiet)}}).one("start")
    assert last.ok and last.out == "" and last.err == ""


@pytest.mark.parametrize("body, code", [("sys.exit(3)", 3), ("raise KeyboardInterrupt", 1), ("sys.exit(202)", 202)])
def test_catch_takes_no_more_than_exceptions(bench, body, code):
    start = bench.run(linear("import sys\n" + body), plan={"assign": {"start": settings(catch=CATCH)}}).one("start")
    assert not start.ok and start["exit"]["code"] == code
    assert start["done"].get("no_retry") is (True if code == 202 else None)


def test_catch_cannot_help_what_cannot_be_stored(bench):
    text = linear("self.x = lambda: 1\nself.y = [self.x]")
    start = bench.run(text, plan={"assign": {"start": settings(catch=CATCH)}}).one("start")
    assert not start.ok and "self.y" in start["done"]["exception"]["message"]


def test_a_fallback_attempt_runs_no_code_of_the_person(bench):
    text = linear("print('here')")
    plan = {"assign": {"start": settings(2, 2, True, catch=CATCH, timeout=1, secrets={"sources": ["nosuch.x"]})}}
    start = bench.run(text, plan=plan).one("start")
    assert start.ok and "here" not in start.out.splitlines()
    assert start.value("failure").type == "metaflow.plugins.catch_decorator.FailureHandledByCatch"
    assert "All 2 attempts" in start.value("failure").exception


def test_time_out(bench):
    text = linear("import time\nself.before = 1\ntime.sleep(20)")
    start = bench.run(text, plan={"assign": {"start": settings(timeout=1)}}).one("start")
    exception = start["done"]["exception"]
    assert exception["type"] == "metaflow.plugins.timeout_decorator.TimeoutException"
    assert exception["message"] == "Step *start* timed out: it may take 1 second."
    assert "time.sleep(20)" in exception["traceback"] and "_timeout.py" not in exception["traceback"]
    assert start.value("before") == 1
    caught = bench.run(text, plan={"assign": {"start": settings(timeout=1, catch=CATCH)}}).one("start")
    assert caught.ok and caught.value("failure").type == exception["type"]


def test_time_that_suffices_leaves_no_trace(bench):
    text = linear("import signal\nself.left = signal.getitimer(signal.ITIMER_REAL)[0] > 0",
                  end="import signal\nself.left = signal.getitimer(signal.ITIMER_REAL)[0]")
    outcome = bench.run(text, plan={"assign": {"start": settings(timeout=30)}})
    assert outcome.one("start").value("left") is True and outcome.one("end").value("left") == 0


def test_time_is_not_over_in_the_middle_of_a_message(bench):
    body = """
        import time
        from penstock._frames import Channel
        plain = Channel.receive
        def slow(channel):
            time.sleep(1.5)
            return plain(channel)
        Channel.receive = slow
        self.got = self.early
        time.sleep(20)
    """
    text = flow(("start", "self.early = [1]\nself.next(self.middle)"),
                ("middle", textwrap.dedent(body) + "self.next(self.end)"), ("end", ""))
    middle = bench.run(text, plan={"assign": {"middle": settings(timeout=1, catch=CATCH)}}).one("middle")
    assert middle.ok and middle.value("failure").type.endswith("TimeoutException")
    assert "time.sleep(20)" in middle.value("failure").stacktrace and middle.value("got") == [1]


def test_catch_cannot_set_a_parameter(bench):
    text = linear("raise ValueError('x')", extra="failure = Parameter('failure', default=1)")
    start = bench.run(text, plan={"assign": {"start": settings(catch=CATCH)}}).one("start")
    assert not start.ok and "'failure' is a parameter" in start["done"]["exception"]["message"]


def test_exceptions_that_are_compared_by_name_are_found_under_that_name():
    from metaflow.exception import ExternalCommandFailed, MetaflowException
    from metaflow.plugins.catch_decorator import FailureHandledByCatch
    from metaflow.plugins.timeout_decorator import TimeoutException

    for cls in (ExternalCommandFailed, MetaflowException, FailureHandledByCatch, TimeoutException):
        assert pickle.loads(pickle.dumps(cls)) is cls and cls.__module__.startswith("metaflow.")
    assert pickle.loads(pickle.dumps(FailureHandledByCatch(3))).retry_count == 3


INLINE = {"type": "inline", "id": "1", "options": {"env_vars": {"SECRET_1": "Pizza", "s_2": "eel"}}}


def test_secrets_are_variables(bench):
    plan = {"assign": {"start": settings(secrets={"sources": [INLINE]})}}
    text = linear("import os\nself.got = [os.environ.get(n) for n in ('SECRET_1', 's_2')]",
                  end="import os\nself.got = os.environ.get('SECRET_1')")
    outcome = bench.run(text, plan=plan)
    assert outcome.one("start").value("got") == ["Pizza", "eel"] and outcome.one("end").value("got") is None


def inline(**variables):
    return {"type": "inline", "id": "2", "options": {"env_vars": variables}}


@pytest.mark.parametrize(
    "sources, message",
    [
        ([inline(**{"1A": "x"})], "'1A' as the name of a variable"),
        ([inline(METAFLOW_USER="x")], "begin with METAFLOW_"),
        ([inline(A=5)], "value for A of type int"),
        ([INLINE, inline(SECRET_1="x")], "both set the variable SECRET_1"),
        ([inline(HOME_X="x")], "HOME_X, which is set already"),
        (["plain"], "METAFLOW_DEFAULT_SECRETS_BACKEND_TYPE"),
        (["aws-secrets-manager.x"], "backend 'aws-secrets-manager', which this version"),
        ([5], "a source of type int"),
        ([{"type": "inline"}], "without an 'id'"),
        ([{"type": "inline", "id": "x", "options": "y"}], "'options' is of type str"),
        ([{"type": "inline", "id": "x", "options": {"env_vars": [1]}}], "gives a list"),
    ],
)
def test_secrets_that_cannot_be(bench, sources, message):
    plan = {"assign": {"start": settings(secrets={"sources": sources})}, "environment": {"HOME_X": "1"}}
    start = bench.run(linear("print('here')"), plan=plan).one("start")
    assert not start.ok and message in start["done"]["exception"]["message"] and start.out == ""


def test_secrets_may_replace_variables_when_they_are_told_to(bench):
    plan = {"assign": {"start": settings(secrets={"sources": [inline(A="new")], "allow_override": True})},
            "environment": {"A": "old"}}
    assert bench.run(linear("import os\nself.got = os.environ['A']"), plan=plan).one("start").value("got") == "new"


def test_values_of_secrets_come_beside_the_order_on_clusters(bench):
    values = {"start": [None, {"env_vars": {"TOKEN": "eel"}}], "end": [{"env_vars": {"TOKEN": "other"}}]}
    sources = [INLINE, {"type": "inline", "id": "2"}]
    plan = {"assign": {"start": settings(secrets={"sources": sources})},
            "environment": {"PENSTOCK_SECRETS": json.dumps(values)}}
    text = linear("import os\nself.got = [os.environ.get(n) for n in ('SECRET_1', 'TOKEN', 'PENSTOCK_SECRETS')]",
                  end="import os\nself.got = [os.environ.get(n) for n in ('TOKEN', 'PENSTOCK_SECRETS')]")
    outcome = bench.run(text, plan=plan)
    assert outcome.one("start").value("got") == ["Pizza", "eel", None] and outcome.one("end").value("got") == [None, None]


@pytest.mark.parametrize("text", ["{", "[]", "5"])
def test_values_of_secrets_that_did_not_arrive(bench, text):
    plan = {"assign": {"start": settings(secrets={"sources": [{"type": "inline", "id": "2"}]})},
            "environment": {"PENSTOCK_SECRETS": text}}
    start = bench.run(linear("print('here')"), plan=plan).one("start")
    assert not start.ok and "did not arrive whole" in start["done"]["exception"]["message"] and start.out == ""


def test_parallel(bench):
    text = flow(
        ("start", "self.n = 3\nself.next(self.work, num_parallel=self.n)"),
        ("work", "p = current.parallel\nself.got = (self.input, self.index, p.num_nodes, p.node_index, p.main_ip,\n"
                 "    p.control_task_id, current.is_parallel)\nself.stack = self.foreach_stack()\nself.next(self.join)"),
        ("join(inputs)", "self.got = [i.got for i in inputs]; self.parallel = 'is_parallel' in current\nself.next(self.end)"),
        ("end", ""),
    )
    outcome = bench.run(text)
    start, end = outcome.one("start"), outcome.one("end")
    assert start["done"]["transition"] == {
        "targets": ["work"], "foreach": "_parallel_ubf_iter", "splits": None, "values": None, "unbounded": True,
        "parallel": 3,
    }
    assert start.value("_transition") == (["work"], "_parallel_ubf_iter") and start.value("_unbounded_foreach") is True
    assert start.value("_parallel_ubf_iter").num_parallel == 3 and start.value("_foreach_num_splits") is None
    assert end.value("got") == [(i, i, 3, i, "127.0.0.1", "9", True) for i in range(3)]
    assert end.value("parallel") is False
    nodes = sorted(outcome.of("work"), key=lambda task: task.value("got")[0])
    assert [task.value("stack") for task in nodes] == [[(i, None, i)] for i in range(3)]
    facts = [{item["name"]: item["value"] for item in task["metadata"]} for task in nodes]
    assert facts[0] == {"parallel-world-size": "3", "internal_task_type": "control_task"}
    assert facts[1] == facts[2] == {"parallel-world-size": "3"}
    own = "1/work/%s" % nodes[0]["task"]
    assert nodes[0].value("_control_mapper_tasks") == [own, own + "_node_1", own + "_node_2"]
    assert nodes[0].value("_control_task_is_mapper_zero") is True
    assert "_control_mapper_tasks" not in nodes[1]["stored"]


UNBOUNDED = (
    ("start", "from metaflow.plugins import InternalTestUnboundedForeachInput as U\nself.v = U(%s)\n"
              "self.next(self.work, foreach='v')"),
    ("work", "self.got = (self.index, self.input)\nself.stack = self.foreach_stack()\nself.next(self.join)"),
    ("join(inputs)", "self.got = sorted(i.got for i in inputs)\nself.next(self.end)"),
    ("end", ""),
)


def test_unbounded_foreach(bench):
    steps = [(name, body % "'ab'" if "%s" in body else body) for name, body in UNBOUNDED]
    outcome = bench.run(flow(*steps), plan={"assign": {"work": settings(timeout=20)}})
    start, end = outcome.one("start"), outcome.one("end")
    assert start["done"]["transition"] == {
        "targets": ["work"], "foreach": "v", "splits": None, "values": None, "unbounded": True,
    }
    control, *mappers = outcome.of("work")
    assert control["done"]["mappers"] == 2 and "got" not in control["stored"]
    assert control["metadata"] == [{"name": "internal_task_type", "value": "control_task", "type": "internal_task_type"}]
    own = "1/work/%s" % control["task"]
    assert control.value("_control_mapper_tasks") == [own + "-0", own + "-1"]
    assert control.value("_transition") == (["join"], None)
    assert [task.value("stack") for task in mappers] == [[(0, None, "a")], [(1, None, "b")]]
    assert end.value("got") == [(0, "a"), (1, "b")]


@pytest.mark.parametrize("items, message", [("[]", "is empty"), ("5", "not iterable")])
def test_unbounded_foreach_over_nothing(bench, items, message):
    steps = [(name, body % items if "%s" in body else body) for name, body in UNBOUNDED]
    control = bench.run(flow(*steps)).one("work")
    assert not control.ok and message in control["done"]["exception"]["message"]


def test_unbounded_foreach_needs_a_join(bench):
    steps = [UNBOUNDED[0], ("work", "self.next(self.end)"), ("end", "")]
    start = bench.run(flow((steps[0][0], steps[0][1] % "'ab'"), *steps[1:])).one("start")
    assert not start.ok and "followed by one join" in start["done"]["exception"]["message"]


def test_iterations_are_counted_by_the_engine(bench):
    outcome = bench.run(linear(""), plan={"assign": {"start": {"iteration": 2}}})
    start, end = outcome.one("start"), outcome.one("end")
    assert start.value("_iteration_stack") == [2] and end.value("_iteration_stack") == []
    assert "_iteration_stack" in end["stored"]


def test_a_switch_reports_its_condition(bench):
    text = flow(("start", "self.v = 'x'\nself.next({'x': self.a, 'y': self.end}, condition='v')"),
                ("a", "self.next(self.end)"), ("end", ""))
    start = bench.run(text).one("start")
    assert start["done"]["transition"] == {
        "targets": ["a"], "foreach": None, "splits": None, "values": None, "condition": "v",
    }


def test_items_need_not_be_told(bench):
    text = flow(("start", "self.v = 'ab'\nself.next(self.a, foreach='v')"), ("a", "self.next(self.j)"),
                ("j(inputs)", "self.next(self.end)"), ("end", ""))
    process = bench.run(text, environment={"METAFLOW_INCLUDE_FOREACH_STACK": "0"})
    start = process.one("start")
    assert start["done"]["transition"]["splits"] == 2 and start["done"]["transition"]["values"] is None
    assert start.value("_foreach_num_splits") == 2 and start.value("_foreach_values") is None


HOOKS = """
    from metaflow import FlowSpec, step, exit_hook

    def plain():
        print("plain")

    def with_run(run):
        print("run", run)

    def any_words(**words):
        print(sorted(words))

    def broken():
        raise ValueError("a hook")

    @exit_hook(on_success=[plain, "with_run"])
    @exit_hook(on_error=[broken])
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


def test_exit_hooks(bench):
    plan = {"hooks": ["plain", "with_run", "any_words", "broken", "nosuch", "os.getcwd"]}
    outcome = bench.run(textwrap.dedent(HOOKS), plan=plan)
    described = [each["attributes"] for each in outcome["hello"]["flow"]["decorators"]]
    assert {"on_success": ["plain", "with_run"]} in described and {"on_error": ["broken"]} in described
    plain, run, words, broken, missing, dotted = outcome.of("_hook")
    assert plain.ok and plain.out == "plain\n"
    assert run.ok and run.out.startswith("run ")
    assert words.out == "['run']\n"
    assert not broken.ok and "ValueError: a hook" in broken.err and "_hook.py" not in broken.err
    assert not missing.ok and "no function 'nosuch'" in missing["done"]["exception"]["message"]
    assert dotted.ok


def test_spin_overrides(bench):
    module = bench.write("overrides.py", "ARTIFACTS = {'x': [5], 'p': 7}\n")
    text = flow(
        ("start", "self.x = [1]; self.y = 2\nself.next(self.middle)"),
        ("middle", "self.got = (self.x, self.y, self.p)\nself.next(self.end)"), ("end", ""),
        extra="p = Parameter('p', default=1)",
    )
    outcome = bench.run(text, plan={"assign": {"middle": {"overrides": str(module)}}})
    assert outcome.one("middle").value("got") == ([5], 2, 7)
    assert outcome.one("end").value("x") == [5]


def test_spin_overrides_what_is_split(bench):
    module = bench.write("overrides.py", "ARTIFACTS = {'v': 'xyz'}\n")
    text = flow(
        ("start", "self.v = 'ab'\nself.next(self.work, foreach='v')"),
        ("work", "self.got = self.input\nself.next(self.join)"),
        ("join(inputs)", "self.got = [i.got for i in inputs]\nself.next(self.end)"), ("end", ""),
    )
    outcome = bench.run(text, plan={"assign": {"work": {"overrides": str(module)}}})
    assert outcome.one("end").value("got") == ["x", "y"]


def test_spin_overrides_of_a_join(bench):
    module = bench.write("overrides.py", "ARTIFACTS = {'1/a/2': {'x': 'A'}, '1/b/3': {'x': 'B', 'same': [3]}, '1/a/3': {}}\n")
    text = flow(
        ("start", "self.same = [0]\nself.next(self.a, self.b)"),
        ("a", "self.x = 'a'; self.same = [3]\nself.next(self.join)"), ("b", "self.x = 'b'\nself.next(self.join)"),
        ("join(inputs)", "self.got = [i.x for i in inputs]\nself.merge_artifacts(inputs, include=['same'])\nself.next(self.end)"),
        ("end", "self.got = (self.got, self.same)"),
    )
    outcome = bench.run(text, plan={"workers": 1, "assign": {"join": {"overrides": str(module)}}})
    assert outcome.one("end").value("got") == (["A", "B"], [3])


@pytest.mark.parametrize(
    "content, message", [("x = 1", "no ARTIFACTS"), ("1/0", "ZeroDivisionError"), ("ARTIFACTS = [1]", "no ARTIFACTS")])
def test_overrides_that_cannot_be_read(bench, content, message):
    module = bench.write("overrides.py", content + "\n")
    start = bench.run(linear(""), plan={"assign": {"start": {"overrides": str(module)}}}).one("start")
    assert not start.ok and message in start["done"]["exception"]["message"]


def test_current(bench):
    body = """
        self.facts = {name: getattr(current, name) for name in
            'flow_name run_id step_name task_id retry_count origin_run_id pathspec namespace username parameter_names '
            'is_running_flow project_name branch_name project_flow_name is_user_branch is_production tempdir'.split()}
        self.tags = current.tags
        self.missing = [name for name in ('parallel', 'is_parallel', 'card', 'trigger', 'nosuch') if name in current]
        self.default = current.get('trigger', 5), current.get('flow_name')
        current._update_env({'mine': 1})
        self.mine = current.mine
        self.graph = sorted(current.graph['steps'])
        try:
            current.trigger
        except AttributeError as error:
            self.error = str(error)
        self.text = str(self)
    """
    project = {"name": "p", "branch": "user.me", "flow": "p.user.me.F", "is_user_branch": True, "is_production": False}
    outcome = bench.run(linear(body, extra="x = Parameter('x', default=1)"), plan={"assign": {"start": {"project": project}}})
    start = outcome.one("start")
    assert start.value("facts") == {
        "flow_name": "F", "run_id": "1", "step_name": "start", "task_id": "1", "retry_count": 0, "origin_run_id": None,
        "pathspec": "F/1/start/1", "namespace": "user:tester", "username": "tester", "parameter_names": ["x"],
        "is_running_flow": True, "project_name": "p", "branch_name": "user.me", "project_flow_name": "p.user.me.F",
        "is_user_branch": True, "is_production": False, "tempdir": ".",
    }
    assert start.value("tags") == {"t\u00e4g"} and start.value("missing") == []
    assert start.value("default") == (5, "F") and start.value("mine") == 1
    assert start.value("graph") == ["end", "start"] and start.value("error") == "current has no 'trigger' here"
    assert start.value("text") == "<flow F step start>"


def test_current_outside_of_a_task():
    from penstock._current import Current

    current = Current()
    current._update_env({"extra": 1})
    assert current.flow_name is None and current.pathspec is None and current.task is None and current.run is None
    assert not current.is_running_flow and current.extra == 1
    with pytest.raises(AttributeError):
        current.parallel
    with pytest.raises(RuntimeError):
        current.graph


def test_triggers(bench):
    triggers = [
        {"name": "old", "id": "a", "timestamp": 1700000000, "type": "event"},
        {"name": "metaflow.Up.end", "id": "Up/12/end/4", "timestamp": 1700000009, "type": "run"},
    ]
    body = """
        t = current.trigger
        self.got = (t.event.name, [e.name for e in t], t.event.timestamp.year)
    """
    start = bench.run(linear(body), plan={"assign": {"start": {"triggers": triggers}}}).one("start")
    assert start.value("got") == ("metaflow.Up.end", ["metaflow.Up.end", "old"], 2023)
