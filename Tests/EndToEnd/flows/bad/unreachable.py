from metaflow import FlowSpec, step


class Unreachable(FlowSpec):
    @step
    def start(self):
        self.next(self.end)

    @step  # named: island
    def island(self):  # named: island
        self.next(self.end)  # named: island

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Unreachable()
