from metaflow import FlowSpec, step


class NoNext(FlowSpec):
    @step
    def start(self):
        self.next(self.middle)

    @step  # named: middle
    def middle(self):  # named: middle
        if self.name:
            self.next(self.end)  # named: middle

    @step
    def end(self):
        pass


if __name__ == "__main__":
    NoNext()
