"""Cards: what a step has to say, on a page of its own. ``python flow.py run``, then ``python flow.py card view train``."""

import random

from metaflow import FlowSpec, Parameter, card, current, step
from metaflow.cards import EventsTimeline, Markdown, ProgressBar, PythonCode, Table, ValueBox, VegaChart


class CardsFlow(FlowSpec):
    """Fits lines to noisy points, at several learning rates."""

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
        progress = ProgressBar(max=self.rounds, label="Rounds", unit="rounds")
        current.card.append(Markdown("## Learning rate %g\nThe **mean squared error** after each round:" % self.input))
        current.card.append(progress)
        slope = offset = 0.0
        losses = []
        for done in range(self.rounds):
            errors = [slope * x + offset - y for x, y in self.points]
            losses.append(sum(error * error for error in errors) / len(errors))
            slope -= self.input * 2 * sum(e * x for e, (x, _) in zip(errors, self.points)) / len(errors)
            offset -= self.input * 2 * sum(errors) / len(errors)
            progress.update(done + 1)
            current.card.refresh()
        self.slope, self.offset, self.loss = slope, offset, losses[-1]
        current.card.append(_chart([{"round": at, "loss": loss} for at, loss in enumerate(losses)], "line", "round", "loss"))
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
        loss, rate, slope, offset = self.results[0]
        events = EventsTimeline("What was tried")
        for each in reversed(self.results):
            events.update({"rate": each[1], "loss": round(each[0], 4)}, style_theme="success" if each is self.results[0] else None)
        current.card.extend(
            [
                Table([[ValueBox("Error", round(loss, 3), theme="success"), ValueBox("Learning rate", rate), ValueBox("Slope", round(slope, 3))]]),
                _chart([{"x": x, "y": y} for x, y in self.points], "point", "x", "y"),
                Table([list(each) for each in self.results], headers=["loss", "rate", "slope", "offset"]),
                events,
                PythonCode(_chart),
            ]
        )


def _chart(rows, mark, x, y):
    return VegaChart(
        {
            "data": {"values": rows},
            "mark": mark,
            "encoding": {name: {"field": field, "type": "quantitative"} for name, field in (("x", x), ("y", y))},
        }
    )


if __name__ == "__main__":
    CardsFlow()
