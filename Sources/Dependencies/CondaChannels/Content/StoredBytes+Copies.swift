import Archives

extension StoredBytes {
    /// A copy of the bytes, which stays when this is gone.
    var copied: [UInt8] { withExtendedLifetime(self) { Array(bytes) } }

    /// The bytes as text, whatever is no UTF-8 among them replaced.
    var text: String { withExtendedLifetime(self) { String(decoding: bytes, as: UTF8.self) } }
}
