"""Decorators that a person writes around a step's body, on the fake engine."""

import pytest

from penstock import FlowSpec, StepMutator, UserStepDecorator, retry, step, user_step_decorator
from penstock import exception as e

HEAD = '''
from metaflow import FlowSpec, StepMutator, USER_SKIP_STEP, UserStepDecorator, current, retry, step, user_step_decorator

def note(flow, text):
    flow.notes = getattr(flow, "notes", []) + [text]

@user_step_decorator
def traced(step_name, flow, inputs):
    note(flow, "in " + step_name)
    yield
    note(flow, "out " + step_name)

@user_step_decorator
def named(step_name, flow, inputs, attributes):
    note(flow, attributes)
    try:
        yield
    except ValueError as error:
        note(flow, "saw %s" % error)
        if attributes.get("raise"):
            raise

@user_step_decorator
def yields(step_name, flow, inputs, attributes):
    yield {"skip": USER_SKIP_STEP, "to": {"foreach": "others"}, "call": instead, "say": instead_and_say,
           "nodes": {"num_parallel": 2}, "joined": instead_of_join, "nothing": None}[attributes["what"]]
    note(flow, "after")

def instead(flow):
    note(flow, "instead")
    flow.next(flow.end)

def instead_and_say(flow):
    note(flow, "instead")
    return True

def instead_of_join(flow, inputs):
    note(flow, "joined %d" % len(list(inputs)))
    return {}
'''
FLOW = HEAD + '''
class Around(UserStepDecorator):
    def init(self, label="?", skip=None, result="keep"):
        self.label, self.skip, self.result = label, skip, result
    def pre_step(self, step_name, flow, inputs=None):
        note(flow, "pre " + self.label)
        if self.skip is not None:
            self.skip_step = self.skip
    def post_step(self, step_name, flow, exception=None):
        note(flow, "post %s %s" % (self.label, exception))
        return {"keep": exception, "drop": None, "none-false": (None, False), "pair": (exception, None),
                "new": KeyError("new"), "odd": 7}[self.result]

class F(FlowSpec):
    DECORATORS
    @step
    def start(self):
        self.items = [1, 2]
        self.others = [3, 4, 5]
        self.kind = "b"
        note(self, "body")
        LAST
    @step
    def one(self):
        note(self, "one %s" % self.input)
        self.next(self.end)
    @step
    def end(self):
        pass
if __name__ == "__main__":
    F()
'''


def written(decorators, last):
    return FLOW.replace("DECORATORS", decorators).replace("LAST", last)


NEXT = "self.next(self.end)"
FAIL = "raise ValueError('bad')\n        " + NEXT


@pytest.mark.parametrize("decorators, last, notes", [
    ("@traced\n    @named(a=1)", NEXT, ["in start", {"a": 1}, "body", "out start"]),
    ("@Around(label='x')\n    @traced", NEXT, ["pre x", "in start", "body", "out start", "post x None"]),
    ("@named(a=1)", FAIL, [{"a": 1}, "body", "saw bad"]),
    ("@Around(result='drop')\n    @named(**{'raise': 1})", FAIL, ["pre ?", {"raise": 1}, "body", "saw bad", "post ? bad"]),
    ("@yields(what='skip')", NEXT, ["after"]),
    ("@yields(what='nothing')", NEXT, ["body", "after"]),
    ("@yields(what='call')\n    @traced", NEXT, ["instead", "after"]),
    ("@yields(what='say')", NEXT, ["instead", "after"]),
    ("@Around(skip=True)", NEXT, ["pre ?", "post ? None"]),
    ("@Around(skip={})", NEXT, ["pre ?", "body", "post ? None"]),
    ("@Around(result='none-false')", NEXT, ["pre ?", "body", "post ? None"]),
    ("@Around(result='pair')", NEXT, ["pre ?", "body", "post ? None"]),
    ("@yields(what='skip')", "self.next({'a': self.one, 'b': self.end}, condition='kind')", None),
])  # fmt: skip
def test_what_stands_around_a_body(bench, decorators, last, notes):
    text = written(decorators, last)
    if notes is None:  # the switch looks at what the step would have set
        text = text.replace("class F(FlowSpec):", "class F(FlowSpec):\n    kind = 'b'")
        text = text.replace("        self.kind = \"b\"\n", "")
        notes = ["after"]
    outcome = bench.run(text, "run")
    start = outcome.one("start")
    assert start.ok, start.err
    assert start.value("notes") == notes
    assert start["done"]["transition"]["targets"] == ["end"]


