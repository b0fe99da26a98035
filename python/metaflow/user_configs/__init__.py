"""Configs, under the names that existing code imports them by."""
