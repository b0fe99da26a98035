import CondaPackaging

/// The script of a command of a `noarch` Python package.
struct EntryPointScript {
    let point: PackageLink.EntryPoint
    /// The interpreter, by the path that it will have.
    let python: String

    var bytes: [UInt8] {
        let name = point.attribute.split(separator: ".").first.map(String.init) ?? point.attribute
        let text = """
            \(Shebang.heading(python: python))
            # -*- coding: utf-8 -*-
            import re
            import sys

            from \(point.module) import \(name)

            if __name__ == '__main__':
            \tsys.argv[0] = re.sub(r'(-script\\.pyw?|\\.exe)?$', '', sys.argv[0])
            \tsys.exit(\(point.attribute)())

            """
        return Array(text.utf8)
    }
}
