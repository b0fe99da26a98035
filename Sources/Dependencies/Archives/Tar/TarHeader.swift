/// One 512-byte header of a tar archive, or a group of them where pax headers come first.
struct TarHeader {
    enum Kind: UInt8 {
        case file = 0x30
        case hardLink = 0x31
        case symbolicLink = 0x32
        case directory = 0x35
        case paxLocal = 0x78
        case paxGlobal = 0x67
        case gnuLongName = 0x4c
        case gnuLongLink = 0x4b
    }

    var name: String
    var link = ""
    var type = Kind.file
    var mode: UInt64 = 0o644
    var size: UInt64 = 0
    var modificationTime: Int64

    static let blockSize = 512
    private static let largestOctal: UInt64 = 0o77_777_777_777

    init(name: String, modificationTime: Int64) {
        self.name = name
        self.modificationTime = modificationTime
    }
}

// MARK: Writing

extension TarHeader {
    func write(to output: inout [UInt8]) {
        var records: [UInt8] = []
        let split = Self.split(name)
        if split == nil { records += Self.paxRecord("path", name) }
        if !Self.fits(link, 100) { records += Self.paxRecord("linkpath", link) }
        if size > Self.largestOctal { records += Self.paxRecord("size", String(size)) }
        if !records.isEmpty {
            var pax = TarHeader(name: "PaxHeader", modificationTime: modificationTime)
            pax.type = .paxLocal
            pax.size = UInt64(records.count)
            pax.writeBlock(prefix: "", base: pax.name, to: &output)
            TarWriter.append(records, to: &output)
        }
        let (prefix, base) = split ?? ("", Self.shortened(name))
        writeBlock(prefix: prefix, base: base, to: &output)
    }

    private func writeBlock(prefix: String, base: String, to output: inout [UInt8]) {
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        func put(_ bytes: some Sequence<UInt8>, at offset: Int) {
            for (position, byte) in bytes.enumerated() { block[offset + position] = byte }
        }
        put(base.utf8, at: 0)
        put(Self.octal(mode, 7), at: 100)
        put(Self.octal(0, 7), at: 108)
        put(Self.octal(0, 7), at: 116)
        put(Self.octal(min(size, Self.largestOctal), 11), at: 124)
        put(Self.octal(UInt64(max(0, modificationTime)), 11), at: 136)
        put(repeatElement(0x20, count: 8), at: 148)
        block[156] = type.rawValue
        put(Self.shortened(link).utf8, at: 157)
        put("ustar\u{0}00".utf8, at: 257)
        put(Self.octal(0, 7), at: 329)
        put(Self.octal(0, 7), at: 337)
        put(prefix.utf8, at: 345)
        put(Self.octal(block.reduce(0) { $0 + UInt64($1) }, 6), at: 148)
        block[154] = 0
        output.append(contentsOf: block)
    }

    private static func octal(_ value: UInt64, _ digits: Int) -> [UInt8] {
        let text = String(value, radix: 8)
        return Array(repeatElement(0x30, count: max(0, digits - text.utf8.count))) + Array(text.utf8)
    }

    private static func fits(_ text: String, _ count: Int) -> Bool {
        text.utf8.count <= count && text.utf8.allSatisfy { $0 < 0x80 }
    }

    /// Prefix and name fields; `nil` if the name needs a pax record, which it also does when it is not ASCII.
    private static func split(_ name: String) -> (prefix: String, base: String)? {
        if fits(name, 100) { return ("", name) }
        guard fits(name, 256) else { return nil }
        let utf8 = Array(name.utf8)
        let earliest = utf8.count - 101
        guard let slash = (max(1, earliest)..<min(156, utf8.count - 1)).first(where: { utf8[$0] == 0x2f }) else {
            return nil
        }
        return (String(decoding: utf8[..<slash], as: UTF8.self), String(decoding: utf8[(slash + 1)...], as: UTF8.self))
    }

    /// What old readers see in place of a long or non-ASCII name.
    private static func shortened(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.filter(\.isASCII).suffix(100)))
    }

    /// "LENGTH KEY=VALUE\n", where the length counts itself.
    private static func paxRecord(_ key: String, _ value: String) -> [UInt8] {
        let rest = Array(" \(key)=\(value)\n".utf8)
        var length = rest.count + 1
        while String(length).utf8.count + rest.count != length { length = String(length).utf8.count + rest.count }
        return Array(String(length).utf8) + rest
    }
}

