"""What a step can append to a card."""

from __future__ import annotations

from penstock.cards._base import UserComponent
from penstock.cards._charts import VegaChart
from penstock.cards._images import Image
from penstock.cards._meters import ProgressBar, ValueBox
from penstock.cards._tables import Artifact, Table
from penstock.cards._text import Error, JSONViewer, Markdown, PythonCode, YAMLViewer
from penstock.cards._timeline import EventsTimeline

__all__ = [
    "Artifact",
    "Error",
    "EventsTimeline",
    "Image",
    "JSONViewer",
    "Markdown",
    "ProgressBar",
    "PythonCode",
    "Table",
    "UserComponent",
    "ValueBox",
    "VegaChart",
    "YAMLViewer",
]
