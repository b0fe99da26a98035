from metaflow import FlowSpec, step


class JoinWithoutInputs(FlowSpec):
    @step
    def start(self):
        self.next(self.left, self.right)

    @step
    def left(self):
        self.next(self.meet)

    @step
    def right(self):
        self.next(self.meet)

    @step  # named: meet
    def meet(self):  # named: meet
        self.next(self.end)  # named: meet

    @step  # named: end
    def end(self):  # named: end
        pass


if __name__ == "__main__":
    JoinWithoutInputs()
