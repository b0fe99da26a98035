"""Tests of the real engine and the real SDK, as a person uses them: `python flow.py …` in a folder."""
