"""A foreach as wide as it is told to be, over any kind of iterable."""

from metaflow import FlowSpec, Parameter, step


class Wide(FlowSpec):
    width = Parameter("width", default=5)
    kind = Parameter("kind", default="list")

    @step
    def start(self):
        kinds = {
            "list": lambda: list(range(self.width)),
            "string": lambda: "abcdefghij"[: self.width],
            "set": lambda: set(range(self.width)),
            "number": lambda: self.width,
        }
        self.items = kinds[self.kind]()
        self.next(self.work, foreach="items")

    @step
    def work(self):
        self.got = self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.all = [branch.got for branch in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Wide()
