"""Used by the flow, and pickled by it."""


class Word:
    def __init__(self, text):
        self.text = text


def greeting(name):
    return f"hello from {name}"
