"""Sound, but with a decorator that belongs to a later version."""

from metaflow import FlowSpec, kubernetes, step


class Later(FlowSpec):
    @kubernetes(cpu=2)  # named: start
    @step  # named: start
    def start(self):  # named: start
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Later()
