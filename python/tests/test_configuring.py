"""The configure stage: what becomes of a flow with configs, mutators and written decorators, on the fake engine."""

import pytest

FLOW = '''
from metaflow import (Config, FlowMutator, FlowSpec, IncludeFile, Parameter, StepMutator, config_expr, current, environment,
                      project, retry, step, user_step_decorator)

def rate(ctx):
    assert (ctx.flow_name, ctx.parameter_name, ctx.user_name) == ("F", "rate", "tester")
    return ctx.configs.main.rate * ctx.configs.extra["factor"]

def extra(ctx):
    print("extra is made")
    return {"factor": 3}

class AddParameter(FlowMutator):
    def init(self, name):
        self.name = name
    def pre_mutate(self, flow):
        assert dict(flow.configs)["main"] == flow.main and flow.main.rate == 2
        flow.add_parameter(self.name, Parameter(self.name, default=flow.main.rate))
        assert flow.remove_parameter("unwanted") and not flow.remove_parameter("unwanted")
        flow.add_decorator("Late:word=late")
    def mutate(self, flow):
        assert sorted(name for name, _ in flow.steps) == ["end", "start"]
        assert flow.start.has_decorator("environment") and not flow.end.has_decorator("environment")

class Late(FlowMutator):
    def init(self, word):
        self.word = word
    def pre_mutate(self, flow):
        flow.end.add_decorator(retry, deco_kwargs={"times": 1})
        flow.end.add_decorator(retry, deco_kwargs={"times": 2})
        flow.end.add_decorator(retry, deco_kwargs={"times": 4}, duplicates=flow.OVERRIDE)

class Swap(StepMutator):
    def mutate(self, step):
        (spec,) = step.get_decorator_specs("environment")
        assert step.remove_decorator(spec[0], spec[2], spec[3])
        spec[3]["vars"]["MORE"] = step.flow.main.word
        assert step.add_decorator("environment", deco_kwargs=spec[3]).name == "environment"
        step.add_decorator("noted:a=1")

@user_step_decorator
def noted(step_name, flow, inputs, attributes):
    flow.noted = dict(attributes)
    yield

class Base(FlowSpec):
    unwanted = Parameter("unwanted")

@AddParameter("added")
@project(name=config_expr("main").word)
class F(Base):
    given = Parameter("given", **config_expr("main.parameter"))
    rate = Parameter("rate", default=rate, type=int)
    main = Config("main", default="main.json")
    extra = Config("extra", default_value=extra)
    missing = Config("missing")
    words = Config("words", parser=lambda text: text.split(), plain=True, default_value="a b")
    hello = "constant"

    @Swap
    @environment(vars={"WORD": main.word.upper, "BOTH": [main.rate]})
    @step
    def start(self):
        self.seen = [self.given, self.rate, self.added, self.main.to_dict(), self.extra.factor, self.missing, self.words]
        self.unwanted = "now an artifact"
        assert self.hello == "constant" and current.parameter_names == ["given", "rate", "added"]
        self.next(self.end)

    @noted(b=main.rate, **extra_values)
    @step
    def end(self):
        self.last = [self.noted, self.unwanted, type(self.main).__name__, self.main is self.main]

if __name__ == "__main__":
    F()
'''.replace("WORD\": main.word.upper", "WORD\": config_expr('main.word.upper()')").replace(", **extra_values", ", **extra")
MAIN = '{"rate": 2, "word": "flow", "parameter": {"default": 7, "help": "from the config"}}'


@pytest.fixture
def flow(bench):
    bench.write("main.json", MAIN)
    return bench.write("flow.py", FLOW)


