"""One step with five packages, which bring about a hundred others along."""

from metaflow import FlowSpec, pypi, step


class FivePackages(FlowSpec):
    @pypi(packages={"pandas": "", "scikit-learn": "", "matplotlib": "", "jupyterlab": "", "fastapi": ""})
    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    FivePackages()
