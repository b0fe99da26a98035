/// A place that keeps objects by name. Each is written whole or not at all; one that is there can be replaced, but never
/// shows a mixture.
///
/// All calls may be made from any task, many at once. None blocks a thread of the cooperative pool.
package protocol ObjectStore: Sendable {
    /// Where it is, for messages: `s3://bucket/prefix` or `file:///folder`, never with credentials.
    var address: String { get }

    /// What is known about an object; `nil` when there is none.
    func info(of key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo?

    /// The bytes of an object, or of a part of it; `nil` when there is none.
    ///
    /// - Parameter range: offsets in bytes; what lies beyond the object's end is left out.
    func read(_ key: ObjectKey, range: Range<Int64>?) async throws(ObjectStoreError) -> [UInt8]?

    /// Writes the bytes of an object into a file, from offset 0; memory does not grow with its size.
    ///
    /// - Returns: what is known about the object; `nil` when there is none. After an error the file may hold a part.
    func download(_ key: ObjectKey, to descriptor: Int32) async throws(ObjectStoreError) -> ObjectInfo?

    /// Stores bytes. When this returns, they are kept.
    func put(_ bytes: [UInt8], as key: ObjectKey, _ condition: PutCondition) async throws(ObjectStoreError) -> PutOutcome

    /// Stores a part of a file, which nobody may change meanwhile; memory does not grow with its size.
    ///
    /// - Parameter range: offsets in the file, in bytes.
    func upload(
        _ range: Range<Int64>, of descriptor: Int32, as key: ObjectKey, _ condition: PutCondition
    ) async throws(ObjectStoreError) -> PutOutcome

    /// Some of the objects whose names begin with `prefix`, in the order of their names.
    ///
    /// - Parameters:
    ///   - prefix: any text; the empty one stands for all.
    ///   - byFolder: whether names are cut behind the first `/` after the prefix, and those that are alike then told once.
    ///   - position: `next` of the page before; `nil` for the first.
    func list(_ prefix: String, byFolder: Bool, from position: String?) async throws(ObjectStoreError) -> ObjectPage

    /// Removes objects; those that are not there are no matter.
    func remove(_ keys: [ObjectKey]) async throws(ObjectStoreError)

    /// An address from which anybody can fetch the object for a while with a plain GET request. It may hold a signature: it must
    /// not be shown or kept.
    ///
    /// - Parameter validity: at most seven days.
    func fetchAddress(of key: ObjectKey, validFor validity: Duration) async throws(ObjectStoreError) -> String
}

extension ObjectStore {
    package func put(_ bytes: [UInt8], as key: ObjectKey) async throws(ObjectStoreError) {
        _ = try await put(bytes, as: key, .always)
    }

    package func read(_ key: ObjectKey) async throws(ObjectStoreError) -> [UInt8]? { try await read(key, range: nil) }

    /// All objects whose names begin with `prefix`, in the order of their names. Memory grows with their number.
    package func all(_ prefix: String) async throws(ObjectStoreError) -> [ObjectInfo] {
        var found: [ObjectInfo] = []
        var position: String?
        repeat {
            let page = try await list(prefix, byFolder: false, from: position)
            found += page.objects
            position = page.next
        } while position != nil
        return found
    }

    /// The names of the folders right below `prefix`, which is empty or ends with `/`; without it and without the `/` at their end.
    package func folders(_ prefix: String) async throws(ObjectStoreError) -> [String] {
        var found: [String] = []
        var position: String?
        repeat {
            let page = try await list(prefix, byFolder: true, from: position)
            found += page.folders.map { String($0.dropFirst(prefix.count).dropLast()) }
            position = page.next
        } while position != nil
        return found
    }
}

/// What is known about an object.
package struct ObjectInfo: Sendable, Hashable {
    package var key: ObjectKey
    /// In bytes.
    package var size: Int64
    /// Seconds since 1970.
    package var modified: Int64
    /// The store's own word for this content; it changes with it.
    package var tag: String

    package init(key: ObjectKey, size: Int64, modified: Int64, tag: String) {
        self.key = key
        self.size = size
        self.modified = modified
        self.tag = tag
    }
}

/// When a put takes place.
package enum PutCondition: Sendable, Hashable {
    /// Whatever is there is replaced.
    case always
    /// Only if there is no such object; of several at once, one wins.
    case ifAbsent
}

/// What became of a put.
package enum PutOutcome: Sendable, Hashable {
    case stored
    /// There was one already, which was left as it is.
    case wasThere
}

/// A stretch of a listing.
package struct ObjectPage: Sendable {
    package var objects: [ObjectInfo]
    /// Names that were cut behind a `/`, which they end with.
    package var folders: [String]
    /// Where the next stretch begins; `nil` when there is none.
    package var next: String?

    package init(objects: [ObjectInfo], folders: [String], next: String?) {
        self.objects = objects
        self.folders = folders
        self.next = next
    }
}
