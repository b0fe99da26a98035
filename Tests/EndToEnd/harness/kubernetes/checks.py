"""What the API server refuses besides what contradicts the schemas: names, references, contradictions."""

import base64
import re

from .quantities import quantity

SUBDOMAIN = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
LABEL = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
VALUE = re.compile(r"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$")
VARIABLE = re.compile(r"^[^=\x00-\x1f]+$")
DATA_KEY = re.compile(r"^[-._a-zA-Z0-9]+$")


def causes(plural, thing):
    """All that is wrong, as `statuses.invalid` wants it."""
    found = _Found()
    _metadata(found, thing["metadata"], 63 if plural in ("jobs", "services", "namespaces") else 253)
    if plural == "jobs":
        _job(found, thing["spec"])
    elif plural == "pods":
        _pod(found, thing["spec"], "spec")
    elif plural == "secrets":
        _secret(found, thing)
    return found.causes


class _Found:
    def __init__(self):
        self.causes = []

    def invalid(self, field, value, why):
        shown = f'"{value}"' if isinstance(value, str) else str(value)
        self.causes.append((field, "FieldValueInvalid", f"Invalid value: {shown}: {why}"))

    def required(self, field, why=""):
        self.causes.append((field, "FieldValueRequired", "Required value" + (f": {why}" if why else "")))

    def unsupported(self, field, value, supported):
        words = ", ".join(f'"{each}"' for each in supported)
        self.causes.append((field, "FieldValueNotSupported", f'Unsupported value: "{value}": supported values: {words}'))

    def missing(self, field, value):
        self.causes.append((field, "FieldValueNotFound", f'Not found: "{value}"'))


def _metadata(found, meta, longest):
    name = meta.get("name")
    if not name:
        return found.required("metadata.name", "name or generateName is required")
    if len(name) > longest or not SUBDOMAIN.match(name):
        found.invalid("metadata.name", name, (
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'"
            if len(name) <= longest else f"must be no more than {longest} characters"))
    _labels(found, meta.get("labels"), "metadata.labels")
    for key in meta.get("annotations") or {}:
        _key(found, key, "metadata.annotations")


def _key(found, key, field):
    prefix, _, name = key.rpartition("/")
    if len(name) > 63 or not name or not VALUE.match(name) or (prefix and not SUBDOMAIN.match(prefix)):
        found.invalid(field, key, "name part must consist of alphanumeric characters, '-', '_' or '.'")


def _labels(found, labels, field):
    for key, value in (labels or {}).items():
        _key(found, key, field)
        if len(value) > 63:
            found.invalid(field, value, "must be no more than 63 characters")
        elif not VALUE.match(value):
            found.invalid(field, value, "a valid label must be an empty string or consist of alphanumeric characters")


def _job(found, spec):
    for word in ("parallelism", "completions", "backoffLimit", "backoffLimitPerIndex", "ttlSecondsAfterFinished"):
        if (spec.get(word) or 0) < 0:
            found.invalid(f"spec.{word}", spec[word], "must be greater than or equal to 0")
    indexed = spec["completionMode"] == "Indexed"
    if indexed and spec.get("completions") is None:
        found.required("spec.completions", "when completion mode is Indexed")
    if spec.get("completions", 0) > 100_000 and indexed and spec["parallelism"] > 10_000:
        found.invalid("spec.parallelism", spec["parallelism"], "must be less than or equal to 10000")
    if "backoffLimitPerIndex" in spec and not indexed:
        found.invalid("spec.backoffLimitPerIndex", spec["backoffLimitPerIndex"], "requires indexed completion mode")
    if "selector" in spec:
        found.invalid("spec.selector", "", "`selector` not auto-generated")
    template = spec["template"]
    _labels(found, (template.get("metadata") or {}).get("labels"), "spec.template.metadata.labels")
    policy = template["spec"].get("restartPolicy")
    if policy is None or policy == "Always":
        if policy is None:
            found.required("spec.template.spec.restartPolicy", 'valid values: "OnFailure", "Never"')
        else:
            found.unsupported("spec.template.spec.restartPolicy", policy, ("OnFailure", "Never"))
    if spec.get("podFailurePolicy") and policy != "Never":
        found.invalid("spec.template.spec.restartPolicy", policy, 'only "Never" is supported when podFailurePolicy is specified')
    _pod(found, template["spec"], "spec.template.spec")


