"""Descriptions of many small flows, read from their source."""

import pytest

HEAD = "from penstock import FlowSpec, step, Parameter, JSONType, retry, catch, card, resources, pypi, pypi_base, project\n"

TRANSITIONS = [
    ("self.next(self.a)", "linear", ["a"], {}),
    ("self.next(self.a,)", "linear", ["a"], {}),
    ("self.next(self.a, self.b)", "split", ["a", "b"], {}),
    ("self.next(self.a, foreach='v')", "foreach", ["a"], {"variable": "v"}),
    ('self.next(self.a, foreach="v")', "foreach", ["a"], {"variable": "v"}),
    ("self.next(self.a, num_parallel=3)", "parallel", ["a"], {}),
    ("self.next(self.a, num_parallel=self.n + 1)", "parallel", ["a"], {}),
    ("self.next({'x': self.a, 'y': self.b}, condition='v')", "switch", ["a", "b"],
     {"condition": "v", "cases": {"x": "a", "y": "b"}}),
    ("self.next({'x': self.a, 'y': self.a, 1: self.b, True: self.b}, condition='v')", "switch", ["a", "b"],
     {"condition": "v", "cases": {"x": "a", "y": "a", "1": "b", "True": "b"}}),
    ("self.next({self.cfg.k: self.a, self.cfg['j']: self.b}, condition='v')", "switch", ["a", "b"],
     {"condition": "v", "cases": {"self.cfg.k": "a", "self.cfg.j": "b"}}),
    ("self.next(a)", "unrecognised", [], {}),
    ("self.next()", "unrecognised", [], {}),
    ("self.next(*targets)", "unrecognised", [], {}),
    ("self.next(self.a, **how)", "unrecognised", [], {}),
    ("self.next(self.a, foreach=v)", "unrecognised", [], {}),
    ("self.next(self.a, foreach=1)", "unrecognised", [], {}),
    ("self.next(self.a, self.b, foreach='v')", "unrecognised", [], {}),
    ("self.next(self.a, foreach='v', num_parallel=2)", "unrecognised", [], {}),
    ("self.next(self.a, other='v')", "unrecognised", [], {}),
    ("self.next({'x': self.a}, condition=v)", "unrecognised", [], {}),
    ("self.next({v: self.a, 'y': self.b}, condition='v')", "unrecognised", [], {}),
    ("self.next({-1: self.a, 'y': self.b}, condition='v')", "unrecognised", [], {}),
    ("self.next({**table}, condition='v')", "unrecognised", [], {}),
    ("self.next({'x': self.a, 'y': self.b})", "unrecognised", [], {}),
    ("self.next(self.a.b)", "unrecognised", [], {}),
]

ENDINGS = [
    ("pass", None, []),
    ("'a text'", None, []),
    ("return self.next(self.a)", None, [0]),
    ("x = self.next(self.a)", None, [0]),
    ("other.next(self.a)", None, []),
    ("if 1:\n    self.next(self.a)", None, [1]),
    ("self.next(self.a)\nself.next(self.b)", "linear", [0]),
    ("self.next(self.a)\nprint()", None, [0]),
    ("def f():\n    self.next(self.a)\nself.next(self.b)", "linear", [1]),
    ("with open('x'):\n    self.next(self.a)", None, [1]),
]


def described(bench, text):
    """The description of the flow that a file starts, as the engine gets it."""
    file = bench.write("flow.py", text)
    outcome = bench.run("flow.py", plan={"run": False}, cwd=file.parent)
    assert outcome["hello"]["type"] == "hello", outcome["hello"]
    return outcome["hello"]["flow"]


def flow_of(bodies):
    lines = [HEAD, "class F(FlowSpec):"]
    for number, body in enumerate(bodies):
        lines += ["    @step", "    def s%d(self):" % number]
        lines += ["        " + line for line in body.split("\n")]
    return "\n".join(lines) + "\nif __name__ == '__main__': F()\n"


