"""A flow that takes files along."""

import os

from metaflow import FlowSpec, IncludeFile, step


class Including(FlowSpec):
    text = IncludeFile("text", default="text.txt", help="A text.")
    raw = IncludeFile("raw", default="text.txt", is_text=False)
    latin = IncludeFile("latin", default="latin.txt", encoding="latin-1")
    absent = IncludeFile("absent", required=False)
    counted = IncludeFile("counted", default=lambda ctx: "text.txt", parser=len)

    @step
    def start(self):
        if os.environ.get("REMOVE"):
            os.unlink("text.txt")
        self.items = [1, 2]
        self.next(self.each, foreach="items")

    @step
    def each(self):
        assert self.text == "größer" and self.raw == "größer".encode() and self.latin == "größer"
        assert self.absent is None and self.counted == 6
        self.next(self.join)

    @step
    def join(self, inputs):
        assert self.text == inputs[0].text == "größer"
        self.next(self.end)

    @step
    def end(self):
        self.copy = self.text


if __name__ == "__main__":
    Including()