def _pod(found, spec, at):
    containers = spec.get("containers") or []
    if not containers:
        found.required(f"{at}.containers")
    if len(containers) > 1 or spec.get("initContainers"):
        found.invalid(f"{at}.containers", len(containers), "this stand-in runs pods of one container")
    if spec.get("activeDeadlineSeconds", 1) < 1:
        found.invalid(f"{at}.activeDeadlineSeconds", spec["activeDeadlineSeconds"], "must be between 1 and 2147483647, inclusive")
    for word in ("hostname", "subdomain"):
        if word in spec and (len(spec[word]) > 63 or not LABEL.match(spec[word])):
            found.invalid(f"{at}.{word}", spec[word], "a lowercase RFC 1123 label must consist of alphanumeric characters or '-'")
    _labels(found, spec.get("nodeSelector"), f"{at}.nodeSelector")
    volumes = [volume.get("name") for volume in spec.get("volumes") or []]
    for number, name in enumerate(volumes):
        if not LABEL.match(name or "") or len(name) > 63:
            found.invalid(f"{at}.volumes[{number}].name", name, "a lowercase RFC 1123 label")
        if volumes.count(name) > 1 and volumes.index(name) != number:
            found.causes.append((f"{at}.volumes[{number}].name", "FieldValueDuplicate", f'Duplicate value: "{name}"'))
    for number, toleration in enumerate(spec.get("tolerations") or []):
        if toleration.get("operator", "Equal") not in ("Exists", "Equal"):
            found.unsupported(f"{at}.tolerations[{number}].operator", toleration["operator"], ("Equal", "Exists"))
        if toleration.get("operator") == "Exists" and toleration.get("value"):
            found.invalid(f"{at}.tolerations[{number}].operator", toleration["value"], "value must be empty when `operator` is 'Exists'")
    for number, container in enumerate(containers):
        _container(found, container, f"{at}.containers[{number}]", volumes)


def _container(found, container, at, volumes):
    if len(container.get("name", "")) > 63 or not LABEL.match(container.get("name", "")):
        found.invalid(f"{at}.name", container.get("name"), "a lowercase RFC 1123 label")
    if not container.get("image"):
        found.required(f"{at}.image")
    if container["imagePullPolicy"] not in ("Always", "IfNotPresent", "Never"):
        found.unsupported(f"{at}.imagePullPolicy", container["imagePullPolicy"], ("Always", "IfNotPresent", "Never"))
    for number, variable in enumerate(container.get("env") or []):
        if not VARIABLE.match(variable.get("name", "")):
            found.invalid(f"{at}.env[{number}].name", variable.get("name"), (
                "a valid environment variable name must consist only of printable ASCII characters other than '='"))
        if "value" in variable and variable["value"] and "valueFrom" in variable:
            found.invalid(f"{at}.env[{number}].valueFrom", "", "may not be specified when `value` is not empty")
    places = [mount.get("mountPath") for mount in container.get("volumeMounts") or []]
    for number, mount in enumerate(container.get("volumeMounts") or []):
        if mount.get("name") not in volumes:
            found.missing(f"{at}.volumeMounts[{number}].name", mount.get("name"))
        if places.count(mount.get("mountPath")) > 1 and places.index(mount.get("mountPath")) != number:
            found.invalid(f"{at}.volumeMounts[{number}].mountPath", mount.get("mountPath"), "must be unique")
    ports = [port.get("containerPort") for port in container.get("ports") or []]
    for number, port in enumerate(ports):
        if not 0 < port < 65536:
            found.invalid(f"{at}.ports[{number}].containerPort", port, "must be between 1 and 65535, inclusive")
    _resources(found, container["resources"], f"{at}.resources")


def _resources(found, resources, at):
    amounts = {}
    for part in ("requests", "limits"):
        for word, text in (resources.get(part) or {}).items():
            try:
                amounts[part, word] = quantity(text)
            except ValueError:
                found.invalid(f"{at}.{part}[{word}]", text, (
                    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"))
                continue
            if "/" not in word and word not in ("cpu", "memory", "ephemeral-storage") and not word.startswith("hugepages-"):
                found.invalid(f"{at}.{part}[{word}]", word, "must be a standard resource type or fully qualified")
            if "/" in word and amounts[part, word] % 1:
                found.invalid(f"{at}.{part}[{word}]", text, "must be an integer")
    for part, word in list(amounts):
        limit = amounts.get(("limits", word))
        if part == "requests" and limit is not None and amounts[part, word] > limit:
            found.invalid(f"{at}.requests", resources["requests"][word], (
                f"must be less than or equal to {word} limit of {resources['limits'][word]}"))
        if part == "requests" and "/" in word and limit != amounts[part, word]:
            found.required(f"{at}.limits", "Limit must be set for non overcommitable resources")


def _secret(found, secret):
    total = 0
    for key, text in (secret.get("data") or {}).items():
        if not DATA_KEY.match(key) or len(key) > 253:
            found.invalid(f"data[{key}]", key, "a valid config key must consist of alphanumeric characters, '-', '_' or '.'")
        try:
            total += len(base64.b64decode(text or "", validate=True))
        except ValueError:
            found.invalid(f"data[{key}]", "…", "illegal base64 data")
    if total > 1 << 20:
        found.causes.append(("data", "FieldValueTooLong", "Too long: may not be more than 1048576 bytes"))
