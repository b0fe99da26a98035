"""Keyword arguments of a runner as words of a command line."""

import pathlib

import pytest

from penstock.runner import _options
from penstock.runner._runner import _line

PARAMETERS = _options.parameters_of({"parameters": [
    {"name": "alpha", "type": "float"}, {"name": "Max-Depth", "type": "int"}, {"name": "name", "type": "str"},
    {"name": "flag", "type": "bool"}, {"name": "facts", "type": "json"}, {"name": "file", "type": "file"},
    {"name": "own", "type": "custom"}, {"name": "many", "type": "str", "multiple": True},
    {"name": "numbers", "type": "int", "multiple": True},
]})
DECORATORS = _options.of_flow({
    "decorators": [{"name": "project"}, {"name": "trigger_on_finish"}],
    "options": [{"name": "foo-bar", "flag": False, "multiple": False}, {"name": "loud", "flag": True},
                {"name": "each", "multiple": True}],
})


class Settings:
    def to_dict(self):
        return {"a": [1]}


@pytest.mark.parametrize("known, name, value, words", [
    (_options.TOP, "pylint", False, ["--no-pylint"]),
    (_options.TOP, "pylint", True, ["--pylint"]),
    (_options.TOP, "quiet", True, ["--quiet"]),
    (_options.TOP, "decospecs", ["retry:times=2", "card"], ["--with=retry:times=2", "--with=card"]),
    (_options.TOP, "decospecs", None, []),
    (_options.TOP, "datastore_root", pathlib.Path("/a b"), ["--datastore-root=/a b"]),
    (_options.TOP, "config", [("c", "file.json")], ["--config", "c", "file.json"]),
    (_options.TOP, "config_value", [("c", {"a": 1}), ["d", Settings()]],
     ["--config-value", "c", '{"a": 1}', "--config-value", "d", '{"a": [1]}']),
    (_options.COMMANDS["run"], "tags", ("a", "ü b"), ["--tag=a", "--tag=ü b"]),
    (_options.COMMANDS["run"], "max_workers", 3, ["--max-workers=3"]),
    (_options.COMMANDS["run"], "user_namespace", "", ["--namespace="]),
    (_options.COMMANDS["resume"], "step_to_rerun", "train", ["train"]),
    (_options.COMMANDS["resume"], "origin_run_id", "12", ["--origin-run-id=12"]),
    (_options.COMMANDS["spin"], "persist", False, ["--no-persist"]),
    (PARAMETERS, "alpha", -0.5, ["--alpha=-0.5"]),
    (PARAMETERS, "alpha", 1, ["--alpha=1"]),
    (PARAMETERS, "max_depth", 7, ["--Max-Depth=7"]),
    (PARAMETERS, "name", "--odd", ["--name=--odd"]),
    (PARAMETERS, "flag", False, ["--flag=False"]),
    (PARAMETERS, "facts", {"a": None}, ['--facts={"a": null}']),
    (PARAMETERS, "facts", "text", ['--facts="text"']),
    (PARAMETERS, "own", 3, ["--own=3"]),
    (PARAMETERS, "many", ["a", "b"], ["--many=a", "--many=b"]),
    (DECORATORS, "branch", "b", ["--branch=b"]),
    (DECORATORS, "production", True, ["--production"]),
    (DECORATORS, "production", False, []),
    (DECORATORS, "trigger", ["F/1"], ["--trigger=F/1"]),
    (DECORATORS, "foo_bar", "x", ["--foo-bar=x"]),
    (DECORATORS, "loud", True, ["--loud"]),
    (DECORATORS, "each", ["x", "y"], ["--each=x", "--each=y"]),
])
def test_words(known, name, value, words):
    assert _line("it", known, {name: value}) == words


@pytest.mark.parametrize("known, name, value", [
    (_options.TOP, "pylint", "no"),
    (_options.TOP, "decospecs", "retry"),
    (_options.TOP, "decospecs", [1]),
    (_options.TOP, "config", {"c": "file"}),
    (_options.TOP, "config", [("c", {"a": 1})]),
    (_options.TOP, "config_value", [("c", "text")]),
    (_options.TOP, "config_value", [("c", {"a": object()})]),
    (_options.TOP, "config_value", [("c",)]),
    (_options.COMMANDS["run"], "tags", "a"),
    (_options.COMMANDS["run"], "max_workers", "3"),
    (_options.COMMANDS["run"], "max_workers", True),
    (PARAMETERS, "alpha", "0.5"),
    (PARAMETERS, "max_depth", 1.5),
    (PARAMETERS, "name", 5),
    (PARAMETERS, "flag", 1),
    (PARAMETERS, "facts", {1, 2}),
    (PARAMETERS, "facts", float("nan")),
    (PARAMETERS, "numbers", ["a"]),
])
def test_values_of_another_type(known, name, value):
    with pytest.raises(TypeError, match="'%s' takes" % name):
        _line("it", known, {name: value})


def test_what_nobody_knows():
    with pytest.raises(ValueError, match="Unknown argument: 'alpha'. What spin takes is: artifacts_module, max_log_size"):
        _line("spin", _options.COMMANDS["spin"], {"alpha": 1})
