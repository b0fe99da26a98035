import Archives
import Digests
import PythonPackaging

/// A project page in the form in which it is kept, looked at in place.
final class CachedListing: Sendable {
    private typealias Header = ListingFormat.Header
    private typealias VersionRecord = ListingFormat.VersionRecord
    private typealias FileRecord = ListingFormat.FileRecord

    let versionCount: Int
    private let stored: StoredBytes
    private let fileCount: Int
    private let filesOffset: Int
    private let stringsOffset: Int

    /// `nil` if the bytes are not a listing, or damaged.
    ///
    /// - Parameter isWhole: whether it is known that all the bytes are as they were written, so that they are not gone
    ///   through.
    init?(_ stored: StoredBytes, isWhole: Bool = false) {
        let bytes = stored.bytes
        guard bytes.count >= Header.size, bytes.number(Header.magic, as: UInt64.self) == ListingFormat.magic,
            Int(bytes.number(Header.totalSize, as: UInt32.self)) == bytes.count,
            isWhole
                || bytes.number(Header.checksum, as: UInt32.self)
                    == Checksum.crc32(UnsafeRawBufferPointer(rebasing: bytes[Header.flags...]))
        else { return nil }
        self.stored = stored
        versionCount = Int(bytes.number(Header.versionCount, as: UInt32.self))
        fileCount = Int(bytes.number(Header.fileCount, as: UInt32.self))
        stringsOffset = Int(bytes.number(Header.stringsOffset, as: UInt32.self))
        filesOffset = Header.size + versionCount * VersionRecord.size
        guard filesOffset + fileCount * FileRecord.recordSize == stringsOffset, stringsOffset <= bytes.count else {
            return nil
        }
    }

    private var bytes: UnsafeRawBufferPointer { stored.bytes }

    func copy() -> [UInt8] { Array(bytes) }

    /// Whether it keeps the answer that there is no such project.
    var isMissing: Bool { bytes.number(Header.flags, as: UInt32.self) & ListingFormat.HeaderFlags.isMissing != 0 }
    /// Seconds of freshness after the last validation.
    var lifetime: Int64 { Int64(bytes.number(Header.lifetime, as: UInt32.self)) }
    /// Seconds after the lifetime in which it may serve while the server fails.
    var staleIfError: Int64 { Int64(bytes.number(Header.staleIfError, as: UInt32.self)) }
    var entityTag: String? { text(Header.entityTag) }
    var lastModified: String? { text(Header.lastModified) }
    var status: ProjectStatus {
        ProjectStatus(ProjectStatus.Marker(text: text(Header.status) ?? "active"), reason: text(Header.statusReason))
    }

    /// The text that a record points to; `nil` for none, and where the pointer leads nowhere.
    private func text(_ offset: Int) -> String? {
        textBytes(offset).map { String(decoding: $0, as: UTF8.self) }
    }

    private func textBytes(_ offset: Int) -> UnsafeBufferPointer<UInt8>? {
        let count = bytes.number(offset + 4, as: UInt32.self)
        guard count != ListingFormat.absent else { return nil }
        let start = stringsOffset + Int(bytes.number(offset, as: UInt32.self))
        guard start + Int(count) <= bytes.count else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(count)]).assumingMemoryBound(to: UInt8.self)
    }

    // MARK: Versions

    private func versionRecord(_ index: Int) -> Int {
        precondition(index >= 0 && index < versionCount, "a listing has no version \(index)")
        return Header.size + index * VersionRecord.size
    }

    func versionText(_ index: Int) -> String { text(versionRecord(index) + VersionRecord.text) ?? "" }

    /// The version at a place; `nil` only for a page that was kept by something else.
    func version(_ index: Int) -> Version? {
        textBytes(versionRecord(index) + VersionRecord.text).flatMap(Version.init(utf8:))
    }

    func versionHas(_ flag: UInt32, _ index: Int) -> Bool {
        bytes.number(versionRecord(index) + VersionRecord.flags, as: UInt32.self) & flag != 0
    }

    /// Numbers of the files of a version.
    func files(ofVersion index: Int) -> Range<Int> {
        let record = versionRecord(index)
        let first = Int(bytes.number(record + VersionRecord.firstFile, as: UInt32.self))
        let count = Int(bytes.number(record + VersionRecord.fileCount, as: UInt32.self))
        return min(first, fileCount)..<min(first + count, fileCount)
    }

    // MARK: Files

    private func fileRecord(_ number: Int) -> Int {
        precondition(number >= 0 && number < fileCount, "a listing has no file \(number)")
        return filesOffset + number * FileRecord.recordSize
    }

    func filename(ofFile number: Int) -> String { text(fileRecord(number) + FileRecord.filename) ?? "" }

    /// Lends the name of a file, in UTF-8, without making a text of it.
    func withFilename<Result>(ofFile number: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result?) -> Result? {
        textBytes(fileRecord(number) + FileRecord.filename).flatMap(body)
    }

    func file(_ number: Int) -> IndexFile {
        let record = fileRecord(number)
        let flags = bytes.number(record + FileRecord.flags, as: UInt32.self)
        func has(_ flag: UInt32) -> Bool { flags & flag != 0 }
        let filename = text(record + FileRecord.filename) ?? ""
        let address = (text(record + FileRecord.urlStart) ?? "") + (text(record + FileRecord.urlMiddle) ?? "")
        let size = Int64(bitPattern: bytes.number(record + FileRecord.size, as: UInt64.self))
        let metadataDigest =
            has(ListingFormat.FileFlags.hasMetadataSHA256) ? digest(record + FileRecord.metadataSHA256) : nil
        return IndexFile(
            filename: filename, url: has(ListingFormat.FileFlags.endsWithFilename) ? address + filename : address,
            sha256: has(ListingFormat.FileFlags.hasSHA256) ? digest(record + FileRecord.sha256) : nil,
            otherHashes: otherHashes(record), size: has(ListingFormat.FileFlags.hasSize) ? size : nil,
            requiresPython: text(record + FileRecord.requiresPython),
            yanked: has(ListingFormat.FileFlags.isYanked) ? .yes(text(record + FileRecord.yankedReason)) : .no,
            uploadTime: text(record + FileRecord.uploadTime),
            metadata: has(ListingFormat.FileFlags.hasMetadata) ? .available(metadataDigest) : .none)
    }

    private func digest(_ offset: Int) -> SHA256Digest? {
        SHA256Digest(rawBytes: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + SHA256Digest.byteCount]))
    }

    private func otherHashes(_ record: Int) -> [String: String] {
        guard let text = text(record + FileRecord.otherHashes) else { return [:] }
        var hashes: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let pair = line.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { hashes[String(pair[0])] = String(pair[1]) }
        }
        return hashes
    }
}

extension UnsafeRawBufferPointer {
    /// A number whose place has been checked.
    fileprivate func number<Number: FixedWidthInteger>(_ offset: Int, as type: Number.Type) -> Number {
        precondition(offset >= 0 && offset + MemoryLayout<Number>.size <= count, "a number beyond the end")
        return Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
}
