from metaflow import FlowSpec, step


class ComputedNext(FlowSpec):
    @step
    def start(self):
        name = "end"
        self.next(getattr(self, name))  # named: start

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ComputedNext()
