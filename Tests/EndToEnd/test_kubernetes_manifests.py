"""What the engine submits to Kubernetes, judged by the schemas of the package kubernetes-validate, and taken by the stand-in.

The files are those that Swift tests keep equal to what is submitted (Tests/KubernetesTests/Golden).
"""

import copy
import json

import pytest

from .harness.kubernetes import admission, checks
from .harness.kubernetes.kinds import KINDS
from .harness.kubernetes.peers import VERSION, Schemas
from .harness.tools import ROOT

FILES = sorted((ROOT / "Tests" / "KubernetesTests" / "Golden").glob("*.yaml"))

PLURALS = {kind.kind: kind.plural for kind in KINDS.values()}


def documents(file):
    return [json.loads(text) for text in file.read_text().split("\n---\n") if text.strip()]


@pytest.fixture(scope="module")
def schemas():
    schemas = Schemas()
    yield schemas
    schemas.close()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_validator_has_nothing_to_say(file, schemas):
    """Strictly: an unknown field is a fault. Run with -s to read the verdicts."""
    found = documents(file)
    assert found
    for document in found:
        fault = schemas.fault(document)
        verdict = "valid" if fault is None else fault
        print(f"{file.name}: {document['kind']} {document['metadata']['name']}: {verdict} ({VERSION}, strict)")
        assert fault is None
        thing = copy.deepcopy(document)
        admission.complete(PLURALS[document["kind"]], thing, document["metadata"].get("namespace", "default"))
        assert checks.causes(PLURALS[document["kind"]], thing) == []


def test_the_validator_looks(schemas):
    """One field too many, or of another type, anywhere in a job of ours is found."""
    [job, *_] = [document for document in documents(FILES[0]) if document["kind"] == "Job"]
    for change, where in (
            (lambda job: job["spec"].update(backofflimit=0), "spec"),
            (lambda job: job["spec"]["template"]["spec"]["containers"][0].update(cmd=[]), "spec.template.spec.containers[0]"),
            (lambda job: job["spec"]["template"]["spec"]["containers"][0]["env"][0].update(value=5),
             "spec.template.spec.containers[0].env[0].value"),
            (lambda job: job["spec"].update(activeDeadlineSeconds="60"), "spec.activeDeadlineSeconds")):
        wrong = copy.deepcopy(job)
        change(wrong)
        assert schemas.fault(wrong)[0] == where


def test_there_are_manifests():
    kinds = {document["kind"] for file in FILES for document in documents(file)}
    assert {"Job", "Secret", "Service"} <= kinds and len(FILES) >= 5
