import CondaChannels
import CondaPackaging
import CondaSolving
internal import PubGrub

/// What a person may do where conda packages do not go together.
struct CondaConflictHints {
    private(set) var texts: [String] = []

    init(_ proof: CondaSolver.Proof, _ book: CondaBook, _ target: CondaTarget, _ contents: [ChannelContent]) {
        for node in proof.nodes.flatMap(\.facts) {
            guard case .dependency(_, _, .package(let package), let specs, let allowed) = node.origin,
                case .package(let name) = book.kind(of: package)
            else { continue }
            if name.isVirtual {
                add(Self.virtual(name, target))
            } else if book.candidates(of: package).isEmpty {
                add(Self.missing(name, contents))
            } else if allowed.candidates.isEmpty, let hint = Self.elsewhere(name, specs, book, package, contents) {
                add(hint)
            }
        }
    }

    private mutating func add(_ text: String) {
        if !texts.contains(text) { texts.append(text) }
    }

    private static func virtual(_ name: CondaName, _ target: CondaTarget) -> String {
        let variable = "CONDA_OVERRIDE_" + name.description.dropFirst(2).uppercased()
        let known = target.virtualPackages.first { $0.name == name }
        return known.map { "if the machines that will run this have another \(name) than \($0.version), say so with \(variable)" }
            ?? "if the machines that will run this have \(name), say so with \(variable)=VERSION"
    }

    private static func missing(_ name: CondaName, _ contents: [ChannelContent]) -> String {
        let known = contents.flatMap { $0.packageNames.map(\.description) }
        if let near = SimilarNames.nearest(name.description, among: known.sorted()) { return "did you mean \(near)?" }
        return "check the spelling of \(name), or name a channel that has it: CHANNEL::\(name)"
    }

    /// A later channel that is not looked at because an earlier one has the package, too.
    private static func elsewhere(
        _ name: CondaName, _ specs: [CondaSpecID], _ book: CondaBook, _ package: CondaPackageID, _ contents: [ChannelContent]
    ) -> String? {
        guard book.options.channelPriority == .strict else { return nil }
        let used = Set(book.candidates(of: package).compactMap { $0.source.map { contents[$0].channel } })
        let wanted = specs.compactMap(book.matchSpec)
        for content in contents where !used.contains(content.channel) {
            guard let candidates = try? content.candidates(of: name) else { continue }
            guard candidates.contains(where: { candidate in
                wanted.contains { $0.matches(version: candidate.version, build: candidate.build) }
            }) else { continue }
            return "\(content.channel) has one that would do, and comes later: write \(content.channel)::\(name), or put it first"
        }
        return nil
    }
}
