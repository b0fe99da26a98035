"""Extension packages, on the fake engine and in bare interpreters."""

import os
import subprocess
import sys

import pytest

from conftest import SDK

PLUGINS = '''
STEP_DECORATORS_DESC = [("watched", ".watched.Watched"), ("broken", ".nowhere.Broken"), ("retry", ".watched.OtherRetry")]
FLOW_DECORATORS_DESC = [("greeted", ".watched.Greeted")]
TL_PLUGINS_DESC = [("helper", ".watched.helper")]
__mf_promote_submodules__ = ["tools", "frameworks"]
'''
WATCHED = '''
from metaflow.decorators import FlowDecorator, StepDecorator
from metaflow import current

def helper():
    return "helped"

class Fact:
    field, value, type = "colour", "green", "text"

class Watched(StepDecorator):
    name = "watched"
    defaults = {"words": None, "take": False, "swap": False}

    def init(self):
        self.calls = ["init %s" % self.attributes["words"]]

    def step_init(self, flow, graph, step_name, decorators, environment, flow_datastore, logger):
        self.calls.append("step_init %s %s" % (step_name, [each.name for each in decorators]))

    def step_task_retry_count(self):
        return 2, 1

    def task_pre_step(self, step_name, task_datastore, metadata, run_id, task_id, flow, graph, retry_count,
                      max_user_code_retries, ubf_context, inputs):
        self.calls.append("pre %s %s %s %s" % (step_name, retry_count, max_user_code_retries, inputs))
        metadata.register_metadata(run_id, step_name, task_id, [Fact])
        flow.calls = self.calls

    def task_decorate(self, step_func, flow, graph, retry_count, max_user_code_retries, ubf_context):
        return (lambda: self.calls.append("swapped")) if self.attributes["swap"] else step_func

    def task_post_step(self, step_name, flow, graph, retry_count, max_user_code_retries):
        self.calls.append("post " + graph[step_name].type)
        flow.set_by_plugin = step_name

    def task_exception(self, exception, step_name, flow, graph, retry_count, max_user_code_retries):
        self.calls.append("exception %s" % exception)
        return self.attributes["take"]

    def task_finished(self, step_name, flow, graph, is_task_ok, retry_count, max_user_code_retries):
        print("finished", is_task_ok)
        raise OSError("of no importance")

class OtherRetry(StepDecorator):
    name = "retry"
    defaults = {"rounds": 1}

class Greeted(FlowDecorator):
    name = "greeted"
    defaults = {"who": "you"}
    options = {"greeting": dict(default="hello", help="what to say"), "loud": dict(is_flag=True),
               "times": dict(default=2, multiple=False)}

    def flow_init(self, flow, graph, environment, flow_datastore, metadata, logger, echo, options):
        echo("flow_init of %s" % flow.name)
        current._update_env({"greeted": [self.attributes["who"], options]})
'''
FILES = {
    "config/mfextinit_acme.py": "from metaflow.metaflow_config_funcs import from_conf\n"
    "ACME_LEVEL = from_conf('ACME_LEVEL', 3)\n",
    "exceptions/__init__.py": "from metaflow.exception import MetaflowException\n\nclass AcmeError(MetaflowException):\n"
    "    headline = 'Acme'\n",
    "plugins/mfextinit_acme.py": PLUGINS,
    "plugins/watched.py": WATCHED,
    "plugins/tools/__init__.py": "size = 9\n",
    "plugins/frameworks/__init__.py": "",
    "plugins/frameworks/pytorch.py": "from metaflow.plugins.frameworks._orig.pytorch import PytorchParallelDecorator\n\n"
    "class Own(PytorchParallelDecorator): pass\n",
    "toplevel/mfextinit_acme.py": "toplevel = 'names'\n",
    "toplevel/names.py": "from .. import extra\nacme_value = 42\n__mf_promote_submodules__ = ['more']\n__version__ = '9'\n",
    "more/__init__.py": "x = 'more'\n",
    "extra.py": "y = 'extra'\n",
}
FLOW = '''
from metaflow import FlowSpec, current, greeted, step, watched

@greeted(who="me")
class F(FlowSpec):
    %s
    @step
    def start(self):
        self.greeted = current.greeted
        %s
        self.next(self.end)
    @step
    def end(self):
        pass
if __name__ == "__main__":
    F()
'''


@pytest.fixture
def extended(bench):
    for name, text in FILES.items():
        bench.write("site/metaflow_extensions/acme/" + name, text)
    return {"PYTHONPATH": os.pathsep.join([str(SDK), str(bench.folder / "site")])}


