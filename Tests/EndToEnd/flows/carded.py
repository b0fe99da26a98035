"""Cards of several kinds. HOLD names a file: the card of the last step is not rendered before it is gone."""

import os
import time

from metaflow import FlowSpec, Parameter, card, current, step
from metaflow.cards import Artifact, Markdown, MetaflowCard, Table, ValueBox, get_cards
from metaflow.plugins.cards.exception import CardNotPresentException


class Carded(FlowSpec):
    alpha = Parameter("alpha", default=0.5)

    @card(type="taskspec_card")
    @card(type="default", id="report")
    @step
    def start(self):
        self.text = "<script>alert('x')</script>"
        self.big = list(range(300000))
        current.card["report"].append(Markdown("# Grüße, *世界*"))
        current.card.append(Table([["alpha", Artifact(self.alpha)], ["half", ValueBox(value=self.alpha / 2)]]))
        self.items = ["a", "b"]
        self.next(self.body, foreach="items")

    @card(type="blank", id="body", refresh_interval=0)
    @step
    def body(self):
        current.card.append(Markdown("item %s" % self.input))
        if self.input == "a":
            current.card.refresh()
            self.seen = self.seen_while_running()
        self.path = current.pathspec
        self.next(self.join)

    def seen_while_running(self):
        for _ in range(600):
            try:
                page = get_cards(current.pathspec, id="body")[0].get()
                if "item a" in page:
                    return page
            except (CardNotPresentException, IndexError):
                pass
            time.sleep(0.05)

    @card(type="test_error_card")
    @card(type="test_error_card", id="quiet", save_errors=False)
    @card(type="test_timeout_card", options={"timeout": 60}, timeout=1)
    @card(type="no_such_type", save_errors=False)
    @step
    def join(self, inputs):
        self.paths = [each.path for each in inputs]
        self.next(self.last)

    @card(type="test_pathspec_card")
    @step
    def last(self):
        if os.environ.get("FAIL"):
            raise RuntimeError("told to fail")
        self.next(self.end)

    @step
    def end(self):
        pass


class Held(MetaflowCard):
    """Says by a file that it is being rendered, and does not end."""

    type = "held"

    def render(self, task):
        open(os.environ["HOLD"], "w").close()
        while os.path.exists(os.environ["HOLD"]):
            time.sleep(0.02)
        return task.pathspec


if "HOLD" in os.environ:
    from penstock.cards import _registry

    _registry.extension_cards().append(Held)

if __name__ == "__main__":
    Carded()
