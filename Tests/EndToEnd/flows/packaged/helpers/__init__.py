"""Modules of the flow."""
