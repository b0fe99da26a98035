import PackageSources
import SystemPackage

/// Makes addresses of archives of what stands in a list.
struct BuildAddresses {
    /// Where the list is.
    let list: String
    let mirror: String?

    private static let download = "/releases/download/"

    /// - Parameter entry: what it is the address of, for messages.
    /// - Throws: for an address that leads from a protected list to an unprotected place, or from another machine to files of
    ///   this one.
    func url(of reference: String, entry: String) throws(PythonFetchError) -> String {
        let url = absolute(reference)
        guard !reference.isEmpty, let address = IndexAddress(parsing: url), ["https", "http", "file"].contains(address.scheme) else {
            throw problem("\(entry) has the address '\(withoutCredentials(reference))', which is no https, http or file address")
        }
        let isMirrored = mirror.map { url.hasPrefix($0) } ?? false
        if scheme(of: list) == "https", address.scheme == "http", !isMirrored {
            throw problem("\(entry) is said to be at \(address.redacted), and the connection there is not protected")
        }
        if scheme(of: list) != "file", address.scheme == "file", !isMirrored {
            throw problem("\(entry) is said to be in a file of this machine, and the list is on another one")
        }
        return url
    }

    private func absolute(_ reference: String) -> String {
        if let mirror, let found = reference.firstRange(of: Self.download) { return "\(mirror)/\(reference[found.upperBound...])" }
        if reference.contains("://") || reference.lowercased().hasPrefix("file:") { return reference }
        if let mirror { return "\(mirror)/\(reference)" }
        let path = list.prefix { $0 != "?" }
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        return folder + reference
    }

    private func scheme(of url: String) -> String { IndexAddress(parsing: url)?.scheme ?? "" }

    private func problem(_ words: String) -> PythonFetchError {
        .list(place: withoutCredentials(list), line: nil, problem: words)
    }
}
