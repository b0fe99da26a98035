"""Decorators in a module of their own."""

from metaflow import UserStepDecorator, user_step_decorator


@user_step_decorator
def timed(step_name, flow, inputs):
    yield
    flow.timed = step_name


@user_step_decorator
def marked(step_name, flow, inputs, attributes):
    yield
    flow.marked = [step_name, attributes]


class Guard(UserStepDecorator):
    def init(self, limit):
        self.limit = limit

    def pre_step(self, step_name, flow, inputs=None):
        flow.guarded = self.limit

    def post_step(self, step_name, flow, exception=None):
        flow.after = [exception is None, getattr(flow, "timed", None)]
        return exception, None
