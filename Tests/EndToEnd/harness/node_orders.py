"""Orders for tasks on nodes, written from the records of a run in a folder datastore, and reports read back.

The format is that of `OrderBook` and `AttemptReport` (Sources/Runs/Nodes/Orders).
"""

import base64
import json
import os
import pickle
import struct
import subprocess
from pathlib import Path

KINDS = {"attempt_began", "artifacts", "task_created"}


def book(group, attempts):
    """The bytes of an order book."""
    texts = [json.dumps(each, sort_keys=True).encode() for each in [group] + attempts]
    table = b"PSORDERS" + struct.pack("<I", len(attempts))
    offset = 12 + 16 * len(texts)
    for text in texts:
        table += struct.pack("<QQ", offset, len(text))
        offset += len(text)
    return table + b"".join(texts)


class Report:
    """What a node has reported of one attempt."""

    def __init__(self, raw):
        (count,) = struct.unpack("<Q", raw[:8])
        self.facts = json.loads(raw[8 : 8 + count])
        self._payload = raw[8 + count :]
        self.ending = self.facts["ending"]
        self.result = self.facts.get("result")
        self.pieces = self.facts["pieces"]

    def content(self, described):
        """The bytes that stand in the report; None for what has a blob of its own."""
        inline = described.get("inline")
        return None if inline is None else self._payload[inline["offset"] : inline["offset"] + inline["count"]]

    def artifacts(self):
        """The values that stand in the report, by name."""
        kept = {}
        for each in self.facts["artifacts"]:
            raw = self.content(each["content"]) if each.get("content") else None
            if raw is not None:
                kept[each["item"]["name"]] = pickle.loads(raw)
        return kept

    def blobs(self):
        """What has a blob of its own, by name."""
        return {
            each["item"]["name"]: each["content"]["blob"]["_0"]
            for each in self.facts["artifacts"]
            if each.get("content") and "blob" in each["content"]
        }

    @property
    def printed(self):
        """What was printed after the last piece, on both streams."""
        return printed(self.facts["output"])


def printed(outputs):
    return b"".join(base64.b64decode(each["bytes"]) for each in outputs).decode("utf-8", "replace")


class RecordedRun:
    """A run as a folder datastore keeps it."""

    def __init__(self, datastore, flow, run):
        self.datastore, self.flow, self.run = Path(datastore), flow, run
        self.blobs, self.artifacts, self.tasks, self.code, self.snapshot, self.facts = {}, {}, {}, None, [], {}
        for file in sorted((self.datastore / "records" / flow / run).glob("*.jsonl")):
            for line in file.read_text().splitlines()[1:]:
                self._take(json.loads(line))

    def _take(self, entry):
        for blob in entry.get("blobs") or []:
            self.blobs[blob["digest"]] = blob
        if "run_began" in entry:
            self.facts = {name: value for name, value, _ in entry["run_began"]["metadata"]}
        if "task_created" in entry:
            self.tasks.setdefault(entry["task_created"]["step"], []).append(entry["task_created"]["task"])
        if "artifacts" in entry:
            kept = self.artifacts.setdefault(entry["artifacts"]["attempt"]["task"], {})
            kept.update({each["name"]: each for each in entry["artifacts"]["content"]})
        if "code_package" in entry:
            self.code = entry["code_package"]
        self.snapshot += entry.get("snapshot") or []


class Node:
    """A machine that has nothing of a run but its datastore, and its own cache."""

    def __init__(self, folder, engine, address, python):
        self.folder, self.engine, self.address = Path(folder), engine, address
        self.cache, self.home = self.folder / "node-cache", self.folder / "node-home"
        self.home.mkdir(parents=True)
        #: Where a Python is found, and nothing else that the person has installed.
        self.path = os.pathsep.join([str(Path(python).parent), "/usr/bin", "/bin"])
        self.variables = {}
        self.before = []

    def environment(self, extra=None):
        kept = {
            "PATH": self.path, "HOME": self.home, "TMPDIR": self.home, "PENSTOCK_NODE_CACHE": self.cache,
            "PENSTOCK_PYTHON_FETCH": "never", "no_proxy": "127.0.0.1"}
        kept.update(self.variables)
        kept.update(extra or {})
        return {name: str(value) for name, value in kept.items() if value is not None}

    def start(self, orders, index=0, env=None):
        words = [*self.before, self.engine, "node-task", "--datastore", self.address, "--orders", orders]
        return subprocess.Popen(
            [str(word) for word in words], cwd="/", env=self.environment({"PENSTOCK_JOB_INDEX": index, **(env or {})}),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)

    def run(self, orders, index=0, env=None, timeout=120):
        """The exit code, and what was said on standard error."""
        process = self.start(orders, index, env)
        out, err = process.communicate(timeout=timeout)
        assert out == ""
        return process.returncode, err


