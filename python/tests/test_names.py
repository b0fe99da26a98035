"""The names that existing flows and scripts import, and what they stand for."""

import importlib
import json
import os
import subprocess
import sys

import pytest

import metaflow
import penstock
from conftest import SDK
from penstock import _configuration, client  # noqa: F401

NAMES = {
    "metaflow": "Runner NBRunner Deployer NBDeployer DeployedFlow Metaflow Flow Run Step Task DataArtifact namespace "
    "get_namespace default_namespace metadata get_metadata default_metadata inspect_spin current parallel_map "
    "parallel_imap_unordered profile metaflow_version",
    "metaflow.client": "Flow Run Step Task DataArtifact MetaflowData namespace get_namespace default_namespace",
    "metaflow.client.core": "Run Metadata MetaflowCode",
    "metaflow.runner.metaflow_runner": "Runner ExecutingRun ExecutingTask",
    "metaflow.runner.nbrun": "NBRunner",
    "metaflow.runner.deployer": "Deployer DeployedFlow",
    "metaflow.runner.nbdeploy": "NBDeployer",
    "metaflow.flowspec": "FlowSpec",
    "metaflow.tuple_util": "ForeachFrame",
    "metaflow.multicore_utils": "parallel_map MulticoreException",
    "metaflow.metaflow_config": "DEFAULT_DATASTORE USER SERVICE_URL KUBERNETES_NAMESPACE TEMPDIR",
    "metaflow.util": "is_stringish to_unicode to_bytes get_username resolve_identity cached_property",
}


@pytest.mark.parametrize("module, name", [(module, name) for module, names in NAMES.items() for name in names.split()])
def test_a_name(module, name):
    namespace = {}
    exec("from %s import %s as found" % (module, name), namespace)


def test_both_spellings_are_the_same_thing():
    for name in penstock.__all__:
        assert getattr(metaflow, name) is getattr(penstock, name)
    assert importlib.import_module("metaflow.client").Run is penstock.Run


def test_modules_are_attributes():
    code = "import metaflow; print(metaflow.exception.MetaflowException, metaflow.client.Run, metaflow.util.to_bytes('x'))"
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ, PYTHONPATH=str(SDK)))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        metaflow.nonsense


