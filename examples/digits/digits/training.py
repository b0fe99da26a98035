"""Everything that needs scikit-learn. Import this inside a step that asks for it with @pypi."""

import time

from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from digits.candidates import Result


def split(seed):
    """The 1,797 pictures: three quarters to learn from, a quarter that only the winner gets to see."""
    pictures, labels = load_digits(return_X_y=True)
    return train_test_split(pictures, labels, test_size=0.25, stratify=labels, random_state=seed)


def build(candidate, seed):
    """An untrained classifier."""
    if candidate.family == "SVC":
        return SVC(**candidate.settings)
    if candidate.family == "KNeighbors":
        return KNeighborsClassifier(**candidate.settings)
    if candidate.family == "LogisticRegression":
        return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, **candidate.settings))
    if candidate.family == "RandomForest":
        return RandomForestClassifier(random_state=seed, **candidate.settings)
    raise ValueError(f"There is no classifier for {candidate}.")


def cross_validate(candidate, folds, seed):
    """Train and test a candidate on each fold of the training data."""
    pictures, _, labels, _ = split(seed)
    began = time.perf_counter()
    accuracies = cross_val_score(
        build(candidate, seed), pictures, labels,
        cv=StratifiedKFold(folds, shuffle=True, random_state=seed))
    return Result(candidate, tuple(float(a) for a in accuracies), time.perf_counter() - began)


def final_exam(candidate, seed):
    """Train the winner on all the training data; count its answers on the pictures nobody has seen."""
    pictures, unseen, labels, truth = split(seed)
    model = build(candidate, seed).fit(pictures, labels)
    return model, confusion_matrix(truth, model.predict(unseen))
