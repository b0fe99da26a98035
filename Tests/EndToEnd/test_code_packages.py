"""The code package: what is in it, and that a run keeps it."""

import pytest


@pytest.fixture
def packaged(project):
    """A flow with modules, links and files that do not belong to it."""
    project.add("packaged")
    folder = project.folder / "packaged"
    shared = project.folder / "shared" / "linked"
    project.write("shared/linked/__init__.py", "")
    project.write("shared/linked/reached.py", "VALUE = 'through a link'\n")
    (folder / "linked").symlink_to(shared)
    for name in (".hidden/secret.py", ".git/config.py", "__pycache__/old.py", "notes.txt", "query.sql", ".env"):
        project.write(f"packaged/{name}", "x = 1\n")
    return folder / "flow.py"


def listed(outcome):
    """Paths that `package list` names. It lists on standard error, as it always did."""
    return {word for line in outcome.ended_with(0).all.splitlines() for word in line.split()}


OWN = {"flow.py", "helpers/__init__.py", "helpers/words.py", "linked/__init__.py", "linked/reached.py"}
FOREIGN = {".hidden/secret.py", ".git/config.py", "__pycache__/old.py", "notes.txt", "query.sql", ".env"}


def test_package_list(project, packaged):
    names = listed(project.flow(packaged, "package", "list", "--archive"))
    assert OWN <= names, names
    assert not FOREIGN & names


def test_suffixes_add_files(project, packaged):
    names = listed(project.flow(packaged, "--package-suffixes", ".txt,.SQL,.env", "package", "list", "--archive"))
    assert OWN | {"notes.txt", "query.sql", ".env"} <= names
    assert not (FOREIGN - {"notes.txt", "query.sql", ".env"}) & names


@pytest.mark.peer
def test_modules_and_their_classes_travel_with_the_flow(project, packaged):
    outcome = project.run(packaged).ended_with(0)
    assert "hello from start through a link" in outcome.stdout


def test_a_run_keeps_its_code(project, packaged):
    run = f"Packaged/{project.run(packaged).ended_with(0).run_id}"
    assert project.ask("Run(run).code.script_name", run=run) == "flow.py"
    assert "class Packaged(FlowSpec)" in project.ask("str(Run(run).code.flowspec)", run=run)
    names = set(project.ask("Run(run).code.tarball.getnames()", run=run))
    assert OWN <= names and not FOREIGN & names
    info = project.ask("Run(run).code.info", run=run)
    assert info["script"] == "flow.py"
    content = project.ask(
        "Run(run).code.tarball.extractfile('linked/reached.py').read().decode()", run=run)
    assert content == "VALUE = 'through a link'\n"
    extracted = project.ask(
        "(lambda d: sorted(__import__('os').listdir(d.name)))(Run(run).code.extract())", run=run)
    assert "flow.py" in extracted and "helpers" in extracted


def test_an_unchanged_folder_gives_the_same_bytes(project, packaged):
    """Also when the files were made in another order and at another time."""
    first = project.run(packaged).ended_with(0).run_id
    for path in sorted(packaged.parent.rglob("*.py"), reverse=True):
        text = path.read_text()
        if not path.is_symlink():
            path.unlink()
            path.write_text(text)
    second = project.run(packaged).ended_with(0).run_id
    (packaged.parent / "helpers" / "words.py").write_text(
        (packaged.parent / "helpers" / "words.py").read_text() + "\nMORE = 1\n")
    third = project.run(packaged).ended_with(0).run_id
    digests = [project.ask("Run(run).code.path", run=f"Packaged/{run}") for run in (first, second, third)]
    assert digests[0] == digests[1] != digests[2]


def test_a_link_that_leads_nowhere_is_named(project, packaged):
    (packaged.parent / "lost.py").symlink_to("nowhere.py")
    outcome = project.flow(packaged, "package", "list").ended_with(1)
    assert "lost.py" in outcome.stderr and "Traceback" not in outcome.stderr
