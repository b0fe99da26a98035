"""Steps with decorators that were written here and beside the flow."""

from beside.decorators import Guard, timed

from metaflow import USER_SKIP_STEP, FlowMutator, FlowSpec, StepMutator, retry, step, user_step_decorator


@user_step_decorator
def swallow(step_name, flow, inputs, attributes):
    try:
        yield
    except ZeroDivisionError as error:
        flow.swallowed = "%s in %s, %s" % (error, step_name, attributes["label"])


@user_step_decorator
def left_out(step_name, flow, inputs):
    yield USER_SKIP_STEP
    flow.left_out = step_name


@user_step_decorator
def wider(step_name, flow, inputs):
    flow.many = ["a", "b", "c"]
    yield {"foreach": "many"}


@user_step_decorator
def replaced(step_name, flow, inputs):
    def instead(flow, inputs):
        flow.letters = sorted(each.letter for each in inputs)
        flow.names = sorted({each.timed for each in inputs})
        return True

    yield instead


class Everywhere(FlowMutator):
    def mutate(self, mutable_flow):
        for name, each in mutable_flow.steps:
            if not each.has_decorator("timed"):
                each.add_decorator(timed)


class Tried(StepMutator):
    def pre_mutate(self, mutable_step):
        mutable_step.add_decorator(retry, deco_kwargs={"times": 1})


@Everywhere
class Wrapped(FlowSpec):
    @Guard(limit=3)
    @timed
    @swallow(label="first")
    @step
    def start(self):
        self.before = self.guarded
        1 / 0
        self.next(self.skipped)

    @left_out
    @step
    def skipped(self):
        raise ValueError("never run")
        self.next(self.spread)

    @wider
    @step
    def spread(self):
        self.few = [1]
        self.next(self.one, foreach="few")

    @Tried
    @step
    def one(self):
        from metaflow import current

        assert current.retry_count == 1
        self.letter = self.input
        self.next(self.join)

    @replaced
    @step
    def join(self, inputs):
        raise ValueError("never run")
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Wrapped()
