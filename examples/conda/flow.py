"""One flow, four kinds of steps: packages of PyPI, of conda, of both in one solve, and of neither.

    export CONDA_CHANNEL_ALIAS=…     # where channels such as conda-forge are, unless your .condarc says it
    python examples/conda/flow.py --environment=conda run

No conda, mamba or micromamba is needed. The interpreter that starts the flow needs none of the packages.
"""

from penstock import FlowSpec, conda, pypi, step


def seen(*names):
    """The versions of packages, and who installed them."""
    from importlib.metadata import distribution

    return {name: (distribution(name).version, (distribution(name).read_text("INSTALLER") or "").strip()) for name in names}


class BothWorldsFlow(FlowSpec):
    """The mean of noisy measurements, by way of both worlds."""

    @pypi(packages={"packaging": ">=23"})
    @step
    def start(self):
        """PyPI only: put versions into order."""
        from packaging.version import Version

        self.newest = str(max(map(Version, ["1.9", "1.10", "1.10rc1"])))
        self.seen = {"start": seen("packaging")}
        self.next(self.measure)

    @conda(packages={"numpy": ">=2"})
    @step
    def measure(self):
        """Conda only: Python and NumPy are conda packages."""
        import numpy

        self.values = numpy.random.default_rng(7).normal(loc=3, size=1000).tolist()
        self.seen["measure"] = seen("numpy")
        self.next(self.judge)

    @conda(packages={"numpy": ">=2"})
    @pypi(packages={"pandas": ">=2"})
    @step
    def judge(self):
        """Both, solved together: pandas is a wheel, and the NumPy that it needs is the one of conda."""
        import pandas

        self.mean = float(pandas.Series(self.values).mean())
        self.seen["judge"] = seen("pandas", "numpy")
        self.next(self.end)

    @step
    def end(self):
        """Neither: Python's own library, with --environment=conda in an environment of its own."""
        for name, packages in self.seen.items():
            for package, (version, installer) in packages.items():
                print(f"{name:8} {package:10} {version:10} from {installer or 'conda'}")
        print(f"newest {self.newest}, mean {self.mean:.3f}")


if __name__ == "__main__":
    BothWorldsFlow()
