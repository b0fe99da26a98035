"""Whole flows through hand-over, worker host and tasks, with the fake engine."""

import pickle

import pytest

HEAD = "from metaflow import FlowSpec, step, Parameter, JSONType, current\n"
TAIL = "\nif __name__ == '__main__':\n    F()\n"


def flow(*steps, extra="", head=""):
    """The text of a flow class F: ``(name[(inputs)], body)`` for each step."""
    import textwrap

    lines = [HEAD, head, "class F(FlowSpec):", textwrap.indent(textwrap.dedent(extra), "    ")]
    for name, body in steps:
        name, _, inputs = name.partition("(")
        lines.append("    @step\n    def %s(self%s):" % (name, ", " + inputs.rstrip(")") if inputs else ""))
        lines.append(textwrap.indent(textwrap.dedent(body).strip() or "pass", "        "))
    return "\n".join(lines) + TAIL


def linear(body, end="", **more):
    import textwrap

    return flow(("start", textwrap.dedent(body) + "\nself.next(self.end)"), ("end", end), **more)


def test_artifacts_go_along_and_changes_in_place_stay(bench):
    text = flow(
        ("start", "self.kept = {'a': 1}; self.read = [1]; self.changed = [1]; self.__mine = 2; self._hidden = 3\n"
                  "self.function = lambda: 1; self.method = self.start\nself.next(self.middle)"),
        ("middle", "assert self.read == [1]\nself.changed.append(2)\ndel self.changed\nassert self.changed == [1]\n"
                   "self.changed.append(self.__mine)\nself.next(self.end)"),
        ("end", "self.seen = (self.kept, self.changed, self._hidden, self.name, hasattr(self, 'function'))"),
    )
    outcome = bench.run(text)
    assert [task.ok for task in outcome.tasks] == [True] * 4
    start, middle, end = (outcome.one(name) for name in ("start", "middle", "end"))
    assert {"kept", "read", "changed", "_F__mine", "_hidden"} <= set(start["stored"])
    assert not {"function", "method"} & set(start["stored"])
    assert middle["stored"] == ["_current_step", "_transition", "changed"]
    assert end.value("seen") == ({"a": 1}, [1, 2], 3, "F", False)
    assert end.value("_current_step") == "end" and start.value("_transition") == (["middle"], None)
    assert end.value("_task_ok") is True and end.value("_success") is True and end.value("_exception") is None
    assert end.value("_graph_info")["steps"]["start"]["next"] == ["middle"]
    assert end["types"]["kept"] == "dict" and end["types"]["_graph_info"] == "dict"


def test_parameters_and_constants(bench):
    extra = """
        a = Parameter('a', default=1)
        b = Parameter('b-long', type=float)
        c = Parameter('c', default='x', separator=',')
        d = Parameter('d', type=JSONType, default='{"k": [1]}')
        e = Parameter('e', default=False)
        f = Parameter('f', default=lambda ctx: ctx.parameter_name + ctx.flow_name + ctx.user_name)
        g = Parameter('g', type=lambda text: text.upper(), default='low')
        h = Parameter('h', default={'z': None})
        i = Parameter('i', default=2.5)
        j = Parameter('j', multiple=True, type=int)
        k = Parameter('k', default=lambda ctx: 1/0)
        fixed = [1, 2]
    """
    names = "abcdefghij"
    text = linear("self.all = [getattr(self, n) for n in %r] + [self.fixed]" % names, extra=extra)
    given = {"b-long": "2", "c": "u,v", "e": "True", "k": "given", "j": ["1", "2"]}
    outcome = bench.run(text, plan={"given": given})
    assert outcome.one("end").value("all") == [
        1, 2.0, ["u", "v"], {"k": [1]}, True, "fFtester", "LOW", {"z": None}, 2.5, (1, 2), [1, 2],
    ]
    first = outcome.one("_parameters")
    assert first.value("fixed") == [1, 2] and first.value("k") == "given" and first.value("_current_step") == "_parameters"


