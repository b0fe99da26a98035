import Digests
import PythonPackaging
import Resolution

/// What a resolution may have chosen, to make locks of.
enum ChosenPackages {
    /// A file of an index: a wheel with a tag, or a source distribution.
    static func package(
        _ name: String, _ version: String, tag: String = "py3-none-any", isSdist: Bool = false, needs: [String] = [],
        requiresPython: String? = nil, index: String = "https://index.example/simple"
    ) throws -> ResolvedPackage {
        let stem = "\(name.split(separator: "-").joined(separator: "_"))-\(version)"
        let filename = isSdist ? "\(stem).tar.gz" : "\(stem)-\(tag).whl"
        let file = OfferedFile(
            IndexFile(
                filename: filename, url: "https://files.example/\(filename)", sha256: SHA256Digest(hashing: filename),
                size: 1000, uploadTime: "2024-03-01T10:00:00.5Z"), index: index)
        return ResolvedPackage(
            name: try PackageName(parsing: name), version: try Version(parsing: version),
            source: isSdist ? .sdist(file) : .wheel(file), requiresPython: requiresPython,
            requirements: try needs.map { Requirement(name: try PackageName(parsing: $0)) })
    }

    static func answer(_ platform: String, _ python: String, _ packages: [ResolvedPackage]) throws -> TargetAnswer {
        TargetAnswer(target: try PythonTarget(platform: platform, python: python), packages: packages)
    }

    static func request(_ requirements: String...) throws -> ResolutionRequest {
        ResolutionRequest(try requirements.map { try RootRequirement(parsing: $0) })
    }
}
