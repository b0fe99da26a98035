/// The compatibility tags that an interpreter accepts, most preferred first.
///
/// The lists are long (a thousand tags and more), the questions many (every wheel of every project page), so parts of
/// tags are numbered and a tag's place is looked up by three numbers.
public struct TagList: Sendable {
    /// The tags, most preferred first.
    public let tags: [WheelTag]

    private let pythons: TagPartNumbers
    private let abis: TagPartNumbers
    private let platforms: TagPartNumbers
    private let ranks: [UInt64: Int]

    /// Takes tags in the order of preference. A repeated tag keeps its first place.
    public init(_ tags: some Sequence<WheelTag>) {
        var parts = (pythons: TagPartNumbers(), abis: TagPartNumbers(), platforms: TagPartNumbers())
        var ranks: [UInt64: Int] = [:]
        var kept: [WheelTag] = []
        for tag in tags {
            let key = Self.key(
                parts.pythons.number(of: tag.python), parts.abis.number(of: tag.abi),
                parts.platforms.number(of: tag.platform))
            guard ranks[key] == nil else { continue }
            ranks[key] = kept.count
            kept.append(tag)
        }
        self.tags = kept
        self.ranks = ranks
        (pythons, abis, platforms) = parts
    }

    /// The tag's place, 0 for the most preferred; `nil` for a tag that is not accepted.
    public func rank(of tag: WheelTag) -> Int? {
        guard let python = pythons[tag.python], let abi = abis[tag.abi], let platform = platforms[tag.platform] else {
            return nil
        }
        return ranks[Self.key(python, abi, platform)]
    }

    /// The place of the wheel's most preferred tag; `nil` where it cannot be installed.
    public func bestRank(of wheel: WheelFilename) -> Int? {
        var best: Int?
        let platforms = wheel.platforms.compactMap { self.platforms[$0] }
        guard !platforms.isEmpty else { return nil }
        for python in wheel.pythons {
            guard let python = pythons[python] else { continue }
            for abi in wheel.abis {
                guard let abi = abis[abi] else { continue }
                for platform in platforms {
                    guard let rank = ranks[Self.key(python, abi, platform)] else { continue }
                    best = min(best ?? rank, rank)
                }
            }
        }
        return best
    }

    /// The place of the most preferred tag of a wheel of that file name, by the tags alone: the rest of the name is not
    /// looked at, and may turn out not to be one. `nil` where no tag is accepted, and for other files.
    ///
    /// Pages list wheels by the thousand for other platforms; this passes over them without making a text of any.
    package func bestRank(ofFileNamed name: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let parts = WheelTagParts(filename: name) else { return nil }
        var best: Int?
        parts.platforms.forEachComponent { platform in
            guard let platform = platforms[platform] else { return }
            parts.pythons.forEachComponent { python in
                guard let python = pythons[python] else { return }
                parts.abis.forEachComponent { abi in
                    guard let abi = abis[abi], let rank = ranks[Self.key(python, abi, platform)] else { return }
                    best = min(best ?? rank, rank)
                }
            }
        }
        return best
    }

    /// The wheel to install out of several of one version: the one with the most preferred tag, and among equals the
    /// one with the higher build number. `nil` where none can be installed.
    public func best(of wheels: some Sequence<WheelFilename>) -> WheelFilename? {
        var best: (wheel: WheelFilename, rank: Int)?
        for wheel in wheels {
            guard let rank = bestRank(of: wheel) else { continue }
            guard let current = best else {
                best = (wheel, rank)
                continue
            }
            if rank < current.rank || (rank == current.rank && Self.isLater(wheel, current.wheel)) {
                best = (wheel, rank)
            }
        }
        return best?.wheel
    }

    /// Whether `wheel` has the higher build number; having none is lowest (PEP 427).
    private static func isLater(_ wheel: WheelFilename, _ other: WheelFilename) -> Bool {
        guard let build = wheel.build else { return false }
        return other.build.map { $0 < build } ?? true
    }

    /// Numbers of one list are below its length; 21 bits hold two million.
    private static func key(_ python: UInt32, _ abi: UInt32, _ platform: UInt32) -> UInt64 {
        UInt64(python) << 42 | UInt64(abi) << 21 | UInt64(platform)
    }
}

extension TagList: Hashable {
    public static func == (left: Self, right: Self) -> Bool { left.tags == right.tags }

    public func hash(into hasher: inout Hasher) { hasher.combine(tags) }
}

extension TagList: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode([WheelTag].self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(tags)
    }
}
