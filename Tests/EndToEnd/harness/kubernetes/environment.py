"""Variables of a container: literal ones, from secrets and config maps, and facts about the pod."""

import base64
import re

from .quantities import quantity

_REFERENCE = re.compile(r"\$(?:\$|\(([^()]+)\))")


class ConfigError(Exception):
    """What keeps a container from being created, as its pod tells it."""


def variables(store, pod, container, host_address):
    """All of them, in the order in which later ones win."""
    namespace, found = pod["metadata"]["namespace"], {}
    for source in container.get("envFrom") or []:
        for word, plural in (("secretRef", "secrets"), ("configMapRef", "configmaps")):
            if word in source:
                for name, value in _contents(store, namespace, plural, source[word]["name"], source[word].get("optional")).items():
                    found[source.get("prefix", "") + name] = value
    for variable in container.get("env") or []:
        if "valueFrom" in variable:
            value = _value(store, pod, container, variable["valueFrom"], host_address)
            if value is not None:
                found[variable["name"]] = value
        else:
            found[variable["name"]] = expand(variable.get("value") or "", found)
    return found


def expand(text, known):
    """`$(NAME)` becomes its value where there is one, and `$$` a dollar."""
    def replace(match):
        return "$" if match[0] == "$$" else known.get(match[1], match[0])

    return _REFERENCE.sub(replace, text)


def contents(thing):
    """The files or variables of a secret or a config map, as bytes."""
    if thing["kind"] == "Secret":
        return {name: base64.b64decode(text or "") for name, text in (thing.get("data") or {}).items()}
    return {name: text.encode() for name, text in (thing.get("data") or {}).items()}


def _contents(store, namespace, plural, name, optional):
    thing = store.find(plural, namespace, name)
    if thing is None:
        if optional:
            return {}
        raise ConfigError(f'{plural.rstrip("s")} "{name}" not found')
    return {key: value.decode(errors="surrogateescape") for key, value in contents(thing).items()}


def _value(store, pod, container, source, host_address):
    for word, plural in (("secretKeyRef", "secrets"), ("configMapKeyRef", "configmaps")):
        if word in source:
            wanted = source[word]
            found = _contents(store, pod["metadata"]["namespace"], plural, wanted["name"], wanted.get("optional"))
            if wanted["key"] not in found and not wanted.get("optional"):
                kind = "Secret" if plural == "secrets" else "ConfigMap"
                raise ConfigError(f"couldn't find key {wanted['key']} in {kind} {pod['metadata']['namespace']}/{wanted['name']}")
            return found.get(wanted["key"])
    if "resourceFieldRef" in source:
        wanted = source["resourceFieldRef"]
        part, word = wanted["resource"].split(".", 1)
        amount = quantity((container["resources"].get(part) or {}).get(word, "0"))
        return str(-int(-amount // quantity(wanted.get("divisor") or "1")))
    return field(pod, source["fieldRef"]["fieldPath"], host_address)


def field(pod, path, host_address):
    match = re.match(r"^metadata\.(labels|annotations)\['(.+)'\]$", path)
    if match:
        return (pod["metadata"].get(match[1]) or {}).get(match[2], "")
    if path in ("status.hostIP", "status.hostIPs"):
        return host_address
    if path in ("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.podIP"):
        part, word = path.split(".")
        return str(pod[part].get(word, ""))
    raise ConfigError(f"unsupported fieldPath: {path}")
