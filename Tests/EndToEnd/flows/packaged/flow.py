"""A flow with modules of its own beside it."""

from metaflow import FlowSpec, step

from helpers.words import Word, greeting


class Packaged(FlowSpec):
    @step
    def start(self):
        self.word = Word(greeting("start"))
        self.next(self.end)

    @step
    def end(self):
        from linked import reached

        assert isinstance(self.word, Word)
        print(self.word.text, reached.VALUE)


if __name__ == "__main__":
    Packaged()
