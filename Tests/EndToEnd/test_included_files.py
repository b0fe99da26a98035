"""Files that a run takes along."""

import pytest

pytestmark = pytest.mark.peer


@pytest.fixture
def flow(project):
    project.write("text.txt", "größer")
    (project.folder / "latin.txt").write_bytes("größer".encode("latin-1"))
    return project.add("including.py")


def test_content_is_that_of_the_beginning(project, flow):
    outcome = project.run(flow, env={"REMOVE": "1"}).ended_with(0)
    assert "text.txt" in outcome.all and not (project.folder / "text.txt").exists()
    run = f"Including/{outcome.run_id}"
    assert project.ask("[Run(run).data.text, list(Run(run).data.raw), Run(run).data.latin, Run(run).data.absent]", run=run) == [
        "größer", list("größer".encode()), "größer", None]
    assert project.ask("Run(run)['end'].task['copy'].data", run=run) == "größer"
    dumped = project.flow(flow, "dump", "--include", "text", f"{outcome.run_id}/end").ended_with(0)
    assert "größer" in dumped.stdout


def test_other_files(project, flow):
    project.write("elsewhere/other.txt", "größer")
    (project.home / "home.txt").write_text("größer")
    outcome = project.run(flow, "--text", "elsewhere/other.txt", "--raw", "~/home.txt", env={"METAFLOW_RUN_COUNTED": "text.txt"})
    assert project.ask("Run(run).data.text", run=f"Including/{outcome.ended_with(0).run_id}") == "größer"


@pytest.mark.parametrize("path", ["nowhere.txt", "."])
def test_files_that_cannot_be_read(project, flow, path):
    outcome = project.run(flow, "--text", path).ended_with(2)
    assert path in outcome.all


def test_addresses_are_no_files(project, flow):
    outcome = project.run(flow, "--text", "s3://bucket/key")
    assert outcome.code != 0 and "Done!" not in outcome.stdout


def test_a_resumed_run_has_the_files_of_its_origin(project, flow):
    first = project.run(flow).ended_with(0)
    project.write("text.txt", "different")
    resumed = project.flow(flow, "resume", "end", "--origin-run-id", first.run_id).ended_with(0)
    assert project.ask("Run(run)['end'].task.data.copy", run=f"Including/{resumed.run_id}") == "größer"
