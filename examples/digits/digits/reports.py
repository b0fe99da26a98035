"""Tables and sentences for people, made with pandas."""

import platform

import pandas
import sklearn


def leaderboard(results, alpha):
    """One row a candidate, in the order of the ranking."""
    return pandas.DataFrame({
        "candidate": [str(result.candidate) for result in results],
        "accuracy": [result.mean for result in results],
        "spread": [result.spread for result in results],
        "score": [result.score(alpha) for result in results],
        "seconds": [result.seconds for result in results],
    })


def mistakes(confusion):
    """The digits that were taken for others, the most frequent mistake first."""
    pairs = pandas.DataFrame(confusion).rename_axis(index="digit", columns="taken_for").stack()
    pairs = pairs.rename("times").reset_index()
    wrong = pairs[(pairs.digit != pairs.taken_for) & (pairs.times > 0)]
    return wrong.sort_values("times", ascending=False, kind="stable", ignore_index=True)


def as_text(table):
    """The table as it is printed: names to the left, numbers with four decimals."""
    names = table.columns[0]
    width = table[names].str.len().max()
    return table.to_string(
        index=False, float_format="{:.4f}".format, formatters={names: f"{{:<{width}}}".format}, justify="left")


def verdict(best, confusion):
    """The outcome of the exam in a few sentences."""
    right, asked = int(confusion.trace()), int(confusion.sum())
    slips = ", ".join(
        f"{row.digit} for {row.taken_for} ({row.times}x)" for row in mistakes(confusion).head(5).itertuples())
    return "\n".join([
        f"The winner is {best}.",
        f"It read {right} of {asked} unseen digits, which is {right / asked:.2%}.",
        f"It took {slips}." if slips else "It made no mistake.",
        f"Made with scikit-learn {sklearn.__version__} and pandas {pandas.__version__}"
        f" on Python {platform.python_version()}.",
    ])
