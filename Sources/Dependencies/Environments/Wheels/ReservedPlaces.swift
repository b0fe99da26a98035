/// What makes a folder an environment, and is not for a wheel to replace: its interpreter, its configuration, and what
/// Penstock notes about it.
enum ReservedPlaces {
    static func contains(_ target: InstallTarget) -> Bool {
        switch target.scheme {
        case .scripts: isInterpreter(target.path.topFolder)
        case .data: isReserved(target.path)
        case .pureLibrary, .platformLibrary, .headers: false
        }
    }

    /// As messages call it: relative to the environment.
    static func name(of target: InstallTarget) -> String {
        target.scheme == .scripts ? "bin/\(target.path)" : target.path
    }

    // Case does not count, since on some file systems it does not.
    private static func isReserved(_ path: String) -> Bool {
        let top = path.topFolder.lowercased()
        if top == "pyvenv.cfg" || top.hasPrefix("penstock.") || top.hasPrefix(".penstock") { return true }
        if ["lib64", "bin", "lib"].contains(path.lowercased()) { return true }
        return top == "bin" && isInterpreter(String(path.dropFirst(4)).topFolder)
    }

    /// Whether `bin` has an interpreter of this name: `python`, `python3`, `python3.13t`, `pypy3`.
    static func isInterpreter(_ name: some StringProtocol) -> Bool {
        let name = name.lowercased()
        guard let prefix = ["python", "pypy"].first(where: name.hasPrefix) else { return false }
        return name.dropFirst(prefix.count).allSatisfy { $0.isNumber || $0 == "." || $0 == "t" }
    }
}
