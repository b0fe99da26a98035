"""A foreach inside of another, whose items only its control task can count."""

from metaflow import FlowSpec, step, unbounded_test_foreach_internal
from metaflow.plugins import InternalTestUnboundedForeachInput


class Unbounded(FlowSpec):
    @step
    def start(self):
        self.outer = "xy"
        self.next(self.fan, foreach="outer")

    @step
    def fan(self):
        self.inner = InternalTestUnboundedForeachInput([10, 20, 30])
        self.next(self.work, foreach="inner")

    @unbounded_test_foreach_internal
    @step
    def work(self):
        self.seen = (self.index, self.input, self.foreach_stack())
        self.next(self.collect)

    @step
    def collect(self, inputs):
        self.seen = sorted(each.seen for each in inputs)
        self.place = self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.seen = [(each.place, each.seen) for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Unbounded()
