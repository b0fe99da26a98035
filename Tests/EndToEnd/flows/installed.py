from SPELLING import FlowSpec, current, step


class Installed(FlowSpec):
    @step
    def start(self):
        self.numbers = [1, 2, 3]
        self.next(self.square, foreach="numbers")

    @step
    def square(self):
        self.result = self.input**2
        self.next(self.join)

    @step
    def join(self, inputs):
        self.sum = sum(each.result for each in inputs)
        self.next(self.end)

    @step
    def end(self):
        import sys

        print("python", "%d.%d" % sys.version_info[:2], "sum", self.sum, current.flow_name)


if __name__ == "__main__":
    Installed()
