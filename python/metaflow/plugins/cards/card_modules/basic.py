"""The plain building blocks of cards, and the card types that are always there."""

from __future__ import annotations

from penstock.cards._default_card import BlankCard, DefaultCard, DefaultCardJSON, ErrorCard, TaskSpecCard
from penstock.cards._elements import (
    ArtifactsComponent,
    DagComponent,
    DefaultComponent,
    ErrorComponent,
    HTMLComponent,
    ImageComponent,
    LogComponent,
    MarkdownComponent,
    PageComponent,
    PythonCodeComponent,
    SectionComponent,
    SerializationErrorComponent,
    SubTitleComponent,
    TableComponent,
    TextComponent,
    TitleComponent,
)

__all__ = [
    "ArtifactsComponent",
    "BlankCard",
    "DagComponent",
    "DefaultCard",
    "DefaultCardJSON",
    "DefaultComponent",
    "ErrorCard",
    "ErrorComponent",
    "HTMLComponent",
    "ImageComponent",
    "LogComponent",
    "MarkdownComponent",
    "PageComponent",
    "PythonCodeComponent",
    "SectionComponent",
    "SerializationErrorComponent",
    "SubTitleComponent",
    "TableComponent",
    "TaskSpecCard",
    "TextComponent",
    "TitleComponent",
]
