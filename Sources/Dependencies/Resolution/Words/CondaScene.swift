internal import CondaChannels
internal import CondaPackaging
internal import CondaSolving
internal import PythonPackaging

/// What was known of conda packages when a resolution failed, as far as words and hints look at it.
struct CondaScene: Sendable {
    /// What the solver was told; the packages of the proof have their candidates in order.
    var book: CondaBook
    /// The folders of the channels, in the order of the book's sources.
    let contents: [ChannelContent]
    let target: CondaTarget
    /// Why there can be no other Python than the one that was tried, where that was asked: the proof of the same conda
    /// packages with any other Python, in the numbers of the book.
    var pythonHold: ConflictScene.Proof?

    /// The names of the channels, the first one first.
    var channels: [String] { contents.map(\.channel.name).unique }

    /// `the channel main does not have for linux-64`, as the rest of a sentence about something.
    ///
    /// - Parameter specs: what was asked for, which may name a channel.
    func lack(_ specs: [MatchSpec]) -> String {
        let named = specs.compactMap(\.details.channel)
        let meant = contents.filter { content in named.contains { content.channel.isMeant(by: $0) } }
        let asked = named.isEmpty ? channels : meant.map(\.channel.name).unique
        switch asked.count {
        case 0: return "no channel has for \(target.subdir)"
        case 1: return "the channel \(asked[0]) does not have for \(target.subdir)"
        default: return "none of the channels \(asked.listed("and")) has for \(target.subdir)"
        }
    }

    /// `is not in the channel main`, as the rest of a sentence about something.
    var absence: String {
        channels.count == 1 ? "is not in the channel \(channels[0])" : "is in none of the channels"
    }

    /// A channel that a spec names and that nobody looks at.
    func channelThatIsNotAsked(_ specs: [MatchSpec]) -> ChannelReference? {
        specs.compactMap(\.details.channel).first { channel in !contents.contains { $0.channel.isMeant(by: channel) } }
    }

    /// Whether there are records of a version and build that are asked for, so that something else about them does not fit.
    func hasVersion(of key: PackageKey, _ specs: [MatchSpec]) -> Bool {
        guard case .conda(let package) = key else { return false }
        return book.candidates(of: book.base(of: package)).contains { candidate in
            specs.contains { $0.matches(version: candidate.version, build: candidate.build) }
        }
    }

    /// What there is instead of a series of Python, as the rest of a sentence about it; `nil` where there is one.
    func lack(ofPython series: String) -> String? {
        let versions = contents.flatMap { (try? $0.candidates(of: .python)) ?? [] }.map(\.version)
        let found = versions.sorted().map { "\($0)" }.unique
        guard !found.contains(where: { $0 == series || $0.hasPrefix(series + ".") }), let newest = found.last
        else { return nil }
        return found.count > 4 ? "; the newest of conda is \(newest)" : "; conda has only \(found.listed("and"))"
    }

    /// Whether a channel has a package of a project's name, be it the project or not.
    func has(_ project: PackageName) -> Bool {
        guard let name = try? CondaName(parsing: project.description) else { return false }
        return contents.contains { (try? $0.candidates(of: name))?.isEmpty == false }
    }

    /// Whether all records of a package came too late to be looked at.
    func isHidden(_ name: CondaName) -> Bool {
        book.options.excludeNewer != nil && contents.contains { (try? $0.candidates(of: name))?.isEmpty == false }
    }

    /// The newest version that is asked for of which there is no such build, and the builds that it has.
    func builds(of key: PackageKey, _ specs: [MatchSpec]) -> (version: CondaVersion, texts: [String])? {
        guard case .conda(let package) = key else { return nil }
        let candidates = book.candidates(of: book.base(of: package))
        let fitting = candidates.filter { candidate in
            specs.contains { $0.version?.contains(candidate.version) ?? true }
        }
        guard specs.contains(where: { $0.build != nil }), !hasVersion(of: key, specs),
            let newest = fitting.map(\.version).max()
        else { return nil }
        return (newest, TagWords.sorted(Set(fitting.filter { $0.version == newest }.map(\.build))))
    }

    /// Whether a spec asks for a version above all that there are.
    func isAboveAll(_ spec: MatchSpec, _ key: PackageKey) -> Bool {
        guard case .conda(let package) = key, let wanted = spec.version?.versions,
            let newest = book.candidates(of: book.base(of: package)).map(\.version).max(),
            let newer = VersionSpec(.clause(VersionClause(.above, newest))).versions
        else { return false }
        return wanted.isSubset(of: newer)
    }
}
