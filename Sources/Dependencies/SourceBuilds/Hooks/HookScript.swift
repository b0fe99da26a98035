/// The Python program that runs one hook of a build backend (PEP 517, PEP 660).
///
/// It is written beside each build, uses the standard library only, and runs on every Python that builds are made with. The
/// request and the answer are JSON files, so what the backend prints does not matter.
enum HookScript {
    static let source = #"""
        import importlib
        import json
        import os
        import sys
        import traceback


        class NoBackend(Exception):
            pass


        def load(request):
            folders = [os.path.abspath(folder) for folder in request["backend-path"]]
            sys.path[:0] = folders
            module, _, path = request["backend"].partition(":")
            try:
                backend = importlib.import_module(module)
            except ImportError as error:
                traceback.print_exc()
                raise NoBackend(str(error))
            if folders:
                file = os.path.abspath(getattr(backend, "__file__", None) or "")
                if not any(file.startswith(folder + os.sep) for folder in folders):
                    raise NoBackend("it is not in backend-path")
            try:
                for name in path.split(".") if path else []:
                    backend = getattr(backend, name)
            except AttributeError as error:
                raise NoBackend(str(error))
            return backend


        def call(backend, request):
            hook = getattr(backend, request["hook"], None)
            if hook is None and not hasattr(backend, "build_editable"):
                if request["hook"] == "build_editable":
                    return {"value": editable_by_path(backend, request["folder"])}
                hook = getattr(backend, request["hook"].replace("editable", "wheel"), None)
            if hook is None:
                return {"missing": True}
            if request["folder"] is None:
                return {"value": hook(None)}
            if request["hook"].startswith("build_"):
                return {"value": hook(request["folder"], None, None)}
            return {"value": hook(request["folder"], None)}


        def editable_by_path(backend, folder):
            """A wheel of links, for backends from before PEP 660: the metadata of a real wheel, and a .pth file."""
            import base64
            import hashlib
            import tempfile
            import zipfile

            with tempfile.TemporaryDirectory() as place:
                name = backend.build_wheel(place, None, None)
                with zipfile.ZipFile(os.path.join(place, name)) as wheel:
                    files = {entry: wheel.read(entry) for entry in wheel.namelist() if not entry.endswith("/")}
            stem = "-".join(name.split("-")[:2])
            bases = []
            kept = {}
            for entry, content in files.items():
                top = entry.split("/")[0]
                if top.endswith(".dist-info"):
                    if entry.split("/")[-1] != "RECORD":
                        kept[entry] = content
                    info = top
                elif top.endswith(".data"):
                    kept[entry] = content
                else:
                    places = ("", "src", "lib", "python")
                    base = next((place for place in places if os.path.isfile(os.path.join(place, entry))), None)
                    if base is None:
                        raise RuntimeError(
                            "the backend has no build_editable, and %s, which it builds, is no file of the project" % entry)
                    if os.path.abspath(base) not in bases:
                        bases.append(os.path.abspath(base))
            kept["__editable__.%s.pth" % stem] = "".join(base + "\n" for base in bases).encode()
            record = ""
            with zipfile.ZipFile(os.path.join(folder, name), "w", zipfile.ZIP_DEFLATED) as wheel:
                for entry, content in kept.items():
                    wheel.writestr(entry, content)
                    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
                    row = '"%s"' % entry.replace('"', '""') if "," in entry or '"' in entry else entry
                    record += "%s,sha256=%s,%d\n" % (row, digest, len(content))
                record += "%s/RECORD,,\n" % info
                wheel.writestr("%s/RECORD" % info, record)
            return name


        def main():
            with open(sys.argv[1], encoding="utf-8") as file:
                request = json.load(file)
            # What was printed before a crash is not lost.
            sys.stdout.reconfigure(line_buffering=True)
            sys.argv[:] = [request["backend"].partition(":")[0]]
            try:
                answer = call(load(request), request)
                text = json.dumps(answer)
            except NoBackend as error:
                text = json.dumps({"backend": str(error)})
            except BaseException as error:
                sys.stdout.flush()
                traceback.print_exc()
                last = traceback.format_exception_only(type(error), error)[-1].strip()
                text = json.dumps({"exception": last})
            sys.stdout.flush()
            sys.stderr.flush()
            with open(request["answer"] + ".part", "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(request["answer"] + ".part", request["answer"])


        main()
        """#
}
