"""Modules about cards, under the names that existing code imports them by."""
