"""Heights of the water in a harbour, from its largest tides."""

from math import cos, tau

#: Period in hours and height in metres of the moon's tide, the sun's, and the one between them.
PARTS = ((12.42, 1.9), (12.0, 0.6), (12.66, 0.4))


def height(hour):
    """Metres above the mean, `hour` hours after the highest water of a spring tide."""
    return sum(metres * cos(tau * hour / period) for period, metres in PARTS)


def high_waters(hours):
    """(hour, metres) of each high water within `hours` hours, to the tenth of an hour."""
    heights = [height(step / 10) for step in range(hours * 10 + 1)]
    return [
        (step / 10, round(heights[step], 2)) for step in range(1, len(heights) - 1)
        if heights[step - 1] < heights[step] >= heights[step + 1]]
