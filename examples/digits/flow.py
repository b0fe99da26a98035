"""Which classifier reads handwritten digits best?

    python examples/digits/flow.py --environment=pypi run
    python examples/digits/flow.py --environment=pypi run --folds 10 --alpha 0

Twelve candidates are cross-validated side by side, a join ranks them, and the winner sits an exam
on pictures that none of them has seen. Two steps need packages and say so with @pypi: each runs in an
environment that holds exactly what it names. The other steps need nothing but Python.
"""

from penstock import FlowSpec, Parameter, pypi, step

from digits.candidates import candidates


class DigitsFlow(FlowSpec):
    """Find the best classifier for handwritten digits."""

    folds = Parameter("folds", default=5, help="Parts that the training data is cut into.")
    alpha = Parameter("alpha", default=0.1, help="How much a candidate loses when its folds disagree.")
    seed = Parameter("seed", default=20, help="Makes every split and every forest repeatable.")

    @step
    def start(self):
        """Line up the candidates."""
        self.candidates = candidates()
        print(f"{len(self.candidates)} candidates, {self.folds} folds each")
        self.next(self.evaluate, foreach="candidates")

    @pypi(python="3.11", packages={"scikit-learn": "1.9.1"})
    @step
    def evaluate(self):
        """Cross-validate one candidate."""
        from digits.training import cross_validate

        self.result = cross_validate(self.input, self.folds, self.seed)
        print(f"{self.result.candidate} reads {self.result.mean:.2%}")
        self.next(self.choose)

    @step
    def choose(self, inputs):
        """Rank the candidates and pick the best."""
        self.results = sorted(
            (branch.result for branch in inputs),
            key=lambda result: result.score(self.alpha), reverse=True)
        self.best = self.results[0].candidate
        self.next(self.examine)

    @pypi(python="3.11", packages={"scikit-learn": "1.9.1", "pandas": "3.1.1"})
    @step
    def examine(self):
        """Train the winner, test it on unseen pictures, and write the report."""
        from digits.reports import as_text, leaderboard, verdict
        from digits.training import final_exam

        self.model, self.confusion = final_exam(self.best, self.seed)
        self.accuracy = float(self.confusion.trace() / self.confusion.sum())
        self.leaderboard = leaderboard(self.results, self.alpha)
        self.report = as_text(self.leaderboard) + "\n\n" + verdict(self.best, self.confusion)
        self.next(self.end)

    @step
    def end(self):
        """Print the report."""
        print(self.report)


if __name__ == "__main__":
    DigitsFlow()
