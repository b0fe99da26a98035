"""A package index on the loopback that answers out of a folder, and records there what it does not have yet.

    python recorded_index.py FOLDER [--upstream URL] [--port N]

Pages and metadata files are fetched from the real index once and kept; after that nothing is asked outside, so that
what is measured or compared depends neither on the network nor on what was uploaded meanwhile. Answers carry the
caching headers that the public index sends and mirrors often leave out: ten minutes for pages, for ever for files.

The real index is the one of `--upstream`, of PIP_INDEX_URL, or the one that pip has built in.
"""

import argparse
import gzip
import hashlib
import http.client
import http.server
import json
import os
import re
import ssl
import subprocess
import sys
import threading
import urllib.parse
from pathlib import Path

JSON = "application/vnd.pypi.simple.v1+json"
#: Stands in kept pages for the address of this server.
HERE = "http://recorded.invalid"
PAGE_CACHING = "max-age=600, public"
FILE_CACHING = "max-age=365000000, immutable, public"


def upstream_index():
    """The index that pip would install from."""
    named = os.environ.get("PIP_INDEX_URL")
    if named:
        return named
    script = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
    return subprocess.check_output([sys.executable, "-c", script], text=True).strip()


class Upstream:
    """Fetches over connections that are kept, one a thread and host."""

    def __init__(self):
        self._local = threading.local()
        roots = os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE")
        self._tls = ssl.create_default_context(cafile=roots)

    def get(self, url, headers):
        """Status, headers and body; redirects are followed, a broken connection is tried once more."""
        for _ in range(5):
            status, answered, body = self._ask(url, headers)
            if status not in (301, 302, 303, 307, 308):
                return status, answered, body
            url = urllib.parse.urljoin(url, answered["location"])
        raise OSError(f"{url} redirects without end")

    def _ask(self, url, headers):
        parts = urllib.parse.urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        for attempt in range(3):
            connection = self._connection(parts.scheme, parts.netloc)
            try:
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
                return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                if attempt == 2:
                    raise

    def _connection(self, scheme, host):
        known = self._local.__dict__.setdefault("connections", {})
        if (scheme, host) not in known:
            known[scheme, host] = (
                http.client.HTTPSConnection(host, context=self._tls, timeout=60) if scheme == "https"
                else http.client.HTTPConnection(host, timeout=60))
        return known[scheme, host]


class Recording:
    """What was fetched so far: pages by name, files by address (and range), each with its status."""

    def __init__(self, folder, index):
        self.folder = Path(folder)
        self.index = index.rstrip("/")
        self.upstream = Upstream()
        for name in ("pages", "files"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def page(self, name):
        """The page as JSON with placeholders for this server; None where the index does not know the project."""
        path = self.folder / "pages" / f"{name}.json"
        if not path.exists():
            status, headers, body = self.upstream.get(
                f"{self.index}/{name}/", {"Accept": JSON, "Accept-Encoding": "gzip"})
            if status == 404:
                keep(path, b"")
            elif status != 200:
                raise OSError(f"{name}: status {status}")
            else:
                if headers.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                keep(path, self._rewritten(name, body))
        return path.read_bytes() or None

    def _rewritten(self, name, body):
        page = json.loads(body)
        for file in page["files"]:
            address = urllib.parse.urlsplit(urllib.parse.urljoin(f"{self.index}/{name}/", file["url"]))
            file["url"] = f"{HERE}/files/{address.scheme}/{address.netloc}{address.path}"
        return json.dumps(page, separators=(",", ":")).encode()

    def file(self, address, byte_range):
        """Status, total range header and body of a file or of a range of it."""
        key = hashlib.sha256(f"{address} {byte_range or ''}".encode()).hexdigest()
        path = self.folder / "files" / key[:2] / key[2:]
        if not path.exists():
            headers = {"Accept-Encoding": "identity"}
            if byte_range:
                headers["Range"] = byte_range
            status, answered, body = self.upstream.get(address, headers)
            if status not in (200, 206, 404, 416):
                raise OSError(f"{address}: status {status}")
            path.parent.mkdir(exist_ok=True)
            keep(path, f"{status} {answered.get('content-range', '')}\n".encode() + body)
        head, body = path.read_bytes().split(b"\n", 1)
        status, _, span = head.decode().partition(" ")
        return int(status), span, body


def keep(path, data):
    temporary = path.with_name(f".{path.name}.{threading.get_ident()}")
    temporary.write_bytes(data)
    temporary.rename(path)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    recording = None
    packed = {}

    def do_GET(self):
        path = self.path.split("?")[0]
        page = re.fullmatch(r"/simple/([^/]+)/?", path)
        file = re.fullmatch(r"/files/(https?)/(.+)", path)
        try:
            if page:
                self._page(page[1])
            elif file:
                self._file(f"{file[1]}://{file[2]}")
            else:
                self._answer(404, {}, b"")
        except (OSError, http.client.HTTPException) as error:
            self._answer(502, {}, str(error).encode())

    do_HEAD = do_GET

    def _page(self, name):
        known = Handler.packed.get(name)
        if known is None:
            text = self.recording.page(name)
            if text is None:
                return self._answer(404, {}, b"")
            host, port = self.server.server_address[:2]
            text = text.replace(HERE.encode(), f"http://{host}:{port}".encode())
            known = (gzip.compress(text, 6), hashlib.md5(text).hexdigest())
            Handler.packed[name] = known
        body, tag = known
        headers = {"Content-Type": JSON, "Cache-Control": PAGE_CACHING, "ETag": f'"{tag}"', "Vary": "Accept-Encoding"}
        if self.headers.get("If-None-Match") == headers["ETag"]:
            return self._answer(304, headers, b"")
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
        else:
            body = gzip.decompress(body)
        self._answer(200, headers, body)

    def _file(self, address):
        status, span, body = self.recording.file(address, self.headers.get("Range"))
        tag = hashlib.md5(address.encode()).hexdigest()
        headers = {"Cache-Control": FILE_CACHING, "ETag": f'"{tag}"', "Accept-Ranges": "bytes"}
        if span:
            headers["Content-Range"] = span
        if status == 200 and self.headers.get("If-None-Match") == headers["ETag"]:
            status, body = 304, b""
        self._answer(status, headers, body)

    def _answer(self, status, headers, body):
        lines = [f"HTTP/1.1 {status} {http.client.responses.get(status, '')}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if status != 304:
            lines.append(f"Content-Length: {len(body)}")
        data = "\r\n".join(lines).encode() + b"\r\n\r\n"
        self.wfile.write(data if self.command == "HEAD" else data + body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        """A client that went away is nobody's fault."""


class RecordedIndex:
    """The server inside of another script: `with RecordedIndex(folder) as index: … index.url`."""

    def __init__(self, folder, upstream=None, port=0):
        handler = type("RecordingHandler", (Handler,), {})
        handler.recording = Recording(folder, upstream or upstream_index())
        self.recording = handler.recording
        self._server = Server(("127.0.0.1", port), handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/simple"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def serve(self):
        self._server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--upstream", help="the index to record (default: pip's)")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    index = RecordedIndex(options.folder, options.upstream, options.port)
    print(index.url, flush=True)
    try:
        index.serve()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
