"""One flow, four Pythons: each step has a Python and packages of its own.

    python examples/four_pythons/flow.py --environment=pypi run

A step sees what its environment has and what the flow carries, nothing else. The interpreter that starts the flow needs none of the
packages. Pythons are found on this machine; `penstock env create --help` and docs/dependencies.md say where is looked.
"""

from penstock import FlowSpec, pypi, step


def library():
    """The Python and the NumPy that a step runs with."""
    import platform

    import numpy

    return {"python": platform.python_version(), "numpy": numpy.__version__}


class FourPythonsFlow(FlowSpec):
    """Fit a line to points, as four generations of one library do it."""

    @pypi(python="3.9", packages={"numpy": "1.21.6"})
    @step
    def start(self):
        """Make the points, with what an old project is pinned to."""
        import numpy

        noise = numpy.random.RandomState(7).normal(size=200)
        self.x = [index / 10 for index in range(200)]
        self.y = [3 * x + 2 + error for x, error in zip(self.x, noise.tolist())]
        self.seen = {"start": library()}
        self.next(self.fit)

    @pypi(python="3.11", packages={"numpy": "1.26.4"})
    @step
    def fit(self):
        """Fit the line."""
        import numpy

        slope, intercept = numpy.polyfit(self.x, self.y, 1).tolist()
        self.line = {"slope": slope, "intercept": intercept}
        self.seen["fit"] = library()
        self.next(self.judge)

    @pypi(python="3.12", packages={"numpy": "2.0.2"})
    @step
    def judge(self):
        """How far are the points from it?"""
        import numpy

        fitted = self.line["slope"] * numpy.asarray(self.x) + self.line["intercept"]
        self.error = float(numpy.sqrt(numpy.mean((fitted - numpy.asarray(self.y)) ** 2)))
        self.seen["judge"] = library()
        self.next(self.end)

    @pypi(python="3.13", packages={"numpy": ">=2.1"})
    @step
    def end(self):
        """Say what came of it."""
        self.seen["end"] = library()
        for name, versions in self.seen.items():
            print(f"{name:6} Python {versions['python']:8} NumPy {versions['numpy']}")
        print(f"y = {self.line['slope']:.2f} x + {self.line['intercept']:.2f}, error {self.error:.2f}")


if __name__ == "__main__":
    FourPythonsFlow()
