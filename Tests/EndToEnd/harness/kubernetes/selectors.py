"""Label and field selectors, as in the query of a list or a watch."""

import re

from .statuses import bad_request

FIELDS = {
    "pods": ("spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName", "status.phase", "status.podIP"),
    "jobs": ("status.successful",),
    "secrets": ("type",),
    "namespaces": ("status.phase",),
    "nodes": ("spec.unschedulable",),
    "events": (
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "reason", "type"),
}

_SET = re.compile(r"^(\S+)\s+(in|notin)\s+\(([^)]*)\)$")


def label_selector(text):
    """A function of an object's labels; everything is selected by an empty text."""
    terms = [_label_term(term.strip()) for term in re.split(r",(?![^(]*\))", text or "") if term.strip()]
    return lambda labels: all(term(labels or {}) for term in terms)


def _label_term(term):
    match = _SET.match(term)
    if match:
        key, operator, values = match[1], match[2], {value.strip() for value in match[3].split(",")}
        if operator == "in":
            return lambda labels: labels.get(key) in values
        return lambda labels: labels.get(key) not in values
    for sign, wanted in (("!=", False), ("==", True), ("=", True)):
        if sign in term:
            key, value = (part.strip() for part in term.split(sign, 1))
            return lambda labels: (labels.get(key) == value) == wanted
    if re.search(r"[\s()=]", term):
        raise bad_request(f"unable to parse requirement: found '{term}', expected: identifier")
    if term.startswith("!"):
        return lambda labels: term[1:] not in labels
    return lambda labels: term in labels


def match_labels(selector):
    """The same for a `matchLabels` or a service's selector."""
    return lambda labels: bool(selector) and all((labels or {}).get(key) == value for key, value in selector.items())


def field_selector(plural, text):
    """A function of an object."""
    terms = []
    for term in filter(None, (part.strip() for part in (text or "").split(","))):
        sign = next((sign for sign in ("!=", "==", "=") if sign in term), None)
        if sign is None:
            raise bad_request(f"invalid selector: '{term}'; can't understand '{term}'")
        field, value = term.split(sign, 1)
        if field not in ("metadata.name", "metadata.namespace") + FIELDS.get(plural, ()):
            raise bad_request(f"field label not supported: {field}")
        terms.append((field.split("."), value, sign != "!="))
    return lambda thing: all((_field(thing, path) == value) == wanted for path, value, wanted in terms)


def _field(thing, path):
    for part in path:
        thing = thing.get(part) if isinstance(thing, dict) else None
    return "" if thing is None else str(thing)