class Group:
    """Jobs of one step of a recorded run: its orders in the datastore, and what the jobs say."""

    def __init__(self, recorded, step, number=0, environment=None, packages=(), count=1, blobs=None, **assignment):
        self.recorded = recorded
        self.prefix = f"attempts/{recorded.flow}/{recorded.run}/{number:06d}"
        self.orders = self.prefix + "/orders"
        group = {
            "format": 1, "flow": recorded.flow, "run": recorded.run, "step": step, "code": recorded.blobs[recorded.code["digest"]],
            "script": recorded.code["script"], "packages": list(packages), "launchingPython": recorded.facts["python_version"],
            "variables": {"METAFLOW_RUN_ID": recorded.run, "PYTHONUNBUFFERED": "x", "PYTHONHASHSEED": "7"},
            "logLimit": assignment.pop("log_limit", 64 << 20)}
        if environment:
            group["environment"] = environment
        for name in ("executable", "sharedFor"):
            if name in assignment:
                group[name] = assignment.pop(name)
        self.attempts = [self._attempt(step, index, dict(assignment), blobs) for index in range(count)]
        self.put(self.orders, book(group, self.attempts))

    def _attempt(self, step, index, changes, blobs):
        recorded = self.recorded
        parent = changes.pop("parent", None)
        artifacts = {
            name: {key: each[key] for key in ("digest", "size", "type", "encoding")}
            for name, each in recorded.artifacts.get(parent, {}).items()
            if not name.startswith(("_transition", "_foreach_v", "_foreach_n", "_exception"))}
        inputs = changes.pop("inputs", [])
        assignment = {
            "protocol": 1, "kind": "step", "flow": recorded.flow, "run": recorded.run, "step": step, "task": str(900 + index),
            "attempt": 0, "max_attempts": 1, "username": "tester", "namespace": "user:tester", "tags": [], "join": False,
            "frames": [], "artifacts": artifacts, "inputs": {"count": len(inputs)}, "parameters": {"given": {}}, "staging": "",
            "inline_limit": 65536, "datastore_root": "", "seed": "00"}
        assignment.update(changes)
        wanted = {each["digest"] for each in artifacts.values()}
        wanted |= {each["digest"] for item in inputs for each in item["artifacts"].values()}
        return {
            "assignment": assignment, "inputs": inputs, "variables": {},
            "blobs": [recorded.blobs[digest] for digest in sorted(wanted) if digest in recorded.blobs] if blobs is None else blobs}

    # What is in the datastore; other kinds of it have methods of their own.

    def put(self, key, content):
        path = self.recorded.datastore / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def get(self, key):
        try:
            return (self.recorded.datastore / key).read_bytes()
        except FileNotFoundError:
            return None

    def said(self, index=0):
        """The names of what a job has said."""
        folder = self.recorded.datastore / self.prefix / "said"
        return sorted(path.name for path in folder.glob(f"{index:06d}.*")) if folder.exists() else []

    def report(self, index=0):
        raw = self.get(f"{self.prefix}/said/{index:06d}.report")
        return None if raw is None else Report(raw)

    def claim(self, index):
        """The job that has claimed an attempt."""
        raw = self.get(f"{self.prefix}/said/{index:06d}.claim")
        return None if raw is None else int(raw)

    def log(self, index=0):
        """What the pieces of a log say, one after the other."""
        text, number = "", 0
        while True:
            raw = self.get(f"{self.prefix}/said/{index:06d}.log.{number:08d}")
            if raw is None:
                return text
            text += printed([json.loads(line) for line in raw.splitlines()])
            number += 1
