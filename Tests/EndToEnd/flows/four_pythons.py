from penstock import FlowSpec, pypi, step


def seen():
    """The Python of the step, and the version of `flour` that it has."""
    import sys

    import flour

    return "%d.%d" % sys.version_info[:2], flour.VERSION


class FourPythons(FlowSpec):
    @pypi(python="FIRST", packages={"flour": "==1.0"})
    @step
    def start(self):
        self.seen = [seen()]
        self.next(self.second)

    @pypi(python="SECOND", packages={"flour": "==1.1"})
    @step
    def second(self):
        self.seen = self.seen + [seen()]
        self.next(self.third)

    @pypi(python="THIRD", packages={"flour": "==1.2"})
    @step
    def third(self):
        self.seen = self.seen + [seen()]
        self.next(self.end)

    @pypi(python="FOURTH", packages={"flour": "==1.3"})
    @step
    def end(self):
        self.seen = self.seen + [seen()]
        print(self.seen)


if __name__ == "__main__":
    FourPythons()
