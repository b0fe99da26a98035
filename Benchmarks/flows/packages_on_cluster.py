"""One step with five packages, on a Slurm cluster."""

from metaflow import FlowSpec, pypi, slurm, step


class PackagesOnCluster(FlowSpec):
    @step
    def start(self):
        self.next(self.work)

    @slurm(memory=2000)
    @pypi(packages={"pandas": "", "scikit-learn": "", "matplotlib": "", "jupyterlab": "", "fastapi": ""})
    @step
    def work(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    PackagesOnCluster()
