from metaflow import FlowSpec, step


class ForeachIntoJoin(FlowSpec):
    @step  # named: start
    def start(self):  # named: start
        self.items = [1, 2]
        self.next(self.meet, foreach="items")  # named: start

    @step  # named: meet
    def meet(self, inputs):  # named: meet
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ForeachIntoJoin()
