internal import CondaChannels
internal import CondaPackaging
internal import CondaSolving
internal import PubGrub

/// What a person may do about a conda package that cannot be had.
struct CondaConflictHints: Sendable {
    private(set) var texts: [String] = []
    private let conda: CondaScene
    private let name: CondaName

    /// Packages that conda has under another name than package indexes.
    private static let names = [
        "build": "python-build", "duckdb": "python-duckdb", "graphviz": "python-graphviz", "opencv-python": "opencv",
        "opencv-python-headless": "opencv", "psycopg2-binary": "psycopg2", "tables": "pytables", "torch": "pytorch",
        "xgboost-cpu": "xgboost",
    ]

    /// - Returns: `nil` for what is no conda package.
    init?(_ facts: FactWords, _ what: PackageKey, _ constraints: [PackageConstraint]) {
        guard let conda = facts.scene.conda, let name = facts.names.condaName(what) else { return nil }
        self.conda = conda
        self.name = name
        let specs = constraints.compactMap(\.spec).compactMap(conda.book.matchSpec)
        let versions = facts.scene.versions(of: what)
        if name.isVirtual {
            add(virtual)
        } else {
            add(channelThatIsNotAsked(specs))
            add(otherSubdir(specs))
            add(hidden(specs))
            add(later(specs, than: what))
            if let versions { add(series(specs, versions.texts)) } else { add(otherChannel(specs)) }
            if versions == nil, texts.isEmpty { add(missing) }
        }
    }

    private mutating func add(_ text: String?) {
        if let text { texts.append(text) }
    }

    private var virtual: String? {
        let family = ["__osx": "macOS", "__win": "Windows", "__linux": "Linux", "__glibc": "Linux", "__unix": "Linux or macOS"]
        let known = conda.target.virtualPackages.first { $0.name == name }
        if known == nil, let family = family[name.description], name.description != "__glibc" || !conda.target.subdir.isLinux {
            return "it is for \(family) only"
        }
        let variable = "CONDA_OVERRIDE_" + name.description.dropFirst(2).uppercased()
        guard let known else { return "if the machines that will run this have \(name), say so with \(variable)=VERSION" }
        return "if the machines that will run this have another \(name) than \(known.version), say so with \(variable)=VERSION"
    }

    private var missing: String {
        let known = Set(conda.contents.flatMap { $0.packageNames.map(\.description) })
        let text = name.description
        if let other = Self.names[text], known.contains(other) { return "conda's package of \(text) is called \(other)" }
        if let other = KnownNames.projects[text]?.lowercased(), known.contains(other) {
            return "\(text) is what is imported; the package is called \(other)"
        }
        if KnownNames.standardLibrary.contains(text) { return "\(text) is part of Python itself: leave it out" }
        if let near = SimilarNames.nearest(text, among: known.sorted()) { return "did you mean \(near)?" }
        return "check the spelling of \(text), or name a channel that has it: CHANNEL::\(text)"
    }

    private func channelThatIsNotAsked(_ specs: [MatchSpec]) -> String? {
        conda.channelThatIsNotAsked(specs).map { "add \($0) to the channels, or leave it out of the spec" }
    }

    /// A channel that has what another one was asked for.
    private func otherChannel(_ specs: [MatchSpec]) -> String? {
        guard specs.contains(where: { $0.details.channel != nil }) else { return nil }
        let having = conda.contents.filter { (try? $0.candidates(of: name))?.isEmpty == false }.map(\.channel.name).unique
        return having.isEmpty ? nil : "\(having.listed("and")) \(having.count == 1 ? "has" : "have") \(name)"
    }

    private func otherSubdir(_ specs: [MatchSpec]) -> String? {
        for case let subdir? in specs.map(\.details.subdir) where !subdir.matches("\(conda.target.subdir)") && !subdir.matches("noarch") {
            return "this is resolved for \(conda.target.subdir): leave subdir=\(subdir) out, or resolve for that platform"
        }
        return nil
    }

    /// Records that came later than the person allows.
    private func hidden(_ specs: [MatchSpec]) -> String? {
        guard let cutoff = conda.book.options.excludeNewer else { return nil }
        let newest = conda.contents.flatMap { (try? $0.candidates(of: name)) ?? [] }
            .filter { candidate in candidate.timestamp.map { $0 > cutoff } ?? true && fits(candidate.version, candidate.build, specs) }
            .map(\.version).max()
        return newest.map { "\(name) \($0) would do: allow packages that came later" }
    }

    /// A later channel that is not looked at because an earlier one has the package, too.
    private func later(_ specs: [MatchSpec], than what: PackageKey) -> String? {
        guard conda.book.options.channelPriority == .strict, case .conda(let package) = what else { return nil }
        let used = Set(conda.book.candidates(of: conda.book.base(of: package)).compactMap { $0.source.map { conda.contents[$0].channel } })
        guard let first = used.first else { return nil }
        for content in conda.contents where !used.contains(content.channel) {
            let found = ((try? content.candidates(of: name)) ?? []).filter { fits($0.version, $0.build, specs) }
            guard let newest = found.map(\.version).max() else { continue }
            let channel = content.channel.name
            return "the channel \(channel) has \(name) \(newest), but comes after \(first.name):"
                + " write \(channel)::\(name), or put \(channel) first"
        }
        return nil
    }

    private func fits(_ version: CondaVersion, _ build: String, _ specs: [MatchSpec]) -> Bool {
        specs.isEmpty || specs.contains { $0.matches(version: version, build: build) }
    }

    /// Of the series that was meant, there may be other versions.
    private func series(_ specs: [MatchSpec], _ versions: [String]) -> String? {
        guard let spec = specs.first, let wanted = spec.version?.exactVersion?.spelling else { return nil }
        let parts = wanted.split(separator: ".")
        guard parts.count > 2 else { return nil }
        let series = parts.prefix(2).joined(separator: ".")
        guard let newest = versions.first(where: { $0 == series || $0.hasPrefix(series + ".") }), newest != wanted else { return nil }
        return "the newest \(name) \(series) is \(newest)"
    }
}
