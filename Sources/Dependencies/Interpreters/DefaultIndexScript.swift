/// The Python program that asks an interpreter's pip which index it would install from.
///
/// pip itself reads its configuration files and fills in what is built in. Where pip is not installed, the copy that
/// `ensurepip` carries for new environments is asked, without installing it.
enum DefaultIndexScript {
    static let marker = "penstock-index:"

    /// `site` takes part here, since pip lives in `site-packages`.
    static let options = ["-E", "-B", "-c", source]

    static let source = #"""
        import sys
        sys.path[:] = [entry for entry in sys.path if entry]
        import glob
        import json
        import os

        def bundled():
            import sysconfig
            folders = [sysconfig.get_config_var("WHEEL_PKG_DIR"), "/usr/share/python-wheels"]
            try:
                import ensurepip
                folders.insert(0, os.path.join(os.path.dirname(ensurepip.__file__), "_bundled"))
            except ImportError:
                pass
            found = [path for folder in folders if folder for path in glob.glob(os.path.join(folder, "pip-*.whl"))]
            return found[:1]

        def install_command():
            try:
                from pip._internal.commands import create_command
                return create_command("install")
            except ImportError:
                from pip._internal.commands import commands_dict
                return commands_dict["install"]()

        try:
            import pip
        except ImportError:
            sys.path[:0] = bundled()
        answer = {}
        try:
            options, rest = install_command().parse_args([])
            answer["index"] = options.index_url
        except ImportError:
            answer["reason"] = "it has neither pip nor ensurepip"
        print("\npenstock-index:" + json.dumps(answer))
        """#
}
