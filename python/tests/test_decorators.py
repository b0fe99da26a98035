"""What decorators refuse while the flow's file is imported, and that they record the rest."""

import pytest

import penstock
from penstock import FlowSpec, Parameter, card, exit_hook, project, pypi, pypi_base, retry, step, timeout
from penstock import exception as e
from penstock._decorators import flow_decorators


def names(function):
    return [each.name for each in function.decorators]


def test_records_in_the_order_of_application():
    @card(id="b")
    @card
    @retry(times="3")
    @pypi(packages={"a": "1"})
    @step
    def start(self):
        pass

    assert names(start) == ["pypi", "retry", "card", "card"]
    assert start.decorators[1].attributes == {"times": "3"}
    assert start.is_step and start.name == "start"


def bad_order():
    @step
    @retry
    def start(self):
        pass


def on_a_plain_function():
    @retry(times=1)
    def start(self):
        pass


def step_decorator_on_a_class():
    @retry
    class F(FlowSpec):
        pass


def flow_decorator_on_a_step():
    class F(FlowSpec):
        @pypi_base
        @step
        def start(self):
            pass


def flow_decorator_on_another_class():
    @project(name="x")
    class F:
        pass


def twice():
    @retry
    @timeout(seconds=1)
    @retry(times=2)
    @step
    def start(self):
        pass


def flow_twice():
    @pypi_base
    @pypi_base(python="3.11")
    class F(FlowSpec):
        pass


def flow_twice_by_inheritance():
    @project(name="x")
    class Base(FlowSpec):
        pass

    @project(name="y")
    class F(Base):
        pass


def unknown_attribute():
    @retry(time=2)
    @step
    def start(self):
        pass


def values_without_names():
    @retry(3)
    @step
    def start(self):
        pass


def step_on_a_class():
    @step
    class X:
        pass


def separator_of_a_number():
    Parameter("x", type=int, separator=",")


@pytest.mark.parametrize(
    "mistake, error, text",
    [
        (bad_order, e.BadStepDecoratorException, "'retry' is applied to 'start'"),
        (on_a_plain_function, e.BadStepDecoratorException, "above @step"),
        (step_decorator_on_a_class, e.BadStepDecoratorException, "'F', which is not a step"),
        (flow_decorator_on_a_step, e.BadFlowDecoratorException, "'start', which is not a flow"),
        (flow_decorator_on_another_class, e.BadFlowDecoratorException, "'F', which is not a flow"),
        (twice, e.DuplicateStepDecoratorException, "'start' has the decorator 'retry' more than once"),
        (flow_twice, e.DuplicateFlowDecoratorException, "'F' has the decorator 'pypi_base' more than once"),
        (flow_twice_by_inheritance, e.DuplicateFlowDecoratorException, "'project' more than once"),
        (unknown_attribute, e.InvalidDecoratorAttribute, "attribute 'time'.* minutes_between_retries, times"),
        (values_without_names, e.BadStepDecoratorException, "by name"),
        (step_on_a_class, e.BadStepDecoratorException, "not a function"),
        (separator_of_a_number, e.MetaflowException, "'x': a separator is for"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_mistakes(mistake, error, text):
    with pytest.raises(error, match=text):
        mistake()


def test_repeatable_and_inherited_flow_decorators():
    @exit_hook(on_success=[len])
    class Base(FlowSpec):
        pass

    @exit_hook(on_error=["x"])
    @project(name="p")
    class F(Base):
        pass

    assert [each.name for each in flow_decorators(F)] == ["exit_hook", "project", "exit_hook"]
    assert [each.name for each in flow_decorators(Base)] == ["exit_hook"]
    assert flow_decorators(FlowSpec) == []


def test_overriding_a_step_drops_its_decorators_and_may_drop_the_step():
    class Base(FlowSpec):
        @retry
        @step
        def start(self):
            pass

        @step
        def other(self):
            pass

    class F(Base):
        @step
        def start(self):
            pass

        def other(self):
            pass

    assert [each.name for each in F(use_cli=False)] == ["start"]
    assert names(F.start) == []
    assert [each.name for each in Base(use_cli=False)] == ["start", "other"]


def test_flow_objects_without_a_run():
    class F(FlowSpec):
        alpha = Parameter("alpha", default=3)
        fixed = 1

        @step(start=True)
        def begin(self):
            self.x = [self.fixed]
            self.next(self.finish)

        @step(end=True)
        def finish(self):
            pass

    flow = F(use_cli=False)
    assert flow.name == "F"
    assert flow.index is None and flow.input is None and flow.foreach_stack() == []
    flow.begin()
    assert flow.x == [1]
    with pytest.raises(AttributeError, match="parameter"):
        flow.alpha = 1
    with pytest.raises(AttributeError, match="Flow F has no attribute 'nothing'"):
        flow.nothing
    with pytest.raises(e.InvalidNextException, match="second time"):
        flow.next(flow.finish)
    nodes = {node.name: node for node in flow._graph}
    assert [nodes["begin"].type, nodes["finish"].type] == ["start", "end"]
    assert nodes["finish"].in_funcs == ["begin"] and nodes["begin"].out_funcs == ["finish"]


def test_names_of_later_versions_can_be_imported_but_not_used():
    with pytest.raises(e.MetaflowException, match="airflow_s3_key_sensor is not part of this version"):
        penstock.airflow_s3_key_sensor()
    with pytest.raises(e.MetaflowException, match="airflow_s3_key_sensor is not part"):

        class M(penstock.airflow_s3_key_sensor):
            pass

    with pytest.raises(AttributeError):
        penstock.nonsense


def test_metaflow_is_the_same_under_another_name():
    import metaflow
    import metaflow.exception
    from metaflow.metaflow_current import current
    from metaflow.util import is_stringish

    for name in penstock.__all__:
        assert getattr(metaflow, name) is getattr(penstock, name), name
    assert metaflow.exception.MetaflowException is e.MetaflowException
    assert current is metaflow.current
    assert is_stringish("") and is_stringish(b"") and not is_stringish(1)
