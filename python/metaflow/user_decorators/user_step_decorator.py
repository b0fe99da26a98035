"""Decorators of steps that a person writes, where existing scripts look for them."""

from __future__ import annotations

from penstock._user_decorators import (
    USER_SKIP_STEP,
    StepMutator,
    UserStepDecorator,
    UserStepDecoratorBase,
    user_step_decorator,
)

__all__ = ["USER_SKIP_STEP", "StepMutator", "UserStepDecorator", "UserStepDecoratorBase", "user_step_decorator"]