@pytest.mark.parametrize("fork", ["always", "never"])
def test_a_flow_becomes_what_its_configs_and_mutators_make_of_it(bench, flow, fork):
    outcome = bench.run(flow, "run", plan={"launch": {"fork": fork}})
    assert outcome["hello"]["configure"], outcome.process.err
    answer = outcome["configured"]
    assert answer["type"] == "flow", answer
    assert outcome.process.out == "extra is made\n"  # the host keeps the terminal until then; other processes need not ask
    described = answer["flow"]
    assert [each["name"] for each in described["parameters"]] == ["given", "rate", "added"]
    assert described["parameters"][0]["help"] == "from the config" and described["parameters"][0]["type"] == "int"
    assert described["constants"] == ["hello"]
    uses = {step["name"]: {each["name"]: each for each in step["decorators"]} for step in described["steps"]}
    assert uses["start"]["environment"]["attributes"] == {"vars": {"WORD": "FLOW", "BOTH": [2], "MORE": "flow"}}
    assert uses["start"]["environment"]["inserted_by"] == ["__main__.Swap"]
    assert uses["start"]["noted"]["attributes"] == {"a": 1} and uses["start"]["noted"]["plugin"]
    assert uses["end"]["noted"]["attributes"] == {"b": 2, "factor": 3}
    assert [use["attributes"] for use in uses["end"].values() if use["name"] == "retry"] == [{"times": 4}]
    assert uses["end"]["retry"]["inserted_by"] == ["__main__.Late", "__main__.AddParameter"]
    assert [(each["name"], each["attributes"]) for each in described["decorators"]] == [
        ("project", {"name": "flow"}), ("AddParameter", {"0": "added"}), ("Late", {"word": "late"}),
    ]
    assert answer["configs"]["extra"] == {"value": {"factor": 3}, "plain": False}
    assert answer["configs"]["words"] == {"value": ["a", "b"], "plain": True}
    start, end = outcome.one("start"), outcome.one("end")
    assert start.ok and end.ok, start.err + end.err
    assert start.value("seen") == [7, 6, 2, {"rate": 2, "word": "flow", "parameter": {"default": 7, "help": "from the config"}},
                                   3, None, ["a", "b"]]
    assert start.value("main") == {"rate": 2, "word": "flow", "parameter": {"default": 7, "help": "from the config"}}
    assert type(start.value("main")) is dict and start.value("missing") is None
    assert end.value("last") == [{"b": 2, "factor": 3}, "now an artifact", "ConfigValue", True]
    assert end["spawned"]["fresh"] == (fork == "never")


def test_before_that_the_flow_is_described_as_it_stands(bench, flow):
    hello = bench.run(flow, "run", plan={"run": False})["hello"]
    assert {each["name"]: each for each in hello["flow"]["configs"]}["main"] == {
        "name": "main", "attribute": "main", "default": "main.json", "default_value": None, "default_is_function": False,
        "default_value_is_function": False, "has_default": True, "has_default_value": False, "parser": None, "plain": False,
        "required": False, "help": None, "show_default": True, "line": 54,
    }  # fmt: skip
    extra = {each["name"]: each for each in hello["flow"]["configs"]}["extra"]
    assert extra["has_default_value"] and extra["default_value_is_function"] and extra["default_value"] is None


def test_what_the_engine_has_read_takes_the_place_of_defaults(bench, flow):
    given = {"main": {"text": MAIN.replace("7", "70"), "source": "other.json"}, "extra": {"value": {"factor": 10}},
             "missing": {"value": None, "plain": False}}
    outcome = bench.run(flow, "run", plan={"configure": {"configs": given}})
    assert outcome.process.out == ""
    assert outcome.one("start").value("seen")[:3] == [70, 20, 2] and outcome.one("start").value("seen")[4] == 10


@pytest.mark.parametrize("configs, usage, words", [
    ({"main": {"text": "{bad", "source": "--config-value main"}}, True, "Config 'main': --config-value main is not valid JSON"),
    ({"main": {"text": "[]", "source": "x.json"}}, True, "Config 'main': x.json holds a list"),
    ({"nope": {"text": "{}"}}, True, "The flow has no config 'nope'; it has: extra, main, missing, words."),
    ({"main": {"text": '{"rate": 2}', "source": "x.json"}}, None, "main.parameter (in "),
])  # fmt: skip
def test_configs_that_cannot_be_used(bench, flow, configs, usage, words):
    refused = bench.run(flow, "run", plan={"configure": {"configs": configs}})["configured"]
    assert refused["type"] == "refused" and words in refused["headline"] and refused.get("usage") is usage
    assert refused["traceback"] is None


