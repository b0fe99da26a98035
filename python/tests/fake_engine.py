"""An engine for tests: it speaks the worker protocol, keeps everything in memory, and runs flows without any policy.

It shares no code with the SDK. As a program (``main``) it stands in for ``penstock``: what it does is said in the file that
FAKE_ENGINE names, and what it saw is pickled into the file that FAKE_ENGINE_RESULT names.
"""

import array
import hashlib
import json
import os
import pickle
import selectors
import signal
import socket
import struct
import sys
import tempfile
import time

PATIENCE = float(os.environ.get("FAKE_ENGINE_PATIENCE", "30"))


class Peer:
    """One end of a channel."""

    def __init__(self, sock):
        self.sock = sock
        self.sock.settimeout(PATIENCE)
        self.data = b""
        self.fds = []

    def send(self, header, payload=b"", fds=()):
        text = json.dumps(header).encode()
        body = struct.pack(">I", len(text)) + text + payload
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        frame = struct.pack(">I", len(body)) + body
        sent = self.sock.sendmsg([frame], rights)
        if sent < len(frame):
            self.sock.sendall(frame[sent:])

    def read(self):
        """Reads once; False at the end."""
        data, ancillary, _, _ = self.sock.recvmsg(1 << 20, socket.CMSG_SPACE(64))
        for level, kind, packed in ancillary:
            assert (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
            fds = array.array("i")
            fds.frombytes(packed)
            self.fds += fds
        self.data += data
        return bool(data)

    def frames(self):
        """The whole frames at hand: (header, payload, descriptors)."""
        while len(self.data) >= 4:
            (length,) = struct.unpack(">I", self.data[:4])
            if len(self.data) < 4 + length:
                return
            body, self.data = self.data[4 : 4 + length], self.data[4 + length :]
            (size,) = struct.unpack(">I", body[:4])
            header = json.loads(body[4 : 4 + size])
            count = header.get("descriptors", 0)
            fds, self.fds = self.fds[:count], self.fds[count:]
            yield header, body[4 + size :], fds

    def next(self):
        while True:
            for frame in self.frames():
                return frame
            if not self.read():
                raise EOFError("the other side is gone")


class Attempt:
    """One launched process and everything it said."""

    def __init__(self, key, assignment, stack, artifacts):
        self.key = key
        self.assignment = assignment
        self.stack = stack
        self.inherited = dict(artifacts)
        self.stored = {}
        self.frames = []
        self.done = None
        self.exit = None
        self.spawned = None
        self.output = {"stdout": b"", "stderr": b""}
        self.peer = None
        self.inputs = []
        self.metadata = []
        self.dumped = []
        self.cards = []

    @property
    def artifacts(self):
        names = dict(self.inherited)
        names.update(self.stored)
        return names


class Engine:
    """Holds one host and runs flows on it."""

    def __init__(self, host_socket, folder, workers=2, inline_limit=65536, blob_inline=1 << 20):
        self.host = Peer(host_socket)
        self.workers = workers
        self.inline_limit = inline_limit
        self.blob_inline = blob_inline
        self.staging = tempfile.mkdtemp(prefix="staging", dir=str(folder))
        self.store = {}
        self.selector = selectors.DefaultSelector()
        self.selector.register(host_socket, selectors.EVENT_READ, ("host", None))
        self.attempts = {}
        self.order = []
        self.hello = None
        self.ended = []
        self.launch_options = {}
        self.environment = {}
        self.host_gone = False
        self.configuration = None
        #: Further members of assignments by step.
        self.assign = {}

    def greet(self):
        header, _, _ = self.host.next()
        self.hello = header
        return header

    def configure(self, message):
        """Has the host make of the flow what a message says; keeps the message for fresh processes."""
        message = dict({"type": "configure", "with": [], "options": {}, "configs": {}}, **message)
        self.host.send(message)
        answer, _, _ = self.host.next()
        if answer["type"] == "flow":
            self.hello["flow"] = answer["flow"]
            self.configuration = dict(message, configs=answer["configs"])
        return answer

    # Launching

    def launch(self, step, task, stack=(), artifacts=None, inputs=(), **more):
        frames = [entry["frame"] for entry in stack if entry.get("frame")]
        artifacts = dict(artifacts or {})
        assignment = {
            "type": "task", "protocol": 1, "kind": "step", "flow": self.hello["flow"]["name"], "run": "1", "step": step,
            "task": str(task), "attempt": 0, "max_attempts": 1, "origin_run": None, "username": "tester",
            "namespace": "user:tester", "tags": ["t\u00e4g"], "join": bool(inputs), "frames": frames,
            "artifacts": artifacts, "inputs": {"count": len(inputs)}, "parameters": {"given": {}},
            "staging": self.staging, "inline_limit": self.inline_limit, "datastore_root": "/nowhere",
        }
        if frames:
            name = frames[-1]["variable"]
            source = stack[-1]["source"]
            assignment["foreach_source"] = dict(source, name=name)
        if self.configuration is not None:
            assignment["configuration"] = self.configuration
        assignment.update(self.assign.get(step, {}))
        assignment.update(more)
        attempt = Attempt("%s/%s" % (step, task), assignment, list(stack), {} if inputs else artifacts)
        attempt.inputs = list(inputs)
        if inputs:
            attempt.inherited = artifacts
        self.attempts[attempt.key] = attempt
        self.order.append(attempt)
        ours, theirs = socket.socketpair()
        out, err = os.pipe(), os.pipe()
        self.host.send(
            dict({"type": "launch", "task": attempt.key, "environment": self.environment, "fork": "auto",
                  "descriptors": 3}, **self.launch_options),
            fds=[theirs.fileno(), out[1], err[1]])
        theirs.close()
        os.close(out[1])
        os.close(err[1])
        attempt.peer = Peer(ours)
        self.selector.register(ours, selectors.EVENT_READ, ("task", attempt))
        self.selector.register(out[0], selectors.EVENT_READ, ("stdout", attempt))
        self.selector.register(err[0], selectors.EVENT_READ, ("stderr", attempt))
        attempt.open = 3
        return attempt

    # The loop

    def turn(self, timeout=PATIENCE):
        events = self.selector.select(timeout)
        if not events:
            raise TimeoutError("nothing happened for %s s" % timeout)
        for key, _ in events:
            kind, attempt = key.data
            if kind == "host":
                self._host(key.fileobj)
            elif kind == "task":
                self._task(key.fileobj, attempt)
            else:
                data = os.read(key.fileobj, 1 << 16)
                attempt.output[kind] += data
                if not data:
                    self.selector.unregister(key.fileobj)
                    os.close(key.fileobj)
                    attempt.open -= 1

    def poll(self):
        """Turns for a moment, whether or not something happens."""
        try:
            self.turn(0.02)
        except TimeoutError:
            pass

    def _host(self, sock):
        if not self.host.read():
            self.host_gone = True
            self.selector.unregister(sock)
        for header, _, _ in self.host.frames():
            attempt = self.attempts[header["task"]]
            if header["type"] == "spawned":
                attempt.spawned = header
            else:
                assert header["type"] in ("exited", "spawn-failed"), header
                attempt.exit = header

    def _task(self, sock, attempt):
        try:
            alive = attempt.peer.read()
        except ConnectionResetError:
            alive = False
        for header, payload, fds in attempt.peer.frames():
            attempt.frames.append(header)
            self._answer(attempt, header, payload, fds)
            for fd in fds:
                os.close(fd)
        if not alive:
            self.selector.unregister(sock)
            sock.close()
            attempt.open -= 1

    def _answer(self, attempt, header, payload, fds):
        kind = header["type"]
        if kind == "ready":
            attempt.peer.send(attempt.assignment)
        elif kind == "load":
            self._send_blob(attempt, header["digest"])
        elif kind == "inputs":
            first = header["from"]
            rows = attempt.inputs[first : first + header["count"]]
            attempt.peer.send({"type": "inputs", "from": first, "items": rows})
        elif kind == "artifacts":
            at = 0
            for item in header["items"]:
                if "digest" in item:
                    attempt.stored[item["name"]] = {key: item[key] for key in ("digest", "size", "type")}
                    continue
                self._keep(attempt, item, payload[at : at + item["size"]])
                at += item["size"]
            assert at == len(payload)
        elif kind == "artifact-file":
            with os.fdopen(os.dup(fds[0]), "rb") as file:
                file.seek(0)
                self._keep(attempt, header["item"], file.read())
        elif kind == "metadata":
            attempt.metadata += header["items"]
        elif kind == "values":
            attempt.dumped += header["items"]
        elif kind == "done":
            attempt.done = header
            if header.get("cards"):
                attempt.peer.send({"type": "recorded"})
        elif kind == "settle":
            attempt.peer.send({"type": "recorded"})
        elif kind in ("card", "card-data"):
            if fds:
                assert os.fstat(fds[0]).st_size == header["card"]["size"]
                payload = os.pread(fds[0], header["card"]["size"], 0)
            attempt.cards.append((header, payload))
        else:
            raise AssertionError(header)

    def _send_blob(self, attempt, digest):
        raw = self.store.get(digest)
        if raw is None:
            attempt.peer.send({"type": "refused", "message": "no such blob"})
        elif len(raw) <= self.blob_inline:
            attempt.peer.send({"type": "blob", "digest": digest, "size": len(raw), "descriptors": 0}, raw)
        else:
            with tempfile.TemporaryFile() as file:
                file.write(raw)
                file.flush()
                file.seek(0)
                header = {"type": "blob", "digest": digest, "size": len(raw), "descriptors": 1}
                attempt.peer.send(header, fds=[file.fileno()])

    def keep(self, raw):
        digest = hashlib.sha256(raw).hexdigest()
        self.store[digest] = raw
        return digest

    def _keep(self, attempt, item, raw):
        assert len(raw) == item["size"], item
        attempt.stored[item["name"]] = {"digest": self.keep(raw), "size": len(raw), "type": item["type"]}

    def finish(self, attempt):
        """Waits until an attempt's process has ended and its pipes are empty."""
        while attempt.exit is None or attempt.open > 0:
            if attempt.exit is not None and attempt.exit["type"] == "spawn-failed":
                break
            self.turn()
        return attempt

    # Flows

    def run(self, given=None, on_launch=None):
        """Runs the whole flow; returns the attempts in the order of their launch."""
        steps = {step["name"]: step for step in self.hello["flow"]["steps"]}
        first = self.launch("_parameters", 0, kind="parameters", parameters={"given": given or {}})
        self.finish(first)
        if first.done is None or not first.done["ok"]:
            return self.order
        flow = self.hello["flow"]
        constants = [p["attribute"] for p in flow["parameters"] + flow["configs"]] + flow["constants"]
        common = {name: first.stored[name] for name in constants + ["_graph_info"]}
        ready = [("start", [], first.artifacts, ())]
        running, groups, count, failed = [], {}, 0, False
        while (ready and not failed) or running:
            while ready and len(running) < self.workers and not failed:
                step, stack, artifacts, inputs, *more = ready.pop(0)
                count += 1
                running.append(self.launch(step, count, stack, artifacts, inputs, **(more[0] if more else {})))
            self.turn()
            for attempt in [a for a in running if a.exit is not None and a.open == 0]:
                running.remove(attempt)
                if attempt.done is None or not attempt.done["ok"]:
                    failed = True
                    continue
                ready += self._follow(attempt, steps, common, groups)
        return self.order

    def _follow(self, attempt, steps, common, groups):
        transition = attempt.done["transition"]
        if "mappers" in attempt.done:
            return self._mappers(attempt, attempt.done["mappers"])
        if transition is None:
            return []
        step = attempt.assignment["step"]
        artifacts = {k: v for k, v in attempt.artifacts.items() if k != "_transition" and not k.startswith("_foreach_v")}
        following = []
        if transition["foreach"]:
            name, n = transition["foreach"], transition["splits"]
            if transition.get("unbounded"):
                return self._unbounded(attempt, transition, artifacts)
            values = transition["values"] or [None] * n
            assert len(values) == n
            for index in range(n):
                frame = {"step": step, "variable": name, "splits": n, "index": index,
                         "value": values[index]}
                entry = {"group": attempt.key, "n": n, "index": index, "frame": frame, "source": artifacts[name]}
                following.append((transition["targets"][0], attempt.stack + [entry], artifacts, ()))
            return following
        targets = transition["targets"]
        for index, target in enumerate(targets):
            stack = attempt.stack
            if len(targets) > 1:
                stack = stack + [{"group": attempt.key, "n": len(targets), "index": index}]
            if steps[target]["arguments"] < 2:
                following.append((target, stack, artifacts, ()))
                continue
            top = stack[-1]
            group = groups.setdefault((target, top["group"]), {})
            group[top["index"]] = {"step": step, "task": attempt.assignment["task"], "index": top["index"],
                                   "artifacts": artifacts}
            if len(group) == top["n"]:
                rows = [group[i] for i in range(top["n"])]
                following.append((target, stack[:-1], common, rows))
        return following

    def _unbounded(self, attempt, transition, artifacts):
        """The nodes of a parallel step, or the control task of an unbounded foreach."""
        assert transition["splits"] is None and transition["values"] is None
        name, n = transition["foreach"], transition.get("parallel")
        frame = {"step": attempt.assignment["step"], "variable": name, "splits": None, "index": None, "value": None}
        entry = {"group": attempt.key, "frame": frame, "source": artifacts[name]}
        target = transition["targets"][0]
        if n is None:
            return [(target, attempt.stack + [entry], artifacts, (), {"unbounded": "control"})]
        place = {"main_ip": "127.0.0.1", "nodes": n, "control": "9"}
        return [
            (target, attempt.stack + [dict(entry, n=n, index=index, frame=dict(frame, index=index))], artifacts, (),
             {"parallel": dict(place, index=index), "unbounded": "mapper" if index else "control"})
            for index in range(n)
        ]

    def _mappers(self, attempt, n):
        entry = attempt.stack[-1]
        return [
            (attempt.assignment["step"], attempt.stack[:-1] + [dict(entry, n=n, index=i, frame=dict(entry["frame"], index=i))],
             attempt.assignment["artifacts"], (), {"unbounded": "mapper"})
            for i in range(n)
        ]

    def value(self, attempt, name):
        return pickle.loads(self.store[attempt.artifacts[name]["digest"]])

    def shutdown(self):
        self.host.send({"type": "shutdown"})
        while not self.host_gone:
            self.turn()


def adopt(words):
    """The engine that ``penstock flow --host-fd N --host-pid P -- …`` is to become, and the person's words."""
    at = words.index("--")
    given = dict(zip(words[1:at:2], words[2:at:2]))
    assert words[0] == "flow" and set(given) == {"--host-fd", "--host-pid", "--lifeline-fd"}, words
    folder = os.path.dirname(os.environ["FAKE_ENGINE_RESULT"])
    return Engine(socket.socket(fileno=int(given["--host-fd"])), folder), int(given["--host-pid"]), words[at + 1 :]


def main(words):
    """The program: adopts the host, does what the plan says, reports."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with open(os.environ["FAKE_ENGINE"]) as file:
        plan = json.load(file)
    engine, pid, rest = adopt(words)
    engine.workers = plan.get("workers", 2)
    engine.inline_limit = plan.get("inline_limit", 65536)
    engine.launch_options = plan.get("launch", {})
    engine.environment = plan.get("environment", {})
    report = {"words": rest, "pid": os.getpid(), "host_pid": pid, "argv": words}
    report["hello"] = engine.greet()
    if plan.get("hang"):
        write(report)
        time.sleep(PATIENCE)
    ready = engine.hello["type"] == "hello"
    if ready and (engine.hello["configure"] or "configure" in plan):
        report["configured"] = engine.configure(plan.get("configure", {}))
        ready = report["configured"]["type"] == "flow"
    if ready and plan.get("run", True):
        started = time.perf_counter()
        engine.assign = plan.get("assign", {})
        order = engine.run(plan.get("given"))
        for place, name in enumerate(plan.get("hooks", ())):
            hook = engine.launch("_hook", place, kind="hook", function=name, run="F/1", successful=True)
            engine.finish(hook)
        for place, wanted in enumerate(plan.get("card_orders", ())):
            card = engine.launch("_card", place, kind="card", path="F/1/start/1", card=wanted)
            engine.finish(card)
        report["seconds"] = time.perf_counter() - started
        report["tasks"] = [
            {"step": a.assignment["step"], "task": a.assignment["task"], "done": a.done, "exit": a.exit,
             "spawned": a.spawned, "stdout": a.output["stdout"], "stderr": a.output["stderr"],
             "stored": sorted(a.stored), "frames": [f["type"] for f in a.frames],
             "raw": {n: engine.store[r["digest"]] for n, r in a.artifacts.items()} if plan.get("keep", True) else {},
             "types": {n: r["type"] for n, r in a.artifacts.items()}, "metadata": a.metadata,
             "cards": a.cards}
            for a in order
        ]
        engine.shutdown()
        report["host_status"] = os.waitpid(pid, 0)[1]
    write(report)
    sys.exit(plan.get("exit", 0))


def write(report):
    target = os.environ["FAKE_ENGINE_RESULT"]
    with open(target + ".part", "wb") as file:
        pickle.dump(report, file, 4)
    os.rename(target + ".part", target)
