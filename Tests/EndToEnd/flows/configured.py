"""A flow that its configs and mutators make what it is. The files it reads lie in the working directory."""

import os

from metaflow import (
    Config,
    FlowMutator,
    FlowSpec,
    Parameter,
    StepMutator,
    config_expr,
    current,
    environment,
    project,
    step,
    timeout,
)


def words(text):
    return {"words": text.split()}


def made(ctx):
    with open("calls", "a") as file:
        file.write("%s of %s\n" % (ctx.parameter_name, ctx.flow_name))
    return {"from": "a function"}


def sum_of(ctx):
    return ctx.configs.main.rate + len(ctx.configs["listed"].words)


class AddParameters(FlowMutator):
    def init(self, name):
        self.config_name = name

    def pre_mutate(self, mutable_flow):
        found = dict(mutable_flow.configs)[self.config_name]
        for name, default in (found.get("parameters") or {}).items():
            mutable_flow.add_parameter(name, Parameter(name, default=default))


class Label(StepMutator):
    def init(self, *names):
        self.names = names

    def mutate(self, mutable_step):
        for place, name in enumerate(self.names):
            mutable_step.add_decorator(
                "environment", deco_kwargs={"vars": {"LABEL": "%s %d" % (name, place)}}, duplicates=mutable_step.IGNORE
            )


@AddParameters("main")
@project(name=config_expr("main").project)
class Configured(FlowSpec):
    main = Config("main", default="main.json", help="What it is all about.")
    listed = Config("listed", parser=words, default_value="a b c")
    computed = Config("computed", default_value=made)
    nothing = Config("nothing")
    plain = Config("plain", plain=True, default_value="as {it} is")

    rate = Parameter("rate", default=main.rate, type=int)
    total = Parameter("total", default=sum_of, type=int)

    @timeout(seconds=main["limits"]["seconds"])
    @environment(vars={"PROJECT": main.project, "UPPER": config_expr("main.project.upper()")})
    @step
    def start(self):
        self.seen = {
            "rate": self.rate,
            "total": self.total,
            "added": self.added,
            "words": self.listed.words,
            "computed": self.computed["from"],
            "nothing": self.nothing,
            "plain": self.plain,
            "variables": [os.environ["PROJECT"], os.environ["UPPER"]],
            "project": current.project_name,
            "nested": self.main.limits.seconds,
        }
        self.kind = "x"
        self.next({self.main.way: self.work, "never": self.idle}, condition="kind")

    @step
    def idle(self):
        self.next(self.work)

    @Label("one", main.project)
    @step
    def work(self):
        self.label = os.environ["LABEL"]
        self.items = [1, 2]
        self.next(self.each, foreach="items")

    @environment(**main.more)
    @step
    def each(self):
        self.more = [os.environ["MORE"], self.main["limits"].seconds, self.input]
        self.next(self.join)

    @step
    def join(self, inputs):
        self.merge_artifacts(inputs, exclude=["more"])
        self.more = [each.more for each in inputs]
        self.in_join = self.main.project
        self.next(self.end)

    @step
    def end(self):
        self.refusals = []
        for change in (lambda: setattr(self.main, "rate", 1), lambda: self.main.update(a=1), lambda: setattr(self, "main", 1)):
            try:
                change()
            except (TypeError, AttributeError) as error:
                self.refusals.append(type(error).__name__)


if __name__ == "__main__":
    Configured()
