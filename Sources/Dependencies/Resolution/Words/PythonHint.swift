internal import PubGrub
internal import PythonPackaging

/// Which Pythons would do for versions that do not support the target's.
struct PythonHint: Sendable {
    let text: String?

    /// The minor versions of Python 3 that are looked at.
    private static let minors = 8...15

    /// - Parameter versions: candidates against which nothing else speaks.
    init(_ facts: FactWords, _ project: PackageName, _ versions: CandidateSet) {
        let scene = facts.scene
        guard let table = scene.table(of: project), let listing = scene.listing(of: project), let target = scene.index?.target else {
            text = nil
            return
        }
        let support = Support(platforms: Set(target.tags.tags.map(\.platform)))
        var minors: [Int: [Int]] = [:]
        for candidate in versions.candidates where table.standIn(of: candidate) == nil {
            let files = listing.files(at: table.position(of: candidate)).map(\.file)
            for minor in Self.minors where support.has(files, minor: minor) {
                minors[minor, default: []].append(candidate)
            }
        }
        let current = Int(target.pythonVersion.minor)
        // The nearest one that is newer, or else that is older.
        let nearest = minors.keys.filter { $0 > current }.min() ?? minors.keys.filter { $0 < current }.max()
        guard let nearest, let candidates = minors[nearest] else {
            text = nil
            return
        }
        let phrase = facts.sets.phrase(.project(project), CandidateSet(candidates, of: versions.candidateCount))
        text = "Python 3.\(nearest) would do for \(phrase.text)" + (scene.conda?.lack(ofPython: "3.\(nearest)") ?? "")
    }

    /// Whether files can be installed with some Python on the platform.
    private struct Support {
        let platforms: Set<String>

        func has(_ files: [IndexFile], minor: Int) -> Bool {
            files.contains { file in
                guard let version = try? Version(parsing: "3.\(minor)") else { return false }
                if let required = file.requiresPython, let set = try? SpecifierSet(parsing: required),
                    !set.contains(version)
                {
                    return false
                }
                guard let wheel = try? WheelFilename(parsing: file.filename) else { return false }
                guard wheel.platforms.contains(where: { $0 == "any" || platforms.contains($0) }) else { return false }
                return wheel.pythons.contains { python in
                    if python == "cp3\(minor)" || python == "py3" || python == "py3\(minor)" { return true }
                    guard wheel.abis.contains("abi3"), python.hasPrefix("cp3"), let first = Int(python.dropFirst(3))
                    else { return false }
                    return first <= minor
                }
            }
        }
    }
}
