"""The classes that decorators of extension packages inherit from, and the errors about decorators."""

from __future__ import annotations

from penstock._decorator_names import UnknownFlowDecoratorException, UnknownStepDecoratorException
from penstock._plugins import Decorator, FlowDecorator, StepDecorator
from penstock._steps import step
from penstock.exception import (
    BadFlowDecoratorException,
    BadStepDecoratorException,
    DuplicateFlowDecoratorException,
    DuplicateStepDecoratorException,
    InvalidDecoratorAttribute,
)

__all__ = [
    "BadFlowDecoratorException",
    "BadStepDecoratorException",
    "Decorator",
    "DuplicateFlowDecoratorException",
    "DuplicateStepDecoratorException",
    "FlowDecorator",
    "InvalidDecoratorAttribute",
    "StepDecorator",
    "UnknownFlowDecoratorException",
    "UnknownStepDecoratorException",
    "step",
]
