"""What a flow has from its bases, and parameters in all their forms, on the fake engine."""

import pytest

from penstock import Config, FlowMutator, FlowSpec, Parameter, StepMutator, project, retry, step, timeout
from penstock import exception as e
from penstock._configs import configs_of
from penstock._flowspec import constants_of, parameters_of, step_functions
from penstock._user_decorators import flow_mutators

BASE = '''
from metaflow import Config, FlowSpec, Parameter, catch, project, retry, step

class A(FlowSpec):
    size = Parameter("size", default=1)
    both = Parameter("both", default="a")
    conf = Config("conf", default_value={"key": "x"})
    seed = 3

    @retry
    @step
    def start(self):
        self.next(self.middle)

    @retry(times=1)
    @step
    def middle(self):
        self.next(self.end)

    @step
    def unused(self):
        pass
'''
FLOW = '''
from base import A
from metaflow import FlowSpec, Parameter, catch, project, step

class B(FlowSpec):
    other = Parameter("other", default=2.5)
    seed = 4
    @step
    def end(self):
        self.result = [self.size, self.both, self.other, self.seed, self.conf.key]

@project(name="p")
class C(A, B):
    both = Parameter("both", default="c")
    @catch(var="x")
    @step
    def middle(self):
        self.next({self.conf.key: self.end, "other": self.start}, condition="kind")
    def unused(self):
        pass

if __name__ == "__main__":
    C()
'''


def test_steps_and_declarations_come_along_the_order_of_bases(bench):
    bench.write("base.py", BASE)
    outcome = bench.run(FLOW.replace('self.next({self', 'self.kind = "x"\n        self.next({self'), "run")
    flow = outcome["hello"]["flow"]
    steps = {each["name"]: each for each in flow["steps"]}
    assert sorted(steps) == ["end", "middle", "start"]  # what is overridden by no step is none
    assert [each["name"] for each in steps["middle"]["decorators"]] == ["catch"]  # those of the base's step are gone
    assert steps["start"]["file"].endswith("base.py") and steps["middle"]["file"].endswith("flow.py")
    assert steps["middle"]["next"]["cases"] == {"self.conf.key": "end", "other": "start"}
    assert {each["name"]: each["default"] for each in flow["parameters"]} == {"size": 1, "both": "c", "other": 2.5}
    assert [each["name"] for each in flow["configs"]] == ["conf"] and flow["constants"] == ["seed"]
    assert outcome.one("end").value("result") == [1, "c", 2.5, 3, "x"], outcome.one("end").err


def test_mutators_and_decorators_of_bases_come_first():
    class M(FlowMutator):
        def init(self, name=None):
            self.name = name

    class S(StepMutator):
        pass

    @M("a")
    @project(name="a")
    class A(FlowSpec):
        @S
        @step(start=True, end=True, node_info={"kind": "only"})
        def only(self):
            pass

    @M
    class B(A):
        conf = Config("conf")

    @M("c")
    class C(B):
        x = Parameter("x", default=B.__dict__["conf"].a)

    assert isinstance(C, type) and [each._args for each in flow_mutators(C)] == [["a"], [], ["c"]]
    assert step_functions(C)["only"].node_info == {"kind": "only"} and step_functions(C)["only"].step_marks == (True, True)
    assert list(parameters_of(C)) == ["x"] and list(configs_of(C)) == ["conf"] and constants_of(C) == {}
    assert C(use_cli=False).conf is C.__dict__.get("conf", B.__dict__["conf"])
    with pytest.raises(e.DuplicateFlowDecoratorException, match="inherited ones count"):
        project(name="b")(C)


def test_two_bases_with_the_same_decorator():
    @project(name="a")
    class A(FlowSpec):
        pass

    @project(name="b")
    class B(FlowSpec):
        pass

    class Diamond(A):
        pass

    class Left(A):
        pass

    class Both(Diamond, Left):  # one base, twice
        pass

    with pytest.raises(e.DuplicateFlowDecoratorException, match="'project' from more than one of its bases"):
        class C(A, B):
            pass


def test_overriding_a_step_leaves_that_of_the_base_as_it_is():
    class A(FlowSpec):
        @retry
        @step
        def start(self):
            pass

    class B(A):
        @timeout(seconds=1)
        @step
        def start(self):
            pass

    assert [each.name for each in step_functions(B)["start"].decorators] == ["timeout"]
    assert [each.name for each in step_functions(A)["start"].decorators] == ["retry"]


