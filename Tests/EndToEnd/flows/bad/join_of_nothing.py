from metaflow import FlowSpec, step


class JoinOfNothing(FlowSpec):
    @step
    def start(self):
        self.next(self.meet)

    @step  # named: meet
    def meet(self, inputs):  # named: meet
        self.next(self.end)  # named: meet

    @step
    def end(self):
        pass


if __name__ == "__main__":
    JoinOfNothing()