@pytest.mark.parametrize(
    "parameter, given, error",
    [
        ("'p', type=int", "x", "Parameter 'p' cannot take the value 'x'"),
        ("'p', type=float", "", "Parameter 'p' cannot take the value ''"),
        ("'p', type=bool", "maybe", "'maybe', which is no bool: say True or False"),
        ("'p', type=JSONType", "{", "no JSON"),
        ("'p', type=convert", "x", "no convert: sorry"),
        ("'p', type=int, default=lambda ctx: '1'", None, "returns a str; it has to be a int"),
        ("'p', type=bool, default=lambda ctx: 1", None, "returns a int; it has to be a bool"),
        ("'p', default=lambda ctx: 1", None, "returns a int; it has to be a str"),
        ("'p', type=JSONType, default=lambda ctx: {1, 2}", None, "returns a set; it has to be a JSON"),
        ("'p', default=convert", None, "its default failed: ValueError: sorry"),
    ],
)
def test_bad_parameters_fail_the_first_task(bench, parameter, given, error):
    head = "def convert(x):\n    raise ValueError('sorry')\n"
    text = linear("", extra="p = Parameter(%s)" % parameter, head=head)
    outcome = bench.run(text, plan={"given": {} if given is None else {"p": given}})
    (task,) = outcome.tasks
    assert not task.ok
    assert error in task["done"]["exception"]["message"]
    assert error in task.err


def test_parameters_and_constants_cannot_be_changed(bench):
    body = """
        for name in ('p', 'fixed'):
            try:
                setattr(self, name, 5)
            except AttributeError as error:
                print(error)
        self.index_error = None
        try:
            self.input = 1
        except AttributeError as error:
            print('input')
    """
    outcome = bench.run(linear(body, extra="p = Parameter('p', default=1)\nfixed = 2"))
    assert outcome.one("start").ok
    lines = outcome.one("start").out.splitlines()
    assert lines[0].startswith("'p' is a parameter") and lines[1].startswith("'fixed' is a constant")
    assert lines[2:] == ["input"]


NESTED = flow(
    ("start", "self.outer = ['x', 'y']; self.base = 1\nself.next(self.middle, foreach='outer')"),
    ("middle", "self.inner = {10, 20, 30}; self.word = self.input\nself.next(self.leaf, foreach='inner')"),
    ("leaf", "self.found = (self.word, self.index, self.foreach_stack())\nself.next(self.inner_join)"),
    ("inner_join(inputs)", "self.found = [i.found for i in inputs]; self.at = [i.index for i in inputs]\n"
                           "self.inside = [i.input for i in inputs]; assert self.index is not None\n"
                           "self.merge_artifacts(inputs, include=['word'])\nself.next(self.outer_join)"),
    ("outer_join(inputs)", "self.all = [i.found for i in inputs]; self.words = [i.word for i in inputs]\n"
                           "self.at = [i.at for i in inputs]; self.inside = inputs[1].inside; assert inputs[-1].word == 'y'\n"
                           "assert len(inputs) == 2 and [i.word for i in inputs[:1]] == ['x']\n"
                           "assert not hasattr(self, 'base')\nself.next(self.end)"),
    ("end", "self.stack = self.foreach_stack(); print(self.index, self.input)"),
)


def test_nested_foreach(bench):
    outcome = bench.run(NESTED, plan={"workers": 3})
    end = outcome.one("end")
    items = list({10, 20, 30})
    for outer, word in enumerate("xy"):
        for inner, item in enumerate(items):
            assert end.value("all")[outer][inner] == (word, inner, [(outer, 2, word), (inner, 3, item)])
    assert end.value("words") == ["x", "y"] and end.value("at") == [[0, 1, 2]] * 2
    assert end.value("inside") == items
    assert end.value("stack") == [] and end.out == "None None\n"
    leaf = outcome.of("leaf")[0]
    frames = leaf.value("_foreach_stack")
    assert [(f.step, f.var, f.num_splits, f.index) for f in frames] == [
        ("start", "outer", 2, frames[0].index), ("middle", "inner", 3, frames[1].index),
    ]
    start = outcome.one("start")
    assert start["done"]["transition"] == {"targets": ["middle"], "foreach": "outer", "splits": 2, "values": ["x", "y"]}
    assert start.value("_foreach_num_splits") == 2 and start.value("_foreach_values") == ["x", "y"]
    assert end.value("_foreach_stack") == []


