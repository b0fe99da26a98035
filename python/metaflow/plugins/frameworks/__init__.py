"""Decorators for libraries that run on several nodes, where extensions look for them."""
