"""Stands between a client and an S3 server, and makes trouble.

Each request is first shown to `trouble(method, path, number)`, which says what happens: None for nothing, or one of the names
in `TROUBLES`.
"""

import http.client
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TROUBLES = ("500", "503", "reset", "lost", "truncate", "slow", "missing", "part", "expired", "denied")

ERRORS = {
    "500": (500, "InternalError", {}),
    "503": (503, "SlowDown", {"Retry-After": "1"}),
    "missing": (404, "NoSuchKey", {}),
    "expired": (400, "ExpiredToken", {}),
    "denied": (403, "AccessDenied", {}),
}


class Between:
    """The proxy; use it as a context. `url` is where clients go, `counts` how often each trouble was made."""

    def __init__(self, server_url, trouble):
        self.counts = {name: 0 for name in TROUBLES}
        self.requests = 0
        self.trouble = trouble
        self.lock = threading.Lock()
        host = server_url.split("//")[1]
        between = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def handle_one(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                name = between.decide(self.command, self.path)
                if name in ERRORS:
                    return self.fail(*ERRORS[name])
                if name == "reset":
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return self.end()
                if name == "slow":
                    time.sleep(0.3)
                if name == "part":  # confirmed, and thrown away
                    return self.answer(200, [("ETag", '"0123456789abcdef0123456789abcdef"')], b"")
                upstream = http.client.HTTPConnection(host, timeout=60)
                try:
                    upstream.request(self.command, self.path, body, dict(self.headers))
                    answer = upstream.getresponse()
                    content = answer.read()
                finally:
                    upstream.close()
                if name == "lost":
                    return self.end()
                headers = [(key, value) for key, value in answer.getheaders()
                           if key.lower() not in ("transfer-encoding", "connection", "content-length", "server", "date")]
                length = answer.getheader("Content-Length") if self.command == "HEAD" else None
                self.answer(answer.status, headers, content, length, cut=name == "truncate")

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_one

            def fail(self, status, code, headers):
                text = b"" if self.command == "HEAD" else f"<Error><Code>{code}</Code><Message>made</Message></Error>".encode()
                self.answer(status, list(headers.items()), text)

            def answer(self, status, headers, content, length=None, cut=False):
                self.send_response(status)
                for key, value in headers:
                    self.send_header(key, value)
                self.send_header("Content-Length", length or str(len(content)))
                self.end_headers()
                self.wfile.write(content[: len(content) // 2] if cut else content)
                if cut:
                    self.end()

            def end(self):
                self.wfile.flush()
                self.close_connection = True

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def decide(self, method, path):
        with self.lock:
            number = self.requests
            self.requests += 1
            name = self.trouble(method, path, number)
            if name:
                self.counts[name] += 1
            return name

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
