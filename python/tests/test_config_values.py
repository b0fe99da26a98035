"""Values of configs, and expressions over them, without a flow."""

import copy
import json
import pickle

import pytest

from penstock import _delayed
from penstock._config_texts import ConfigParserFailed, ConfigProblem, from_wire, parsed, to_wire
from penstock._config_value import ConfigValue
from penstock._configs import Config, settings_of
from penstock._delayed import config_expr, is_delayed, resolved, resolved_keywords
from penstock.exception import MetaflowException

PLAIN = {"a": {"b": [1, {"c": 2}]}, "t": ({"x": 1},), "with-dash": None, "keys": 3}


@pytest.fixture
def scope():
    _delayed.set_scope({"config": ConfigValue(PLAIN), "with-dash": ConfigValue({"x": {"y": 5}}), "none": None, "text": "abc"})
    yield
    _delayed.set_scope(None)


def test_a_config_value_is_a_dictionary_that_cannot_be_changed():
    value = ConfigValue(PLAIN)
    assert isinstance(value, dict) and value == PLAIN and value.to_dict() == PLAIN
    assert value.a.b[1].c == value["a"]["b"][1]["c"] == value.t[0].x + 1 == 2
    assert value["keys"] == 3 and list(value.keys()) == list(PLAIN)  # methods are not hidden by keys
    assert "b" in dir(value.a) and "with-dash" not in dir(value)
    for change in (
        lambda: value.__setitem__("a", 1), lambda: value.__delitem__("a"), lambda: setattr(value, "a", 1),
        lambda: delattr(value, "a"), lambda: value.update(a=1), lambda: value.setdefault("n", 1), lambda: value.pop("a"),
        value.popitem, value.clear, lambda: value.__ior__({"a": 1}), lambda: setattr(value.a, "b", 1),
    ):  # fmt: skip
        with pytest.raises(TypeError, match="cannot be changed"):
            change()
    with pytest.raises(AttributeError, match="no 'nope' here; it has: a, t, with-dash, keys"):
        value.nope
    with pytest.raises(KeyError):
        value["nope"]
    assert type(value.to_dict()["a"]) is dict and type(value.to_dict()["t"][0]) is dict
    for made in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value)), value.copy()):
        assert type(made) is ConfigValue and made == value
    assert json.loads(json.dumps(ConfigValue({"a": {"b": 1}}))) == {"a": {"b": 1}}
    assert ConfigValue.fromkeys("ab", 1) == {"a": 1, "b": 1}


def test_expressions_are_evaluated_when_the_configs_are_known(scope):
    assert resolved(config_expr("config").a.b) == [1, {"c": 2}] and type(resolved(config_expr("config").a)) is dict
    assert resolved(config_expr("config")["a"]["b"][1]) == {"c": 2}
    assert resolved(config_expr("len(config.a.b) + helper(text)")) == 5
    assert resolved(config_expr("[each for each in config.a.b][0]")) == 1
    assert resolved(config_expr("text").upper) .__call__() == "ABC"
    assert resolved(Config("with-dash").x.y) == 5 and resolved(Config("config")) == PLAIN
    choice = Config("config")[config_expr("'a'")].b
    inner = PLAIN["a"]["b"]
    assert resolved({"v": [choice, (choice,)], config_expr("text"): 1}) == {"v": [inner, (inner,)], "abc": 1}
    untouched = {"a": [1]}
    assert resolved(untouched) is untouched and not is_delayed(untouched)


def helper(text):
    return len(text)


def test_two_stars_bring_the_values_of_a_config(scope):
    def take(**named):
        return named

    given = take(a=1, **Config("config"), **config_expr("config").a, **Config("none"))
    assert resolved_keywords(given) == {"a": {"b": [1, {"c": 2}]}, "t": ({"x": 1},), "with-dash": None, "keys": 3,
                                        "b": [1, {"c": 2}]}
    with pytest.raises(MetaflowException, match=r"\*\*text needs a mapping with texts as keys, but it is a str"):
        resolved_keywords(take(**Config("text")))


@pytest.mark.parametrize("expression, words", [
    ("config.nope", "config.nope .in .*test_config_values.py, line .*: AttributeError: The config has no 'nope'"),
    ("undefined + 1", "NameError"),
    ("1 +", "SyntaxError"),
    ("1/0", "ZeroDivisionError"),
    ("loop()", "never comes to an end"),
    ("(" * 500 + ")" * 500, "Error"),
    ("'\\0'.x", "AttributeError"),
])  # fmt: skip
def test_what_cannot_be_evaluated_says_where_it_stands(scope, expression, words):
    with pytest.raises(_delayed.ConfigExpressionFailed, match=words):
        resolved(config_expr(expression))


