"""`card list`, `get`, `view` and `create`."""

import json

import pytest

FLOW = '''
from metaflow import FlowSpec, card, current, step
from metaflow.cards import Markdown


class Carded(FlowSpec):
    @card(type="blank", id="first")
    @card(type="blank", id="second")
    @step
    def start(self):
        current.card["first"].append(Markdown("# the first page"))
        current.card["second"].append(Markdown("# the second page"))
        self.next(self.middle)

    @card(type="blank")
    @step
    def middle(self):
        current.card.append(Markdown("# in the middle"))
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Carded()
'''


class Carded:
    def __init__(self, project):
        self.project = project
        self.file = project.write("carded.py", FLOW)
        self.run = project.run(self.file).ended_with(0).run_id

    def card(self, *words, top=("--quiet",), env=None):
        return self.project.flow(self.file, *top, "card", *(word.replace("RUN", self.run) for word in words), env=env)

    def listed(self, *words):
        return json.loads(self.card("list", *words, "--as-json").ended_with(0).stdout)


@pytest.fixture(scope="module")
def carded(shared_project):
    return Carded(shared_project)


@pytest.mark.peer
def test_lists(carded):
    for path in ("start", "RUN/start", "RUN/start/1"):
        listed = carded.listed(path)
        assert listed["pathspec"] == f"Carded/{carded.run}/start/1"
        assert {card["id"] for card in listed["cards"]} == {"first", "second"}
        for card in listed["cards"]:
            assert card["type"] == "blank" and card["filename"] == f"blank-{card['id']}-{card['hash']}.html"
    everything = carded.listed()
    assert [entry["pathspec"].split("/")[2] for entry in everything] in (["start", "middle"], ["middle", "start"])
    assert carded.listed("middle")["cards"][0]["id"] is None
    assert [card["id"] for card in carded.listed("start", "--id", "second")["cards"]] == ["second"]
    text = carded.card("list", "start", top=()).ended_with(0)
    assert "first" in text.stderr and "blank" in text.stderr and text.stdout == ""
    carded.card("list", "start", "--as-json", "--file", "cards.json").ended_with(0)
    assert len(json.loads((carded.project.folder / "cards.json").read_text())["cards"]) == 2


@pytest.mark.peer
def test_pages(carded):
    page = carded.card("get", "RUN/middle").ended_with(0).stdout
    assert "<html" in page
    card = carded.listed("start", "--id", "second")["cards"][0]
    for choice in (["--id", "second"], ["--hash", card["hash"]], ["--hash", card["hash"][:5]]):
        carded.card("get", "start", "page.html", *choice).ended_with(0)
        assert "<html" in (carded.project.folder / "page.html").read_text()
    # Several are listed, and none is chosen.
    assert carded.card("get", "start").ended_with(0).stdout == ""


@pytest.mark.peer
@pytest.mark.parametrize("words, code", [
    (["get", "RUN/end"], 1), (["list", "RUN/end"], 1), (["get", "start", "--id", "third"], 1), (["get", "start", "--type", "default"], 1),
    (["get", "start", "--hash", "abcdef0"], 1), (["get", "RUN/nowhere"], 1), (["get", "nowhere"], 1), (["get", "12345/start"], 1),
    (["get", "RUN/start/99"], 1), (["get", "a/b/c/d"], 1), (["get"], 2), (["list", "--nonsense"], 2), (["nonsense"], 2),
    (["create", "RUN/end"], 1), (["create", "RUN/end/3", "--type", "nonsense"], 1), (["create", "RUN/end/3", "--options", "{"], 2),
    (["create", "RUN/end/3", "--timeout", "x"], 2), (["create"], 2),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_what_is_not_there(carded, words, code):
    outcome = carded.card(*words).ended_with(code)
    assert "Traceback" not in outcome.stderr and outcome.stdout == ""
    if words[-1] == "RUN/end" and words[0] != "create":
        assert "Card not found in datastore" in outcome.stderr
    if not carded.project.tools.peer:
        assert outcome.stderr.count("error: ") == 1 and "help: " in outcome.stderr


@pytest.mark.peer
def test_cards_are_made_afterwards(carded):
    carded.card("create", "RUN/end/3", "--type", "blank", "--id", "later").ended_with(0)
    assert [card["id"] for card in carded.listed("end")["cards"]] == ["later"]
    assert "<html" in carded.card("get", "end", "--id", "later").ended_with(0).stdout
    carded.card("create", "RUN/end/3", "--type", "nonsense", "--render-error-card").ended_with(0)
    assert len(carded.listed("end")["cards"]) == 2


def test_a_browser_shows_a_card(carded):
    if carded.project.tools.peer:
        pytest.skip("Penstock only")
    browser = carded.project.write("browser", '#!/bin/sh\ncat "${1#file://}" > shown.html\n')
    browser.chmod(0o755)
    carded.card("view", "start", "--id", "first", env={"BROWSER": browser}).ended_with(0)
    page = carded.card("get", "start", "--id", "first").ended_with(0).stdout
    assert (carded.project.folder / "shown.html").read_text().strip() == page.strip()
    missing = carded.card("view", "start", "--id", "first", env={"BROWSER": "/nowhere/browser", "PATH": "/nowhere"})
    assert missing.ended_with(1).stderr.count("error: ") == 1 and "open this file" in missing.stderr
