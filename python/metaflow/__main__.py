"""``python -m metaflow status``: what is in force here."""

from __future__ import annotations

import sys

#: What the names of settings have in them whose values are nobody's business.
_SECRET = ("KEY", "TOKEN", "SECRET", "PASSWORD", "HEADERS")


def main(words: list[str]) -> int:
    """Runs a command and gives the exit code."""
    if words not in ([], ["status"]):
        sys.stderr.write("error: there is one command: python -m metaflow status\n")
        return 2
    from penstock import __version__
    from penstock._configuration import files, in_force
    from penstock.client import get_metadata, get_namespace
    from penstock.exception import MetaflowException

    print("Penstock %s" % __version__)
    try:
        print("Python: %s" % sys.executable)
        print("Namespace: %s" % get_namespace())
        print("Runs are read from: %s" % get_metadata())
        print("Configuration files: %s" % (", ".join(files()) or "none"))
        for name, value in sorted(in_force().items()):
            print("%s=%s" % (name, "(set)" if any(word in name for word in _SECRET) else value))
    except MetaflowException as error:
        sys.stderr.write("error: %s\n" % error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
