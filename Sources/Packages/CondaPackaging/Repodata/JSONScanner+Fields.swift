/// The fields of records that are more than text.
extension JSONScanner {
    mutating func readName() throws(RepodataError) -> CondaName {
        skipSpace()
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
        skipSpace()
        let start = position
        let text = try readText()
        if let known, known.spelling.utf8.elementsEqual(bytes[text.range]) { return known }
        do {
            if text.hasEscapes(in: bytes) { return try CondaVersion(parsing: text.text(in: bytes)) }
            return try CondaVersion(utf8: bytes.slice(text.range))
        } catch let problem as CondaVersionError {
            throw error(.badVersion(problem), at: start)
        } catch let problem as RepodataError {
            throw problem
        } catch {
            throw self.error(.expected(.string), at: start)
        }
    }

    mutating func readBuild() throws(RepodataError) -> String {
        skipSpace()
        let start = position
        let text = try readText()
        for byte in bytes[text.range] where !byte.isBuildPart {
            throw error(.badBuild(bytes.slice(text.range).text), at: start)
        }
        return bytes.slice(text.range).text
    }

    mutating func readSubdir() throws(RepodataError) -> Subdir? {
        skipSpace()
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
        if next(is: "\"") { return RepodataRecord.NoArch(rawValue: try readString()) }
        let isTrue = next(is: "t")
        try skipValue()
        return isTrue ? .generic : nil
    }

    /// A moment in milliseconds; old records have seconds, which are told by being small.
    mutating func readTime() throws(RepodataError) -> Int64? {
        guard let number = try readIntegerOrNull(), let time = Int64(exactly: number) else { return nil }
        // The last second of the year 9999.
        return time > 253_402_300_799 ? time : time * 1000
    }

    /// A hash; `nil` for `null` and for an empty string.
    mutating func readDigest<Digest>(
        _ read: (UnsafeBufferPointer<UInt8>) -> Digest?
    ) throws(RepodataError) -> Digest? {
        if try takeNull() { return nil }
        let start = position
        let text = try readText()
        if text.range.isEmpty { return nil }
        guard let digest = read(bytes.slice(text.range)) else { throw error(.expected(.digest), at: start) }
        return digest
    }

    /// `{"group": ["spec", …], …}`
    mutating func readGroups() throws(RepodataError) -> [String: [String]] {
        if try takeNull() { return [:] }
        try beginObject()
        var groups: [String: [String]] = [:]
        var isFirst = true
        while let key = try nextKey(&isFirst) { groups[try key.text(in: bytes)] = try readStrings() }
        return groups
    }

    /// Passes over an array of strings; the bytes that it is made of, `nil` for `null`.
    mutating func skipStrings() throws(RepodataError) -> Range<Int>? {
        if try takeNull() { return nil }
        guard next(is: "[") else { throw unexpected(.array) }
        let start = position
        try skipValue()
        return start..<position
    }
}
