/// Looks for some files in a tar archive that comes in pieces, and keeps nothing else of it. Nothing is unpacked, so that
/// links and odd paths of other entries do not matter.
package struct TarSearch {
    private enum State {
        case header
        /// The body of a wanted file.
        case file(String, rest: UInt64)
        /// The body of a header that stands in front of another one.
        case prelude(TarHeader, rest: UInt64)
        case skipping(UInt64)
        case ended
    }

    /// The contents of the files that were found, by their names.
    package private(set) var found: [String: [UInt8]] = [:]
    private let wanted: Set<String>
    private let longest: UInt64
    private var state = State.header
    private var pending: [UInt8] = []
    private var prelude = TarPrelude()
    private var padding: UInt64 = 0

    private static let longestPrelude: UInt64 = 1 << 20

    /// - Parameters:
    ///   - wanted: The names of the files, without `./` in front.
    ///   - longest: Longer files are refused, in bytes.
    package init(for wanted: Set<String>, longest: UInt64) {
        self.wanted = wanted
        self.longest = longest
    }

    /// Whether everything was found, so that what follows need not be looked at.
    package var isComplete: Bool { found.count == wanted.count }

    /// Takes the next bytes of the archive.
    package mutating func search(_ bytes: UnsafeRawBufferPointer) throws(ArchiveFault) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .header:
                rest = collect(rest, upTo: UInt64(TarHeader.blockSize))
                if pending.count == TarHeader.blockSize { try takeHeader() }
            case .prelude(let header, let size):
                rest = collect(rest, upTo: size)
                if UInt64(pending.count) == size { try takePrelude(header) }
            case .file(let name, let size):
                rest = collect(rest, upTo: size)
                if UInt64(pending.count) == size { take(name) }
            case .skipping(let size):
                let part = rest.prefix(Int(clamping: size))
                rest = rest[part.endIndex...]
                skip(size - UInt64(part.count))
            case .ended: return
            }
        }
    }

    private mutating func collect(_ bytes: Slice<UnsafeRawBufferPointer>, upTo size: UInt64) -> Slice<UnsafeRawBufferPointer> {
        let part = bytes.prefix(Int(clamping: size) - pending.count)
        pending.append(contentsOf: part)
        return bytes[part.endIndex...]
    }

    private mutating func skip(_ size: UInt64) { state = size == 0 ? .header : .skipping(size) }

    private mutating func takeHeader() throws(ArchiveFault) {
        let block = pending
        pending.removeAll(keepingCapacity: true)
        guard var header = try TarHeader(block: block[...]) else {
            state = .ended
            return
        }
        padding = (512 - header.size % 512) % 512
        if TarPrelude.isPart(header) {
            guard header.size <= Self.longestPrelude else { throw .overLimit("a name of more than a megabyte") }
            state = .prelude(header, rest: header.size)
            if header.size == 0 { try takePrelude(header) }
            return
        }
        header = try prelude.complete(header)
        prelude = TarPrelude()
        padding = (512 - header.size % 512) % 512
        let name = header.name.hasPrefix("./") ? String(header.name.dropFirst(2)) : header.name
        guard case .file = header.type, wanted.contains(name) else {
            let (whole, isTooLarge) = header.size.addingReportingOverflow(padding)
            guard !isTooLarge else { throw .malformed("has an entry of impossible size") }
            return skip(whole)
        }
        guard header.size <= longest else { throw .overLimit("more than \(longest) bytes") }
        state = .file(name, rest: header.size)
        if header.size == 0 { take(name) }
    }

    private mutating func takePrelude(_ header: TarHeader) throws(ArchiveFault) {
        try prelude.add(header, pending[...])
        pending.removeAll(keepingCapacity: true)
        skip(padding)
    }

    private mutating func take(_ name: String) {
        found[name] = pending
        pending.removeAll(keepingCapacity: true)
        skip(padding)
    }
}