def test_odds_and_ends():
    from metaflow import util

    assert util.to_unicode(b"\xc3\xbc") == "\u00fc" and util.to_bytes("\u00fc") == b"\xc3\xbc" and util.to_bytes(1) == b"1"
    assert util.url_quote("a b/\u00fc:") == b"a%20b/%C3%BC:" and util.url_unquote(b"a%20b") == "a b"
    assert util.all_equal([]) and util.all_equal("aa") and not util.all_equal("ab")
    assert util.to_fileobj("x").read() == b"x"


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A home and a working directory for configuration files."""
    for name in list(os.environ):
        if name.startswith(("METAFLOW", "PENSTOCK")) or name in ("SUDO_USER", "USERNAME", "USER"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(_configuration, "_files", {})
    (tmp_path / "home").mkdir()
    (tmp_path / "work" / ".metaflow").mkdir(parents=True)
    (tmp_path / "work" / "deep" / "deeper").mkdir(parents=True)
    monkeypatch.setenv("METAFLOW_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "work" / "deep" / "deeper")
    return tmp_path


def write(file, **values):
    file.write_text(json.dumps(values))


def test_where_settings_come_from(places, monkeypatch):
    assert _configuration.setting("X") is None
    write(places / "home" / "config.json", METAFLOW_X="home", METAFLOW_Y="home", METAFLOW_USER="me")
    assert _configuration.setting("X") == "home" and _configuration.username() == "me"
    write(places / "work" / ".metaflow" / "config.json", METAFLOW_X="work")
    assert (_configuration.setting("X"), _configuration.setting("Y")) == ("work", "home")
    monkeypatch.setenv("METAFLOW_X", "")
    assert _configuration.setting("X") == ""
    (places / "work" / "deep" / ".metaflow").mkdir()  # a nearer one hides those above
    monkeypatch.delenv("METAFLOW_X")
    assert _configuration.setting("X") == "home"


def test_profiles(places, monkeypatch):
    write(places / "home" / "config.json", METAFLOW_X="plain")
    write(places / "home" / "config_p.json", METAFLOW_X="profile")
    monkeypatch.setenv("METAFLOW_PROFILE", "p")
    assert _configuration.setting("X") == "profile"
    importing = [sys.executable, "-c", "import metaflow"]
    subprocess.run(importing, check=True, env=dict(os.environ, PYTHONPATH=str(SDK)))
    failed = subprocess.run(importing, env=dict(os.environ, PYTHONPATH=str(SDK), METAFLOW_PROFILE="q"), stderr=subprocess.PIPE)
    assert failed.returncode == 1 and b"METAFLOW_PROFILE is 'q', but there is no file" in failed.stderr


@pytest.mark.parametrize("text", ["{", "[]", "\xff"])
def test_a_configuration_file_that_is_broken(places, text):
    (places / "home" / "config.json").write_text(text, encoding="latin-1")
    with pytest.raises(penstock.exception.MetaflowException, match="config.json"):
        _configuration.setting("X")


@pytest.mark.parametrize("text, default, value", [
    ("0", True, False), ("False", True, False), ("", True, False), ("no", False, True), ("5", 1, 5), ("0.5", 1.0, 0.5),
    ('{"a": 1}', {}, {"a": 1}), ("[1]", [], [1]), ("text", None, "text"), ("text", "", "text"),
])
def test_types_of_settings(places, monkeypatch, text, default, value):
    from metaflow.metaflow_config_funcs import from_conf

    monkeypatch.setenv("METAFLOW_X", text)
    assert from_conf("X", default) == value and type(from_conf("X", default)) is type(value)
    assert from_conf("NOT_THERE", default) == default


@pytest.mark.parametrize("text, default", [("x", 1), ("[", {}), ("[]", {}), ("1.5", 1)])
def test_settings_of_another_type(places, monkeypatch, text, default):
    monkeypatch.setenv("METAFLOW_X", text)
    with pytest.raises(ValueError, match="METAFLOW_X has to be a value of type"):
        _configuration.typed("X", default)


@pytest.mark.parametrize("variables, name", [
    ({"USER": "root", "USERNAME": "b"}, "b"), ({"USER": "a", "METAFLOW_USER": "c"}, "c"), ({"USER": "root"}, "root"),
    ({"SUDO_USER": "s", "USER": "root"}, "s"), ({"PENSTOCK_USER": "p", "METAFLOW_USER": "m"}, "p"), ({"USER": "", "USERNAME": "u"}, "u"),
])
def test_who_the_person_is(places, monkeypatch, variables, name):
    for key, value in variables.items():
        monkeypatch.setenv(key, value)
    assert _configuration.username() == name


def test_settings_as_a_module(places, monkeypatch):
    monkeypatch.delitem(sys.modules, "metaflow.metaflow_config", raising=False)
    monkeypatch.setenv("METAFLOW_SERVICE_HEADERS", '{"a": "b"}')
    monkeypatch.setenv("METAFLOW_KUBERNETES_NAMESPACE", "ns")
    config = importlib.import_module("metaflow.metaflow_config")
    assert (config.DEFAULT_DATASTORE, config.SERVICE_HEADERS, config.KUBERNETES_NAMESPACE) == ("local", {"a": "b"}, "ns")
    assert config.USER is None and config.SPIN_PERSIST is False and config.MAX_ATTEMPTS == 6
    with pytest.raises(AttributeError):
        config.nonsense
    with pytest.raises(AttributeError):
        config.NONSENSE


def test_choices(places, monkeypatch):
    from metaflow.metaflow_config_funcs import from_conf, get_validate_choice_fn

    monkeypatch.setenv("METAFLOW_X", "c")
    with pytest.raises(penstock.exception.MetaflowException, match="METAFLOW_X is 'c'; it has to be one of: a, b"):
        from_conf("X", "a", get_validate_choice_fn(["a", "b"]))


def test_status(places):
    write(places / "home" / "config.json", METAFLOW_SERVICE_AUTH_KEY="hidden", METAFLOW_X="home", OTHER=1)
    environment = dict(os.environ, PYTHONPATH=str(SDK), METAFLOW_USER="me", PENSTOCK_ENGINE="/nowhere/penstock")
    status = [sys.executable, "-m", "metaflow"]
    failed = subprocess.run(status, env=environment, capture_output=True, text=True)
    assert failed.returncode == 1 and "user:me" in failed.stdout and "/nowhere/penstock cannot be started" in failed.stderr
    assert subprocess.run(status + ["nonsense"], env=environment, stderr=subprocess.DEVNULL).returncode == 2


def test_status_keeps_secrets(places, monkeypatch, capsys):
    from metaflow.__main__ import main

    write(places / "home" / "config.json", METAFLOW_SERVICE_AUTH_KEY="hidden", METAFLOW_X="home", OTHER=1)
    monkeypatch.setattr(penstock.client, "get_metadata", lambda: "local@/x")
    monkeypatch.setenv("METAFLOW_X", "environment")
    assert main(["status"]) == 0
    shown = capsys.readouterr().out
    assert "METAFLOW_X=environment" in shown and "METAFLOW_SERVICE_AUTH_KEY=(set)" in shown
    assert "hidden" not in shown and "OTHER" not in shown and str(places / "home" / "config.json") in shown
