"""The public resolver scenarios through the command, each against a package index of its own on the loopback.

They lie in ../shared beside the repository, or in the folder that PENSTOCK_FIXTURES names; without them nothing is
tested. What is expected is what the peer (uv) did: the very same versions. Of scenarios of the kind `lock` one lock for
several targets is written, and what it selects for each of them is judged.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .harness.tools import ROOT

tomllib = pytest.importorskip("tomllib")
Requirement = pytest.importorskip("packaging.requirements").Requirement
Marker = pytest.importorskip("packaging.markers").Marker

FIXTURES = Path(os.environ.get("PENSTOCK_FIXTURES") or ROOT.parent / "shared" / "fixtures") / "packse"
TOOL = FIXTURES.parent.parent / "tools" / "make_index.py"

#: Where a merged lock is looked at: Pythons and platforms on which the scenarios differ.
TARGETS = [(python, platform) for python in ("3.12.1", "3.13.0", "3.14.0") for platform in ("linux-x86_64", "macos-arm64")]
PLATFORMS = {"x86_64-manylinux2014": "linux-x86_64-glibc-2.17"}


def scenarios():
    if not TOOL.exists() or not (FIXTURES / "expected.json").exists():
        return []
    expected = json.loads((FIXTURES / "expected.json").read_text())["scenarios"]
    documents = [json.loads(path.read_text()) for path in sorted((FIXTURES / "scenarios").glob("*.json"))]
    return [pytest.param(document, expected[document["name"]], id=document["name"]) for document in documents]


ALL = scenarios() or [pytest.param(None, None, marks=pytest.mark.skip(reason="there are no scenarios beside the repository"))]


@pytest.fixture(scope="module")
def indexes(tmp_path_factory):
    """The address of a server that has the index of scenario NAME at NAME/simple."""
    folder = tmp_path_factory.mktemp("scenarios")
    subprocess.run([sys.executable, str(TOOL), "build", str(FIXTURES), "-o", str(folder)], check=True, capture_output=True)
    server = subprocess.Popen(
        [sys.executable, "-u", str(TOOL), "serve", str(folder), "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield "http://" + re.search(r"[\d.]+:\d+", server.stdout.readline()).group(0)
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(scope="module")
def environment(tmp_path_factory, tools):
    """A cache for all, and nothing of the person's own settings."""
    tools.require()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PENSTOCK_", "PIP_", "UV_", "PYTHON"))}
    return {**kept, "PENSTOCK_CACHE_DIR": str(tmp_path_factory.mktemp("cache")), "HOME": str(tmp_path_factory.mktemp("home"))}


@pytest.mark.parametrize("scenario, verdict", ALL)
def test_scenario(scenario, verdict, indexes, environment, tools, tmp_path):
    index = f"{indexes}/{scenario['name']}/simple"
    options = scenario["resolver_options"]
    words = ["--index-url", index] + policy(options)

    def ask(python, platform=None):
        """The versions by name, or None where there is no solution."""
        target = ["--python", python] + (["--platform", platform] if platform else [])
        done = subprocess.run(
            [str(tools.engine), "resolve", *scenario["root"]["requires"], *target, *words, "--json"],
            capture_output=True, text=True, env=environment)
        answer = json.loads(done.stdout)
        assert (done.returncode == 0) == ("packages" in answer), done.stderr
        if "error" in answer:
            assert answer["error"]["kind"] == "unsatisfiable", answer["error"]
            return None
        return {package["name"]: package["version"] for package in answer["packages"]}

    def lock(targets):
        """What one lock selects for each target, or None where there is no solution."""
        path = tmp_path / "pylock.toml"
        path.unlink(missing_ok=True)
        wanted = [word for python in dict.fromkeys(python for python, _ in targets) for word in ("--python", python)]
        wanted += [word for name in dict.fromkeys(name for _, name in targets) for word in ("--platform", name)]
        done = subprocess.run(
            [str(tools.engine), "lock", *scenario["root"]["requires"], *wanted, *words, "--output", str(path)],
            capture_output=True, text=True, env=environment, cwd=tmp_path)
        if done.returncode != 0:
            return None
        packages = tomllib.loads(path.read_text()).get("packages", [])
        return {target: selected(packages, marker_environment(*target)) for target in targets}

    peer = verdict["peer"]
    if scenario["kind"] == "lock" or options["universal"]:
        judge_lock(scenario, peer, lock, ask)
    else:
        expected = peer["packages"] if peer["satisfiable"] else None
        assert ask(python_of(scenario, verdict), PLATFORMS.get(options["python_platform"])) == expected


def policy(options):
    words = ["--resolution", options["resolution"]]
    words += ["--prerelease", "allow" if options["prereleases"] else "if-necessary-or-explicit"]
    for package in options["no_build"]:
        words += ["--only-binary", package]
    for package in options["no_binary"]:
        words += ["--no-binary", package]
    return words


def python_of(scenario, verdict):
    """The Python in full: a series means its first version, where it stands for another Python than the one in use."""
    override = scenario["resolver_options"]["python"]
    if override:
        return override if override.count(".") == 2 else f"{override}.0"
    return verdict["python_substituted"] or scenario["environment"]["python"]


def judge_lock(scenario, peer, lock, ask):
    """What the peer's lock chooses for each target. Where the peer has no lock for all targets together, a target that has
    an answer must at least not break the requirements."""
    if not peer["satisfiable"]:
        for target in TARGETS:
            found = ask(*target)
            assert found is None or not broken(scenario, found, marker_environment(*target)), target
        return
    pins = [Requirement(line) for line in peer.get("export") or peer.get("compile") or []]
    expected = {}
    for target in TARGETS:
        markers = marker_environment(*target)
        expected[target] = {
            pin.name: str(pin.specifier)[2:] for pin in pins if pin.marker is None or pin.marker.evaluate(markers)}
    assert lock(TARGETS) == expected


def selected(packages, markers):
    """The versions by name that a lock's packages have where these markers hold."""
    return {
        package["name"]: package["version"] for package in packages
        if "marker" not in package or Marker(package["marker"]).evaluate(markers)}


def broken(scenario, choice, markers):
    """The requirements that a choice does not fulfil."""
    texts = list(scenario["root"]["requires"])
    for name, version in choice.items():
        texts += scenario["packages"][name]["versions"][version]["requires"]
    needed = [Requirement(text) for text in texts]
    return [
        str(requirement) for requirement in needed
        if (requirement.marker is None or requirement.marker.evaluate(markers))
        and not requirement.specifier.contains(choice.get(requirement.name, "0a0"), prereleases=True)]


def marker_environment(python, platform):
    system, _, machine = platform.partition("-")
    mac = system == "macos"
    return {
        "os_name": "posix", "sys_platform": "darwin" if mac else "linux", "platform_machine": machine,
        "platform_system": "Darwin" if mac else "Linux", "platform_python_implementation": "CPython",
        "implementation_name": "cpython", "implementation_version": python, "python_full_version": python,
        "python_version": python.rpartition(".")[0], "platform_release": "", "platform_version": "", "extra": ""}