@pytest.mark.parametrize(
    "value, items, texts",
    [
        ("'abc'", ["a", "b", "c"], ["a", "b", "c"]),
        ("{0: 'x', 1: 'y'}", ["x", "y"], ["0", "1"]),
        ("range(2)", [0, 1], ["0", "1"]),
        ("[None, [1] * 50, 'l' * 50]", [None, [1] * 50, "l" * 50], ["None", "[1, 1, 1, 1, 1, 1, ...]", "l" * 30]),
        ("(1.5, True)", [1.5, True], ["1.5", "True"]),
    ],
)
def test_what_a_foreach_takes(bench, value, items, texts):
    text = flow(
        ("start", "self.v = %s\nself.next(self.body, foreach='v')" % value),
        ("body", "self.got = self.input\nself.next(self.join)"),
        ("join(inputs)", "self.got = [i.got for i in inputs]\nself.next(self.end)"),
        ("end", ""),
    )
    outcome = bench.run(text)
    assert outcome.one("end").value("got") == items
    assert outcome.one("start")["done"]["transition"]["values"] == texts


@pytest.mark.parametrize(
    "body, error, text",
    [
        ("self.next(self.a, foreach='v')", "InvalidNextException", "there is no self.v"),
        ("self.v = 5; self.next(self.a, foreach='v')", "InvalidNextException", "type int, which cannot be iterated"),
        ("self.v = []; self.next(self.a, foreach='v')", "InvalidNextException", "self.v of the foreach is empty"),
        ("self.next(self.a, foreach=['v'])", "InvalidNextException", "as a text"),
        ("self.v = [1]; self.next(self.a, self.end, foreach='v')", "InvalidNextException", "2 targets"),
        ("self.next(self.a, other=1)", "InvalidNextException", "unknown keyword 'other'"),
        ("self.next('a')", "InvalidNextException", "argument 1 of self.next() is not a method of the flow but str"),
        ("self.next()", "InvalidNextException", "without a step"),
        ("self.next(self.a); self.next(self.a)", "InvalidNextException", "second time"),
        ("self.next({'x': self.a, 'y': self.end}, condition='v')", "InvalidNextException", "there is no self.v"),
        ("self.v = 'z'; self.next({'x': self.a, 'y': self.end}, condition='v')", "RuntimeError", "'z', for which"),
        ("self.next({'x': self.a})", "InvalidNextException", "needs condition"),
        ("self.next(self.a, condition='v')", "InvalidNextException", "needs one dictionary"),
        ("self.next({}, condition='v')", "InvalidNextException", "needs one dictionary"),
        ("self.v = []; self.next({'x': self.a, 'y': self.end}, condition='v')", "RuntimeError", "[], for which"),
        ("self.v = 'x'; self.next({'x': 'a', 'y': self.end}, condition='v')", "InvalidNextException", "not a method"),
        ("self.v = 'x'; self.next({'x': self.a}, condition='v', foreach='v')", "InvalidNextException", "more than one of"),
        ("self.next(self.a, num_parallel=0)", "InvalidNextException", "num_parallel=0; it has to be at least 1"),
        ("self.next(self.a, num_parallel='2')", "InvalidNextException", "num_parallel of type str"),
        ("self.next(self.a, self.end, num_parallel=2)", "InvalidNextException", "2 targets"),
        ("self.v = (1 // 0 for _ in 'a'); self.next(self.a, foreach='v')", "InvalidNextException", "division"),
    ],
)
def test_transitions_that_cannot_be(bench, body, error, text):
    outcome = bench.run(flow(("start", body), ("a", "self.next(self.end)"), ("end", "")))
    start = outcome.one("start")
    exception = start["done"]["exception"]
    assert exception["type"].rsplit(".", 1)[1] == error
    assert text in exception["message"]
    assert 'flow.py", line' in exception["traceback"] and "_transition.py" not in exception["traceback"]
    assert start["done"]["transition"] is None and start["exit"]["code"] == 1


