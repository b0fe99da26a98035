"""Everything that a person can write wrongly: one error in the house's form, the right exit code, and nothing recorded."""

import sqlite3

import pytest

FLOW = '''
from metaflow import Config, FlowSpec, IncludeFile, JSONType, Parameter, step


class Given(FlowSpec):
    settings = Config("settings", default_value={"a": 1})
    size = Parameter("size", default=3)
    rate = Parameter("rate", default=0.5)
    flag = Parameter("flag", default=False)
    record = Parameter("record", default={"a": 1}, type=JSONType)
    table = IncludeFile("table", default="table.csv")

    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Given()
'''

#: Words, exit code, and a word of the error. RUN is the id of a run that there is.
TOP = [
    ("--with nosuch run", 1, "nosuch"),
    ("--with retry:times run", 2, "retry:times"),
    ("--with retry:nosuch=1 run", 1, "nosuch"),
    ("--with retry:times=x run", 1, "times"),
    ("run --with nosuch", 1, "nosuch"),
    ("run --with timeout:seconds=-1", 1, "seconds"),
    ("run --with retry:times=99", 1, "times"),
    ("run --with environment:vars=1", 1, "vars"),
    ("run --with catch:var=1x", 1, "var"),
    ("--environment nosuch run", 2, "nosuch"),
    ("--datastore nosuch run", 2, "nosuch"),
    ("--metadata nosuch run", 2, "nosuch"),
    ("--event-logger nosuch run", 2, "nosuch"),
    ("--monitor nosuch run", 2, "nosuch"),
    ("--config nosuch list.json run", 2, "nosuch"),
    ("--config settings /no/file run", 2, "/no/file"),
    ("--config settings broken.json run", 2, "broken.json"),
    ("--config settings bytes.csv run", 2, "UTF-8"),
    ("--config settings folder run", 2, "folder"),
    ("--config settings list.json run", 2, "list.json"),
    ("--config-value settings { run", 2, "JSON"),
    ("--config-value nosuch {} run", 2, "nosuch"),
    ("--config settings table.csv --config-value settings {} run", 2, "settings"),
    ("--config settings", 2, "--config"),
    ("--config", 2, "--config"),
    ("--config-value settings", 2, "--config-value"),
    ("--package-suffixes", 2, "--package-suffixes"),
    ("--nosuch run", 2, "--nosuch"),
    ("--quiet=3 run", 2, "quiet"),
    ("--datastore-root table.csv run", 1, "table.csv"),
    ("--datastore-root /proc/none run", 1, "/proc/none"),
    ("nosuch", 2, "nosuch"),
    ("help nosuch", 2, "nosuch"),
    ("-x", 2, "-x"),
]

RUN = [
    ("run --nosuch 1", 2, "nosuch"),
    ("run --sise 1", 2, "did you mean '--size'?"),
    ("run stray", 2, "stray"),
    ("run -- x", 2, "--"),
    ("run -x", 2, "-x"),
    ("run --size", 2, "size"),
    ("run --size x", 2, "size"),
    ("run --size 1.5", 2, "size"),
    ("run --size=", 2, "size"),
    ("run --rate x", 2, "rate"),
    ("run --flag maybe", 2, "flag"),
    ("run --record {", 2, "record"),
    ("run --record=", 2, "record"),
    ("run --table /no/file", 2, "/no/file"),
    ("run --table folder", 2, "folder"),
    ("run --max-workers x", 2, "max-workers"),
    ("run --max-workers 0", 2, "max-workers"),
    ("run --max-workers -1", 2, "max-workers"),
    ("run --max-workers 1.5", 2, "max-workers"),
    ("run --max-workers", 2, "max-workers"),
    ("run --max-num-splits 0", 2, "max-num-splits"),
    ("run --max-num-splits x", 2, "max-num-splits"),
    ("run --max-log-size x", 2, "max-log-size"),
    ("run --max-log-size -1", 2, "max-log-size"),
    ("run --run-id-file /no/such/dir/f", 1, "/no/such/dir/f"),
    ("run --run-id-file folder", 1, "folder"),
    ("run --run-id-file", 2, "run-id-file"),
    ("run --runner-attribute-file /no/such/dir/f", 1, "/no/such/dir/f"),
    ("run --tag EMPTY", 1, "tag"),
    ("run --tag " + "x" * 501, 1, "501"),
    ("run " + " ".join(f"--tag t{number}" for number in range(51)), 1, "51"),
    ("run --tag", 2, "tag"),
    ("run --namespace", 2, "namespace"),
]

