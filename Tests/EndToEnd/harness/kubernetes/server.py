"""The API over HTTP: who asks, trouble, answers, and watches as endless answers."""

import json
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from . import statuses
from .api import parse

#: Open to everybody.
PUBLIC = ("/version", "/healthz", "/livez", "/readyz")


class Asked(list):
    """What was asked: (verb, kind, name), for tests that count."""

    def count_of(self, verb, plural=None):
        return sum(1 for asked in list(self) if asked[0] == verb and plural in (None, asked[1]))


class Server:
    """Serves an `Api` on a port of its own, which it keeps when it is stopped and started again."""

    def __init__(self, api, faults, access, tls=True, bookmark_every=2.0):
        self.api = api
        self.faults = faults
        self.access = access
        self.bookmark_every = bookmark_every
        self.asked = Asked()
        self.watches = 0
        self._context = access.server_context() if tls else None
        self._connections = set()
        self._lock = threading.Lock()
        self._port = 0
        self._http = None
        self.start()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._port}"

    def start(self):
        server = self

        class Handler(_Handler):
            owner = server

        class Http(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 128

            def process_request_thread(self, request, address):
                if server._context:
                    try:
                        request.settimeout(30)
                        request = server._context.wrap_socket(request, server_side=True)
                        request.settimeout(None)
                    except OSError:
                        return self.shutdown_request(request)
                super().process_request_thread(request, address)

            def handle_error(self, request, address):
                pass  # clients come and go

        self._http = Http(("127.0.0.1", self._port), Handler)
        self._port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        """Nobody answers any more, and all connections are cut."""
        self._http.shutdown()
        self._http.server_close()
        self.drop(watches_only=False)

    def drop(self, watches_only=True):
        """Cut the connections of watches, in the middle of their answer."""
        with self._lock:
            for handler in [each for each in self._connections if each.watching or not watches_only]:
                handler.cut()
        self.api.store.wake()

    def entered(self, handler):
        with self._lock:
            self._connections.add(handler)

    def left(self, handler):
        with self._lock:
            self._connections.discard(handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    #: An answer goes out in few pieces.
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    owner = None
    watching = False
    is_cut = False

    def log_message(self, *_):
        pass

    def setup(self):
        super().setup()
        self.owner.entered(self)

    def finish(self):
        self.owner.left(self)
        try:
            super().finish()
        except OSError:
            pass

    def cut(self):
        self.is_cut = True
        try:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def handle_any(self):
        try:
            self._handle()
        except OSError:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def _handle(self):
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        try:
            user = self.access_name()
            if user is None and parts.path not in PUBLIC:
                raise statuses.unauthorized()
            request = parse(self.command, parts.path, query, self._body(text))
            self.owner.asked.append((request.verb, request.plural, request.name) if request else ("", parts.path, None))
            trouble = self.owner.faults.take(request)
            if isinstance(trouble, statuses.ApiError):
                raise trouble
            if trouble == "reset":
                return self._vanish()
            if request is None:
                return self._about(parts.path)
            if self.owner.faults.forbids(request):
                raise statuses.forbidden(user, request.verb, request.kind, request.namespace, request.name or "")
            if request.verb == "watch":
                return self._watch(request)
            answer = self.owner.api.do(request)
            if request.part == "log" and not isinstance(answer[1], bytes):
                return self._stream(answer[1])
            return self._vanish() if trouble == "lost" else self._answer(*answer)
        except statuses.ApiError as error:
            self._answer(error.code, error.status, retry_after=error.retry_after)

    def access_name(self):
        certificate = self.connection.getpeercert() if hasattr(self.connection, "getpeercert") else None
        return self.owner.access.user(self.headers.get("Authorization"), certificate)

    def _body(self, text):
        if not text:
            return None
        try:
            return json.loads(text)
        except ValueError as error:
            raise statuses.bad_request(f"the object provided is unrecognized: {error}") from None

    def _about(self, path):
        if path in PUBLIC[1:]:
            return self._answer(200, b"ok")
        found = self.owner.api.about(path)
        if found is None:
            raise statuses.no_such_path()
        self._answer(200, found)

    def _answer(self, code, content, retry_after=None):
        text = content if isinstance(content, bytes) else json.dumps(content).encode() + b"\n"
        self.send_response(code)
        self.send_header("Content-Type", "text/plain" if isinstance(content, bytes) else "application/json")
        self.send_header("Content-Length", str(len(text)))
        if retry_after is not None:
            self.send_header("Retry-After", str(retry_after))
        self.end_headers()
        self.wfile.write(text)
        self.wfile.flush()

    def _vanish(self):
        self.close_connection = True
        self.cut()

    # Endless answers

    def _begin_chunks(self, type):
        self.watching = True
        self.send_response(200)
        self.send_header("Content-Type", type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()

    def _end_chunks(self):
        self.watching = False
        if not self.is_cut:
            self.wfile.write(b"0\r\n\r\n")
            self.wfile.flush()

    def _stream(self, pieces):
        self._begin_chunks("text/plain")
        for piece in pieces:
            if self.is_cut:
                break
            if piece:
                self._chunk(piece)
                self.wfile.flush()
        self._end_chunks()

    def _watch(self, request):
        api, store = self.owner.api, self.owner.api.store
        selects = api.selects(request)
        version = request.query.get("resourceVersion") or "0"
        if not version.isdigit():
            raise statuses.bad_request(f'invalid resource version "{version}"')
        self.owner.watches += 1
        self._begin_chunks("application/json")
        try:
            with store.lock:
                position = int(version) or store.version
                first = [] if int(version) else [("ADDED", thing) for thing in store.all(request.plural) if selects(thing)]
            self._say(first)
            self._follow(request, selects, position)
        except statuses.ApiError as error:
            self._say([("ERROR", error.status)])
        self._end_chunks()

    def _follow(self, request, selects, position):
        """Tell of changes until the time is over or the connection is cut."""
        store = self.owner.api.store
        end = time.monotonic() + float(request.query.get("timeoutSeconds") or 1800)
        marks = request.flag("allowWatchBookmarks")
        mark_at = time.monotonic() + self.owner.bookmark_every
        while not self.is_cut and time.monotonic() < end:
            with store.changed:
                changes = store.since(position)
                if not changes:
                    store.changed.wait(max(0, min(end, mark_at) - time.monotonic()))
                    changes = store.since(position)
            said = [each for each in (_told(change, selects) for change in changes if change.plural == request.plural) if each]
            position = changes[-1].version if changes else position
            if time.monotonic() >= mark_at:
                mark_at = time.monotonic() + self.owner.bookmark_every
                if marks:
                    said.append(("BOOKMARK", {
                        "kind": request.kind.kind, "apiVersion": request.kind.api_version,
                        "metadata": {"resourceVersion": str(position), "creationTimestamp": None}}))
            self._say(said)

    def _say(self, events):
        for type, thing in events:
            self._chunk(json.dumps({"type": type, "object": thing}).encode() + b"\n")
        self.wfile.flush()

    def _chunk(self, text):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(text), text))


def _told(change, selects):
    """A change as somebody sees it who looks through a selector."""
    before = change.previous is not None and selects(change.previous)
    after = change.type != "DELETED" and selects(change.object)
    if before and not after:
        return "DELETED", change.object
    if after:
        return ("MODIFIED" if before else "ADDED"), change.object
    return None
