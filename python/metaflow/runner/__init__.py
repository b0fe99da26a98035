"""Runners, under the names that existing scripts import them by."""
