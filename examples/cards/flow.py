"""Cards: what a step has to say, on a page of its own.

``python flow.py run``, then ``python flow.py card view end`` or ``card get end page.html``.
"""

import random

from penstock import FlowSpec, Parameter, card, current, step
from penstock.cards import EventsTimeline, Markdown, ProgressBar, PythonCode, Table, ValueBox, VegaChart


class CardsFlow(FlowSpec):
    """Fits a line to noisy points, at several learning rates."""

    seed = Parameter("seed", default=7, help="Seed of the noise")
    rounds = Parameter("rounds", default=60, help="Rounds of gradient descent")

    @card
    @step
    def start(self):
        """Makes the points."""
        draw = random.Random(self.seed)
        self.points = [(x / 10, 1.5 * x / 10 - 2 + draw.gauss(0, 0.8)) for x in range(60)]
        self.rates = [0.005, 0.02, 0.05]
        self.next(self.train, foreach="rates")

    @card(id="report")
    @step
    def train(self):
        """Fits a line by gradient descent."""
        progress = ProgressBar(max=self.rounds, label="Rounds")
        current.card.append(Markdown("## Learning rate %g\nThe **mean squared error** after each round:" % self.input))
        current.card.append(progress)
        slope = offset = 0.0
        losses = []
        for done in range(self.rounds):
            errors = [slope * x + offset - y for x, y in self.points]
            losses.append(sum(error * error for error in errors) / len(errors))
            slope -= self.input * 2 * sum(error * x for error, (x, _) in zip(errors, self.points)) / len(errors)
            offset -= self.input * 2 * sum(errors) / len(errors)
            progress.update(done + 1)
            current.card.refresh()
        self.slope, self.offset, self.loss = slope, offset, losses[-1]
        current.card.append(chart("line", "round", "loss", enumerate(losses)))
        self.next(self.join)

    @step
    def join(self, inputs):
        """Takes the best of them."""
        self.results = sorted((each.loss, each.input, each.slope, each.offset) for each in inputs)
        self.merge_artifacts(inputs, include=["points"])
        self.next(self.end)

    @card(type="blank", options={"title": "Which line fits best"})
    @step
    def end(self):
        """Says which line fits best."""
        loss, rate, slope, _ = self.results[0]
        boxes = [ValueBox("Error", round(loss, 3), theme="success"), ValueBox("Rate", rate), ValueBox("Slope", round(slope, 3))]
        events = EventsTimeline("What was tried")
        for loss, rate, _, _ in reversed(self.results):
            events.update({"rate": rate, "loss": round(loss, 4)}, style_theme="success" if loss == self.results[0][0] else None)
        current.card.append(Table([boxes]))
        current.card.append(chart("point", "x", "y", self.points))
        current.card.append(Table([list(each) for each in self.results], headers=["loss", "rate", "slope", "offset"]))
        current.card.extend([events, PythonCode(chart)])


def chart(mark, x, y, pairs):
    axes = {name: {"field": field, "type": "quantitative"} for name, field in (("x", x), ("y", y))}
    return VegaChart({"data": {"values": [{x: a, y: b} for a, b in pairs]}, "mark": mark, "encoding": axes})


if __name__ == "__main__":
    CardsFlow()