def test_a_default_that_is_missing(bench):
    text = "from metaflow import *\nclass F(FlowSpec):\n    c = Config('c', %s)\n    @step\n    def start(self): pass\nF()\n"
    for how, words in (
        ("default='nowhere.json'", "Config 'c' cannot read its default file nowhere.json: No such file"),
        ("required=True", "Config 'c' needs a value: say --config c FILE or --config-value c JSON"),
        ("default_value=lambda ctx: 3", "its default_value is a int; it has to be a text or a mapping"),
        ("default=lambda ctx: 1 / 0", "The function that gives config 'c' its default failed: ZeroDivisionError"),
    ):
        refused = bench.run(text % how, "run")["configured"]
        assert refused["type"] == "refused" and words in refused["headline"], refused
        assert bool(refused.get("usage")) == (how.startswith(("default='", "required")))


def test_decorators_of_the_command_line(bench, flow):
    specs = ["noted:c=[1,2],d=x", "retry:times=2", "timeout:minutes=1"]
    outcome = bench.run(flow, "run", plan={"configure": {"with": specs}, "run": False})
    start, end = (
        {use["name"]: use["attributes"] for use in step["decorators"]} for step in outcome["configured"]["flow"]["steps"]
    )
    assert start["noted"] == {"c": [1, 2], "d": "x"} and end["noted"] == {"b": 2, "factor": 3}  # the source comes first
    assert start["retry"] == {"times": 2} and end["retry"] == {"times": 4} and end["timeout"] == {"minutes": 1}


@pytest.mark.parametrize("spec, words", [
    ("nothing", "There is no step decorator 'nothing'. There are: Swap, "),
    ("nosuch.module.deco", "There is no step decorator 'nosuch.module.deco'"),
    ("retry:nope=1", "Decorator 'retry' does not support the attribute 'nope'"),
    ("noted:", None),
    (":x=1", "names no decorator"),
    ("noted:rest", "'rest' gives no attribute; say NAME=VALUE"),
])  # fmt: skip
def test_decorators_that_there_are_not(bench, flow, spec, words):
    answer = bench.run(flow, "run", plan={"configure": {"with": [spec]}, "run": False})["configured"]
    assert (answer["type"] == "flow") == (words is None)
    assert words is None or words in answer["headline"]


def test_a_plain_flow_takes_written_decorators_of_the_command_line(bench):
    bench.write("mine/__init__.py", "")
    bench.write("mine/decorators.py", """
        from metaflow import user_step_decorator
        @user_step_decorator
        def logged(step_name, flow, inputs):
            yield
            flow.logged = step_name
    """)
    outcome = bench.run(
        "from metaflow import FlowSpec, step\nclass F(FlowSpec):\n    @step\n    def start(self): self.next(self.end)\n"
        "    @step\n    def end(self): pass\nF()\n",
        "run", plan={"configure": {"with": ["mine.decorators.logged"]}},
    )
    assert outcome["hello"]["configure"] is False and outcome["configured"]["type"] == "flow"
    assert outcome.one("end").value("logged") == "end"


MUTATORS = '''
from metaflow import *
from metaflow.decorators import DuplicateStepDecoratorException

class M(FlowMutator):
    def pre_mutate(self, flow):
        %s
    def mutate(self, flow):
        %s

class S(StepMutator):
    def mutate(self, step): pass

@user_step_decorator
def around(step_name, flow, inputs): yield

@M
@project(name="p")
class F(FlowSpec):
    p = Parameter("p")
    @S
    @around
    @retry
    @step
    def start(self): pass
F()
'''


