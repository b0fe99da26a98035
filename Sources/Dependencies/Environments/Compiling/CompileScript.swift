/// The program that compiles modules, run by the interpreter that will load them (CPython 3.8 and later).
enum CompileScript {
    /// Isolated, and without `site`: nothing that is installed has a say.
    static let options = ["-I", "-S", "-W", "ignore", "-c", text]

    /// Reads names of files from its input, each with a NUL behind it, relative to its first argument; what becomes of them
    /// goes below its second. Files that are no Python are passed over. Prints an `errno` when the system refuses.
    private static let text = """
        import importlib.util, os, py_compile, sys
        files, target = sys.argv[1:]
        for name in sys.stdin.buffer.read().split(b"\\0")[:-1]:
            name = os.fsdecode(name)
            made = os.path.join(target, importlib.util.cache_from_source(name))
            try:
                py_compile.compile(
                    os.path.join(files, name), made, name, True,
                    invalidation_mode=py_compile.PycInvalidationMode.TIMESTAMP)
            except OSError as error:
                print(error.errno)
                break
            except Exception:
                pass
        """
}
