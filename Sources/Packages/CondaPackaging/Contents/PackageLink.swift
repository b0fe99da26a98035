/// How a `noarch` package is linked: `info/link.json` (CEP 34).
public struct PackageLink: Sendable, Hashable {
    /// A command that calls a function: `name = module:attribute`.
    public struct EntryPoint: Sendable, Hashable {
        public var command: String
        public var module: String
        public var attribute: String

        /// Reads `name = module:attribute`; `nil` for anything else.
        public init?(parsing text: String) {
            let halves = text.split(separator: "=", maxSplits: 1).map(Self.trimmed)
            guard halves.count == 2 else { return nil }
            let target = halves[1].split(separator: ":", maxSplits: 1).map(Self.trimmed)
            guard target.count == 2, Self.isFileName(halves[0]), target.allSatisfy(Self.isDotted) else { return nil }
            command = halves[0]
            module = target[0]
            attribute = target[1]
        }

        /// The command becomes a file: neither a path, nor what cuts a name short or breaks a list of names.
        private static func isFileName(_ text: String) -> Bool {
            let isPlain = text.utf8.allSatisfy {
                $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\")
            }
            return isPlain && !text.isEmpty && text != "." && text != ".."
        }

        private static func trimmed(_ text: Substring) -> String {
            String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        }

        /// Names of Python with dots between them: what is written into a script.
        private static func isDotted(_ text: String) -> Bool {
            text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
                guard let first = part.unicodeScalars.first, first == "_" || first.properties.isXIDStart else { return false }
                return part.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isXIDContinue }
            }
        }
    }

    public var noarch: RepodataRecord.NoArch?
    public var entryPoints: [EntryPoint] = []

    public init() {}

    /// Reads `info/link.json`.
    public init(json bytes: UnsafeBufferPointer<UInt8>) throws(RepodataError) {
        var scanner = JSONScanner(bytes)
        var items = try scanner.beginObject()
        while let key = try scanner.nextKey(&items) {
            guard key.equals("noarch", in: bytes), scanner.next(is: "{") else {
                try scanner.skipValue()
                continue
            }
            try readNoArch(&scanner)
        }
        guard scanner.isAtEnd() else { throw scanner.error(.expected(.end)) }
    }

    private mutating func readNoArch(_ scanner: inout JSONScanner) throws(RepodataError) {
        let bytes = scanner.bytes
        var items = try scanner.beginObject()
        while let key = try scanner.nextKey(&items) {
            if key.equals("type", in: bytes) {
                noarch = RepodataRecord.NoArch(rawValue: try scanner.readString())
            } else if key.equals("entry_points", in: bytes) {
                let start = scanner.position
                for text in try scanner.readStrings() {
                    guard let point = EntryPoint(parsing: text) else { throw scanner.error(.expected(.entryPoint), at: start) }
                    entryPoints.append(point)
                }
            } else {
                try scanner.skipValue()
            }
        }
    }
}

extension RepodataRecord {
    /// Reads what a package says of itself: `info/index.json`.
    ///
    /// - Parameter fileName: The archive that it came in.
    public init(packageIndex bytes: UnsafeBufferPointer<UInt8>, fileName: ArchiveName) throws(RepodataError) {
        var reader = RecordReader(JSONScanner(bytes))
        self = try reader.read(fileName, .noarch)
    }
}
