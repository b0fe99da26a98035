"""Amounts of resources, as `500m`, `4Gi` or `1e3`."""

import re
from fractions import Fraction

_FORM = re.compile(r"^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|n|u)?)$")
_FACTORS = {None: 1, "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000)}
_FACTORS.update({letter: 1000 ** (power + 1) for power, letter in enumerate("kMGTPE")})
_FACTORS.update({letter + "i": 1024 ** (power + 1) for power, letter in enumerate("KMGTPE")})


def quantity(text):
    """Its value as a fraction; ValueError for what is none."""
    match = _FORM.match(str(text))
    if not match:
        raise ValueError(text)
    if match[2]:
        return Fraction(match[1]) * Fraction(10) ** int(match[2][1:])
    return Fraction(match[1]) * _FACTORS[match[3]]


def requested(pod):
    """What a pod asks of its node, by resource."""
    total = {}
    for container in pod["spec"]["containers"]:
        for word, text in (container["resources"].get("requests") or {}).items():
            total[word] = total.get(word, 0) + quantity(text)
    return total
