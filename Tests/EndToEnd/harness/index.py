"""A package index on the loopback interface, with a log of what was asked and faults on request."""

import hashlib
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
HTML_TYPE = "text/html"


class LoopbackIndex:
    """Serves the simple API under /simple/ and files under /files/.

    `form` is "json" or "html"; `metadata_files` says whether metadata lies beside the wheels; `ranges` whether parts of
    files are given. `failures` is the number of next requests that are answered with status 503; `delay` is how many seconds a
    file takes. `wrong_hashes` holds names of
    files whose digest is announced wrongly.
    """

    def __init__(self, *distributions, form="json", metadata_files=True, ranges=True):
        self.distributions = list(distributions)
        self.form = form
        self.metadata_files = metadata_files
        self.ranges = ranges
        self.failures = 0
        self.delay = 0
        self.wrong_hashes = set()
        self.requests = []
        self._lock = threading.Lock()
        self._server = None

    def __enter__(self):
        index = self

        class Handler(_Handler):
            pass

        Handler.index = index
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}/simple/"

    def add(self, *distributions):
        self.distributions += distributions

    def forget_requests(self):
        with self._lock:
            self.requests.clear()

    def downloads(self):
        """Names of files that were asked for, whole or in part."""
        with self._lock:
            return [path.rpartition("/")[2] for _, path, _ in self.requests
                    if path.startswith("/files/") and not path.endswith(".metadata")]

    def answer(self, method, path, headers):
        """(status, headers, body) of a request."""
        with self._lock:
            self.requests.append((method, path, headers.get("Range")))
            if self.failures > 0:
                self.failures -= 1
                return 503, {"Retry-After": "0"}, b"busy"
        page = re.fullmatch(r"/simple/([^/]+)/", path)
        if page:
            return self._page(page.group(1))
        for distribution in self.distributions:
            if path == f"/files/{distribution.filename}":
                time.sleep(self.delay)
                return self._file(distribution.content, headers)
            if path == f"/files/{distribution.filename}.metadata" and self.metadata_files:
                return 200, {"Content-Type": "text/plain", "Cache-Control": "max-age=600"}, distribution.metadata
        return 404, {}, b"not here"

    def _page(self, project):
        found = [each for each in self.distributions if each.project == project]
        if not found:
            return 404, {}, b"no such project"
        kind, body = (JSON_TYPE, self._json(project, found)) if self.form == "json" else (HTML_TYPE, self._html(found))
        headers = {"Content-Type": kind, "ETag": '"%s"' % hashlib.sha256(body).hexdigest()[:16], "Cache-Control": "max-age=600"}
        return 200, headers, body

    def _digest(self, distribution):
        return "0" * 64 if distribution.filename in self.wrong_hashes else distribution.sha256

    def _json(self, project, distributions):
        def entry(each):
            described = {
                "filename": each.filename, "url": f"../../files/{each.filename}", "size": len(each.content),
                "hashes": {"sha256": self._digest(each)}, "yanked": each.yanked}
            if each.requires_python:
                described["requires-python"] = each.requires_python
            if self.metadata_files:
                described["core-metadata"] = {"sha256": hashlib.sha256(each.metadata).hexdigest()}
            return described
        return json.dumps({
            "meta": {"api-version": "1.1"}, "name": project, "files": [entry(each) for each in distributions],
            "versions": sorted({each.filename.split("-")[1] for each in distributions})}).encode()

    def _html(self, distributions):
        def anchor(each):
            attributes = ""
            if each.requires_python:
                attributes += ' data-requires-python="%s"' % each.requires_python.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")
            if each.yanked:
                attributes += ' data-yanked=""'
            if self.metadata_files:
                attributes += ' data-core-metadata="sha256=%s"' % hashlib.sha256(each.metadata).hexdigest()
            return f'<a href="../../files/{each.filename}#sha256={self._digest(each)}"{attributes}>{each.filename}</a><br>'
        lines = "\n".join(anchor(each) for each in distributions)
        return f"<!DOCTYPE html>\n<html><body>\n{lines}\n</body></html>\n".encode()

    def _file(self, content, headers):
        plain = {"Content-Type": "application/octet-stream", "Cache-Control": "max-age=365000000, immutable"}
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", headers.get("Range") or "") if self.ranges else None
        if self.ranges:
            plain["Accept-Ranges"] = "bytes"
        if not wanted:
            return 200, plain, content
        first, last = wanted.groups()
        if first == "":
            begin, end = max(0, len(content) - int(last)), len(content) - 1
        else:
            begin, end = int(first), min(int(last or len(content) - 1), len(content) - 1)
        if begin > end:
            return 416, {"Content-Range": f"bytes */{len(content)}"}, b""
        plain["Content-Range"] = f"bytes {begin}-{end}/{len(content)}"
        return 206, plain, content[begin:end + 1]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    index = None

    def do_GET(self):
        self._answer(with_body=True)

    def do_HEAD(self):
        self._answer(with_body=False)

    def _answer(self, with_body):
        status, headers, body = self.index.answer(self.command, self.path.split("?")[0], self.headers)
        if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
            status, body = 304, b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            if with_body:
                self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True  # the client has seen enough

    def log_message(self, *_):
        """Nothing: the tests read `requests`."""
