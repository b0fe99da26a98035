"""Branches, a nested foreach, joins and merging in one flow."""

from metaflow import FlowSpec, step


class Shapes(FlowSpec):
    @step
    def start(self):
        self.common = "common"
        self.next(self.left, self.right)

    @step
    def left(self):
        self.side = "left"
        self.only_left = 1
        self.next(self.meet)

    @step
    def right(self):
        self.side = "right"
        self.only_right = 2
        self.next(self.meet)

    @step
    def meet(self, inputs):
        assert not hasattr(self, "common"), "a join inherits nothing"
        self.order = [branch.side for branch in inputs]
        self.by_name = (inputs.left.side, inputs.right.side)
        self.merge_artifacts(inputs, exclude=["side"])
        assert (self.common, self.only_left, self.only_right) == ("common", 1, 2)
        self.next(self.spread)

    @step
    def spread(self):
        self.letters = ["a", "b", "c"]
        self.next(self.letter, foreach="letters")

    @step
    def letter(self):
        assert self.input == self.letters[self.index]
        self.chosen = self.input
        self.numbers = list(range(4))
        self.next(self.number, foreach="numbers")

    @step
    def number(self):
        self.stack = [tuple(frame) for frame in self.foreach_stack()]
        self.pair = f"{self.chosen}{self.input}"
        self.next(self.numbers_together)

    @step
    def numbers_together(self, inputs):
        self.outer_index = self.index  # a join sees the frame that is still open
        self.pairs = [branch.pair for branch in inputs]
        self.stacks = [branch.stack for branch in inputs]
        self.merge_artifacts(inputs, include=["common"])
        self.next(self.letters_together)

    @step
    def letters_together(self, inputs):
        self.all_pairs = [pair for branch in inputs for pair in branch.pairs]
        self.outer_indices = [branch.outer_index for branch in inputs]
        self.all_stacks = [stack for branch in inputs for stack in branch.stacks]
        self.merge_artifacts(inputs, include=["common"])
        self.next(self.end)

    @step
    def end(self):
        assert self.common == "common"
        assert self.index is None and self.input is None


if __name__ == "__main__":
    Shapes()
