from metaflow import FlowSpec, step


class Cycle(FlowSpec):
    @step
    def start(self):
        self.next(self.first)

    @step  # named: first
    def first(self):  # named: first
        self.next(self.second)  # named: first

    @step  # named: second
    def second(self):  # named: second
        self.next(self.first)  # named: second

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Cycle()