@pytest.mark.parametrize("decorators, last, words", [
    ("@named(**{'raise': 1})", FAIL, "ValueError: bad"),
    ("@Around(result='keep')", FAIL, "ValueError: bad"),
    ("@Around(result='new')", NEXT, "KeyError: 'new'"),
    ("@Around(result='odd')", NEXT, "gives 7 after the step"),
    ("@yields(what='unknown')", NEXT, "KeyError: 'unknown'"),
    ("@Around(label='x')\n    @Around(skip='no')", NEXT, "not 'no'"),
    ("@yields(what='skip')", "self.next(self.one, num_parallel=2)", "known to its body only"),
])  # fmt: skip
def test_what_goes_wrong_around_a_body(bench, decorators, last, words):
    start = bench.run(written(decorators, last), "run").one("start")
    assert not start.ok and words in start.err


def test_a_decorator_says_what_follows(bench):
    outcome = bench.run(written("@yields(what='to')", "self.next(self.one, foreach='items')").replace(
        "note(self, \"body\")", "1 / 0").replace("class F(FlowSpec):", "class F(FlowSpec):\n    others = [3, 4, 5]").replace(
        "def end(self):", "def end(self, inputs):"), "run")
    assert outcome.one("start")["done"]["transition"]["splits"] == 3, outcome.one("start").err
    assert sorted(task.value("notes")[-1] for task in outcome.of("one")) == ["one 3", "one 4", "one 5"]


def test_decorators_of_a_join(bench):
    text = HEAD + '''
class F(FlowSpec):
    @step
    def start(self):
        self.next(self.a, self.b)
    @step
    def a(self):
        self.next(self.join)
    @step
    def b(self):
        self.next(self.join)
    @yields(what="joined")
    @step
    def join(self, inputs):
        self.next(self.end)
    @step
    def end(self):
        pass
F()
'''
    assert bench.run(text, "run").one("end").value("notes") == ["joined 2", "after"]


def test_a_second_yield(bench):
    twice = "@user_step_decorator\ndef twice(a, b, c):\n    yield\n    yield\n\nclass F"
    text = written("@twice", NEXT).replace("class F", twice)
    start = bench.run(text, "run").one("start")
    assert not start.ok and "Decorator __main__.twice yields a second time" in start.err
    text = text.replace("    yield\n    yield\n", "    if a is None: yield\n")
    start = bench.run(text, "run").one("start")
    assert not start.ok and "came to its end without a yield" in start.err


def test_a_decorator_is_applied_with_and_without_parentheses():
    class Plain(UserStepDecorator):
        pass

    class Both(Plain, StepMutator):
        def init(self, *values, **named):
            self.given = values, named

    class F(FlowSpec):
        @Plain
        @retry
        @Both(x=1)
        @step
        def start(self):
            pass

    assert [type(each).__name__ for each in F.start.wrappers] == ["Both", "Plain"]
    assert [type(each).__name__ for each in F.start.mutators] == ["Both"]
    assert [each.name for each in F.start.decorators] == ["retry"]
    F.start.wrappers[0].external_init()
    assert F.start.wrappers[0].given == ((), {"x": 1})


def test_decorators_that_are_written_or_applied_wrongly():
    class Plain(UserStepDecorator):
        pass

    with pytest.raises(e.BadStepDecoratorException, match="Plain is applied to 'f', which is not a step"):
        @Plain
        def f():
            pass

    with pytest.raises(e.BadStepDecoratorException, match="is not a step"):
        @Plain()
        def g():
            pass

    with pytest.raises(e.MetaflowException, match="takes its values by name"):
        Plain(3)
    with pytest.raises(e.MetaflowException, match="makes decorators of generator functions; '.*plain' is none"):
        @user_step_decorator
        def plain(step_name, flow, inputs):
            return 3

    for count in ("a, b", "a, b, c, d, e"):
        names = {}
        exec("def made(%s): yield" % count, names)
        with pytest.raises(e.MetaflowException, match="takes %d arguments" % (count.count(",") + 1)):
            user_step_decorator(names["made"])
    made = {}
    exec("def made(a, b, c): yield", made)
    with pytest.raises(e.MetaflowException, match="step_name, flow, inputs, attributes; 'made' takes 3"):
        user_step_decorator(x=1)(made["made"])


@pytest.mark.parametrize("use, words", [
    ("@Around(label=1, nope=2)", "TypeError"),
    ("@traced(a=1)", "its generator takes no fourth argument"),
    ("@Bare(a=1)", "is given values, but its class has no method init that takes them"),
])  # fmt: skip
def test_values_that_a_decorator_does_not_take(bench, use, words):
    text = written(use, NEXT).replace("class F(", "class Bare(UserStepDecorator):\n    pass\n\nclass F(")
    hello = bench.run(text, "run")["hello"]
    assert hello["type"] == "refused" and words in hello["headline"]
