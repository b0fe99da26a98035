"""``penstock serve --stdio`` for tests: answers from a world that a pickle describes."""

import json
import os
import pickle
import signal
import socket
import sys
import tempfile

from fake_engine import Peer


def main(words):
    assert words[:2] == ["serve", "--stdio"], words
    with open(os.environ["FAKE_WORLD"], "rb") as file:
        world = pickle.load(file)
    with open(os.environ["FAKE_WORLD"] + ".starts", "a") as file:
        file.write("%d %s\n" % (os.getpid(), " ".join(words[2:])))
    peer = Peer(socket.socket(fileno=0))
    peer.sock.settimeout(None)
    while True:
        try:
            request, _, _ = peer.next()
        except EOFError:
            return
        if world.get("die") and request["type"] == world["die"]:
            if not os.path.exists(os.environ["FAKE_WORLD"] + ".died"):
                open(os.environ["FAKE_WORLD"] + ".died", "w").close()
                os.kill(os.getpid(), signal.SIGKILL)
        with open(os.environ["FAKE_WORLD"] + ".asked", "a") as file:
            file.write(json.dumps(request) + "\n")
        header, payload, file = answer(world, request)
        header["id"] = request["id"]
        peer.send(header, payload, [file.fileno()] if file else [])
        if file:
            file.close()


def answer(world, request):
    kind, path = request["type"], "/".join(request.get("path") or ())
    if kind == "hello":
        greeting = {"type": "hello", "protocol": world.get("protocol", 1), "version": "0", "root": "/somewhere/.penstock"}
        return greeting, b"", None
    if kind == "blob":
        raw = world["blobs"].get(request["digest"])
        if raw is None:
            return {"type": "missing"}, b"", None
        header = {"type": "blob", "digest": request["digest"], "size": len(raw), "descriptors": 0}
        if len(raw) <= 1000:
            return header, raw, None
        file = tempfile.TemporaryFile()
        file.write(raw)
        file.flush()
        file.seek(0)
        return dict(header, descriptors=1), b"", file
    if kind == "children":
        items = [record for record in world["objects"].values() if record["above"] == path]
        items = [each for each in items if set(request.get("tags") or ()) <= set(tags(each))][::-1]
        names = [each["id"] for each in items]
        items = items[names.index(request["before"]) + 1 :] if "before" in request else items
        return {"type": "children", "items": items[: request.get("limit")]}, b"", None
    if kind == "tags":
        record = world["objects"].get(path)
        if record is None:
            return {"type": "missing"}, b"", None
        if set(request["remove"]) & set(record["system_tags"]):
            return {"type": "error", "message": "a system tag cannot be removed"}, b"", None
        record["user_tags"] = sorted((set(record["user_tags"]) | set(request["add"])) - set(request["remove"]))
        return {"type": "object", "object": record}, b"", None
    if kind == "log":
        entry = world["logs"].get((path, request["stream"], request.get("attempt")), [])
        if request.get("timestamps"):
            return {"type": "log", "items": [{"at": at, "text": text} for at, text in entry]}, b"", None
        return {"type": "log"}, "".join(text + "\n" for _, text in entry).encode(), None
    if kind == "metadata":
        return {"type": kind, "items": world[kind].get(path, [])}, b"", None
    if kind == "artifacts":
        return artifacts(world, request, path)
    if kind == "neighbours":
        paths = world["neighbours"].get((path, request["direction"]), [])
        return {"type": "children", "items": [dict(world["objects"][each], path=each) for each in paths]}, b"", None
    if kind == "cards":
        items = world["cards"].get((path, request.get("follow_resumed", True)), world["cards"].get(path, []))
        return {"type": "cards", "items": items}, b"", None
    if kind == "code":
        entry = world["code"].get(path)
        return (dict(entry, type="code") if entry else {"type": "missing"}), b"", None
    if kind == "object":
        record = world["objects"].get(path)
        return ({"type": "object", "object": record} if record else {"type": "missing"}), b"", None
    return {"type": "error", "message": "what is a %s?" % kind}, b"", None


def artifacts(world, request, path):
    if "tasks" in request:
        return stretch(world, request, path)
    payload, items = b"", []
    for row in world["artifacts"].get(path, []):
        if row["attempt"] == request.get("attempt", 1) and chosen(request, row["name"]):
            row, raw = valued(world, request, row)
            items, payload = items + [row], payload + raw
    return {"type": "artifacts", "items": items}, payload, None


def stretch(world, request, path):
    """The artifact `common` stands in a base, the others are the tasks' own."""
    rows = {task: world["artifacts"].get("%s/%s" % (path, task), []) for task in request["tasks"]}
    rows = {task: [row for row in each if chosen(request, row["name"])] for task, each in rows.items()}
    base = next((row for each in rows.values() for row in each if row["name"] == "common"), None)
    payload, parts, bases = b"", [], []
    if base is not None:
        row, payload = valued(world, request, base)
        bases = [[row]]
    for task, each in rows.items():
        part = {"id": task, "attempt": 1, "created_at": 1.0, "items": []}
        for row in each:
            if row["name"] == "common":
                part["base"] = 0
            else:
                row, raw = valued(world, request, row)
                part["items"].append(row)
                payload += raw
        parts.append(part)
    return {"type": "artifacts", "tasks": parts, "bases": bases}, payload, None


def chosen(request, name):
    return name in request.get("names", [name]) and not (request.get("public") and name.startswith("_"))


def valued(world, request, row):
    raw = world["blobs"].get(row["digest"])
    if not request.get("values") or raw is None or len(raw) >= 1000:
        return dict(row), b""
    return dict(row, inline=len(raw)), raw


def tags(record):
    return record.get("user_tags", []) + record.get("system_tags", [])


if __name__ == "__main__":
    main(sys.argv[1:])
