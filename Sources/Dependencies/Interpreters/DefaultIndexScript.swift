/// The Python program that asks an interpreter's pip which index it would install from.
///
/// Where no configuration file of pip names an index, what is built into pip is read out of the one module that has it:
/// a few milliseconds, while the whole of pip takes a quarter of a second to load. Otherwise, and where pip is arranged
/// differently, pip itself reads its files and fills in what is built in. Where pip is not installed, the copy that
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

        def configuration_files():
            from pip._internal.utils import appdirs
            folders = appdirs.site_config_dirs("pip") + [appdirs.user_config_dir("pip"), sys.prefix]
            files = [os.path.join(folder, name) for folder in folders for name in ("pip.conf", "pip.ini")]
            return files + [os.path.expanduser("~/.pip/pip.conf"), os.environ.get("PIP_CONFIG_FILE", "")]

        def names_index(path):
            with open(path, "rb") as file:
                text = file.read()
            return b"index" in text

        def built_in():
            from pip._internal.models.index import PyPI
            if any(names_index(path) for path in configuration_files() if os.path.isfile(path)):
                return None
            return PyPI.simple_url

        def index():
            try:
                found = built_in()
            except Exception:
                found = None
            return found or install_command().parse_args([])[0].index_url

        try:
            import pip
        except ImportError:
            sys.path[:0] = bundled()
        answer = {}
        try:
            answer["index"] = index()
        except ImportError:
            answer["reason"] = "it has neither pip nor ensurepip"
        print("\npenstock-index:" + json.dumps(answer))
        """#
}
