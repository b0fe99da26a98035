"""Cards: made while and after a task runs, kept with the run, read by commands and by the client."""

import json
import os
import re
import signal

import pytest

from .harness.debris import leftovers
from .harness.processes import wait_until, wait_until_gone

CARDS = "[[c.type, c.id, c.hash, c.get()] for c in get_cards(Run(run)[step].task)]"


class Flow:
    def __init__(self, project):
        self.project = project
        self.file = project.add("carded.py")

    def card(self, *words, top=()):
        return self.project.flow(self.file, *top, "card", *words)

    def ask(self, expression, run, **names):
        script = "__import__('metaflow.cards').cards.get_cards"
        return self.project.ask(expression.replace("get_cards", script), run="Carded/" + run, **names)


@pytest.fixture(scope="module")
def done(shared_project):
    flow = Flow(shared_project)
    flow.outcome = shared_project.run(flow.file, "--alpha", "0.25").ended_with(0)
    flow.run = flow.outcome.run_id
    return flow


@pytest.fixture
def flow(project):
    return Flow(project)


def test_cards_show_what_the_step_has_appended(done):
    cards = {kind: (name, page) for kind, name, _, page in done.ask(CARDS, done.run, step="start")}
    assert sorted(cards) == ["default", "taskspec_card"]
    path = done.ask("Run(run)['start'].task.pathspec", done.run)
    assert cards["taskspec_card"] == (None, path)
    name, page = cards["default"]
    assert name == "report" and page.count("<script") > 0 and path.split("/")[1] in page


def test_the_default_card_tells_about_the_task(done):
    page = next(page for kind, _, _, page in done.ask(CARDS, done.run, step="start") if kind == "default")
    assert "<h1>Grüße, <em>世界</em></h1>" in page and "0.125" in page
    assert "&lt;script&gt;alert" in page and "<script>alert" not in page
    for name in ("alpha", "text", "big", "items"):
        assert '<td class="name mono">%s</td>' % name in page
    assert len(page) < 200_000 and "http:" not in page and "https:" not in page


def test_a_running_task_reads_its_own_card(done):
    seen, cards = done.ask(
        "[[t.data.seen for t in Run(run)['body'] if 'seen' in t][0], [len(get_cards(t)) for t in Run(run)['body']]]", done.run)
    assert "item a" in seen and 'card-state" content="running"' in seen and cards == [1, 1]
    final = done.ask("[get_cards(t)[0].get() for t in Run(run)['body']]", done.run)
    assert all('card-state" content="final"' in page and 'reload-token" content="final"' in page for page in final)
    data = done.ask("[get_cards(t)[0].get_data()['reload_token'] for t in Run(run)['body']]", done.run)
    assert data == ["final", "final"]


def test_cards_that_fail_do_no_harm(done):
    cards = done.ask("[[c.type, c.id] for c in get_cards(Run(run)['join'].task)]", done.run)
    assert sorted(cards) == [["test_error_card", None], ["test_timeout_card", None]]


def test_a_failure_is_told_on_the_card_and_in_the_log(done):
    pages = {kind: page for kind, _, _, page in done.ask(CARDS, done.run, step="join")}
    assert "Unknown Things Happened" in pages["test_error_card"] and "longer than its 1 seconds" in pages["test_timeout_card"]
    assert "no card type &#39;no_such_type&#39;" not in "".join(pages.values())
    log = done.ask("Run(run)['join'].task.stderr", done.run)
    assert "[@card WARNING] There is no card type 'no_such_type'" in log and log.count("Unknown Things Happened") == 2


@pytest.mark.peer
def test_the_commands_find_cards(done, tmp_path):
    path = "%s/start/1" % done.run
    file = tmp_path / "list.json"
    done.card("list", path, "--as-json", "--file", file).ended_with(0)
    listed = json.loads(file.read_text())
    assert listed["pathspec"] == "Carded/" + path and sorted(c["type"] for c in listed["cards"]) == ["default", "taskspec_card"]
    done.card("get", path, file, "--type", "taskspec_card").ended_with(0)
    assert file.read_text() == "Carded/" + path
    assert done.card("get", path, "--type", "none").code == 1


def test_a_card_is_made_later(flow):
    run = flow.project.run(flow.file).ended_with(0).run_id
    end = "%s/end/%s" % (run, flow.ask("Run(run)['end'].task.id", run))
    flow.card("create", end, "--type", "taskspec_card", "--id", "later").ended_with(0)
    outcome = flow.card("create", end, "--type", "test_error_card")
    assert outcome.code == 1 and outcome.stderr.count("Unknown Things Happened") == 1
    flow.card("create", end, "--type", "test_error_card", "--render-error-card").ended_with(0)
    outcome = flow.card("create", end, "--type", "test_timeout_card", "--options", '{"timeout": 60}', "--timeout", "1")
    assert outcome.code == 1 and "its 1 seconds" in outcome.stderr
    cards = flow.ask(CARDS, run, step="end")
    assert [card[:2] for card in cards] == [["taskspec_card", "later"], ["test_error_card", None]]
    assert cards[0][3] == "Carded/" + end and "Unknown Things" in cards[1][3]


def test_resumed_tasks_show_the_cards_of_their_origin(flow):
    first = flow.project.run(flow.file, env={"FAIL": "1"})
    assert first.code == 1
    second = flow.project.flow(flow.file, "resume").ended_with(0)
    cards = "[[c.get() for c in get_cards(t, type='taskspec_card')] for t in Run(run)['start']]"
    assert flow.ask(cards, second.run_id) == [["Carded/%s/start/1" % first.run_id]]
    last = flow.ask("[get_cards(Run(run)['last'].task)[0].get().split()[0], Run(run)['last'].task.pathspec]", second.run_id)
    assert last[0] == last[1] and second.run_id in last[0]


def test_cards_for_every_step(project):
    file = project.add("linear.py")
    run = project.run(file, top=["--with", "card:id=all"]).ended_with(0).run_id
    ids = project.ask("[[c.id for c in __import__('metaflow.cards').cards.get_cards(s.task)] for s in Run(run)]", run="Linear/" + run)
    assert ids and all(each == ["all"] for each in ids)


def test_a_step_without_cards_pays_nothing(project):
    file = project.write("flow.py", (
        "import sys\nfrom metaflow import FlowSpec, current, step\n\n"
        "class Bare(FlowSpec):\n    @step\n    def start(self):\n"
        "        self.loaded = [name for name in sys.modules if name.startswith('penstock.cards')]\n"
        "        self.has = hasattr(current, 'card')\n        self.next(self.end)\n\n"
        "    @step\n    def end(self):\n        pass\n\nif __name__ == '__main__':\n    Bare()\n"))
    run = project.run(file).ended_with(0).run_id
    assert project.ask("[Run(run)['start'].task.data.loaded, Run(run)['start'].task.data.has]", run="Bare/" + run) == [[], False]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_rendering_ends_with_the_run(project, number):
    hold = project.folder / "hold"
    text = project.add("carded.py").read_text().replace('type="test_pathspec_card"', 'type="held"')
    file = project.write("carded.py", re.sub(r"timeout=1\)", "timeout=1, save_errors=False)", text))
    process = project.start(file, env={"HOLD": hold})
    wait_until(hold.exists, 60, project.said)
    os.kill(process.pid, number)
    process.wait(15)
    wait_until_gone(project, 10)
    assert leftovers(project) == []