RESUME = [
    ("resume --origin-run-id 12345", 1, "12345"),
    ("resume --origin-run-id EMPTY", 1, "run"),
    ("resume --origin-run-id RUN/start", 1, "RUN/start"),
    ("resume --origin-run-id a/b", 1, "a/b"),
    ("resume --origin-run-id ../x", 1, "../x"),
    ("resume nosuch", 1, "nosuch"),
    ("resume start extra", 2, "extra"),
    ("resume --run-id 5", 2, "5"),
    ("resume --run-id a/b", 2, "a/b"),
    ("resume --run-id=", 2, "run-id"),
    ("resume --size 3", 2, "--size"),
    ("resume --tag EMPTY", 1, "tag"),
    ("--config settings table.csv resume", 2, "settings"),
]

PATHS = [
    ("dump", 2, "path"),
    ("dump a//b", 1, "a//b"),
    ("dump x", 1, "x"),
    ("dump RUN", 1, "RUN"),
    ("dump /RUN/start", 1, "/RUN/start"),
    ("dump RUN/start/1/2/3", 1, "RUN/start/1/2/3"),
    ("dump --max-value-size x RUN/start", 2, "max-value-size"),
    ("dump --max-value-size -1 RUN/start", 2, "max-value-size"),
    ("dump --file /no/such/dir/f RUN/start", 1, "/no/such/dir/f"),
    ("dump RUN/start RUN/end", 2, "RUN/end"),
    ("logs", 2, "path"),
    ("logs x", 1, "x"),
    ("logs a//b", 1, "a//b"),
    ("logs RUN", 1, "RUN"),
    ("logs RUN/nosuch", 1, "nosuch"),
    ("logs RUN/start/99", 1, "99"),
    ("logs --attempt x RUN/start", 2, "attempt"),
    ("logs --attempt -1 RUN/start", 2, "attempt"),
    ("logs scrub x", 1, "x"),
    ("logs scrub RUN/nosuch", 1, "nosuch"),
    ("card get RUN/nosuch", 1, "nosuch"),
    ("card get a//b", 1, "a//b"),
    ("card get RUN/start", 1, "start"),
    ("card get --hash zz RUN/start", 1, "start"),
    ("card view x", 1, "x"),
    ("card nosuch", 2, "nosuch"),
    ("card create RUN/nosuch", 1, "nosuch"),
    ("card create --type nosuch RUN/start/1", 1, "RUN/start/1"),
    ("card create --options { RUN/start/1", 2, "options"),
    ("card list RUN/nosuch", 1, "nosuch"),
    ("spin", 2, "path"),
    ("spin nosuch", 1, "nosuch"),
    ("spin a//b", 1, "a//b"),
    ("spin 12345/start", 1, "12345"),
    ("spin RUN/start/99", 1, "99"),
    ("spin --artifacts-module /no/file start", 1, "/no/file"),
    ("package save", 2, "path"),
    ("package save /no/dir/x", 1, "/no/dir/x"),
    ("package --timeout x list", 2, "timeout"),
    ("package nosuch", 2, "nosuch"),
    ("tag nosuch", 2, "nosuch"),
    ("tag add --run-id RUN", 2, "tag"),
    ("tag add --run-id nosuch x", 1, "nosuch"),
    ("show x", 2, "x"),
    ("check x", 2, "x"),
    ("version x", 2, "x"),
    ("output-dot x", 2, "x"),
]

#: Where the official one differs, or does not end at all.
OWN = {
    "--with retry:times run", "run --with timeout:seconds=-1", "run --with environment:vars=1", "run --with catch:var=1x",
    "--config settings bytes.csv run", "--config settings list.json run", "run --max-workers 0", "run --max-workers -1",
    "run --max-num-splits 0", "run --max-log-size -1", "resume start extra", "resume --run-id 5", "resume --run-id a/b",
    "resume --run-id=", "resume --size 3", "dump --max-value-size -1 RUN/start", "logs --attempt -1 RUN/start",
    "--config settings table.csv --config-value settings {} run", "--config settings table.csv resume",
    "run --runner-attribute-file /no/such/dir/f",
}