// MARK: Reading

extension TarHeader {
    /// Reads a block as it stands; `nil` for one of zeros, which ends the archive.
    init?(block: ArraySlice<UInt8>) throws(ArchiveFault) {
        let block = Array(block)
        guard block.count == Self.blockSize else { throw .truncated }
        if block.allSatisfy({ $0 == 0 }) { return nil }
        let stated = try Self.number(block[148..<156])
        let sum = block.indices.reduce(UInt64(0)) { $0 + UInt64((148..<156).contains($1) ? 0x20 : block[$1]) }
        guard stated == sum else { throw .malformed("has a header with a wrong checksum") }
        let isUstar = block[257..<262].elementsEqual("ustar".utf8)
        name = try Self.text(block[0..<100])
        if isUstar, block[262] == 0 {
            let prefix = try Self.text(block[345..<500])
            if !prefix.isEmpty { name = "\(prefix)/\(name)" }
        }
        link = try Self.text(block[157..<257])
        mode = try Self.number(block[100..<108])
        size = try Self.number(block[124..<136])
        // A time that is none does no harm.
        modificationTime = (try? Self.number(block[136..<148])).flatMap { Int64(exactly: $0) } ?? 0
        switch block[156] {
        case 0, 0x37: type = name.utf8.last == 0x2f ? .directory : .file
        case let code:
            guard let kind = Kind(rawValue: code) else {
                throw .unsupported("has an entry that is neither file, directory nor link (type \(code))")
            }
            type = kind == .file && name.utf8.last == 0x2f ? .directory : kind
        }
    }

    /// The bytes before the first NUL.
    static func text(_ field: ArraySlice<UInt8>) throws(ArchiveFault) -> String {
        guard let text = String(validating: field.prefix { $0 != 0 }, as: UTF8.self) else {
            throw .unsupported("has an entry whose name is not UTF-8")
        }
        return text
    }

    /// Octal digits between spaces and NULs, or GNU's binary form.
    private static func number(_ field: ArraySlice<UInt8>) throws(ArchiveFault) -> UInt64 {
        if let first = field.first, first & 0x80 != 0 {
            guard first == 0x80, field.dropFirst().dropLast(8).allSatisfy({ $0 == 0 }) else {
                throw .malformed("has a header with an impossible number")
            }
            return field.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
        var value: UInt64 = 0
        for digit in field.drop(while: { $0 == 0x20 }) {
            if digit == 0 || digit == 0x20 { break }
            guard (0x30...0x37).contains(digit) else { throw .malformed("has a header with an impossible number") }
            value = value << 3 | UInt64(digit - 0x30)
        }
        return value
    }

    /// Takes what a pax header says about the next entry.
    mutating func apply(pax records: [String: String]) throws(ArchiveFault) {
        if let path = records["path"] {
            name = path
            if type == .file, name.utf8.last == 0x2f { type = .directory }
        }
        if let path = records["linkpath"] { link = path }
        if let text = records["size"] {
            guard let size = UInt64(text) else { throw .malformed("has a broken pax header") }
            self.size = size
        }
        if records.keys.contains(where: { $0.hasPrefix("GNU.sparse") }) {
            throw .unsupported("has a sparse entry")
        }
    }

    static func paxRecords(_ body: ArraySlice<UInt8>) throws(ArchiveFault) -> [String: String] {
        var records: [String: String] = [:]
        var rest = body
        while let space = rest.firstIndex(of: 0x20) {
            guard let length = Int(String(decoding: rest[..<space], as: UTF8.self)), length > 0, length <= rest.count,
                rest[rest.startIndex + length - 1] == 0x0a, rest.startIndex + length - 1 > space
            else { throw .malformed("has a broken pax header") }
            let record = rest[(space + 1)..<(rest.startIndex + length - 1)]
            guard let equals = record.firstIndex(of: 0x3d) else { throw .malformed("has a broken pax header") }
            let value = record[(equals + 1)...]
            // Only text is of interest; binary values belong to attributes that are not read.
            if let text = String(validating: value, as: UTF8.self), !value.contains(0) {
                records[String(decoding: record[..<equals], as: UTF8.self)] = text
            }
            rest = rest[(rest.startIndex + length)...]
        }
        guard rest.isEmpty else { throw .malformed("has a broken pax header") }
        return records
    }
}