def test_a_switch_takes_its_way(bench):
    text = flow(
        ("start", "self.v = 2\nself.next({1: self.a, 2: self.b}, condition='v')"),
        ("a", "self.next(self.end)"), ("b", "self.next(self.end)"), ("end", ""),
    )
    outcome = bench.run(text)
    assert [task.step for task in outcome.tasks] == ["_parameters", "start", "b", "end"]


MERGE = (
    ("start", "self.same = [1]; self.both = 0; self.left = 0\nself.next(self.a, self.b)"),
    ("a", "self.only_a = 1; self.both = 1; self.left = 'a'\nself.next(self.join)"),
    ("b", "self.only_b = [2]; self.both = 1; self.left = 'b'\nself.next(self.join)"),
)


def test_merge_takes_what_agrees(bench):
    text = flow(
        *MERGE,
        ("join(inputs)", "self.left = inputs.a.left + inputs.b.left; assert inputs.b.only_b == [2]\n"
                         "self.merge_artifacts(inputs, exclude=['only_a'])\nself.only_b.append(3); print(self.same)\n"
                         "self.next(self.end)"),
        ("end", "self.result = (self.same, self.both, self.left, self.only_b, hasattr(self, 'only_a'))"),
    )
    outcome = bench.run(text)
    assert outcome.one("end").value("result") == ([1], 1, "ab", [2, 3], False)
    join = outcome.one("join")
    assert {"same", "both", "left", "only_b"} <= set(join["stored"])
    assert join["raw"]["same"] == outcome.one("start")["raw"]["same"]


@pytest.mark.parametrize(
    "call, error, names, text",
    [
        ("(inputs)", "UnhandledInMergeArtifactsException", "['left']", "cannot merge these artifacts.*: left"),
        ("(inputs, include=['left', 'same'])", "UnhandledInMergeArtifactsException", "['left']", "left"),
        ("(inputs, include=['none', 'same'])", "MissingInMergeArtifactsException", "['none']", "which no input has: none"),
        ("(inputs, include=['same'], exclude=['left'])", "MetaflowException", "None", "both exclude and include"),
        ("([1])", "MetaflowException", "None", "takes the inputs of the join"),
    ],
)
def test_merge_refuses(bench, call, error, names, text):
    import re

    body = (
        "try:\n    self.merge_artifacts%s\n"
        "except Exception as e:\n    print(getattr(e, 'artifact_names', None))\n    raise" % call
    )
    outcome = bench.run(flow(*MERGE, ("join(inputs)", body + "\nself.next(self.end)"), ("end", "")))
    join = outcome.one("join")
    assert join.out == names + "\n"
    assert join["done"]["exception"]["type"].endswith("." + error)
    assert re.search(text, join["done"]["exception"]["message"])
    assert "same" not in join["stored"]


def test_merge_outside_of_a_join(bench):
    outcome = bench.run(linear("self.merge_artifacts([])"))
    assert "is no join" in outcome.one("start")["done"]["exception"]["message"]


