"""Words and tables about tides."""


def as_words(waters):
    """One sentence, with the project's own dependency."""
    from humanize import apnumber

    return f"{apnumber(len(waters))} high waters, the highest {max(metres for _, metres in waters)} m above the mean"


def as_table(waters):
    """A table; needs the extra `tables`."""
    from tabulate import tabulate

    return tabulate(waters, headers=["hour", "metres"])
