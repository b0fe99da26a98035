/// The name of an object below the root of its store: parts with `/` between them.
package struct ObjectKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let text: String

    /// - Throws: `ObjectStoreError.unusableKey` for a name that is empty or too long (at most 900 bytes), has an empty part, or one that
    ///   is `.` or `..`, or a control character: it could lead elsewhere, or not be written everywhere.
    package init(_ text: String) throws(ObjectStoreError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let isUsable = text.utf8.count <= 900 && !text.utf8.contains { $0 < 32 || $0 == 127 }
            && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= 255 }
        guard isUsable else { throw .unusableKey(text) }
        self.text = text
    }

    package var description: String { text }

    /// In the order of their bytes, as stores list them.
    package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}
