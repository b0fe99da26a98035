"""Two steps that do nothing, in an environment with one small package."""

from metaflow import FlowSpec, pypi, step


class TwoStepsWithPackages(FlowSpec):
    @pypi(packages={"idna": ">=3"})
    @step
    def start(self):
        self.next(self.end)

    @pypi(packages={"idna": ">=3"})
    @step
    def end(self):
        pass


if __name__ == "__main__":
    TwoStepsWithPackages()
