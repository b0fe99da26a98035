internal import Digests
internal import Lockfiles
internal import PythonPackaging

/// A resolution of two packages that do not exist, before the real one.
///
/// When a generic type is used for the first time, the Swift runtime looks for its conformances among all that the
/// program has: more than eleven thousand in an engine that is one file. For the types of a resolution that takes some
/// milliseconds, as long as a small resolution itself. On another processor, while the command line is still being read,
/// they pass unnoticed.
public enum Rehearsal {
    /// Resolves, writes the lock, and gives its text.
    @discardableResult
    public static func perform() async throws -> String {
        let target = try PythonTarget(platform: "linux-x86_64", python: "3.12.0")
        let request = ResolutionRequest(
            [try RootRequirement(parsing: "first[more]>=1"), try RootRequirement(parsing: "second!=3")])
        let answers = try await LockResolver(source: Stage()).answers(request, for: [target])
        return try PyLock(answers, answering: request).text
    }
}

/// An index of two packages.
private struct Stage: PackageMetadataSource {
    var indexDescriptions: [String] { [] }

    func listing(of project: PackageName) async throws -> (any VersionListing)? {
        let texts = project.description == "first" ? ["1.1", "1.0"] : ["3", "2", "1"]
        return StageListing(project: project, versions: try texts.map { try Version(parsing: $0) })
    }

    func coreMetadata(of wheel: IndexFile) async throws -> CoreMetadata {
        let name = try WheelFilename(parsing: wheel.filename)
        let isFirst = name.name.description == "first"
        return CoreMetadata(
            name: name.name, version: name.version,
            requiresDist: isFirst ? ["second>=1; python_version >= '3'", "second<3; extra == 'more'"] : [],
            requiresPython: ">=3.6", providesExtra: isFirst ? [try ExtraName(parsing: "more")] : [])
    }
}

private struct StageListing: VersionListing {
    let project: PackageName
    let versions: [Version]

    func files(at position: Int) -> [OfferedFile] {
        let filename = "\(project)-\(versions[position])-py3-none-any.whl"
        let file = IndexFile(
            filename: filename, url: "file:///\(filename)", sha256: SHA256Digest(hashing: filename), metadata: .available(nil))
        return [OfferedFile(file, index: "file:///")]
    }
}