def test_current_and_what_surrounds_a_task(bench):
    body = """
        import os, sys, signal
        c = current
        self.facts = [c.flow_name, c.run_id, c.step_name, c.task_id, c.retry_count, c.origin_run_id, c.pathspec,
                      c.namespace, c.username, sorted(c.tags), c.is_running_flow, c.parameter_names, 'run_id' in c,
                      c.get('nothing'), 'project_name' in c]
        try:
            c.project_name
        except AttributeError as error:
            self.error = str(error)
        self.process = [os.getpid() == os.getpgrp() == os.getsid(0), sys.stdin.read(), os.environ['EXTRA'],
                        sys.stdout.encoding, __name__, sys.argv[1:], os.getcwd(),
                        signal.getsignal(signal.SIGINT) is signal.default_int_handler,
                        signal.getsignal(signal.SIGTERM) == signal.SIG_DFL,
                        signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL, signal.set_wakeup_fd(-1)]
        self.open = sorted(int(name) for name in os.listdir('/proc/self/fd'))
        print('\\u00e4\\u20ac')
        print('err', file=sys.stderr)
    """
    text = linear(body, extra="p = Parameter('p', default=1)")
    outcome = bench.run(text, "run", "--p", "1", plan={"environment": {"EXTRA": "\u00fc"}})
    start = outcome.one("start")
    assert start.ok, start.err
    assert start.value("facts") == [
        "F", "1", "start", "1", 0, None, "F/1/start/1", "user:tester", "tester", ["t\u00e4g"], True, ["p"], True, None, False,
    ]
    assert start.value("error") == "current has no 'project_name' here"
    assert start.value("process") == [
        True, "", "\u00fc", "utf-8", "__main__", ["run", "--p", "1"], str(bench.folder), True, True, True, -1,
    ]
    # Standard streams, the task channel, the lifeline twice, and the folder that was being listed.
    assert len(start.value("open")) <= 7
    assert (start.out, start.err) == ("\u00e4\u20ac\n", "err\n")


ERRORS = [
    ("raise ValueError('no \u00e4')", "builtins.ValueError", "no \u00e4", 1),
    ("helper()", "__main__.Odd", "deep", 1),
    ("raise KeyError", "builtins.KeyError", "", 1),
    ("raise Unshowable()", "__main__.Unshowable", "<its text cannot be shown: builtins.ZeroDivisionError>", 1),
    ("raise KeyboardInterrupt", "builtins.KeyboardInterrupt", "", 1),
    ("import sys; sys.exit(7)", "builtins.SystemExit", "7", 7),
    ("import sys; sys.exit('bye')", "builtins.SystemExit", "bye", 1),
    ("self.missing", "builtins.AttributeError", "Flow F has no attribute 'missing'", 1),
]


@pytest.mark.parametrize("body, kind, message, code", ERRORS)
def test_failures_of_the_step(bench, body, kind, message, code):
    head = (
        "class Odd(Exception): pass\ndef helper():\n    try:\n        1/0\n    except Exception as e:\n"
        "        raise Odd('deep') from e\n"
        "class Unshowable(Exception):\n    def __str__(self):\n        return 1/0\n"
    )
    outcome = bench.run(linear("self.before = 1\nprint('said')\n" + body, head=head))
    start = outcome.one("start")
    exception = start["done"]["exception"]
    assert (exception["type"], exception["message"]) == (kind, message)
    assert start["exit"]["code"] == code and not start.ok
    assert "penstock/_" not in exception["traceback"]
    assert start.value("before") == 1 and start.out == "said\n"
    assert start.value("_task_ok") is False and start.value("_success") is False
    kept = start.value("_exception")
    assert (kept.type, kept.exception) == (kind, message)
    if "SystemExit" in kind:
        assert start.err == ("bye\n" if code == 1 else "")
    else:
        assert start.err == exception["traceback"]
    if kind == "__main__.Odd":
        assert "ZeroDivisionError" in start.err and "direct cause" in start.err and "in helper" in start.err
    assert len(outcome.tasks) == 2


def test_exit_zero_is_no_failure_but_no_transition_either(bench):
    outcome = bench.run(flow(("start", "self.x = 1\nimport sys; sys.exit(0)"), ("end", "")))
    start = outcome.one("start")
    assert start["done"] == {"type": "done", "ok": True, "transition": None, "exception": None}
    assert start["exit"]["code"] == 0 and start.value("x") == 1


