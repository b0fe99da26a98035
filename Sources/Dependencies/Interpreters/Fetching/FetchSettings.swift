import PackageSources
import SystemPackage

/// When a Python is fetched.
public enum FetchPolicy: String, Sendable, CaseIterable {
    /// When none of the machine suits.
    case missing
    /// Only by a command that says so.
    case manual
    /// Never.
    case never
    /// Only fetched ones count for a request by version; those of the machine do not.
    case always
}

/// Where Pythons are fetched from, and whether at all: what the variables say.
package struct FetchSettings: Sendable {
    let environment: [String: String]

    package init(environment: [String: String]) { self.environment = environment }

    /// The releases of the project that makes the standalone builds.
    package static let publicReleases = "https://github.com/astral-sh/python-build-standalone/releases"

    /// - Throws: `.setting` for a word that is no policy.
    package var policy: FetchPolicy {
        get throws(PythonFetchError) {
            guard let word = value("PENSTOCK_PYTHON_FETCH") else { return policyOfUV }
            guard let policy = FetchPolicy(rawValue: word.lowercased()) else {
                let words = FetchPolicy.allCases.map(\.rawValue).joined(separator: ", ")
                throw .setting(variable: "PENSTOCK_PYTHON_FETCH", value: word, problem: "which is none of \(words)")
            }
            return policy
        }
    }

    /// Where the list is, and what the addresses in it start from.
    package struct Source: Sendable, Hashable {
        /// The addresses at which the list may be, to be tried in turn.
        package var lists: [String]
        /// What stands in place of `…/releases/download`, and before relative addresses; `nil` to take them from where the
        /// list is.
        package var mirror: String?
        /// The variable that named it.
        package var origin: String
        /// Whether nobody has named it.
        package var isDefault = false
    }

    /// The first that is set of: a list, a mirror, a list for uv, a mirror for uv. The public releases if none is.
    package var source: Source {
        get throws(PythonFetchError) {
            if let text = value("PENSTOCK_PYTHON_MANIFEST") {
                let list = try address(text, "PENSTOCK_PYTHON_MANIFEST")
                return Source(lists: [list], mirror: try mirror("PENSTOCK_PYTHON_MIRROR"), origin: "PENSTOCK_PYTHON_MANIFEST")
            }
            if let mirror = try mirror("PENSTOCK_PYTHON_MIRROR") {
                return Source(lists: lists(at: mirror), origin: "PENSTOCK_PYTHON_MIRROR")
            }
            if let text = value("UV_PYTHON_DOWNLOADS_JSON_URL") {
                let list = try address(text, "UV_PYTHON_DOWNLOADS_JSON_URL")
                return Source(
                    lists: [list], mirror: try mirror("UV_PYTHON_INSTALL_MIRROR"), origin: "UV_PYTHON_DOWNLOADS_JSON_URL")
            }
            if let mirror = try mirror("UV_PYTHON_INSTALL_MIRROR") {
                return Source(lists: lists(at: mirror), origin: "UV_PYTHON_INSTALL_MIRROR")
            }
            let folder = release.map { "/download/\($0)" } ?? "/latest/download"
            return Source(
                lists: ["\(Self.publicReleases)\(folder)/SHA256SUMS"], origin: "the built-in default", isDefault: true)
        }
    }

    /// Who has told uv to download no Pythons wants none from Penstock either.
    private var policyOfUV: FetchPolicy {
        switch value("UV_PYTHON_DOWNLOADS")?.lowercased() {
        case "never", "0", "false": .never
        case "manual": .manual
        default: .missing
        }
    }

    private var release: String? { value("PENSTOCK_PYTHON_RELEASE") }

    private func value(_ variable: String) -> String? { environment[variable].flatMap { $0.isEmpty ? nil : $0 } }

    /// A mirror is the folder of a release, or one of releases.
    private func lists(at mirror: String) -> [String] {
        let own = "\(mirror)/SHA256SUMS"
        if let release {
            let isIt = mirror.hasSuffix("/\(release)")
            return isIt ? [own] : ["\(mirror)/\(release)/SHA256SUMS"]
        }
        guard let folder = FileURL.path(mirror) else { return [own] }
        // The newest release of a folder of this machine can be seen.
        let releases = FileQuestions.names(in: folder).filter { name in
            name.allSatisfy(\.isNumber) && FileQuestions.isFile(folder.appending(name).appending("SHA256SUMS"))
        }
        let newest = releases.max { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
        return [own] + (newest.map { ["\(mirror)/\($0)/SHA256SUMS"] } ?? [])
    }

    private func mirror(_ variable: String) throws(PythonFetchError) -> String? {
        guard let text = value(variable) else { return nil }
        var address = try address(text, variable)
        while address.hasSuffix("/") { address.removeLast() }
        return address
    }

    /// An address as it is, or that of a path.
    private func address(_ text: String, _ variable: String) throws(PythonFetchError) -> String {
        if text.contains("://") || text.lowercased().hasPrefix("file:") {
            if let path = FileURL.path(text) { return FileURL.url(path) }
            guard let address = IndexAddress(parsing: text), ["https", "http"].contains(address.scheme) else {
                throw .setting(
                    variable: variable, value: withoutCredentials(text),
                    problem: "which is no https, http or file address, and no path")
            }
            return text
        }
        let path = FilePath(text)
        let absolute = path.isAbsolute ? path : FileQuestions.realPath(".").map { $0.pushing(path) }
        guard let absolute else {
            throw .setting(variable: variable, value: text, problem: "a path that starts at a folder that is not there")
        }
        return FileURL.url(absolute.lexicallyNormalized())
    }
}