def test_transitions(bench):
    steps = described(bench, flow_of([text for text, *_ in TRANSITIONS]))["steps"]
    for found, (text, kind, targets, more) in zip(steps, TRANSITIONS):
        following = found["next"]
        expected = dict({"variable": None, "condition": None, "cases": None}, **more)
        assert (following["kind"], following["targets"], following["text"]) == (kind, targets, text)
        assert {key: following[key] for key in expected} == expected, text
        assert following["line"] == found["line"] + 1
        assert found["stray_next"] == []


def test_endings(bench):
    steps = described(bench, flow_of([text for text, *_ in ENDINGS]))["steps"]
    for found, (text, kind, stray) in zip(steps, ENDINGS):
        assert (found["next"] and found["next"]["kind"]) == kind, text
        assert [line - found["line"] - 1 for line in found["stray_next"]] == stray, text


def test_calls_over_several_lines(bench):
    text = flow_of(["self.next(\n    self.a,\n    foreach='v\u00e4\u20ac')  # why"])
    (found,) = described(bench, text)["steps"]
    assert found["next"]["text"] == "self.next( self.a, foreach='v\u00e4\u20ac')"
    assert found["next"]["variable"] == "v\u00e4\u20ac"


WHOLE = '''\
"""A file."""
from penstock import (FlowSpec, step, Parameter, JSONType, retry, catch, card, resources,
                      pypi, pypi_base, project)
import helper
from metaflow import timeout as limit

@project(name='p')
@pypi_base(
    python='3.11',
    packages={'a': '1'},
)
class F(helper.Base):
    """Does things.

        indented
    more
    """

    alpha = Parameter('al-pha', default=0.5, help='The rate.')
    n = Parameter('n', type=int, required=True)
    flag = Parameter('flag', default=True, show_default=False)
    words = Parameter('words', separator=',')
    table = Parameter('table', type=JSONType,
                      default='{"a": 1}')
    made = Parameter('made', default=lambda ctx: 1, type=int)
    odd = Parameter('odd', type=lambda text: text)
    several = Parameter('several', multiple=True, default=('a', 'b'))
    kinds = Parameter('kinds', default={'a': [1, None]})
    seed = 5
    colours = ['red']
    _hidden = 1
    function = staticmethod(len)

    class Inner:
        pass

    @property
    def shown(self):
        return 1

    @card(type='x')
    @card
    @retry(times=2,
           minutes_between_retries=0)
    @catch
    @limit(seconds=1)
    @step
    def start(self):
        """The
        start."""
        self.next(self.end)

    @resources(cpu=float('inf'), memory=open)
    @step
    def end(self):
        pass

if __name__ == '__main__':
    F()
'''

HELPER = """\
from penstock import FlowSpec, step, Parameter, conda_base

@conda_base
class Base(FlowSpec):
    base = Parameter('base')
    early = 1

    @step
    def start(self):
        pass

    @step
    def inherited(self, inputs):
        self.next(self.end)

    @step
    def dropped(self):
        pass
"""