@pytest.mark.parametrize(
    "value, text",
    [
        ("(x for x in [])", "self.bad (of type generator) cannot be stored, since it cannot be pickled"),
        ("open('/dev/null')", "self.bad (of type _io.TextIOWrapper)"),
        ("self", "self.bad is the flow itself or one of a join's inputs"),
        ("[self]", "The part at fault is self.bad[0] (of type __main__.F)"),
        ("{'a': [1, {'b': lambda: 1}]}", "The part at fault is self.bad['a'][1]['b'] (of type function)"),
        ("Local()", "self.bad (of type __main__.F.start.<locals>.Local)"),
        ("nested", "RecursionError"),
    ],
)
def test_what_cannot_be_stored_fails_the_task(bench, value, text):
    body = """
        class Local: pass
        nested = []
        for _ in range(100000):
            nested = [nested]
        self.good = 1
        self.bad = %s
        self.after = 2
    """ % value
    outcome = bench.run(linear(body))
    start = outcome.one("start")
    assert not start.ok and start["exit"]["code"] == 1
    assert text in start["done"]["exception"]["message"]
    assert text in start.err
    assert start["done"]["exception"]["type"] == "metaflow.exception.UnpicklableArtifactException"
    assert start.value("good") == 1 and start.value("after") == 2 and "bad" not in start["stored"]


def test_classes_of_the_flow_file_are_known_in_every_task(bench):
    head = "class Point:\n    def __init__(self, x):\n        self.x = x\n"
    outcome = bench.run(linear("self.p = Point(3)", "self.x = self.p.x; self.same = type(self.p) is Point", head=head))
    assert outcome.one("end").value("x") == 3 and outcome.one("end").value("same") is True
    assert b"__main__" in outcome.one("start")["raw"]["p"]


def test_large_values_travel_in_files_and_are_stored_again_only_when_changed(bench):
    text = flow(
        ("start", "self.big = b'x' * 3000000; self.text = ['y' * 100000]; self.small = [1]\nself.next(self.middle)"),
        ("middle", "self.n = len(self.big); self.text; self.small\nself.next(self.last)"),
        ("last", "self.text.append('z'); self.small.append(2)\nself.next(self.end)"),
        ("end", "assert self.text[1] == 'z' and self.n == 3000000"),
    )
    outcome = bench.run(text, plan={"inline_limit": 1000})
    assert [task.ok for task in outcome.tasks] == [True] * 5, [task.err for task in outcome.tasks]
    assert outcome.one("start")["frames"].count("artifact-file") == 2
    assert outcome.one("middle")["stored"] == ["_current_step", "_transition", "n"]
    assert outcome.one("last")["stored"] == ["_current_step", "_transition", "small", "text"]
    assert outcome.one("end").value("big") == b"x" * 3000000


def test_threads_and_exit_handlers_of_the_step_are_waited_for(bench):
    body = """
        import atexit, threading, time, os
        atexit.register(lambda: print('left', flush=True))
        def late():
            time.sleep(0.2)
            print('late')
        threading.Thread(target=late).start()
        os.write(1, b'raw ')
        print('no newline', end='')
    """
    outcome = bench.run(linear(body))
    assert outcome.one("start").out == "raw no newlinelate\nleft\n"
    assert outcome.one("start")["exit"]["code"] == 0


def test_processes_of_the_step_can_read_artifacts(bench):
    end = """
        import os, pickle, sys
        results = []
        readers = []
        for n in range(4):
            r, w = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.write(w, str(sum(self.values[n]) + len(self.other)).encode())
                os._exit(0)
            os.close(w)
            readers.append((r, pid))
        mine = len(self.third)
        for r, pid in readers:
            os.waitpid(pid, 0)
            results.append(int(os.read(r, 100)))
        self.results = results, mine
    """
    outcome = bench.run(linear("self.values = [[n] * 1000 for n in range(4)]; self.other = 'abc'; self.third = 'x' * 9", end))
    assert outcome.one("end").ok, outcome.one("end").err
    assert outcome.one("end").value("results") == ([3, 1003, 2003, 3003], 9)


