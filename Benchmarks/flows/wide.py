"""A foreach of tasks that do nothing, as wide as --width says."""

from metaflow import FlowSpec, Parameter, step


class Wide(FlowSpec):
    width = Parameter("width", default=100)

    @step
    def start(self):
        self.items = list(range(self.width))
        self.next(self.work, foreach="items")

    @step
    def work(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.count = sum(1 for _ in inputs)
        self.next(self.end)

    @step
    def end(self):
        assert self.count == self.width


if __name__ == "__main__":
    Wide()