@pytest.mark.parametrize("early, late, words", [
    ("pass", "flow.add_parameter('q', Parameter('q'))", "adding parameter 'q' is only allowed in the `pre_mutate`"),
    ("pass", "flow.remove_parameter('p')", "removing parameter 'p' is only allowed in"),
    ("pass", "flow.add_decorator('project:name=x')", "adding flow decorator 'project:name=x' is only allowed"),
    ("pass", "flow.remove_decorator('project')", "removing flow decorator 'project' is only allowed"),
    ("pass", "flow.start.add_decorator(S)", "adding step mutator '__main__.S' is only allowed"),
    ("pass", "flow.start.remove_decorator('S')", "removing step mutator 'S' is only allowed"),
    ("flow.add_parameter('p', Parameter('p'))", "pass", "has an attribute 'p' already; say overwrite=True"),
    ("flow.add_parameter('q', 3)", "pass", "takes a Parameter or an IncludeFile, not int"),
    ("flow.add_decorator(M, [1])", "pass", None),
    ("flow.add_decorator(M, [1], duplicates=flow.OVERRIDE)", "pass", "is given values, but its class has no method init"),
    ("flow.remove_decorator('M')", "pass", "The mutator 'M' cannot be removed"),
    ("flow.start.add_decorator('retry:times=1', deco_kwargs={'times': 2})", "pass", "it cannot be given others as well"),
    ("flow.start.add_decorator(retry, [3])", "pass", "Decorator 'retry' takes its values by name only"),
    ("flow.start.add_decorator(around, [3], duplicates=flow.OVERRIDE)", "pass", "takes its values by name"),
    ("flow.start.add_decorator(around, [], {'x': 3}, duplicates=flow.OVERRIDE)", "pass", "no fourth argument for them"),
    ("flow.start.add_decorator(print)", "pass", "takes a decorator of steps or its name, not <built-in function print>"),
    ("flow.start.add_decorator(retry, duplicates=7)", "pass", "duplicates is IGNORE, ERROR or OVERRIDE, not 7"),
    ("flow.start.add_decorator(retry, duplicates=flow.ERROR)", "pass", "adds a decorator that is there already"),
    ("flow.nothing", "pass", "The flow has no step, parameter or config 'nothing'"),
    ("assert flow.start.add_decorator(retry) is None and flow.start.remove_decorator('retry', [], {'times': 3, "
     "'minutes_between_retries': 2}) and not flow.start.remove_decorator('retry')", "pass", None),
    ("assert flow.remove_decorator('project') and not flow.remove_decorator('project'); "
     "assert flow.add_decorator(project, deco_kwargs={'name': 'q'}).name == 'project'", "pass", None),
    ("assert flow.start.remove_decorator('around') and flow.start.remove_decorator('__main__.S')",
     "assert not list(flow.start.get_decorator_specs('around'))", None),
    ("import sys; sys.exit(3)", "pass", "SystemExit"),
])  # fmt: skip
def test_what_mutators_may_do(bench, early, late, words):
    answer = bench.run(MUTATORS % (early, late), "run", plan={"run": False})["configured"]
    assert (answer["type"] == "flow") == (words is None), answer
    assert words is None or words in answer["headline"]


def test_files_for_the_code_package(bench):
    bench.write("extra.sql", "select 1")
    bench.write("mine.py", "from metaflow import StepMutator\nclass Marked(StepMutator):\n    pass\n")
    outcome = bench.run(
        "from metaflow import *\nfrom metaflow.packaging_sys import ContentType\nimport mine\n"
        "class Packs(FlowMutator):\n"
        "    def add_to_package(self):\n"
        "        yield 'extra.sql', 'sql/extra.sql'\n"
        "        yield 'extra.sql', 'beside.sql', ContentType.USER_CONTENT\n"
        "        yield 'mine', None, ContentType.MODULE_CONTENT\n"
        "@Packs\nclass F(FlowSpec):\n    @mine.Marked\n    @step\n    def start(self): pass\nF()\n", "run", plan={"run": False})
    flow = outcome["configured"]["flow"]
    path = str(bench.folder.resolve() / "extra.sql")
    assert flow["package_files"] == [
        {"kind": "code", "path": path, "name": "sql/extra.sql"}, {"kind": "user", "path": path, "name": "beside.sql"},
        {"kind": "module", "path": str(bench.folder / "mine.py"), "name": "mine"},
    ]
    assert flow["package_modules"] == [str(bench.folder / "mine.py")]
