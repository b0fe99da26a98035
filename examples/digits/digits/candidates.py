"""The classifiers that compete. Plain Python: steps without any package import this too."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Candidate:
    """A family of classifiers and the settings of one member."""

    family: str
    settings: dict = field(default_factory=dict)

    def __str__(self):
        settings = ", ".join(f"{name}={value}" for name, value in self.settings.items())
        return f"{self.family}({settings})"


@dataclass(frozen=True)
class Result:
    """How a candidate did on the folds of the training data."""

    candidate: Candidate
    accuracies: tuple
    seconds: float

    @property
    def mean(self):
        return sum(self.accuracies) / len(self.accuracies)

    @property
    def spread(self):
        """The distance between the best fold and the worst one."""
        return max(self.accuracies) - min(self.accuracies)

    def score(self, alpha):
        """What the ranking goes by: the mean, less `alpha` times the spread."""
        return self.mean - alpha * self.spread


def candidates():
    """Everything that is worth a try on a few thousand small pictures."""
    return (
        [Candidate("SVC", {"C": c, "gamma": gamma}) for c in (1, 10) for gamma in (0.0005, 0.001, 0.005)]
        + [Candidate("KNeighbors", {"n_neighbors": n}) for n in (1, 3, 7)]
        + [Candidate("LogisticRegression", {"C": c}) for c in (0.01, 0.1)]
        + [Candidate("RandomForest", {"n_estimators": 200})]
    )
