"""Sound, but with a step that is to run in two places."""

from metaflow import FlowSpec, batch, kubernetes, step


class TwoClusters(FlowSpec):
    @batch(queue="q")  # named: start
    @kubernetes(cpu=2)  # named: start
    @step  # named: start
    def start(self):  # named: start
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    TwoClusters()