def loop():
    return config_expr("loop()")()


def test_outside_of_a_flow_a_config_has_no_value():
    with pytest.raises(MetaflowException, match="config.a is used outside of a flow"):
        Config("config").a()
    with pytest.raises(MetaflowException, match="takes an expression as a text"):
        config_expr(3)
    with pytest.raises(TypeError, match="config.a is known only when the flow is run"):
        pickle.dumps(Config("config").a)


def test_a_container_that_holds_itself_is_looked_through(scope):
    around = [1]
    around += [around, {"again": around}]
    assert not is_delayed(around)
    around.append(config_expr("text"))
    assert is_delayed(around)
    with pytest.raises(MetaflowException, match="nested more than 100 times"):
        resolved(around)


DEEP = '{"a":' * 150_000 + "1" + "}" * 150_000


@pytest.mark.parametrize("text, words", [
    ("", "is not valid JSON"),
    ("{bad", "c.json is not valid JSON"),
    ("[1]", "c.json holds a list; a config is a mapping"),
    ('"x"', "holds a str"),
    ("3", "holds a int"),
    (DEEP, "nested more than 200 times"),
    ('{"a":' * 300 + "1" + "}" * 300, "nested more than 200 times"),
    ('{"a": "\\ud800"}{', "is not valid JSON"),
])  # fmt: skip
def test_texts_that_are_no_config(text, words):
    with pytest.raises(ConfigProblem, match="Config 'c': .*" + words) as caught:
        parsed(settings_of(Config("c")), text, "c.json")
    assert caught.value.usage


@pytest.mark.parametrize("parser, plain, text, words", [
    (lambda text: text, False, "x", "the parser .*lambda.* makes a str of c.txt; it has to make a mapping"),
    (lambda text: 1 / 0, True, "x", "fails on c.txt: ZeroDivisionError"),
    ("nosuch.module.parser", False, "x", "the parser nosuch.module.parser cannot be imported"),
    ("parser", False, "x", "has to be a dotted name"),
    (".util.nothing", False, "x", "metaflow.util.nothing is not in metaflow.util"),
    ("os.sep", False, "x", "the parser os.sep is no function"),
])  # fmt: skip
def test_parsers_that_fail(parser, plain, text, words):
    with pytest.raises(ConfigParserFailed, match=words):
        parsed(settings_of(Config("c", parser=parser, plain=plain)), text, "c.txt")


def test_parsers_and_plain_texts():
    assert parsed(settings_of(Config("c", parser="json.loads")), '{"a": {"b": 1}}', "x") == {"a": {"b": 1}}
    assert parsed(settings_of(Config("c", parser=lambda text: ConfigValue(a=text))), "t", "x") == {"a": "t"}
    assert parsed(settings_of(Config("c", plain=True)), "{not json", "x") == "{not json"
    assert parsed(settings_of(Config("c", plain=True, parser=".util.is_stringish")), "x", "x") is True


@pytest.mark.parametrize("value", [
    None, {"a": [1, 2.5, "\u00e4", True, None, {}]}, {"$pickle": "gASVCg"}, {"n": float("nan")}, {"n": 1 << 80}, {1: 2},
    {"t": (1, 2)}, ("a", 1), "\ud800",
], ids=str)  # fmt: skip
def test_what_other_hosts_are_told_is_the_value_itself(value):
    config = Config("c", plain=True)
    settings_of(config).take(value)
    told = json.loads(json.dumps(to_wire(settings_of(config)), allow_nan=False))
    back = from_wire(told["value"])
    assert repr(back) == repr(value)


def test_a_value_that_cannot_be_handed_on():
    config = Config("c", plain=True)
    settings_of(config).take(lambda: 1)
    with pytest.raises(MetaflowException, match="Config 'c': its value .a function. cannot be handed on to tasks"):
        to_wire(settings_of(config))


def test_declarations_that_make_no_sense():
    for words, how in (
        ("has a default and a default_value", {"default": "a", "default_value": "b"}),
        ("a parser is a function or the dotted name", {"parser": 3}),
        ("takes its default from a config", {"default_value": Config("other").x}),
    ):
        with pytest.raises(MetaflowException, match=words):
            Config("c", **how)
    with pytest.raises(MetaflowException, match="name has to be a text"):
        Config("")


def test_a_config_has_every_attribute_but_those_of_python():
    config = Config("c", help="h", default_value={}, show_default=False)
    assert repr(config.help) == "c.help" and repr(config.a["b"].type.default) == "c.a['b'].type.default"
    assert config.name == "c" and not hasattr(config, "__code__")
    assert copy.copy(config.a) is not None