def python(code, environment):
    process = subprocess.run(
        [sys.executable, "-c", code], env=dict(os.environ, **environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    return process.stdout.decode().splitlines(), process.stderr.decode()


def test_an_extension_adds_to_the_names_of_metaflow(extended):
    out, err = python(
        "import metaflow, sys\nfrom metaflow import acme_value, helper, more, extra, FlowSpec\n"
        "from metaflow.metaflow_config import ACME_LEVEL, DEFAULT_DATASTORE\n"
        "from metaflow.exception import AcmeError, MetaflowException\n"
        "from metaflow.plugins.tools import size\nimport metaflow.plugins.tools, metaflow.more\n"
        "from metaflow.plugins.frameworks import pytorch\nimport metaflow.plugins.frameworks._orig.pytorch as original\n"
        "from metaflow.plugins.timeout_decorator import TimeoutException\n"
        "print(acme_value, helper(), more.x, extra.y, ACME_LEVEL, DEFAULT_DATASTORE, "
        "issubclass(AcmeError, MetaflowException))\n"
        "print(size, pytorch.Own.__mro__[1] is original.PytorchParallelDecorator, pytorch.Own.IS_PARALLEL)\n"
        "print(metaflow.__version__ != '9', sys.modules['metaflow.plugins.tools'].__spec__.name)\n"
        "print('metaflow_extensions.acme.plugins.watched' in sys.modules, metaflow.retry.known)\n",
        extended,
    )
    assert err == "" and out == [
        "42 helped more extra 3 local True", "9 True True", "True metaflow_extensions.acme.plugins.tools",
        "True frozenset({'rounds'})",
    ]


def test_without_extensions_there_is_nothing_to_pay(bench):
    out, err = python(
        "import sys, metaflow\n"
        "print([name for name in sys.modules if 'xtension' in name or name.startswith('penstock._plug')])\n"
        "print(len(sys.meta_path))", {"PYTHONPATH": str(SDK)})
    plain, _ = python("import sys\nprint(len(sys.meta_path))", {})
    assert out == ["[]"] + plain, err


def test_a_broken_extension_does_no_harm(bench, extended):
    bench.write("site/metaflow_extensions/broken/plugins/__init__.py", "raise RuntimeError('broken on purpose')")
    bench.write("site/metaflow_extensions/broken/toplevel/mfextinit_b.py", "toplevel = 'missing'")
    bench.write("site/metaflow_extensions/broken/config/mfextinit_b.py", "import sys; sys.exit(3)")
    bench.write("site/metaflow_extensions/odd/plugins/__init__.py", "STEP_DECORATORS_DESC = [3]")
    out, err = python(
        "from metaflow import acme_value\nfrom metaflow.metaflow_config import ACME_LEVEL\nprint(acme_value, ACME_LEVEL)",
        extended,
    )
    assert out == ["42 3"]
    for words in (
        "warning: the extension metaflow_extensions.broken.plugins is left out: RuntimeError: broken on purpose",
        "warning: the extension metaflow_extensions.broken.toplevel.missing is left out: ModuleNotFoundError",
        "warning: the extension metaflow_extensions.broken.config.mfextinit_b is left out: SystemExit: 3",
        "warning: the extension metaflow_extensions.odd.plugins is left out: TypeError",
    ):
        assert words in err, err
    assert "Traceback" not in err
    out, err = python("from metaflow import broken, step\n@broken\n@step\ndef f(self): pass", extended)
    assert "MetaflowException: The decorator 'broken' of an extension package cannot be loaded: ModuleNotFoundError" in err


def test_plug_in_decorators_are_told_of_everything(bench, extended):
    plan = {"configure": {"options": {"loud": True, "times": "5"}, "with": ["watched:words=w"]},
            "assign": {"start": {"attempt": 1, "user_attempts": 3}}}
    outcome = bench.run(FLOW % ("@watched(words='a b')", "pass"), "run", plan=plan, environment=extended)
    flow = outcome["hello"]["flow"]
    assert outcome["hello"]["configure"] and flow["options"] == [
        {"name": "greeting", "flag": False, "multiple": False, "default": "hello", "help": "what to say"},
        {"name": "loud", "flag": True, "multiple": False, "default": None, "help": None},
        {"name": "times", "flag": False, "multiple": False, "default": 2, "help": None},
    ]
    assert flow["decorators"] == [{"name": "greeted", "attributes": {"who": "me"}, "line": 4, "plugin": True}]
    assert outcome.steps["start"]["decorators"] == [
        {"name": "watched", "attributes": {"words": "a b", "take": False, "swap": False}, "line": 6, "plugin": True,
         "retries": [2, 1]}]
    configured = {step["name"]: step["decorators"] for step in outcome["configured"]["flow"]["steps"]}
    assert [each["inserted_by"] for each in configured["end"]] == [[]]
    assert "flow_init of F" in outcome.process.err
    start = outcome.one("start")
    assert start.ok, start.err
    assert start.value("greeted") == ["me", {"greeting": "hello", "loud": True, "times": 5}]
    assert start.value("calls") == ["init a b", "step_init start ['watched']", "pre start 1 2 None", "post start"]
    assert start.value("set_by_plugin") == "start"
    assert {"name": "colour", "value": "green", "type": "text"} in start["metadata"]
    assert start.out == "finished True\n" and "OSError: of no importance" in start.err


@pytest.mark.parametrize("use, ok, calls", [
    ("@watched", False, "exception oh no"),
    ("@watched(take=True)", True, "exception oh no"),
    ("@watched(swap=True)", True, "swapped"),
])  # fmt: skip
def test_plug_in_decorators_may_deal_with_failures_and_replace_the_step(bench, extended, use, ok, calls):
    outcome = bench.run(FLOW % (use, "raise ValueError('oh no')"), "run", environment=extended)
    start = outcome.one("start")
    assert start.ok == ok and calls in start.value("calls")
    assert start.out == "finished %s\n" % ok
    if ok and "swap" not in use:
        assert start["done"]["transition"]["targets"] == ["end"]


@pytest.mark.parametrize("options, words", [
    ({"times": "many"}, "--times cannot take the value 'many'"),
])  # fmt: skip
def test_options_that_cannot_be_used(bench, extended, options, words):
    outcome = bench.run(FLOW % ("", "pass"), "run", plan={"configure": {"options": options}}, environment=extended)
    refused = outcome["configured"]
    assert refused["type"] == "refused" and refused["usage"] and words in refused["headline"]


def test_attributes_that_a_plug_in_does_not_have(bench, extended):
    process = bench.run(FLOW % ("@watched(nope=1)", "pass"), "run", environment=extended).process
    assert process.returncode == 1 and "does not support the attribute 'nope'" in process.err
