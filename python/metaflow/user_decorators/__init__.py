"""Decorators that a person writes, under the names that existing code imports them by."""
