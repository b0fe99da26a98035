"""A large array on its way from one step to the next."""

import numpy

from metaflow import FlowSpec, Parameter, step


class Large(FlowSpec):
    megabytes = Parameter("megabytes", default=1000)

    @step
    def start(self):
        self.array = numpy.random.default_rng(1).random(self.megabytes * 125_000)
        self.next(self.end)

    @step
    def end(self):
        self.total = float(self.array.sum())


if __name__ == "__main__":
    Large()
