package import SystemPackage

extension Gzip {
    /// Decompresses a file into another, from their positions on; memory does not grow with the size.
    ///
    /// - Parameters:
    ///   - limit: plain bytes after which the input is refused.
    ///   - name: the input, for errors.
    ///   - observing: gets the plain bytes in passing.
    /// - Returns: the number of plain bytes.
    package static func decompress(
        from input: FileDescriptor, to output: FileDescriptor, limit: Int64 = .max, name: String = "gzip data",
        observing: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) throws(ArchiveError) -> Int64 {
        do throws(ArchiveFault) {
            let decoder = try GzipDecoder()
            var written: Int64 = 0
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
            defer { buffer.deallocate() }
            while true {
                let count = try readFully(input.rawValue, into: buffer)
                try decoder.decode(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { plain throws(ArchiveFault) in
                    written += Int64(plain.count)
                    guard written <= limit else { throw .overLimit("more than \(limit) bytes when unpacked") }
                    observing(plain)
                    try writeAll(plain, to: output.rawValue)
                }
                if count < buffer.count { break }
            }
            try decoder.finish()
            return written
        } catch {
            throw ArchiveError(archive: name, error)
        }
    }
}