class Given:
    """The flow with what its options may name, and one run of it."""

    def __init__(self, project):
        self.project = project
        self.file = project.write("given.py", FLOW)
        project.write("table.csv", "a,b\n")
        project.write("broken.json", '{"a": ')
        project.write("list.json", "[1]")
        (project.folder / "bytes.csv").write_bytes(b"\xff\xfe\x00")
        (project.folder / "folder").mkdir()
        self.run = project.run(self.file).ended_with(0).run_id

    def records(self):
        """All that is recorded, and all files of the store."""
        store = self.project.store / ".penstock"
        database = sqlite3.connect(f"file:{store / 'ledger.sqlite'}?mode=ro", uri=True)
        rows = list(database.iterdump())
        database.close()
        files = {path: path.stat().st_size for path in store.rglob("*") if path.is_file() and "ledger" not in path.name}
        return rows, files


def split(words, run):
    """A command line; RUN and EMPTY stand for what cannot be written here."""
    return ["" if word == "EMPTY" else word.replace("RUN", run) for word in words.split(" ")]


@pytest.fixture(scope="module")
def given(shared_project):
    return Given(shared_project)


@pytest.mark.peer
@pytest.mark.parametrize("words, code, told", [*TOP, *RUN, *RESUME, *PATHS], ids=lambda value: value[:60] if isinstance(value, str) else str(value))
def test_one_error_and_nothing_recorded(given, words, code, told):
    project = given.project
    if project.tools.peer:
        if words in OWN:
            pytest.skip("the official one differs")
        project.flow(given.file, *split(words, given.run)).ended_with(code)
        return
    before = given.records()
    outcome = project.flow(given.file, *split(words, given.run)).ended_with(code)
    assert outcome.stderr.count("error: ") == 1 and "Traceback" not in outcome.all, outcome
    said = outcome.stderr.split("error: ")[1]
    assert told.replace("RUN", given.run) in said and ("help: " in said or " problems" in said), outcome
    assert ("usage: " in said) == (code == 2), outcome
    assert not outcome.started_a_run
    assert given.records() == before


def test_bytes_that_are_no_text(given):
    before = given.records()
    outcome = given.project.command(
        "sh", "-c", """exec "$@" "$(printf '\\377')\"""", "sh", given.project.tools.python, given.file, "run", "--tag").ended_with(1)
    assert "error: " in outcome.stderr and "Traceback" not in outcome.stderr
    assert given.records() == before


@pytest.mark.parametrize("variables, code, told", [
    ({"METAFLOW_RUN_SIZE": "x"}, 2, "size"),
    ({"METAFLOW_RUN_MAX_WORKERS": "many"}, 2, "many"),
    ({"METAFLOW_DECOSPECS": "nosuch"}, 1, "nosuch"),
    ({"METAFLOW_RUN_TAGS": "x" * 501}, 1, "501"),
    ({"METAFLOW_FLOW_CONFIG": "{"}, 2, "METAFLOW_FLOW_CONFIG"),
    ({"METAFLOW_FLOW_CONFIG": '{"nosuch": "x"}'}, 2, "nosuch"),
    ({"METAFLOW_FLOW_CONFIG_VALUE": "[]"}, 2, "METAFLOW_FLOW_CONFIG_VALUE"),
    ({"METAFLOW_DEFAULT_ENVIRONMENT": "nosuch"}, 2, "METAFLOW_DEFAULT_ENVIRONMENT"),
    ({"PENSTOCK_ROOT": "/proc/none"}, 1, "/proc/none"),
], ids=lambda value: " ".join(value) if isinstance(value, dict) else "")
def test_variables(given, variables, code, told):
    before = given.records()
    outcome = given.project.run(given.file, env=variables).ended_with(code)
    assert outcome.stderr.count("error: ") == 1 and "Traceback" not in outcome.all, outcome
    assert told in outcome.stderr and ("help: " in outcome.stderr or " problems" in outcome.stderr), outcome
    assert not outcome.started_a_run and given.records() == before