PARAMETERS = '''
from metaflow import FlowSpec, JSONType, Parameter, step

class Choice:
    """A type as click has them."""
    name = "choice"
    def __init__(self, *names):
        self.names = names
    __hash__ = None
    def __eq__(self, other):
        return self is other
    def convert(self, value, param, ctx):
        if value not in self.names:
            raise ValueError("it is none of %s" % ", ".join(self.names))
        return self.names.index(value)

class F(FlowSpec):
    p = Parameter("p", FIELDS)
    @step
    def start(self):
        pass
F()
'''


@pytest.mark.parametrize("fields, given, value", [
    ("type=Choice('a', 'b')", "b", 1),
    ("type=Choice('a', 'b'), default='b'", None, 1),
    ("type=Choice('a', 'b'), multiple=True", ["b", "a"], (1, 0)),
    ("type=Choice('a', 'b'), multiple=True, default=['a']", None, (0,)),
    ("type=Choice, default='x'", None, AttributeError),
    ("type=lambda text: text.split('-')", "a-b", ["a", "b"]),
    ("multiple=True, default=[1, 2]", None, (1, 2)),
    ("multiple=True, default=[1, 2]", ["3"], (3,)),
    ("multiple=True", None, ()),
    ("separator=','", "a,b", ["a", "b"]),
    ("separator=',', default='a,b'", None, ["a", "b"]),
    ("separator=',', default=''", None, ""),
    ("separator=',', default=lambda ctx: 'x,' + ctx.parameter_name", None, ["x", "p"]),
    ("type=JSONType, default={'a': [1]}", None, {"a": [1]}),
    ("type=JSONType", '{"a": null}', {"a": None}),
    ("default={'a': 1}", '{"b": 2}', {"b": 2}),
    ("type=float, default=1", None, 1.0),
    ("type=int, default='7'", None, 7),
    ("type=bool, default='no'", None, False),
    ("type=str, default=3", None, 3),
    ("default=lambda ctx: ctx.ds_type", None, "local"),
    ("type=int, default=lambda ctx: 3", None, 3),
    ("type=dict, default=lambda ctx: {'a': 1}", None, {"a": 1}),
    ("type=int, default=lambda ctx: '3'", None, "ParameterFieldTypeMismatch"),
    ("type=float, default=lambda ctx: 3", None, "ParameterFieldTypeMismatch"),
    ("type=bool, default=lambda ctx: 1", None, "ParameterFieldTypeMismatch"),
    ("type=list, default=lambda ctx: ()", None, "ParameterFieldTypeMismatch"),
    ("default=lambda ctx: 3", None, "ParameterFieldTypeMismatch"),
    ("default=lambda ctx: None", None, "ParameterFieldTypeMismatch"),
    ("default=lambda ctx: 1 / 0", None, "ParameterFieldFailed"),
    ("default=lambda: 'no argument'", None, "ParameterFieldFailed"),
    ("type=Choice('a')", "z", "it is none of a"),
    ("type=JSONType", "{bad", "which is no JSON"),
])  # fmt: skip
def test_parameters_take_what_they_are_declared_to_take(bench, fields, given, value):
    outcome = bench.run(PARAMETERS.replace("FIELDS", fields), "run", plan={"given": {} if given is None else {"p": given}})
    first = outcome.one("_parameters")
    if isinstance(value, str) and not first.ok:
        assert value in first.err
        assert first["done"]["exception"].get("usage") is (None if value.startswith("ParameterField") else True)
        return
    if isinstance(value, type):
        assert not first.ok
        return
    assert first.ok, first.err
    found = first.value("p")
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize("fields, words", [
    ({"separator": ",", "type": int}, "a separator is for parameters whose type is str"),
    ({"separator": ",", "default": 3}, "a separator is for parameters whose type is str"),
    ({"required": lambda: True}, "its required cannot be a function"),
    ({"show_default": print}, "its show_default cannot be a function"),
])  # fmt: skip
def test_declarations_that_make_no_sense(fields, words):
    with pytest.raises(e.MetaflowException, match="Parameter 'p': .*" + words):
        Parameter("p", **fields)
