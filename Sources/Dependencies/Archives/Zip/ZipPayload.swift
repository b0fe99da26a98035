/// The packed bytes of one entry, on their way out.
struct ZipPayload {
    let packed: UnsafeRawBufferPointer
    let entry: ZipEntry

    /// Unpacks into `output`, which has exactly the entry's size, and checks the checksum.
    func unpack(
        into output: UnsafeMutableRawBufferPointer, by inflater: borrowing Inflater
    ) throws(ArchiveFault) {
        switch entry.method {
        case .stored:
            try checkSize()
            output.copyMemory(from: packed)
        case .deflated:
            try inflater.inflate(packed, into: output)
        }
        try check(UnsafeRawBufferPointer(output))
    }

    /// For stored entries: the packed bytes are the content.
    func checkSize() throws(ArchiveFault) {
        if UInt64(packed.count) != entry.size { throw .wrongSize }
    }

    func check(_ content: UnsafeRawBufferPointer) throws(ArchiveFault) {
        if Checksum.crc32(content) != entry.checksum { throw .wrongChecksum }
    }

    func unpacked(by inflater: borrowing Inflater) throws(ArchiveFault) -> [UInt8] {
        let size = Int(clamping: entry.size)
        var fault: ArchiveFault?
        let content = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            let output = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<size]))
            do throws(ArchiveFault) {
                try unpack(into: output, by: inflater)
                count = size
            } catch {
                fault = error
            }
        }
        if let fault { throw fault }
        return content
    }
}
