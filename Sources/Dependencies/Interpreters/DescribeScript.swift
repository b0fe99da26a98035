/// The Python program that lets an interpreter describe itself.
///
/// It uses the standard library only, runs unchanged on everything from Python 2.7 on (so that an old one can say so
/// instead of failing), and ends by printing one JSON object whose keys and values are strings, behind
/// `marker`. It is run without `site`, so neither `sitecustomize` nor `.pth` files take part.
enum DescribeScript {
    /// Stands before the JSON, so that whatever a wrapper prints does not matter.
    static let marker = "penstock-describes:"

    /// The options that shut the surroundings out. Python 2 knows no `-I`; `-E -s` and the script's first line give the
    /// same.
    static let options = ["-E", "-s", "-S", "-B", "-c", source]

    static let source = #"""
        import sys
        sys.path[:] = [entry for entry in sys.path if entry]
        import json
        import os

        def release(info):
            text = "%d.%d.%d" % (info[0], info[1], info[2])
            if info[3] != "final":
                text += {"alpha": "a", "beta": "b", "candidate": "rc"}.get(info[3], info[3][0]) + str(info[4])
            return text

        def c_library(executable):
            try:
                name, version = os.confstr("CS_GNU_LIBC_VERSION").split()
                return name, version, loader_of(executable)
            except (AttributeError, ValueError, OSError):
                pass
            loader = loader_of(executable)
            if "musl" not in loader:
                return "", "", loader
            import re, subprocess
            process = subprocess.Popen([loader], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            text = b"".join(process.communicate()).decode("utf-8", "replace")
            found = re.search(r"Version (\d+\.\d+)", text)
            return "musl", found.group(1) if found else "", loader

        def loader_of(executable):
            import struct
            try:
                with open(executable, "rb") as file:
                    head = file.read(64)
                    if head[:4] != b"\x7fELF":
                        return ""
                    wide, order = head[4:5] == b"\x02", "<" if head[5:6] == b"\x01" else ">"
                    if wide:
                        start, = struct.unpack_from(order + "Q", head, 32)
                        size, count = struct.unpack_from(order + "HH", head, 54)
                    else:
                        start, = struct.unpack_from(order + "I", head, 28)
                        size, count = struct.unpack_from(order + "HH", head, 42)
                    file.seek(start)
                    table = file.read(size * count)
                    for index in range(count):
                        kind, = struct.unpack_from(order + "I", table, index * size)
                        if kind == 3:
                            offset, = struct.unpack_from(order + ("Q" if wide else "I"), table, index * size + (8 if wide else 4))
                            length, = struct.unpack_from(order + ("Q" if wide else "I"), table, index * size + (32 if wide else 16))
                            file.seek(offset)
                            return file.read(length).rstrip(b"\0").decode("utf-8", "replace")
            except (EnvironmentError, struct.error):
                pass
            return ""

        def layout():
            import sysconfig
            names = sysconfig.get_scheme_names()
            scheme = [name for name in ("venv", "posix_prefix", sys.implementation.name) if name in names]
            root = "/base"
            places = dict.fromkeys(("base", "platbase", "installed_base", "installed_platbase"), root)
            paths = sysconfig.get_paths(scheme[0], vars=places) if scheme else {}
            result = {}
            for key in ("purelib", "platlib", "scripts"):
                path = paths.get(key, "")
                if path.startswith(root + "/"):
                    result["layout." + key] = path[len(root) + 1:]
            variable = sysconfig.get_config_var
            result["standard-library"] = sysconfig.get_paths().get("stdlib", "")
            result["platform"] = sysconfig.get_platform()
            result["free-threaded"] = "1" if variable("Py_GIL_DISABLED") else "0"
            result["debug"] = "1" if variable("Py_DEBUG") or hasattr(sys, "gettotalrefcount") else "0"
            result["soabi"] = variable("SOABI") or ""
            return result

        def describe():
            answer = {"version": release(sys.version_info)}
            if sys.version_info < (3, 6):
                return answer
            executable = sys.executable
            try:
                binary = os.readlink("/proc/self/exe")
            except OSError:
                binary = os.path.realpath(executable)
            libc, libc_version, loader = c_library(binary)
            system = os.uname()
            answer.update(layout())
            answer.update({
                "executable": executable,
                "implementation": sys.implementation.name,
                "implementation-version": release(sys.implementation.version),
                "implementation-title": "PyPy" if "PyPy" in sys.version else "CPython",
                "full-version": sys.version.split()[0],
                "abi-flags": getattr(sys, "abiflags", ""),
                "prefix": sys.base_prefix,
                "pointer-bits": "64" if sys.maxsize > 2 ** 32 else "32",
                "byte-order": sys.byteorder,
                "os-name": os.name,
                "sys-platform": sys.platform,
                "system": system[0],
                "machine": system[4],
                "libc": libc,
                "libc-version": libc_version,
                "loader": loader,
            })
            if sys.platform == "darwin":
                import platform
                answer["macos-version"] = platform.mac_ver()[0]
            return answer

        print("\npenstock-describes:" + json.dumps(describe()))
        """#
}
