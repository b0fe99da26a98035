from metaflow import FlowSpec, step


class UnknownStep(FlowSpec):
    @step
    def start(self):
        self.next(self.middle)

    @step
    def middle(self):
        self.number = 1
        self.next(self.nowhere)  # named: middle

    @step
    def end(self):
        pass


if __name__ == "__main__":
    UnknownStep()
