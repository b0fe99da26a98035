from metaflow import FlowSpec, step


class MissingEnd(FlowSpec):  # named: end
    @step  # named: end
    def start(self):  # named: end
        self.next(self.last)  # named: end

    @step  # named: end
    def last(self):  # named: end
        self.count = 1  # named: end


if __name__ == "__main__":
    MissingEnd()
