public import Diagnostics
public import PythonPackaging

extension TargetNameError: DiagnosticError {
    public var diagnostic: Diagnostic {
        switch self {
        case .platform(let error):
            Diagnostic(
                .user, "There is no platform named '\(error.text)'", details: ["known: \(PlatformName.examples.joined(separator: ", "))"],
                help: "name one of these, with a version if need be: linux-x86_64-glibc-2.36, macos-arm64-14.0")
        case .python(let error):
            Diagnostic(.user, "\(error)", help: "name a Python such as 3.12, 3.12.4, 3.13t or pypy3.10")
        }
    }
}
