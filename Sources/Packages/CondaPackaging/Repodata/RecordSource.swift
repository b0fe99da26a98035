/// What the records of a channel are read from: JSON, or MessagePack (CEP 16).
///
/// The caller says what it expects: `beginObject`, then `nextKey` until it is `nil`, and for each key one value, read or
/// passed over.
protocol RecordSource {
    /// Where in an object or array reading is.
    associatedtype Items

    var bytes: UnsafeBufferPointer<UInt8> { get }
    /// The offset of the next byte.
    var position: Int { get }

    mutating func beginObject() throws(RepodataError) -> Items
    mutating func beginArray() throws(RepodataError) -> Items
    mutating func nextKey(_ items: inout Items) throws(RepodataError) -> RawText?
    mutating func nextElement(_ items: inout Items) throws(RepodataError) -> Bool

    /// What comes next; the place stays the same, but for white space.
    mutating func nextKind() -> RecordValueKind
    mutating func skipValue() throws(RepodataError)
    /// Passes over `null`, if it comes next.
    mutating func takeNull() throws(RepodataError) -> Bool
    mutating func readText() throws(RepodataError) -> RawText
    /// A whole number that is not negative.
    mutating func readInteger() throws(RepodataError) -> UInt64
    /// A hash; `nil` for `null` and for an empty string.
    mutating func readDigest<Digest: RecordDigest>() throws(RepodataError) -> Digest?

    func text(of text: RawText) throws(RepodataError) -> String
    /// The bytes of a string as they are; `nil` where the text is another one than the bytes say.
    func plainBytes(of text: RawText) -> UnsafeBufferPointer<UInt8>?
}

/// What kind a value is, as far as that decides how it is read.
enum RecordValueKind: Hashable, Sendable {
    case text, array, object
    /// `true`
    case yes
    case other
}

/// A hash as a record can have it.
protocol RecordDigest {
    init?(hexDigits: UnsafeBufferPointer<UInt8>)
    init?(rawBytes: UnsafeRawBufferPointer)
}

extension RecordSource {
    func error(_ problem: RepodataError.Problem, at place: Int? = nil) -> RepodataError {
        RepodataError(offset: place ?? position, problem: problem)
    }

    mutating func readString() throws(RepodataError) -> String { try text(of: readText()) }

    /// A string; `nil` for `null`.
    mutating func readStringOrNull() throws(RepodataError) -> String? { try takeNull() ? nil : try readString() }

    /// A string; `nil` for anything else, for fields that only inform.
    mutating func readStringIfPresent() throws(RepodataError) -> String? {
        if nextKind() == .text { return try readString() }
        try skipValue()
        return nil
    }

    mutating func readIntegerOrNull() throws(RepodataError) -> UInt64? { try takeNull() ? nil : try readInteger() }

    /// An array of strings; empty for `null`.
    mutating func readStrings() throws(RepodataError) -> [String] {
        if try takeNull() { return [] }
        var items = try beginArray()
        var strings: [String] = []
        while try nextElement(&items) { strings.append(try readString()) }
        return strings
    }

    /// Words with commas or spaces between them in one string, or an array of strings.
    mutating func readWords() throws(RepodataError) -> [String] {
        if nextKind() == .array { return try readStrings() }
        guard let text = try readStringOrNull() else { return [] }
        return text.split { $0 == "," || $0 == " " }.map(String.init)
    }
}

// MARK: - Fields

extension RecordSource {
    mutating func readName() throws(RepodataError) -> CondaName {
        let start = position
        let text = try readString()
        do {
            return try CondaName(parsing: text)
        } catch {
            throw self.error(.badName(error), at: start)
        }
    }

    /// - Parameter known: What the version is nearly always: the one in the file's name.
    mutating func readVersion(knowing known: CondaVersion? = nil) throws(RepodataError) -> CondaVersion {
        let start = position
        let text = try readText()
        if let known, known.spelling.utf8.elementsEqual(bytes[text.range]) { return known }
        do {
            if let plain = plainBytes(of: text) { return try CondaVersion(utf8: plain) }
            return try CondaVersion(parsing: self.text(of: text))
        } catch let problem as CondaVersionError {
            throw error(.badVersion(problem), at: start)
        } catch let problem as RepodataError {
            throw problem
        } catch {
            throw self.error(.expected(.string), at: start)
        }
    }

    mutating func readBuild() throws(RepodataError) -> String {
        let start = position
        let text = try readText()
        for byte in bytes[text.range] where !byte.isBuildPart {
            throw error(.badBuild(bytes.slice(text.range).text), at: start)
        }
        return bytes.slice(text.range).text
    }

    mutating func readSubdir() throws(RepodataError) -> Subdir? {
        let start = position
        guard let text = try readStringOrNull() else { return nil }
        do {
            return try Subdir(parsing: text)
        } catch {
            throw self.error(.badSubdir(error), at: start)
        }
    }

    /// `"python"` or `"generic"`; old records have `true`, which means generic.
    mutating func readNoArch() throws(RepodataError) -> RepodataRecord.NoArch? {
        let kind = nextKind()
        if kind == .text { return RepodataRecord.NoArch(rawValue: try readString()) }
        try skipValue()
        return kind == .yes ? .generic : nil
    }

    /// A moment in milliseconds; old records have seconds, which are told by being small.
    mutating func readTime() throws(RepodataError) -> Int64? {
        guard let number = try readIntegerOrNull(), let time = Int64(exactly: number) else { return nil }
        // The last second of the year 9999.
        return time > 253_402_300_799 ? time : time * 1000
    }

    /// `{"group": ["spec", …], …}`
    mutating func readGroups() throws(RepodataError) -> [String: [String]] {
        if try takeNull() { return [:] }
        var items = try beginObject()
        var groups: [String: [String]] = [:]
        while let key = try nextKey(&items) { groups[try text(of: key)] = try readStrings() }
        return groups
    }
}
