"""A package index on the loopback that answers out of a folder, and records there what it does not have yet.

    python recorded_index.py FOLDER [--upstream URL] [--port N]

Pages and metadata files are fetched from the real index once and kept; after that nothing is asked outside, so that
what is measured or compared depends neither on the network nor on what was uploaded meanwhile. Answers have what the
public index gives and mirrors often leave out: caching headers (ten minutes for pages, for ever for files), and the
metadata of every wheel beside it, taken out of the wheel where need be.

The real index is the one of `--upstream`, of PIP_INDEX_URL, or the one that pip has built in.
"""

import argparse
import gzip
import hashlib
import http.client
import http.server
import io
import json
import os
import re
import ssl
import subprocess
import sys
import threading
import urllib.parse
import zipfile
from pathlib import Path

JSON = "application/vnd.pypi.simple.v1+json"
#: Stands in kept pages for the address of this server.
HERE = "http://recorded.invalid"
PAGE_CACHING = "max-age=600, public"
FILE_CACHING = "max-age=365000000, immutable, public"


def upstream_index(python=sys.executable):
    """The index that the pip of `python` would install from."""
    named = os.environ.get("PIP_INDEX_URL")
    if named:
        return named
    script = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
    return subprocess.check_output([str(python), "-c", script], text=True).strip()


class Upstream:
    """Fetches over connections that are kept, one a thread and host."""

    def __init__(self):
        self._local = threading.local()
        roots = os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE")
        self._tls = ssl.create_default_context(cafile=roots)

    def get(self, url, headers, method="GET"):
        """Status, headers and body; redirects are followed, a broken connection is tried once more."""
        for _ in range(5):
            status, answered, body = self._ask(url, headers, method)
            if status not in (301, 302, 303, 307, 308):
                return status, answered, body
            url = urllib.parse.urljoin(url, answered["location"])
        raise OSError(f"{url} redirects without end")

    def _ask(self, url, headers, method):
        parts = urllib.parse.urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        for attempt in range(3):
            connection = self._connection(parts.scheme, parts.netloc)
            try:
                connection.request(method, path, headers=headers)
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
            if file["filename"].endswith(".whl"):
                file["core-metadata"] = file.get("core-metadata") or True
        return json.dumps(page, separators=(",", ":")).encode()

    def file(self, address, byte_range=None, method="GET"):
        """Status, headers worth passing on and body of a file or of a range of it."""
        key = hashlib.sha256(f"{address} {byte_range or ''} {method.replace('GET', '')}".encode()).hexdigest()
        path = self.folder / "files" / key[:2] / key[2:]
        if not path.exists():
            headers = {"Accept-Encoding": "identity", **({"Range": byte_range} if byte_range else {})}
            status, answered, body = self.upstream.get(address, headers, method)
            if status == 404 and address.endswith(".whl.metadata"):
                status, body = self._metadata_out_of(address.removesuffix(".metadata"))
            if status not in (200, 206, 404, 416):
                raise OSError(f"{address}: status {status}")
            kept = {name: answered[name] for name in ("content-range", "content-length") if name in answered}
            if method == "GET":
                kept["content-length"] = len(body)
            path.parent.mkdir(exist_ok=True)
            keep(path, f"{status} {json.dumps(kept)}\n".encode() + body)
        head, body = path.read_bytes().split(b"\n", 1)
        status, _, headers = head.decode().partition(" ")
        return int(status), json.loads(headers), body

    def _metadata_out_of(self, address):
        """Status and text of the metadata in a wheel, of which only the parts that are needed are fetched."""
        try:
            with zipfile.ZipFile(io.BufferedReader(RemoteFile(self.upstream, address), RemoteFile.STEP)) as wheel:
                for name in wheel.namelist():
                    if re.fullmatch(r"[^/]+\.dist-info/METADATA", name):
                        return 200, wheel.read(name)
        except (zipfile.BadZipFile, OSError):
            pass
        return 404, b""


class RemoteFile(io.RawIOBase):
    """A file on a server, read in ranges of 64 KiB."""

    STEP = 1 << 16

    def __init__(self, upstream, address):
        self._upstream, self._address, self._place, self._parts = upstream, address, 0, {}
        status, headers, _ = upstream.get(address, {}, "HEAD")
        if status != 200:
            raise OSError(f"status {status}")
        self._size = int(headers["content-length"])

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self._place

    def seek(self, offset, whence=io.SEEK_SET):
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        return self._place

    def readinto(self, buffer):
        count = max(0, min(len(buffer), self._size - self._place))
        number, start = divmod(self._place, self.STEP)
        if number not in self._parts and count:
            span = f"bytes={number * self.STEP}-{min((number + 1) * self.STEP, self._size) - 1}"
            status, _, self._parts[number] = self._upstream.get(self._address, {"Range": span})
            if status != 206:
                raise OSError(f"status {status}")
        part = self._parts.get(number, b"")[start:start + count]
        buffer[:len(part)] = part
        self._place += len(part)
        return len(part)


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
        status, kept, body = self.recording.file(address, self.headers.get("Range"), self.command)
        tag = hashlib.md5(address.encode()).hexdigest()
        headers = {"Cache-Control": FILE_CACHING, "ETag": f'"{tag}"', "Accept-Ranges": "bytes"}
        headers.update({name.title(): value for name, value in kept.items()})
        if status == 200 and self.headers.get("If-None-Match") == headers["ETag"]:
            status, body = 304, b""
        self._answer(status, headers, body)

    def _answer(self, status, headers, body):
        headers.setdefault("Content-Length", len(body))
        if status == 304:
            del headers["Content-Length"]
        lines = [f"HTTP/1.1 {status} {http.client.responses.get(status, '')}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
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


class RecordedIndexProcess:
    """The server as a process of its own, so that it takes neither time nor memory of the script that measures."""

    def __init__(self, folder, upstream):
        self._command = [sys.executable, __file__, str(folder), "--upstream", upstream]

    def __enter__(self):
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        self.url = self._process.stdout.readline().strip()
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()


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