def test_a_whole_flow(bench):
    bench.write("helper.py", HELPER.replace("@conda_base\n", "@conda_base\n"))
    text = WHOLE.replace("    @property\n", "    def dropped(self):\n        pass\n\n    @property\n")
    flow = described(bench, text)
    lines = text.split("\n")

    def line(start):
        return next(number for number, text in enumerate(lines, 1) if text.strip().startswith(start))

    assert (flow["name"], flow["file"], flow["script"]) == ("F", str(bench.folder / "flow.py"), "flow.py")
    assert flow["doc"] == "Does things.\n\n    indented\nmore"
    assert flow["modules"] == [str(bench.folder / "helper.py")]
    assert flow["constants"] == ["early", "seed", "colours"]
    assert [step["name"] for step in flow["steps"]] == ["start", "inherited", "end"]
    start, inherited, end = flow["steps"]
    assert start["doc"] == "The\nstart."
    assert start["line"] == line("def start")
    assert start["file"] == str(bench.folder / "flow.py")
    assert [(each["name"], each["line"]) for each in start["decorators"]] == [
        ("timeout", line("@limit")),
        ("catch", line("@catch")),
        ("retry", line("@retry")),
        ("card", line("@card") + 1),
        ("card", line("@card")),
    ]
    assert start["decorators"][2]["attributes"] == {"times": 2, "minutes_between_retries": 0}
    assert inherited["file"] == str(bench.folder / "helper.py")
    assert (inherited["line"], inherited["arguments"]) == (13, 2)
    assert end["decorators"][0]["attributes"] == {
        "cpu": {"$python": "float", "text": "inf"},
        "memory": {"$python": "builtin_function_or_method", "text": "%s.open" % open.__module__},
    }
    assert [(each["name"], each["line"]) for each in flow["decorators"]] == [
        ("conda_base", 3),
        ("pypi_base", line("@pypi_base")),
        ("project", line("@project")),
    ]
    parameters = {each["attribute"]: each for each in flow["parameters"]}
    assert list(parameters) == [
        "base", "alpha", "n", "flag", "words", "table", "made", "odd", "several", "kinds",
    ]
    assert parameters["alpha"] == {
        "name": "al-pha", "attribute": "alpha", "type": "float", "default": 0.5, "default_is_function": False,
        "required": False, "help": "The rate.", "separator": None, "multiple": False, "show_default": True,
        "line": line("alpha ="),
    }
    assert {name: each["type"] for name, each in parameters.items()} == {
        "base": "str", "alpha": "float", "n": "int", "flag": "bool", "words": "str", "table": "json", "made": "int",
        "odd": "custom", "several": "str", "kinds": "json",
    }
    assert parameters["made"]["default_is_function"] and parameters["made"]["default"] is None
    assert parameters["several"]["multiple"] and parameters["several"]["default"] == ["a", "b"]
    assert parameters["words"]["separator"] == ","
    assert parameters["table"]["default"] == '{"a": 1}'
    assert parameters["n"]["required"] and not parameters["flag"]["show_default"]


def test_steps_under_decorators_that_wrap(bench):
    text = """
        import functools
        from penstock import FlowSpec, step, retry

        def shout(f):
            @functools.wraps(f)
            def wrapper(self):
                return f(self)
            return wrapper

        class F(FlowSpec):
            @retry
            @shout
            @step
            def start(self):
                self.next(self.end)

            @step
            def end(self): pass

        if __name__ == '__main__':
            F()
        """
    flow = described(bench, text)
    start = flow["steps"][0]
    assert start["next"]["targets"] == ["end"]
    assert start["decorators"][0]["line"] == start["line"] - 3
    assert flow["steps"][1]["next"] is None


@pytest.mark.parametrize("head", [b"# -*- coding: latin-1 -*-\n", b"\xef\xbb\xbf"], ids=["latin-1", "mark"])
def test_other_encodings(bench, head):
    text = flow_of(["x = '\u00e9\u00e9'; self.next(self.b\u00e9, foreach='v')"])
    file = bench.folder / "odd.py"
    file.write_bytes(head + text.encode("latin-1" if b"latin" in head else "utf-8"))
    (found,) = bench.run(file, plan={"run": False}).steps.values()
    assert found["next"]["text"] == "self.next(self.b\u00e9, foreach='v')"


def test_environments_in_the_folder_are_not_the_flows_modules(bench):
    bench.write("venv/lib/site-packages/installed.py", "")
    bench.write("sub/__init__.py", "")
    bench.write("sub/mine.py", "METAFLOW_PACKAGE_POLICY = 'include'")
    text = "import sys; sys.path.append('venv/lib/site-packages'); import installed, sub.mine\n" + flow_of(["pass"])
    flow = described(bench, text)
    assert flow["modules"] == [str(bench.folder / "sub" / name) for name in ("__init__.py", "mine.py")]
    assert flow["package_modules"] == [str(bench.folder / "sub" / "mine.py")]