def test_a_fork_that_comes_back_from_the_step_reports_nothing(bench):
    outcome = bench.run(linear("import os\nself.pid = os.fork()\nif self.pid:\n    os.waitpid(self.pid, 0)"))
    assert outcome.one("start")["frames"] == ["ready", "artifacts", "done"]
    assert outcome.one("start").value("pid") > 0


def test_state_of_the_flow_object_from_before_the_run(bench):
    text = HEAD + (
        "class F(FlowSpec):\n"
        "    def __init__(self, *args, **kwargs):\n"
        "        self.early = 1\n"
        "        super().__init__(*args, **kwargs)\n"
        "    @step\n    def start(self):\n        self.next(self.end)\n"
        "    @step\n    def end(self):\n        print(self.early)\n"
    ) + TAIL
    assert bench.run(text).one("end").out == "1\n"


@pytest.mark.parametrize("fork", ["always", "never"])
def test_a_step_cannot_start_a_flow(bench, fork):
    outcome = bench.run(linear("F()"), plan={"launch": {"fork": fork}})
    assert "A step cannot start a flow in its own process" in outcome.one("start")["done"]["exception"]["message"]


def test_graph_inside_a_task(bench):
    body = (
        "g = self._graph; self.g = [(n.name, n.type, n.in_funcs, n.out_funcs) for n in g]; self.here = self._current_step\n"
        "self.info = sorted(current.graph['steps'])"
    )
    start = bench.run(linear(body)).one("start")
    assert start.value("g") == [("start", "start", [], ["end"]), ("end", "end", ["start"], [])]
    assert start.value("here") == "start" and start.value("info") == ["end", "start"]


def test_the_pickles_are_of_protocol_four(bench):
    outcome = bench.run(linear("self.x = [1, 'a', {2.5: None}]"))
    raw = outcome.one("start")["raw"]
    assert raw["x"][:2] == b"\x80\x04"
    assert raw["x"] == pickle.dumps([1, "a", {2.5: None}], 4)


def test_what_is_too_long_for_a_message_is_cut(bench):
    start = bench.run(linear("self.x = 1\nraise ValueError('<' + 'x' * 3000000 + '>')"), plan={"keep": False}).one("start")
    exception = start["done"]["exception"]
    assert not start.ok and exception["message"].startswith("<x") and exception["message"].endswith("x>")
    assert "characters are left out here" in exception["message"] and len(exception["traceback"]) < 2000000


def test_a_task_with_very_many_artifacts(bench):
    text = flow(
        ("start", "for n in range(25000):\n    setattr(self, 'a%d' % n, n)\n"
                  "self.v = range(3)\nself.next(self.a, foreach='v')"),
        ("a", "self.got = self.input\nself.next(self.j)"),
        ("j(inputs)", "self.got = [i.got for i in inputs] + [inputs[-1].a24999]\nself.next(self.end)"), ("end", ""),
    )
    outcome = bench.run(text, plan={"keep": True})
    assert outcome.one("start")["frames"].count("artifacts") == 3
    assert outcome.one("end").value("got") == [0, 1, 2, 24999]


def test_a_wide_join(bench):
    text = flow(
        ("start", "self.v = list(range(150))\nself.next(self.a, foreach='v')"),
        ("a", "self.got = self.input\nself.next(self.j)"),
        ("j(inputs)", "self.got = [inputs[149].got] + [i.got for i in inputs]\nself.next(self.end)"), ("end", ""),
    )
    outcome = bench.run(text, plan={"keep": True})
    assert outcome.one("end").value("got") == [149] + list(range(150))
    assert outcome.one("j")["frames"].count("inputs") == 2
